// Tables of text.
#include "artemis/cli/text_table.h"

#include <gtest/gtest.h>

namespace artemis {
namespace {

TEST(DisplayWidth, CountsCodePoints) {
  EXPECT_EQ(DisplayWidth(""), 0u);
  EXPECT_EQ(DisplayWidth("abc"), 3u);
  EXPECT_EQ(DisplayWidth("münchen"), 7u);
  EXPECT_EQ(DisplayWidth("\xF0\x9F\x9A\x80"), 1u);
}

TEST(DisplayCell, CutsAtCodePointsAndSaysSo) {
  EXPECT_EQ(DisplayCell("abcd", 4), "abcd");
  EXPECT_EQ(DisplayCell("abcde", 4), "abc…");
  EXPECT_EQ(DisplayCell("ääääääää", 3), "ää…");
}

TEST(DisplayCell, StaysOnOneLine) {
  EXPECT_EQ(DisplayCell("a\nb\tc\rd", 20), "a\\nb\\tc\\rd");
  EXPECT_EQ(DisplayCell("\x1b[2J", 20), "\\x1b[2J");
}

TEST(TextTableLayout, PadsAllButTheLastCell) {
  TextTableLayout layout;
  layout.right_aligned = {false, true, false};
  layout.Fit({"a", "12", "x"});
  layout.Fit({"bbb", "3", "yy"});
  std::string text;
  layout.AppendRow({"a", "3", "x"}, &text);
  layout.AppendRule(&text);
  EXPECT_EQ(text, "a     3  x\n---  --  --\n");
}

}  // namespace
}  // namespace artemis
