// The shape of reports.
#include "artemis/advise/bench_report.h"

#include <gtest/gtest.h>

namespace artemis {
namespace {

BenchReport SmallReport() {
  BenchReport report;
  report.table = "sda.obs_1";
  report.shapes = {"size ="};
  report.load_us = 77;
  report.snapshot_id = SnapshotId(9);
  BenchQuery query;
  query.id = "q\"1";
  query.line = 3;
  query.plan.manifests_total = 5;
  query.plan.manifests_kept = 4;
  query.plan.files_total = 300;
  query.plan.files_kept = 3;
  query.plan.row_groups_total = 6;
  query.plan.row_groups_kept = 2;
  query.plan.bytes_total = 3000;
  query.plan.bytes_kept = 30;
  query.plan.elapsed_us = 12;
  query.unclustered = {60, 600, 61, 600};
  report.queries = {query};
  report.skipped = {{2, "expected 3 fields"}};
  report.skipped_count = 1;
  return report;
}

TEST(BenchJson, LeadsWithTheKeysThatScriptsRelyOn) {
  const auto json = BenchJson(SmallReport());
  EXPECT_EQ(
      json.rfind(R"({"queries":[{"query_id":"q\"1","manifests_total":5,"manifests_kept":4,)"
                 R"("files_total":300,"files_kept":3,"row_groups_total":6,"row_groups_kept":2,)"
                 R"("bytes_total":3000,"bytes_kept":30,"plan_us":12,)",
                 0),
      0u)
      << json;
  EXPECT_NE(json.find(R"("unclustered":{"files_kept":60,"row_groups_kept":61,"bytes_kept":600})"),
            std::string::npos);
  EXPECT_NE(json.find(R"("totals":{"manifests_total":5,)"), std::string::npos);
  EXPECT_NE(json.find(R"("skipped_lines":[{"line":2,"reason":"expected 3 fields"}])"),
            std::string::npos);
  EXPECT_NE(json.find(R"("against":null)"), std::string::npos);
}

TEST(BenchTotals, AreSumsAndRanks) {
  BenchReport report = SmallReport();
  report.queries.push_back(report.queries[0]);
  report.queries[1].plan.elapsed_us = 100;
  report.queries[1].plan.files_kept = 7;
  report.queries.push_back(report.queries[0]);
  const auto totals = TotalsOf(report);
  EXPECT_EQ(totals.plan.files_kept, 13);
  EXPECT_EQ(totals.plan.elapsed_us, 124);
  EXPECT_EQ(totals.plan_us_median, 12);
  EXPECT_EQ(totals.plan_us_max, 100);
  EXPECT_EQ(totals.unclustered.files, 180);
}

TEST(BenchMarkdown, NamesChartsAndSkippedLines) {
  const auto text = BenchMarkdown(SmallReport(), "log.tsv", "bench");
  for (const auto& chart : BenchCharts(SmallReport())) {
    EXPECT_NE(text.find("(bench" + chart.suffix + ")"), std::string::npos) << chart.suffix;
    EXPECT_NE(chart.text.find("</svg>"), std::string::npos);
  }
  EXPECT_NE(text.find("| files | 300 | 3 | 1.0 % | 60 | 20.0 |"), std::string::npos) << text;
  EXPECT_NE(text.find("| 2 | expected 3 fields |"), std::string::npos);
  EXPECT_NE(text.find("sda.obs\\_1"), std::string::npos) << "names are no markup";
}

TEST(BenchMarkdown, ComparesWithAnotherTable) {
  BenchReport report = SmallReport();
  report.against = "sda.other";
  report.queries[0].against = report.queries[0].plan;
  report.queries[0].against->files_kept = 150;
  const auto text = BenchMarkdown(report, "log.tsv", "bench");
  EXPECT_NE(text.find("| files | 300 | 3 | 1.0 % | 60 | 20.0 | 150 | 50 % |"), std::string::npos)
      << text;
}

TEST(SharePercent, HasTwoDigitsThatCount) {
  EXPECT_EQ(SharePercent(1, 1), "100 %");
  EXPECT_EQ(SharePercent(1, 8), "12 %");
  EXPECT_EQ(SharePercent(42, 10'000), "0.42 %");
  EXPECT_EQ(SharePercent(42, 1'000'000), "0.0042 %");
  EXPECT_EQ(SharePercent(0, 5), "0 %");
  EXPECT_EQ(SharePercent(0, 0), "-");
}

}  // namespace
}  // namespace artemis
