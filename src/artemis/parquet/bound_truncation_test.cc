// Facts of truncated bounds.
#include "artemis/parquet/bound_truncation.h"

#include <gtest/gtest.h>

namespace artemis {
namespace {

TEST(BoundTruncation, ShortValuesStayExact) {
  EXPECT_EQ(TruncateStringLower("abc", 3), "abc");
  EXPECT_EQ(TruncateStringUpper("abc", 3), "abc");
  EXPECT_EQ(TruncateBinaryUpper("\xff\xff", 2), "\xff\xff");
  EXPECT_EQ(TruncateStringUpper("", 16), "");
}

TEST(BoundTruncation, ALongLowerBoundIsCut) {
  EXPECT_EQ(TruncateStringLower("abcd", 3), "abc");
  EXPECT_EQ(TruncateBinaryLower("abcd", 2), "ab");
}

TEST(BoundTruncation, ALongUpperBoundIsCutAndRaised) {
  EXPECT_EQ(TruncateStringUpper("abcd", 3), "abd");
  EXPECT_EQ(TruncateBinaryUpper("abcd", 2), "ac");
}

TEST(BoundTruncation, CharactersAreCountedNotBytes) {
  EXPECT_EQ(TruncateStringLower("äöüß", 2), "äö");
  EXPECT_EQ(TruncateStringUpper("äöüß", 2), "ä÷");
  EXPECT_EQ(TruncateStringUpper("€€€", 2), "€₭");  // U+20AC -> U+20AD
}

TEST(BoundTruncation, TheIncrementSkipsSurrogatesAndChangesLength) {
  EXPECT_EQ(TruncateStringUpper("\xED\x9F\xBFx", 1), "\xEE\x80\x80");  // U+D7FF -> U+E000
  EXPECT_EQ(TruncateStringUpper("\x7Fx", 1), "\xC2\x80");              // U+007F -> U+0080
  EXPECT_EQ(TruncateStringUpper("\xEF\xBF\xBFx", 1), "\xF0\x90\x80\x80");
}

TEST(BoundTruncation, TheLastCodePointIsDroppedAndTheOneBeforeRaised) {
  EXPECT_EQ(TruncateStringUpper("a\xF4\x8F\xBF\xBFx", 2), "b");
  EXPECT_EQ(TruncateStringUpper("\xF4\x8F\xBF\xBFx", 1), std::nullopt);
  EXPECT_EQ(TruncateBinaryUpper("a\xff\xff", 2), "b");
  EXPECT_EQ(TruncateBinaryUpper("\xff\xff\xff", 2), std::nullopt);
}

TEST(BoundTruncation, TextThatIsNotUtf8HasNoTruncatedUpperBound) {
  EXPECT_EQ(TruncateStringUpper("a\xFFzz", 2), std::nullopt);
  EXPECT_EQ(TruncateStringUpper("\xED\xA0\x80zz", 1), std::nullopt);  // a surrogate
}

}  // namespace
}  // namespace artemis
