// Tables of text.
#include "artemis/output/text_table.h"

#include <gtest/gtest.h>

namespace artemis {
namespace {

TEST(CodePoints, AreNotBytes) {
  EXPECT_EQ(CodePoints(""), 0u);
  EXPECT_EQ(CodePoints("münchen"), 7u);
}

TEST(DisplayWidth, IsOfColumnsOnTheScreen) {
  EXPECT_EQ(DisplayWidth(""), 0u);
  EXPECT_EQ(DisplayWidth("abc"), 3u);
  EXPECT_EQ(DisplayWidth("münchen"), 7u);
  EXPECT_EQ(DisplayWidth("東京"), 4u);
  EXPECT_EQ(DisplayWidth("\xF0\x9F\x9A\x80"), 2u);  // a rocket
  EXPECT_EQ(DisplayWidth("e\xCC\x81"), 1u);         // e and a combining acute accent
}

TEST(Printable, ShowsWhatATerminalWouldObey) {
  EXPECT_EQ(Printable("\x1b]0;title\x07"), "\\x1b]0;title\\x07");
  EXPECT_EQ(Printable("\x7f"), "\\x7f");
  EXPECT_EQ(Printable("\xC2\x9B"
                      "2J"),
            "\\u{9b}2J");  // CSI in one character
  EXPECT_EQ(Printable("\xE2\x80\xAE"
                      "abc"),
            "\\u{202e}abc");  // right-to-left override
  EXPECT_EQ(Printable(std::string_view("\0", 1)), "\\x00");
}

TEST(Printable, ShowsBytesThatAreNoText) {
  EXPECT_EQ(Printable("a\xFF"
                      "b"),
            "a\\xffb");
  EXPECT_EQ(Printable("\xC0\xAF"), "\\xc0\\xaf");  // overlong
  EXPECT_EQ(Printable("\xE2\x82"), "\\xe2\\x82");  // cut off
}

TEST(Printable, KeepsTextAndWhatItIsToldTo) {
  EXPECT_EQ(Printable("grüße 東京"), "grüße 東京");
  EXPECT_EQ(Printable("a\n\tb\r", "\n\t"), "a\n\tb\\r");
}

TEST(DisplayCell, CutsAtCodePointsAndSaysSo) {
  EXPECT_EQ(DisplayCell("abcd", 4), "abcd");
  EXPECT_EQ(DisplayCell("abcde", 4), "abc…");
  EXPECT_EQ(DisplayCell("ääääääää", 3), "ää…");
  EXPECT_EQ(DisplayCell("東京都", 5), "東京…");
  EXPECT_EQ(DisplayCell("東京都", 4), "東…");
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
