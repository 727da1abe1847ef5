// What the synthetic log is made of.
#include "artemis/synth/query_log.h"

#include <map>
#include <set>

#include <gtest/gtest.h>

namespace artemis {
namespace {

std::vector<LoggedQuery> LogOf(const QueryLogOptions& options) {
  auto log = MakeQueryLog(options);
  EXPECT_TRUE(log.ok()) << log.status();
  return log.ok() ? *log : std::vector<LoggedQuery>();
}

// The value a query compares a column with; nullopt where it does not.
std::optional<UnboundValue> ValueOf(const LoggedQuery& query, const std::string& column,
                                    PredicateOp op) {
  for (const auto& leaf : query.predicate.args) {
    if (leaf.column == column && leaf.op == op) return leaf.values.front();
  }
  return std::nullopt;
}

TEST(QueryLog, IsTheSameForTheSameSeed) {
  QueryLogOptions options;
  options.queries = 50;
  options.seed = 5;
  const auto first = LogOf(options), second = LogOf(options);
  ASSERT_EQ(first.size(), 50u);
  for (size_t i = 0; i < first.size(); ++i) {
    EXPECT_EQ(QueryLogLine(first[i]), QueryLogLine(second[i]));
  }
  options.seed = 6;
  EXPECT_NE(QueryLogLine(LogOf(options)[0]), QueryLogLine(first[0]));
}

TEST(QueryLog, FollowsTheMixOfQuestions) {
  QueryLogOptions options;
  options.queries = 20'000;
  options.missions = 40;
  options.days = 500;
  int fleet = 0, channel = 0, threshold = 0;
  for (const auto& query : LogOf(options)) {
    const bool has_mission = ValueOf(query, "mission_id", PredicateOp::kEq).has_value();
    fleet += has_mission ? 0 : 1;
    channel += ValueOf(query, "payload_id", PredicateOp::kEq) ? 1 : 0;
    threshold += ValueOf(query, "temperature_c", PredicateOp::kGt) ? 1 : 0;
  }
  // Three standard deviations of a binomial count are below 220.
  EXPECT_NEAR(fleet, 4000, 220);
  EXPECT_NEAR(channel, 11'400, 220);
  EXPECT_NEAR(threshold, 3000, 220);
}

TEST(QueryLog, AsksMostOfFewMissionsAndOfRecentDays) {
  QueryLogOptions options;
  options.queries = 10'000;
  options.missions = 40;
  options.days = 500;
  std::map<std::string, int> missions;
  int windows = 0, recent = 0;
  // The last tenth of 500 days from 2024-03-11 begins on 2025-06-04.
  for (const auto& query : LogOf(options)) {
    if (const auto mission = ValueOf(query, "mission_id", PredicateOp::kEq)) {
      ++missions[std::get<std::string>(*mission)];
    }
    const auto from = ValueOf(query, "sample_timestamp_ns", PredicateOp::kGe);
    ASSERT_TRUE(from);
    ++windows;
    recent += std::get<std::string>(*from) >= "2025-06-04T00:00:00" ? 1 : 0;
  }
  EXPECT_GT(missions["apollo-7"], missions["artemis-2"]);
  EXPECT_GT(missions["apollo-7"], 8000 / 40 * 3) << "the first is far above the mean";
  EXPECT_GT(recent, windows * 75 / 100);
  EXPECT_LT(recent, windows * 90 / 100);
}

TEST(QueryLog, WritesLinesThatParse) {
  QueryLogOptions options;
  options.queries = 100;
  std::set<std::string> ids;
  for (const auto& query : LogOf(options)) {
    const std::string line = QueryLogLine(query);
    const size_t first = line.find('\t'), second = line.rfind('\t');
    ASSERT_LT(first, second);
    const auto predicate = PredicateFromJson(line.substr(first + 1, second - first - 1));
    ASSERT_TRUE(predicate.ok()) << predicate.status();
    EXPECT_EQ(*predicate, query.predicate);
    ids.insert(line.substr(0, first));
  }
  EXPECT_EQ(ids.size(), 100u);
}

TEST(QueryLog, NamesAnOptionOutsideItsLimits) {
  QueryLogOptions options;
  options.missions = 0;
  EXPECT_EQ(MakeQueryLog(options).status().message(), "missions must be 1 to 1000, found 0");
}

}  // namespace
}  // namespace artemis
