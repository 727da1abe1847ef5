// Makes tables in a catalog.
#include "artemis/read/catalog_fixture.h"

#include <filesystem>

#include <gtest/gtest.h>

#include "artemis/base/error.h"
#include "artemis/catalog/open_catalog.h"
#include "artemis/io/location.h"

namespace artemis {

namespace fs = std::filesystem;

arrow::Result<LoadedTable> InterceptedCatalog::Commit(const LoadedTable& base, TableMetadata next,
                                                      const CommitInfo& info) {
  ++swaps;
  if (before_swap) before_swap();
  if (!failures.empty()) {
    const arrow::Status failure = failures.front();
    failures.erase(failures.begin());
    return failure;
  }
  if (!lose_reply) return real_->Commit(base, std::move(next), info);
  if (swap_when_lost) ARROW_RETURN_NOT_OK(real_->Commit(base, std::move(next), info).status());
  is_blind_ = stay_blind;
  return CommitUnknownError("the reply was lost");
}

arrow::Result<LoadedTable> InterceptedCatalog::Load(const TableName& name) {
  if (before_load) before_load(name);
  if (is_blind_) return arrow::Status::IOError("the catalog cannot be reached");
  return real_->Load(name);
}

CatalogTable::CatalogTable(const TestTableOptions& options) : TestTable(options) {
  CatalogOptions catalog;
  catalog.warehouse = folder_.path();
  catalog.create = true;
  catalog.files = &files_;
  catalog.clock = &clock_;
  catalog_ = OpenCatalog(catalog).ValueOrDie();
  intercepted_ = std::make_unique<InterceptedCatalog>(catalog_);
  const auto created = catalog_->Create(name_, *metadata_, {"create", "ada"});
  EXPECT_TRUE(created.ok()) << created.status();
}

std::shared_ptr<const TableMetadata> CatalogTable::metadata() const {
  return catalog_->Load(name_).ValueOrDie().metadata;
}

TimestampMs CatalogTable::TimeOf(SnapshotId id) const {
  return metadata()->FindSnapshot(id)->timestamp;
}

std::set<std::string> CatalogTable::DataFilesOnDisk() const {
  std::set<std::string> paths;
  const fs::path data = fs::path(folder_.path()) / "data";
  if (!fs::exists(data)) return paths;
  for (const auto& entry : fs::recursive_directory_iterator(data)) {
    if (entry.is_regular_file()) paths.insert(entry.path().string());
  }
  return paths;
}

std::set<std::string> CatalogTable::DataFilesOfSnapshots() {
  std::set<std::string> paths;
  for (const auto& snapshot : metadata()->snapshots) {
    for (const auto& entry : *ListFiles(View(snapshot.id), files_))
      paths.insert(LocalPath(entry.file.path));
  }
  return paths;
}

void CatalogTable::Put(TableMetadata next) {
  const auto base = catalog_->Load(name_).ValueOrDie();
  const auto committed = catalog_->Commit(base, std::move(next), {"test", "ada"});
  EXPECT_TRUE(committed.ok()) << committed.status();
}

}  // namespace artemis
