// Writes manifests of added files.
#include "artemis/commit/added_files.h"

#include <algorithm>
#include <iterator>
#include <unordered_set>

#include "artemis/commit/file_identity.h"
#include "artemis/commit/manifest_merge.h"

namespace artemis {

namespace {

// So many entries always fit one manifest, and tell how large the others are.
constexpr size_t kSampleEntries = 8192;

arrow::Result<int64_t> BytesOfSample(const SnapshotBase& base, const PartitionSpec& spec,
                                     const std::vector<ManifestEntry>& sample,
                                     ManifestContent content, const CommitSettings& settings) {
  WriteManifestOptions options;
  options.format_version = base.metadata().format_version;
  options.content = content;
  options.codec = settings.manifest_codec;
  options.codec_level = settings.manifest_codec_level;
  ARROW_ASSIGN_OR_RAISE(const auto written, WriteManifest("sample", base.metadata().CurrentSchema(),
                                                          spec, sample, options));
  return static_cast<int64_t>(written.bytes.size());
}

std::vector<ManifestEntry> Taken(std::vector<ManifestEntry>& entries, size_t begin, size_t end) {
  return {std::make_move_iterator(entries.begin() + static_cast<ptrdiff_t>(begin)),
          std::make_move_iterator(entries.begin() + static_cast<ptrdiff_t>(end))};
}

// Splits the only part so that each fits a manifest of the target size.
arrow::Status Split(const SnapshotBase& base, const PartitionSpec& spec, ManifestContent content,
                    const CommitSettings& settings,
                    std::vector<std::vector<ManifestEntry>>* parts) {
  auto& entries = parts->front();
  if (parts->size() > 1 || entries.size() <= kSampleEntries) return arrow::Status::OK();
  auto sample = Taken(entries, 0, kSampleEntries);
  ARROW_ASSIGN_OR_RAISE(const int64_t sample_bytes,
                        BytesOfSample(base, spec, sample, content, settings));
  std::move(sample.begin(), sample.end(), entries.begin());
  const double bytes =
      static_cast<double>(sample_bytes) / kSampleEntries * static_cast<double>(entries.size());
  const auto count =
      static_cast<size_t>(bytes / static_cast<double>(settings.manifest_target_bytes)) + 1;
  const size_t each = (entries.size() + count - 1) / count;
  std::vector<std::vector<ManifestEntry>> split;
  for (size_t begin = 0; begin < entries.size(); begin += each) {
    split.push_back(Taken(entries, begin, std::min(begin + each, entries.size())));
  }
  *parts = std::move(split);
  return arrow::Status::OK();
}

}  // namespace

AddedFiles::AddedFiles(std::vector<DataFile> data, std::vector<DataFile> deletes,
                       std::optional<SequenceNumber> sequence_number)
    : has_data_(!data.empty()), has_deletes_(!deletes.empty()) {
  std::unordered_set<std::string> seen;
  for (const auto* files : {&data, &deletes}) {
    for (const auto& file : *files) {
      if (!seen.insert(FileIdentity(file)).second) twice_ = file.path;
      if (file.content_offset && file.referenced_data_file) {
        if (!vectors_for_.insert(*file.referenced_data_file).second) twice_ = file.path;
      }
      counts_.Added(file);
    }
  }
  Take(std::move(data), sequence_number);
  Take(std::move(deletes), sequence_number);
  for (auto& [key, parts] : parts_) SortByPartition(&parts.front());
}

void AddedFiles::Take(std::vector<DataFile> files, std::optional<SequenceNumber> sequence_number) {
  for (auto& file : files) {
    const bool is_data = file.content == FileContent::kData;
    ManifestEntry entry;
    entry.status = EntryStatus::kAdded;
    entry.data_sequence_number = sequence_number.value_or(SequenceNumber());
    entry.file = std::move(file);
    entry.file.first_row_id.reset();  // C9: given when the snapshot is
    const auto content = is_data ? ManifestContent::kData : ManifestContent::kDeletes;
    auto& parts = parts_[{content, entry.file.spec_id}];
    if (parts.empty()) parts.emplace_back();
    parts.front().push_back(std::move(entry));
  }
}

arrow::Status AddedFiles::CheckDeletes(const DataFile& file, int32_t format_version) const {
  if (file.content != FileContent::kPositionDeletes) return arrow::Status::OK();
  const bool is_vector = file.content_offset.has_value();
  if (is_vector && (format_version < 3 || !file.referenced_data_file)) {
    return arrow::Status::Invalid(
        "deletion vector ", file.path,
        format_version < 3 ? " needs format version 3" : " names no data file");
  }
  if (!is_vector && format_version >= 3) {
    return arrow::Status::Invalid("position delete file ", file.path,
                                  ": a table of format version ", format_version,
                                  " gets deletion vectors only");
  }
  return arrow::Status::OK();
}

arrow::Status AddedFiles::Check(const TableMetadata& metadata) const {
  if (!twice_.empty()) {
    return arrow::Status::Invalid("file ", twice_, " is added twice in one change");
  }
  for (const auto& [key, parts] : parts_) {
    if (metadata.FindSpec(key.second) == nullptr) {
      return arrow::Status::Invalid("file ", parts.front().front().file.path,
                                    " has partition spec ", key.second.value,
                                    ", which the table does not have");
    }
  }
  arrow::Status status;
  VisitDeletes([&](const DataFile& file) {
    if (status.ok()) status = CheckDeletes(file, metadata.format_version);
  });
  return status;
}

arrow::Result<std::vector<ManifestFile>> AddedFiles::WriteManifests(
    const SnapshotBase& base, ManifestStore& store, const CommitSettings& settings) {
  const int32_t version = base.metadata().format_version;
  if (written_version_ == version) return written_;
  if (written_version_) store.DiscardAll();
  written_.clear();
  ARROW_RETURN_NOT_OK(Check(base.metadata()));
  for (auto& [key, parts] : parts_) {
    const auto& spec = *base.metadata().FindSpec(key.second);
    ARROW_RETURN_NOT_OK(Split(base, spec, key.first, settings, &parts));
    ARROW_ASSIGN_OR_RAISE(const auto manifests,
                          store.WriteParts(base.metadata(), spec, parts, key.first));
    written_.insert(written_.end(), manifests.begin(), manifests.end());
  }
  written_version_ = version;
  store.KeepForRetry();
  return written_;
}

}  // namespace artemis
