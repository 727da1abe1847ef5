// A code point starts at every byte that is no continuation byte.
#include "artemis/schema/truncate.h"

namespace artemis {

arrow::Decimal128 TruncateDecimal(const arrow::Decimal128& unscaled, int32_t width) {
  const arrow::Decimal128 step(width);
  arrow::Decimal128 remainder = unscaled % step;
  if (remainder < arrow::Decimal128(0)) remainder += step;
  return unscaled - remainder;
}

size_t CodePointPrefix(std::string_view text, int32_t width) {
  size_t at = 0;
  int32_t points = 0;
  for (; at < text.size(); ++at) {
    if ((text[at] & 0xC0) == 0x80) continue;
    if (points == width) return at;
    ++points;
  }
  return at;
}

}  // namespace artemis
