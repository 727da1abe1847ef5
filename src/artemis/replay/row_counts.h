// A multiset of rows by their hashes: how many more of each one side has than the other.
#pragma once

#include <cstdint>
#include <utility>
#include <vector>

#include "artemis/replay/row_hash.h"

namespace artemis {

// Open addressing over one array. Not thread-safe.
class RowCounts {
 public:
  struct Entry {
    RowHash hash;
    // What the row was added with first.
    RowHash key;
    int64_t count = 0;
    bool used = false;
  };
  static constexpr int64_t kBytesPerRow = 2 * static_cast<int64_t>(sizeof(Entry));

  RowCounts() : entries_(64) {}

  // Adds `count`, which may be negative, to the row's count. The reference holds until the next Add.
  Entry& Add(const RowHash& hash, int64_t count, const RowHash& key = {});
  // Null when the row was never added.
  Entry* Find(const RowHash& hash);

  const std::vector<Entry>& entries() const { return entries_; }
  // Different rows.
  size_t size() const { return size_; }

 private:
  size_t PlaceOf(const RowHash& hash) const;
  void Grow();

  std::vector<Entry> entries_;  // a power of two, at most half used
  size_t size_ = 0;
};

}  // namespace artemis
