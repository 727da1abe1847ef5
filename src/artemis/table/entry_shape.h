// Whether the entries of a manifest are laid out as writers do it: the fields of the specification's tables, in their order. Then
// they can be walked straight through (entry_walk.h).
#pragma once

#include <cstdint>
#include <optional>
#include <vector>

#include "artemis/avro/avro_schema.h"

namespace artemis {

// One field where layouts differ: in a partition, and behind the bounds.
struct EntryItem {
  enum Kind : uint8_t { kLong, kBytes, kFixed, kNumbers };
  Kind kind = kLong;
  // It is a union of null and the value, in this order.
  bool is_optional = false;
  // Whether the value is an int, whose 32 bits are to be checked.
  bool is_int = false;
  // An EntrySlot, kSplitOffsetSlot for each of the numbers; -1: passed over.
  int16_t slot = -1;
  int32_t fixed_bytes = 0;
};

// Everything else of an entry is the same: status, snapshot and sequence numbers; content, path, format; partition; the two sizes;
// six maps, which may be null.
struct EntryShape {
  std::vector<EntryItem> partition;
  std::vector<EntryItem> tail;
};

// nullopt: another order, other types, fields that are optional elsewhere, or nested ones: for a decode plan, which takes all of them.
std::optional<EntryShape> ShapeOfEntries(const AvroSchema& writer);

}  // namespace artemis
