// Moments as users write and read them (DESIGN, "Programs").
#pragma once

#include <optional>
#include <string>
#include <string_view>

#include <arrow/result.h>

#include "artemis/base/ids.h"

namespace artemis {

// A moment further ahead of now than this is refused: it is a mistake, not a plan.
inline constexpr int64_t kFutureToleranceMs = 60'000;

struct ParseTimeOptions {
  // What "now" and the relative forms count from.
  TimestampMs now;
  // Zone of a text that has none: an IANA name ("Europe/Berlin") or an offset ("+02:00", "Z").
  std::optional<std::string> timezone;
};

// Parses a moment:
//   2024-03-15T07:00:00Z, 2024-03-15T08:00:00.5+01:00   RFC 3339; a fraction is cut to milliseconds
//   2024-03-15T07:00:00, 2024-03-15                      only with options.timezone; a date is its midnight
//   1710486000000                                        milliseconds since 1970-01-01T00:00:00Z
//   now, -2h, -30m, -7d, -90s, -2w, -1d12h               relative; units w d h m s, falling, each once
//
// Invalid, naming the text and the accepted forms: anything else; a local time that the zone skips or has twice (name the
// offset then); an unknown zone. Invalid, naming the text and now: a moment over 60 s in the future.
arrow::Result<TimestampMs> ParseTime(std::string_view text, const ParseTimeOptions& options);

// UTC RFC 3339 with milliseconds: 2024-03-15T07:00:00.000Z. ParseTime reads it back.
std::string FormatTime(TimestampMs time);

}  // namespace artemis
