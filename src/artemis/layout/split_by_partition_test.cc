// Facts of splitting rows by partition tuple.
#include "artemis/layout/split_by_partition.h"

#include <arrow/api.h>
#include <arrow/json/from_string.h>
#include <gtest/gtest.h>

#include "artemis/schema/arrow_schema.h"

namespace artemis {
namespace {

constexpr int64_t kDayUs = int64_t{86'400'000'000};

Schema Telemetry() {
  Field mission{.id = FieldId(1),
                .name = "mission_id",
                .required = false,
                .type = Type::Of(TypeKind::kString),
                .doc = {},
                .initial_default = {},
                .write_default = {}};
  Field ts{.id = FieldId(2),
           .name = "ts",
           .required = false,
           .type = Type::Of(TypeKind::kTimestamp),
           .doc = {},
           .initial_default = {},
           .write_default = {}};
  Field n{.id = FieldId(3),
          .name = "n",
          .required = false,
          .type = Type::Of(TypeKind::kLong),
          .doc = {},
          .initial_default = {},
          .write_default = {}};
  return Schema{.id = SchemaId(0), .fields = {mission, ts, n}, .identifier_field_ids = {}};
}

// Row i belongs to mission i % missions on day (i / missions) % days, and holds i.
std::shared_ptr<arrow::RecordBatch> Interleaved(int64_t rows, int64_t missions, int64_t days) {
  arrow::StringBuilder mission;
  arrow::TimestampBuilder ts(arrow::timestamp(arrow::TimeUnit::MICRO),
                             arrow::default_memory_pool());
  arrow::Int64Builder n;
  for (int64_t i = 0; i < rows; ++i) {
    EXPECT_TRUE(mission.Append("m" + std::to_string(i % missions)).ok());
    EXPECT_TRUE(ts.Append(((i / missions) % days) * kDayUs + i).ok());
    EXPECT_TRUE(n.Append(i).ok());
  }
  return arrow::RecordBatch::Make(
      ToArrowSchema(Telemetry()), rows,
      {mission.Finish().ValueOrDie(), ts.Finish().ValueOrDie(), n.Finish().ValueOrDie()});
}

PartitionSpec SpecOf(const std::string& text) {
  return ParsePartitionSpec(text, Telemetry()).ValueOrDie();
}

TEST(SplitByPartition, MakesOneGroupForEachMissionAndDay) {
  const auto batch = Interleaved(2'100, 3, 7);
  const auto parts =
      SplitByPartition(batch, Telemetry(), SpecOf("mission_id, day(ts)")).ValueOrDie();
  ASSERT_EQ(parts.size(), 21u);
  for (size_t p = 0; p < parts.size(); ++p) {
    const PartitionRows& part = parts[p];
    const auto mission = static_cast<int64_t>(p % 3);
    const auto day = static_cast<int64_t>(p / 3);
    EXPECT_EQ(part.tuple[0], LiteralValue("m" + std::to_string(mission)));
    EXPECT_EQ(part.tuple[1], LiteralValue(static_cast<int32_t>(day)));
    ASSERT_EQ(part.rows->num_rows(), 100);
    const auto& n = static_cast<const arrow::Int64Array&>(*part.rows->column(2));
    for (int64_t i = 0; i < n.length(); ++i) {
      EXPECT_EQ(n.Value(i), mission + 3 * (day + 7 * i));
    }
  }
}

TEST(SplitByPartition, GivesNullAndNegativeDaysTuplesOfTheirOwn) {
  const auto schema = ToArrowSchema(Telemetry());
  const auto mission =
      arrow::json::ArrayFromJSONString(arrow::utf8(), R"(["a", null, "a", null])").ValueOrDie();
  const auto ts = arrow::json::ArrayFromJSONString(arrow::timestamp(arrow::TimeUnit::MICRO),
                                                   "[-1, null, 0, null]")
                      .ValueOrDie();
  const auto n = arrow::json::ArrayFromJSONString(arrow::int64(), "[0, 1, 2, 3]").ValueOrDie();
  const auto batch = arrow::RecordBatch::Make(schema, 4, {mission, ts, n});
  const auto parts =
      SplitByPartition(batch, Telemetry(), SpecOf("mission_id, day(ts)")).ValueOrDie();
  ASSERT_EQ(parts.size(), 3u);
  EXPECT_EQ(parts[0].tuple, (PartitionTuple{LiteralValue("a"), LiteralValue(int32_t{-1})}));
  EXPECT_EQ(parts[1].tuple, (PartitionTuple{std::nullopt, std::nullopt}));
  EXPECT_EQ(parts[1].rows->num_rows(), 2);
  EXPECT_EQ(parts[2].tuple, (PartitionTuple{LiteralValue("a"), LiteralValue(int32_t{0})}));
}

TEST(SplitByPartition, GivesTheWholeBatchWithoutPartitions) {
  const auto batch = Interleaved(10, 3, 7);
  const auto parts = SplitByPartition(batch, Telemetry(), PartitionSpec{}).ValueOrDie();
  ASSERT_EQ(parts.size(), 1u);
  EXPECT_TRUE(parts[0].tuple.empty());
  EXPECT_TRUE(parts[0].rows->Equals(*batch));
  EXPECT_TRUE(
      SplitByPartition(batch->Slice(0, 0), Telemetry(), PartitionSpec{}).ValueOrDie().empty());
}

TEST(SplitByPartition, HandlesManyTuples) {
  const auto batch = Interleaved(5'000, 1'000, 1'000);
  const auto parts =
      SplitByPartition(batch, Telemetry(), SpecOf("mission_id, truncate(1, n)")).ValueOrDie();
  ASSERT_EQ(parts.size(), 5'000u);
  EXPECT_EQ(parts[4'999].tuple[0], LiteralValue("m999"));
  EXPECT_EQ(parts[4'999].tuple[1], LiteralValue(int64_t{4'999}));
}

TEST(SplitByPartition, RespectsSlices) {
  const auto batch = Interleaved(100, 3, 7)->Slice(10, 4);
  const auto parts = SplitByPartition(batch, Telemetry(), SpecOf("mission_id")).ValueOrDie();
  ASSERT_EQ(parts.size(), 3u);
  EXPECT_EQ(parts[0].tuple[0], LiteralValue("m1"));  // row 10 and row 13
  ASSERT_EQ(parts[0].rows->num_rows(), 2);
  EXPECT_EQ(static_cast<const arrow::Int64Array&>(*parts[0].rows->column(2)).Value(1), 13);
}

}  // namespace
}  // namespace artemis
