// The truncate transform on numbers and text. Numbers go down to a multiple of the width: v - (((v % W) + W) % W).
// Where that falls below the type's range the result is the least value of the type, so that order is kept.
#pragma once

#include <cstdint>
#include <string_view>

#include <arrow/util/decimal.h>

#include "artemis/base/calendar.h"

namespace artemis {

// Require width > 0.
constexpr int64_t TruncateLong(int64_t value, int32_t width) {
  int64_t result = 0;
  return __builtin_sub_overflow(value, FloorMod(value, width), &result) ? INT64_MIN : result;
}

constexpr int32_t TruncateInt(int32_t value, int32_t width) {
  const int64_t result = TruncateLong(value, width);
  return result < INT32_MIN ? INT32_MIN : static_cast<int32_t>(result);
}

// On the unscaled value.
arrow::Decimal128 TruncateDecimal(const arrow::Decimal128& unscaled, int32_t width);

// Bytes of the first `width` code points of UTF-8 `text`; all of it when there are fewer.
size_t CodePointPrefix(std::string_view text, int32_t width);

}  // namespace artemis
