// The 32-bit hash behind bucket transforms (specification, Appendix B): murmur3_x86_32 with seed 0.
#pragma once

#include <cstdint>
#include <string_view>

#include "artemis/schema/type.h"

namespace artemis {

// The hash of raw bytes.
int32_t Murmur3(std::string_view bytes);

// The hash of a long: of its eight little-endian bytes.
int32_t HashLong(int64_t value);

// The hash of a value: int, date and long as long; time and timestamps as their microseconds (nanoseconds floored to
// microseconds); decimal as its shortest big-endian bytes; string, uuid, fixed and binary as bytes.
// Requires a type that bucket takes (TransformResultType).
int32_t BucketHash(const Type& type, const LiteralValue& value);

// (hash & INT32_MAX) % buckets. Requires buckets > 0.
constexpr int32_t BucketOf(int32_t hash, int32_t buckets) { return (hash & INT32_MAX) % buckets; }

}  // namespace artemis
