// Facts of row-level deletes, through whole files as other writers leave them.
#include "artemis/read/delete_rows.h"

#include <cmath>

#include <arrow/type.h>
#include <gtest/gtest.h>
#include <libdeflate.h>

#include "artemis/base/error.h"
#include "artemis/io/location.h"
#include "artemis/read/rows_fixture.h"

namespace artemis {
namespace {

using namespace std::string_literals;

TestTableOptions IdAndName() {
  TestTableOptions options;
  options.fields = {MakeField(1, "id", TypeKind::kLong), MakeField(2, "name", TypeKind::kString)};
  return options;
}

// {"id": 0}, …, {"id": count - 1}
std::string Ids(int count) {
  std::string json = "[";
  for (int i = 0; i < count; ++i)
    json += (i > 0 ? ", " : "") + ("{\"id\": " + std::to_string(i)) + "}";
  return json + "]";
}

std::shared_ptr<arrow::Schema> IdColumn() {
  return arrow::schema({ArrowField(1, "id", arrow::int64())});
}

class DeleteRowsTest : public ::testing::Test {
 protected:
  DataFile AddIds(int count, int64_t row_group_rows = 1 << 20) {
    ForeignFileOptions options;
    options.row_group_rows = row_group_rows;
    const DataFile file = WriteForeign(table_, IdColumn(), Ids(count), options);
    table_.Commit({file});
    return file;
  }
  Rows LeftIds(ReadOptions options = InOrder()) {
    options.columns = {FieldId(1)};
    return ReadRows(table_, options);
  }

  TestTable table_{IdAndName()};
};

TEST_F(DeleteRowsTest, TakesOutPositionsAcrossBatchesAndRowGroups) {
  const DataFile file = AddIds(12, 5);
  table_.Commit({WritePositionDeletes(
      table_, {{file.path, 0}, {file.path, 4}, {file.path, 5}, {file.path, 11}})});
  const Rows left = {"1", "2", "3", "6", "7", "8", "9", "10"};
  EXPECT_EQ(LeftIds(), left);
  ReadOptions options = InOrder();
  options.batch_rows = 2;
  EXPECT_EQ(LeftIds(options), left);
  options.threads = 3;
  EXPECT_EQ(Sorted(LeftIds(options)), Sorted(left));
}

TEST_F(DeleteRowsTest, CountsPositionsFromTheFilesStartWhenRowGroupsAreSkipped) {
  const DataFile file = AddIds(12, 4);
  table_.Commit({WritePositionDeletes(table_, {{file.path, 5}, {file.path, 9}})});
  ReadOptions options = InOrder();
  options.columns = {FieldId(1)};
  EXPECT_EQ(ReadRows(table_, Leaf(PredicateOp::kGe, "id", {int64_t{8}}), options),
            (Rows{"8", "10", "11"}));
}

TEST_F(DeleteRowsTest, PutsThePositionsOfSeveralFilesTogether) {
  const DataFile file = AddIds(6);
  table_.Commit({WritePositionDeletes(table_, {{file.path, 3}, {file.path, 1}}),
                 WritePositionDeletes(table_, {{file.path, 1}, {file.path, 99}, {file.path, 5}})});
  EXPECT_EQ(LeftIds(), (Rows{"0", "2", "4"}));
}

TEST_F(DeleteRowsTest, TakesPositionsOfItsOwnPathOnly) {
  const DataFile first = AddIds(2);
  const DataFile second = AddIds(3);
  table_.Commit({WritePositionDeletes(table_, {{first.path, 0}, {second.path, 1}})});
  EXPECT_EQ(LeftIds(), (Rows{"0", "2", "1"}));
}

TEST_F(DeleteRowsTest, ReadsEachDeleteFileOnce) {
  const DataFile first = AddIds(2);
  const DataFile second = AddIds(2);
  const DataFile deletes = WritePositionDeletes(table_, {{first.path, 0}, {second.path, 0}});
  table_.Commit({deletes});
  auto plan = PlanScan(table_.View(), BoundPredicate::True(), table_.files()).ValueOrDie();
  DeleteLoader loader(table_.files(), table_.metadata());
  EXPECT_EQ(loader.PositionsFor(plan.tasks.at(0)).ValueOrDie(), DeletedPositions{0});
  table_.files().Forget();
  EXPECT_EQ(loader.PositionsFor(plan.tasks.at(1)).ValueOrDie(), DeletedPositions{0});
  EXPECT_TRUE(table_.files().ReadPaths().empty());
}

TEST_F(DeleteRowsTest, TakesOutRowsThatEqualADeleteRow) {
  table_.Append(R"([{"id": 1, "name": "a"}, {"id": 2, "name": "b"}, {"id": 3, "name": "a"}])");
  table_.Commit({WriteEqualityDeletes(table_, IdColumn(), R"([{"id": 2}, {"id": 9}])")});
  EXPECT_EQ(ReadRows(table_), (Rows{"1|a", "3|a"}));
  // Rows that come after the delete are not its business.
  table_.Append(R"([{"id": 2, "name": "again"}])");
  EXPECT_EQ(ReadRows(table_), (Rows{"2|again", "1|a", "3|a"}));
}

TEST_F(DeleteRowsTest, ComparesAllColumnsOfAnEqualityDeleteAndNullEqualsNull) {
  table_.Append(R"([{"id": 1, "name": "a"}, {"id": 1, "name": null}, {"id": null, "name": "a"},
                    {"id": null, "name": null}, {"id": 1, "name": ""}])");
  const auto both =
      arrow::schema({ArrowField(2, "name", arrow::utf8()), ArrowField(1, "id", arrow::int64())});
  table_.Commit({WriteEqualityDeletes(table_, both,
                                      R"([{"name": null, "id": 1}, {"name": null, "id": null}])")});
  EXPECT_EQ(ReadRows(table_), (Rows{"1|a", "null|a", "1|"}));
}

TEST_F(DeleteRowsTest, ComparesWithColumnsThatAreNotGivenOut) {
  table_.Append(R"([{"id": 1, "name": "a"}, {"id": 2, "name": "b"}])");
  table_.Commit({WriteEqualityDeletes(table_, arrow::schema({ArrowField(2, "name", arrow::utf8())}),
                                      R"([{"name": "a"}])")});
  EXPECT_EQ(LeftIds(), Rows{"2"});
  ReadOptions options = InOrder();
  options.columns.emplace();
  const auto stream = OpenRows(table_, table_.View(), {}, options).ValueOrDie();
  std::shared_ptr<arrow::RecordBatch> batch;
  ASSERT_TRUE(stream->ReadNext(&batch).ok());
  EXPECT_EQ(batch->num_rows(), 1);
}

TEST_F(DeleteRowsTest, ComparesWithAColumnThatWasDroppedSince) {
  table_.Append(R"([{"id": 1, "name": "a"}, {"id": 2, "name": "b"}])");
  table_.Commit({WriteEqualityDeletes(table_, arrow::schema({ArrowField(2, "name", arrow::utf8())}),
                                      R"([{"name": "a"}])")});
  table_.SetFields({MakeField(1, "id", TypeKind::kLong)});
  EXPECT_EQ(ReadRows(table_), Rows{"2"});
}

TEST_F(DeleteRowsTest, ComparesNullWhereTheFileLacksTheColumn) {
  AddIds(2);
  table_.Commit({WriteEqualityDeletes(table_, arrow::schema({ArrowField(2, "name", arrow::utf8())}),
                                      R"([{"name": null}])")});
  EXPECT_EQ(LeftIds(), Rows{});
}

TEST_F(DeleteRowsTest, ComparesAcrossAWideningInEitherSchema) {
  TestTableOptions options;
  options.fields = {MakeField(1, "k", TypeKind::kInt)};
  TestTable table(options);
  table.Append(R"([{"k": 1}, {"k": -2}, {"k": null}])");
  const auto key = [](auto type) { return arrow::schema({ArrowField(1, "k", type)}); };
  const auto old_snapshot =
      table.Commit({WriteEqualityDeletes(table, key(arrow::int32()), R"([{"k": -2}])")});
  const auto old_schema = table.View().schema;
  table.SetFields({MakeField(1, "k", TypeKind::kLong)});
  TableView old_view = table.View(old_snapshot);
  old_view.schema = old_schema;
  EXPECT_EQ(RowsOf(OpenRows(table, old_view)), (Rows{"1", "null"}));
  table.Commit({WriteEqualityDeletes(table, key(arrow::int64()), R"([{"k": 1}])")});
  EXPECT_EQ(ReadRows(table), Rows{"null"});
}

TEST_F(DeleteRowsTest, AppliesPositionAndEqualityDeletesToTheSameFile) {
  const DataFile file = AddIds(5);
  table_.Commit({WritePositionDeletes(table_, {{file.path, 0}}),
                 WriteEqualityDeletes(table_, IdColumn(), R"([{"id": 3}])")});
  EXPECT_EQ(LeftIds(), (Rows{"1", "2", "4"}));
  ReadOptions options = InOrder();
  options.columns = {FieldId(1)};
  const Predicate some = Leaf(PredicateOp::kGe, "id", {int64_t{2}});
  EXPECT_EQ(ReadRows(table_, some, options), (Rows{"2", "4"}));
  options.complement = true;
  EXPECT_EQ(ReadRows(table_, some, options), Rows{"1"});
}

// The vector {1, 3} in Roaring's portable form, by hand: one array container of two values.
TEST_F(DeleteRowsTest, TakesOutThePositionsOfADeletionVector) {
  TestTableOptions v3 = IdAndName();
  v3.format_version = 3;
  TestTable table(v3);
  const DataFile data = WriteForeign(table, IdColumn(), Ids(5));
  table.Commit({data});
  const std::string vector =
      "\xD1\xD3\x39\x64"        // magic
      "\x01\0\0\0\0\0\0\0"      // one bitmap
      "\0\0\0\0"                // its key
      "\x3A\x30\0\0\x01\0\0\0"  // cookie without runs, one container
      "\0\0\x01\0"              // key 0, two values
      "\x10\0\0\0"              // where it starts
      "\x01\0\x03\0"s;
  const auto big_endian = [](uint32_t value) {
    std::string bytes;
    for (int shift = 24; shift >= 0; shift -= 8) bytes += static_cast<char>(value >> shift);
    return bytes;
  };
  const std::string blob = big_endian(static_cast<uint32_t>(vector.size())) + vector +
                           big_endian(libdeflate_crc32(0, vector.data(), vector.size()));
  DataFile deletes;
  deletes.content = FileContent::kPositionDeletes;
  deletes.format = "PUFFIN";
  deletes.path = table.metadata()->location + "/data/deletes.puffin";
  deletes.record_count = 2;
  deletes.file_size_bytes = static_cast<int64_t>(blob.size()) + 4;
  deletes.referenced_data_file = data.path;
  deletes.content_offset = 4;
  deletes.content_size_bytes = static_cast<int64_t>(blob.size());
  ASSERT_TRUE(table.files().WriteNew(deletes.path, "PFA1" + blob).ok());
  table.Commit({deletes, WritePositionDeletes(table, {{data.path, 4}})});
  ReadOptions options = InOrder();
  options.columns = {FieldId(1)};
  // A vector stands for all positions of its file: older position delete files are moot.
  EXPECT_EQ(ReadRows(table, options), (Rows{"0", "2", "4"}));
  deletes.content_size_bytes = *deletes.content_size_bytes + 8;
  table.Commit({deletes});
  const auto status = ReadStatus(table);
  const auto* corrupt = FindDetail<CorruptFile>(status);
  ASSERT_NE(corrupt, nullptr) << status;
  EXPECT_EQ(corrupt->path, deletes.path);
}

TEST(EqualityDeletes, ReachFieldsOfStructsAcrossSchemaEvolution) {
  TestTableOptions options;
  options.fields = {MakeField(1, "id", TypeKind::kLong),
                    MakeField(2, "p",
                              Type::Struct({MakeField(3, "x", TypeKind::kInt),
                                            MakeField(4, "y", TypeKind::kInt)}))};
  TestTable table(options);
  table.Append(R"([{"id": 1, "p": {"x": 1, "y": 10}}, {"id": 2, "p": {"x": 2, "y": 10}},
                   {"id": 3, "p": null}, {"id": 4, "p": {"x": null, "y": 9}}])");
  // x was widened and moved, and what holds it renamed.
  table.SetFields({MakeField(1, "id", TypeKind::kLong),
                   MakeField(2, "place",
                             Type::Struct({MakeField(4, "y", TypeKind::kInt),
                                           MakeField(3, "x", TypeKind::kLong)}))});
  const auto by_x =
      arrow::schema({ArrowField(2, "place", arrow::struct_({ArrowField(3, "x", arrow::int64())}))});
  DataFile two = WriteEqualityDeletes(table, by_x, R"([{"place": {"x": 2}}])");
  two.equality_ids = {FieldId(3)};
  table.Commit({two});
  EXPECT_EQ(ReadRows(table), (Rows{"1|{10, 1}", "3|null", "4|{9, null}"}));
  EXPECT_EQ(ReadRows(table, Leaf(PredicateOp::kEq, "place.y", {int64_t{10}})), Rows{"1|{10, 1}"});
  ReadOptions only_id = InOrder();
  only_id.columns = {FieldId(1)};
  EXPECT_EQ(ReadRows(table, only_id), (Rows{"1", "3", "4"}));

  // A null struct has null fields (specification, "Equality Delete Files").
  DataFile null = WriteEqualityDeletes(table, by_x, R"([{"place": {"x": null}}])");
  null.equality_ids = {FieldId(3)};
  table.Commit({null});
  EXPECT_EQ(ReadRows(table, only_id), (Rows{"1"}));

  // Dropped since, it is compared all the same.
  table.SetFields({MakeField(1, "id", TypeKind::kLong)});
  EXPECT_EQ(ReadRows(table), (Rows{"1"}));
}

TEST(EqualityDeletes, CompareAnAddedColumnByItsInitialDefault) {
  TestTableOptions options;
  options.fields = {MakeField(1, "id", TypeKind::kLong)};
  options.format_version = 3;
  TestTable table(options);
  table.Append(R"([{"id": 1}])");
  Field added = MakeField(2, "station", TypeKind::kString);
  added.initial_default = LiteralValue(std::string("svalbard"));
  table.SetFields({MakeField(1, "id", TypeKind::kLong), added});
  table.Append(R"([{"id": 2, "station": "kiruna"}])");
  const auto schema = arrow::schema({ArrowField(2, "station", arrow::utf8())});
  table.Commit({WriteEqualityDeletes(table, schema, R"([{"station": "svalbard"}])")});
  EXPECT_EQ(ReadRows(table), (Rows{"2|kiruna"}));
}

TEST_F(DeleteRowsTest, RefusesAVectorLongerThanItsFile) {
  TestTableOptions options = IdAndName();
  options.format_version = 3;
  TestTable table(options);
  const DataFile data = WriteForeign(table, IdColumn(), Ids(3));
  table.Commit({data});
  DataFile deletes;
  deletes.content = FileContent::kPositionDeletes;
  deletes.format = "PUFFIN";
  deletes.path = table.metadata()->location + "/data/short.puffin";
  deletes.record_count = 1;
  deletes.referenced_data_file = data.path;
  deletes.content_offset = 4;
  ASSERT_TRUE(table.files().WriteNew(deletes.path, "PFA1").ok());
  const std::vector<ManifestFile> manifests = *ListManifests(table.View(), table.files());
  for (const int64_t size : {int64_t{1}, int64_t{1} << 29}) {
    deletes.content_size_bytes = size;
    table.CommitManifests(manifests);
    table.Commit({deletes});
    EXPECT_NE(FindDetail<CorruptFile>(ReadStatus(table)), nullptr) << size;
  }
  deletes.content_size_bytes = int64_t{1} << 40;
  table.CommitManifests(manifests);
  table.Commit({deletes});
  EXPECT_NE(FindDetail<LimitExceeded>(ReadStatus(table)), nullptr);
}

TEST_F(DeleteRowsTest, RefusesDeleteFilesItCannotUnderstand) {
  const DataFile data = AddIds(2);
  const auto path_only = arrow::schema({ArrowField(2147483546, "file_path", arrow::utf8())});
  DataFile no_position = WriteForeign(table_, path_only, R"([{"file_path": "x"}])");
  no_position.content = FileContent::kPositionDeletes;
  DataFile null_position = WriteForeign(
      table_, arrow::schema({path_only->field(0), ArrowField(2147483545, "pos", arrow::int64())}),
      R"([{"file_path": "x", "pos": null}])");
  null_position.content = FileContent::kPositionDeletes;
  DataFile unknown_id = WriteEqualityDeletes(table_, IdColumn(), Ids(1));
  unknown_id.equality_ids = {FieldId(77)};
  DataFile lacks_column = WriteEqualityDeletes(table_, IdColumn(), Ids(1));
  lacks_column.equality_ids = {FieldId(1), FieldId(2)};
  const std::vector<ManifestFile> manifests = *ListManifests(table_.View(), table_.files());
  for (const auto& bad : {no_position, null_position, unknown_id, lacks_column}) {
    table_.CommitManifests(manifests);
    table_.Commit({bad});
    const auto status = ReadStatus(table_);
    const auto* corrupt = FindDetail<CorruptFile>(status);
    ASSERT_NE(corrupt, nullptr) << status;
    EXPECT_EQ(corrupt->path, bad.path) << status;
  }
}

TEST_F(DeleteRowsTest, NamesADeleteFileItCannotReadOrFind) {
  const DataFile data = AddIds(2);
  const std::vector<ManifestFile> manifests = *ListManifests(table_.View(), table_.files());
  DataFile avro = WritePositionDeletes(table_, {{data.path, 0}});
  avro.format = "AVRO";
  table_.Commit({avro});
  const auto other_format = ReadStatus(table_);
  EXPECT_TRUE(other_format.IsNotImplemented()) << other_format;
  EXPECT_NE(other_format.message().find(avro.path), std::string::npos);
  table_.CommitManifests(manifests);
  const DataFile gone = WritePositionDeletes(table_, {{data.path, 0}});
  table_.Commit({gone});
  ASSERT_TRUE(table_.files().Delete(gone.path).ok());
  for (const int threads : {1, 2}) {
    ReadOptions options;
    options.threads = threads;
    const auto missing = ReadStatus(table_, options);
    EXPECT_TRUE(IsFileNotFound(missing)) << missing;
    EXPECT_NE(missing.message().find(LocalPath(gone.path)), std::string::npos) << missing;
  }
}

TEST(EqualityKey, IsOneForValuesThatAreEqual) {
  const std::vector<Field> fields = {MakeField(1, "d", TypeKind::kDouble),
                                     MakeField(2, "s", TypeKind::kString)};
  const auto batch = JsonBatch(
      arrow::schema({arrow::field("d", arrow::float64()), arrow::field("s", arrow::utf8())}),
      R"([{"d": 0.0, "s": "a"}, {"d": -0.0, "s": "a"}, {"d": null, "s": ""}, {"d": null, "s": null},
          {"d": NaN, "s": "a"}, {"d": NaN, "s": "a"}, {"d": 0.0, "s": ""}])");
  const auto key = [&](int64_t row) { return *EqualityKey(fields, batch->columns(), row); };
  EXPECT_EQ(key(0), key(1));
  EXPECT_EQ(key(4), key(5));
  for (const auto& [a, b] : {std::pair{0, 2}, {2, 3}, {0, 4}, {0, 6}, {2, 6}})
    EXPECT_NE(key(a), key(b)) << a << " and " << b;
}

}  // namespace
}  // namespace artemis
