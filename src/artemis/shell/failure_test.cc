// Marked lines and hints.
#include "artemis/shell/failure.h"

#include <algorithm>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "artemis/output/text_table.h"
#include "artemis/shell/keywords.h"

namespace artemis {
namespace {

TEST(MarkedLine, PutsTheMarkUnderTheToken) {
  EXPECT_EQ(MarkedLine("SELECT idd FROM t", 7, 80),
            "LINE 1: SELECT idd FROM t\n"
            "               ^^^\n");
  EXPECT_EQ(MarkedLine("SELECT 1\n  FORM x\n  WHERE y", 16, 80),
            "LINE 2:   FORM x\n"
            "               ^\n");
  EXPECT_EQ(MarkedLine("SELECT", 6, 80),
            "LINE 1: SELECT\n"
            "              ^\n");
}

TEST(MarkedLine, CountsColumnsOfTheScreen) {
  EXPECT_EQ(MarkedLine("SELECT '東京', x", 17, 80),
            "LINE 1: SELECT '東京', x\n"
            "                       ^\n");
  EXPECT_EQ(MarkedLine("\t x", 2, 80),
            "LINE 1: \\t x\n"
            "           ^\n");
}

TEST(MarkedLine, CutsLongLinesAroundThePlace) {
  const std::string sql = std::string(300, 'a') + " bad " + std::string(300, 'c');
  const std::string marked = MarkedLine(sql, 301, 80);
  const size_t line_break = marked.find('\n');
  EXPECT_LE(line_break, 80u);
  EXPECT_EQ(marked.find("bad"), marked.find('^') - line_break - 1);
}

TEST(KeywordHint, OffersTheKeywordNearby) {
  EXPECT_EQ(KeywordHint("SELECT 1 FORM x", 14), "did you mean FROM instead of FORM?");
  EXPECT_EQ(KeywordHint("selct 1", 0), "did you mean SELECT instead of selct?");
  EXPECT_EQ(KeywordHint("SELECT a FROM t WEHRE a = 1", 22), "did you mean WHERE instead of WEHRE?");
  EXPECT_EQ(KeywordHint("SELECT a b c", 11), std::nullopt);
  EXPECT_EQ(KeywordHint("", 0), std::nullopt);
}

TEST(SqlKeywords, AreSortedForSearching) {
  EXPECT_TRUE(std::is_sorted(SqlKeywords().begin(), SqlKeywords().end()));
  EXPECT_TRUE(std::is_sorted(SqlStatementWords().begin(), SqlStatementWords().end()));
  EXPECT_TRUE(IsSqlKeyword("select"));
  EXPECT_TRUE(IsReservedWord("Table"));
  EXPECT_FALSE(IsReservedWord("snapshot"));
}

}  // namespace
}  // namespace artemis
