// Facts of reading single values: what each type takes, and what it refuses rather than bends.
#include "artemis/ingest/text_value.h"

#include <cmath>
#include <limits>

#include <gtest/gtest.h>

namespace artemis {
namespace {

using Unit = arrow::TimeUnit;

template <typename T>
void ExpectRefused(const arrow::Result<T>& result, const std::string& expected,
                   const std::string& found) {
  ASSERT_TRUE(result.status().IsInvalid()) << result.status();
  EXPECT_NE(result.status().message().find("expected " + expected), std::string::npos)
      << result.status();
  EXPECT_NE(result.status().message().find("found " + found), std::string::npos) << result.status();
}

TEST(WholeText, TakesTheWholeRangeAndNoMore) {
  const auto number = Spelling::kNumber;
  EXPECT_EQ(*ParseWholeText<int64_t>("9223372036854775807", number), INT64_MAX);
  EXPECT_EQ(*ParseWholeText<int64_t>("-9223372036854775808", number), INT64_MIN);
  EXPECT_EQ(*ParseWholeText<uint64_t>("18446744073709551615", number), UINT64_MAX);
  EXPECT_EQ(*ParseWholeText<int8_t>("-128", number), -128);
  EXPECT_EQ(*ParseWholeText<uint8_t>("255", number), 255);
  EXPECT_EQ(*ParseWholeText<uint8_t>("-0", number), 0);
  EXPECT_EQ(*ParseWholeText<int32_t>("12", Spelling::kString), 12);
  EXPECT_EQ(*ParseWholeText<int32_t>("+12", Spelling::kPlain), 12);
  ExpectRefused(ParseWholeText<int64_t>("9223372036854775808", number), "a whole number",
                "9223372036854775808");
  ExpectRefused(ParseWholeText<uint64_t>("18446744073709551616", number), "a whole number from 0",
                "18446744073709551616");
  ExpectRefused(ParseWholeText<int32_t>("2147483648", number),
                "a whole number from -2147483648 to 2147483647", "2147483648");
  ExpectRefused(ParseWholeText<uint8_t>("-1", number), "a whole number from 0 to 255", "-1");
}

TEST(WholeText, RefusesWhatIsNoWholeNumber) {
  for (const char* text : {"1.0", "1e3", "", " 1", "1 ", "0x10", "--1", "+-1", "one"}) {
    EXPECT_FALSE(ParseWholeText<int64_t>(text, Spelling::kPlain).ok()) << text;
  }
  ExpectRefused(ParseWholeText<int64_t>("true", Spelling::kBoolean), "a whole number", "true");
}

TEST(FloatText, ReadsNumbersToTheNearest) {
  EXPECT_EQ(*ParseFloatText<double>("0.1", Spelling::kNumber), 0.1);
  EXPECT_EQ(*ParseFloatText<double>("-1.5e300", Spelling::kNumber), -1.5e300);
  EXPECT_EQ(*ParseFloatText<double>("5e-324", Spelling::kNumber),
            std::numeric_limits<double>::denorm_min());
  EXPECT_EQ(*ParseFloatText<double>("1e-400", Spelling::kNumber), 0.0);
  EXPECT_TRUE(std::signbit(*ParseFloatText<double>("-0.0", Spelling::kNumber)));
  EXPECT_EQ(*ParseFloatText<float>("0.1", Spelling::kNumber), 0.1F);
  EXPECT_EQ(*ParseFloatText<double>("1.5", Spelling::kString), 1.5);
}

TEST(FloatText, ReadsWhatIsNotFinite) {
  for (const char* text : {"NaN", "nan"}) {
    EXPECT_TRUE(std::isnan(*ParseFloatText<double>(text, Spelling::kString))) << text;
  }
  for (const char* text : {"Infinity", "inf", "+inf", "+Infinity"}) {
    EXPECT_EQ(*ParseFloatText<double>(text, Spelling::kString),
              std::numeric_limits<double>::infinity());
  }
  EXPECT_EQ(*ParseFloatText<float>("-Infinity", Spelling::kPlain),
            -std::numeric_limits<float>::infinity());
}

TEST(FloatText, RefusesWhatIsOutOfRangeOrNoNumber) {
  ExpectRefused(ParseFloatText<double>("1e400", Spelling::kNumber),
                "a number in the column's range", "1e400");
  ExpectRefused(ParseFloatText<float>("1e39", Spelling::kNumber), "a number in the column's range",
                "1e39");
  for (const char* text : {"", "-", "x", "1,5", "1.5x", "0x1p3", "infinite", "nan(1)", "-nan"}) {
    ExpectRefused(ParseFloatText<double>(text, Spelling::kString), "a number",
                  "'" + std::string(text));
  }
}

TEST(FloatText, KeepsWholeNumbersExactly) {
  EXPECT_EQ(*ParseFloatText<double>("9007199254740992", Spelling::kNumber), 9007199254740992.0);
  ExpectRefused(ParseFloatText<double>("9007199254740993", Spelling::kNumber),
                "a whole number that the column's type holds exactly", "9007199254740993");
  ExpectRefused(ParseFloatText<double>("-18014398509481985", Spelling::kNumber), "a whole number",
                "-18014398509481985");
  EXPECT_EQ(*ParseFloatText<float>("16777216", Spelling::kNumber), 16777216.0F);
  ExpectRefused(ParseFloatText<float>("16777217", Spelling::kNumber), "a whole number", "16777217");
  // 2^70 exactly, and 1.2345678901234568e20 in the digits that JavaScript writes for it.
  EXPECT_EQ(*ParseFloatText<double>("1180591620717411303424", Spelling::kNumber), 0x1p70);
  EXPECT_EQ(*ParseFloatText<double>("123456789012345680000", Spelling::kNumber),
            123456789012345680000.0);
}

TEST(DecimalText, KeepsEveryDigitOrRefuses) {
  const auto value = [](const char* text) {
    return ParseDecimalText(text, Spelling::kNumber, 9, 2);
  };
  EXPECT_EQ(*value("1.23"), arrow::Decimal128(123));
  EXPECT_EQ(*value("-1.2300"), arrow::Decimal128(-123));
  EXPECT_EQ(*value("12e1"), arrow::Decimal128(12000));
  EXPECT_EQ(*value("9999999.99"), arrow::Decimal128(999999999));
  ExpectRefused(value("1.234"), "a number of at most 9 digits, 2 of them decimals", "1.234");
  ExpectRefused(value("10000000"), "a number of at most 9 digits", "10000000");
  ExpectRefused(value("x"), "a number", "x");
  const std::string digits = "12345678901234567890123456789012345678";
  EXPECT_EQ(ParseDecimalText(digits, Spelling::kString, 38, 0)->ToIntegerString(), digits);
}

TEST(BooleanText, TakesTrueAndFalse) {
  EXPECT_TRUE(*ParseBooleanText("true", Spelling::kBoolean));
  EXPECT_FALSE(*ParseBooleanText("FALSE", Spelling::kPlain));
  ExpectRefused(ParseBooleanText("1", Spelling::kNumber), "true or false", "1");
  ExpectRefused(ParseBooleanText("yes", Spelling::kPlain), "true or false", "'yes'");
}

TEST(DateText, TakesIsoDates) {
  EXPECT_EQ(*ParseDateText("1970-01-02", Spelling::kString), 1);
  EXPECT_EQ(*ParseDateText("1969-12-31", Spelling::kString), -1);
  ExpectRefused(ParseDateText("2024-02-30", Spelling::kString), "a date", "'2024-02-30'");
  ExpectRefused(ParseDateText("2024-03-15T00:00:00Z", Spelling::kString), "a date", "'2024");
  ExpectRefused(ParseDateText("19000", Spelling::kNumber), "a date", "19000");
}

TEST(TimeText, CountsFromMidnight) {
  EXPECT_EQ(*ParseTimeText("00:00:01.000002", Spelling::kString, Unit::MICRO, false), 1'000'002);
  EXPECT_EQ(*ParseTimeText("07:00", Spelling::kString, Unit::SECOND, false), 25'200);
  ExpectRefused(ParseTimeText("24:00:00", Spelling::kString, Unit::MICRO, false), "a time", "'24:");
  ExpectRefused(ParseTimeText("00:00:00.0000001", Spelling::kString, Unit::MICRO, false),
                "whole us", "'00:");
  EXPECT_EQ(*ParseTimeText("00:00:00.0000019", Spelling::kString, Unit::MICRO, true), 1);
}

TEST(TimestampText, ReadsRfc3339) {
  const TimestampTextType zoned{Unit::MICRO, true, Unit::MICRO, false};
  const TimestampTextType local{Unit::MICRO, false, Unit::MICRO, false};
  const auto text = Spelling::kString;
  EXPECT_EQ(*ParseTimestampText("1970-01-01T00:00:01.5Z", text, zoned), 1'500'000);
  EXPECT_EQ(*ParseTimestampText("1970-01-01T01:00:00+01:00", text, zoned), 0);
  EXPECT_EQ(*ParseTimestampText("1969-12-31T23:59:59.999999Z", text, zoned), -1);
  EXPECT_EQ(*ParseTimestampText("1970-01-01 00:00:01", text, local), 1'000'000);
  EXPECT_EQ(*ParseTimestampText("1970-01-01T01:00:00+01:00", text, local), 0);
  ExpectRefused(ParseTimestampText("1970-01-01T00:00:01", text, zoned), "a time with its zone",
                "'1970-01-01T00:00:01'");
  ExpectRefused(ParseTimestampText("1970-01-01", text, local), "a time", "'1970-01-01'");
  ExpectRefused(ParseTimestampText("yesterday", text, local), "a time", "'yesterday'");
}

TEST(TimestampText, RefusesWhatIsFinerThanTheColumnUnlessToldToCut) {
  TimestampTextType micros{Unit::MICRO, true, Unit::MICRO, false};
  const auto text = Spelling::kString;
  EXPECT_EQ(*ParseTimestampText("1970-01-01T00:00:00.000001000Z", text, micros), 1);
  const auto refused = ParseTimestampText("1970-01-01T00:00:00.000001001Z", text, micros);
  ExpectRefused(refused, "whole us", "'1970");
  EXPECT_NE(refused.status().message().find("--truncate-timestamps"), std::string::npos);
  micros.truncate = true;
  EXPECT_EQ(*ParseTimestampText("1970-01-01T00:00:00.000001999Z", text, micros), 1);
  EXPECT_EQ(*ParseTimestampText("1969-12-31T23:59:59.999999999Z", text, micros), -1);
  const TimestampTextType nanos{Unit::NANO, true, Unit::NANO, false};
  EXPECT_EQ(*ParseTimestampText("1970-01-01T00:00:00.000001001Z", text, nanos), 1001);
  ExpectRefused(ParseTimestampText("2300-01-01T00:00:00Z", text, nanos),
                "a time in the column's range", "'2300");
}

TEST(TimestampText, ReadsNumbersInTheEpochUnit) {
  const auto number = Spelling::kNumber;
  const auto type = [](Unit::type unit, Unit::type epoch) {
    return TimestampTextType{unit, true, epoch, false};
  };
  EXPECT_EQ(*ParseTimestampText("1710486000", number, type(Unit::MICRO, Unit::SECOND)),
            1'710'486'000'000'000);
  EXPECT_EQ(*ParseTimestampText("1710486000.25", number, type(Unit::MICRO, Unit::SECOND)),
            1'710'486'000'250'000);
  EXPECT_EQ(*ParseTimestampText("-1.5", number, type(Unit::MICRO, Unit::MILLI)), -1500);
  EXPECT_EQ(*ParseTimestampText("1710486000000000000", number, type(Unit::MICRO, Unit::NANO)),
            1'710'486'000'000'000);
  EXPECT_EQ(*ParseTimestampText("12", Spelling::kPlain, type(Unit::MICRO, Unit::MICRO)), 12);
  ExpectRefused(ParseTimestampText("1", number, type(Unit::MICRO, Unit::NANO)), "whole us", "1");
  // The year 56,173: nanoseconds taken for microseconds.
  ExpectRefused(ParseTimestampText("1710486000000000000", number, type(Unit::MICRO, Unit::MICRO)),
                "RFC 3339", "1710486000000000000");
  for (const char* text : {"1e9", "1.", "99999999999999999999", "1.0000000001"}) {
    EXPECT_FALSE(ParseTimestampText(text, number, type(Unit::NANO, Unit::SECOND)).ok()) << text;
  }
}

TEST(BinaryText, ReadsHexBase64AndUuids) {
  EXPECT_EQ(*ParseBinaryText("0x0aFF", Spelling::kString, BinaryText::kHex, -1), "\x0A\xFF");
  EXPECT_EQ(*ParseBinaryText("", Spelling::kString, BinaryText::kHex, -1), "");
  // RFC 4648, section 10.
  EXPECT_EQ(*ParseBinaryText("Zm9vYg==", Spelling::kString, BinaryText::kBase64, -1), "foob");
  EXPECT_EQ(*ParseBinaryText("Zm9vYmE=", Spelling::kString, BinaryText::kBase64, -1), "fooba");
  EXPECT_EQ(*ParseBinaryText("Zm9vYmFy", Spelling::kString, BinaryText::kBase64, -1), "foobar");
  EXPECT_EQ(*ParseBinaryText("30313233-3435-3637-3839-616263646566", Spelling::kString,
                             BinaryText::kBase64, 16),
            "0123456789abcdef");
  for (const char* text : {"abc", "0x0g", "zz"}) {
    ExpectRefused(ParseBinaryText(text, Spelling::kString, BinaryText::kHex, -1), "bytes as hex",
                  "'" + std::string(text));
  }
  for (const char* text : {"Zm9vY", "Zm=v", "Zm9vYh==", "Zm9 "}) {
    EXPECT_FALSE(ParseBinaryText(text, Spelling::kString, BinaryText::kBase64, -1).ok()) << text;
  }
  ExpectRefused(ParseBinaryText("0a0b", Spelling::kString, BinaryText::kHex, 3), "3 bytes",
                "'0a0b'");
  ExpectRefused(ParseBinaryText("12", Spelling::kNumber, BinaryText::kHex, -1), "bytes", "12");
}

TEST(JsonNumber, FollowsTheGrammar) {
  for (const char* text : {"0", "-0", "10", "1.5", "1e5", "1E+5", "-1.25e-10"}) {
    EXPECT_TRUE(IsJsonNumber(text)) << text;
  }
  for (const char* text :
       {"", "-", "01", "1.", ".5", "+1", "1e", "1e+", "1x", "NaN", "0x1", "1 "}) {
    EXPECT_FALSE(IsJsonNumber(text)) << text;
  }
}

TEST(ShownValue, IsOneShortLine) {
  EXPECT_EQ(ShownValue("a\nb", Spelling::kString), R"('a\nb')");
  EXPECT_EQ(ShownValue("12", Spelling::kNumber), "12");
  const std::string shown = ShownValue(std::string(59, 'x') + "ää", Spelling::kString);
  EXPECT_EQ(shown, "'" + std::string(59, 'x') + "…'");
}

}  // namespace
}  // namespace artemis
