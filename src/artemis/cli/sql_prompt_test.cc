// Where a statement ends.
#include "artemis/cli/sql_prompt.h"

#include <gtest/gtest.h>

namespace artemis {
namespace {

TEST(EndsStatement, AtASemicolonOutsideQuotesAndComments) {
  EXPECT_TRUE(EndsStatement("SELECT 1;"));
  EXPECT_TRUE(EndsStatement("SELECT 1 ; \n\t"));
  EXPECT_TRUE(EndsStatement("SELECT 1; -- done"));
  EXPECT_TRUE(EndsStatement("SELECT 1; /* done */"));
  EXPECT_TRUE(EndsStatement("SELECT ';''';"));
  EXPECT_TRUE(EndsStatement("SELECT 1; SELECT 2;"));
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
}

}  // namespace
}  // namespace artemis
