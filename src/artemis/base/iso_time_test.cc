// Tests of base/iso_time.h.
#include "artemis/base/iso_time.h"

#include <gtest/gtest.h>

#include "artemis/base/calendar.h"

namespace artemis {
namespace {

TEST(ParseIsoTime, ReadsDateTimeFractionAndZone) {
  const auto time = ParseIsoTime("2017-11-16T14:31:08.000001-08:00");
  ASSERT_TRUE(time);
  EXPECT_EQ(time->days, 17'486);
  EXPECT_EQ(time->nanos_of_day, ((14 * 60 + 31) * 60 + 8) * kNanosPerSecond + 1'000);
  EXPECT_EQ(time->fraction_digits, 6);
  EXPECT_EQ(time->offset_s, -8 * 3600);
  EXPECT_EQ(time->EpochSeconds(), 1'510'871'468);
  EXPECT_EQ(time->NanosOfSecond(), 1'000);
}

TEST(ParseIsoTime, AcceptsEveryDocumentedShape) {
  for (const char* text :
       {"2024-03-15", "2024-03-15T07:00", "2024-03-15t07:00:00z", "2024-03-15 07:00:00",
        "2024-03-15T07:00:00.1+01", "2024-03-15T07:00:00.123456789-0130", "2024-02-29",
        "-0044-03-15", "+12024-03-15"}) {
    EXPECT_TRUE(ParseIsoTime(text)) << text;
  }
}

TEST(ParseIsoTime, RefusesWhatIsNoTime) {
  for (const char* text : {"",
                           "2024",
                           "2024-3-15",
                           "2024-13-01",
                           "2024-00-01",
                           "2023-02-29",
                           "2024-04-31",
                           "2024-03-15T",
                           "2024-03-15T7:00",
                           "2024-03-15T24:00:00",
                           "2024-03-15T23:60:00",
                           "2024-03-15T23:59:60Z",
                           "2024-03-15T07:00:00.",
                           "2024-03-15T07:00:00.1234567890Z",
                           "2024-03-15T07:00:00+19:00",
                           "2024-03-15T07:00:00+1",
                           "2024-03-15T07:00:00 UTC",
                           "2024-03-15Z",
                           "12024-03-15",
                           " 2024-03-15",
                           "2024-03-15T07:00:00Zx"}) {
    EXPECT_FALSE(ParseIsoTime(text)) << text;
  }
}

TEST(FormatIsoDate, WritesFourDigitsOrASign) {
  EXPECT_EQ(FormatIsoDate(0), "1970-01-01");
  EXPECT_EQ(FormatIsoDate(DaysFromCivil({44, 3, 15})), "0044-03-15");
  EXPECT_EQ(FormatIsoDate(DaysFromCivil({-44, 3, 15})), "-0044-03-15");
  EXPECT_EQ(FormatIsoDate(DaysFromCivil({12024, 3, 15})), "+12024-03-15");
}

TEST(FormatIsoTimeOfDay, CutsTheFraction) {
  EXPECT_EQ(FormatIsoTimeOfDay(kNanosPerDay - 1, 0), "23:59:59");
  EXPECT_EQ(FormatIsoTimeOfDay(kNanosPerDay - 1, 3), "23:59:59.999");
  EXPECT_EQ(FormatIsoTimeOfDay(1'000, 6), "00:00:00.000001");
}

TEST(IsoTime, FormattedDatesReadBack) {
  for (int64_t days = -1'000'000; days < 3'000'000; days += 777) {
    const auto time = ParseIsoTime(FormatIsoDate(days));
    ASSERT_TRUE(time) << days;
    EXPECT_EQ(time->days, days);
  }
}

}  // namespace
}  // namespace artemis
