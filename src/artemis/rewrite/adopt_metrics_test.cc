// Facts of the metrics that adoption takes from footers.
#include "artemis/rewrite/adopt_metrics.h"

#include <arrow/type.h>
#include <gtest/gtest.h>
#include <parquet/metadata.h>

#include "artemis/io/test_folder.h"
#include "artemis/parquet/write_summary.h"
#include "artemis/rewrite/adopt_fixture.h"
#include "artemis/rewrite/adopt_name_mapping.h"
#include "artemis/scan/table_fixture.h"
#include "artemis/schema/arrow_schema.h"
#include "artemis/schema/literal.h"

namespace artemis {
namespace {

class AdoptMetrics : public ::testing::Test {
 protected:
  // The metrics of one column "c", field 1, that the table has as `type`.
  ColumnMetrics Of(const Type& type, const std::shared_ptr<arrow::DataType>& stored,
                   const std::string& rows_json, const OtherFileOptions& options = {}) {
    Schema table;
    table.fields = {MakeField(1, "c", type)};
    const auto path = WriteOther(folder_.File("f" + std::to_string(next_++)),
                                 arrow::schema({arrow::field("c", stored)}), rows_json, options);
    const auto footer = FooterOf(path);
    const auto columns =
        ApplyNameMapping(*footer->arrow_schema, MappingWithSchema(std::nullopt, table));
    FileMetrics metrics = *FooterMetrics(*footer, *columns, table);
    ApplyMetricsModes(table, mode_, modes_, &metrics);
    EXPECT_EQ(metrics.size(), 1u);
    return metrics.at(0);
  }
  ColumnMetrics Of(TypeKind kind, const std::shared_ptr<arrow::DataType>& stored,
                   const std::string& rows_json, const OtherFileOptions& options = {}) {
    return Of(Type::Of(kind), stored, rows_json, options);
  }

  TestFolder folder_;
  MetricsMode mode_;
  std::map<FieldId, MetricsMode> modes_;
  int next_ = 0;
};

OtherFileOptions TwoRowsAGroup() {
  OtherFileOptions options;
  options.row_group_rows = 2;
  return options;
}

TEST_F(AdoptMetrics, SpanAllRowGroups) {
  const auto metrics = Of(
      TypeKind::kLong, arrow::int64(),
      R"([{"c": 7}, {"c": null}, {"c": null}, {"c": null}, {"c": -3}, {"c": 9}])", TwoRowsAGroup());
  EXPECT_EQ(metrics.value_count, 6);
  EXPECT_EQ(metrics.null_count, 3);
  EXPECT_EQ(metrics.nan_count, std::nullopt);
  EXPECT_GT(metrics.column_size_bytes.value_or(0), 0);
  const Type type = Type::Of(TypeKind::kLong);
  EXPECT_EQ(metrics.lower_bound, ToBytes(type, int64_t{-3}));
  EXPECT_EQ(metrics.upper_bound, ToBytes(type, int64_t{9}));
}

TEST_F(AdoptMetrics, HaveTheTypeThatTheTableHas) {
  const Type timestamp = Type::Of(TypeKind::kTimestamp);
  const Type decimal = Type::Decimal(18, 2);
  const struct {
    Type type;
    std::shared_ptr<arrow::DataType> stored;
    const char* rows;
    LiteralValue lower, upper;
  } cases[] = {
      {Type::Of(TypeKind::kLong), arrow::int32(), R"([{"c": -5}, {"c": 6}])", int64_t{-5},
       int64_t{6}},
      {Type::Of(TypeKind::kInt), arrow::int8(), R"([{"c": -5}, {"c": 6}])", int32_t{-5},
       int32_t{6}},
      {Type::Of(TypeKind::kDouble), arrow::float32(), R"([{"c": -0.5}, {"c": 1.5}])", -0.5, 1.5},
      {timestamp, arrow::timestamp(arrow::TimeUnit::MILLI), R"([{"c": -1}, {"c": 2}])",
       int64_t{-1000}, int64_t{2000}},
      {timestamp, arrow::timestamp(arrow::TimeUnit::MICRO), R"([{"c": -1}, {"c": 2}])", int64_t{-1},
       int64_t{2}},
      {Type::Of(TypeKind::kTime), arrow::time64(arrow::TimeUnit::MICRO), R"([{"c": 1}, {"c": 2}])",
       int64_t{1}, int64_t{2}},
      {Type::Of(TypeKind::kDate), arrow::date32(), R"([{"c": -1}, {"c": 2}])", int32_t{-1},
       int32_t{2}},
      {decimal, arrow::decimal128(9, 2), R"([{"c": "-1.50"}, {"c": "2.25"}])",
       arrow::Decimal128(-150), arrow::Decimal128(225)},
      {Type::Of(TypeKind::kBoolean), arrow::boolean(), R"([{"c": true}, {"c": false}])", false,
       true},
      {Type::Of(TypeKind::kString), arrow::large_utf8(), R"([{"c": "b"}, {"c": "a"}])",
       std::string("a"), std::string("b")},
  };
  for (const auto& each : cases) {
    const auto metrics = Of(each.type, each.stored, each.rows);
    EXPECT_EQ(metrics.lower_bound, ToBytes(each.type, each.lower)) << each.stored->ToString();
    EXPECT_EQ(metrics.upper_bound, ToBytes(each.type, each.upper)) << each.stored->ToString();
    EXPECT_EQ(metrics.null_count, 0);
  }
}

TEST_F(AdoptMetrics, HaveNoBoundThatOneRowGroupDoesNotGive) {
  // Arrow leaves bounds out where all values of a group are NaN.
  const auto metrics = Of(TypeKind::kDouble, arrow::float64(),
                          R"([{"c": 1}, {"c": 2}, {"c": NaN}, {"c": NaN}])", TwoRowsAGroup());
  EXPECT_EQ(metrics.lower_bound, std::nullopt);
  EXPECT_EQ(metrics.upper_bound, std::nullopt);
  EXPECT_EQ(metrics.nan_count, std::nullopt);
  EXPECT_EQ(metrics.null_count, 0);
}

TEST_F(AdoptMetrics, SayNothingWithoutStatistics) {
  OtherFileOptions options;
  options.statistics = false;
  const auto metrics = Of(TypeKind::kLong, arrow::int64(), R"([{"c": 1}, {"c": null}])", options);
  EXPECT_EQ(metrics.value_count, 2);
  EXPECT_EQ(metrics.null_count, std::nullopt);
  EXPECT_EQ(metrics.lower_bound, std::nullopt);
  EXPECT_EQ(metrics.upper_bound, std::nullopt);
}

TEST_F(AdoptMetrics, HoldZeroBoundsForBothZeros) {
  const auto metrics = Of(TypeKind::kDouble, arrow::float64(), R"([{"c": 0.0}])");
  EXPECT_EQ(metrics.lower_bound, ToBytes(Type::Of(TypeKind::kDouble), -0.0));
  EXPECT_EQ(metrics.upper_bound, ToBytes(Type::Of(TypeKind::kDouble), 0.0));
}

TEST_F(AdoptMetrics, CutLongTextsToBounds) {
  const auto metrics = Of(TypeKind::kString, arrow::utf8(),
                          R"([{"c": "abcdefghijklmnopq"}, {"c": "zzzzzzzzzzzzzzzzzz"}])");
  EXPECT_EQ(metrics.lower_bound, "abcdefghijklmnop");
  EXPECT_EQ(metrics.upper_bound, "zzzzzzzzzzzzzzz{");
}

TEST_F(AdoptMetrics, KeepWhatTheTableWants) {
  const auto type = Type::Of(TypeKind::kString);
  const std::string rows = R"([{"c": "abcdefghijklmnopq"}, {"c": null}])";
  mode_.kind = MetricsMode::Kind::kFull;
  EXPECT_EQ(Of(type, arrow::utf8(), rows).lower_bound, "abcdefghijklmnopq");
  mode_.kind = MetricsMode::Kind::kCounts;
  const auto counts = Of(type, arrow::utf8(), rows);
  EXPECT_EQ(counts.lower_bound, std::nullopt);
  EXPECT_EQ(counts.null_count, 1);
  modes_[FieldId(1)].kind = MetricsMode::Kind::kNone;
  const auto none = Of(type, arrow::utf8(), rows);
  EXPECT_EQ(none.value_count, std::nullopt);
  EXPECT_EQ(none.null_count, std::nullopt);
  EXPECT_TRUE(none.column_size_bytes.has_value());
}

TEST_F(AdoptMetrics, CountListsWithoutBounds) {
  Type list = Type::List(FieldId(2), Type::Of(TypeKind::kLong), false);
  const auto metrics =
      Of(list, arrow::list(arrow::int64()), R"([{"c": [1, 2, null]}, {"c": [3]}])");
  EXPECT_EQ(metrics.field_id, FieldId(2));
  EXPECT_EQ(metrics.value_count, 4);
  EXPECT_EQ(metrics.null_count, 1);
  EXPECT_EQ(metrics.lower_bound, std::nullopt);
}

}  // namespace
}  // namespace artemis
