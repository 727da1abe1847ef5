// Makes tables for tests.
#include "artemis/scan/table_fixture.h"

#include <filesystem>

#include <arrow/array.h>
#include <arrow/json/from_string.h>
#include <gtest/gtest.h>

#include "artemis/io/location.h"
#include "artemis/schema/arrow_schema.h"
#include "artemis/schema/literal.h"
#include "artemis/schema/sort_order.h"
#include "artemis/table/manifest_avro.h"
#include "artemis/table/update.h"

namespace artemis {

Field MakeField(int32_t id, const std::string& name, Type type, bool required) {
  Field field;
  field.id = FieldId(id);
  field.name = name;
  field.required = required;
  field.type = std::move(type);
  return field;
}

Field MakeField(int32_t id, const std::string& name, TypeKind kind, bool required) {
  return MakeField(id, name, Type::Of(kind), required);
}

Predicate Leaf(PredicateOp op, const std::string& column, std::vector<UnboundValue> values) {
  Predicate leaf;
  leaf.op = op;
  leaf.column = column;
  leaf.values = std::move(values);
  return leaf;
}

Predicate Joined(PredicateOp op, std::vector<Predicate> args) {
  Predicate joined;
  joined.op = op;
  joined.args = std::move(args);
  return joined;
}

std::string StemOf(const std::string& path) { return std::filesystem::path(path).stem().string(); }

std::vector<std::string> StemsOf(const std::vector<ScanTask>& tasks) {
  std::vector<std::string> stems;
  for (const auto& task : tasks) stems.push_back(StemOf(task.file.path));
  return stems;
}

std::shared_ptr<arrow::RecordBatch> JsonBatch(const std::shared_ptr<arrow::Schema>& schema,
                                              const std::string& rows_json) {
  const auto rows =
      arrow::json::ArrayFromJSONString(arrow::struct_(schema->fields()), rows_json).ValueOrDie();
  return arrow::RecordBatch::Make(schema, rows->length(),
                                  static_cast<const arrow::StructArray&>(*rows).fields());
}

TestTable::TestTable(const TestTableOptions& options) {
  NewTable table;
  table.location = FileUri(folder_.path());
  table.schema.fields = options.fields;
  if (!options.partition.empty())
    table.spec = ParsePartitionSpec(options.partition, table.schema).ValueOrDie();
  if (!options.sort.empty())
    table.sort_order = ParseSortOrder(options.sort, table.schema).ValueOrDie();
  table.properties = options.properties;
  table.format_version = options.format_version;
  metadata_ =
      std::make_shared<const TableMetadata>(MakeTableMetadata(table, clock_.Now()).ValueOrDie());
}

TableView TestTable::View(std::optional<SnapshotId> snapshot) const {
  const auto now = metadata();
  return {now, snapshot ? snapshot : now->current_snapshot_id,
          std::make_shared<const Schema>(now->CurrentSchema())};
}

BoundPredicate TestTable::Bound(const Predicate& predicate) const {
  return Bind(predicate, metadata()->CurrentSchema()).ValueOrDie();
}

std::vector<DataFile> TestTable::Write(const std::string& rows_json,
                                       const TableWriterOptions& options) {
  const auto schema = ToArrowSchema(metadata()->CurrentSchema());
  return Write(std::vector{JsonBatch(schema, rows_json)}, options);
}

std::vector<DataFile> TestTable::Write(
    const std::vector<std::shared_ptr<arrow::RecordBatch>>& batches,
    const TableWriterOptions& options) {
  auto writer = MakeTableWriter(metadata(), files_, options).ValueOrDie();
  for (const auto& batch : batches) {
    const auto status = writer->Write(*batch);
    EXPECT_TRUE(status.ok()) << status;
  }
  return writer->Close().ValueOrDie();
}

ManifestFile TestTable::WriteEntries(const std::vector<ManifestEntry>& entries,
                                     ManifestContent content, const PartitionSpec& spec) {
  const auto now = metadata();
  WriteManifestOptions options;
  options.format_version = std::max(2, now->format_version);
  options.content = content;
  options.snapshot_id = SnapshotId(next_snapshot_id_);
  const std::string path =
      now->location + "/metadata/m" + std::to_string(next_manifest_++) + ".avro";
  auto written = WriteManifest(path, now->CurrentSchema(), spec, entries, options).ValueOrDie();
  const auto status = files_.WriteNew(path, written.bytes);
  EXPECT_TRUE(status.ok()) << status;
  return written.file;
}

SnapshotId TestTable::CommitManifests(const std::vector<ManifestFile>& manifests) {
  const auto now = metadata();
  clock_.AdvanceMs(1000);
  Snapshot snapshot;
  snapshot.id = SnapshotId(next_snapshot_id_++);
  snapshot.parent_id = now->current_snapshot_id;
  snapshot.sequence_number = SequenceNumber(now->last_sequence_number.value + 1);
  snapshot.timestamp = NextSnapshotTime(*now, clock_.Now());
  snapshot.summary["operation"] = "overwrite";
  snapshot.schema_id = now->current_schema_id;
  snapshot.manifest_list = now->location + "/metadata/snap-" + ToString(snapshot.id) + ".avro";
  std::vector<ManifestFile> listed = manifests;
  if (now->format_version >= 3) {
    snapshot.first_row_id = now->next_row_id;
    snapshot.added_rows = AssignFirstRowIds(now->next_row_id, &listed) - now->next_row_id;
  }
  const auto list = WriteManifestList(listed, std::max(2, now->format_version), snapshot.id,
                                      snapshot.parent_id, snapshot.sequence_number);
  const auto status = files_.WriteNew(snapshot.manifest_list, list.ValueOrDie());
  EXPECT_TRUE(status.ok()) << status;
  Put(AddSnapshot(*now, snapshot).ValueOrDie());
  return snapshot.id;
}

SnapshotId TestTable::Commit(const std::vector<DataFile>& files) {
  std::map<std::pair<bool, SpecId>, std::vector<ManifestEntry>> groups;
  for (const auto& file : files) {
    ManifestEntry entry;
    entry.snapshot_id = SnapshotId(next_snapshot_id_);
    entry.file = file;
    groups[{file.content != FileContent::kData, file.spec_id}].push_back(std::move(entry));
  }
  const auto now = metadata();
  std::vector<ManifestFile> manifests;
  for (const auto& [key, entries] : groups) {
    manifests.push_back(WriteEntries(entries,
                                     key.first ? ManifestContent::kDeletes : ManifestContent::kData,
                                     *now->FindSpec(key.second)));
  }
  const auto current = ListManifests(View(), files_).ValueOrDie();
  manifests.insert(manifests.end(), current.begin(), current.end());
  return CommitManifests(manifests);
}

void TestTable::Change(const std::function<void(TableMetadata&)>& change) {
  TableMetadata next = *metadata();
  change(next);
  Put(std::move(next));
}

void TestTable::SetFields(std::vector<Field> fields) {
  Schema schema;
  schema.fields = std::move(fields);
  const auto now = metadata();
  const FieldId last = std::max(now->last_column_id, schema.HighestFieldId());
  Put(SetCurrentSchema(*now, schema, last).ValueOrDie());
}

SpecId TestTable::SetSpec(const std::string& partition) {
  const auto now = metadata();
  PartitionSpec spec;
  if (!partition.empty()) spec = ParsePartitionSpec(partition, now->CurrentSchema()).ValueOrDie();
  Put(SetDefaultSpec(*now, spec).ValueOrDie());
  return metadata()->default_spec_id;
}

void TestTable::Put(TableMetadata next) {
  metadata_ = std::make_shared<const TableMetadata>(std::move(next));
}

DataFile NamedFile(const std::string& name, PartitionTuple partition, SpecId spec_id) {
  DataFile file;
  file.path = "file:///nowhere/" + name + ".parquet";
  file.partition = std::move(partition);
  file.spec_id = spec_id;
  file.record_count = 100;
  file.file_size_bytes = 1000;
  file.split_offsets = {4};
  return file;
}

ColumnMetrics Metrics(int32_t field_id, const Type& type, std::optional<LiteralValue> lower,
                      std::optional<LiteralValue> upper, std::optional<int64_t> nulls,
                      std::optional<int64_t> nans, std::optional<int64_t> values) {
  ColumnMetrics metrics;
  metrics.field_id = FieldId(field_id);
  metrics.value_count = values;
  metrics.null_count = nulls;
  metrics.nan_count = nans;
  if (lower) metrics.lower_bound = ToBytes(type, *lower);
  if (upper) metrics.upper_bound = ToBytes(type, *upper);
  return metrics;
}

}  // namespace artemis
