// Ids that must not mix are types: a snapshot id is no schema id, even though both are integers.
#pragma once

#include <compare>
#include <cstdint>
#include <functional>
#include <string>

namespace artemis {

// An integer with a meaning. `value` is the number as the Iceberg specification stores it.
template <typename Tag, typename Rep>
struct StrongId {
  using Representation = Rep;

  constexpr StrongId() = default;
  constexpr explicit StrongId(Rep v) : value(v) {}

  constexpr auto operator<=>(const StrongId&) const = default;

  Rep value{};
};

template <typename Tag, typename Rep>
std::string ToString(StrongId<Tag, Rep> id) {
  return std::to_string(id.value);
}

// Random positive 63-bit number; -1 is "none" in metadata files and never appears as a value here.
using SnapshotId = StrongId<struct SnapshotIdTag, int64_t>;
using SchemaId = StrongId<struct SchemaIdTag, int32_t>;
using SpecId = StrongId<struct SpecIdTag, int32_t>;
using SortOrderId = StrongId<struct SortOrderIdTag, int32_t>;
// Id of a column or nested field, or of a partition field (those start at 1000).
using FieldId = StrongId<struct FieldIdTag, int32_t>;
// Order of commits in a v2+ table; 0 for v1 tables.
using SequenceNumber = StrongId<struct SequenceNumberTag, int64_t>;
// Milliseconds since 1970-01-01T00:00:00Z, leap seconds ignored; negative before.
using TimestampMs = StrongId<struct TimestampMsTag, int64_t>;

}  // namespace artemis

template <typename Tag, typename Rep>
struct std::hash<artemis::StrongId<Tag, Rep>> {
  size_t operator()(artemis::StrongId<Tag, Rep> id) const noexcept {
    return std::hash<Rep>{}(id.value);
  }
};
