// _partition and _snapshot_id, read as columns.
#include "artemis/read/partition_column.h"

#include <gtest/gtest.h>

#include "artemis/read/rows_fixture.h"
#include "artemis/schema/metadata_columns.h"

namespace artemis {
namespace {

TestTableOptions Samples(const std::string& partition) {
  TestTableOptions options;
  options.fields = {MakeField(1, "id", TypeKind::kLong), MakeField(2, "mission", TypeKind::kString),
                    MakeField(3, "at", TypeKind::kTimestamp)};
  options.partition = partition;
  return options;
}

ReadOptions WithColumns(std::vector<FieldId> columns) {
  ReadOptions options = InOrder();
  options.columns = std::move(columns);
  return options;
}

std::vector<std::string> FieldNames(const Field& column) {
  std::vector<std::string> names;
  for (const Field& field : column.type.fields) names.push_back(field.name);
  return names;
}

TEST(PartitionColumn, GivesTheTupleOfEachFile) {
  TestTable table(Samples("mission, day(at) as day"));
  table.Append(R"([{"id": 1, "mission": "apollo", "at": "1970-01-03T05:00:00"},
                   {"id": 2, "mission": null, "at": "1970-01-01T00:00:00"}])");
  const Rows rows = Sorted(ReadRows(table, WithColumns({FieldId(1), kPartitionColumn})));
  EXPECT_EQ(rows, (Rows{"1|{apollo, 1970-01-03}", "2|{null, 1970-01-01}"}));
}

TEST(PartitionColumn, UnitesTheFieldsOfAllSpecsByTheirIds) {
  TestTable table(Samples("mission"));
  table.Append(R"([{"id": 1, "mission": "apollo"}])");
  table.SetSpec("bucket(4, id) as shard");
  table.Append(R"([{"id": 2, "mission": "gemini"}])");
  const Field column = PartitionColumn(*table.metadata()).ValueOrDie();
  EXPECT_EQ(column.id, kPartitionColumn);
  EXPECT_TRUE(column.required);
  ASSERT_EQ(FieldNames(column), (std::vector<std::string>{"mission", "shard"}));
  EXPECT_LT(column.type.fields[0].id, column.type.fields[1].id);
  for (const Field& field : column.type.fields) EXPECT_FALSE(field.required);
  // murmur3 of the long 2, specification Appendix B, is not in its table: only that a row has its own spec's fields is told here.
  const Rows rows = Sorted(ReadRows(table, WithColumns({FieldId(1), kPartitionColumn})));
  ASSERT_EQ(rows.size(), 2u);
  EXPECT_EQ(rows[0], "1|{apollo, null}");
  EXPECT_EQ(rows[1].substr(0, 8), "2|{null,");
  EXPECT_EQ(rows[1].find("null", 8), std::string::npos) << rows[1];
}

TEST(PartitionColumn, KeepsNamesApartAndTypesOfFieldsThatBecameVoid) {
  TestTable table(Samples("mission"));
  table.Change([](TableMetadata& metadata) {
    PartitionSpec spec = metadata.partition_specs.back();
    spec.id = SpecId(7);
    spec.fields[0].transform.kind = TransformKind::kVoid;
    spec.fields.push_back({FieldId(1), FieldId(1005), "mission", Transform{}});
    metadata.partition_specs.push_back(spec);
  });
  const Field column = PartitionColumn(*table.metadata()).ValueOrDie();
  ASSERT_EQ(column.type.fields.size(), 2u);
  EXPECT_EQ(column.type.fields[0].type.kind, TypeKind::kString);
  EXPECT_EQ(column.type.fields[0].name, "mission");
  EXPECT_EQ(column.type.fields[1].name, "mission_1005");
  EXPECT_EQ(column.type.fields[1].type.kind, TypeKind::kLong);
}

TEST(PartitionColumn, IsAStructWithoutFieldsWhereNothingIsPartitioned) {
  TestTable table(Samples(""));
  table.Append(R"([{"id": 1}, {"id": 2}])");
  EXPECT_EQ(ReadRows(table, WithColumns({FieldId(1), kPartitionColumn})), (Rows{"1|{}", "2|{}"}));
}

TEST(PartitionColumn, WidensValuesOfBeforeAColumnWasWidened) {
  TestTableOptions options;
  options.fields = {MakeField(1, "n", TypeKind::kInt)};
  options.partition = "n";
  TestTable table(options);
  table.Append(R"([{"n": 5}])");
  table.SetFields({MakeField(1, "n", TypeKind::kLong)});
  const Field column = PartitionColumn(*table.metadata()).ValueOrDie();
  EXPECT_EQ(column.type.fields[0].type.kind, TypeKind::kLong);
  EXPECT_EQ(ReadRows(table, WithColumns({FieldId(1), kPartitionColumn})), (Rows{"5|{5}"}));
}

TEST(SnapshotIdColumn, IsTheSnapshotThatAddedTheFile) {
  TestTable table(Samples(""));
  const SnapshotId first = table.Append(R"([{"id": 1}, {"id": 2}])");
  const SnapshotId second = table.Append(R"([{"id": 3}])");
  ASSERT_NE(first, second);
  const std::string one = ToString(first), two = ToString(second);
  const ReadOptions options = WithColumns({kSnapshotIdColumn, FieldId(1)});
  EXPECT_EQ(Sorted(ReadRows(table, options)), Sorted({one + "|1", one + "|2", two + "|3"}));
  EXPECT_EQ(ReadRows(table, Leaf(PredicateOp::kGe, "id", {int64_t{2}}), options),
            (Rows{two + "|3", one + "|2"}));
}

}  // namespace
}  // namespace artemis
