// Footers once; then checks against the newest table, a transaction of name mapping and append, and again where the table's schema,
// spec or mapping has changed under it.
#include "artemis/rewrite/adopt.h"

#include <functional>
#include <map>
#include <memory>
#include <set>

#include <parquet/metadata.h>

#include "artemis/base/error.h"
#include "artemis/base/parallel_for.h"
#include "artemis/commit/once.h"
#include "artemis/io/file_system.h"
#include "artemis/io/location.h"
#include "artemis/rewrite/adopt_existing.h"
#include "artemis/rewrite/adopt_file.h"
#include "artemis/rewrite/adopt_paths.h"
#include "artemis/schema/name_mapping_json.h"
#include "artemis/table/update.h"

namespace artemis {

namespace {

constexpr int kChecksMax = 16;

using Footer = std::shared_ptr<const ParquetFooter>;

std::optional<SnapshotId> HeadOf(const TableMetadata& metadata, const std::string& branch) {
  if (branch == kMainBranch) return metadata.current_snapshot_id;
  const auto ref = metadata.refs.find(branch);
  return ref != metadata.refs.end() ? std::optional(ref->second.snapshot_id) : std::nullopt;
}

std::map<std::string, std::string> PropertiesOfChecks(const TableMetadata& metadata) {
  std::map<std::string, std::string> properties;
  for (const auto& [key, value] : metadata.properties) {
    if (key == kNameMappingProperty || key.starts_with("write.")) properties[key] = value;
  }
  return properties;
}

// Whether files that were checked against one need not be checked against the other.
bool ChecksHold(const TableMetadata& a, const TableMetadata& b) {
  return a.CurrentSchema() == b.CurrentSchema() && a.DefaultSpec() == b.DefaultSpec() &&
         PropertiesOfChecks(a) == PropertiesOfChecks(b);
}

class Adoption {
 public:
  Adoption(Catalog& catalog, const TableName& table, const AdoptOptions& options)
      : catalog_(catalog), table_(table), options_(options) {}

  arrow::Result<AdoptResult> Run(const std::vector<std::string>& paths) {
    for (int check = 1;; ++check) {
      ARROW_ASSIGN_OR_RAISE(base_, catalog_.Load(table_));
      if (const auto done = FindOnceRecord(*base_.metadata, options_.commit.once_key);
          done && !options_.commit.once_key.empty()) {
        return AdoptResult{{base_, done->snapshot_id, 0, true}, {}, 0, 0, 0, 0, false};
      }
      if (check == 1) ARROW_RETURN_NOT_OK(Open(paths));
      ARROW_RETURN_NOT_OK(Check());
      const bool nothing = result_.files_added == 0 || options_.dry_run;
      if (!options_.dry_run) ARROW_RETURN_NOT_OK(RequireNoneRefused());
      if (nothing) {
        result_.commit = {base_, std::nullopt, 0, false};
        return std::move(result_);
      }
      table_changed_ = false;
      auto committed = Commit();
      if (committed.ok()) {
        result_.commit = *std::move(committed);
        if (result_.commit.already_done) {
          return AdoptResult{std::move(result_.commit), {}, 0, 0, 0, 0, false};
        }
        return std::move(result_);
      }
      if (!table_changed_ || check >= kChecksMax) return committed.status();
    }
  }

 private:
  using FileStep = std::function<arrow::Status(size_t)>;

  // Runs `step` for every file, several at once; stops early only when asked to.
  arrow::Status ForEachFile(const FileStep& step) {
    return ParallelFor(locations_.size(), options_.threads, [&](size_t i) {
      ARROW_RETURN_NOT_OK(options_.stop.Poll());
      return step(i);
    });
  }

  arrow::Status Open(const std::vector<std::string>& paths) {
    ARROW_ASSIGN_OR_RAISE(locations_, ParquetFilesOf(catalog_.files(), paths));
    footers_.resize(locations_.size());
    ARROW_RETURN_NOT_OK(ForEachFile([this](size_t i) {
      footers_[i] = OpenFooter(locations_[i]);
      return arrow::Status::OK();
    }));
    existing_ = std::make_unique<ExistingFiles>(catalog_.files(), locations_);
    return arrow::Status::OK();
  }

  arrow::Result<Footer> OpenFooter(const std::string& location) {
    ARROW_ASSIGN_OR_RAISE(auto input, catalog_.files().OpenInput(location));
    return ReadFooter(std::move(input), location);
  }

  arrow::Status Check() {
    result_ = AdoptResult();
    result_.files.resize(locations_.size());
    ARROW_ASSIGN_OR_RAISE(rules_, MakeAdoptRules(base_.metadata));
    const TableView view{base_.metadata, HeadOf(*base_.metadata, options_.commit.branch), nullptr};
    ARROW_ASSIGN_OR_RAISE(const auto existing, existing_->Find(view));
    std::vector<char> lacks_ids(locations_.size(), 0);
    ARROW_RETURN_NOT_OK(ForEachFile([&](size_t i) {
      bool lacks = false;
      result_.files[i] = Decide(i, existing.contains(locations_[i]), &lacks);
      lacks_ids[i] = lacks ? 1 : 0;
      return arrow::Status::OK();
    }));
    for (size_t i = 0; i < locations_.size(); ++i) {
      Count(result_.files[i]);
      if (lacks_ids[i] != 0) result_.name_mapping_changed = rules_.known_mapping != rules_.mapping;
    }
    return arrow::Status::OK();
  }

  AdoptDecision Decide(size_t i, bool exists, bool* lacks_ids) {
    AdoptDecision decision;
    decision.path = locations_[i];
    if (exists) {
      decision.action = options_.skip_existing ? AdoptAction::kSkipExisting : AdoptAction::kRefuse;
      if (!options_.skip_existing) decision.refusal = arrow::Status::Invalid("it is in the table");
      return decision;
    }
    auto adopted = AdoptWithPartition(i, &decision.partition);
    if (!adopted.ok()) {
      decision.action = AdoptAction::kRefuse;
      decision.refusal = adopted.status();
      decision.partition.clear();
      return decision;
    }
    decision.file = std::move(adopted->file);
    if (decision.file.record_count == 0) {
      decision.action = AdoptAction::kSkipEmpty;
      return decision;
    }
    *lacks_ids = adopted->lacks_ids;
    return decision;
  }

  arrow::Result<AdoptedFile> AdoptWithPartition(size_t i, std::string* partition) {
    // Looked at again after a conflict, so it stays where it is.
    ARROW_RETURN_NOT_OK(footers_[i].status());
    const Footer& footer = *footers_[i];
    const TableMetadata& metadata = *base_.metadata;
    ARROW_ASSIGN_OR_RAISE(auto adopted, AdoptFile(catalog_.files(), footer, rules_));
    ARROW_ASSIGN_OR_RAISE(
        *partition,
        PartitionPath(metadata.DefaultSpec(), metadata.CurrentSchema(), adopted.file.partition));
    return adopted;
  }

  void Count(const AdoptDecision& decision) {
    switch (decision.action) {
      case AdoptAction::kAdd:
        ++result_.files_added;
        result_.rows_added += decision.file.record_count;
        return;
      case AdoptAction::kRefuse:
        ++result_.files_refused;
        return;
      default:
        ++result_.files_skipped;
    }
  }

  arrow::Status RequireNoneRefused() const {
    for (const AdoptDecision& decision : result_.files) {
      if (decision.action != AdoptAction::kRefuse) continue;
      const arrow::Status named =
          decision.refusal.message().find(decision.path) != std::string::npos
              ? decision.refusal
              : WithContext(decision.refusal, decision.path);
      if (result_.files_refused == 1) return named;
      return named.WithMessage(named.message(), " (and ", result_.files_refused - 1, " more of ",
                               locations_.size(), " files are refused)");
    }
    return arrow::Status::OK();
  }

  // C1: what becomes visible is durable, whoever has written it.
  arrow::Status Sync() {
    if (synced_) return arrow::Status::OK();
    ARROW_RETURN_NOT_OK(ForEachFile([this](size_t i) {
      const bool added = result_.files[i].action == AdoptAction::kAdd;
      return added ? catalog_.files().SyncFile(locations_[i]) : arrow::Status::OK();
    }));
    std::set<std::string> folders;
    for (const std::string& location : locations_) folders.insert(FolderOf(location));
    for (const std::string& folder : folders) {
      ARROW_RETURN_NOT_OK(catalog_.files().SyncFolder(folder));
    }
    synced_ = true;
    return arrow::Status::OK();
  }

  arrow::Result<CommitResult> Commit() {
    ARROW_RETURN_NOT_OK(Sync());
    std::vector<DataFile> files;
    for (const AdoptDecision& decision : result_.files) {
      if (decision.action == AdoptAction::kAdd) files.push_back(decision.file);
    }
    return Transaction(catalog_, table_)
        .UpdateMetadata([this](const TableMetadata& newest) { return Prepare(newest); })
        .Append(std::move(files))
        .Commit(options_.commit, "append");
  }

  // The metadata the append is applied to, on every attempt.
  arrow::Result<TableMetadata> Prepare(const TableMetadata& newest) {
    ARROW_ASSIGN_OR_RAISE(const bool same, StillAsChecked(newest));
    if (!same) {
      table_changed_ = true;
      return CommitConflictError("the table has changed since the files were checked");
    }
    if (!result_.name_mapping_changed) return newest;
    return SetProperties(newest, {{kNameMappingProperty, NameMappingToJson(rules_.mapping)}});
  }

  arrow::Result<bool> StillAsChecked(const TableMetadata& newest) {
    const TableMetadata& checked = *base_.metadata;
    if (!ChecksHold(checked, newest)) return false;
    const auto head = HeadOf(newest, options_.commit.branch);
    if (head == HeadOf(checked, options_.commit.branch)) return true;
    const TableView view{std::make_shared<const TableMetadata>(newest), head, nullptr};
    ARROW_ASSIGN_OR_RAISE(const auto existing, existing_->Find(view));
    for (const AdoptDecision& decision : result_.files) {
      const bool was_there = decision.action == AdoptAction::kSkipExisting;
      if (was_there != existing.contains(decision.path)) return false;
    }
    return true;
  }

  Catalog& catalog_;
  const TableName& table_;
  const AdoptOptions& options_;
  std::vector<std::string> locations_;
  std::vector<arrow::Result<Footer>> footers_;
  std::unique_ptr<ExistingFiles> existing_;
  LoadedTable base_;
  AdoptRules rules_;
  AdoptResult result_;
  bool table_changed_ = false;
  bool synced_ = false;
};

}  // namespace

arrow::Result<AdoptResult> AdoptFiles(Catalog& catalog, const TableName& table,
                                      const std::vector<std::string>& paths,
                                      const AdoptOptions& options) {
  return Adoption(catalog, table, options).Run(paths);
}

}  // namespace artemis
