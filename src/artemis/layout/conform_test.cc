// Facts of fitting incoming rows to a table.
#include "artemis/layout/conform.h"

#include <arrow/api.h>
#include <arrow/extension/bool8.h>
#include <arrow/extension/uuid.h>
#include <arrow/json/from_string.h>
#include <gtest/gtest.h>

#include "artemis/schema/arrow_schema.h"

namespace artemis {
namespace {

using Columns =
    std::vector<std::pair<std::string, std::pair<std::shared_ptr<arrow::DataType>, std::string>>>;

Field MakeField(int id, const std::string& name, Type type, bool required = false) {
  Field field;
  field.id = FieldId(id);
  field.name = name;
  field.type = std::move(type);
  field.required = required;
  return field;
}

Schema OneField(Type type, bool required = false) {
  return Schema{.id = SchemaId(0),
                .fields = {MakeField(1, "c", std::move(type), required)},
                .identifier_field_ids = {}};
}

std::shared_ptr<arrow::RecordBatch> Rows(const Columns& columns) {
  std::vector<std::shared_ptr<arrow::Field>> fields;
  std::vector<std::shared_ptr<arrow::Array>> arrays;
  for (const auto& [name, typed] : columns) {
    fields.push_back(arrow::field(name, typed.first));
    arrays.push_back(arrow::json::ArrayFromJSONString(typed.first, typed.second).ValueOrDie());
  }
  const int64_t rows = arrays.at(0)->length();
  return arrow::RecordBatch::Make(arrow::schema(fields), rows, arrays);
}

arrow::Result<std::shared_ptr<arrow::RecordBatch>> ConformRows(
    const Schema& table, const std::shared_ptr<arrow::RecordBatch>& rows,
    const ConformOptions& options = {}) {
  ARROW_ASSIGN_OR_RAISE(auto conformer, RowConformer::Make(table, *rows->schema(), options));
  return conformer.Conform(*rows);
}

// The message of a failure at Make or at Conform.
std::string Refusal(const Schema& table, const std::shared_ptr<arrow::RecordBatch>& rows,
                    const ConformOptions& options = {}) {
  const auto result = ConformRows(table, rows, options);
  EXPECT_TRUE(result.status().IsInvalid()) << result.status();
  return result.status().message();
}

void ExpectContains(const std::string& text, const std::vector<std::string>& parts) {
  for (const std::string& part : parts) EXPECT_NE(text.find(part), std::string::npos) << text;
}

TEST(RowConformer, AcceptsWhatWidensToTheTablesType) {
  struct Case {
    Type to;
    std::shared_ptr<arrow::DataType> from;
    std::string json;
    std::string expected;
  };
  const auto micros = arrow::timestamp(arrow::TimeUnit::MICRO);
  const std::vector<Case> cases = {
      {Type::Of(TypeKind::kInt), arrow::int8(), "[-1, null]", "[-1, null]"},
      {Type::Of(TypeKind::kInt), arrow::uint16(), "[65535]", "[65535]"},
      {Type::Of(TypeKind::kLong), arrow::int32(), "[-1, null]", "[-1, null]"},
      {Type::Of(TypeKind::kLong), arrow::uint32(), "[4294967295]", "[4294967295]"},
      {Type::Of(TypeKind::kLong), arrow::uint64(), "[9223372036854775807]",
       "[9223372036854775807]"},
      {Type::Of(TypeKind::kDouble), arrow::float32(), "[1.5, null]", "[1.5, null]"},
      {Type::Decimal(9, 2), arrow::decimal128(5, 2), R"(["1.23"])", R"(["1.23"])"},
      {Type::Decimal(38, 2), arrow::decimal256(20, 2), R"(["1.23"])", R"(["1.23"])"},
      {Type::Of(TypeKind::kDate), arrow::date64(), "[86400000]", "[1]"},
      {Type::Of(TypeKind::kTime), arrow::time32(arrow::TimeUnit::MILLI), "[5]", "[5000]"},
      {Type::Of(TypeKind::kTime), arrow::time64(arrow::TimeUnit::NANO), "[5000]", "[5]"},
      {Type::Of(TypeKind::kTimestamp), arrow::timestamp(arrow::TimeUnit::SECOND), "[-1]",
       "[-1000000]"},
      {Type::Of(TypeKind::kTimestamp), arrow::timestamp(arrow::TimeUnit::MILLI), "[-1]", "[-1000]"},
      {Type::Of(TypeKind::kTimestamp), arrow::timestamp(arrow::TimeUnit::NANO), "[-1000, null]",
       "[-1, null]"},
      {Type::Of(TypeKind::kTimestamptz), arrow::timestamp(arrow::TimeUnit::MICRO, "Europe/Berlin"),
       "[7]", "[7]"},
      {Type::Of(TypeKind::kTimestampNs), micros, "[7]", "[7000]"},
      {Type::Of(TypeKind::kString), arrow::large_utf8(), R"(["a", null])", R"(["a", null])"},
      {Type::Of(TypeKind::kString), arrow::utf8_view(), R"(["a", null])", R"(["a", null])"},
      {Type::Of(TypeKind::kBinary), arrow::binary_view(), R"(["a", null])", R"(["a", null])"},
      {Type::Of(TypeKind::kUuid), arrow::fixed_size_binary(16), R"(["0123456789abcdef"])",
       R"(["0123456789abcdef"])"},
      {Type::Of(TypeKind::kLong), arrow::null(), "[null, null]", "[null, null]"},
      {Type::List(FieldId(2), Type::Of(TypeKind::kLong), false), arrow::large_list(arrow::int32()),
       "[[1, null], null, []]", "[[1, null], null, []]"},
      {Type::List(FieldId(2), Type::Of(TypeKind::kLong), false),
       arrow::fixed_size_list(arrow::int32(), 2), "[[1, 2], null]", "[[1, 2], null]"},
      {Type::Map(FieldId(2), Type::Of(TypeKind::kString), FieldId(3), Type::Of(TypeKind::kLong),
                 false),
       arrow::map(arrow::utf8(), arrow::int32()), R"([[["k", 1]], null, []])",
       R"([[["k", 1]], null, []])"},
      {Type::Struct({MakeField(2, "x", Type::Of(TypeKind::kLong)),
                     MakeField(3, "y", Type::Of(TypeKind::kString))}),
       arrow::struct_({arrow::field("x", arrow::int32())}), R"([{"x": 1}, null])",
       R"([{"x": 1, "y": null}, null])"},
  };
  for (const Case& c : cases) {
    SCOPED_TRACE(c.from->ToString() + " to " + c.to.ToString());
    const Schema table = OneField(c.to);
    const auto result = ConformRows(table, Rows({{"c", {c.from, c.json}}}));
    ASSERT_TRUE(result.ok()) << result.status();
    ASSERT_TRUE((*result)->ValidateFull().ok());
    EXPECT_TRUE((*result)->schema()->Equals(*ToArrowSchema(table)));
    const auto expected =
        arrow::json::ArrayFromJSONString(ToArrowType(c.to), c.expected).ValueOrDie();
    EXPECT_TRUE((*result)->column(0)->Equals(*expected)) << (*result)->column(0)->ToString();
  }
}

TEST(RowConformer, DecodesDictionariesAndUnwrapsUuid) {
  const auto words =
      arrow::DictionaryArray::FromArrays(
          arrow::dictionary(arrow::int8(), arrow::utf8()),
          arrow::json::ArrayFromJSONString(arrow::int8(), "[1, null, 0]").ValueOrDie(),
          arrow::json::ArrayFromJSONString(arrow::utf8(), R"(["x", "y"])").ValueOrDie())
          .ValueOrDie();
  auto rows =
      arrow::RecordBatch::Make(arrow::schema({arrow::field("c", words->type())}), 3, {words});
  const auto text = ConformRows(OneField(Type::Of(TypeKind::kString)), rows).ValueOrDie();
  EXPECT_TRUE(text->column(0)->Equals(
      arrow::json::ArrayFromJSONString(arrow::utf8(), R"(["y", null, "x"])").ValueOrDie()));

  const auto storage =
      arrow::json::ArrayFromJSONString(arrow::fixed_size_binary(16), R"(["0123456789abcdef"])")
          .ValueOrDie();
  const auto uuid = arrow::ExtensionType::WrapArray(arrow::extension::uuid(), storage);
  rows = arrow::RecordBatch::Make(arrow::schema({arrow::field("c", uuid->type())}), 1, {uuid});
  EXPECT_TRUE(ConformRows(OneField(Type::Of(TypeKind::kUuid)), rows)
                  .ValueOrDie()
                  ->column(0)
                  ->Equals(storage));

  // Arrow's canonical extensions, "8-bit Boolean": zero is false, everything else true.
  const auto bytes =
      arrow::json::ArrayFromJSONString(arrow::int8(), "[0, 1, null, -7]").ValueOrDie();
  const auto bool8 = arrow::ExtensionType::WrapArray(arrow::extension::bool8(), bytes);
  rows = arrow::RecordBatch::Make(arrow::schema({arrow::field("c", bool8->type())}), 4, {bool8});
  EXPECT_TRUE(
      ConformRows(OneField(Type::Of(TypeKind::kBoolean)), rows)
          .ValueOrDie()
          ->column(0)
          ->Equals(arrow::json::ArrayFromJSONString(arrow::boolean(), "[false, true, null, true]")
                       .ValueOrDie()));
}

TEST(RowConformer, MatchesByNameInAnyOrderAndFillsOptionalColumns) {
  Schema table;
  table.fields = {MakeField(1, "a", Type::Of(TypeKind::kLong), true),
                  MakeField(2, "b", Type::Of(TypeKind::kString)),
                  MakeField(3, "c", Type::Of(TypeKind::kInt)),
                  MakeField(4, "d", Type::Of(TypeKind::kInt))};
  table.fields[3].write_default = LiteralValue(int32_t{9});
  const auto result =
      ConformRows(table,
                  Rows({{"c", {arrow::int32(), "[3, 4]"}}, {"a", {arrow::int64(), "[1, 2]"}}}))
          .ValueOrDie();
  EXPECT_EQ(static_cast<const arrow::Int64Array&>(*result->column(0)).Value(1), 2);
  EXPECT_EQ(result->column(1)->null_count(), 2);
  EXPECT_EQ(static_cast<const arrow::Int32Array&>(*result->column(2)).Value(0), 3);
  EXPECT_EQ(static_cast<const arrow::Int32Array&>(*result->column(3)).Value(1), 9);
}

TEST(RowConformer, RefusesTypesThatDoNotFitByName) {
  struct Case {
    Type to;
    std::shared_ptr<arrow::DataType> from;
  };
  const std::vector<Case> cases = {
      {Type::Of(TypeKind::kInt), arrow::int64()},
      {Type::Of(TypeKind::kInt), arrow::uint32()},
      {Type::Of(TypeKind::kFloat), arrow::float64()},
      {Type::Of(TypeKind::kFloat), arrow::float16()},
      {Type::Of(TypeKind::kDouble), arrow::int32()},
      {Type::Of(TypeKind::kString), arrow::binary()},
      {Type::Of(TypeKind::kLong), arrow::duration(arrow::TimeUnit::MICRO)},
      {Type::Of(TypeKind::kLong), arrow::utf8()},
      {Type::Of(TypeKind::kTimestamp), arrow::timestamp(arrow::TimeUnit::MICRO, "UTC")},
      {Type::Of(TypeKind::kTimestamptz), arrow::timestamp(arrow::TimeUnit::MICRO)},
      {Type::Decimal(9, 2), arrow::decimal128(10, 2)},
      {Type::Decimal(9, 2), arrow::decimal128(9, 3)},
      {Type::Fixed(4), arrow::fixed_size_binary(5)},
      {Type::List(FieldId(2), Type::Of(TypeKind::kInt), false), arrow::list(arrow::int64())},
  };
  for (const Case& c : cases) {
    SCOPED_TRACE(c.from->ToString() + " to " + c.to.ToString());
    const auto schema = arrow::schema({arrow::field("c", c.from)});
    const auto status = RowConformer::Make(OneField(c.to), *schema).status();
    EXPECT_TRUE(status.IsInvalid());
    ExpectContains(status.message(), {"column 'c"});
  }
}

TEST(RowConformer, NamesUnknownMissingAndDoubledColumns) {
  Schema table;
  table.fields = {MakeField(1, "mission_id", Type::Of(TypeKind::kLong), true)};
  ExpectContains(Refusal(table, Rows({{"mision_id", {arrow::int64(), "[1]"}}})),
                 {"'mision_id'", "not in the table", "'mission_id'"});
  ExpectContains(Refusal(table, Rows({{"Mission_id", {arrow::int64(), "[1]"}}})), {"'Mission_id'"});
  ExpectContains(Refusal(table, Rows({{"mission_id", {arrow::int64(), "[1]"}},
                                      {"mission_id", {arrow::int64(), "[1]"}}})),
                 {"more than one column 'mission_id'"});
  const auto none = RowConformer::Make(table, *arrow::schema(arrow::FieldVector{})).status();
  ExpectContains(none.message(), {"'mission_id'", "requires"});
}

TEST(RowConformer, NamesColumnAndRowOfAValueThatDoesNotFit) {
  ExpectContains(Refusal(OneField(Type::Of(TypeKind::kLong)),
                         Rows({{"c", {arrow::uint64(), "[1, null, 9223372036854775808]"}}})),
                 {"column 'c', row 2", "9223372036854775808"});
  ExpectContains(Refusal(OneField(Type::Of(TypeKind::kTimestamp)),
                         Rows({{"c", {arrow::timestamp(arrow::TimeUnit::NANO), "[1000, 1001]"}}})),
                 {"column 'c', row 1", "--timestamps nanos", "--truncate-timestamps"});
  ExpectContains(Refusal(OneField(Type::Of(TypeKind::kLong), true),
                         Rows({{"c", {arrow::int64(), "[1, null]"}}})),
                 {"column 'c', row 1", "null"});
  ExpectContains(
      Refusal(OneField(Type::Of(TypeKind::kTimestamp)),
              Rows({{"c", {arrow::timestamp(arrow::TimeUnit::SECOND), "[9223372036854775]"}}})),
      {"column 'c', row 0", "range"});
  // SQL's 24:00:00: no time of day of Java's, whose readers would fail on the whole file.
  ExpectContains(
      Refusal(OneField(Type::Of(TypeKind::kTime)),
              Rows({{"c", {arrow::time64(arrow::TimeUnit::MICRO), "[86399999999, 86400000000]"}}})),
      {"column 'c', row 1", "23:59:59.999999"});
}

TEST(RowConformer, CountsRowsOverBatchesAndInSlices) {
  const auto rows =
      Rows({{"c", {arrow::uint64(), "[18446744073709551615, 1, 2, 18446744073709551615]"}}});
  auto conformer =
      RowConformer::Make(OneField(Type::Of(TypeKind::kLong)), *rows->schema()).ValueOrDie();
  const auto good = conformer.Conform(*rows->Slice(1, 2)).ValueOrDie();
  EXPECT_TRUE(good->column(0)->Equals(
      arrow::json::ArrayFromJSONString(arrow::int64(), "[1, 2]").ValueOrDie()));
  ExpectContains(conformer.Conform(*rows->Slice(2, 2)).status().message(), {"row 3"});
}

TEST(RowConformer, FloorsNanosecondsWhenAskedTo) {
  ConformOptions options;
  options.truncate_timestamps = true;
  const auto rows =
      Rows({{"c", {arrow::timestamp(arrow::TimeUnit::NANO), "[1999, -1, null, -1000]"}}});
  const auto result =
      ConformRows(OneField(Type::Of(TypeKind::kTimestamp)), rows, options).ValueOrDie();
  EXPECT_TRUE(
      result->column(0)->Equals(arrow::json::ArrayFromJSONString(
                                    arrow::timestamp(arrow::TimeUnit::MICRO), "[1, -1, null, -1]")
                                    .ValueOrDie()));
}

TEST(RowConformer, IgnoresWhatLiesUnderNulls) {
  // A null slot of a timestamp column may hold any bits.
  const auto type = arrow::timestamp(arrow::TimeUnit::NANO);
  const std::vector<int64_t> numbers = {1000, 1};
  const std::vector<uint8_t> validity = {0b01};
  const auto data = arrow::ArrayData::Make(
      type, 2, {arrow::Buffer::Wrap(validity), arrow::Buffer::Wrap(numbers)});
  const auto rows = arrow::RecordBatch::Make(arrow::schema({arrow::field("c", type)}), 2,
                                             {arrow::MakeArray(data)});
  EXPECT_TRUE(ConformRows(OneField(Type::Of(TypeKind::kTimestamp)), rows).ok());
}

TEST(RowConformer, HasNoNullsInRequiredFieldsUnderNulls) {
  Schema table = OneField(Type::Struct(
      {MakeField(2, "x", Type::Of(TypeKind::kString), true),
       MakeField(3, "y", Type::Struct({MakeField(4, "z", Type::Of(TypeKind::kLong), true)}))}));
  table.fields.push_back(MakeField(5, "d", Type::Of(TypeKind::kLong)));
  const auto type =
      arrow::struct_({arrow::field("x", arrow::utf8()),
                      arrow::field("y", arrow::struct_({arrow::field("z", arrow::int64())}))});
  for (const auto& rows :
       {Rows({{"c", {type, R"([{"x":"a","y":null},null,{"x":"b","y":{"z":1}}])"}}}),
        Rows({{"c", {arrow::null(), "[null, null, null]"}}}),
        Rows({{"d", {arrow::int64(), "[1, 2, 3]"}}})}) {
    const auto result = ConformRows(table, rows).ValueOrDie();
    ASSERT_TRUE(result->ValidateFull().ok()) << result->ValidateFull();
    const auto& structs = static_cast<const arrow::StructArray&>(*result->column(0));
    EXPECT_EQ(structs.field(0)->null_count(), 0);
    EXPECT_EQ(static_cast<const arrow::StructArray&>(*structs.field(1)).field(0)->null_count(), 0);
    EXPECT_TRUE(structs.IsNull(1));
  }
}

TEST(RowConformer, NamesTheRowOfANestedValue) {
  const Schema lists = OneField(Type::List(FieldId(2), Type::Of(TypeKind::kLong), true));
  ExpectContains(
      Refusal(lists, Rows({{"c", {arrow::list(arrow::int64()), "[[1], [], null, [2, null]]"}}})),
      {"column 'c.element', row 3", "null"});
  const Schema structs =
      OneField(Type::Struct({MakeField(2, "x", Type::Of(TypeKind::kLong), true)}));
  const auto type = arrow::struct_({arrow::field("x", arrow::int64())});
  EXPECT_TRUE(ConformRows(structs, Rows({{"c", {type, R"([{"x": 1}, null])"}}})).ok());
  ExpectContains(Refusal(structs, Rows({{"c", {type, R"([{"x": 1}, null, {"x": null}])"}}})),
                 {"column 'c.x', row 2"});
  ExpectContains(
      Refusal(
          structs,
          Rows({{"c", {arrow::struct_({arrow::field("z", arrow::int64())}), R"([{"z": 1}])"}}})),
      {"column 'c.z'"});
}

}  // namespace
}  // namespace artemis
