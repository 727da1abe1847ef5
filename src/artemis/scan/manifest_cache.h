// Manifest lists and manifests that were read, kept for the plans to come: both are immutable.
#pragma once

#include <cstdint>
#include <list>
#include <map>
#include <memory>
#include <mutex>
#include <string>
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
  };
  // The index of a data manifest with at least those metrics.
  arrow::Result<std::shared_ptr<const FileIndex>> Index(const ManifestFile& file,
                                                        const Wanted& wanted, FileSystem& files);

  // Whether Index would not have to read.
  bool Holds(const ManifestFile& file, const Wanted& wanted) const;

  // The manifest list at `path`.
  using Manifests = std::shared_ptr<const std::vector<ManifestFile>>;
  arrow::Result<Manifests> List(const std::string& path, FileSystem& files);

  int64_t MemoryBytes() const;

 private:
  struct Entry {
    std::string key;
    std::shared_ptr<const FileIndex> index;
    Manifests list;
    int64_t bytes = 0;
  };
  using Entries = std::list<Entry>;  // the one used last in front

  // Moves the entry to the front; null when there is none.
  const Entry* Find(const std::string& key);
  void Insert(Entry entry);

  const int64_t bytes_max_;
  mutable std::mutex mutex_;
  Entries entries_;
  std::map<std::string, Entries::iterator, std::less<>> by_key_;
  int64_t bytes_ = 0;
};

}  // namespace artemis
