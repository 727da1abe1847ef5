// The year, month, day and hour transforms on numbers. All floor, also before 1970.
#pragma once

#include <algorithm>
#include <cstdint>

#include "artemis/base/calendar.h"
#include "artemis/schema/transform.h"

namespace artemis {

// Years or months from 1970 of a day number, or the day itself. Requires kYear, kMonth or kDay.
int32_t DateUnit(TransformKind unit, int64_t days);

// Nanoseconds or microseconds in a second, by the kind of timestamp.
constexpr int64_t TicksPerSecond(TypeKind timestamp) {
  return timestamp == TypeKind::kTimestampNs || timestamp == TypeKind::kTimestamptzNs
             ? kNanosPerSecond
             : kMicrosPerSecond;
}

// Hours from 1970-01-01T00; far beyond the calendar's range they saturate, so that order is kept.
constexpr int32_t TimestampHour(TypeKind timestamp, int64_t value) {
  const int64_t hours = FloorDiv(value, TicksPerSecond(timestamp) * 3'600);
  return static_cast<int32_t>(std::clamp<int64_t>(hours, INT32_MIN, INT32_MAX));
}

constexpr int32_t TimestampDay(TypeKind timestamp, int64_t value) {
  return static_cast<int32_t>(FloorDiv(value, TicksPerSecond(timestamp) * kSecondsPerDay));
}

// The unit of a timestamp. Requires kYear, kMonth, kDay or kHour.
int32_t TimestampUnit(TransformKind unit, TypeKind timestamp, int64_t value);

}  // namespace artemis
