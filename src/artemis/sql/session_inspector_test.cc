// What a prompt is told of a session.
#include "artemis/sql/session_inspector.h"

#include <algorithm>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "artemis/sql/test_tables.h"

namespace artemis {
namespace {

using ::testing::Contains;
using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::Not;

class SessionInspectorTest : public ::testing::Test {
 protected:
  SessionInspectorTest() {
    SqlOptions options;
    options.temp_folder = tables_.folder() + "/tmp";
    options.threads = 1;
    tables_.Create("sda.obs", {TestField(1, "id", Type::Of(TypeKind::kLong), true)});
    session_ = SqlSession::Open(tables_.catalog(), options).ValueOrDie();
  }

  SessionInspector inspector() const { return SessionInspector(*session_); }
  // The text from where the statement failed.
  std::string FailsAt(const std::string& sql) {
    EXPECT_FALSE(StatusOf(*session_, sql).ok()) << sql;
    const auto at = inspector().FailedAt();
    return at ? sql.substr(*at) : "unknown";
  }

  TestTables tables_;
  std::unique_ptr<SqlSession> session_;
};

TEST_F(SessionInspectorTest, SaysWhereAStatementFailed) {
  EXPECT_EQ(FailsAt("SELECT idd FROM artemis.sda.obs"), "idd FROM artemis.sda.obs");
  EXPECT_EQ(FailsAt("SELECT 1,\n nosuch(2)"), "nosuch(2)");
  EXPECT_EQ(FailsAt("SELECT id FROM artemis.sda.obss"), "artemis.sda.obss");
  EXPECT_EQ(FailsAt("SELECT 1 FORM x"), "x");
}

TEST_F(SessionInspectorTest, CountsPlacesInTheTextAsItWasTyped) {
  EXPECT_EQ(FailsAt("SELECT id FROM artemis.sda.obs AS OF TIMESTAMP 'now' o WHERE o.idd = 1"),
            "o.idd = 1");
}

TEST_F(SessionInspectorTest, ForgetsThePlaceWithTheNextStatement) {
  FailsAt("SELECT nosuch");
  EXPECT_TRUE(StatusOf(*session_, "SELECT 1").ok());
  EXPECT_EQ(inspector().FailedAt(), std::nullopt);
}

TEST_F(SessionInspectorTest, ChecksSyntaxWithoutRunning) {
  EXPECT_TRUE(inspector().CheckSyntax("CREATE TEMP TABLE t (a INT); SELECT nosuch FROM t").ok());
  EXPECT_TRUE(inspector().LocalTables().empty());
  EXPECT_TRUE(inspector().CheckSyntax("SELEC 1").IsInvalid());
  EXPECT_EQ(inspector().FailedAt(), 0u);
}

TEST_F(SessionInspectorTest, ListsTheTablesThatAreNotOfTheCatalog) {
  ASSERT_TRUE(StatusOf(*session_, "CREATE TEMP TABLE notes (day DATE, what TEXT)").ok());
  ASSERT_TRUE(StatusOf(*session_, "CREATE TABLE memory.main.kept (a INT)").ok());
  EXPECT_THAT(
      inspector().LocalTables(),
      ::testing::UnorderedElementsAre(LocalTable{"temp", "main", "notes", false, {"day", "what"}},
                                      LocalTable{"memory", "main", "kept", false, {"a"}}));
}

TEST_F(SessionInspectorTest, KnowsFunctionsAndSettings) {
  EXPECT_THAT(inspector().Functions(), Contains("count"));
  EXPECT_THAT(inspector().Functions(), Contains("date_trunc"));
  EXPECT_THAT(inspector().Functions(), Not(Contains("+")));
  EXPECT_THAT(inspector().TableFunctions(), Contains("read_parquet"));
  EXPECT_THAT(inspector().Settings(), Contains("artemis.as_of"));
  EXPECT_THAT(inspector().Settings(), Contains("threads"));
}

TEST_F(SessionInspectorTest, FollowsUseSetAndBegin) {
  EXPECT_EQ(inspector().Default(), (DefaultSchema{"memory", "main"}));
  ASSERT_TRUE(StatusOf(*session_, "USE artemis.sda").ok());
  EXPECT_EQ(inspector().Default(), (DefaultSchema{"artemis", "sda"}));

  EXPECT_EQ(inspector().Setting("artemis.as_of").value_or(""), "");
  ASSERT_TRUE(StatusOf(*session_, "SET artemis.as_of = '2020-03-15T07:00:00Z'").ok());
  EXPECT_EQ(inspector().Setting("artemis.as_of"), "2020-03-15T07:00:00.000Z");
  EXPECT_EQ(inspector().Setting("no.such"), std::nullopt);

  EXPECT_FALSE(inspector().InTransaction());
  ASSERT_TRUE(StatusOf(*session_, "BEGIN").ok());
  EXPECT_TRUE(inspector().InTransaction());
  ASSERT_TRUE(StatusOf(*session_, "ROLLBACK").ok());
  EXPECT_FALSE(inspector().InTransaction());
}

TEST_F(SessionInspectorTest, OffersTheNearestSchemaAndFunctionOfTheCatalog) {
  EXPECT_THAT(StatusOf(*session_, "SELECT * FROM artemis.sdaa.obs").message(),
              HasSubstr("did you mean 'sda'?"));
  EXPECT_THAT(StatusOf(*session_, "SELECT * FROM artemis.snapshot('sda.obs')").message(),
              HasSubstr("did you mean 'snapshots'?"));
}

TEST_F(SessionInspectorTest, NamesTheFunctionsOnTables) {
  for (const auto& name : CatalogFunctionNames()) {
    std::string arguments = name == "pins" ? "" : "'sda.obs'";
    if (name == "changes") arguments += ", TIMESTAMPTZ '2020-01-01 00:00:00Z'";
    const auto status =
        StatusOf(*session_, "SELECT * FROM artemis." + name + "(" + arguments + ")");
    EXPECT_THAT(status.message(), Not(HasSubstr("does not exist"))) << name;
  }
}

TEST(MarkedOffset, ReadsDuckDbsExcerpt) {
  EXPECT_EQ(MarkedOffset("SELECT a,\n\tb FROM t", "LINE 2:  b FROM t\n         ^"), 11u);
  EXPECT_EQ(MarkedOffset("SELECT 'ü', b", "LINE 1: SELECT 'ü', b\n                    ^"), 13u);
  const std::string sql = std::string(100, 'a') + " bad " + std::string(100, 'c');
  EXPECT_EQ(MarkedOffset(sql, "LINE 1: ...aaaa bad ccc...\n                ^"), 101u);
  EXPECT_EQ(MarkedOffset("SELECT 1", "LINE 1: SELECT 2\n        ^"), std::nullopt);
  EXPECT_EQ(MarkedOffset("SELECT 1", ""), std::nullopt);
}

TEST(OriginalOffset, FindsTheSameTokenOfThoseThatAreAlike) {
  const std::string original = "SELECT a, b FROM t AS OF SNAPSHOT 4 x WHERE x.a";
  const std::string rewritten = "SELECT a, b FROM t x AT (VERSION => 4) WHERE x.a";
  EXPECT_EQ(OriginalOffset(original, rewritten, rewritten.rfind("a")), original.rfind("a"));
  EXPECT_EQ(OriginalOffset(original, rewritten, rewritten.find("b")), original.find("b"));
  EXPECT_EQ(OriginalOffset(original, rewritten, rewritten.find("VERSION")), std::nullopt);
  EXPECT_EQ(OriginalOffset("SELECT 1", "SELECT 1", 7), 7u);
}

}  // namespace
}  // namespace artemis
