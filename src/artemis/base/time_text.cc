// The forms are told apart by their first characters; zones come from the system's zone database.
#include "artemis/base/time_text.h"

#include <charconv>
#include <chrono>
#include <exception>

#include <arrow/vendored/datetime.h>

#include "artemis/base/calendar.h"
#include "artemis/base/iso_time.h"

namespace artemis {
namespace {

constexpr char kAcceptedForms[] =
    "RFC 3339 with a zone (2024-03-15T07:00:00Z), epoch milliseconds, now, or relative (-2h, "
    "-1d12h)";

arrow::Status BadTime(std::string_view text, const std::string& why) {
  return arrow::Status::Invalid("bad time '", text, "': ", why, "; accepted: ", kAcceptedForms);
}

std::optional<int64_t> UnitMillis(char unit) {
  switch (unit) {
    case 'w':
      return 7 * kMillisPerDay;
    case 'd':
      return kMillisPerDay;
    case 'h':
      return 3600 * kMillisPerSecond;
    case 'm':
      return 60 * kMillisPerSecond;
    case 's':
      return kMillisPerSecond;
    default:
      return std::nullopt;
  }
}

// The milliseconds of "1d12h"; nullopt when it is no such text.
std::optional<int64_t> ParseAge(std::string_view text) {
  int64_t total_ms = 0;
  int64_t previous_unit = INT64_MAX;
  while (!text.empty()) {
    int64_t count = 0;
    const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), count);
    if (error != std::errc() || text.front() == '-' || end == text.data() + text.size()) {
      return std::nullopt;
    }
    const auto unit = UnitMillis(*end);
    if (!unit || *unit >= previous_unit) return std::nullopt;
    int64_t part_ms = 0;
    if (__builtin_mul_overflow(count, *unit, &part_ms)) return std::nullopt;
    if (__builtin_add_overflow(total_ms, part_ms, &total_ms)) return std::nullopt;
    previous_unit = *unit;
    text.remove_prefix(static_cast<size_t>(end - text.data()) + 1);
  }
  return previous_unit == INT64_MAX ? std::nullopt : std::optional(total_ms);
}

// Seconds east of UTC of a local time (given as if it were UTC) in an IANA zone.
arrow::Result<int64_t> ZoneOffset(const std::string& zone, int64_t local_seconds,
                                  std::string_view text) {
  namespace tz = arrow_vendored::date;
  try {
    const auto* found = tz::locate_zone(zone);
    const tz::local_seconds local{std::chrono::seconds(local_seconds)};
    const tz::local_info info = found->get_info(local);
    if (info.result == tz::local_info::nonexistent) {
      return BadTime(text, "the zone " + zone + " skips this local time");
    }
    if (info.result == tz::local_info::ambiguous) {
      return BadTime(text, "the zone " + zone + " has this local time twice; write the offset");
    }
    return info.first.offset.count();
  } catch (const std::exception&) {
    return BadTime(text, "unknown time zone '" + zone + "'");
  }
}

arrow::Result<TimestampMs> FromIso(const IsoTime& time, std::string_view text,
                                   const ParseTimeOptions& options) {
  int64_t seconds = time.EpochSeconds();
  if (!time.offset_s) {
    if (!options.timezone) return BadTime(text, "it has no zone");
    if (const auto offset = ParseIsoOffset(*options.timezone)) {
      seconds -= *offset;
    } else {
      ARROW_ASSIGN_OR_RAISE(const int64_t east, ZoneOffset(*options.timezone, seconds, text));
      seconds -= east;
    }
  }
  return TimestampMs(seconds * kMillisPerSecond + time.NanosOfSecond() / 1'000'000);
}

std::optional<int64_t> ParseWholeNumber(std::string_view text) {
  int64_t value = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);
  if (error != std::errc() || end != text.data() + text.size()) return std::nullopt;
  return value;
}

arrow::Result<TimestampMs> ParseAnyForm(std::string_view text, const ParseTimeOptions& options) {
  if (text == "now") return options.now;
  if (const auto millis = ParseWholeNumber(text)) return TimestampMs(*millis);
  if (const auto time = ParseIsoTime(text)) return FromIso(*time, text, options);
  if (!text.empty() && text.front() == '-') {
    int64_t moment_ms = 0;
    const auto age_ms = ParseAge(text.substr(1));
    if (age_ms && !__builtin_sub_overflow(options.now.value, *age_ms, &moment_ms)) {
      return TimestampMs(moment_ms);
    }
  }
  return BadTime(text, "it is in no known form");
}

}  // namespace

arrow::Result<TimestampMs> ParseTime(std::string_view text, const ParseTimeOptions& options) {
  ARROW_ASSIGN_OR_RAISE(const TimestampMs time, ParseAnyForm(text, options));
  if (time.value > options.now.value && time.value - options.now.value > kFutureToleranceMs) {
    return arrow::Status::Invalid("the time '", text, "' lies in the future: now is ",
                                  FormatTime(options.now));
  }
  return time;
}

std::string FormatTime(TimestampMs time) {
  const int64_t days = FloorDiv(time.value, kMillisPerDay);
  const int64_t nanos_of_day = FloorMod(time.value, kMillisPerDay) * 1'000'000;
  return FormatIsoDate(days) + "T" + FormatIsoTimeOfDay(nanos_of_day, 3) + "Z";
}

}  // namespace artemis
