// Manifest lists and manifests that were read, kept for the plans to come: both are immutable.
#pragma once

#include <cstdint>
#include <list>
#include <memory>
#include <mutex>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

#include <arrow/result.h>

#include "artemis/table/file_index.h"
#include "artemis/table/manifest.h"

namespace artemis {

class FileSystem;

// Thread-safe. Two threads that miss the same file both read it.
class ManifestCache {
 public:
  // What has not been used for longest leaves once all take more than `bytes_max`.
  explicit ManifestCache(int64_t bytes_max = int64_t{512} << 20) : bytes_max_(bytes_max) {}

  struct Wanted {
    // Fields whose metrics are needed.
    std::vector<Field> fields;
    // What is read instead once a manifest that is here lacks one of them: the next plan asks for yet another.
    std::vector<Field> all_fields;
    // Types of partition values (ReadManifestOptions::partition_schema); manifests read under other types are not given.
    const Schema* partition_schema = nullptr;
    // FileIndexOptions::threads of what has to be read.
    int threads = 1;
  };
  // The index of a data manifest with at least those metrics.
  arrow::Result<std::shared_ptr<const FileIndex>> Index(const ManifestFile& file,
                                                        const Wanted& wanted, FileSystem& files);

  // The same where nothing has to be read, else null.
  std::shared_ptr<const FileIndex> Held(const ManifestFile& file, const Wanted& wanted);

  // The manifest list at `path`.
  using Manifests = std::shared_ptr<const std::vector<ManifestFile>>;
  arrow::Result<Manifests> List(const std::string& path, FileSystem& files);

  int64_t MemoryBytes() const;

 private:
  // A list has a path only.
  struct Key {
    std::string_view path;
    int64_t length_bytes = -1, sequence_number = -1;
    // Row ids are inherited from the list, and a later list may have assigned them.
    int64_t first_row_id = -1;
    int32_t schema_id = -1;
    bool operator==(const Key&) const = default;
  };
  struct KeyHash {
    size_t operator()(const Key& key) const;
  };
  static Key KeyOf(const ManifestFile& file, const Wanted& wanted);

  struct Entry {
    std::string path;
    Key key;  // its path is this one
    std::shared_ptr<const FileIndex> index;
    Manifests list;
    int64_t bytes = 0;
  };
  using Entries = std::list<Entry>;  // the one used last in front

  // Moves the entry to the front; null when there is none.
  const Entry* Find(const Key& key);
  void Insert(Entry entry);
  void Remove(Entries::iterator entry);

  const int64_t bytes_max_;
  mutable std::mutex mutex_;
  Entries entries_;
  std::unordered_map<Key, Entries::iterator, KeyHash> by_key_;
  int64_t bytes_ = 0;
};

}  // namespace artemis
