// The proleptic Gregorian calendar as integer arithmetic, for the whole range of the Iceberg types, and division
// that rounds down. Days count from 1970-01-01; all functions are total for the ranges they name.
#pragma once

#include <cstdint>

namespace artemis {

inline constexpr int64_t kMillisPerSecond = 1'000;
inline constexpr int64_t kMicrosPerSecond = 1'000'000;
inline constexpr int64_t kNanosPerSecond = 1'000'000'000;
inline constexpr int64_t kSecondsPerDay = 86'400;
inline constexpr int64_t kMillisPerDay = kSecondsPerDay * kMillisPerSecond;
inline constexpr int64_t kMicrosPerDay = kSecondsPerDay * kMicrosPerSecond;
inline constexpr int64_t kNanosPerDay = kSecondsPerDay * kNanosPerSecond;

// Quotient rounded towards minus infinity: FloorDiv(-1, 10) = -1. Requires divisor > 0.
constexpr int64_t FloorDiv(int64_t value, int64_t divisor) {
  return value / divisor - (value % divisor < 0 ? 1 : 0);
}

// Remainder in [0, divisor): FloorMod(-1, 10) = 9. Requires divisor > 0.
constexpr int64_t FloorMod(int64_t value, int64_t divisor) {
  const int64_t remainder = value % divisor;
  return remainder < 0 ? remainder + divisor : remainder;
}

struct CivilDate {
  int64_t year = 1970;
  int32_t month = 1;  // 1..12
  int32_t day = 1;    // 1..31

  bool operator==(const CivilDate&) const = default;
};

constexpr bool IsLeapYear(int64_t year) {
  return year % 4 == 0 && (year % 100 != 0 || year % 400 == 0);
}

// Days of a month of a year. Requires month in 1..12.
int32_t DaysInMonth(int64_t year, int32_t month);

// Days from 1970-01-01 to a date; negative before. Requires a real date and |year| below 10^9.
int64_t DaysFromCivil(const CivilDate& date);

// The date of a day number. Requires |days| below 10^11.
CivilDate CivilFromDays(int64_t days);

}  // namespace artemis
