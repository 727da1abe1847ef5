// Years and months go through the calendar.
#include "artemis/schema/time_unit.h"

namespace artemis {

int32_t DateUnit(TransformKind unit, int64_t days) {
  if (unit == TransformKind::kDay) return static_cast<int32_t>(days);
  const CivilDate date = CivilFromDays(days);
  const auto years = static_cast<int32_t>(date.year - 1970);
  return unit == TransformKind::kYear ? years : years * 12 + date.month - 1;
}

int32_t TimestampUnit(TransformKind unit, TypeKind timestamp, int64_t value) {
  if (unit == TransformKind::kHour) return TimestampHour(timestamp, value);
  return DateUnit(unit, TimestampDay(timestamp, value));
}

}  // namespace artemis
