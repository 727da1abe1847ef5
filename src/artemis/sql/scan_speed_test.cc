// What grouping adds to a scan, as a ratio of medians taken in turns; bench/sql has the figures of a real size.
#include <algorithm>
#include <chrono>

#include <gtest/gtest.h>

#include "artemis/sql/session.h"
#include "artemis/sql/test_tables.h"

namespace artemis {
namespace {

class ScanSpeedTest : public ::testing::Test {
 protected:
  ScanSpeedTest() {
    options_.temp_folder = tables_.folder() + "/tmp";
    options_.threads = 1;
    session_ = SqlSession::Open(tables_.catalog(), options_).ValueOrDie();
  }

  // Days of March from the 11th, 384 channels a frame.
  void MakeDays(int days, int rows_each) {
    ASSERT_EQ(RowsOf(*session_, "CREATE SCHEMA artemis.lab"), "");
    ASSERT_EQ(RowsOf(*session_,
                     "CREATE TABLE artemis.lab.days (ts TIMESTAMP, channel INTEGER, a DOUBLE, "
                     "b DOUBLE) PARTITIONED BY (day(ts))"),
              "");
    const std::string rows = std::to_string(rows_each);
    ASSERT_TRUE(StatusOf(*session_,
                         "INSERT INTO artemis.lab.days SELECT TIMESTAMP '2024-03-11' + "
                         "to_days((i // " +
                             rows + ")::INT) + to_microseconds(i % " + rows +
                             "), i % 384, sin(i), i % 4096 * 0.25 FROM range(" +
                             std::to_string(days) + " * " + rows + ") AS t(i)")
                    .ok());
  }

  double SecondsOf(const std::string& sql) {
    const auto begin = std::chrono::steady_clock::now();
    EXPECT_TRUE(StatusOf(*session_, sql).ok());
    return std::chrono::duration<double>(std::chrono::steady_clock::now() - begin).count();
  }

  TestTables tables_;
  SqlOptions options_;
  std::unique_ptr<SqlSession> session_;
};

double Median(std::vector<double> values) {
  std::nth_element(values.begin(), values.begin() + static_cast<long>(values.size() / 2),
                   values.end());
  return values[values.size() / 2];
}

TEST_F(ScanSpeedTest, GroupsDaysInAtMostTwiceTheTimeOfTheirScan) {
  MakeDays(4, 200'000);
  const std::string days =
      "FROM artemis.lab.days WHERE ts_day BETWEEN '2024-03-11' AND '2024-03-13'";
  const std::string group = "SELECT channel, sum(a), sum(b) " + days + " GROUP BY channel";
  const std::string scan = "SELECT sum(channel), sum(a), sum(b) " + days;
  ASSERT_EQ(RowsOf(*session_, "SELECT count(*) " + days), "600000");
  ASSERT_EQ(RowsOf(*session_, "SELECT count(*) FROM (" + group + ")"), "384");
  SecondsOf(group);
  SecondsOf(scan);
  std::vector<double> groups, scans;
  for (int round = 0; round < 15; ++round) {
    groups.push_back(SecondsOf(group));
    scans.push_back(SecondsOf(scan));
  }
  EXPECT_LE(Median(groups), 2 * Median(scans));
}

}  // namespace
}  // namespace artemis
