// Facts of column projection, through whole files: what a table's schema is today against what a file was written with.
#include <arrow/type.h>
#include <gtest/gtest.h>

#include "artemis/base/error.h"
#include "artemis/read/rows_fixture.h"
#include "artemis/schema/arrow_schema.h"
#include "artemis/schema/name_mapping.h"
#include "artemis/schema/name_mapping_json.h"

namespace artemis {
namespace {

TestTableOptions TableOf(std::vector<Field> fields, int32_t format_version = 2) {
  TestTableOptions options;
  options.fields = std::move(fields);
  options.format_version = format_version;
  return options;
}

Field WithDefault(Field field, LiteralValue value) {
  field.initial_default = std::move(value);
  return field;
}

// Commits one foreign file of these rows.
DataFile AddForeign(TestTable& table, arrow::FieldVector fields, const std::string& rows_json,
                    const ForeignFileOptions& options = {}) {
  const DataFile file = WriteForeign(table, arrow::schema(std::move(fields)), rows_json, options);
  table.Commit({file});
  return file;
}

TEST(ReadProjection, FindsRenamedAndReorderedColumnsByFieldId) {
  TestTable table(TableOf({MakeField(1, "a", TypeKind::kLong), MakeField(2, "b", TypeKind::kString),
                           MakeField(3, "c", TypeKind::kLong)}));
  table.Append(R"([{"a": 1, "b": "x", "c": 10}, {"a": 2, "b": "y", "c": 20}])");
  // The names of a and c change places, and c comes first.
  table.SetFields({MakeField(3, "a", TypeKind::kLong), MakeField(1, "c", TypeKind::kLong),
                   MakeField(2, "text", TypeKind::kString)});
  table.Append(R"([{"a": 30, "c": 3, "text": "z"}])");
  EXPECT_EQ(ReadRows(table), (Rows{"30|3|z", "10|1|x", "20|2|y"}));
  const auto stream = OpenRows(table, table.View());
  EXPECT_TRUE((*stream)->schema()->Equals(*ToArrowSchema(*table.View().schema)));
}

TEST(ReadProjection, FillsAnAddedColumnWithNull) {
  TestTable table(TableOf({MakeField(1, "a", TypeKind::kLong)}));
  table.Append(R"([{"a": 1}, {"a": 2}])");
  table.SetFields({MakeField(1, "a", TypeKind::kLong), MakeField(2, "b", TypeKind::kString),
                   MakeField(3, "s", Type::Struct({MakeField(4, "x", TypeKind::kLong)})),
                   MakeField(5, "l", Type::List(FieldId(6), Type::Of(TypeKind::kLong), false))});
  EXPECT_EQ(ReadRows(table), (Rows{"1|null|null|null", "2|null|null|null"}));
}

TEST(ReadProjection, FillsAnAddedColumnWithItsInitialDefault) {
  TestTable table(TableOf({MakeField(1, "a", TypeKind::kLong)}, 3));
  AddForeign(table, {ArrowField(1, "a", arrow::int64())}, R"([{"a": 1}, {"a": 2}])");
  table.SetFields(
      {MakeField(1, "a", TypeKind::kLong),
       WithDefault(MakeField(2, "b", TypeKind::kString), LiteralValue("none")),
       WithDefault(MakeField(3, "n", TypeKind::kInt, true), LiteralValue(int32_t{-1}))});
  AddForeign(table, {ArrowField(2, "b", arrow::utf8()), ArrowField(3, "n", arrow::int32())},
             R"([{"b": null, "n": 7}])");
  EXPECT_EQ(ReadRows(table), (Rows{"null|null|7", "1|none|-1", "2|none|-1"}));
  EXPECT_EQ(ReadRows(table, Leaf(PredicateOp::kEq, "b", {std::string("none")})),
            (Rows{"1|none|-1", "2|none|-1"}));
}

TEST(ReadProjection, WidensIntegersFloatsAndDecimals) {
  TestTable table(TableOf({MakeField(1, "i", TypeKind::kInt), MakeField(2, "f", TypeKind::kFloat),
                           MakeField(3, "d", Type::Decimal(9, 2))}));
  table.Append(R"([{"i": -7, "f": 0.5, "d": "1234567.89"}, {"i": null, "f": null, "d": null}])");
  table.SetFields({MakeField(1, "i", TypeKind::kLong), MakeField(2, "f", TypeKind::kDouble),
                   MakeField(3, "d", Type::Decimal(20, 2))});
  table.Append(R"([{"i": 5000000000, "f": 1e300, "d": "123456789012345678.90"}])");
  EXPECT_EQ(ReadRows(table), (Rows{"5000000000|1e+300|123456789012345678.90", "-7|0.5|1234567.89",
                                   "null|null|null"}));
}

TEST(ReadProjection, KeepsADroppedAndReAddedNameApart) {
  TestTable table(
      TableOf({MakeField(1, "id", TypeKind::kLong), MakeField(2, "v", TypeKind::kLong)}));
  table.Append(R"([{"id": 1, "v": 10}])");
  table.SetFields({MakeField(1, "id", TypeKind::kLong)});
  table.Append(R"([{"id": 2}])");
  table.SetFields({MakeField(1, "id", TypeKind::kLong), MakeField(3, "v", TypeKind::kString)});
  table.Append(R"([{"id": 3, "v": "new"}])");
  EXPECT_EQ(ReadRows(table), (Rows{"3|new", "2|null", "1|null"}));
}

TEST(ReadProjection, FollowsTheFieldsOfStructs) {
  TestTable table(TableOf({MakeField(1, "id", TypeKind::kLong),
                           MakeField(2, "p",
                                     Type::Struct({MakeField(3, "lat", TypeKind::kFloat),
                                                   MakeField(4, "lon", TypeKind::kFloat),
                                                   MakeField(5, "q", TypeKind::kInt)}))}));
  table.Append(R"([{"id": 1, "p": {"lat": 0.5, "lon": 1.5, "q": 9}}, {"id": 2, "p": null},
                   {"id": 3, "p": {"lat": null, "lon": 2.5, "q": 8}}])");
  // lon and lat change places, lon is renamed and lat widened, q is dropped and added again, and a struct is added.
  table.SetFields(
      {MakeField(1, "id", TypeKind::kLong),
       MakeField(2, "place",
                 Type::Struct(
                     {MakeField(4, "longitude", TypeKind::kFloat),
                      MakeField(3, "lat", TypeKind::kDouble), MakeField(6, "q", TypeKind::kString),
                      MakeField(7, "more", Type::Struct({MakeField(8, "x", TypeKind::kLong)}))}))});
  EXPECT_EQ(ReadRows(table),
            (Rows{"1|{1.5, 0.5, null, null}", "2|null", "3|{2.5, null, null, null}"}));
}

TEST(ReadProjection, FollowsTheElementsOfListsAndTheValuesOfMaps) {
  const auto point = [](TypeKind x, const char* name) {
    return Type::Struct({MakeField(10, name, x), MakeField(11, "y", TypeKind::kInt)});
  };
  const auto fields = [&](const Type& element) {
    return std::vector{
        MakeField(1, "l", Type::List(FieldId(2), element, false)),
        MakeField(3, "m",
                  Type::Map(FieldId(4), Type::Of(TypeKind::kString), FieldId(5),
                            Type::Of(element.fields[0].type.kind), false)),
        MakeField(6, "ll",
                  Type::List(FieldId(7),
                             Type::List(FieldId(8), Type::Of(element.fields[0].type.kind), false),
                             false))};
  };
  TestTable table(TableOf(fields(point(TypeKind::kInt, "x"))));
  table.Append(
      R"([{"l": [{"x": 1, "y": 2}, null, {"x": null, "y": 4}], "m": [["a", 1], ["b", null]],
                    "ll": [[1, 2], [], null]},
                   {"l": [], "m": [], "ll": []}, {"l": null, "m": null, "ll": null}])");
  Type evolved = point(TypeKind::kLong, "east");
  std::reverse(evolved.fields.begin(), evolved.fields.end());
  evolved.fields.push_back(MakeField(12, "z", TypeKind::kString));
  auto next = fields(point(TypeKind::kLong, "x"));
  next[0].type = Type::List(FieldId(2), evolved, false);
  table.SetFields(next);
  EXPECT_EQ(ReadRows(table), (Rows{"[{2, 1, null}, null, {4, null, null}]|{a: 1, b: null}|"
                                   "[[1, 2], [], null]",
                                   "[]|{}|[]", "null|null|null"}));
}

TEST(ReadProjection, ReadsFilesWithoutFieldIdsThroughTheNameMapping) {
  TestTable table(TableOf(
      {MakeField(1, "id", TypeKind::kLong), MakeField(2, "name", TypeKind::kString),
       MakeField(3, "p",
                 Type::Struct({MakeField(4, "lat", TypeKind::kDouble),
                               MakeField(5, "lon", TypeKind::kDouble)})),
       MakeField(6, "l",
                 Type::List(FieldId(7), Type::Struct({MakeField(8, "x", TypeKind::kLong)}), false)),
       MakeField(9, "m",
                 Type::Map(FieldId(10), Type::Of(TypeKind::kString), FieldId(11),
                           Type::Struct({MakeField(12, "v", TypeKind::kLong)}), false))}));
  NameMapping mapping = DefaultNameMapping(*table.View().schema);
  mapping.fields[1].names.push_back("label");
  table.Change([&](TableMetadata& metadata) {
    metadata.properties[kNameMappingProperty] = NameMappingToJson(mapping);
  });
  // The names are those of the mapping, whatever the columns are called today.
  auto fields = table.View().schema->fields;
  fields[0].name = "number";
  table.SetFields(fields);
  const auto x = arrow::struct_({arrow::field("x", arrow::int64())});
  const auto v = arrow::struct_({arrow::field("v", arrow::int64())});
  AddForeign(table,
             {arrow::field("label", arrow::utf8()), arrow::field("id", arrow::int64()),
              arrow::field("unknown", arrow::int64()),
              arrow::field("p", arrow::struct_({arrow::field("lon", arrow::float64()),
                                                arrow::field("lat", arrow::float64())})),
              arrow::field("l", arrow::list(x)), arrow::field("m", arrow::map(arrow::utf8(), v))},
             R"([{"label": "a", "id": 1, "unknown": 9, "p": {"lon": 2.5, "lat": 1.5},
                  "l": [{"x": 5}], "m": [["k", {"v": 6}]]}])");
  EXPECT_EQ(ReadRows(table), Rows{"1|a|{1.5, 2.5}|[{5}]|{k: {6}}"});
  EXPECT_EQ(ReadRows(table, Leaf(PredicateOp::kGt, "p.lon", {2.0})).size(), 1u);
  EXPECT_EQ(ReadRows(table, Leaf(PredicateOp::kGt, "p.lon", {3.0})).size(), 0u);
}

TEST(ReadProjection, RefusesFilesWithoutFieldIdsWhereThereIsNoMapping) {
  TestTable table(TableOf({MakeField(1, "id", TypeKind::kLong)}));
  const auto file = AddForeign(table, {arrow::field("id", arrow::int64())}, R"([{"id": 1}])");
  const auto status = ReadStatus(table);
  EXPECT_TRUE(status.IsInvalid()) << status;
  EXPECT_NE(status.message().find(file.path), std::string::npos) << status;
  EXPECT_NE(status.message().find(kNameMappingProperty), std::string::npos) << status;
}

TEST(ReadProjection, TrustsTheFilesOwnIdsOverTheMapping) {
  TestTable table(
      TableOf({MakeField(1, "a", TypeKind::kLong), MakeField(2, "b", TypeKind::kLong)}));
  table.Change([&](TableMetadata& metadata) {
    metadata.properties[kNameMappingProperty] =
        NameMappingToJson(DefaultNameMapping(metadata.CurrentSchema()));
  });
  AddForeign(table, {ArrowField(2, "a", arrow::int64()), ArrowField(0, "b", arrow::int64())},
             R"([{"a": 1, "b": 2}])");
  EXPECT_EQ(ReadRows(table), Rows{"null|1"});
}

TEST(ReadProjection, TakesAMissingColumnFromItsIdentityPartition) {
  TestTableOptions options =
      TableOf({MakeField(1, "mission", TypeKind::kString), MakeField(2, "k", TypeKind::kInt),
               MakeField(3, "n", TypeKind::kLong)});
  options.partition = "mission, k, truncate(10, n)";
  TestTable table(options);
  ForeignFileOptions in_partition;
  in_partition.partition = {LiteralValue("apollo"), LiteralValue(int32_t{7}),
                            LiteralValue(int64_t{20})};
  AddForeign(table, {ArrowField(9, "other", arrow::int64())}, R"([{"other": 1}])", in_partition);
  EXPECT_EQ(ReadRows(table), Rows{"apollo|7|null"});
  table.SetFields({MakeField(1, "mission", TypeKind::kString), MakeField(2, "k", TypeKind::kLong),
                   MakeField(3, "n", TypeKind::kLong)});
  EXPECT_EQ(ReadRows(table), Rows{"apollo|7|null"});
  EXPECT_EQ(ReadRows(table, Leaf(PredicateOp::kEq, "k", {int64_t{7}})), Rows{"apollo|7|null"});
}

TEST(ReadProjection, PrefersWhatTheFileHoldsToItsPartition) {
  TestTableOptions options = TableOf({MakeField(1, "mission", TypeKind::kString)});
  options.partition = "mission";
  TestTable table(options);
  ForeignFileOptions in_partition;
  in_partition.partition = {LiteralValue("apollo")};
  AddForeign(table, {ArrowField(1, "mission", arrow::utf8())}, R"([{"mission": "gemini"}])",
             in_partition);
  EXPECT_EQ(ReadRows(table), Rows{"gemini"});
}

TEST(ReadProjection, CallsAFileWithoutARequiredColumnCorrupt) {
  TestTable table(
      TableOf({MakeField(1, "a", TypeKind::kLong), MakeField(2, "key", TypeKind::kLong, true)}));
  const auto file = AddForeign(table, {ArrowField(1, "a", arrow::int64())}, R"([{"a": 1}])");
  const auto status = ReadStatus(table);
  const auto* corrupt = FindDetail<CorruptFile>(status);
  ASSERT_NE(corrupt, nullptr) << status;
  EXPECT_EQ(corrupt->path, file.path);
  EXPECT_NE(status.message().find("key"), std::string::npos) << status;
}

TEST(ReadProjection, NamesColumnAndFileOfAWrongType) {
  const Type point = Type::Struct({MakeField(2, "x", TypeKind::kLong)});
  const Type longs = Type::List(FieldId(2), Type::Of(TypeKind::kLong), false);
  const struct {
    Type table_type;
    std::shared_ptr<arrow::DataType> file_type;
    std::string value;
  } cases[] = {
      {Type::Of(TypeKind::kLong), arrow::utf8(), R"("5")"},
      {Type::Of(TypeKind::kInt), arrow::int64(), "5"},
      {Type::Of(TypeKind::kLong), arrow::float64(), "5"},
      {Type::Of(TypeKind::kFloat), arrow::float64(), "5"},
      {Type::Of(TypeKind::kString), arrow::int64(), "5"},
      {Type::Of(TypeKind::kDate), arrow::int32(), "5"},
      {Type::Of(TypeKind::kLong), arrow::list(ArrowField(2, "element", arrow::int64())), "[5]"},
      {point, arrow::int64(), "5"},
      {longs, arrow::int64(), "5"},
      {longs, arrow::list(ArrowField(2, "element", arrow::utf8())), R"(["5"])"},
      {point, arrow::struct_({ArrowField(2, "x", arrow::utf8())}), R"({"x": "5"})"},
  };
  for (const auto& each : cases) {
    TestTable table(TableOf({MakeField(1, "v", each.table_type)}));
    const auto file =
        AddForeign(table, {ArrowField(1, "v", each.file_type)}, R"([{"v": )" + each.value + "}]");
    for (const int threads : {1, 2}) {
      ReadOptions options;
      options.threads = threads;
      const auto status = ReadStatus(table, options);
      EXPECT_FALSE(status.ok()) << each.file_type->ToString();
      EXPECT_NE(status.message().find("column "), std::string::npos) << status;
      EXPECT_NE(
          status.message().find(each.file_type->num_fields() > 0 && !each.table_type.is_primitive()
                                    ? (each.table_type.kind == TypeKind::kList ? "element" : "x")
                                    : "v"),
          std::string::npos)
          << status;
      EXPECT_NE(status.message().find(file.path), std::string::npos) << status;
    }
  }
}

TEST(ReadProjection, ReadsTimestampsOfOtherUnitsAsMicroseconds) {
  TestTable table(TableOf(
      {MakeField(1, "t", TypeKind::kTimestamp), MakeField(2, "z", TypeKind::kTimestamptz)}));
  AddForeign(table,
             {ArrowField(1, "t", arrow::timestamp(arrow::TimeUnit::MILLI)),
              ArrowField(2, "z", arrow::timestamp(arrow::TimeUnit::MILLI, "UTC"))},
             R"([{"t": 1500, "z": -1}])");
  const auto stream = OpenRows(table, table.View()).ValueOrDie();
  std::shared_ptr<arrow::RecordBatch> batch;
  ASSERT_TRUE(stream->ReadNext(&batch).ok());
  const auto at = [&](int column) {
    return static_cast<const arrow::TimestampArray&>(*batch->column(column)).Value(0);
  };
  EXPECT_EQ(at(0), 1'500'000);
  EXPECT_EQ(at(1), -1'000);
}

TEST(ReadProjection, ReadsIntegersThatOtherWritersStoreInFewerBits) {
  TestTable table(TableOf({MakeField(1, "i", TypeKind::kInt), MakeField(2, "l", TypeKind::kLong)}));
  AddForeign(table, {ArrowField(1, "i", arrow::int8()), ArrowField(2, "l", arrow::int16())},
             R"([{"i": -5, "l": 300}, {"i": null, "l": null}])");
  EXPECT_EQ(ReadRows(table), (Rows{"-5|300", "null|null"}));
  EXPECT_EQ(ReadRows(table, Leaf(PredicateOp::kGt, "l", {int64_t{299}})), Rows{"-5|300"});
}

TEST(ReadProjection, GivesTheAskedColumnsInTheirOrder) {
  TestTable table(TableOf({MakeField(1, "a", TypeKind::kLong), MakeField(2, "b", TypeKind::kString),
                           MakeField(3, "c", TypeKind::kLong)}));
  table.Append(R"([{"a": 1, "b": "x", "c": 10}, {"a": 2, "b": "y", "c": 20}])");
  ReadOptions options = InOrder();
  options.columns = {FieldId(3), FieldId(1)};
  EXPECT_EQ(ReadRows(table, options), (Rows{"10|1", "20|2"}));
  // The filter's column is read, and not given out.
  EXPECT_EQ(ReadRows(table, Leaf(PredicateOp::kEq, "b", {std::string("y")}), options),
            Rows{"20|2"});
  options.columns = {FieldId(2), FieldId(2)};
  EXPECT_EQ(ReadRows(table, options), (Rows{"x|x", "y|y"}));
  options.columns = {FieldId(9)};
  EXPECT_TRUE(OpenRows(table, table.View(), {}, options).status().IsInvalid());
}

TEST(ReadProjection, FillsAMissingStructWithTheDefaultsOfItsFields) {
  TestTable table(TableOf({MakeField(1, "id", TypeKind::kLong)}, 3));
  table.Append(R"([{"id": 1}])");
  const auto x = WithDefault(MakeField(4, "x", TypeKind::kInt), LiteralValue(int32_t{0}));
  const auto y = WithDefault(MakeField(5, "y", TypeKind::kInt), LiteralValue(int32_t{7}));
  Field point = MakeField(2, "point", Type::Struct({x, y}));
  Field unset = MakeField(
      3, "unset",
      Type::Struct({WithDefault(MakeField(6, "z", TypeKind::kInt), LiteralValue(int32_t{9}))}));
  point.initial_default_struct = true;
  table.SetFields({MakeField(1, "id", TypeKind::kLong), point, unset});
  // The first of the specification's examples: null where the default is null, else what the fields say.
  EXPECT_EQ(ReadRows(table), (Rows{"1|{0, 7}|null"}));
  AddForeign(table,
             {ArrowField(1, "id", arrow::int64()),
              ArrowField(2, "point", arrow::struct_({ArrowField(5, "y", arrow::int32())})),
              ArrowField(3, "unset", arrow::struct_({ArrowField(77, "w", arrow::int32())}))},
             R"([{"id": 2, "point": {"y": -1}, "unset": {"w": 1}},
                 {"id": 3, "point": null, "unset": null}])");
  EXPECT_EQ(ReadRows(table), (Rows{"2|{0, -1}|{9}", "3|null|null", "1|{0, 7}|null"}));
}

TEST(ReadProjection, ReadsDatesOfAColumnThatBecameATimestamp) {
  TestTable table(TableOf({MakeField(1, "d", TypeKind::kDate)}, 3));
  table.Append(R"([{"d": -1}, {"d": 19797}, {"d": null}])");
  table.SetFields({MakeField(1, "d", TypeKind::kTimestamp)});
  ReadOptions options = InOrder();
  const auto stream = OpenRows(table, table.View());
  ASSERT_TRUE(stream.ok()) << stream.status();
  std::shared_ptr<arrow::RecordBatch> batch;
  ASSERT_TRUE((*stream)->ReadNext(&batch).ok());
  const auto& values = static_cast<const arrow::TimestampArray&>(*batch->column(0));
  EXPECT_EQ(values.Value(0), -86'400'000'000);
  EXPECT_EQ(values.Value(1), 19'797 * 86'400'000'000);
  EXPECT_TRUE(values.IsNull(2));
}

TEST(ReadProjection, FailsOnADateOutOfTheRangeOfNanoseconds) {
  TestTable table(TableOf({MakeField(1, "d", TypeKind::kDate)}, 3));
  table.Append(R"([{"d": 193579}])");
  table.SetFields({MakeField(1, "d", TypeKind::kTimestampNs)});
  const auto status = ReadStatus(table);
  EXPECT_FALSE(status.ok());
  EXPECT_NE(status.message().find(".parquet"), std::string::npos) << status;
}

TEST(ReadProjection, GivesNullsForUnknownWhateverAFileHolds) {
  TestTable table(
      TableOf({MakeField(1, "id", TypeKind::kLong), MakeField(2, "u", TypeKind::kUnknown)}, 3));
  AddForeign(table, {ArrowField(1, "id", arrow::int64()), ArrowField(2, "u", arrow::int32())},
             R"([{"id": 1, "u": 5}])");
  EXPECT_EQ(ReadRows(table), (Rows{"1|null"}));
}

TEST(ReadProjection, TakesANullPartitionValueBeforeTheInitialDefault) {
  TestTableOptions options =
      TableOf({MakeField(1, "id", TypeKind::kLong), MakeField(2, "m", TypeKind::kString)}, 3);
  options.partition = "m";
  TestTable table(options);
  table.Change([](TableMetadata& metadata) {
    metadata.schemas[0].fields[1].initial_default = LiteralValue(std::string("none"));
  });
  ForeignFileOptions in_null;
  in_null.partition = {std::nullopt};
  AddForeign(table, {ArrowField(1, "id", arrow::int64())}, R"([{"id": 1}])", in_null);
  ForeignFileOptions in_a;
  in_a.partition = {LiteralValue(std::string("a"))};
  AddForeign(table, {ArrowField(1, "id", arrow::int64())}, R"([{"id": 2}])", in_a);
  EXPECT_EQ(ReadRows(table), (Rows{"2|a", "1|null"}));
}

TEST(ReadProjection, NamesANestedRequiredFieldThatIsMissing) {
  TestTable table(TableOf({MakeField(1, "p",
                                     Type::Struct({MakeField(2, "x", TypeKind::kInt),
                                                   MakeField(3, "y", TypeKind::kInt, true)}))}));
  AddForeign(table, {ArrowField(1, "p", arrow::struct_({ArrowField(2, "x", arrow::int32())}))},
             R"([{"p": {"x": 1}}])");
  const auto status = ReadStatus(table);
  EXPECT_TRUE(status.IsInvalid()) << status;
  EXPECT_NE(status.message().find("p.y"), std::string::npos) << status;
}

TEST(ReadProjection, RefusesUnsupportedColumnsByNameAndReadsTheOthers) {
  TestTable table(TableOf({MakeField(1, "id", TypeKind::kLong)}, 3));
  table.Append(R"([{"id": 1}])");
  table.SetFields(
      {MakeField(1, "id", TypeKind::kLong), MakeField(2, "v", Type::Unsupported("variant")),
       MakeField(3, "s",
                 Type::Struct({MakeField(4, "g", Type::Unsupported("geometry(OGC:CRS84)"))}))});
  arrow::Status status = ReadStatus(table);
  EXPECT_TRUE(status.IsNotImplemented()) << status;
  EXPECT_NE(status.message().find("column 'v' has the type variant"), std::string::npos) << status;
  ReadOptions options = InOrder();
  options.columns = {FieldId(3)};
  status = ReadStatus(table, options);
  EXPECT_TRUE(status.IsNotImplemented());
  EXPECT_NE(status.message().find("field 'g' of column 's'"), std::string::npos) << status;
  options.columns = {FieldId(1)};
  EXPECT_EQ(ReadRows(table, options), Rows{"1"});
}

}  // namespace
}  // namespace artemis
