// Which commands start without DuckDB.
#include "artemis/cli/hand_over.h"

#include <gtest/gtest.h>

namespace artemis {
namespace {

TEST(NeedsSqlParts, NotWhereTheProgramIsNamedByItsLink) {
  EXPECT_FALSE(NeedsSqlParts("artemis-table", {"append", "sda.t", "rows.arrow"}));
  EXPECT_FALSE(NeedsSqlParts("artemis-replay", {}));
  EXPECT_FALSE(NeedsSqlParts("artemis-write", {"--version"}));
  EXPECT_FALSE(NeedsSqlParts("partition-bench", {"--help"}));
}

TEST(NeedsSqlParts, NotWhereTheFirstWordNamesAProgramWithoutThem) {
  EXPECT_FALSE(NeedsSqlParts("artemis", {"table", "list"}));
  EXPECT_FALSE(NeedsSqlParts("artemis-testing", {"replay", "query", "sda.t"}));
  EXPECT_FALSE(NeedsSqlParts("artemis", {"partition-bench"}));
  EXPECT_FALSE(NeedsSqlParts("another-name", {"telemetry", "--rows", "1"}));
}

TEST(NeedsSqlParts, ForSqlAndFlight) {
  EXPECT_TRUE(NeedsSqlParts("artemis-sql", {"--query", "SELECT 1"}));
  EXPECT_TRUE(NeedsSqlParts("artemis", {"sql", "--query", "SELECT 1"}));
  EXPECT_TRUE(NeedsSqlParts("artemis", {"flight"}));
  EXPECT_TRUE(NeedsSqlParts("artemis-testing", {"sql"}));
}

TEST(NeedsSqlParts, ForWhatIsAboutAllPrograms) {
  EXPECT_TRUE(NeedsSqlParts("artemis", {}));
  EXPECT_TRUE(NeedsSqlParts("artemis", {"--help"}));
  EXPECT_TRUE(NeedsSqlParts("artemis", {"--version"}));
  EXPECT_TRUE(NeedsSqlParts("artemis", {"tabel"}));
}

TEST(NeedsSqlParts, ForPredicatesInSqlAndNotInJson) {
  const std::string json = R"( {"op":"eq","column":"a","value":1})";
  EXPECT_TRUE(NeedsSqlParts("artemis-replay", {"query", "sda.t", "--where", "a = 1"}));
  EXPECT_TRUE(NeedsSqlParts("artemis-replay", {"query", "sda.t", "--where=a = 1"}));
  EXPECT_TRUE(NeedsSqlParts("artemis", {"table", "delete", "sda.t", "--where", ""}));
  EXPECT_FALSE(NeedsSqlParts("artemis-replay", {"query", "sda.t", "--where", json}));
  EXPECT_FALSE(NeedsSqlParts("artemis-replay", {"query", "sda.t", "--where=" + json}));
  EXPECT_FALSE(NeedsSqlParts("artemis-replay", {"query", "sda.t", "--where"}));
  EXPECT_FALSE(NeedsSqlParts("artemis-replay", {"query", "sda.t", "--wherever", "a = 1"}));
}

TEST(NeedsSqlParts, ForOnePredicateInSqlAmongOthers) {
  EXPECT_TRUE(NeedsSqlParts("artemis-replay", {"query", "--where", "{}", "--where", "a"}));
}

TEST(ProgramName, IsTheLastPartOfAPath) {
  EXPECT_EQ(ProgramName("/usr/bin/artemis-table"), "artemis-table");
  EXPECT_EQ(ProgramName("artemis"), "artemis");
  EXPECT_EQ(ProgramName(nullptr), "artemis");
}

}  // namespace
}  // namespace artemis
