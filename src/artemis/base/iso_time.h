// ISO 8601 dates and times as text, in the shapes of RFC 3339, without any meaning of zones: who calls decides
// whether one is required.
//
//   date      2024-03-15, also -0044-03-15 and +12024-03-15 (a sign and at least four digits)
//   time      07:00 | 07:00:00 | 07:00:00.123456789
//   both      date, then 'T', 't' or one space, then time, then nothing, 'Z', 'z', +hh:mm, +hhmm or +hh
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace artemis {

// What a text says. 24:00:00 and the leap second :60 are refused.
struct IsoTime {
  int64_t days = 0;  // since 1970-01-01
  bool has_time = false;
  int64_t nanos_of_day = 0;
  // Digits written after the decimal point, 0..9.
  int32_t fraction_digits = 0;
  // Seconds east of UTC; absent when the text has no zone.
  std::optional<int32_t> offset_s;

  bool operator==(const IsoTime&) const = default;
  // Nanoseconds would not fit 64 bits for all dates, so seconds of the epoch are apart (offset applied).
  int64_t EpochSeconds() const;
  int64_t NanosOfSecond() const;
};

// Parses a date, or a date and a time; nullopt when `text` is neither, or no real date. Years beyond ±9,999,999 and more
// than nine digits of fraction are refused.
std::optional<IsoTime> ParseIsoTime(std::string_view text);

// Parses a time of day alone into nanoseconds since midnight.
std::optional<int64_t> ParseIsoTimeOfDay(std::string_view text);

// Parses "Z", "+hh:mm", "+hhmm" or "+hh" into seconds east of UTC, within ±18 h.
std::optional<int32_t> ParseIsoOffset(std::string_view text);

// "2024-03-15"; years outside 0..9999 carry a sign ("-0044", "+12024"), as java.time writes them.
std::string FormatIsoDate(int64_t days);

// "07:00:00" and `fraction_digits` digits of fraction (0..9), cut off, not rounded. Requires 0 <= nanos < one day.
std::string FormatIsoTimeOfDay(int64_t nanos_of_day, int32_t fraction_digits);

}  // namespace artemis
