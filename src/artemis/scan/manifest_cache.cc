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

int64_t BytesOf(const std::vector<ManifestFile>& manifests) {
  size_t bytes = manifests.capacity() * sizeof(ManifestFile);
  for (const auto& manifest : manifests) {
    bytes += manifest.path.capacity() + manifest.partitions.capacity() * 96;
  }
  return static_cast<int64_t>(bytes);
}

}  // namespace

size_t ManifestCache::KeyHash::operator()(const Key& key) const {
  const auto numbers = static_cast<uint64_t>(key.length_bytes) * 31 +
                       static_cast<uint64_t>(key.sequence_number + key.first_row_id * 7);
  return std::hash<std::string_view>()(key.path) ^
         static_cast<size_t>(numbers + static_cast<uint64_t>(key.schema_id));
}

ManifestCache::Key ManifestCache::KeyOf(const ManifestFile& file, const Wanted& wanted) {
  return {file.path, file.length_bytes, file.sequence_number.value, file.first_row_id.value_or(-1),
          wanted.partition_schema != nullptr ? wanted.partition_schema->id.value : -1};
}

const ManifestCache::Entry* ManifestCache::Find(const Key& key) {
  const auto found = by_key_.find(key);
  if (found == by_key_.end()) return nullptr;
  entries_.splice(entries_.begin(), entries_, found->second);
  return &*found->second;
}

void ManifestCache::Remove(Entries::iterator entry) {
  bytes_ -= entry->bytes;
  by_key_.erase(entry->key);
  entries_.erase(entry);
}

void ManifestCache::Insert(Entry entry) {
  std::lock_guard lock(mutex_);
  entry.key.path = entry.path;
  if (const auto old = by_key_.find(entry.key); old != by_key_.end()) Remove(old->second);
  if (entry.bytes > bytes_max_) return;
  bytes_ += entry.bytes;
  entries_.push_front(std::move(entry));
  Entry& held = entries_.front();
  held.key.path = held.path;
  by_key_[held.key] = entries_.begin();
  while (bytes_ > bytes_max_) Remove(std::prev(entries_.end()));
}

arrow::Result<std::shared_ptr<const FileIndex>> ManifestCache::Index(const ManifestFile& file,
                                                                     const Wanted& wanted,
                                                                     FileSystem& files) {
  const Key key = KeyOf(file, wanted);
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
  options.threads = wanted.threads;
  ARROW_ASSIGN_OR_RAISE(auto index, ReadFileIndex(bytes, file, options));
  Insert({file.path, key, index, nullptr, index->MemoryBytes()});
  return index;
}

std::shared_ptr<const FileIndex> ManifestCache::Held(const ManifestFile& file,
                                                     const Wanted& wanted) {
  std::lock_guard lock(mutex_);
  const Entry* entry = Find(KeyOf(file, wanted));
  return entry != nullptr && CoversAll(*entry->index, wanted.fields) ? entry->index : nullptr;
}

arrow::Result<ManifestCache::Manifests> ManifestCache::List(const std::string& path,
                                                            FileSystem& files) {
  {
    std::lock_guard lock(mutex_);
    if (const Entry* entry = Find({path})) return entry->list;
  }
  ARROW_ASSIGN_OR_RAISE(const auto bytes, files.ReadAll(path, kManifestListBytesMax));
  ARROW_ASSIGN_OR_RAISE(auto read, ReadManifestList(bytes, path));
  auto list = std::make_shared<const std::vector<ManifestFile>>(std::move(read));
  Insert({path, {path}, nullptr, list, BytesOf(*list)});
  return list;
}

int64_t ManifestCache::MemoryBytes() const {
  std::lock_guard lock(mutex_);
  return bytes_;
}

}  // namespace artemis
