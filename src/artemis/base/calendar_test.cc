// Tests of base/calendar.h.
#include "artemis/base/calendar.h"

#include <gtest/gtest.h>

namespace artemis {
namespace {

TEST(FloorDiv, RoundsDownOnBothSidesOfZero) {
  EXPECT_EQ(FloorDiv(7, 10), 0);
  EXPECT_EQ(FloorDiv(10, 10), 1);
  EXPECT_EQ(FloorDiv(-1, 10), -1);
  EXPECT_EQ(FloorDiv(-10, 10), -1);
  EXPECT_EQ(FloorDiv(-11, 10), -2);
  EXPECT_EQ(FloorDiv(INT64_MIN, 1), INT64_MIN);
}

TEST(FloorMod, IsNeverNegative) {
  EXPECT_EQ(FloorMod(7, 10), 7);
  EXPECT_EQ(FloorMod(-1, 10), 9);
  EXPECT_EQ(FloorMod(-10, 10), 0);
  EXPECT_EQ(FloorMod(INT64_MIN, 2), 0);
}

TEST(Calendar, KnownDays) {
  EXPECT_EQ(DaysFromCivil({1970, 1, 1}), 0);
  EXPECT_EQ(DaysFromCivil({1969, 12, 31}), -1);
  EXPECT_EQ(DaysFromCivil({2000, 3, 1}), 11'017);
  EXPECT_EQ(DaysFromCivil({2017, 11, 16}), 17'486);
  EXPECT_EQ(DaysFromCivil({1900, 3, 1}) - DaysFromCivil({1900, 2, 28}), 1);
  EXPECT_EQ(DaysFromCivil({2000, 3, 1}) - DaysFromCivil({2000, 2, 28}), 2);
  EXPECT_EQ(DaysFromCivil({1, 1, 1}), -719'162);
}

TEST(Calendar, EveryDayOfAnEraFollowsTheOneBefore) {
  CivilDate expected{1599, 12, 31};
  for (int64_t day = DaysFromCivil(expected); expected.year < 2001; ++day) {
    ASSERT_EQ(CivilFromDays(day), expected) << day;
    ASSERT_EQ(DaysFromCivil(expected), day);
    if (++expected.day > DaysInMonth(expected.year, expected.month)) {
      expected.day = 1;
      if (++expected.month > 12) {
        expected.month = 1;
        ++expected.year;
      }
    }
  }
}

TEST(Calendar, FarYearsAreTheirOwnInverse) {
  for (const int64_t year :
       {-290'000LL, -4'713LL, -1LL, 0LL, 9'999LL, 10'000LL, 294'247LL, 5'881'580LL}) {
    const CivilDate date{year, 2, 28};
    EXPECT_EQ(CivilFromDays(DaysFromCivil(date)), date) << year;
  }
}

}  // namespace
}  // namespace artemis
