// The delete index.
#include "artemis/scan/delete_index.h"

#include "artemis/base/error.h"
#include "artemis/schema/partition_key.h"

namespace artemis {

namespace {

// The file_path column of position delete files (specification, reserved field ids).
constexpr FieldId kDeletePathField(2147483546);

bool MayHoldPath(const DataFile& deletes, const std::string& path) {
  const ColumnMetrics* metrics = FindMetrics(deletes.metrics, kDeletePathField);
  if (metrics == nullptr) return true;
  if (metrics->lower_bound && path < *metrics->lower_bound) return false;
  return !metrics->upper_bound || path <= *metrics->upper_bound;
}

bool IsDeletionVector(const DataFile& file) { return file.content_offset.has_value(); }

arrow::Status BrokenVector(const DataFile& vector, const std::string& what) {
  return CorruptFileError(
      vector.path, "its deletion vector at " + std::to_string(*vector.content_offset) + " " + what);
}

}  // namespace

void DeleteIndex::Add(const ManifestEntry& entry, bool unpartitioned) {
  ++size_;
  if (IsDeletionVector(entry.file) && broken_.ok()) {
    const auto& of_file = entry.file.referenced_data_file;
    if (!of_file) {
      broken_ = BrokenVector(entry.file, "names no data file");
    } else if (!with_vector_.insert(*of_file).second) {
      broken_ = BrokenVector(entry.file, "is a second one for " + *of_file);
    }
  }
  DeleteFile deletes{entry.file, entry.data_sequence_number};
  if (entry.file.content == FileContent::kPositionDeletes && entry.file.referenced_data_file) {
    by_data_file_[*entry.file.referenced_data_file].push_back(std::move(deletes));
  } else if (entry.file.content == FileContent::kEqualityDeletes && unpartitioned) {
    global_equality_.push_back(std::move(deletes));
  } else {
    by_partition_[{entry.file.spec_id, PartitionKey(entry.file.partition)}].push_back(
        std::move(deletes));
  }
}

std::vector<DeleteFile> DeleteIndex::For(const DataFile& file,
                                         SequenceNumber data_sequence_number) const {
  std::vector<DeleteFile> found;
  if (size_ == 0) return found;
  const auto take = [&](const std::vector<DeleteFile>& candidates, bool check_path) {
    for (const auto& deletes : candidates) {
      const bool equality = deletes.file.content == FileContent::kEqualityDeletes;
      const bool applies = equality ? data_sequence_number < deletes.data_sequence_number
                                    : data_sequence_number <= deletes.data_sequence_number;
      if (!applies || (!equality && check_path && !MayHoldPath(deletes.file, file.path))) continue;
      found.push_back(deletes);
    }
  };
  take(global_equality_, false);
  if (const auto at = by_partition_.find({file.spec_id, PartitionKey(file.partition)});
      at != by_partition_.end()) {
    take(at->second, true);
  }
  if (const auto at = by_data_file_.find(file.path); at != by_data_file_.end())
    take(at->second, false);
  const bool has_vector = std::any_of(found.begin(), found.end(),
                                      [](const auto& d) { return IsDeletionVector(d.file); });
  if (has_vector) {
    std::erase_if(found, [](const auto& d) {
      return d.file.content == FileContent::kPositionDeletes && !IsDeletionVector(d.file);
    });
  }
  return found;
}

}  // namespace artemis
