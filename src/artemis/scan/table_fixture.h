// Tables for the tests of planning and of everything above it: real data files, and snapshots whose manifests a test may put
// together by hand (delete files, several specs), which no commit of ours would make.
#pragma once

#include <functional>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include <arrow/record_batch.h>

#include "artemis/base/clock.h"
#include "artemis/expr/predicate.h"
#include "artemis/io/test_folder.h"
#include "artemis/scan/recording_fixture.h"
#include "artemis/scan/scan_plan.h"
#include "artemis/write/table_writer.h"

namespace artemis {

Field MakeField(int32_t id, const std::string& name, Type type, bool required = false);
Field MakeField(int32_t id, const std::string& name, TypeKind kind, bool required = false);

// Leaves and combinations, unbound.
Predicate Leaf(PredicateOp op, const std::string& column, std::vector<UnboundValue> values = {});
Predicate Joined(PredicateOp op, std::vector<Predicate> args);

// The file name without folder and extension: "f7" of ".../f7.parquet".
std::string StemOf(const std::string& path);
std::vector<std::string> StemsOf(const std::vector<ScanTask>& tasks);

// One batch of `schema` from a JSON array of objects.
std::shared_ptr<arrow::RecordBatch> JsonBatch(const std::shared_ptr<arrow::Schema>& schema,
                                              const std::string& rows_json);

struct TestTableOptions {
  std::vector<Field> fields;
  std::string partition;  // as ParsePartitionSpec takes it
  std::string sort;
  std::map<std::string, std::string> properties;
  int32_t format_version = 2;
};

// A table in a folder of its own. Fails the running test where something goes wrong.
class TestTable {
 public:
  explicit TestTable(const TestTableOptions& options);
  virtual ~TestTable() = default;

  RecordingFileSystem& files() { return files_; }
  const std::string& folder() const { return folder_.path(); }
  FixedClock& clock() { return clock_; }
  virtual std::shared_ptr<const TableMetadata> metadata() const { return metadata_; }
  // The schema is the current one; the snapshot too, unless one is given.
  TableView View(std::optional<SnapshotId> snapshot = {}) const;
  BoundPredicate Bound(const Predicate& predicate) const;

  // Data files of these rows that are in no snapshot yet, through the table's own writer.
  std::vector<DataFile> Write(const std::string& rows_json, const TableWriterOptions& options = {});
  std::vector<DataFile> Write(const std::vector<std::shared_ptr<arrow::RecordBatch>>& batches,
                              const TableWriterOptions& options = {});

  // A manifest of these entries; sequence numbers and the snapshot are those of the next commit.
  ManifestFile WriteEntries(const std::vector<ManifestEntry>& entries, ManifestContent content,
                            const PartitionSpec& spec);
  // A snapshot of exactly these manifests.
  SnapshotId CommitManifests(const std::vector<ManifestFile>& manifests);
  // A snapshot that adds data and delete files of any spec, one manifest for each spec and content, in front of the current ones.
  SnapshotId Commit(const std::vector<DataFile>& files);
  SnapshotId Append(const std::string& rows_json) { return Commit(Write(rows_json)); }

  // Each changes the metadata only.
  virtual void Change(const std::function<void(TableMetadata&)>& change);
  void SetFields(std::vector<Field> fields);
  SpecId SetSpec(const std::string& partition);

 protected:
  // Makes `next` the table's metadata.
  virtual void Put(TableMetadata next);

  TestFolder folder_;
  RecordingFileSystem files_;
  FixedClock clock_{TimestampMs(1'700'000'000'000)};
  std::shared_ptr<const TableMetadata> metadata_;
  int64_t next_snapshot_id_ = 101;
  int next_manifest_ = 0;
};

// A data file that exists in metadata only, named "<name>.parquet".
DataFile NamedFile(const std::string& name, PartitionTuple partition = {}, SpecId spec_id = {});
// Metrics of one column: `values` rows, of them `nulls` null and `nans` NaN.
ColumnMetrics Metrics(int32_t field_id, const Type& type, std::optional<LiteralValue> lower,
                      std::optional<LiteralValue> upper, std::optional<int64_t> nulls = 0,
                      std::optional<int64_t> nans = {}, std::optional<int64_t> values = 100);

}  // namespace artemis
