// A walk in step, then a table of what is left.
#include "artemis/replay/file_pairs.h"

#include <bit>
#include <functional>

namespace artemis {

namespace {

// One row of so many of the older list can be found by its hash.
constexpr uint32_t kRowsPerMark = 32;
// How many rows of the older list may have gone before the walk asks for another place.
constexpr uint32_t kRowsSkipped = 8;

// How many rows of one path are tried as a place to go on from.
constexpr int kMarksTried = 4;

// Rows by a hash; rows with one hash in reverse of the order they were added.
class RowTable {
 public:
  explicit RowTable(size_t rows) : heads_(std::bit_ceil(rows * 2 + 2), kEnd) {
    entries_.reserve(rows);
  }

  void Add(uint64_t hash, IndexRow row) {
    uint32_t& head = HeadOf(hash);
    entries_.push_back({hash, row, head});
    head = static_cast<uint32_t>(entries_.size() - 1);
  }

  // Of the first `tries` rows of the hash one that `matches`; none where there is none.
  template <typename Matches>
  IndexRow Find(uint64_t hash, int tries, const Matches& matches) {
    for (uint32_t at = HeadOf(hash); at != kEnd && tries > 0; at = entries_[at].next) {
      if (entries_[at].hash != hash) continue;
      if (matches(entries_[at].row)) return entries_[at].row;
      --tries;
    }
    return {};
  }

  // Takes the first row of the hash that `matches` out of the table; none where there is none.
  template <typename Matches>
  IndexRow Take(uint64_t hash, const Matches& matches) {
    for (uint32_t* at = &HeadOf(hash); *at != kEnd; at = &entries_[*at].next) {
      const Entry& entry = entries_[*at];
      if (entry.hash != hash || !matches(entry.row)) continue;
      *at = entry.next;
      return entry.row;
    }
    return {};
  }

 private:
  static constexpr uint32_t kEnd = ~uint32_t{0};
  struct Entry {
    uint64_t hash;
    IndexRow row;
    uint32_t next;
  };

  uint32_t& HeadOf(uint64_t hash) { return heads_[hash & (heads_.size() - 1)]; }

  std::vector<uint32_t> heads_;
  std::vector<Entry> entries_;
};

class Pairing {
 public:
  Pairing(const std::vector<const FileIndex*>& older, const std::vector<const FileIndex*>& newer)
      : older_(older), newer_(newer) {
    for (const auto* index : older) pairs_.of_older.emplace_back(index->size());
    for (const auto* index : newer) pairs_.of_newer.emplace_back(index->size());
  }

  FilePairs Run() {
    RowTable marks = Marks();
    for (uint32_t index = 0; index < newer_.size(); ++index) Walk(index, &marks);
    PairRest(HashOfPathAndNumber, [&](IndexRow a, IndexRow b) { return AreTheSame(a, b); });
    PairRest(HashOf, [&](IndexRow a, IndexRow b) { return HaveSamePath(a, b); });
    return std::move(pairs_);
  }

 private:
  IndexRow& PartnerOfOlder(IndexRow row) { return pairs_.of_older[row.index][row.row]; }
  IndexRow& PartnerOfNewer(IndexRow row) { return pairs_.of_newer[row.index][row.row]; }

  static uint64_t HashOf(const std::vector<const FileIndex*>& indexes, IndexRow row) {
    const FileIndex& index = *indexes[row.index];
    return HashPath(index.folder(row.row), index.name(row.row));
  }

  bool HaveSamePath(IndexRow older, IndexRow newer) const {
    const FileIndex &a = *older_[older.index], &b = *newer_[newer.index];
    return a.name(older.row) == b.name(newer.row) && a.folder(older.row) == b.folder(newer.row);
  }

  bool AreTheSame(IndexRow older, IndexRow newer) const {
    return older_[older.index]->data_sequence_number(older.row) ==
               newer_[newer.index]->data_sequence_number(newer.row) &&
           HaveSamePath(older, newer);
  }

  void Pair(IndexRow older, IndexRow newer) {
    PartnerOfOlder(older) = newer;
    PartnerOfNewer(newer) = older;
    ++pairs_.count;
  }

  bool PairIfSame(IndexRow older, IndexRow newer) {
    if (!PartnerOfOlder(older).is_none() || !AreTheSame(older, newer)) return false;
    Pair(older, newer);
    return true;
  }

  RowTable Marks() const {
    size_t count = 0;
    for (const auto* index : older_) count += index->size() / kRowsPerMark + 1;
    RowTable marks(count);
    for (uint32_t at = 0; at < older_.size(); ++at) {
      for (uint32_t row = 0; row < older_[at]->size(); row += kRowsPerMark) {
        marks.Add(HashOf(older_, {at, row}), {at, row});
      }
    }
    return marks;
  }

  void Walk(uint32_t index, RowTable* marks) {
    IndexRow next;  // of the older list
    for (uint32_t row = 0; row < newer_[index]->size(); ++row) {
      if (Step({index, row}, &next)) continue;
      const IndexRow found =
          marks->Find(HashOf(newer_, {index, row}), kMarksTried, [&](IndexRow mark) {
            return PairIfSame(mark, {index, row});
          });
      if (found.is_none()) continue;
      StepBack({index, row}, found);
      next = {found.index, found.row + 1};
    }
  }

  bool Step(IndexRow newer, IndexRow* next) {
    if (next->is_none()) return false;
    const auto rows = static_cast<uint32_t>(older_[next->index]->size());
    for (uint32_t row = next->row; row < rows && row <= next->row + kRowsSkipped; ++row) {
      if (!PairIfSame({next->index, row}, newer)) continue;
      next->row = row + 1;
      return true;
    }
    return false;
  }

  void StepBack(IndexRow newer, IndexRow older) {
    while (newer.row > 0 && older.row > 0) {
      --newer.row;
      --older.row;
      if (!PartnerOfNewer(newer).is_none() || !PairIfSame(older, newer)) return;
    }
  }

  using Side = std::vector<const FileIndex*>;

  static std::vector<IndexRow> Unpaired(const std::vector<std::vector<IndexRow>>& partners,
                                        int64_t paired) {
    int64_t rows = 0;
    for (const auto& of_index : partners) rows += std::ssize(of_index);
    std::vector<IndexRow> unpaired;
    if (rows == paired) return unpaired;
    unpaired.reserve(static_cast<size_t>(rows - paired));
    for (uint32_t index = 0; index < partners.size(); ++index) {
      for (uint32_t row = 0; row < partners[index].size(); ++row) {
        if (partners[index][row].is_none()) unpaired.push_back({index, row});
      }
    }
    return unpaired;
  }

  static uint64_t HashOfPathAndNumber(const Side& side, IndexRow row) {
    const auto number = side[row.index]->data_sequence_number(row.row).value;
    return HashOf(side, row) + static_cast<uint64_t>(number) * 0xff51afd7ed558ccdu;
  }

  // Rows of one hash that are the same for `same` as well are alike: any two of them may be paired.
  template <typename Hash, typename Same>
  void PairRest(const Hash& hash, const Same& same) {
    const auto older = Unpaired(pairs_.of_older, pairs_.count);
    const auto newer = Unpaired(pairs_.of_newer, pairs_.count);
    if (older.empty() || newer.empty()) return;
    RowTable left(older.size());
    for (auto row = older.rbegin(); row != older.rend(); ++row) left.Add(hash(older_, *row), *row);
    for (const IndexRow row : newer) {
      const auto is_same = [&](IndexRow each) { return same(each, row); };
      const IndexRow found = left.Take(hash(newer_, row), is_same);
      if (!found.is_none()) Pair(found, row);
    }
  }

  const std::vector<const FileIndex*>& older_;
  const std::vector<const FileIndex*>& newer_;
  FilePairs pairs_;
};

}  // namespace

FilePairs PairFiles(const std::vector<const FileIndex*>& older,
                    const std::vector<const FileIndex*>& newer) {
  return Pairing(older, newer).Run();
}

uint64_t HashPath(std::string_view folder, std::string_view name) {
  const uint64_t of_name = std::hash<std::string_view>()(name);
  return (of_name ^ (of_name >> 32)) * 0x9e3779b97f4a7c15u + std::hash<std::string_view>()(folder);
}

uint64_t HashPath(std::string_view path) {
  const size_t slash = path.rfind('/');
  const size_t begin = slash == std::string_view::npos ? 0 : slash + 1;
  return HashPath(path.substr(0, begin), path.substr(begin));
}

}  // namespace artemis
