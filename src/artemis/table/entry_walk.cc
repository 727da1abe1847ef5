// Field after field, in the order of manifest_schema.cc.
#include "artemis/table/entry_walk.h"

#include <algorithm>
#include <bit>

#include "artemis/avro/decode_run.h"
#include "artemis/avro/skip_pairs.h"

namespace artemis {

namespace {

// Looking for so many keys, it does not pay to look for the next one several pairs at a time.
constexpr size_t kFewKeys = 4;

// More in an array are given up.
constexpr int64_t kItemsMax = int64_t{1} << 31;

}  // namespace

// A position that stays in registers, since all of this is inlined. False: give up.
class EntryWalk::Bytes {
 public:
  Bytes(Position begin, Position stop) : at(begin), end(stop) {}

  [[gnu::always_inline]] bool Long(int64_t* value) {
    if (at == end) return false;
    if (*at < 0x80) {
      *value = AvroUnZigZag(*at++);
      return true;
    }
    const AvroLong read = ReadAvroLong(at, end);
    if (read.next == nullptr) return false;
    at = read.next;
    *value = read.value;
    return true;
  }
  [[gnu::always_inline]] bool Int(int64_t* value) {
    return Long(value) && *value == static_cast<int32_t>(*value);
  }
  [[gnu::always_inline]] bool Text(std::string_view* value) {
    int64_t size;
    if (!Long(&size) || static_cast<uint64_t>(size) > static_cast<uint64_t>(end - at)) return false;
    *value = {reinterpret_cast<const char*>(at), static_cast<size_t>(size)};
    at += size;
    return true;
  }
  [[gnu::always_inline]] bool Skip(int64_t size) {
    if (size > end - at) return false;
    at += size;
    return true;
  }
  // The branch of a union of null and a value.
  [[gnu::always_inline]] bool Branch(bool* is_there) {
    if (at == end || (*at & ~2) != 0) return false;
    *is_there = *at++ != 0;
    return true;
  }
  [[gnu::always_inline]] bool OptionalLong(int slot, FileIndexSink* sink) {
    bool is_there;
    int64_t value;
    if (!Branch(&is_there)) return false;
    if (!is_there) return true;
    if (!Long(&value)) return false;
    sink->OnLong(slot, value);
    return true;
  }

  Position at;
  const Position end;
};

// Up to the maps.
[[gnu::always_inline]] inline bool EntryWalk::Head(Bytes* bytes) {
  int64_t status, content, rows, size;
  std::string_view path, format;
  if (!bytes->Int(&status)) return false;
  sink_.OnLong(kStatusSlot, status);
  if (!bytes->OptionalLong(kSnapshotIdSlot, &sink_) ||
      !bytes->OptionalLong(kSequenceNumberSlot, &sink_) ||
      !bytes->OptionalLong(kFileSequenceNumberSlot, &sink_)) {
    return false;
  }
  if (!bytes->Int(&content) || !bytes->Text(&path) || !bytes->Text(&format)) return false;
  sink_.OnLong(kContentSlot, content);
  sink_.OnBytes(kPathSlot, path);
  sink_.OnBytes(kFormatSlot, format);
  if (!Partition(bytes) || !bytes->Long(&rows) || !bytes->Long(&size)) return false;
  sink_.OnLong(kRecordCountSlot, rows);
  sink_.OnLong(kFileSizeSlot, size);
  return true;
}

// Bytes that begin as the partition before are that partition: where one ends is decided by its bytes alone.
[[gnu::always_inline]] inline bool EntryWalk::Partition(Bytes* bytes) {
  const Position begin = bytes->at;
  const std::string_view left(reinterpret_cast<const char*>(begin),
                              static_cast<size_t>(bytes->end - begin));
  const std::string_view last = sink_.last_tuple_bytes();
  if (!last.empty() && left.starts_with(last)) {
    bytes->at += last.size();
  } else {
    for (const EntryItem& item : shape_.partition) {
      if (!Item(item, bytes)) return false;
    }
  }
  sink_.OnBytes(FileIndexSink::kTupleSlot, left.substr(0, static_cast<size_t>(bytes->at - begin)));
  return true;
}

[[gnu::always_inline]] inline bool EntryWalk::Tail(Bytes* bytes) {
  for (const EntryItem& item : shape_.tail) {
    if (!Item(item, bytes)) return false;
  }
  return true;
}

[[gnu::always_inline]] inline bool EntryWalk::Item(const EntryItem& item, Bytes* bytes) {
  bool is_there = true;
  if (item.is_optional && !bytes->Branch(&is_there)) return false;
  if (!is_there) return true;
  int64_t value;
  std::string_view text;
  switch (item.kind) {
    case EntryItem::kLong:
      if (!bytes->Long(&value)) return false;
      if (item.slot < 0) return true;
      if (item.is_int && value != static_cast<int32_t>(value)) return false;
      sink_.OnLong(item.slot, value);
      return true;
    case EntryItem::kBytes:
      if (!bytes->Text(&text)) return false;
      if (item.slot >= 0) sink_.OnBytes(item.slot, text);
      return true;
    case EntryItem::kFixed:
      return bytes->Skip(item.fixed_bytes);
    default:
      return Numbers(item.slot, bytes);
  }
}

// An array in one block.
[[gnu::always_inline]] inline bool EntryWalk::Numbers(int slot, Bytes* bytes) {
  int64_t count, number, size = -1;
  if (!bytes->Long(&count)) return false;
  if (count == 0) return true;
  if (count < 0 && (count < -kItemsMax || !bytes->Long(&size))) return false;
  const Position block = bytes->at;
  const bool has_size = count < 0;
  for (count = has_size ? -count : count; count > 0; --count) {
    if (!bytes->Long(&number)) return false;
    if (slot >= 0) sink_.OnLong(slot, number);
  }
  if (has_size && bytes->at - block != size) return false;
  return bytes->at != bytes->end && *bytes->at++ == 0;
}

// The count of the only wanted column, which is mostly in the same place as in the entry before.
EntryWalk::Position EntryWalk::OneCount(int slot, uint32_t* place, Position block,
                                        Position block_end, Position end) {
  const auto key = static_cast<uint8_t>(keys_.only_small() * 2);
  Bytes bytes(block, end);
  int64_t value;
  if (end - block >= 64) {
    uint64_t ends = VarintEnds(block);
    for (uint32_t i = 2 * *place; i > 1; --i) ends &= ends - 1;
    const int begin = *place == 0 ? 0 : std::countr_zero(ends) + 1;
    if (begin < block_end - block && begin < 64 && block[begin] == key) {
      bytes.at = block + begin + 1;
      if (!bytes.Long(&value) || bytes.at > block_end) return nullptr;
      sink_.OnLong(FileIndexSink::kKeySlot, key / 2);
      sink_.OnLong(slot, value);
      return block_end;
    }
  }
  int64_t found;
  for (uint32_t i = 0; bytes.at < block_end; ++i) {
    if (!bytes.Long(&found) || !bytes.Long(&value)) return nullptr;
    if (found != key / 2) continue;
    *place = std::min<uint32_t>(i, 31);
    sink_.OnLong(FileIndexSink::kKeySlot, found);
    sink_.OnLong(slot, value);
    break;
  }
  return bytes.at <= block_end ? block_end : nullptr;
}

template <bool kTexts>
EntryWalk::Position EntryWalk::Pairs(int slot, int64_t count, Position at, Position block_end,
                                     Position end) {
  const uint64_t wanted = slot < 0 ? 0 : keys_.bits_of_small();
  const bool is_sparse = slot < 0 || keys_.size() <= kFewKeys;
  size_t wanted_left = slot < 0 ? 0 : keys_.size();
  Bytes bytes(at, end);
  for (; count > 0; --count) {
    if (is_sparse) {
      const AvroSkipped skipped = kTexts ? SkipBytesPairs(bytes.at, end, count, wanted)
                                         : SkipLongPairs(bytes.at, end, count, wanted);
      bytes.at = skipped.next;
      count = skipped.pairs_left;
      if (count == 0) break;
    }
    int64_t key, number;
    std::string_view text;
    if (!bytes.Long(&key) || !(kTexts ? bytes.Text(&text) : bytes.Long(&number))) return nullptr;
    if (slot < 0 || !keys_.Contains(key)) continue;
    sink_.OnLong(FileIndexSink::kKeySlot, key);
    if constexpr (kTexts) {
      sink_.OnBytes(slot, text);
    } else {
      sink_.OnLong(slot, number);
    }
    if (--wanted_left == 0 && block_end != nullptr)
      return bytes.at <= block_end ? block_end : nullptr;
  }
  return block_end == nullptr || bytes.at == block_end ? bytes.at : nullptr;
}

// A map in one block; `slot` is -1 where nothing of it is wanted.
template <bool kTexts>
[[gnu::always_inline]] inline bool EntryWalk::Map(int slot, uint32_t* place, Bytes* bytes) {
  bool is_there;
  int64_t count, size;
  if (!bytes->Branch(&is_there)) return false;
  if (!is_there) return true;
  if (!bytes->Long(&count)) return false;
  if (count == 0) return true;
  Position block_end = nullptr;
  if (count < 0) {
    if (count < -kItemsMax || !bytes->Long(&size)) return false;
    if (static_cast<uint64_t>(size) > static_cast<uint64_t>(bytes->end - bytes->at)) return false;
    count = -count;
    block_end = bytes->at + size;
  }
  const bool is_wanted = slot >= 0 && !keys_.empty();
  if (!is_wanted && block_end != nullptr) {
    bytes->at = block_end;
  } else if (!kTexts && is_wanted && block_end != nullptr && keys_.only_small() >= 0) {
    bytes->at = OneCount(slot, place, bytes->at, block_end, bytes->end);
  } else {
    bytes->at = Pairs<kTexts>(is_wanted ? slot : -1, count, bytes->at, block_end, bytes->end);
  }
  return bytes->at != nullptr && bytes->at != bytes->end && *bytes->at++ == 0;
}

arrow::Status EntryWalk::Decode(std::string_view raw, int64_t count) {
  if (count < 0 || static_cast<uint64_t>(count) > raw.size())
    return DecodeAvro(plan_, raw, count, &sink_);
  AvroRun<FileIndexSink> run(plan_, raw, &sink_);
  const Position end = run.position() + raw.size();
  for (int64_t i = 0; i < count; ++i) {
    sink_.BeginRecord();
    if (const Position next = Entry(run.position(), end); next != nullptr) {
      run.Seek(next);
    } else {
      sink_.BeginRecord();
      if (!run.RunRecord()) return BrokenRecord(run.cursor(), i, count);
    }
    ARROW_RETURN_NOT_OK(sink_.EndRecord());
  }
  return CheckAllRead(run.remaining(), count);
}

EntryWalk::Position EntryWalk::Entry(Position at, Position end) {
  using Slot = FileIndexSink::Slot;
  Bytes bytes(at, end);
  const bool is_whole = Head(&bytes) && Map<false>(-1, nullptr, &bytes) &&
                        Map<false>(Slot::kFirstCountSlot, &places_[0], &bytes) &&
                        Map<false>(Slot::kFirstCountSlot + 1, &places_[1], &bytes) &&
                        Map<false>(Slot::kFirstCountSlot + 2, &places_[2], &bytes) &&
                        Map<true>(Slot::kFirstBoundSlot, nullptr, &bytes) &&
                        Map<true>(Slot::kFirstBoundSlot + 1, nullptr, &bytes) && Tail(&bytes);
  return is_whole ? bytes.at : nullptr;
}

}  // namespace artemis
