// Tests of schema/literal_array.h.
#include "artemis/schema/literal_array.h"

#include <arrow/builder.h>
#include <gtest/gtest.h>

#include "artemis/schema/arrow_schema.h"
#include "artemis/schema/literal.h"

namespace artemis {
namespace {

TEST(ArrayOfLiterals, IsReadBackByLiteralAt) {
  const std::pair<Type, const char*> cases[] = {
      {Type::Of(TypeKind::kBoolean), "true"},
      {Type::Of(TypeKind::kInt), "-5"},
      {Type::Of(TypeKind::kLong), "5000000000"},
      {Type::Of(TypeKind::kFloat), "0.5"},
      {Type::Of(TypeKind::kDouble), "0.1"},
      {Type::Decimal(9, 2), "14.20"},
      {Type::Of(TypeKind::kDate), "2024-03-15"},
      {Type::Of(TypeKind::kTime), "07:00:00.000001"},
      {Type::Of(TypeKind::kTimestamp), "2024-03-15T07:00:00"},
      {Type::Of(TypeKind::kTimestamptz), "2024-03-15T07:00:00Z"},
      {Type::Of(TypeKind::kTimestampNs), "2024-03-15T07:00:00.000000001"},
      {Type::Of(TypeKind::kTimestamptzNs), "2024-03-15T07:00:00Z"},
      {Type::Of(TypeKind::kString), "iceberg"},
      {Type::Of(TypeKind::kUuid), "f79c3e09-677c-4bbd-a479-3f349cb785e7"},
      {Type::Fixed(2), "0x0a0b"},
      {Type::Of(TypeKind::kBinary), "0x00"},
  };
  for (const auto& [type, text] : cases) {
    const LiteralValue value = *ParseLiteral(type, text);
    const auto array = ArrayOfLiterals(type, {value, std::nullopt});
    ASSERT_TRUE(array.ok()) << type.ToString() << array.status();
    EXPECT_TRUE((*array)->type()->Equals(*ToArrowType(type))) << type.ToString();
    EXPECT_EQ(*LiteralAt(type, **array, 0), value) << type.ToString();
    EXPECT_EQ(*LiteralAt(type, **array, 1), std::nullopt);
    const auto repeated = RepeatLiteral(type, value, 3);
    ASSERT_TRUE(repeated.ok()) << repeated.status();
    EXPECT_EQ((*repeated)->length(), 3);
    EXPECT_EQ(*LiteralAt(type, **repeated, 2), value);
  }
}

TEST(LiteralAt, TakesLargeFormsAndDictionaries) {
  const Type type = Type::Of(TypeKind::kString);
  arrow::LargeStringBuilder large;
  ASSERT_TRUE(large.Append("a").ok());
  EXPECT_EQ(*LiteralAt(type, **large.Finish(), 0), LiteralValue(std::string("a")));
  arrow::StringDictionaryBuilder dictionary;
  ASSERT_TRUE(dictionary.Append("x").ok());
  ASSERT_TRUE(dictionary.AppendNull().ok());
  ASSERT_TRUE(dictionary.Append("y").ok());
  const auto array = *dictionary.Finish();
  EXPECT_EQ(*LiteralAt(type, *array, 2), LiteralValue(std::string("y")));
  EXPECT_EQ(*LiteralAt(type, *array, 1), std::nullopt);
}

TEST(LiteralAt, RefusesOtherTypesAndNamesBoth) {
  const auto array = *ArrayOfLiterals(Type::Of(TypeKind::kLong), {LiteralValue(int64_t{1})});
  const auto value = LiteralAt(Type::Of(TypeKind::kInt), *array, 0);
  ASSERT_TRUE(value.status().IsInvalid());
  EXPECT_EQ(value.status().message(), "column of type int: found an array of int64");
}

TEST(RepeatLiteral, MakesNulls) {
  const auto array = RepeatLiteral(Type::Of(TypeKind::kDate), std::nullopt, 4);
  EXPECT_EQ((*array)->null_count(), 4);
  EXPECT_EQ((*array)->type_id(), arrow::Type::DATE32);
}

}  // namespace
}  // namespace artemis
