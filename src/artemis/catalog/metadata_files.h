// The metadata files of a catalog's tables: how they are named, read once, and written before a swap.
// Shared by every catalog; invariants C1, C2 and C6 of docs/design/commit.md live here.
#pragma once

#include <list>
#include <memory>
#include <mutex>
#include <string>
#include <unordered_map>

#include <arrow/result.h>

#include "artemis/base/clock.h"
#include "artemis/catalog/catalog.h"
#include "artemis/io/file_system.h"
#include "artemis/table/metadata.h"

namespace artemis {

// "<location>/metadata/00004-<uuid>.metadata.json" after "…/00003-….metadata.json" or "…/v3.metadata.json"; number 0 after
// an empty `previous`. Honours the table property write.metadata.path.
std::string NextMetadataLocation(const TableMetadata& metadata, const std::string& previous);

// `next` made ready to follow `base`: `base`'s file enters metadata-log (cut to write.metadata.previous-versions-max, 100 by
// default). A `next` that says when it was changed (later than base: a snapshot's time) keeps that as last-updated, so that the
// timeline and the snapshots agree; any other gets max(now, base + 1 ms) (C6).
// Invalid when `next` is of another table (uuid) or goes back in sequence numbers or format version.
arrow::Result<TableMetadata> FollowMetadata(const LoadedTable& base, TableMetadata next,
                                            TimestampMs now);

// Reads and writes metadata files, and keeps the parsed form of the last few (they are immutable). Thread-safe.
class MetadataFiles {
 public:
  // Keeps so many (0: none), and no more than take `cached_bytes_max` (three times their text, about); but the last one, whatever it takes.
  explicit MetadataFiles(FileSystem& files, size_t cached_max = 32,
                         int64_t cached_bytes_max = int64_t{128} << 20)
      : files_(files), cached_max_(cached_max), cached_bytes_max_(cached_bytes_max) {}

  // CorruptFile, LimitExceeded, IOError with the location.
  arrow::Result<std::shared_ptr<const TableMetadata>> Read(const std::string& location);
  // Writes a new file and makes it and its folder durable (C1). AlreadyExists when the location is taken.
  arrow::Status WriteNew(const std::string& location,
                         std::shared_ptr<const TableMetadata> metadata);
  // Removes a file that no catalog has ever named. Failure is not an error: an orphan harms nobody.
  void Discard(const std::string& location);
  // What is kept takes of memory, about.
  int64_t CachedBytes() const;

 private:
  struct Cached {
    std::shared_ptr<const TableMetadata> metadata;
    int64_t bytes = 0;
  };
  void Remember(const std::string& location, std::shared_ptr<const TableMetadata> metadata,
                size_t text_bytes);
  // Requires the lock.
  void Forget(const std::string& location);

  FileSystem& files_;
  const size_t cached_max_;
  const int64_t cached_bytes_max_;
  mutable std::mutex mutex_;
  int64_t cached_bytes_ = 0;
  std::list<std::string> recent_;  // most recent first
  std::unordered_map<std::string, Cached> cached_;
};

}  // namespace artemis
