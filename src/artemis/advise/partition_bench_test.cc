// What a log keeps of tables, beside the counterfactual and beside other tables.
#include "artemis/advise/partition_bench.h"

#include <cmath>

#include <gtest/gtest.h>

#include "artemis/advise/telemetry_fixture.h"

namespace artemis {
namespace {

constexpr char kByMissionAndDay[] = "mission_id, day(sample_timestamp_ns) as day";

QueryLog LogOf(const std::string& text) { return ParseQueryLog(text); }

TestTableOptions Sizes(const std::string& partition) {
  TestTableOptions options;
  options.fields = {MakeField(1, "mission", TypeKind::kString),
                    MakeField(2, "size", TypeKind::kLong)};
  options.partition = partition;
  return options;
}

BenchReport RunBench(const QueryLog& log, TestTable& table, TestTable* other = nullptr,
                     const PartitionBenchOptions& options = {}) {
  const BenchTable own{"sda.own", table.View()};
  const BenchTable against{"sda.other", other != nullptr ? other->View() : TableView()};
  auto report =
      RunPartitionBench(log, own, other != nullptr ? &against : nullptr, table.files(), options);
  EXPECT_TRUE(report.ok()) << report.status();
  return report.ok() ? *report : BenchReport();
}

TEST(PartitionBench, CountsWhatEachPassKeeps) {
  TestTable table(Sizes("mission"));
  table.Append(R"([{"mission":"a","size":1},{"mission":"b","size":2}])");
  table.Append(R"([{"mission":"a","size":11},{"mission":"c","size":12}])");
  const auto report =
      RunBench(LogOf("q1\t{\"op\":\"eq\",\"column\":\"mission\",\"value\":\"b\"}\t\n"
                     "q2\t{\"op\":\"gt\",\"column\":\"size\",\"value\":10}\tsize\n"),
               table);
  ASSERT_EQ(report.queries.size(), 2u);
  const auto& by_mission = report.queries[0].plan;
  EXPECT_EQ(by_mission.manifests_total, 2);
  EXPECT_EQ(by_mission.manifests_kept, 2) << "b lies between a and c";
  EXPECT_EQ(by_mission.files_total, 4);
  EXPECT_EQ(by_mission.files_kept, 1);
  EXPECT_GT(by_mission.bytes_kept, 0);
  EXPECT_GT(by_mission.bytes_total, by_mission.bytes_kept);
  EXPECT_EQ(report.queries[1].plan.files_kept, 2);
  EXPECT_EQ(report.queries[0].plan.bytes_total, report.queries[1].plan.bytes_total);
}

TEST(PartitionBench, KeepsWholePartitionsWhereRowsAreSpread) {
  TestTable table(Sizes("mission"));
  table.Append(R"([{"mission":"a","size":1}])");
  table.Append(R"([{"mission":"a","size":11}])");
  table.Append(R"([{"mission":"b","size":11}])");
  const auto report = RunBench(
      LogOf("q1\t{\"op\":\"and\",\"args\":[{\"op\":\"eq\",\"column\":\"mission\",\"value\":\"a\"},"
            "{\"op\":\"eq\",\"column\":\"size\",\"value\":11}]}\t\n"
            "q2\t{\"op\":\"eq\",\"column\":\"size\",\"value\":5}\t\n"
            "q3\t{\"op\":\"eq\",\"column\":\"size\",\"value\":20}\t\n"),
      table);
  ASSERT_EQ(report.queries.size(), 3u);
  EXPECT_EQ(report.queries[0].plan.files_kept, 1);
  EXPECT_EQ(report.queries[0].unclustered.files, 2) << "both files of mission a";
  EXPECT_EQ(report.queries[1].plan.files_kept, 0);
  EXPECT_EQ(report.queries[1].unclustered.files, 2) << "5 lies between 1 and 11";
  EXPECT_EQ(report.queries[2].unclustered.files, 0) << "no partition reaches 20";
}

TEST(PartitionBench, DealsOutTimesInOrderOfArrival) {
  TestTableOptions options;
  options.fields = {MakeField(1, "at", TypeKind::kTimestamp),
                    MakeField(2, "size", TypeKind::kLong)};
  TestTable table(options);
  // Two files that both span the hour, as a table sorted by size would have.
  table.Append(R"([{"at":"2024-03-11 00:00:00","size":1},{"at":"2024-03-11 01:00:00","size":2}])");
  table.Append(R"([{"at":"2024-03-11 00:00:00","size":3},{"at":"2024-03-11 01:00:00","size":4}])");
  const auto log =
      LogOf("q1\t{\"op\":\"lt\",\"column\":\"at\",\"value\":\"2024-03-11T00:20:00\"}\t\n");
  PartitionBenchOptions bench;
  EXPECT_EQ(RunBench(log, table, nullptr, bench).queries[0].unclustered.files, 1)
      << "the first half hour in the first file";
  bench.unclustered = UnclusteredModel::kRandom;
  EXPECT_EQ(RunBench(log, table, nullptr, bench).queries[0].unclustered.files, 2);
}

TEST(PartitionBench, SkipsAndCountsWhatATableCannotAnswer) {
  TestTable table(Sizes("")), other([] {
    auto options = Sizes("");
    options.fields[1].name = "length";
    return options;
  }());
  table.Append(R"([{"mission":"a","size":1}])");
  other.Append(R"([{"mission":"a","length":1}])");
  const auto log = LogOf(
      "nonsense\n"
      "q2\t{\"op\":\"eq\",\"column\":\"size\",\"value\":1}\t\n"
      "q3\t{\"op\":\"eq\",\"column\":\"colour\",\"value\":1}\t\n"
      "q4\t{\"op\":\"eq\",\"column\":\"mission\",\"value\":\"a\"}\t\n");
  const auto alone = RunBench(log, table);
  EXPECT_EQ(alone.queries.size(), 2u);
  EXPECT_EQ(alone.skipped_count, 2);
  const auto both = RunBench(log, table, &other);
  ASSERT_EQ(both.queries.size(), 1u);
  EXPECT_EQ(both.queries[0].id, "q4");
  EXPECT_EQ(both.queries[0].against->files_kept, 1);
  ASSERT_EQ(both.skipped.size(), 3u);
  EXPECT_EQ(both.skipped[1], (SkippedLine{2, "the query does not fit sda.other"}));
}

TEST(PartitionBench, ClassesQuestionsByWhatTheyTest) {
  TestTable table(Sizes(""));
  table.Append(R"([{"mission":"a","size":1}])");
  const std::string size = "\t{\"op\":\"eq\",\"column\":\"size\",\"value\":1}\t\n";
  const auto report =
      RunBench(LogOf("q1\t{\"op\":\"eq\",\"column\":\"mission\",\"value\":\"a\"}\t\n"
                     "q2" +
                     size + "q3" + size),
               table);
  EXPECT_EQ(report.shapes, (std::vector<std::string>{"size =", "mission ="}));
  EXPECT_EQ(TotalsOf(report, 0).queries, 2);
  EXPECT_EQ(TotalsOf(report).queries, 3);
  EXPECT_EQ(TotalsOf(report).plan.files_total, 3);
}

TEST(PartitionBench, AnswersForATableWithoutSnapshot) {
  TestTable table(Sizes(""));
  const auto report =
      RunBench(LogOf("q1\t{\"op\":\"eq\",\"column\":\"size\",\"value\":1}\t\n"), table);
  ASSERT_EQ(report.queries.size(), 1u);
  EXPECT_EQ(report.queries[0].plan.files_total, 0);
  EXPECT_EQ(report.queries[0].unclustered, FileAmount());
}

TEST(PartitionBench, SaysThatRowGroupsNeedFiles) {
  TestTable table(Sizes(""));
  DataFile file = NamedFile("gone");
  file.record_count = 10;
  file.file_size_bytes = 1000;
  file.split_offsets = {4, 500};
  table.Commit({file});
  PartitionBenchOptions options;
  options.row_groups = true;
  const auto log = LogOf("q1\t{\"op\":\"eq\",\"column\":\"size\",\"value\":1}\t\n");
  const BenchTable own{"sda.own", table.View()};
  const auto failed = RunPartitionBench(log, own, nullptr, table.files(), options);
  ASSERT_FALSE(failed.ok());
  EXPECT_NE(failed.status().message().find("metadata-only table has none"), std::string::npos);
  EXPECT_EQ(RunBench(log, table).queries[0].plan.files_kept, 1);
}

// The same rows in the same partitions, once sorted by payload and once as they arrive.
TEST(PartitionBench, ForetellsWhatARealUnclusteredTableKeeps) {
  TelemetryTableOptions options;
  options.partition = kByMissionAndDay;
  options.rows = 200'000;
  options.target_file_bytes = 100'000;
  TelemetryTable unclustered(options);
  options.order = "payload_id, sample_timestamp_ns";
  TelemetryTable clustered(options);
  const QueryLog log = TelemetryLog(options, 400);
  const auto report = RunBench(log, clustered, &unclustered);
  const auto totals = TotalsOf(report);
  ASSERT_EQ(totals.queries, 400);
  const auto share = [](int64_t part, int64_t whole) {
    return static_cast<double>(part) / static_cast<double>(whole);
  };
  const double foretold = share(totals.unclustered.files, totals.plan.files_total);
  const double real = share(totals.against.files_kept, totals.against.files_total);
  RecordProperty("foretold_percent", std::to_string(100 * foretold));
  RecordProperty("real_percent", std::to_string(100 * real));
  EXPECT_NEAR(foretold / real, 1, 0.05) << foretold << " against " << real;

  // Questions for one channel are what the order is for: there the tables differ, and the foretold one is not the clustered one.
  ASSERT_EQ(report.shapes[0].find("payload_id ="), report.shapes[0].size() - 12)
      << report.shapes[0];
  const auto channel = TotalsOf(report, 0);
  const double channel_real = share(channel.against.files_kept, channel.against.files_total);
  const double channel_kept = share(channel.plan.files_kept, channel.plan.files_total);
  EXPECT_LT(channel_kept, channel_real * 0.6);
  EXPECT_NEAR(share(channel.unclustered.files, channel.plan.files_total) / channel_real, 1, 0.1);
}

}  // namespace
}  // namespace artemis
