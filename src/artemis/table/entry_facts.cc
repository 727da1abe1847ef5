// Checks entries and fills in what they inherit.
#include "artemis/table/entry_facts.h"

#include <string>

#include "artemis/base/error.h"
#include "artemis/table/manifest_fields.h"

namespace artemis {

std::vector<AvroWanted> WantedFacts() {
  constexpr uint32_t kIntegers = AvroTypeSet({AvroType::kInt, AvroType::kLong});
  constexpr uint32_t kTexts = AvroTypeSet({AvroType::kString, AvroType::kBytes});
  return {{FieldId(kStatus), kStatusSlot, kIntegers},
          {FieldId(kFileContent), kContentSlot, kIntegers},
          {FieldId(kSnapshotId), kSnapshotIdSlot, kIntegers},
          {FieldId(kSequenceNumber), kSequenceNumberSlot, kIntegers},
          {FieldId(kFileSequenceNumber), kFileSequenceNumberSlot, kIntegers},
          {FieldId(kRecordCount), kRecordCountSlot, kIntegers},
          {FieldId(kFileSize), kFileSizeSlot, kIntegers},
          {FieldId(kSortOrderId), kSortOrderIdSlot, kIntegers},
          {FieldId(kFirstRowId), kFirstRowIdSlot, kIntegers},
          {FieldId(kSplitOffset), kSplitOffsetSlot, kIntegers},
          {FieldId(kFilePath), kPathSlot, kTexts},
          {FieldId(kFileFormat), kFormatSlot, kTexts},
          {FieldId(kKeyMetadata), kKeyMetadataSlot, kTexts}};
}

arrow::Status EntryRules::Check(const EntryFacts& facts, bool has_equality_ids) const {
  const int64_t status = facts.ValueOr(kStatusSlot, -1), content = facts.ValueOr(kContentSlot, 0);
  if (status < 0 || status > 2) {
    return arrow::Status::Invalid("expected status 0 to 2, found ", facts.ValueOr(kStatusSlot, 0),
                                  " for ", facts.path);
  }
  if (facts.path.empty()) return arrow::Status::Invalid("an entry without file_path");
  if (facts.ValueOr(kRecordCountSlot, -1) < 0 || facts.ValueOr(kFileSizeSlot, -1) < 0) {
    return arrow::Status::Invalid("record_count or file_size_in_bytes is missing or wrong for ",
                                  facts.path);
  }
  if (content < 0 || content > 2) {
    return arrow::Status::Invalid("expected content 0 to 2, found ", content, " for ", facts.path);
  }
  if ((content != 0) != (header_.content == ManifestContent::kDeletes)) {
    return arrow::Status::Invalid("content ", content,
                                  " does not belong in this manifest: ", facts.path);
  }
  if (content == 2 && !has_equality_ids) {
    return arrow::Status::Invalid("equality deletes without equality_ids: ", facts.path);
  }
  return arrow::Status::OK();
}

// Only ADDED entries inherit, and those of v1, where all is 0.
arrow::Status EntryRules::InheritSequenceNumbers(EntryFacts* facts) const {
  const auto status = static_cast<EntryStatus>((*facts)[kStatusSlot]);
  const bool inherits = status == EntryStatus::kAdded || file_.sequence_number == SequenceNumber(0);
  const bool has_number = facts->has(kSequenceNumberSlot);
  if (!has_number && !inherits && status != EntryStatus::kDeleted) {
    return arrow::Status::Invalid("an existing entry without sequence number: ", facts->path);
  }
  const int64_t of_manifest = file_.sequence_number.value;
  if (!has_number) facts->Set(kSequenceNumberSlot, of_manifest);
  if (!facts->has(kFileSequenceNumberSlot)) {
    facts->Set(kFileSequenceNumberSlot, inherits ? of_manifest : (*facts)[kSequenceNumberSlot]);
  }
  return arrow::Status::OK();
}

void EntryRules::InheritRowId(EntryFacts* facts) {
  if (!next_row_id_ || facts->has(kFirstRowIdSlot)) return;
  if ((*facts)[kContentSlot] != static_cast<int>(FileContent::kData)) return;
  if ((*facts)[kStatusSlot] == static_cast<int>(EntryStatus::kDeleted)) return;
  facts->Set(kFirstRowIdSlot, *next_row_id_);
  int64_t next;
  if (__builtin_add_overflow(*next_row_id_, (*facts)[kRecordCountSlot], &next)) {
    next_row_id_.reset();
  } else {
    next_row_id_ = next;
  }
}

arrow::Status EntryRules::Apply(EntryFacts* facts, bool has_equality_ids) {
  if (++entries_seen_ > kManifestEntriesMax) {
    return LimitExceededError(file_.path + ": a manifest of more than " +
                              std::to_string(kManifestEntriesMax) + " entries");
  }
  ARROW_RETURN_NOT_OK(Check(*facts, has_equality_ids));
  const bool is_encrypted = facts->key_metadata && !facts->key_metadata->empty();
  if (is_encrypted && (*facts)[kStatusSlot] != static_cast<int>(EntryStatus::kDeleted)) {
    return arrow::Status::NotImplemented("file ", facts->path,
                                         " is encrypted, and encrypted files are not read");
  }
  if (!facts->has(kContentSlot)) facts->Set(kContentSlot, 0);
  if (!facts->has(kSnapshotIdSlot)) facts->Set(kSnapshotIdSlot, file_.added_snapshot_id.value);
  ARROW_RETURN_NOT_OK(InheritSequenceNumbers(facts));
  InheritRowId(facts);
  return arrow::Status::OK();
}

std::string UpperFormat(std::string_view format) {
  std::string upper(format);
  for (char& c : upper) c = c >= 'a' && c <= 'z' ? static_cast<char>(c - 'a' + 'A') : c;
  return upper;
}

}  // namespace artemis
