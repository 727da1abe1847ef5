// What a manifest entry says besides its partition and its metrics, the checks that the specification asks for, and what an entry
// inherits from the manifest's row in the list ("Manifests", "Sequence Number Inheritance", "First Row ID Inheritance").
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include <arrow/status.h>

#include "artemis/table/manifest_avro.h"
#include "artemis/table/manifest_fields.h"

namespace artemis {

// As a decode plan finds them, by slots that are field ids. Views live as long as the record's bytes.
struct EntryFacts {
  std::string_view path, format;
  std::optional<std::string_view> key_metadata;
  std::optional<int64_t> status, content, snapshot_id, sequence_number, file_sequence_number;
  std::optional<int64_t> record_count, file_size_bytes, sort_order_id, first_row_id;
  std::vector<int64_t> split_offsets;

  // For the next record; keeps the memory.
  void Clear();
  // Whether the slot is one of these.
  bool TakeLong(int slot, int64_t value);
  bool TakeBytes(int slot, std::string_view value);
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

inline void EntryFacts::Clear() {
  path = format = {};
  key_metadata.reset();
  for (auto* number : {&status, &content, &snapshot_id, &sequence_number, &file_sequence_number,
                       &record_count, &file_size_bytes, &sort_order_id, &first_row_id}) {
    number->reset();
  }
  split_offsets.clear();
}

inline bool EntryFacts::TakeLong(int slot, int64_t value) {
  switch (slot) {
    case kStatus:
      status = value;
      return true;
    case kSnapshotId:
      snapshot_id = value;
      return true;
    case kSequenceNumber:
      sequence_number = value;
      return true;
    case kFileSequenceNumber:
      file_sequence_number = value;
      return true;
    case kRecordCount:
      record_count = value;
      return true;
    case kFileSize:
      file_size_bytes = value;
      return true;
    case kFileContent:
      content = value;
      return true;
    case kSplitOffset:
      split_offsets.push_back(value);
      return true;
    case kSortOrderId:
      sort_order_id = value;
      return true;
    case kFirstRowId:
      first_row_id = value;
      return true;
    default:
      return false;
  }
}

inline bool EntryFacts::TakeBytes(int slot, std::string_view value) {
  switch (slot) {
    case kFilePath:
      path = value;
      return true;
    case kFileFormat:
      format = value;
      return true;
    case kKeyMetadata:
      key_metadata = value;
      return true;
    default:
      return false;
  }
}

}  // namespace artemis
