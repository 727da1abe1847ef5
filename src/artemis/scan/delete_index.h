// Which delete files apply to which data file (specification, "Scan Planning": sequence number and partition rules).
#pragma once

#include <map>
#include <set>
#include <string>
#include <vector>

#include <arrow/status.h>

#include "artemis/scan/scan_plan.h"

namespace artemis {

// Filled once, then asked from any thread.
class DeleteIndex {
 public:
  // `unpartitioned`: whether the delete file's spec has no partition fields; its equality deletes are then global.
  void Add(const ManifestEntry& entry, bool unpartitioned);

  // The deletes for a data file, in the order they were added. A deletion vector for the file makes its position deletes moot.
  std::vector<DeleteFile> For(const DataFile& file, SequenceNumber data_sequence_number) const;

  // CorruptFile when what was added breaks the rules of deletion vectors: two of them for one data file, or one that names none
  // (specification, "Deletion Vectors").
  const arrow::Status& Check() const { return broken_; }

  int64_t size() const { return size_; }

 private:
  using SpecAndKey = std::pair<SpecId, std::string>;

  std::map<SpecAndKey, std::vector<DeleteFile>> by_partition_;
  std::map<std::string, std::vector<DeleteFile>> by_data_file_;
  std::vector<DeleteFile> global_equality_;
  std::set<std::string> with_vector_;
  arrow::Status broken_;
  int64_t size_ = 0;
};

}  // namespace artemis
