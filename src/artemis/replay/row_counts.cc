// Linear probing.
#include "artemis/replay/row_counts.h"

namespace artemis {

size_t RowCounts::PlaceOf(const RowHash& hash) const {
  const size_t mask = entries_.size() - 1;
  // The high word: partitions of spilled rows go by the low one.
  size_t place = (hash.high ^ (hash.low >> 32)) & mask;
  while (entries_[place].used && !(entries_[place].hash == hash)) place = (place + 1) & mask;
  return place;
}

RowCounts::Entry& RowCounts::Add(const RowHash& hash, int64_t count, const RowHash& key) {
  if ((size_ + 1) * 2 > entries_.size()) Grow();
  Entry& entry = entries_[PlaceOf(hash)];
  if (!entry.used) {
    entry = {hash, key, 0, true};
    ++size_;
  }
  entry.count += count;
  return entry;
}

RowCounts::Entry* RowCounts::Find(const RowHash& hash) {
  Entry& entry = entries_[PlaceOf(hash)];
  return entry.used ? &entry : nullptr;
}

void RowCounts::Grow() {
  std::vector<Entry> smaller(entries_.size() * 2);
  smaller.swap(entries_);
  for (const Entry& entry : smaller) {
    if (entry.used) entries_[PlaceOf(entry.hash)] = entry;
  }
}

}  // namespace artemis
