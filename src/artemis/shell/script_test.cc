// Scripts taken apart, and where a statement ends.
#include "artemis/shell/script.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace artemis {
namespace {

using ::testing::ElementsAre;
using Kind = ScriptItem::Kind;

TEST(SplitScript, PartsStatementsAtTheirSemicolons) {
  EXPECT_THAT(SplitScript("SELECT 1; \n\nSELECT 2"),
              ElementsAre(ScriptItem{Kind::kStatement, "SELECT 1", 0, 1},
                          ScriptItem{Kind::kStatement, "SELECT 2", 12, 3}));
  EXPECT_THAT(SplitScript(""), ElementsAre());
  EXPECT_THAT(SplitScript(" ;; -- nothing\n;"), ElementsAre());
}

TEST(SplitScript, LeavesSemicolonsInStringsNamesAndCommentsAlone) {
  const std::string quoted =
      "SELECT ';', 'it''s;', E'\\';', $$;$$, $tag$;$$;$tag$, \";\" /* ; /* ; */ ; */ FROM t";
  EXPECT_THAT(SplitScript(quoted), ElementsAre(ScriptItem{Kind::kStatement, quoted, 0, 1}));
}

TEST(SplitScript, StartsAStatementAtItsFirstWord) {
  EXPECT_THAT(SplitScript("-- a note\n/* more\n */  SELECT 1;"),
              ElementsAre(ScriptItem{Kind::kStatement, "SELECT 1", 23, 3}));
}

TEST(SplitScript, TakesALineWithADotForACommand) {
  EXPECT_THAT(SplitScript(".mode csv\nSELECT 1;\n  .read it's here.sql\nSELECT 2;"),
              ElementsAre(ScriptItem{Kind::kDotCommand, ".mode csv", 0, 1},
                          ScriptItem{Kind::kStatement, "SELECT 1", 10, 2},
                          ScriptItem{Kind::kDotCommand, ".read it's here.sql", 22, 3},
                          ScriptItem{Kind::kStatement, "SELECT 2", 42, 4}));
}

TEST(SplitScript, TakesNoDotWithinAStatementForACommand) {
  EXPECT_THAT(SplitScript("SELECT t\n.id FROM t;"),
              ElementsAre(ScriptItem{Kind::kStatement, "SELECT t\n.id FROM t", 0, 1}));
}

TEST(OpenPartOf, NamesWhatIsToBeClosed) {
  EXPECT_EQ(OpenPartOf(""), OpenPart::kNothing);
  EXPECT_EQ(OpenPartOf("SELECT 1;"), OpenPart::kNothing);
  EXPECT_EQ(OpenPartOf("-- only a comment"), OpenPart::kNothing);
  EXPECT_EQ(OpenPartOf("SELECT 1"), OpenPart::kStatement);
  EXPECT_EQ(OpenPartOf("SELECT (1"), OpenPart::kParenthesis);
  EXPECT_EQ(OpenPartOf("SELECT '(;"), OpenPart::kString);
  EXPECT_EQ(OpenPartOf("SELECT $$ ;"), OpenPart::kString);
  EXPECT_EQ(OpenPartOf("SELECT \"a;"), OpenPart::kName);
  EXPECT_EQ(OpenPartOf("SELECT 1 /* ;"), OpenPart::kComment);
  EXPECT_EQ(OpenPartOf("/*"), OpenPart::kComment);
}

TEST(EndsStatement, AtASemicolonOutsideQuotesAndComments) {
  EXPECT_TRUE(EndsStatement("SELECT 1;"));
  EXPECT_TRUE(EndsStatement("SELECT 1 ; \n\t"));
  EXPECT_TRUE(EndsStatement("SELECT 1; -- done"));
  EXPECT_TRUE(EndsStatement("SELECT 1; /* done */"));
  EXPECT_TRUE(EndsStatement("SELECT ';''';"));
  EXPECT_TRUE(EndsStatement("SELECT 1; SELECT 2;"));
  EXPECT_TRUE(EndsStatement("SELECT $a$ ' $a$;"));
}

TEST(EndsStatement, NotInTheMiddle) {
  EXPECT_FALSE(EndsStatement(""));
  EXPECT_FALSE(EndsStatement("SELECT 1"));
  EXPECT_FALSE(EndsStatement("SELECT ';"));
  EXPECT_FALSE(EndsStatement("SELECT ';'"));
  EXPECT_FALSE(EndsStatement("SELECT \"a;\""));
  EXPECT_FALSE(EndsStatement("SELECT 1 -- ;"));
  EXPECT_FALSE(EndsStatement("SELECT 1 /* ;"));
  EXPECT_FALSE(EndsStatement("SELECT 1 /* ; */"));
  EXPECT_FALSE(EndsStatement("SELECT 1; SELECT 2"));
  EXPECT_FALSE(EndsStatement("SELECT $a$ ;"));
}

TEST(PlaceOf, CountsLinesAndCodePoints) {
  EXPECT_EQ(PlaceOf("SELECT 1", 7), (TextPlace{1, 8}));
  EXPECT_EQ(PlaceOf("a\nbc\nd", 3), (TextPlace{2, 2}));
  EXPECT_EQ(PlaceOf("'ü' x", 5), (TextPlace{1, 5}));
}

}  // namespace
}  // namespace artemis
