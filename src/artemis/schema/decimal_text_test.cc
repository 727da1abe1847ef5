// Tests of schema/decimal_text.h.
#include "artemis/schema/decimal_text.h"

#include <gtest/gtest.h>

namespace artemis {
namespace {

using arrow::Decimal128;

TEST(DecimalToBytes, UsesTheFewestBytesThatKeepTheSign) {
  const std::pair<int64_t, std::string> cases[] = {{0, std::string(1, '\0')},
                                                   {1, "\x01"},
                                                   {127, "\x7F"},
                                                   {128, std::string("\x00\x80", 2)},
                                                   {-1, "\xFF"},
                                                   {-128, "\x80"},
                                                   {-129, "\xFF\x7F"},
                                                   {1420, "\x05\x8C"},
                                                   {-32768, std::string("\x80\x00", 2)}};
  for (const auto& [value, bytes] : cases) {
    EXPECT_EQ(DecimalToBytes(Decimal128(value)), bytes) << value;
    EXPECT_EQ(DecimalFromBytes(bytes), Decimal128(value)) << value;
  }
}

TEST(DecimalToBytes, TakesSixteenBytesForTheGreatestValue) {
  const Decimal128 greatest = Decimal128::GetMaxValue(38);
  EXPECT_EQ(DecimalToBytes(greatest).size(), 16u);
  EXPECT_EQ(DecimalFromBytes(DecimalToBytes(greatest)), greatest);
  EXPECT_EQ(DecimalFromBytes(DecimalToBytes(-greatest)), -greatest);
}

TEST(DecimalFromBytes, AcceptsSignExtensionAndRefusesOtherLengths) {
  EXPECT_EQ(DecimalFromBytes("\xFF\xFF\xFF\xFF"), Decimal128(-1));
  EXPECT_EQ(DecimalFromBytes(""), std::nullopt);
  EXPECT_EQ(DecimalFromBytes(std::string(17, '\0')), std::nullopt);
}

TEST(FormatDecimal, WritesPlainDigits) {
  EXPECT_EQ(FormatDecimal(Decimal128(1420), 2), "14.20");
  EXPECT_EQ(FormatDecimal(Decimal128(-5), 3), "-0.005");
  EXPECT_EQ(FormatDecimal(Decimal128(0), 2), "0.00");
  EXPECT_EQ(FormatDecimal(Decimal128(1), 10), "0.0000000001");
  EXPECT_EQ(FormatDecimal(Decimal128(7), 0), "7");
}

TEST(ParseDecimal, ScalesUpButNeverLosesDigits) {
  EXPECT_EQ(ParseDecimal("14.2", 9, 2), Decimal128(1420));
  EXPECT_EQ(ParseDecimal("-0.05", 9, 2), Decimal128(-5));
  EXPECT_EQ(ParseDecimal("1e3", 9, 2), Decimal128(100'000));
  EXPECT_EQ(ParseDecimal("14.200", 9, 2), Decimal128(1420));
  EXPECT_EQ(ParseDecimal("14.205", 9, 2), std::nullopt);
  EXPECT_EQ(ParseDecimal("12345678.00", 9, 2), std::nullopt);
  EXPECT_EQ(ParseDecimal("x", 9, 2), std::nullopt);
  EXPECT_EQ(ParseDecimal("", 9, 2), std::nullopt);
}

}  // namespace
}  // namespace artemis
