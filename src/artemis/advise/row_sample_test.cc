// Which rows are sampled, and what their columns' bounds are.
#include "artemis/advise/row_sample.h"

#include <set>

#include <gtest/gtest.h>

#include "artemis/advise/sampled_column.h"
#include "artemis/advise/telemetry_fixture.h"

namespace artemis {
namespace {

RowSample Sample(TestTable& table, int64_t rows_max, int64_t files_max = 1000) {
  RowSampleOptions options;
  options.rows_max = rows_max;
  options.files_max = files_max;
  return SampleRows(table.View(), table.files(), options).ValueOrDie();
}

TEST(RowSample, IsTheWholeTableWhereItFits) {
  TelemetryTableOptions options;
  options.rows = 5'000;
  options.partition = "mission_id";
  TelemetryTable table(options);
  const auto sample = Sample(table, 5'000);
  EXPECT_EQ(sample.rows->num_rows(), 5'000);
  EXPECT_EQ(sample.table_rows, 5'000);
  EXPECT_EQ(sample.table_files, 3);
  ASSERT_EQ(sample.file_ends.size(), 3u);
  EXPECT_EQ(sample.file_ends.back(), 5'000);
  EXPECT_EQ(sample.scale(), 1);
}

TEST(RowSample, TakesEveryChannelOfPeriodicRows) {
  // Rows come in frames of 128 channels: every 128th row would be of one channel alone.
  TelemetryTableOptions options;
  options.rows = 128 * 400;
  TelemetryTable table(options);
  const auto sample = Sample(table, 400);
  EXPECT_NEAR(static_cast<double>(sample.rows->num_rows()), 400, 2);
  const auto view = table.View();
  const Schema& schema = *view.schema;
  const auto payloads =
      SampledColumn::Make(*sample.rows, schema, *schema.FindField("payload_id")).ValueOrDie();
  EXPECT_GT(payloads.distinct(), 100) << "of 128";
}

TEST(RowSample, OpensNoMoreFilesThanItMay) {
  TelemetryTableOptions options;
  options.rows = 6'000;
  options.partition = "mission_id, day(sample_timestamp_ns)";
  TelemetryTable table(options);
  const auto sample = Sample(table, 1'000'000, 5);
  EXPECT_EQ(sample.table_files, 12);
  EXPECT_EQ(sample.file_ends.size(), 5u);
  EXPECT_NEAR(sample.scale(), 12.0 / 5, 0.5);
}

TEST(RowSample, IsEmptyWhereTheTableIs) {
  TestTableOptions options;
  options.fields = {MakeField(1, "a", TypeKind::kLong)};
  TestTable table(options);
  const auto sample = Sample(table, 10);
  EXPECT_EQ(sample.rows->num_rows(), 0);
  EXPECT_EQ(sample.table_files, 0);
}

TEST(SampledColumn, GivesBoundsAsADataFileWould) {
  TestTableOptions options;
  options.fields = {MakeField(1, "value", TypeKind::kDouble),
                    MakeField(2, "name", TypeKind::kString)};
  TestTable table(options);
  table.Append(R"([{"value":2.5,"name":"a name that is longer than sixteen"},
                   {"value":null,"name":"b"}, {"value":-1,"name":null}, {"value":2.5,"name":"b"}])");
  const auto sample = Sample(table, 10);
  const auto view = table.View();
  const Schema& schema = *view.schema;
  const auto values = SampledColumn::Make(*sample.rows, schema, schema.fields[0]).ValueOrDie();
  EXPECT_EQ(values.distinct(), 2);
  EXPECT_EQ(values.width(), 3.5);
  const std::vector<int64_t> all = {0, 1, 2, 3}, null = {1};
  const auto range = values.RangeOf(all);
  EXPECT_EQ(range.lower, LiteralValue(-1.0));
  EXPECT_EQ(range.upper, LiteralValue(2.5));
  EXPECT_EQ(range.has_null, Ternary::kYes);
  EXPECT_EQ(range.has_nan, Ternary::kNo);
  EXPECT_TRUE(values.RangeOf(null).all_null);

  const auto names = SampledColumn::Make(*sample.rows, schema, schema.fields[1]).ValueOrDie();
  const std::vector<int64_t> first = {0};
  EXPECT_EQ(names.RangeOf(first).lower, LiteralValue(std::string("a name that is l")));
  EXPECT_EQ(names.RangeOf(first).upper, LiteralValue(std::string("a name that is m")));
}

}  // namespace
}  // namespace artemis
