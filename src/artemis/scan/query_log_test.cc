// Which lines of a log are queries, and what is said of the others.
#include "artemis/scan/query_log.h"

#include <gtest/gtest.h>

namespace artemis {
namespace {

constexpr char kIsFive[] = R"({"op":"eq","column":"a","value":5})";

std::string Line(const std::string& id) { return id + "\t" + kIsFive + "\ta,b"; }

TEST(QueryLog, TakesIdPredicateAndColumns) {
  const auto log = ParseQueryLog(Line("q1") + "\n");
  ASSERT_EQ(log.queries.size(), 1u);
  const auto& query = log.queries.front();
  EXPECT_EQ(query.id, "q1");
  EXPECT_EQ(query.predicate.op, PredicateOp::kEq);
  EXPECT_EQ(query.predicate.column, "a");
  EXPECT_EQ(query.columns, (std::vector<std::string>{"a", "b"}));
  EXPECT_EQ(query.line, 1);
  EXPECT_EQ(log.skipped_count, 0);
}

TEST(QueryLog, ReadsWhatItsLinesAreWrittenAs) {
  LoggedQuery query;
  query.id = "q7";
  query.predicate = *PredicateFromJson(
      R"({"op":"and","args":[{"op":"ge","column":"t","value":"2024-03-11"},{"op":"is_null","column":"n"}]})");
  query.columns = {"t", "n"};
  query.line = 1;
  EXPECT_EQ(ParseQueryLog(QueryLogLine(query)).queries, std::vector<LoggedQuery>{query});
}

TEST(QueryLog, NeedsNoColumns) {
  const auto log = ParseQueryLog(std::string("q1\t") + kIsFive + "\t\n");
  ASSERT_EQ(log.queries.size(), 1u);
  EXPECT_TRUE(log.queries.front().columns.empty());
}

TEST(QueryLog, PassesOverHeaderCommentsAndEmptyLines) {
  const auto log = ParseQueryLog("# made by hand\n\nquery_id\tpredicate\tcolumns\n" + Line("q1") +
                                 "\n# the end\n");
  ASSERT_EQ(log.queries.size(), 1u);
  EXPECT_EQ(log.queries.front().line, 4);
  EXPECT_EQ(log.skipped_count, 0);
}

TEST(QueryLog, TakesALaterLineOfTheHeadersNameForAQuery) {
  const auto log = ParseQueryLog(Line("q1") + "\n" + Line("query_id") + "\n");
  EXPECT_EQ(log.queries.size(), 2u);
}

TEST(QueryLog, AcceptsLineEndsOfWindowsAndAByteOrderMark) {
  const auto log = ParseQueryLog("\xEF\xBB\xBF" + Line("q1") + "\r\n" + Line("q2") + "\r\n");
  ASSERT_EQ(log.queries.size(), 2u);
  EXPECT_EQ(log.queries[0].id, "q1");
  EXPECT_EQ(log.queries[1].columns.back(), "b") << "without the carriage return";
}

TEST(QueryLog, TakesALastLineWithoutAnEnd) {
  EXPECT_EQ(ParseQueryLog(Line("q1") + "\n" + Line("q2")).queries.size(), 2u);
  EXPECT_TRUE(ParseQueryLog("").queries.empty());
}

TEST(QueryLog, SkipsBadLinesAndSaysWhy) {
  struct Case {
    std::string line;
    std::string reason;
  };
  const Case cases[] = {
      {"only text", "expected 3 fields parted by tabs, found 1"},
      {Line("q1") + "\tmore", "expected 3 fields parted by tabs, found 4"},
      {Line(""), "expected a query id, found nothing"},
      {std::string("q1\t") + kIsFive + "\ta,,b", "expected a column name, found nothing"},
      {Line("q\xff"), "expected UTF-8, found other bytes"},
  };
  for (const auto& each : cases) {
    const auto log = ParseQueryLog(Line("q1") + "\n" + each.line + "\n" + Line("q3") + "\n");
    EXPECT_EQ(log.queries.size(), 2u) << each.line;
    EXPECT_EQ(log.skipped, (std::vector<SkippedLine>{{2, each.reason}}));
  }
}

TEST(QueryLog, SkipsPredicatesThatCannotBeParsed) {
  for (const char* predicate : {"", "{", "[]", "5", R"({"op":"near","column":"a","value":5})",
                                R"({"op":"eq","column":"a"})"}) {
    const auto log = ParseQueryLog(std::string("q1\t") + predicate + "\ta\n" + Line("q2") + "\n");
    ASSERT_EQ(log.queries.size(), 1u) << predicate;
    ASSERT_EQ(log.skipped.size(), 1u) << predicate;
    EXPECT_EQ(log.skipped.front().line, 1);
    EXPECT_FALSE(log.skipped.front().reason.empty());
  }
}

TEST(QueryLog, SkipsLinesThatAreTooLong) {
  QueryLogLimits limits;
  limits.line_bytes_max = static_cast<int64_t>(Line("q1").size());
  const auto log =
      ParseQueryLog(Line("q1") + "\n" + Line("q22") + "\n" + Line("q3") + "\n", limits);
  EXPECT_EQ(log.queries.size(), 2u);
  ASSERT_EQ(log.skipped.size(), 1u);
  EXPECT_EQ(log.skipped.front().line, 2);
}

TEST(QueryLog, StopsAtItsLimitAndSaysSo) {
  QueryLogLimits limits;
  limits.queries_max = 2;
  const auto log =
      ParseQueryLog(Line("q1") + "\n" + Line("q2") + "\n" + Line("q3") + "\n" + Line("q4"), limits);
  EXPECT_EQ(log.queries.size(), 2u);
  EXPECT_EQ(
      log.skipped,
      (std::vector<SkippedLine>{{3, "lines from here on are not read: the limit is 2 queries"}}));
}

TEST(QueryLog, CountsSkippedLinesPastThoseItDescribes) {
  QueryLogLimits limits;
  limits.skipped_max = 2;
  const auto log = ParseQueryLog("a\nb\nc\nd\n" + Line("q5"), limits);
  EXPECT_EQ(log.skipped.size(), 2u);
  EXPECT_EQ(log.skipped_count, 4);
  EXPECT_EQ(log.queries.size(), 1u);
}

}  // namespace
}  // namespace artemis
