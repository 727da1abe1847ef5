// The upgrade as a step of a commit.
#include "artemis/commit/upgrade.h"

#include <memory>
#include <string>
#include <vector>

#include "artemis/commit/commit_loop.h"
#include "artemis/commit/manifest_store.h"
#include "artemis/io/file_system.h"
#include "artemis/table/update.h"
#include "artemis/write/manifest_lists.h"

namespace artemis {

namespace {

class UpgradeStep : public CommitStep {
 public:
  UpgradeStep(Catalog& catalog, int32_t format_version)
      : files_(catalog.files()), format_version_(format_version) {
    counts_.operation = "alter";
  }

  arrow::Result<TableMetadata> Apply(const LoadedTable& base, const StepContext&) override {
    // What is no upgrade leaves no file behind.
    if (format_version_ <= base.metadata->format_version) {
      return UpgradeFormat(*base.metadata, format_version_);
    }
    ARROW_ASSIGN_OR_RAISE(auto listed, WriteMissingManifestLists(*base.metadata, files_,
                                                                 MetadataFolder(*base.metadata)));
    written_ = std::move(listed.written);
    return UpgradeFormat(std::move(listed.metadata), format_version_);
  }

  bool writes_manifests() const override { return false; }
  const CommitCounts& counts() const override { return counts_; }
  void DiscardAttempt() override {
    for (const std::string& path : written_) static_cast<void>(files_.Delete(path).ok());
    written_.clear();
  }
  void DiscardAll() override { DiscardAttempt(); }

 private:
  FileSystem& files_;
  const int32_t format_version_;
  CommitCounts counts_;
  std::vector<std::string> written_;
};

}  // namespace

arrow::Result<CommitResult> UpgradeTable(Catalog& catalog, const TableName& table,
                                         int32_t format_version, const CommitOptions& options) {
  return RunCommit(catalog, table, std::make_unique<UpgradeStep>(catalog, format_version), options);
}

}  // namespace artemis
