// A table of files that exist in metadata only, in a real catalog that can be interfered with: for the tests of commits.
#pragma once

#include <filesystem>
#include <functional>
#include <map>
#include <memory>
#include <optional>
#include <set>
#include <string>
#include <vector>

#include <gtest/gtest.h>

#include "artemis/base/clock.h"
#include "artemis/commit/commit.h"
#include "artemis/read/catalog_fixture.h"
#include "artemis/scan/scan_plan.h"

namespace artemis {

class CommitTest : public ::testing::Test {
 protected:
  // Format version of the table that SetUp makes.
  explicit CommitTest(int32_t format_version = 2) : format_version_(format_version) {}
  void SetUp() override;
  void TearDown() override;

  // Tables partitioned by mission (a string).
  void MakeTable(const TableName& name, int32_t format_version);
  void SetProperty(const std::string& key, const std::string& value);

  // Named "<name>.parquet".
  DataFile File(const std::string& name, const std::string& mission = "apollo",
                int64_t rows = 10) const;
  // A position delete file (v2) for one data file, or for any of the partition where `target` is empty.
  DataFile Deletes(const std::string& name, const std::string& target = "", int64_t rows = 1,
                   const std::string& mission = "apollo") const;
  // A deletion vector (v3) in the Puffin file `name`.
  DataFile Vector(const std::string& name, const std::string& target, int64_t rows = 1,
                  int64_t offset = 4) const;
  DataFile EqualityDeletes(const std::string& name, const std::string& mission = "apollo") const;

  SnapshotId Append(Catalog& catalog, const std::vector<DataFile>& files);
  SnapshotId Append(const std::string& name) { return Append(*catalog_, {File(name)}); }
  // What others do, past the interference.
  SnapshotId AppendByOthers(const std::vector<DataFile>& files) { return Append(*real_, files); }

  std::shared_ptr<const TableMetadata> Metadata() const;
  const Snapshot& Current();
  std::string Summary(const std::string& key);
  TableView View(std::optional<SnapshotId> snapshot = {}) const;
  std::vector<ManifestFile> Manifests(std::optional<SnapshotId> snapshot = {});
  // All entries of all manifests of a snapshot, deleted ones included, in order.
  std::vector<ManifestEntry> Entries(std::optional<SnapshotId> snapshot = {});
  // "a" of "…/a.parquet"; a deletion vector is "name+target".
  static std::string Stem(const DataFile& file);
  std::set<std::string> LiveNames(std::optional<SnapshotId> snapshot = {});
  // Names in the metadata folder, and those of them that the table names: its metadata files, lists and manifests.
  std::set<std::string> FilesOnDisk() const;
  std::set<std::string> FilesNamed();

  const int32_t format_version_;
  std::filesystem::path folder_;
  FixedClock clock_{TimestampMs(1'700'000'000'000)};
  TableName name_{{"sda"}, "t"};
  std::shared_ptr<Catalog> real_;
  std::unique_ptr<InterceptedCatalog> catalog_;
  CommitOptions options_;
  std::shared_ptr<const TableMetadata> held_;
};

// Whether a failure is of a kind.
bool IsConflict(const arrow::Status& status);
bool IsUnknown(const arrow::Status& status);

}  // namespace artemis
