// Checks entries and fills in what they inherit.
#include "artemis/table/entry_facts.h"

#include <string>

#include "artemis/base/error.h"

namespace artemis {

arrow::Status EntryRules::Check(const EntryFacts& facts, bool has_equality_ids) const {
  const int64_t status = facts.status.value_or(0), content = facts.content.value_or(0);
  if (!facts.status || status < 0 || status > 2) {
    return arrow::Status::Invalid("expected status 0 to 2, found ", status, " for ", facts.path);
  }
  if (facts.path.empty()) return arrow::Status::Invalid("an entry without file_path");
  if (facts.record_count.value_or(-1) < 0 || facts.file_size_bytes.value_or(-1) < 0) {
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
  const auto status = static_cast<EntryStatus>(*facts->status);
  const bool inherits = status == EntryStatus::kAdded || file_.sequence_number == SequenceNumber(0);
  if (!facts->sequence_number && !inherits && status != EntryStatus::kDeleted) {
    return arrow::Status::Invalid("an existing entry without sequence number: ", facts->path);
  }
  const int64_t of_manifest = file_.sequence_number.value;
  if (!facts->sequence_number) facts->sequence_number = of_manifest;
  if (!facts->file_sequence_number) {
    facts->file_sequence_number = inherits ? of_manifest : *facts->sequence_number;
  }
  return arrow::Status::OK();
}

void EntryRules::InheritRowId(EntryFacts* facts) {
  if (*facts->content != static_cast<int>(FileContent::kData)) return;
  if (*facts->status == static_cast<int>(EntryStatus::kDeleted)) return;
  if (facts->first_row_id || !next_row_id_) return;
  facts->first_row_id = next_row_id_;
  int64_t next;
  if (__builtin_add_overflow(*next_row_id_, *facts->record_count, &next)) {
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
  if (is_encrypted && *facts->status != static_cast<int>(EntryStatus::kDeleted)) {
    return arrow::Status::NotImplemented("file ", facts->path,
                                         " is encrypted, and encrypted files are not read");
  }
  if (!facts->content) facts->content = 0;
  if (!facts->snapshot_id) facts->snapshot_id = file_.added_snapshot_id.value;
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
