// What is proposed for which log, and whether a rebuilt table keeps what was predicted.
#include "artemis/advise/advise_layout.h"

#include <gtest/gtest.h>

#include "artemis/advise/partition_bench.h"
#include "artemis/advise/telemetry_fixture.h"
#include "artemis/synth/channels.h"

namespace artemis {
namespace {

constexpr char kByMissionAndDay[] = "mission_id, day(sample_timestamp_ns) as day";

LayoutAdvice Advise(const QueryLog& log, TestTable& table, const AdviseOptions& options = {}) {
  auto advice = AdviseLayout(log, table.View(), table.files(), options);
  EXPECT_TRUE(advice.ok()) << advice.status();
  return advice.ok() ? std::move(*advice) : LayoutAdvice();
}

std::string PartitionOf(const LayoutAdvice& advice, TestTable& table) {
  return PartitionText(advice.tried[advice.best].candidate.spec, *table.View().schema);
}
std::string OrderOf(const LayoutAdvice& advice, TestTable& table) {
  return OrderText(advice.tried[advice.best].candidate.order, *table.View().schema);
}

// The share of bytes that the log keeps of a table.
double MeasuredShare(const QueryLog& log, TestTable& table) {
  const auto report =
      RunPartitionBench(log, {"t", table.View()}, nullptr, table.files()).ValueOrDie();
  const auto totals = TotalsOf(report);
  return static_cast<double>(totals.plan.bytes_kept) / static_cast<double>(totals.plan.bytes_total);
}

// A table as somebody makes it who has not thought of its layout.
TelemetryTableOptions PlainTable() {
  TelemetryTableOptions options;
  options.rows = 130'000;
  options.missions = 2;
  options.days = 21;
  // Five files or so for a mission and day.
  options.target_file_bytes = 25'000;
  return options;
}

TelemetryTableOptions LaidOut(const std::string& partition, const std::string& order) {
  TelemetryTableOptions options = PlainTable();
  options.partition = partition;
  options.order = order;
  return options;
}

bool Names(const std::string& text, const std::string& part) {
  return text.find(part) != std::string::npos;
}

double PredictedShare(const LayoutAdvice& advice) {
  return advice.tried[advice.best].score.bytes_share();
}

TEST(AdviseLayout, ProposesMissionAndDayForTheCanonicalLogAndForetellsWhatTheyKeep) {
  TelemetryTable table(PlainTable());
  const QueryLog log = TelemetryLog(PlainTable(), 400);
  const auto advice = Advise(log, table);
  ASSERT_FALSE(advice.tried.empty());
  const std::string partition = PartitionOf(advice, table), order = OrderOf(advice, table);
  EXPECT_TRUE(Names(partition, "mission_id")) << partition;
  EXPECT_TRUE(Names(partition, "day(sample_timestamp_ns)")) << partition;
  EXPECT_TRUE(Names(order, "payload_id")) << order;
  EXPECT_FALSE(advice.keeps_today);

  TelemetryTable rebuilt(LaidOut(partition, order));
  const double measured = MeasuredShare(log, rebuilt);
  RecordProperty("predicted", std::to_string(PredictedShare(advice)));
  RecordProperty("measured", std::to_string(measured));
  EXPECT_NEAR(PredictedShare(advice) / measured, 1, 0.1)
      << PredictedShare(advice) << " against " << measured << " by " << partition << "; " << order;
  EXPECT_LT(measured, MeasuredShare(log, table) * 0.8);

  // A third of the rows is enough to say the same.
  AdviseOptions sampled;
  sampled.sample.rows_max = 40'000;
  const auto again = Advise(log, rebuilt, sampled);
  EXPECT_TRUE(again.keeps_today) << PartitionOf(again, rebuilt) << "; " << OrderOf(again, rebuilt);
  EXPECT_NEAR(PredictedShare(again) / measured, 1, 0.1)
      << PredictedShare(again) << " against " << measured;
  EXPECT_NEAR(again.as_is.bytes_share(), measured, 1e-9) << "the same plans";
}

// Most of a small file are pages that are not compressed yet when the writer looks at its size: how much smaller they become is the layout's own.
TEST(AdviseLayout, ForetellsHowManySmallFilesThereWillBeAndWhatTheyKeep) {
  TelemetryTableOptions options = PlainTable();
  options.rows = 60'000;
  options.days = 7;
  TelemetryTable table(options);
  const QueryLog log = TelemetryLog(options, 100);
  // Where a partition has three or four files, each is a little larger than its target, and the fourth may not be needed.
  for (const auto& [target_bytes, tolerance] :
       {std::pair<int64_t, double>{8'000, 0.1}, {40'000, 0.25}}) {
    AdviseOptions asked;
    asked.target_file_bytes = target_bytes;
    const auto advice = Advise(log, table, asked);
    ASSERT_FALSE(advice.tried.empty());
    TelemetryTableOptions proposed = options;
    proposed.partition = PartitionOf(advice, table);
    proposed.order = OrderOf(advice, table);
    proposed.target_file_bytes = target_bytes;
    TelemetryTable rebuilt(proposed);
    const auto report =
        RunPartitionBench(log, {"t", rebuilt.View()}, nullptr, rebuilt.files()).ValueOrDie();
    const auto predicted = static_cast<double>(advice.tried[advice.best].score.total.files);
    const auto files = static_cast<double>(report.queries.front().plan.files_total);
    EXPECT_NEAR(predicted / files, 1, tolerance)
        << predicted << " against " << files << " by " << proposed.partition << "; "
        << proposed.order << " in files of " << target_bytes;
    const double measured = MeasuredShare(log, rebuilt);
    EXPECT_NEAR(PredictedShare(advice) / measured, 1, 0.1)
        << PredictedShare(advice) << " against " << measured;
  }
}

TEST(AdviseLayout, ChangesItsMindWhenTheQuestionsChange) {
  TelemetryTable table(LaidOut(kByMissionAndDay, "payload_id"));
  // One channel of all missions, at any time.
  QueryLog log;
  for (int64_t i = 0; i < 100; ++i) {
    LoggedQuery query;
    query.id = "q" + std::to_string(i);
    query.line = i + 1;
    query.predicate = Leaf(PredicateOp::kEq, "payload_id",
                           {int64_t{TelemetryChannels()[static_cast<size_t>(i)].payload_id}});
    log.queries.push_back(query);
  }
  AdviseOptions options;
  options.sample.rows_max = 60'000;
  const auto advice = Advise(log, table, options);
  ASSERT_FALSE(advice.tried.empty());
  EXPECT_FALSE(advice.keeps_today);
  const std::string partition = PartitionOf(advice, table), order = OrderOf(advice, table);
  EXPECT_FALSE(Names(partition, "mission_id") || Names(partition, "day(")) << partition;
  EXPECT_TRUE(Names(partition + order, "payload_id")) << partition << "; " << order;
  EXPECT_LT(PredictedShare(advice), advice.as_is.bytes_share() * 0.5);
  ASSERT_EQ(advice.columns.size(), 1u);
  EXPECT_EQ(advice.columns[0].equality, 100);
  EXPECT_LT(advice.columns[0].selectivity, 0.03) << "one channel of 128";
}

TEST(AdviseLayout, ChargesSmallFilesAsHalfATarget) {
  TelemetryTable table(PlainTable());
  QueryLog log;
  LoggedQuery query;
  query.id = "q";
  query.predicate = Leaf(PredicateOp::kEq, "mission_id", {std::string("apollo-7")});
  log.queries = {query};
  AdviseOptions options;
  // One file holds the table: a mission's third of it is a small file, and reading it costs as much.
  options.target_file_bytes = int64_t{1} << 30;
  const auto advice = Advise(log, table, options);
  ASSERT_FALSE(advice.tried.empty());
  for (const auto& layout : advice.tried) {
    EXPECT_GE(layout.score.cost_bytes(), static_cast<double>(int64_t{1} << 29));
  }
  EXPECT_TRUE(advice.keeps_today) << "no layout is cheaper than another";
}

TEST(AdviseLayout, AssumesAFileSizeOnlyWhereNobodySaidOne) {
  TelemetryTableOptions options;
  options.rows = 20'000;
  TelemetryTable silent(options);
  const QueryLog log = TelemetryLog(options, 20);
  const auto assumed = Advise(log, silent);
  EXPECT_TRUE(assumed.target_is_assumed);
  EXPECT_EQ(assumed.sizes.target_bytes, std::max<int64_t>(assumed.table_bytes / 128, 16 << 10));
  AdviseOptions told;
  told.target_file_bytes = 50'000;
  const auto said = Advise(log, silent, told);
  EXPECT_FALSE(said.target_is_assumed);
  EXPECT_EQ(said.sizes.target_bytes, 50'000);
}

TEST(AdviseLayout, NeedsQueriesAndRows) {
  TestTableOptions options;
  options.fields = {MakeField(1, "a", TypeKind::kLong)};
  TestTable table(options);
  QueryLog log;
  EXPECT_EQ(AdviseLayout(log, table.View(), table.files()).status().message(),
            "the log holds no query that the table can answer");
  LoggedQuery query;
  query.id = "q";
  query.line = 4;
  query.predicate = Leaf(PredicateOp::kEq, "b", {int64_t{1}});
  log.queries = {query};
  EXPECT_EQ(AdviseLayout(log, table.View(), table.files()).status().message(),
            "the log holds no query that the table can answer; line 4: no such column: b; the "
            "columns are: a");
  query.predicate = Leaf(PredicateOp::kEq, "a", {int64_t{1}});
  log.queries = {query};
  EXPECT_EQ(AdviseLayout(log, table.View(), table.files()).status().message(),
            "the table has no rows to try layouts on");
}

}  // namespace
}  // namespace artemis
