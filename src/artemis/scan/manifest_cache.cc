// A map of what was read and a list of when it was used.
#include "artemis/scan/manifest_cache.h"

#include <algorithm>

#include "artemis/io/file_system.h"
#include "artemis/table/manifest_avro.h"

namespace artemis {

namespace {

bool CoversAll(const FileIndex& index, const std::vector<Field>& fields) {
  return std::all_of(fields.begin(), fields.end(),
                     [&](const Field& field) { return index.Covers(field.id); });
}

std::string KeyOf(const ManifestFile& file, const Schema* partition_schema) {
  std::string key = file.path + " " + std::to_string(file.length_bytes) + " " +
                    std::to_string(file.sequence_number.value);
  // Row ids are inherited from the list, and a later list may have assigned them.
  if (file.first_row_id) key += " row " + std::to_string(*file.first_row_id);
  if (partition_schema != nullptr) key += " " + std::to_string(partition_schema->id.value);
  return key;
}

int64_t BytesOf(const std::vector<ManifestFile>& manifests) {
  size_t bytes = manifests.capacity() * sizeof(ManifestFile);
  for (const auto& manifest : manifests) {
    bytes += manifest.path.capacity() + manifest.partitions.capacity() * 96;
  }
  return static_cast<int64_t>(bytes);
}

}  // namespace

const ManifestCache::Entry* ManifestCache::Find(const std::string& key) {
  const auto found = by_key_.find(key);
  if (found == by_key_.end()) return nullptr;
  entries_.splice(entries_.begin(), entries_, found->second);
  return &*found->second;
}

void ManifestCache::Insert(Entry entry) {
  std::lock_guard lock(mutex_);
  if (const auto old = by_key_.find(entry.key); old != by_key_.end()) {
    bytes_ -= old->second->bytes;
    entries_.erase(old->second);
    by_key_.erase(old);
  }
  if (entry.bytes > bytes_max_) return;
  bytes_ += entry.bytes;
  entries_.push_front(std::move(entry));
  by_key_[entries_.front().key] = entries_.begin();
  while (bytes_ > bytes_max_) {
    bytes_ -= entries_.back().bytes;
    by_key_.erase(entries_.back().key);
    entries_.pop_back();
  }
}

arrow::Result<std::shared_ptr<const FileIndex>> ManifestCache::Index(const ManifestFile& file,
                                                                     const Wanted& wanted,
                                                                     FileSystem& files) {
  const std::string key = KeyOf(file, wanted.partition_schema);
  bool is_here = false;
  {
    std::lock_guard lock(mutex_);
    if (const Entry* entry = Find(key)) {
      if (CoversAll(*entry->index, wanted.fields)) return entry->index;
      is_here = true;
    }
  }
  ARROW_ASSIGN_OR_RAISE(const auto bytes, files.ReadAll(file.path, kManifestBytesMax));
  FileIndexOptions options;
  options.fields = is_here ? wanted.all_fields : wanted.fields;
  options.partition_schema = wanted.partition_schema;
  ARROW_ASSIGN_OR_RAISE(auto index, ReadFileIndex(bytes, file, options));
  Insert({key, index, nullptr, index->MemoryBytes()});
  return index;
}

bool ManifestCache::Holds(const ManifestFile& file, const Wanted& wanted) const {
  std::lock_guard lock(mutex_);
  const auto found = by_key_.find(KeyOf(file, wanted.partition_schema));
  return found != by_key_.end() && CoversAll(*found->second->index, wanted.fields);
}

arrow::Result<ManifestCache::Manifests> ManifestCache::List(const std::string& path,
                                                            FileSystem& files) {
  {
    std::lock_guard lock(mutex_);
    if (const Entry* entry = Find(path)) return entry->list;
  }
  ARROW_ASSIGN_OR_RAISE(const auto bytes, files.ReadAll(path, kManifestListBytesMax));
  ARROW_ASSIGN_OR_RAISE(auto read, ReadManifestList(bytes, path));
  auto list = std::make_shared<const std::vector<ManifestFile>>(std::move(read));
  Insert({path, nullptr, list, BytesOf(*list)});
  return list;
}

int64_t ManifestCache::MemoryBytes() const {
  std::lock_guard lock(mutex_);
  return bytes_;
}

}  // namespace artemis
