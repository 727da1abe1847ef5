// Tests of schema/transform_array.h: arrays agree with single values.
#include "artemis/schema/transform_array.h"

#include <random>

#include <arrow/builder.h>
#include <gtest/gtest.h>

#include "artemis/schema/arrow_schema.h"
#include "artemis/schema/literal.h"
#include "artemis/schema/literal_array.h"

namespace artemis {
namespace {

LiteralValue RandomLiteral(const Type& type, std::mt19937_64& random) {
  const auto bits = static_cast<int64_t>(random()) >> (random() % 60);
  switch (type.kind) {
    case TypeKind::kInt:
    case TypeKind::kDate:
      return static_cast<int32_t>(bits);
    case TypeKind::kDecimal:
      return arrow::Decimal128(bits % 1'000'000'000);
    case TypeKind::kString: {
      std::string text;
      for (uint64_t i = random() % 9; i > 0; --i) text += random() % 3 == 0 ? "ü" : "a";
      return text;
    }
    case TypeKind::kUuid:
      return std::string(16, static_cast<char>(bits));
    case TypeKind::kBinary:
      return std::string(random() % 9, static_cast<char>(bits));
    default:
      return bits;
  }
}

struct ArrayCase {
  Type type;
  std::vector<const char*> transforms;
};

std::vector<ArrayCase> ArrayCases() {
  const std::vector<const char*> time_units = {"year", "month", "day", "hour", "bucket[7]", "void"};
  return {
      {Type::Of(TypeKind::kInt), {"identity", "bucket[16]", "truncate[10]", "void"}},
      {Type::Of(TypeKind::kLong), {"bucket[16]", "truncate[1000]"}},
      {Type::Of(TypeKind::kDate), {"year", "month", "day", "bucket[3]"}},
      {Type::Of(TypeKind::kTime), {"bucket[5]"}},
      {Type::Of(TypeKind::kTimestamp), time_units},
      {Type::Of(TypeKind::kTimestamptz), time_units},
      {Type::Of(TypeKind::kTimestampNs), time_units},
      {Type::Of(TypeKind::kTimestamptzNs), time_units},
      {Type::Decimal(20, 2), {"bucket[16]", "truncate[50]"}},
      {Type::Of(TypeKind::kString), {"identity", "bucket[16]", "truncate[3]"}},
      {Type::Of(TypeKind::kUuid), {"bucket[16]"}},
      {Type::Of(TypeKind::kBinary), {"bucket[16]", "truncate[3]"}},
  };
}

TEST(ApplyTransformToArray, AgreesWithSingleValuesOnRandomSlices) {
  std::mt19937_64 random(7);
  for (const auto& [type, transforms] : ArrayCases()) {
    std::vector<std::optional<LiteralValue>> values;
    for (int i = 0; i < 300; ++i) {
      values.push_back(random() % 5 == 0 ? std::nullopt
                                         : std::optional(RandomLiteral(type, random)));
    }
    const auto array = (*ArrayOfLiterals(type, values))->Slice(13, 200);
    for (const char* text : transforms) {
      const Transform transform = *ParseTransform(text);
      const auto result = ApplyTransformToArray(transform, type, *array);
      ASSERT_TRUE(result.ok()) << text << result.status();
      const Type result_type = *TransformResultType(transform, type);
      ASSERT_TRUE((*result)->type()->Equals(*ToArrowType(result_type))) << text;
      ASSERT_TRUE((*result)->ValidateFull().ok());
      for (int64_t i = 0; i < 200; ++i) {
        const auto& value = values[static_cast<size_t>(i) + 13];
        const auto expected =
            value ? ApplyTransform(transform, type, *value) : std::optional<LiteralValue>();
        ASSERT_EQ(*LiteralAt(result_type, **result, i), expected)
            << text << " of " << type.ToString() << " at " << i;
      }
    }
  }
}

TEST(ApplyTransformToArray, DecodesDictionariesAndLargeForms) {
  const Type type = Type::Of(TypeKind::kString);
  arrow::StringDictionaryBuilder dictionary;
  arrow::LargeStringBuilder large;
  for (const char* text : {"iceberg", "ice", "iceberg"}) {
    ASSERT_TRUE(dictionary.Append(text).ok());
    ASSERT_TRUE(large.Append(text).ok());
  }
  const Transform truncate = *ParseTransform("truncate[4]");
  for (const auto& array : {*dictionary.Finish(), *large.Finish()}) {
    const auto result = ApplyTransformToArray(truncate, type, *array);
    ASSERT_TRUE(result.ok()) << result.status();
    EXPECT_EQ(*LiteralAt(type, **result, 0), LiteralValue(std::string("iceb")));
    EXPECT_EQ(*LiteralAt(type, **result, 1), LiteralValue(std::string("ice")));
  }
}

TEST(ApplyTransformToArray, RefusesOtherArraysAndUnknownTransforms) {
  const Type long_type = Type::Of(TypeKind::kLong);
  const auto array = *ArrayOfLiterals(long_type, {LiteralValue(int64_t{1})});
  const auto other =
      ApplyTransformToArray(*ParseTransform("bucket[4]"), Type::Of(TypeKind::kInt), *array);
  EXPECT_TRUE(other.status().IsInvalid());
  EXPECT_TRUE(
      ApplyTransformToArray(*ParseTransform("day"), long_type, *array).status().IsInvalid());
  EXPECT_TRUE(ApplyTransformToArray(*ParseTransform("future"), long_type, *array)
                  .status()
                  .IsNotImplemented());
}

}  // namespace
}  // namespace artemis
