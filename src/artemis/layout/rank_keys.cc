// Numbers are looked up through a table of buckets, bytes through a small cache of what was asked last.
#include "artemis/layout/rank_keys.h"

#include <algorithm>
#include <array>
#include <bit>
#include <cmath>
#include <cstring>
#include <unordered_map>

namespace artemis {
namespace {

constexpr size_t kBucketsMax = size_t{1} << 17;

bool IsRankedAsNumber(arrow::Type::type id) {
  switch (id) {
    case arrow::Type::BOOL:
    case arrow::Type::INT32:
    case arrow::Type::INT64:
    case arrow::Type::FLOAT:
    case arrow::Type::DOUBLE:
    case arrow::Type::DATE32:
    case arrow::Type::TIME64:
    case arrow::Type::TIMESTAMP:
      return true;
    default:
      return false;
  }
}

bool IsRankedAsBytes(arrow::Type::type id) {
  return id == arrow::Type::STRING || id == arrow::Type::BINARY ||
         id == arrow::Type::FIXED_SIZE_BINARY || id == arrow::Type::DECIMAL128;
}

uint64_t OrderedNumber(int64_t value) { return static_cast<uint64_t>(value) ^ (uint64_t{1} << 63); }

// Positive numbers get the sign bit, negative ones are inverted whole; adding zero makes -0 to 0.
uint64_t OrderedNumber(double value) {
  if (std::isnan(value)) return ~uint64_t{0};
  const auto bits = std::bit_cast<uint64_t>(value + 0.0);
  return (bits >> 63) != 0 ? ~bits : bits | (uint64_t{1} << 63);
}

// Calls each(row, number) for every valid value.
template <typename Raw, typename Wide, typename Each>
void VisitRaw(const arrow::Array& values, const Each& each) {
  const Raw* raw = values.data()->GetValues<Raw>(1);
  const bool has_nulls = values.null_count() > 0;
  for (int64_t row = 0; row < values.length(); ++row) {
    if (has_nulls && values.IsNull(row)) continue;
    each(row, OrderedNumber(static_cast<Wide>(raw[row])));
  }
}

template <typename Each>
void VisitNumbers(const arrow::Array& values, const Each& each) {
  switch (values.type_id()) {
    case arrow::Type::BOOL:
      for (int64_t row = 0; row < values.length(); ++row) {
        if (values.IsNull(row)) continue;
        each(row,
             OrderedNumber(int64_t{static_cast<const arrow::BooleanArray&>(values).Value(row)}));
      }
      return;
    case arrow::Type::INT32:
    case arrow::Type::DATE32:
      return VisitRaw<int32_t, int64_t>(values, each);
    case arrow::Type::FLOAT:
      return VisitRaw<float, double>(values, each);
    case arrow::Type::DOUBLE:
      return VisitRaw<double, double>(values, each);
    default:
      return VisitRaw<int64_t, int64_t>(values, each);
  }
}

using DecimalBytes = std::array<char, 16>;

// Big-endian with the sign bit flipped.
DecimalBytes OrderedDecimal(const uint8_t* little_endian) {
  DecimalBytes bytes;
  std::reverse_copy(little_endian, little_endian + bytes.size(), bytes.begin());
  bytes[0] = static_cast<char>(bytes[0] ^ 0x80);
  return bytes;
}

// Calls each(row, bytes) for every valid value; the bytes of a decimal last for the call.
template <typename Each>
void VisitBytes(const arrow::Array& values, const Each& each) {
  for (int64_t row = 0; row < values.length(); ++row) {
    if (values.IsNull(row)) continue;
    if (values.type_id() == arrow::Type::DECIMAL128) {
      const DecimalBytes bytes =
          OrderedDecimal(static_cast<const arrow::Decimal128Array&>(values).GetValue(row));
      each(row, std::string_view(bytes.data(), bytes.size()));
    } else if (values.type_id() == arrow::Type::FIXED_SIZE_BINARY) {
      each(row, static_cast<const arrow::FixedSizeBinaryArray&>(values).GetView(row));
    } else {
      each(row, static_cast<const arrow::BinaryArray&>(values).GetView(row));
    }
  }
}

// The distinct values of a sorted list, and how often each is there.
template <typename Value>
std::vector<int64_t> CountDistinct(std::vector<Value>* sorted) {
  std::vector<int64_t> counts;
  size_t kept = 0;
  for (size_t i = 0; i < sorted->size(); ++i) {
    if (kept > 0 && (*sorted)[i] == (*sorted)[kept - 1]) {
      ++counts.back();
      continue;
    }
    if (kept != i) (*sorted)[kept] = std::move((*sorted)[i]);
    ++kept;
    counts.push_back(1);
  }
  sorted->resize(kept);
  return counts;
}

// The distinct texts of a sample, ascending, and how often each is there.
std::vector<int64_t> CountTexts(const arrow::Array& sample, std::vector<std::string>* texts) {
  std::unordered_map<std::string, int64_t> counted;
  std::string key;
  VisitBytes(sample, [&](int64_t, std::string_view text) {
    key.assign(text);
    ++counted[key];
  });
  texts->reserve(counted.size());
  for (const auto& [text, count] : counted) texts->push_back(text);
  std::sort(texts->begin(), texts->end());
  std::vector<int64_t> counts;
  for (const std::string& text : *texts) counts.push_back(counted[text]);
  return counts;
}

// What was asked last, by a hash of a few bytes. A cached text must outlive the cache.
class RankCache {
 public:
  struct Slot {
    std::string_view text;
    uint32_t rank = 0;
    bool used = false;
  };

  Slot& SlotOf(std::string_view text) { return slots_[HashEnds(text) % slots_.size()]; }

 private:
  static uint64_t HashEnds(std::string_view text) {
    uint64_t head = 0;
    uint64_t tail = 0;
    const size_t bytes = std::min<size_t>(text.size(), 8);
    if (bytes > 0) {
      std::memcpy(&head, text.data(), bytes);
      std::memcpy(&tail, text.data() + text.size() - bytes, bytes);
    }
    const uint64_t hash = (head * 0x9E3779B97F4A7C15u) ^ (tail * 0xC2B2AE3D27D4EB4Fu) ^ text.size();
    return (hash ^ (hash >> 29)) * 0xBF58476D1CE4E5B9u >> 32;
  }

  std::array<Slot, 1024> slots_{};
};

}  // namespace

arrow::Result<ColumnRanks> ColumnRanks::Make(const arrow::Array& sample, int bits) {
  ColumnRanks ranks;
  ranks.is_numeric_ = IsRankedAsNumber(sample.type_id());
  std::vector<int64_t> counts;
  if (ranks.is_numeric_) {
    VisitNumbers(sample, [&](int64_t, uint64_t number) { ranks.numbers_.push_back(number); });
    std::sort(ranks.numbers_.begin(), ranks.numbers_.end());
    counts = CountDistinct(&ranks.numbers_);
    ranks.MakeBuckets();
  } else if (IsRankedAsBytes(sample.type_id())) {
    counts = CountTexts(sample, &ranks.texts_);
  } else {
    return arrow::Status::Invalid("cannot order values of type ", sample.type()->ToString());
  }
  ranks.MakeRanks(counts, sample.null_count(), bits);
  ranks.MakeDirect();
  return ranks;
}

void ColumnRanks::MakeRanks(const std::vector<int64_t>& counts, int64_t nulls, int bits) {
  int64_t rows = nulls;
  for (const int64_t count : counts) rows += count;
  const uint64_t places = 2 * static_cast<uint64_t>(rows) + 3;
  const auto scaled = [&](uint64_t place) {
    return static_cast<uint32_t>((place << bits) / places);
  };
  auto below = static_cast<uint64_t>(nulls);
  for (const int64_t count : counts) {
    before_.push_back(scaled(2 * below + 1));
    at_.push_back(scaled(2 * below + 2));
    below += static_cast<uint64_t>(count);
  }
  before_.push_back(scaled(2 * below + 1));
}

void ColumnRanks::MakeBuckets() {
  if (numbers_.empty()) return;
  const uint64_t span = numbers_.back() - numbers_.front();
  const size_t wanted = std::min(kBucketsMax, std::bit_ceil(numbers_.size() * 2));
  while ((span >> bucket_shift_) >= wanted) ++bucket_shift_;
  const size_t buckets = (span >> bucket_shift_) + 1;
  buckets_.reserve(buckets + 1);
  for (size_t i = 0; i < numbers_.size(); ++i) {
    const size_t bucket = (numbers_[i] - numbers_.front()) >> bucket_shift_;
    while (buckets_.size() <= bucket) buckets_.push_back(static_cast<uint32_t>(i));
  }
  buckets_.push_back(static_cast<uint32_t>(numbers_.size()));
}

void ColumnRanks::MakeDirect() {
  if (numbers_.empty() || bucket_shift_ > 0) return;
  const uint64_t span = numbers_.back() - numbers_.front();
  direct_.reserve(span + 1);
  for (size_t i = 0; i < numbers_.size(); ++i) {
    const uint64_t place = numbers_[i] - numbers_.front();
    while (direct_.size() < place) direct_.push_back(before_[i]);
    direct_.push_back(at_[i]);
  }
}

uint32_t ColumnRanks::RankOf(uint64_t value) const {
  if (numbers_.empty() || value < numbers_.front()) return before_.front();
  if (value > numbers_.back()) return before_.back();
  if (!direct_.empty()) return direct_[value - numbers_.front()];
  const size_t bucket = (value - numbers_.front()) >> bucket_shift_;
  const auto found = std::lower_bound(numbers_.begin() + buckets_[bucket],
                                      numbers_.begin() + buckets_[bucket + 1], value);
  const auto i = static_cast<size_t>(found - numbers_.begin());
  return numbers_[i] == value ? at_[i] : before_[i];
}

uint32_t ColumnRanks::RankOf(std::string_view value) const {
  const auto found = std::lower_bound(texts_.begin(), texts_.end(), value);
  const auto i = static_cast<size_t>(found - texts_.begin());
  return found != texts_.end() && *found == value ? at_[i] : before_[i];
}

void ColumnRanks::FillNumbers(const arrow::Array& values, std::span<uint32_t> ranks) const {
  VisitNumbers(values, [&](int64_t row, uint64_t number) {
    ranks[static_cast<size_t>(row)] = RankOf(number);
  });
}

void ColumnRanks::FillBytes(const arrow::Array& values, std::span<uint32_t> ranks) const {
  if (values.type_id() == arrow::Type::DECIMAL128) {
    VisitBytes(values, [&](int64_t row, std::string_view bytes) {
      ranks[static_cast<size_t>(row)] = RankOf(bytes);
    });
    return;
  }
  RankCache cache;
  VisitBytes(values, [&](int64_t row, std::string_view text) {
    RankCache::Slot& slot = cache.SlotOf(text);
    if (!slot.used || slot.text != text) slot = {text, RankOf(text), true};
    ranks[static_cast<size_t>(row)] = slot.rank;
  });
}

void ColumnRanks::FillDictionary(const arrow::Array& values, std::span<uint32_t> ranks) const {
  const auto& coded = static_cast<const arrow::DictionaryArray&>(values);
  std::vector<uint32_t> of_code(static_cast<size_t>(coded.dictionary()->length()));
  Fill(*coded.dictionary(), of_code);
  const auto fill = [&](const auto* codes) {
    for (int64_t row = 0; row < coded.length(); ++row) {
      if (values.null_count() > 0 && values.IsNull(row)) continue;
      ranks[static_cast<size_t>(row)] = of_code[static_cast<size_t>(codes[row])];
    }
  };
  if (coded.indices()->type_id() == arrow::Type::INT16) {
    return fill(coded.indices()->data()->GetValues<int16_t>(1));
  }
  for (int64_t row = 0; row < coded.length(); ++row) {
    if (values.IsNull(row)) continue;
    ranks[static_cast<size_t>(row)] = of_code[static_cast<size_t>(coded.GetValueIndex(row))];
  }
}

void ColumnRanks::Fill(const arrow::Array& values, std::span<uint32_t> ranks) const {
  if (values.null_count() > 0) std::fill(ranks.begin(), ranks.end(), 0);
  if (values.type_id() == arrow::Type::DICTIONARY) {
    FillDictionary(values, ranks);
  } else if (is_numeric_) {
    FillNumbers(values, ranks);
  } else {
    FillBytes(values, ranks);
  }
}

}  // namespace artemis
