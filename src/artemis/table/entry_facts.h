// What a manifest entry says besides its partition and its metrics, the checks that the specification asks for, and what an entry
// inherits from the manifest's row in the list ("Manifests", "Sequence Number Inheritance", "First Row ID Inheritance").
#pragma once

#include <array>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include <arrow/status.h>

#include "artemis/avro/decode_plan.h"
#include "artemis/table/manifest_avro.h"

namespace artemis {

// Slots of a decode plan; a sink's own ones begin at kEntrySlotsEnd.
enum EntrySlot : int {
  kStatusSlot,
  kContentSlot,
  kSnapshotIdSlot,
  kSequenceNumberSlot,
  kFileSequenceNumberSlot,
  kRecordCountSlot,
  kFileSizeSlot,
  kSortOrderIdSlot,
  kFirstRowIdSlot,
  kEntryNumberSlots,
  kSplitOffsetSlot = kEntryNumberSlots,
  kPathSlot,
  kFormatSlot,
  kKeyMetadataSlot,
  kEntrySlotsEnd
};

// What a decode plan wants so that these slots are called.
std::vector<AvroWanted> WantedFacts();

// As a decode plan finds them. Views live as long as the record's bytes.
class EntryFacts {
 public:
  std::string_view path, format;
  std::optional<std::string_view> key_metadata;
  std::vector<int64_t> split_offsets;

  bool has(EntrySlot slot) const { return (present_ >> slot & 1) != 0; }
  // Requires has(slot).
  int64_t operator[](EntrySlot slot) const { return numbers_[static_cast<size_t>(slot)]; }
  int64_t ValueOr(EntrySlot slot, int64_t otherwise) const {
    return has(slot) ? (*this)[slot] : otherwise;
  }
  void Set(int slot, int64_t value) {
    numbers_[static_cast<size_t>(slot)] = value;
    present_ |= 1u << slot;
  }

  // For the next record; keeps the memory.
  void Clear() {
    path = format = {};
    key_metadata.reset();
    present_ = 0;
    split_offsets.clear();
  }
  // Whether the slot is one of these.
  [[gnu::always_inline]] bool TakeLong(int slot, int64_t value) {
    if (slot < kEntryNumberSlots) {
      Set(slot, value);
    } else if (slot == kSplitOffsetSlot) {
      split_offsets.push_back(value);
    } else {
      return false;
    }
    return true;
  }
  [[gnu::always_inline]] bool TakeBytes(int slot, std::string_view value) {
    if (slot == kPathSlot) {
      path = value;
    } else if (slot == kFormatSlot) {
      format = value;
    } else if (slot == kKeyMetadataSlot) {
      key_metadata = value;
    } else {
      return false;
    }
    return true;
  }

 private:
  uint32_t present_ = 0;
  std::array<int64_t, kEntryNumberSlots> numbers_ = {};
};

// One manifest's rules, entry by entry in their order. Not thread-safe.
class EntryRules {
 public:
  // Both must outlive it.
  EntryRules(const ManifestFile& file, const ManifestHeader& header)
      : file_(file), header_(header), next_row_id_(file.first_row_id) {}

  // Invalid names what is missing or wrong. NotImplemented: encrypted. LimitExceeded: too many entries.
  // After it, all members but format, key_metadata, sort_order_id and first_row_id are set.
  arrow::Status Apply(EntryFacts* facts, bool has_equality_ids);

  int64_t entries_seen() const { return entries_seen_; }

 private:
  arrow::Status Check(const EntryFacts& facts, bool has_equality_ids) const;
  arrow::Status InheritSequenceNumbers(EntryFacts* facts) const;
  void InheritRowId(EntryFacts* facts);

  const ManifestFile& file_;
  const ManifestHeader& header_;
  int64_t entries_seen_ = 0;
  std::optional<int64_t> next_row_id_;
};

// "parquet", as some writers spell it, as the others do.
std::string UpperFormat(std::string_view format);

}  // namespace artemis
