// Facts of the metrics that go into manifests.
#include "artemis/parquet/file_metrics.h"

#include <limits>

#include "artemis/parquet/parquet_test_support.h"
#include "artemis/schema/literal.h"

namespace artemis {
namespace {

std::string Long(int64_t value) { return ToBytes(Type::Of(TypeKind::kLong), LiteralValue(value)); }
std::string Int(int32_t value) { return ToBytes(Type::Of(TypeKind::kInt), LiteralValue(value)); }
std::string Double(double value) {
  return ToBytes(Type::Of(TypeKind::kDouble), LiteralValue(value));
}

// The metrics of a file of one column with id 1.
ColumnMetrics MetricsOf(const std::shared_ptr<arrow::DataType>& type,
                        const std::vector<std::shared_ptr<arrow::Array>>& arrays) {
  std::vector<std::shared_ptr<arrow::RecordBatch>> batches;
  for (const auto& array : arrays) batches.push_back(OneColumn(FieldWithId("c", type, 1), array));
  const FileMetrics metrics = WriteInMemory(batches).written.metrics;
  EXPECT_EQ(metrics.size(), 1u);
  return metrics.at(0);
}

ColumnMetrics MetricsOfJson(const std::shared_ptr<arrow::DataType>& type, const std::string& json) {
  return MetricsOf(type, {JsonArray(type, json)});
}

TEST(FileMetrics, CountsValuesAndNullsAndBoundsNumbers) {
  const ColumnMetrics metrics = MetricsOfJson(arrow::int64(), "[5, null, -3, 9, null]");
  EXPECT_EQ(metrics.field_id, FieldId(1));
  EXPECT_EQ(metrics.value_count, 5);
  EXPECT_EQ(metrics.null_count, 2);
  EXPECT_EQ(metrics.nan_count, std::nullopt);
  EXPECT_EQ(metrics.lower_bound, Long(-3));
  EXPECT_EQ(metrics.upper_bound, Long(9));
  EXPECT_GT(metrics.column_size_bytes.value_or(0), 0);
}

TEST(FileMetrics, TakesAllBatchesAndOnlyTheSlice) {
  const auto array = JsonArray(arrow::int32(), "[-100, 1, null, 7, 100]");
  const ColumnMetrics metrics =
      MetricsOf(arrow::int32(), {array->Slice(1, 2), array->Slice(3, 1), array->Slice(0, 0)});
  EXPECT_EQ(metrics.value_count, 3);
  EXPECT_EQ(metrics.null_count, 1);
  EXPECT_EQ(metrics.lower_bound, Int(1));
  EXPECT_EQ(metrics.upper_bound, Int(7));
}

TEST(FileMetrics, CountsNaNAndNeverBoundsByIt) {
  arrow::DoubleBuilder builder;
  const double nan = std::numeric_limits<double>::quiet_NaN();
  ASSERT_TRUE(builder.AppendValues({nan, 2.5, nan, -1.5}).ok());
  const ColumnMetrics metrics = MetricsOf(arrow::float64(), {builder.Finish().ValueOrDie()});
  EXPECT_EQ(metrics.nan_count, 2);
  EXPECT_EQ(metrics.value_count, 4);
  EXPECT_EQ(metrics.lower_bound, Double(-1.5));
  EXPECT_EQ(metrics.upper_bound, Double(2.5));

  ASSERT_TRUE(builder.AppendValues({nan, nan}).ok());
  const ColumnMetrics all_nan = MetricsOf(arrow::float64(), {builder.Finish().ValueOrDie()});
  EXPECT_EQ(all_nan.nan_count, 2);
  EXPECT_EQ(all_nan.lower_bound, std::nullopt);
  EXPECT_EQ(all_nan.upper_bound, std::nullopt);
}

TEST(FileMetrics, WidensAZeroBoundToBothZeros) {
  for (const char* json : {"[0.0]", "[-0.0]", "[-0.0, 0.0]"}) {
    const ColumnMetrics metrics = MetricsOfJson(arrow::float64(), json);
    EXPECT_EQ(metrics.lower_bound, Double(-0.0)) << json;
    EXPECT_EQ(metrics.upper_bound, Double(0.0)) << json;
  }
}

TEST(FileMetrics, BoundsInfinities) {
  arrow::FloatBuilder builder;
  const float infinity = std::numeric_limits<float>::infinity();
  ASSERT_TRUE(builder.AppendValues({infinity, -infinity}).ok());
  const ColumnMetrics metrics = MetricsOf(arrow::float32(), {builder.Finish().ValueOrDie()});
  EXPECT_EQ(metrics.lower_bound, ToBytes(Type::Of(TypeKind::kFloat), LiteralValue(-infinity)));
  EXPECT_EQ(metrics.upper_bound, ToBytes(Type::Of(TypeKind::kFloat), LiteralValue(infinity)));
}

TEST(FileMetrics, HasNoBoundsWithoutValues) {
  for (const auto& type : {arrow::int64(), arrow::utf8(), arrow::boolean(), arrow::float64()}) {
    const ColumnMetrics metrics = MetricsOfJson(type, "[null, null]");
    EXPECT_EQ(metrics.null_count, 2) << type->ToString();
    EXPECT_EQ(metrics.lower_bound, std::nullopt) << type->ToString();
    EXPECT_EQ(metrics.upper_bound, std::nullopt) << type->ToString();
  }
}

TEST(FileMetrics, BoundsStringsBytewiseAndTruncated) {
  const ColumnMetrics metrics = MetricsOfJson(
      arrow::utf8(), R"(["b", "aaaaaaaaaaaaaaaaaaaa", null, "zzzzzzzzzzzzzzzzzzzz"])");
  EXPECT_EQ(metrics.lower_bound, std::string(16, 'a'));
  EXPECT_EQ(metrics.upper_bound, std::string(15, 'z') + "{");
  // "é" (C3 A9) is after "z" (7A) by bytes.
  const ColumnMetrics accented = MetricsOfJson(arrow::utf8(), R"(["z", "é", "é", "z"])");
  EXPECT_EQ(accented.lower_bound, "z");
  EXPECT_EQ(accented.upper_bound, "é");
  const ColumnMetrics empty = MetricsOfJson(arrow::utf8(), R"(["", ""])");
  EXPECT_EQ(empty.lower_bound, "");
  EXPECT_EQ(empty.upper_bound, "");
}

TEST(FileMetrics, HasNoUpperBoundWhereNoneIsShorter) {
  const std::string bytes(20, '\xff');
  arrow::BinaryBuilder builder;
  ASSERT_TRUE(builder.Append(bytes).ok());
  const ColumnMetrics metrics = MetricsOf(arrow::binary(), {builder.Finish().ValueOrDie()});
  EXPECT_EQ(metrics.lower_bound, std::string(16, '\xff'));
  EXPECT_EQ(metrics.upper_bound, std::nullopt);
}

TEST(FileMetrics, BoundsOtherTypes) {
  const ColumnMetrics booleans = MetricsOfJson(arrow::boolean(), "[true, null, true]");
  EXPECT_EQ(booleans.lower_bound, std::string("\1", 1));
  EXPECT_EQ(booleans.upper_bound, std::string("\1", 1));
  const ColumnMetrics dates = MetricsOfJson(arrow::date32(), "[10, -1]");
  EXPECT_EQ(dates.lower_bound, Int(-1));
  const auto times = arrow::timestamp(arrow::TimeUnit::MICRO, "UTC");
  EXPECT_EQ(MetricsOfJson(times, "[-5, 7]").lower_bound, Long(-5));
  // -1.23 unscaled is -123: one byte 85 in two's complement; 300.00 is 30000 = 7530.
  const ColumnMetrics decimals = MetricsOfJson(arrow::decimal128(9, 2), R"(["-1.23", "300.00"])");
  EXPECT_EQ(decimals.lower_bound, "\x85");
  EXPECT_EQ(decimals.upper_bound, "\x75\x30");
  // uuid: whole, as unsigned bytes.
  const ColumnMetrics fixed =
      MetricsOfJson(arrow::fixed_size_binary(16), R"(["0123456789abcdef", "éééééééé"])");
  EXPECT_EQ(fixed.lower_bound, "0123456789abcdef");
  EXPECT_EQ(fixed.upper_bound, "éééééééé");
}

TEST(FileMetrics, CountsAStructsNullsInItsFields) {
  const auto lat = FieldWithId("lat", arrow::float64(), 2);
  const auto type = arrow::struct_({lat});
  const auto batch = OneColumn(FieldWithId("position", type, 1),
                               JsonArray(type, R"([{"lat": 1.5}, null, {"lat": null}])"));
  const FileMetrics metrics = WriteInMemory({batch}).written.metrics;
  ASSERT_EQ(metrics.size(), 1u);
  EXPECT_EQ(metrics[0].field_id, FieldId(2));
  EXPECT_EQ(metrics[0].value_count, 3);
  EXPECT_EQ(metrics[0].null_count, 2);
  EXPECT_EQ(metrics[0].lower_bound, Double(1.5));
}

TEST(FileMetrics, GivesCountsAloneInsideListsAndMaps) {
  const auto element = FieldWithId("element", arrow::int32(), 2);
  const auto type = arrow::list(element);
  const auto batch = OneColumn(FieldWithId("l", type, 1), JsonArray(type, "[[1, 2, null], [3]]"));
  const FileMetrics metrics = WriteInMemory({batch}).written.metrics;
  ASSERT_EQ(metrics.size(), 1u);
  EXPECT_EQ(metrics[0].field_id, FieldId(2));
  EXPECT_EQ(metrics[0].value_count, 4);
  EXPECT_EQ(metrics[0].null_count, 1);
  EXPECT_EQ(metrics[0].nan_count, std::nullopt);
  EXPECT_EQ(metrics[0].lower_bound, std::nullopt);
}

TEST(FileMetrics, AreSortedByFieldIdAndNeedIds) {
  const auto schema =
      arrow::schema({FieldWithId("b", arrow::int32(), 7), FieldWithId("a", arrow::int32(), 3)});
  const auto values = JsonArray(arrow::int32(), "[1]");
  const FileMetrics metrics =
      WriteInMemory({arrow::RecordBatch::Make(schema, 1, {values, values})}).written.metrics;
  ASSERT_EQ(metrics.size(), 2u);
  EXPECT_EQ(metrics[0].field_id, FieldId(3));
  EXPECT_EQ(metrics[1].field_id, FieldId(7));
  EXPECT_TRUE(WriteInMemory({OneColumn(arrow::field("a", arrow::int32()), values)})
                  .written.metrics.empty());
}

}  // namespace
}  // namespace artemis
