// Names, reads and writes table metadata files.
#include "artemis/catalog/metadata_files.h"

#include <algorithm>
#include <charconv>
#include <cstdio>

#include "artemis/base/error.h"
#include "artemis/base/uuid.h"
#include "artemis/table/metadata_json.h"

namespace artemis {

namespace {

constexpr int64_t kMetadataBytesMax = int64_t{1} << 30;
// Parsed metadata takes about so many times its text.
constexpr int64_t kMetadataGrowth = 3;
constexpr int64_t kPreviousVersionsDefault = 100;

// The version in "00003-….metadata.json" or "v3.metadata.json"; -1 when there is none.
int64_t VersionOf(const std::string& location) {
  std::string_view file = location;
  file.remove_prefix(file.rfind('/') == std::string_view::npos ? 0 : file.rfind('/') + 1);
  if (!file.empty() && file.front() == 'v') file.remove_prefix(1);
  int64_t version = -1;
  const auto end = file.data() + file.size();
  const auto parsed = std::from_chars(file.data(), end, version);
  if (parsed.ec != std::errc() || version < 0) return -1;
  if (parsed.ptr != end && *parsed.ptr != '-' && *parsed.ptr != '.') return -1;
  return version;
}

int64_t PreviousVersionsMax(const TableMetadata& metadata) {
  const auto property = metadata.properties.find("write.metadata.previous-versions-max");
  if (property == metadata.properties.end()) return kPreviousVersionsDefault;
  int64_t value = 0;
  const auto& text = property->second;
  const auto parsed = std::from_chars(text.data(), text.data() + text.size(), value);
  return parsed.ec == std::errc() && value >= 1 ? value : kPreviousVersionsDefault;
}

}  // namespace

std::string NextMetadataLocation(const TableMetadata& metadata, const std::string& previous) {
  const int64_t version = previous.empty() ? 0 : VersionOf(previous) + 1;
  char number[32];
  std::snprintf(number, sizeof(number), "%05lld", static_cast<long long>(version));
  const auto property = metadata.properties.find("write.metadata.path");
  std::string folder =
      property != metadata.properties.end() ? property->second : metadata.location + "/metadata";
  while (!folder.empty() && folder.back() == '/') folder.pop_back();
  return folder + "/" + number + "-" + RandomUuid() + ".metadata.json";
}

arrow::Result<TableMetadata> FollowMetadata(const LoadedTable& base, TableMetadata next,
                                            TimestampMs now) {
  const TableMetadata& before = *base.metadata;
  if (next.table_uuid != before.table_uuid) {
    return arrow::Status::Invalid("the new metadata is of table ", next.table_uuid, ", expected ",
                                  before.table_uuid);
  }
  if (next.last_sequence_number < before.last_sequence_number ||
      next.format_version < before.format_version) {
    return arrow::Status::Invalid("the new metadata of ", base.name.ToString(),
                                  " goes back in sequence number or format version");
  }
  if (next.last_updated <= before.last_updated) {
    next.last_updated = TimestampMs(std::max(now.value, before.last_updated.value + 1));
  }
  next.metadata_log = before.metadata_log;
  next.metadata_log.push_back({before.last_updated, base.metadata_location});
  const auto keep = static_cast<size_t>(PreviousVersionsMax(next));
  if (next.metadata_log.size() > keep) {
    next.metadata_log.erase(next.metadata_log.begin(),
                            next.metadata_log.end() - static_cast<ptrdiff_t>(keep));
  }
  ARROW_RETURN_NOT_OK(Validate(next));
  return next;
}

arrow::Result<std::shared_ptr<const TableMetadata>> MetadataFiles::Read(
    const std::string& location) {
  {
    std::lock_guard lock(mutex_);
    const auto found = cached_.find(location);
    if (found != cached_.end()) return found->second.metadata;
  }
  ARROW_ASSIGN_OR_RAISE(const std::string text, files_.ReadAll(location, kMetadataBytesMax));
  ARROW_ASSIGN_OR_RAISE(TableMetadata parsed, TableMetadataFromJson(text, location));
  auto metadata = std::make_shared<const TableMetadata>(std::move(parsed));
  Remember(location, metadata, text.size());
  return metadata;
}

arrow::Status MetadataFiles::WriteNew(const std::string& location,
                                      std::shared_ptr<const TableMetadata> metadata) {
  const std::string text = TableMetadataToJson(*metadata);
  auto status = files_.WriteNew(location, text);
  if (status.IsAlreadyExists()) return status;
  if (status.ok()) status = files_.SyncFolder(location.substr(0, location.rfind('/')));
  if (!status.ok()) {
    // Even where the write failed: only its reply may have been lost.
    Discard(location);
    return status;
  }
  Remember(location, std::move(metadata), text.size());
  return arrow::Status::OK();
}

void MetadataFiles::Discard(const std::string& location) {
  {
    std::lock_guard lock(mutex_);
    Forget(location);
  }
  (void)files_.Delete(location);
}

void MetadataFiles::Remember(const std::string& location,
                             std::shared_ptr<const TableMetadata> metadata, size_t text_bytes) {
  std::lock_guard lock(mutex_);
  const int64_t bytes = kMetadataGrowth * static_cast<int64_t>(text_bytes);
  if (!cached_.emplace(location, Cached{std::move(metadata), bytes}).second) return;
  recent_.push_front(location);
  cached_bytes_ += bytes;
  while (recent_.size() > cached_max_ ||
         (recent_.size() > 1 && cached_bytes_ > cached_bytes_max_)) {
    Forget(std::string(recent_.back()));
  }
}

void MetadataFiles::Forget(const std::string& location) {
  const auto found = cached_.find(location);
  if (found == cached_.end()) return;
  cached_bytes_ -= found->second.bytes;
  cached_.erase(found);
  recent_.remove(location);
}

int64_t MetadataFiles::CachedBytes() const {
  std::lock_guard lock(mutex_);
  return cached_bytes_;
}

}  // namespace artemis
