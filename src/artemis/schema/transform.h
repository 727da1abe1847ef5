// Partition transforms (specification, "Partition Transforms"; bucket hashing in Appendix B).
//
// Time transforms floor, also before 1970. Bucket is (murmur3_x86_32(v) & INT32_MAX) % N, int and long hash
// alike, nanosecond timestamps hash as microseconds. A null stays null; void makes everything null.
#pragma once

#include <optional>
#include <string>
#include <string_view>

#include <arrow/array.h>
#include <arrow/result.h>

#include "artemis/schema/type.h"

namespace artemis {

enum class TransformKind : uint8_t {
  kIdentity,
  kBucket,
  kTruncate,
  kYear,
  kMonth,
  kDay,
  kHour,
  kVoid,
  kUnknown,  // read from a newer writer: never used for pruning, never written to
};

struct Transform {
  TransformKind kind = TransformKind::kIdentity;
  // bucket: N > 0; truncate: W > 0; otherwise 0.
  int32_t parameter = 0;
  // kUnknown only: the text as read.
  std::string unknown_text;

  bool operator==(const Transform&) const = default;
  // "identity", "bucket[16]", "truncate[4]", "day", …
  std::string ToString() const;
};

// Parses the specification's text form. An unknown name gives kUnknown; "bucket[0]" and the like are Invalid.
arrow::Result<Transform> ParseTransform(std::string_view text);

// The type of the transform's result: int for bucket, year, month and hour, date for day, the source's for identity and
// truncate; unknown for a transform that is not known, whose results may be of any type. Invalid when the transform does not take `source` (specification's table of source types).
arrow::Result<Type> TransformResultType(const Transform& transform, const Type& source);

// Applies the transform to one value of type `source`. `value` must not be null; the result is null only for void.
// Requires that TransformResultType accepted the pair.
std::optional<LiteralValue> ApplyTransform(const Transform& transform, const Type& source,
                                           const LiteralValue& value);

// Whether t(a) <= t(b) follows from a <= b: identity, truncate, year, month, day, hour.
bool PreservesOrder(const Transform& transform);

}  // namespace artemis
