// Tests of base/time_text.h.
#include "artemis/base/time_text.h"

#include <gtest/gtest.h>

namespace artemis {
namespace {

// 2024-03-15T07:00:00Z.
constexpr int64_t kNowMs = 1'710'486'000'000;
constexpr int64_t kHourMs = 3'600'000;

ParseTimeOptions At(std::optional<std::string> timezone = {}) {
  return {TimestampMs(kNowMs), std::move(timezone)};
}

int64_t ParsedMs(std::string_view text, const ParseTimeOptions& options = At()) {
  const auto time = ParseTime(text, options);
  EXPECT_TRUE(time.ok()) << time.status().ToString();
  return time.ok() ? time->value : INT64_MIN;
}

TEST(ParseTime, ReadsRfc3339WithAZone) {
  EXPECT_EQ(ParsedMs("2024-03-15T07:00:00Z"), kNowMs);
  EXPECT_EQ(ParsedMs("2024-03-15T08:00:00+01:00"), kNowMs);
  EXPECT_EQ(ParsedMs("2024-03-15T08:00:00+01:00", At("America/New_York")), kNowMs);
}

TEST(ParseTime, CutsFractionsToMilliseconds) {
  EXPECT_EQ(ParsedMs("2024-03-15T07:00:00.9999Z"), kNowMs + 999);
  EXPECT_EQ(ParsedMs("1969-12-31T23:59:59.0009Z"), -1'000);
}

TEST(ParseTime, ReadsEpochMillisecondsAndNow) {
  EXPECT_EQ(ParsedMs("1710486000000"), kNowMs);
  EXPECT_EQ(ParsedMs("-1"), -1);
  EXPECT_EQ(ParsedMs("0"), 0);
  EXPECT_EQ(ParsedMs("now"), kNowMs);
}

TEST(ParseTime, ReadsRelativeForms) {
  EXPECT_EQ(ParsedMs("-2h"), kNowMs - 2 * kHourMs);
  EXPECT_EQ(ParsedMs("-30m"), kNowMs - kHourMs / 2);
  EXPECT_EQ(ParsedMs("-7d"), kNowMs - 7 * 24 * kHourMs);
  EXPECT_EQ(ParsedMs("-90s"), kNowMs - 90'000);
  EXPECT_EQ(ParsedMs("-1d12h"), kNowMs - 36 * kHourMs);
  EXPECT_EQ(ParsedMs("-1w"), kNowMs - 7 * 24 * kHourMs);
}

TEST(ParseTime, TakesTheZoneFromTheOptionWhenTheTextHasNone) {
  EXPECT_EQ(ParsedMs("2024-03-15T08:00:00", At("Europe/Berlin")), kNowMs);
  EXPECT_EQ(ParsedMs("2023-07-01T09:00:00", At("Europe/Berlin")), 1'688'194'800'000);
  EXPECT_EQ(ParsedMs("2024-03-15T09:00:00", At("+02:00")), kNowMs);
  EXPECT_EQ(ParsedMs("2024-03-15", At("Z")), kNowMs - 7 * kHourMs);
}

TEST(ParseTime, RefusesLocalTimesThatDoNotExistOrExistTwice) {
  const auto skipped = ParseTime("2023-03-26T02:30:00", At("Europe/Berlin"));
  ASSERT_FALSE(skipped.ok());
  EXPECT_NE(skipped.status().message().find("skips"), std::string::npos);
  const auto twice = ParseTime("2023-10-29T02:30:00", At("Europe/Berlin"));
  ASSERT_FALSE(twice.ok());
  EXPECT_NE(twice.status().message().find("twice"), std::string::npos);
}

TEST(ParseTime, RefusesMoreThanAMinuteAhead) {
  EXPECT_EQ(ParsedMs("2024-03-15T07:01:00Z"), kNowMs + 60'000);
  const auto late = ParseTime("2024-03-15T07:01:00.001Z", At());
  ASSERT_FALSE(late.ok());
  EXPECT_NE(late.status().message().find("future"), std::string::npos);
  EXPECT_FALSE(ParseTime("9223372036854775807", At()).ok());
}

TEST(ParseTime, NamesTheTextAndTheAcceptedForms) {
  for (const char* text : {"", "yesterday", "2024-03-15T07:00:00", "2024-03-15", "+2h", "2h", "-",
                           "-2x", "-2h3d", "-1h1h", "-h", "--2h", "-99999999999999999d",
                           "2024-02-30T00:00:00Z", "99999999999999999999"}) {
    const auto time = ParseTime(text, At());
    ASSERT_FALSE(time.ok()) << text;
    EXPECT_TRUE(time.status().IsInvalid());
    EXPECT_NE(time.status().message().find("'" + std::string(text) + "'"), std::string::npos);
    EXPECT_NE(time.status().message().find("RFC 3339"), std::string::npos);
  }
}

TEST(ParseTime, NamesAnUnknownZone) {
  const auto time = ParseTime("2024-03-15T07:00:00", At("Mars/Olympus"));
  ASSERT_FALSE(time.ok());
  EXPECT_NE(time.status().message().find("Mars/Olympus"), std::string::npos);
}

TEST(FormatTime, IsUtcWithMilliseconds) {
  EXPECT_EQ(FormatTime(TimestampMs(kNowMs)), "2024-03-15T07:00:00.000Z");
  EXPECT_EQ(FormatTime(TimestampMs(-1)), "1969-12-31T23:59:59.999Z");
}

TEST(FormatTime, ReadsBack) {
  for (int64_t ms = -5'000'000'000'123; ms < kNowMs; ms += 98'765'432'101) {
    EXPECT_EQ(ParsedMs(FormatTime(TimestampMs(ms))), ms);
  }
}

}  // namespace
}  // namespace artemis
