// Writes manifests of added files.
#include "artemis/commit/added_files.h"

#include <algorithm>
#include <iterator>
#include <unordered_set>

#include "artemis/commit/file_identity.h"

namespace artemis {

namespace {

// So many entries always fit one manifest, and tell how large the others are.
constexpr size_t kSampleEntries = 8192;

arrow::Result<size_t> ManifestCount(const SnapshotBase& base, const PartitionSpec& spec,
                                    const std::vector<ManifestEntry>& entries,
                                    ManifestContent content, const CommitSettings& settings) {
  if (entries.size() <= kSampleEntries) return size_t{1};
  const std::vector<ManifestEntry> sample(entries.begin(), entries.begin() + kSampleEntries);
  WriteManifestOptions options;
  options.format_version = base.metadata().format_version;
  options.content = content;
  options.codec = settings.manifest_codec;
  options.codec_level = settings.manifest_codec_level;
  ARROW_ASSIGN_OR_RAISE(const auto written, WriteManifest("sample", base.metadata().CurrentSchema(),
                                                          spec, sample, options));
  const double bytes = static_cast<double>(written.bytes.size()) / kSampleEntries *
                       static_cast<double>(entries.size());
  return static_cast<size_t>(bytes / static_cast<double>(settings.manifest_target_bytes)) + 1;
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
    entries_[{content, entry.file.spec_id}].push_back(std::move(entry));
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
  for (const auto& [key, entries] : entries_) {
    if (metadata.FindSpec(key.second) == nullptr) {
      return arrow::Status::Invalid("file ", entries.front().file.path, " has partition spec ",
                                    key.second.value, ", which the table does not have");
    }
    if (key.first != ManifestContent::kDeletes) continue;
    for (const auto& entry : entries) {
      ARROW_RETURN_NOT_OK(CheckDeletes(entry.file, metadata.format_version));
    }
  }
  return arrow::Status::OK();
}

arrow::Result<std::vector<ManifestFile>> AddedFiles::WriteManifests(
    const SnapshotBase& base, ManifestStore& store, const CommitSettings& settings) {
  const int32_t version = base.metadata().format_version;
  if (written_version_ == version) return written_;
  if (written_version_) store.DiscardAll();
  written_.clear();
  ARROW_RETURN_NOT_OK(Check(base.metadata()));
  for (const auto& [key, entries] : entries_) {
    const auto& spec = *base.metadata().FindSpec(key.second);
    ARROW_ASSIGN_OR_RAISE(const size_t count,
                          ManifestCount(base, spec, entries, key.first, settings));
    if (count == 1) {
      ARROW_ASSIGN_OR_RAISE(auto manifest, store.Write(base.metadata(), spec, entries, key.first));
      written_.push_back(std::move(manifest));
      continue;
    }
    const size_t each = (entries.size() + count - 1) / count;
    for (size_t begin = 0; begin < entries.size(); begin += each) {
      const size_t end = std::min(begin + each, entries.size());
      const std::vector<ManifestEntry> part(entries.begin() + static_cast<ptrdiff_t>(begin),
                                            entries.begin() + static_cast<ptrdiff_t>(end));
      ARROW_ASSIGN_OR_RAISE(auto manifest, store.Write(base.metadata(), spec, part, key.first));
      written_.push_back(std::move(manifest));
    }
  }
  written_version_ = version;
  store.KeepForRetry();
  return written_;
}

}  // namespace artemis
