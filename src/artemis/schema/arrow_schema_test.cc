// Tests of schema/arrow_schema.h; the mapping is DESIGN's, section 4.
#include "artemis/schema/arrow_schema.h"

#include <arrow/type.h>
#include <arrow/util/key_value_metadata.h>
#include <gtest/gtest.h>

namespace artemis {
namespace {

std::shared_ptr<arrow::Schema> OneColumn(std::shared_ptr<arrow::DataType> type) {
  return arrow::schema({arrow::field("c", std::move(type))});
}

std::shared_ptr<const arrow::KeyValueMetadata> IdMetadata(const std::string& id) {
  return arrow::key_value_metadata({kParquetFieldIdKey}, {id});
}

TEST(SchemaFromArrow, MapsEveryAcceptedType) {
  const auto second = arrow::TimeUnit::SECOND;
  const auto nano = arrow::TimeUnit::NANO;
  const std::pair<std::shared_ptr<arrow::DataType>, Type> cases[] = {
      {arrow::boolean(), Type::Of(TypeKind::kBoolean)},
      {arrow::int8(), Type::Of(TypeKind::kInt)},
      {arrow::uint16(), Type::Of(TypeKind::kInt)},
      {arrow::int32(), Type::Of(TypeKind::kInt)},
      {arrow::uint32(), Type::Of(TypeKind::kLong)},
      {arrow::int64(), Type::Of(TypeKind::kLong)},
      {arrow::uint64(), Type::Of(TypeKind::kLong)},
      {arrow::float32(), Type::Of(TypeKind::kFloat)},
      {arrow::float64(), Type::Of(TypeKind::kDouble)},
      {arrow::decimal128(9, 2), Type::Decimal(9, 2)},
      {arrow::decimal256(38, 2), Type::Decimal(38, 2)},
      {arrow::date32(), Type::Of(TypeKind::kDate)},
      {arrow::date64(), Type::Of(TypeKind::kDate)},
      {arrow::time32(second), Type::Of(TypeKind::kTime)},
      {arrow::time64(nano), Type::Of(TypeKind::kTime)},
      {arrow::timestamp(second), Type::Of(TypeKind::kTimestamp)},
      {arrow::timestamp(nano), Type::Of(TypeKind::kTimestamp)},
      {arrow::timestamp(nano, "Europe/Berlin"), Type::Of(TypeKind::kTimestamptz)},
      {arrow::large_utf8(), Type::Of(TypeKind::kString)},
      {arrow::utf8_view(), Type::Of(TypeKind::kString)},
      {arrow::binary_view(), Type::Of(TypeKind::kBinary)},
      {arrow::fixed_size_binary(7), Type::Fixed(7)},
      {arrow::dictionary(arrow::int8(), arrow::utf8()), Type::Of(TypeKind::kString)},
      {arrow::large_list(arrow::int8()), Type::List(FieldId(2), Type::Of(TypeKind::kInt), false)},
      {arrow::map(arrow::utf8(), arrow::int64()),
       Type::Map(FieldId(2), Type::Of(TypeKind::kString), FieldId(3), Type::Of(TypeKind::kLong),
                 false)},
  };
  for (const auto& [arrow_type, type] : cases) {
    const auto schema = SchemaFromArrow(*OneColumn(arrow_type));
    ASSERT_TRUE(schema.ok()) << schema.status();
    EXPECT_EQ(schema->fields[0].type, type) << arrow_type->ToString();
    EXPECT_EQ(schema->fields[0].id, FieldId(1));
  }
}

TEST(SchemaFromArrow, KeepsNanosecondsOnlyWhenTold) {
  const auto nano = arrow::TimeUnit::NANO;
  EXPECT_EQ(
      SchemaFromArrow(*OneColumn(arrow::timestamp(nano)), NanosPolicy::kNanos)->fields[0].type.kind,
      TypeKind::kTimestampNs);
  EXPECT_EQ(SchemaFromArrow(*OneColumn(arrow::timestamp(nano, "UTC")), NanosPolicy::kNanos)
                ->fields[0]
                .type.kind,
            TypeKind::kTimestamptzNs);
  EXPECT_EQ(
      SchemaFromArrow(*OneColumn(arrow::timestamp(arrow::TimeUnit::MICRO)), NanosPolicy::kNanos)
          ->fields[0]
          .type.kind,
      TypeKind::kTimestamp);
}

TEST(SchemaFromArrow, RefusesTypesWithoutAMappingAndNamesTheColumn) {
  for (const auto& type :
       {arrow::duration(arrow::TimeUnit::SECOND), arrow::month_interval(), arrow::float16(),
        arrow::null(), arrow::decimal256(39, 2), arrow::decimal128(9, -2),
        arrow::sparse_union({arrow::field("a", arrow::int8())})}) {
    const auto schema = SchemaFromArrow(
        *arrow::schema({arrow::field("outer", arrow::struct_({arrow::field("inner", type)}))}));
    ASSERT_TRUE(schema.status().IsInvalid()) << type->ToString();
    EXPECT_NE(schema.status().message().find("column outer.inner"), std::string::npos);
  }
}

TEST(SchemaFromArrow, RefusesBadNames) {
  const auto a = arrow::field("a", arrow::int8());
  EXPECT_TRUE(SchemaFromArrow(*arrow::schema({a, a})).status().IsInvalid());
  EXPECT_TRUE(
      SchemaFromArrow(*arrow::schema({arrow::field("", arrow::int8())})).status().IsInvalid());
  EXPECT_TRUE(
      SchemaFromArrow(*arrow::schema({arrow::field("\xFF", arrow::int8())})).status().IsInvalid());
}

TEST(SchemaFromArrow, TakesIdsFromAllFieldsOrFromNone) {
  const auto with = [](const char* name, const char* id) {
    return arrow::field(name, arrow::int32(), true, IdMetadata(id));
  };
  const auto schema = SchemaFromArrow(*arrow::schema({with("a", "7"), with("b", "3")}));
  ASSERT_TRUE(schema.ok()) << schema.status();
  EXPECT_EQ(schema->fields[0].id, FieldId(7));
  EXPECT_EQ(schema->fields[1].id, FieldId(3));
  const auto mixed =
      SchemaFromArrow(*arrow::schema({with("a", "7"), arrow::field("b", arrow::int32())}));
  EXPECT_NE(mixed.status().message().find("1 with and 1 without"), std::string::npos);
  EXPECT_TRUE(
      SchemaFromArrow(*arrow::schema({with("a", "7"), with("b", "7")})).status().IsInvalid());
  EXPECT_TRUE(SchemaFromArrow(*arrow::schema({with("a", "x")})).status().IsInvalid());
}

TEST(SchemaFromArrow, KeepsRequiredAndDocs) {
  const auto schema = SchemaFromArrow(*arrow::schema(
      {arrow::field("a", arrow::int32(), false, arrow::key_value_metadata({"doc"}, {"degrees"}))}));
  EXPECT_TRUE(schema->fields[0].required);
  EXPECT_EQ(schema->fields[0].doc, "degrees");
}

TEST(ToArrowSchema, IsUndoneBySchemaFromArrow) {
  Schema schema;
  const TypeKind kinds[] = {
      TypeKind::kBoolean,     TypeKind::kInt,           TypeKind::kLong,
      TypeKind::kFloat,       TypeKind::kDouble,        TypeKind::kDate,
      TypeKind::kTime,        TypeKind::kTimestamp,     TypeKind::kTimestamptz,
      TypeKind::kTimestampNs, TypeKind::kTimestamptzNs, TypeKind::kString,
      TypeKind::kBinary};
  for (const TypeKind kind : kinds) {
    schema.fields.push_back({FieldId(0),
                             "c" + std::to_string(schema.fields.size()),
                             schema.fields.size() % 2 == 0,
                             Type::Of(kind),
                             {},
                             {},
                             {}});
  }
  schema.fields.push_back({FieldId(0), "fixed", false, Type::Fixed(3), "three", {}, {}});
  schema.fields.push_back({FieldId(0), "decimal", false, Type::Decimal(20, 4), {}, {}, {}});
  schema.fields.push_back(
      {FieldId(0),
       "nested",
       false,
       Type::List(FieldId(0),
                  Type::Struct({{FieldId(0),
                                 "m",
                                 true,
                                 Type::Map(FieldId(0), Type::Of(TypeKind::kString), FieldId(0),
                                           Type::Of(TypeKind::kDouble), true),
                                 {},
                                 {},
                                 {}}}),
                  true),
       {},
       {},
       {}});
  schema = AssignFreshIds(schema, FieldId(5));
  const auto back = SchemaFromArrow(*ToArrowSchema(schema), NanosPolicy::kNanos);
  ASSERT_TRUE(back.ok()) << back.status();
  EXPECT_EQ(*back, schema);
}

TEST(FieldIdOf, IsAbsentWithoutANumber) {
  const auto field = arrow::field("a", arrow::int32());
  EXPECT_EQ(FieldIdOf(*field), std::nullopt);
  EXPECT_EQ(FieldIdOf(*field->WithMetadata(IdMetadata("7"))), FieldId(7));
  EXPECT_EQ(FieldIdOf(*field->WithMetadata(IdMetadata("7x"))), std::nullopt);
}

TEST(ToArrowType, UsesTheTypesTheHeaderNames) {
  EXPECT_TRUE(ToArrowType(Type::Of(TypeKind::kUuid))->Equals(arrow::fixed_size_binary(16)));
  EXPECT_TRUE(ToArrowType(Type::Of(TypeKind::kTimestamptz))
                  ->Equals(arrow::timestamp(arrow::TimeUnit::MICRO, "UTC")));
  EXPECT_TRUE(ToArrowType(Type::Of(TypeKind::kString))->Equals(arrow::utf8()));
}

}  // namespace
}  // namespace artemis
