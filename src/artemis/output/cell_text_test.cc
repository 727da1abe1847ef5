// Values as text and as JSON.
#include "artemis/output/cell_text.h"

#include <memory>

#include <arrow/api.h>
#include <arrow/extension/uuid.h>
#include <gtest/gtest.h>

namespace artemis {
namespace {

template <typename Builder, typename... Arguments>
std::shared_ptr<arrow::Array> OneCell(const std::shared_ptr<arrow::DataType>& type,
                                      const Arguments&... value) {
  Builder builder(type, arrow::default_memory_pool());
  EXPECT_TRUE(builder.Append(value...).ok());
  EXPECT_TRUE(builder.AppendNull().ok());
  return builder.Finish().ValueOrDie();
}

std::string TextOf(const arrow::Array& array, int64_t row = 0) {
  std::string text;
  AppendCellText(array, row, &text);
  return text;
}

std::string JsonOf(const arrow::Array& array, int64_t row = 0) {
  std::string text;
  AppendCellJson(array, row, &text);
  return text;
}

TEST(CellText, WritesTimesBefore1970) {
  const auto zoned =
      OneCell<arrow::TimestampBuilder>(arrow::timestamp(arrow::TimeUnit::MICRO, "UTC"), -1);
  EXPECT_EQ(TextOf(*zoned), "1969-12-31T23:59:59.999999Z");
  EXPECT_EQ(JsonOf(*zoned), "\"1969-12-31T23:59:59.999999Z\"");
  EXPECT_EQ(JsonOf(*zoned, 1), "null");
  const auto nanos =
      OneCell<arrow::TimestampBuilder>(arrow::timestamp(arrow::TimeUnit::NANO), 1'000'000'001);
  EXPECT_EQ(TextOf(*nanos), "1970-01-01T00:00:01.000000001");
  const auto seconds =
      OneCell<arrow::TimestampBuilder>(arrow::timestamp(arrow::TimeUnit::SECOND), -86'400);
  EXPECT_EQ(TextOf(*seconds), "1969-12-31T00:00:00");
  EXPECT_EQ(TextOf(*OneCell<arrow::Date32Builder>(arrow::date32(), -1)), "1969-12-31");
  EXPECT_EQ(TextOf(*OneCell<arrow::Time64Builder>(arrow::time64(arrow::TimeUnit::MICRO), 1)),
            "00:00:00.000001");
}

TEST(CellText, WritesTheShortestNumberThatReadsBack) {
  EXPECT_EQ(TextOf(*OneCell<arrow::DoubleBuilder>(arrow::float64(), 0.1)), "0.1");
  EXPECT_EQ(TextOf(*OneCell<arrow::FloatBuilder>(arrow::float32(), 0.1F)), "0.1");
  EXPECT_EQ(JsonOf(*OneCell<arrow::DoubleBuilder>(arrow::float64(), 1e300)), "1e+300");
  EXPECT_EQ(JsonOf(*OneCell<arrow::UInt64Builder>(arrow::uint64(), UINT64_MAX)),
            "18446744073709551615");
}

TEST(CellText, WritesNumbersThatJsonLacksAsStrings) {
  const double infinity = std::numeric_limits<double>::infinity();
  EXPECT_EQ(JsonOf(*OneCell<arrow::DoubleBuilder>(arrow::float64(), -infinity)), "\"-Infinity\"");
  EXPECT_EQ(JsonOf(*OneCell<arrow::DoubleBuilder>(arrow::float64(), infinity)), "\"Infinity\"");
  EXPECT_EQ(JsonOf(*OneCell<arrow::DoubleBuilder>(arrow::float64(), std::nan(""))), "\"NaN\"");
  EXPECT_EQ(TextOf(*OneCell<arrow::FloatBuilder>(arrow::float32(), std::nanf(""))), "NaN");
}

TEST(CellText, KeepsAllDigitsOfDecimals) {
  const auto digits = arrow::Decimal128::FromString("-12345678901234567890.12").ValueOrDie();
  const auto cell = OneCell<arrow::Decimal128Builder>(arrow::decimal128(38, 2), digits);
  EXPECT_EQ(TextOf(*cell), "-12345678901234567890.12");
  EXPECT_EQ(JsonOf(*cell), "-12345678901234567890.12");
}

TEST(CellText, WritesDecimalsWithoutExponents) {
  const auto type = arrow::decimal128(38, 10);
  EXPECT_EQ(TextOf(*OneCell<arrow::Decimal128Builder>(type, arrow::Decimal128(0))), "0.0000000000");
  EXPECT_EQ(JsonOf(*OneCell<arrow::Decimal128Builder>(type, arrow::Decimal128(-1))),
            "-0.0000000001");
  const auto wide = arrow::decimal256(76, 8);
  EXPECT_EQ(TextOf(*OneCell<arrow::Decimal256Builder>(wide, arrow::Decimal256(3))), "0.00000003");
  const auto narrow = arrow::decimal32(9, 7);
  EXPECT_EQ(TextOf(*OneCell<arrow::Decimal32Builder>(narrow, arrow::Decimal32(-5))), "-0.0000005");
}

TEST(CellText, WritesBytesAsHexAndUuidsWithDashes) {
  const auto type = arrow::fixed_size_binary(16);
  const std::string bytes = "\x01\x23\x45\x67\x89\xab\xcd\xef\x01\x23\x45\x67\x89\xab\xcd\xef";
  const auto cell = OneCell<arrow::FixedSizeBinaryBuilder>(type, bytes);
  EXPECT_EQ(TextOf(*cell), "0123456789abcdef0123456789abcdef");
  const auto uuid = arrow::ExtensionType::WrapArray(arrow::extension::uuid(), cell);
  EXPECT_EQ(TextOf(*uuid), "01234567-89ab-cdef-0123-456789abcdef");
  EXPECT_EQ(JsonOf(*uuid), "\"01234567-89ab-cdef-0123-456789abcdef\"");
}

TEST(CellText, LooksBehindDictionaries) {
  arrow::StringDictionaryBuilder builder;
  ASSERT_TRUE(builder.Append("x").ok() && builder.Append("y").ok() && builder.AppendNull().ok());
  const auto array = builder.Finish().ValueOrDie();
  EXPECT_EQ(TextOf(*array, 1), "y");
  EXPECT_EQ(JsonOf(*array, 1), "\"y\"");
  EXPECT_EQ(JsonOf(*array, 2), "null");
}

TEST(CellText, WritesMapsAsPairs) {
  const auto keys = std::make_shared<arrow::StringBuilder>();
  const auto items = std::make_shared<arrow::Int32Builder>();
  arrow::MapBuilder builder(arrow::default_memory_pool(), keys, items);
  ASSERT_TRUE(builder.Append().ok() && keys->Append("a").ok() && items->Append(1).ok());
  ASSERT_TRUE(keys->Append("b").ok() && items->AppendNull().ok());
  EXPECT_EQ(JsonOf(*builder.Finish().ValueOrDie()),
            "[{\"key\":\"a\",\"value\":1},{\"key\":\"b\",\"value\":null}]");
}

}  // namespace
}  // namespace artemis
