// Tests of schema/binary_text.h.
#include "artemis/schema/binary_text.h"

#include <gtest/gtest.h>

namespace artemis {
namespace {

TEST(HexText, IsLowerCaseAndReadsBack) {
  const std::string bytes("\x00\x0a\xff\x7f", 4);
  EXPECT_EQ(HexText(bytes), "000aff7f");
  EXPECT_EQ(BytesFromHex("000aFF7f"), bytes);
  EXPECT_EQ(BytesFromHex(""), "");
  EXPECT_EQ(BytesFromHex("0"), std::nullopt);
  EXPECT_EQ(BytesFromHex("0g"), std::nullopt);
}

TEST(UuidText, ReadsBack) {
  const std::string text = "f79c3e09-677c-4bbd-a479-3f349cb785e7";
  const auto bytes = UuidFromText(text);
  ASSERT_TRUE(bytes);
  EXPECT_EQ(bytes->size(), 16u);
  EXPECT_EQ(static_cast<uint8_t>((*bytes)[0]), 0xF7);
  EXPECT_EQ(UuidText(*bytes), text);
}

TEST(UuidFromText, RefusesOtherShapes) {
  for (const char* text :
       {"", "f79c3e09677c4bbda4793f349cb785e7", "f79c3e09-677c-4bbd-a479-3f349cb785e",
        "f79c3e096-77c-4bbd-a479-3f349cb785e7", "g79c3e09-677c-4bbd-a479-3f349cb785e7"}) {
    EXPECT_FALSE(UuidFromText(text)) << text;
  }
}

}  // namespace
}  // namespace artemis
