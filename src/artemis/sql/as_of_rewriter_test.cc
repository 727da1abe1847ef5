// Tables of texts: what our clauses become, and what stays byte for byte.
#include "artemis/sql/as_of_rewriter.h"

#include <string>
#include <vector>

#include <gtest/gtest.h>

namespace artemis {
namespace {

struct RewriteCase {
  std::string from;
  std::string to;
};

void ExpectRewritten(const std::vector<RewriteCase>& cases) {
  for (const RewriteCase& c : cases) {
    auto rewritten = RewriteAsOf(c.from);
    ASSERT_TRUE(rewritten.ok()) << c.from << ": " << rewritten.status().ToString();
    EXPECT_EQ(*rewritten, c.to) << c.from;
  }
}

void ExpectUnchanged(const std::vector<std::string>& texts) {
  for (const std::string& text : texts) {
    auto rewritten = RewriteAsOf(text);
    ASSERT_TRUE(rewritten.ok()) << text << ": " << rewritten.status().ToString();
    EXPECT_EQ(*rewritten, text);
  }
}

TEST(RewriteAsOf, TurnsEachFormIntoAnAtClause) {
  ExpectRewritten({
      {"FROM t AS OF TIMESTAMP '2024-03-15T07:00:00Z'",
       "FROM t AT (TIMESTAMP => '2024-03-15T07:00:00Z')"},
      {"FROM t AS OF SNAPSHOT 4729", "FROM t AT (VERSION => 4729)"},
      {"FROM t AS OF 'before-fix'", "FROM t AT (VERSION => 'before-fix')"},
      {"from t as of snapshot 1 where a = 1", "from t AT (VERSION => 1) where a = 1"},
      {"FROM t As Of TimeStamp 'now'", "FROM t AT (TIMESTAMP => 'now')"},
      {"FROM t\n AS -- why\n OF /* at */ SNAPSHOT\n7;", "FROM t\n AT (VERSION => 7);"},
  });
}

TEST(RewriteAsOf, TakesParametersAndExpressionsInParentheses) {
  ExpectRewritten({
      {"FROM t AS OF SNAPSHOT ?", "FROM t AT (VERSION => ?)"},
      {"FROM t AS OF SNAPSHOT $1 WHERE x = $2", "FROM t AT (VERSION => $1) WHERE x = $2"},
      {"FROM t AS OF TIMESTAMP $since", "FROM t AT (TIMESTAMP => $since)"},
      {"FROM t AS OF $1", "FROM t AT (VERSION => $1)"},
      {"FROM t AS OF TIMESTAMP (now() - INTERVAL (1) DAY) x",
       "FROM t x AT (TIMESTAMP => (now() - INTERVAL (1) DAY))"},
  });
}

TEST(RewriteAsOf, MovesTheAliasBeforeTheClause) {
  ExpectRewritten({
      {"FROM t AS OF SNAPSHOT 1 a", "FROM t a AT (VERSION => 1)"},
      {"FROM t AS OF SNAPSHOT 1 AS a", "FROM t AS a AT (VERSION => 1)"},
      {"FROM t AS OF SNAPSHOT 1 \"A b\" WHERE 1", "FROM t \"A b\" AT (VERSION => 1) WHERE 1"},
      {"FROM t AS OF SNAPSHOT 1 AS a(x, y)", "FROM t AS a(x, y) AT (VERSION => 1)"},
      {"FROM t AS OF SNAPSHOT 1 a (x)", "FROM t a (x) AT (VERSION => 1)"},
      {"FROM t a AS OF SNAPSHOT 1", "FROM t a AT (VERSION => 1)"},
      {"FROM t AS a AS OF SNAPSHOT 1 WHERE a.x", "FROM t AS a AT (VERSION => 1) WHERE a.x"},
  });
}

TEST(RewriteAsOf, TakesNoKeywordForAnAlias) {
  ExpectRewritten({
      {"FROM t AS OF SNAPSHOT 1 JOIN u USING (x)", "FROM t AT (VERSION => 1) JOIN u USING (x)"},
      {"FROM t AS OF SNAPSHOT 1 LEFT JOIN u", "FROM t AT (VERSION => 1) LEFT JOIN u"},
      {"FROM t AS OF SNAPSHOT 1 WHERE a", "FROM t AT (VERSION => 1) WHERE a"},
      {"FROM t AS OF SNAPSHOT 1 ORDER BY 1", "FROM t AT (VERSION => 1) ORDER BY 1"},
      {"FROM t AS OF SNAPSHOT 1 LIMIT 3", "FROM t AT (VERSION => 1) LIMIT 3"},
      {"FROM t AS OF SNAPSHOT 1 UNION ALL FROM u", "FROM t AT (VERSION => 1) UNION ALL FROM u"},
      {"FROM t AS OF SNAPSHOT 1 ASOF JOIN u", "FROM t AT (VERSION => 1) ASOF JOIN u"},
  });
}

TEST(RewriteAsOf, WorksInJoinsSubqueriesAndSeveralStatements) {
  ExpectRewritten({
      {"SELECT * FROM t AS OF SNAPSHOT 1 a JOIN t AS OF TIMESTAMP 'x' b ON a.i = b.i",
       "SELECT * FROM t a AT (VERSION => 1) JOIN t b AT (TIMESTAMP => 'x') ON a.i = b.i"},
      {"WITH c AS (FROM t AS OF 'v1') SELECT (SELECT max(i) FROM t AS OF SNAPSHOT 2) FROM c",
       "WITH c AS (FROM t AT (VERSION => 'v1')) SELECT (SELECT max(i) FROM t AT (VERSION => 2)) "
       "FROM c"},
      {"EXPLAIN FROM t AS OF SNAPSHOT 1; PREPARE p AS FROM t AS OF SNAPSHOT ?",
       "EXPLAIN FROM t AT (VERSION => 1); PREPARE p AS FROM t AT (VERSION => ?)"},
      {"FROM a.b.\"my t\" AS OF SNAPSHOT 1, u", "FROM a.b.\"my t\" AT (VERSION => 1), u"},
  });
}

TEST(RewriteAsOf, LeavesStringsCommentsAndQuotedNamesAlone) {
  ExpectUnchanged({
      "SELECT 't AS OF SNAPSHOT 1'",
      "SELECT 'it''s AS OF SNAPSHOT 1'",
      "SELECT E'it\\'s AS OF SNAPSHOT 1'",
      "SELECT $$t AS OF SNAPSHOT 1$$, $q$ AS OF 'x' $q$",
      "SELECT \"t AS OF SNAPSHOT 1\"",
      "SELECT 1 -- t AS OF SNAPSHOT 1",
      "SELECT 1 /* t AS OF SNAPSHOT 1 */ -- /* t /* AS OF 'x'",
      "SELECT 'not closed AS OF SNAPSHOT 1",
  });
}

TEST(RewriteAsOf, LeavesOtherSqlAlone) {
  ExpectUnchanged({
      "",
      "SELECT a AS of FROM t",
      "SELECT a AS \"OF\", 'x'",
      "FROM t AS of",
      "FROM t ASOF JOIN u ON t.a >= u.a",
      "FROM t AT (VERSION => 3)",
      "SELECT a[1:2], 1.5e-3, .5, t.\"x\" FROM t WHERE a ~ 'b' -- end",
  });
}

TEST(RewriteAsOf, RefusesAClauseWithoutAValue) {
  for (const char* text : {"FROM t AS OF TIMESTAMP 2024", "FROM t AS OF SNAPSHOT 'v1'",
                           "FROM t AS OF SNAPSHOT", "FROM t AS OF TIMESTAMP now()"}) {
    auto rewritten = RewriteAsOf(text);
    EXPECT_TRUE(rewritten.status().IsInvalid()) << text;
    EXPECT_NE(rewritten.status().message().find("AS OF "), std::string::npos) << text;
  }
}

TEST(RewriteAsOf, DescribesATableAtATime) {
  ExpectRewritten({
      {"DESCRIBE t AS OF 'v1'", "DESCRIBE FROM t AT (VERSION => 'v1')"},
      {"SELECT 1; describe TABLE a.b.\"my t\" AS OF SNAPSHOT 1;",
       "SELECT 1; describe FROM a.b.\"my t\" AT (VERSION => 1);"},
      {"SUMMARIZE t AS OF SNAPSHOT 1", "SUMMARIZE FROM t AT (VERSION => 1)"},
      {"DESCRIBE FROM t AS OF 'v1'", "DESCRIBE FROM t AT (VERSION => 'v1')"},
  });
  ExpectUnchanged({"DESCRIBE t", "DESC t", "DESCRIBE SELECT a AS of FROM t", "SUMMARIZE t"});
}

TEST(RewriteAsOf, BlanksCommentsWithinComments) {
  const std::string comment = "/* a\n/* t AS OF SNAPSHOT 1 */ */";
  std::string blank(comment.size(), ' ');
  blank[4] = '\n';
  ExpectRewritten({
      {"SELECT 1 " + comment + ", 2", "SELECT 1 " + blank + ", 2"},
      {"FROM t" + comment + "AS OF 'x' -- end", "FROM t" + blank + "AT (VERSION => 'x') -- end"},
  });
  EXPECT_TRUE(RewriteAsOf("SELECT 1 /* a /* b */").status().IsInvalid());
}

// DuckDB's lexer would take minutes.
TEST(RewriteAsOf, TakesDeepCommentsAndRefusesLongOperators) {
  std::string deep;
  for (int i = 0; i < 100'000; ++i) deep += "/*";
  for (int i = 0; i < 100'000; ++i) deep += "*/";
  ExpectRewritten(
      {{"SELECT 1" + deep + "+ 1", "SELECT 1" + std::string(deep.size(), ' ') + "+ 1"}});
  EXPECT_TRUE(RewriteAsOf("SELECT 1 " + std::string(65, '+') + "1").status().IsInvalid());
  ExpectUnchanged({"SELECT 1 " + std::string(64, '+') + "1",
                   "SELECT '" + std::string(99, '+') + "'", "SELECT - - - - - - - 1"});
}

TEST(RewriteAsOf, TurnsShowInIntoShowFrom) {
  ExpectRewritten({
      {"SHOW TABLES IN artemis.sda", "SHOW TABLES FROM artemis.sda"},
      {"show tables in artemis.sda;", "show tables FROM artemis.sda;"},
      {"SELECT 1; SHOW ALL TABLES IN x", "SELECT 1; SHOW ALL TABLES FROM x"},
      {"SHOW SCHEMAS IN artemis", "SHOW SCHEMAS FROM artemis"},
  });
  ExpectUnchanged(
      {"SHOW TABLES", "SELECT show FROM tables WHERE tables IN (1)", "SHOW TABLES FROM x"});
}

}  // namespace
}  // namespace artemis
