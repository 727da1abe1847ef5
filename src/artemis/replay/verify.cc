// The checks, from the table down to the rows.
#include "artemis/replay/verify.h"

#include <atomic>
#include <map>
#include <mutex>
#include <utility>

#include "artemis/base/error.h"
#include "artemis/base/parallel_for.h"
#include "artemis/io/file_system.h"
#include "artemis/replay/evidence_files.h"
#include "artemis/replay/pinned_stream.h"
#include "artemis/replay/pins.h"
#include "artemis/replay/replay.h"
#include "artemis/replay/replay_deadline.h"

namespace artemis {

namespace {

constexpr char kMissing[] = "missing";

// What says something about the world rather than about the table's bytes.
bool EndsVerification(const arrow::Status& status) {
  return status.IsCancelled() || status.IsOutOfMemory() ||
         FindDetail<SnapshotExpired>(status) != nullptr ||
         FindDetail<NoSuchTable>(status) != nullptr ||
         FindDetail<DeadlineExceeded>(status) != nullptr ||
         FindDetail<PermissionDenied>(status) != nullptr;
}

std::string IdText(const std::optional<SnapshotId>& id) {
  return id ? "snapshot " + ToString(*id) : "no snapshot";
}

std::string GroupsText(const std::optional<std::vector<int>>& groups) {
  if (!groups) return "all row groups";
  std::string text = "row groups";
  for (const int group : *groups) text += " " + std::to_string(group);
  return text;
}

std::string ColumnsText(const std::vector<EvidenceColumn>& columns) {
  std::string text;
  for (const auto& column : columns) {
    text += (text.empty() ? "" : ", ") + column.name + " " + column.type + " (" +
            std::to_string(column.field_id) + ")";
  }
  return text;
}

SavedPin PinOf(const Evidence& evidence) {
  return {evidence.table,       evidence.table_uuid,   evidence.metadata.location, evidence.target,
          evidence.snapshot_id, evidence.committed_at, evidence.schema_id,         evidence.mode};
}

class Verifier {
 public:
  Verifier(Catalog& catalog, const Evidence& evidence, const VerifyOptions& options)
      : catalog_(catalog), evidence_(evidence), options_(options) {}

  arrow::Result<Verification> Verify() {
    ARROW_ASSIGN_OR_RAISE(const auto name, ParseTableName(evidence_.table));
    ARROW_ASSIGN_OR_RAISE(table_, catalog_.Load(name));
    if (table_.metadata->table_uuid != evidence_.table_uuid) {
      Differs("table", table_.metadata_location, evidence_.table_uuid, table_.metadata->table_uuid);
      return std::move(found_);
    }
    SavedPin saved = PinOf(evidence_);
    ARROW_ASSIGN_OR_RAISE(const bool is_there, CheckHashed("metadata", evidence_.metadata, false));
    // What was changed is not gone by.
    if (!is_there) saved.metadata_location = table_.metadata_location;
    ARROW_ASSIGN_OR_RAISE(pin_, RestorePin(catalog_, table_, saved));
    ARROW_RETURN_NOT_OK(CheckTarget());
    ARROW_RETURN_NOT_OK(CheckManifestList());
    ARROW_ASSIGN_OR_RAISE(const auto session, Plan());
    if (!session) return std::move(found_);
    CheckPlan(*session);
    ARROW_RETURN_NOT_OK(CheckFiles());
    ARROW_RETURN_NOT_OK(CheckRows(*session));
    return std::move(found_);
  }

 private:
  void Differs(const std::string& what, const std::string& path, std::string expected,
               std::string found) {
    found_.differences.push_back({what, path, std::move(expected), std::move(found)});
  }

  // A metadata file by its hash; whether it is there and as it was. Old ones are cleaned up in the course of a table's life: their absence
  // is a difference only where `must_be_there`.
  arrow::Result<bool> CheckHashed(const std::string& what, const HashedFile& told,
                                  bool must_be_there) {
    const auto hashed = HashWholeFile(catalog_.files(), told.location, options_.stop);
    if (IsFileNotFound(hashed.status())) {
      if (must_be_there) Differs(what, told.location, "sha256 " + told.sha256, kMissing);
      if (!must_be_there) found_.notes.push_back("the " + what + " file is gone: " + told.location);
      return false;
    }
    ARROW_RETURN_NOT_OK(hashed.status());
    found_.bytes_checked += hashed->size_bytes;
    if (hashed->sha256 == told.sha256) return true;
    Differs(what, told.location, "sha256 " + told.sha256, "sha256 " + hashed->sha256);
    return false;
  }

  // By the metadata the pin was taken from; a time also by today's, since the past stays what it was.
  arrow::Status CheckTarget() {
    if (pin_.metadata_location == evidence_.metadata.location) {
      const LoadedTable then{table_.name, pin_.metadata_location, pin_.view.metadata};
      ARROW_RETURN_NOT_OK(CheckResolves(then));
    }
    if (table_.metadata_location == pin_.metadata_location) return arrow::Status::OK();
    if (std::holds_alternative<TimestampMs>(evidence_.target)) return CheckResolves(table_);
    if (const auto* ref = std::get_if<std::string>(&evidence_.target)) {
      const auto today = Resolve(catalog_, table_, evidence_.target, evidence_.mode);
      if (!today.ok() || today->view.snapshot_id != evidence_.snapshot_id) {
        found_.notes.push_back(
            "ref " + *ref + " has " +
            (today.ok() ? "moved to " + IdText(today->view.snapshot_id) : "been removed") +
            " since");
      }
    }
    return arrow::Status::OK();
  }

  arrow::Status CheckResolves(const LoadedTable& table) {
    const auto resolved = Resolve(catalog_, table, evidence_.target, evidence_.mode);
    if (!resolved.ok()) {
      // History was cut; the snapshot itself is there.
      found_.notes.push_back("the target no longer resolves: " + resolved.status().message());
      return arrow::Status::OK();
    }
    if (resolved->view.snapshot_id != evidence_.snapshot_id) {
      Differs("target", table.metadata_location, IdText(evidence_.snapshot_id),
              IdText(resolved->view.snapshot_id));
    }
    return arrow::Status::OK();
  }

  arrow::Status CheckManifestList() {
    if (!evidence_.manifest_list || !evidence_.snapshot_id) return arrow::Status::OK();
    const auto* snapshot = pin_.view.metadata->FindSnapshot(*evidence_.snapshot_id);
    if (snapshot->manifest_list != evidence_.manifest_list->location) {
      Differs("manifest_list", "", evidence_.manifest_list->location, snapshot->manifest_list);
    }
    return CheckHashed("manifest_list", *evidence_.manifest_list, true).status();
  }

  arrow::Result<std::optional<ReplaySession>> Plan() {
    ReplayOptions replay;
    replay.mode = evidence_.mode;
    replay.where = evidence_.where;
    replay.columns = evidence_.columns;
    replay.deadline_ms = options_.deadline_ms;
    replay.read.limit = evidence_.limit;
    replay.read.threads = options_.threads;
    replay.read.stop = options_.stop;
    MakeRepeatable(&replay);
    auto session = ReplayEngine(catalog_, table_.name).OpenPinned(pin_, replay);
    if (session.ok()) return std::optional<ReplaySession>(*std::move(session));
    if (EndsVerification(session.status())) return session.status();
    Differs("plan", "", CountText(evidence_.files.size()), session.status().message());
    return std::nullopt;
  }

  static std::string CountText(size_t files) { return std::to_string(files) + " files"; }

  void CheckPlan(const ReplaySession& session) {
    const PlannedFiles planned = FilesOf(session.plan());
    CompareFiles("plan", evidence_.files, planned.data);
    CompareFiles("plan", evidence_.delete_files, planned.deletes);
    const auto columns = EvidenceColumnsOf(*session.schema());
    if (columns != evidence_.result_columns) {
      Differs("columns", "", ColumnsText(evidence_.result_columns), ColumnsText(columns));
    }
  }

  using FileKey = std::pair<std::string, std::string>;
  static FileKey KeyOf(const EvidenceFile& file) {
    const std::string at =
        file.blob_offset ? " at " + std::to_string(*file.blob_offset) : std::string();
    return {file.path, file.content + at + " of " + std::to_string(file.record_count) + " rows, " +
                           GroupsText(file.row_groups)};
  }

  void CompareFiles(const std::string& what, const std::vector<EvidenceFile>& told,
                    const std::vector<EvidenceFile>& planned) {
    std::map<FileKey, int64_t> more;
    for (const auto& file : told) ++more[KeyOf(file)];
    for (const auto& file : planned) --more[KeyOf(file)];
    for (const auto& [key, count] : more) {
      if (count > 0) Differs(what, key.first, key.second, "not to be read so");
      if (count < 0) Differs(what, key.first, "not to be read so", key.second);
    }
  }

  arrow::Status CheckFiles() {
    const auto total = static_cast<int64_t>(evidence_.files.size() + evidence_.delete_files.size());
    for (const auto* list : {&evidence_.files, &evidence_.delete_files}) {
      const std::string what = list == &evidence_.files ? "file" : "delete_file";
      ARROW_RETURN_NOT_OK(
          ParallelFor(list->size(), options_.threads, [&](size_t i) -> arrow::Status {
            const auto status = CheckFile(what, (*list)[i]);
            if (options_.progress) options_.progress(++files_done_, total);
            return status;
          }));
    }
    return arrow::Status::OK();
  }

  arrow::Status CheckFile(const std::string& what, const EvidenceFile& told) {
    const auto hashed = HashDataFile(catalog_.files(), told, !told.sha256.empty(), options_.stop);
    std::lock_guard lock(mutex_);
    if (!hashed.ok()) return Unreadable(what, told, hashed.status());
    ++found_.files_checked;
    found_.bytes_checked += told.sha256.empty() ? hashed->footer_bytes : hashed->size_bytes;
    if (hashed->size_bytes != told.size_bytes) {
      Differs(what, told.path, std::to_string(told.size_bytes) + " bytes",
              std::to_string(hashed->size_bytes) + " bytes");
    }
    if (hashed->footer_sha256 != told.footer_sha256) {
      Differs(what, told.path, "footer sha256 " + told.footer_sha256,
              "footer sha256 " + hashed->footer_sha256);
    }
    if (hashed->sha256 != told.sha256) {
      Differs(what, told.path, "sha256 " + told.sha256, "sha256 " + hashed->sha256);
    }
    return arrow::Status::OK();
  }

  arrow::Status Unreadable(const std::string& what, const EvidenceFile& told,
                           const arrow::Status& status) {
    if (IsFileNotFound(status)) {
      const auto explained = PinGuard(catalog_, table_.name, pin_).Explain(status);
      if (EndsVerification(explained)) return explained;
      is_file_missing_ = true;
      Differs(what, told.path, std::to_string(told.size_bytes) + " bytes", kMissing);
      return arrow::Status::OK();
    }
    if (EndsVerification(status) || FindDetail<CorruptFile>(status) == nullptr) return status;
    Differs(what, told.path, "footer sha256 " + told.footer_sha256, status.message());
    return arrow::Status::OK();
  }

  arrow::Status CheckRows(const ReplaySession& session) {
    if (is_file_missing_) {
      found_.notes.emplace_back("the rows were not read again, since a file is missing");
      return arrow::Status::OK();
    }
    RowSetHash rows(options_.threads);
    const auto status = HashRowsOf(session, &rows);
    if (EndsVerification(status)) return status;
    if (!status.ok()) {
      Differs("rows", "", std::to_string(evidence_.result_rows), status.message());
      return arrow::Status::OK();
    }
    found_.rows = rows.rows();
    found_.hash = rows.Hex();
    if (rows.rows() != evidence_.result_rows) {
      Differs("rows", "", std::to_string(evidence_.result_rows), std::to_string(rows.rows()));
    }
    if (found_.hash != evidence_.result_hash) {
      Differs("hash", "", evidence_.result_hash, found_.hash);
    }
    return arrow::Status::OK();
  }

  static arrow::Status HashRowsOf(const ReplaySession& session, RowSetHash* rows) {
    ARROW_ASSIGN_OR_RAISE(const auto stream, session.Rows());
    std::shared_ptr<arrow::RecordBatch> batch;
    while (true) {
      ARROW_RETURN_NOT_OK(stream->ReadNext(&batch));
      if (batch == nullptr) return arrow::Status::OK();
      ARROW_RETURN_NOT_OK(rows->Add(*batch));
    }
  }

  Catalog& catalog_;
  const Evidence& evidence_;
  const VerifyOptions& options_;
  LoadedTable table_;
  PinnedSnapshot pin_;
  std::mutex mutex_;
  Verification found_;
  bool is_file_missing_ = false;
  std::atomic<int64_t> files_done_{0};
};

}  // namespace

arrow::Result<Verification> VerifyEvidence(Catalog& catalog, const Evidence& evidence,
                                           const VerifyOptions& options) {
  return Verifier(catalog, evidence, options).Verify();
}

}  // namespace artemis
