// Commits, and streams to text.
#include "artemis/replay/diff_fixture.h"

#include <arrow/type.h>

#include "artemis/schema/arrow_schema.h"

namespace artemis {

namespace {

TestTableOptions TableOf(std::vector<Field> fields, int32_t format_version) {
  TestTableOptions options;
  options.fields = std::move(fields);
  options.format_version = format_version;
  return options;
}

SnapshotId IdOf(const arrow::Result<CommitResult>& result) {
  EXPECT_TRUE(result.ok()) << result.status();
  return *result->snapshot_id;
}

// "insert|0|17|1|a" without the third part.
std::string WithoutCommit(const std::string& row) {
  const size_t second = row.find('|', row.find('|') + 1);
  return row.substr(0, second) + row.substr(row.find('|', second + 1));
}

bool IsRemoval(const std::string& row) {
  return row.starts_with("delete") || row.starts_with("update_preimage");
}

}  // namespace

DiffTest::DiffTest()
    : DiffTest({MakeField(1, "id", TypeKind::kLong), MakeField(2, "v", TypeKind::kString)}) {}

DiffTest::DiffTest(std::vector<Field> fields, int32_t format_version)
    : table_(TableOf(std::move(fields), format_version)) {
  options_.read.threads = 1;
}

SnapshotId DiffTest::Append(const std::vector<DataFile>& files) {
  table_.clock().AdvanceMs(1000);
  return IdOf(AppendFiles(table_.catalog(), table_.name(), files));
}

SnapshotId DiffTest::Replace(const std::vector<DataFile>& removed,
                             const std::vector<DataFile>& added) {
  table_.clock().AdvanceMs(1000);
  ReplaceFilesChange change;
  change.removed = removed;
  change.added = added;
  return IdOf(ReplaceFiles(table_.catalog(), table_.name(), change));
}

SnapshotId DiffTest::Compact(const std::vector<DataFile>& removed,
                             const std::vector<DataFile>& added) {
  table_.clock().AdvanceMs(1000);
  RewriteFilesChange change;
  change.removed = removed;
  change.added = added;
  change.validate_from = table_.metadata()->current_snapshot_id;
  return IdOf(RewriteFiles(table_.catalog(), table_.name(), change));
}

void DiffTest::RollBackTo(SnapshotId id) {
  table_.clock().AdvanceMs(1000);
  const auto result = RollbackTo(table_.catalog(), table_.name(), id);
  EXPECT_TRUE(result.ok()) << result.status();
}

void DiffTest::Expire(SnapshotId id) {
  table_.Change(
      [&](TableMetadata& metadata) { metadata = RemoveSnapshots(metadata, {id}).ValueOrDie(); });
}

void DiffTest::DeleteFile(const DataFile& file) {
  ASSERT_TRUE(table_.files().Delete(file.path).ok());
}

void DiffTest::Identify(std::vector<FieldId> ids) {
  table_.Change([&](TableMetadata& metadata) {
    Schema schema = metadata.CurrentSchema();
    schema.identifier_field_ids = std::move(ids);
    metadata = SetCurrentSchema(metadata, schema, metadata.last_column_id).ValueOrDie();
  });
}

DataFile DiffTest::EqualityDeletesOfIds(const std::string& rows_json) {
  auto field = arrow::field("id", arrow::int64())
                   ->WithMetadata(arrow::key_value_metadata({kParquetFieldIdKey}, {"1"}));
  return WriteEqualityDeletes(table_, arrow::schema({field}), rows_json);
}

arrow::Result<DiffResult> DiffTest::Open(const ReplayTarget& from, const ReplayTarget& to,
                                         DiffProjection projection) {
  DiffOptions diff = diff_;
  diff.kind = DiffKind::kNet;
  diff.projection = projection;
  return ReplayEngine(table_.catalog(), table_.name()).ReplayDiff(from, to, options_, diff);
}

DiffRows DiffTest::Diff(const ReplayTarget& from, const ReplayTarget& to,
                        DiffProjection projection) {
  DiffRows rows;
  auto diff = Open(from, to, projection);
  EXPECT_TRUE(diff.ok()) << diff.status();
  if (!diff.ok()) return rows;
  rows.added = Sorted(RowsOf(diff->added));
  rows.removed = Sorted(RowsOf(diff->removed));
  rows.files_added = diff->files_added;
  rows.files_removed = diff->files_removed;
  rows.files_touched = diff->files_touched;
  rows.files_unchanged = diff->files_unchanged;
  return rows;
}

arrow::Result<DiffResult> DiffTest::OpenGross(const ReplayTarget& from, const ReplayTarget& to,
                                              DiffProjection projection) {
  DiffOptions diff = diff_;
  diff.projection = projection;
  return ReplayEngine(table_.catalog(), table_.name()).ReplayDiff(from, to, options_, diff);
}

Rows DiffTest::Feed(const ReplayTarget& from, const ReplayTarget& to, DiffKind kind,
                    DiffProjection projection) {
  const auto diff =
      kind == DiffKind::kNet ? Open(from, to, projection) : OpenGross(from, to, projection);
  EXPECT_TRUE(diff.ok()) << diff.status();
  if (!diff.ok()) return {};
  Rows feed, removed, added;
  for (const auto& row : RowsOf(diff->changes)) {
    feed.push_back(WithoutCommit(row));
    const std::string values =
        feed.back().substr(feed.back().find('|', feed.back().find('|') + 1) + 1);
    (IsRemoval(row) ? removed : added).push_back(values);
  }
  EXPECT_EQ(Sorted(RowsOf(diff->removed)), Sorted(removed));
  EXPECT_EQ(Sorted(RowsOf(diff->added)), Sorted(added));
  return feed;
}

}  // namespace artemis
