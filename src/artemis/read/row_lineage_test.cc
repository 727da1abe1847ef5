// Row lineage and the other reserved columns, read as columns (specification, "Row Lineage", "Reserved Field IDs").
#include <arrow/type.h>
#include <gtest/gtest.h>

#include "artemis/read/rows_fixture.h"
#include "artemis/schema/metadata_columns.h"
#include "artemis/table/update.h"
#include "artemis/write/delete_files.h"

namespace artemis {
namespace {

TestTableOptions IdsOfVersion(int32_t format_version) {
  TestTableOptions options;
  options.fields = {MakeField(1, "id", TypeKind::kLong)};
  options.format_version = format_version;
  return options;
}

ReadOptions WithLineage() {
  ReadOptions options = InOrder();
  options.columns = {FieldId(1), kRowIdColumn, kLastUpdatedColumn};
  return options;
}

TEST(RowLineage, CountsFromTheFirstRowIdOfEachFile) {
  TestTable table(IdsOfVersion(3));
  table.Append(R"([{"id": 10}, {"id": 11}, {"id": 12}])");
  table.Append(R"([{"id": 20}, {"id": 21}])");
  EXPECT_EQ(ReadRows(table, WithLineage()),
            (Rows{"20|3|2", "21|4|2", "10|0|1", "11|1|1", "12|2|1"}));
  EXPECT_EQ(table.metadata()->next_row_id, 5);
  const auto stream = OpenRows(table, table.View(), {}, WithLineage());
  ASSERT_TRUE(stream.ok()) << stream.status();
  EXPECT_EQ((*stream)->schema()->field(1)->name(), "_row_id");
  EXPECT_TRUE((*stream)->schema()->field(1)->nullable());
}

TEST(RowLineage, CountsDeletedAndFilteredRowsAndThoseOfOtherBatches) {
  TestTable table(IdsOfVersion(3));
  const auto files = table.Write(R"([{"id": 0}, {"id": 1}, {"id": 2}, {"id": 3}, {"id": 4}])");
  table.Commit(files);
  table.Commit(WriteDeletes(*table.metadata(), table.files(), {{files[0], {1}}}).ValueOrDie());
  ReadOptions options = WithLineage();
  options.batch_rows = 2;
  EXPECT_EQ(ReadRows(table, options), (Rows{"0|0|1", "2|2|1", "3|3|1", "4|4|1"}));
  EXPECT_EQ(ReadRows(table, Leaf(PredicateOp::kGt, "id", {int64_t{2}}), options),
            (Rows{"3|3|1", "4|4|1"}));
}

TEST(RowLineage, KeepsWhatAFileStoresAndInheritsTheRest) {
  TestTable table(IdsOfVersion(3));
  table.Append(R"([{"id": 1}])");
  // A rewrite: the first row was moved as it is, the second modified, the third is new.
  const auto schema = arrow::schema(
      {ArrowField(1, "id", arrow::int64()),
       ArrowField(kRowIdColumn.value, "_row_id", arrow::int64()),
       ArrowField(kLastUpdatedColumn.value, "_last_updated_sequence_number", arrow::int64())});
  const DataFile file =
      WriteForeign(table, schema,
                   R"([{"id": 7, "_row_id": 700, "_last_updated_sequence_number": 1},
          {"id": 8, "_row_id": 800, "_last_updated_sequence_number": null},
          {"id": 9, "_row_id": null, "_last_updated_sequence_number": null}])");
  table.Commit({file});
  EXPECT_EQ(ReadRows(table, WithLineage()), (Rows{"7|700|1", "8|800|2", "9|3|2", "1|0|1"}));
  // Without being asked for they are not given.
  EXPECT_EQ(ReadRows(table), (Rows{"7", "8", "9", "1"}));
}

TEST(RowLineage, IsNullBeforeTheUpgradeAndGivenByTheFirstCommitAfterIt) {
  TestTable table(IdsOfVersion(2));
  table.Append(R"([{"id": 1}, {"id": 2}])");
  const SnapshotId before = *table.metadata()->current_snapshot_id;
  const auto below = OpenRows(table, table.View(), {}, WithLineage());
  EXPECT_TRUE(below.status().IsInvalid()) << below.status();
  EXPECT_NE(below.status().message().find("_row_id needs format version 3"), std::string::npos);

  table.Change([](TableMetadata& metadata) { metadata = UpgradeFormat(metadata, 3).ValueOrDie(); });
  EXPECT_EQ(ReadRows(table, WithLineage()), (Rows{"1|null|null", "2|null|null"}));
  table.Append(R"([{"id": 3}])");
  EXPECT_EQ(table.metadata()->next_row_id, 3);
  // Ids go by the order of the manifests in the list: the new one comes first.
  EXPECT_EQ(ReadRows(table, WithLineage()), (Rows{"3|0|2", "1|1|1", "2|2|1"}));
  EXPECT_EQ(RowsOf(OpenRows(table, table.View(before), {}, WithLineage())),
            (Rows{"1|null|null", "2|null|null"}));
}

TEST(MetadataColumns, TellFilePositionAndSpec) {
  TestTable table(IdsOfVersion(2));
  const auto files = table.Write(R"([{"id": 5}, {"id": 6}])");
  table.Commit(files);
  ReadOptions options = InOrder();
  options.columns = {kPositionColumn, kSpecIdColumn, kFilePathColumn};
  EXPECT_EQ(ReadRows(table, options), (Rows{"0|0|" + files[0].path, "1|0|" + files[0].path}));
  options.columns = {FieldId(1)};
  options.positions = true;
  EXPECT_EQ(ReadRows(table, options), (Rows{"5|0", "6|1"}));
}

TEST(MetadataColumns, RefusesThoseOfDeleteFiles) {
  TestTable table(IdsOfVersion(2));
  ReadOptions options = InOrder();
  options.columns = {kDeletedPositionColumn};
  EXPECT_TRUE(OpenRows(table, table.View(), {}, options).status().IsInvalid());
}

}  // namespace
}  // namespace artemis
