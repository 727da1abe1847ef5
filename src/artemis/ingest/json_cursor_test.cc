// Facts of walking JSON: escapes, what is no JSON, and values that are passed over.
#include "artemis/ingest/json_cursor.h"

#include <gtest/gtest.h>

namespace artemis {
namespace {

arrow::Result<std::string> StringOf(const std::string& json) {
  JsonCursor cursor(json);
  ARROW_ASSIGN_OR_RAISE(const std::string_view text, cursor.String());
  const std::string copy(text);
  ARROW_RETURN_NOT_OK(cursor.End());
  return copy;
}

arrow::Status SkipWhole(const std::string& json) {
  JsonCursor cursor(json);
  ARROW_RETURN_NOT_OK(cursor.Skip());
  return cursor.End();
}

TEST(JsonCursor, UnescapesStrings) {
  EXPECT_EQ(*StringOf(R"("")"), "");
  EXPECT_EQ(*StringOf(R"( "plain, and longer than eight bytes" )"),
            "plain, and longer than eight bytes");
  EXPECT_EQ(*StringOf(R"("\"\\\/\b\f\n\r\t")"), "\"\\/\b\f\n\r\t");
  EXPECT_EQ(*StringOf(R"("A\u0041\u00e4\u20AC\ud83d\ude00z")"), "AAä€😀z");
  EXPECT_EQ(*StringOf(R"("12345678\u0000")"), std::string("12345678\0", 9));
  EXPECT_EQ(*StringOf("\"ä€😀 \x7F\""), "ä€😀 \x7F");
}

TEST(JsonCursor, RefusesBrokenStrings) {
  for (const std::string json :
       {"\"", "\"abc", "\"abcdefghijkl", "\"\\", "\"\\\"", "\"\\x\"", "\"\\u12\"", "\"\\u12g4\"",
        "\"\\ud800\"", "\"\\ud800\\u0041\"", "\"\\udc00\"", "\"\\ud800x\"", "\"a\nb\"",
        "\"12345678\x1f\"", "\"\\n\x01\"", "'a'", "\"a\"b"}) {
    EXPECT_TRUE(StringOf(json).status().IsInvalid()) << json;
  }
}

TEST(JsonCursor, PassesOverValues) {
  for (const char* json : {"1", "-1.5e3", "true", "null", "NaN", "\"x\"", "{}", "[]",
                           " [ 1 , [ ] , { } ] ", R"({"a":{"b":[1,"}",{"c":null}]},"d":"]"})"}) {
    EXPECT_TRUE(SkipWhole(json).ok()) << json << ": " << SkipWhole(json);
  }
}

TEST(JsonCursor, RefusesWhatIsNoJson) {
  for (const char* json : {"",
                           " ",
                           "{",
                           "[",
                           "}",
                           "]",
                           "{]",
                           "[}",
                           "[1,]",
                           "[,1]",
                           "[1 2]",
                           "[1,,2]",
                           "{,}",
                           "{\"a\"}",
                           "{\"a\":}",
                           "{\"a\":1,}",
                           "{\"a\":1 \"b\":2}",
                           "{a:1}",
                           "{1:2}",
                           "nul",
                           "01",
                           "1.",
                           "tru",
                           "[1]]",
                           "{} {}",
                           "1 2",
                           ",",
                           ":",
                           "[\"a\":1]",
                           "--1",
                           "+1",
                           "1a"}) {
    EXPECT_TRUE(SkipWhole(json).IsInvalid()) << json;
  }
}

TEST(JsonCursor, LimitsNesting) {
  const auto nested = [](size_t depth) {
    return std::string(depth, '[') + std::string(depth, ']');
  };
  EXPECT_TRUE(SkipWhole(nested(JsonCursor::kDepthMax)).ok());
  EXPECT_TRUE(SkipWhole(nested(JsonCursor::kDepthMax + 2)).IsInvalid());
  EXPECT_TRUE(SkipWhole(std::string(1'000'000, '[')).IsInvalid());
}

}  // namespace
}  // namespace artemis
