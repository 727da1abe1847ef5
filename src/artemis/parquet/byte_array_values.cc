// A decoder for each encoding of byte arrays.
#include "artemis/parquet/byte_array_values.h"

#include <algorithm>
#include <numeric>
#include <string>
#include <vector>

#include <parquet/encoding.h>
#include <parquet/exception.h>

#include "artemis/parquet/delta_lengths.h"

namespace artemis {
namespace {

using parquet::ParquetException;

int64_t PlainLength(const uint8_t* at, const uint8_t* end) {
  uint32_t length;
  if (end - at < 4) throw ParquetException("a page of byte arrays is cut off");
  std::memcpy(&length, at, sizeof length);
  if (static_cast<int64_t>(length) > end - at - 4) {
    throw ParquetException("a byte array is longer than its page");
  }
  return static_cast<int64_t>(length);
}

// Adds lengths up while they fit: `length_at` is called in order, once more than fit at most.
template <typename LengthAt>
int64_t TakeLengths(int64_t count, int64_t bytes_max, int32_t* lengths, int64_t* bytes,
                    const LengthAt& length_at) {
  int64_t total = 0;
  int64_t taken = 0;
  for (; taken < count; ++taken) {
    const int64_t length = length_at(taken);
    if (total + length > bytes_max) break;
    total += length;
    lengths[taken] = static_cast<int32_t>(length);
  }
  *bytes = total;
  return taken;
}

class PlainValues final : public ByteArrayValues {
 public:
  void SetPage(const uint8_t* data, int64_t size, int64_t) override {
    at_ = data;
    end_ = data + size;
  }
  int64_t Lengths(int64_t count, int64_t bytes_max, int32_t* lengths, int64_t* bytes) override {
    const uint8_t* at = at_;
    return TakeLengths(count, bytes_max, lengths, bytes, [&](int64_t) {
      const int64_t length = PlainLength(at, end_);
      at += 4 + length;
      return length;
    });
  }
  void Bytes(int64_t count, const int32_t* lengths, uint8_t* to) override {
    for (int64_t i = 0; i < count; ++i) {
      CopyUpTo(to, at_ + 4, lengths[i], end_);
      at_ += 4 + lengths[i];
      to += lengths[i];
    }
  }

 private:
  const uint8_t* at_ = nullptr;
  const uint8_t* end_ = nullptr;
};

class DictionaryValues final : public ByteArrayValues {
 public:
  explicit DictionaryValues(std::shared_ptr<const ByteArrayDictionary> dictionary)
      : dictionary_(std::move(dictionary)), decoder_(dictionary_->count) {}

  void SetPage(const uint8_t* data, int64_t size, int64_t values) override {
    decoder_.SetPage(data, size, values);
    first_ = end_ = 0;
  }
  // Indices that did not fit are kept for the next call.
  int64_t Lengths(int64_t count, int64_t bytes_max, int32_t* lengths, int64_t* bytes) override {
    if (end_ - first_ < count) Refill(count);
    const int32_t* offsets = dictionary_->offset_values();
    const int32_t* indices = indices_.data() + first_;
    return TakeLengths(count, bytes_max, lengths, bytes,
                       [&](int64_t i) { return offsets[indices[i] + 1] - offsets[indices[i]]; });
  }
  void Bytes(int64_t count, const int32_t* lengths, uint8_t* to) override {
    const int32_t* offsets = dictionary_->offset_values();
    const uint8_t* bytes = dictionary_->bytes->data();
    const int32_t* indices = indices_.data() + first_;
    for (int64_t i = 0; i < count; ++i) {
      CopyWithSlack(to, bytes + offsets[indices[i]], lengths[i]);
      to += lengths[i];
    }
    first_ += count;
  }

 private:
  void Refill(int64_t count) {
    std::copy(indices_.begin() + first_, indices_.begin() + end_, indices_.begin());
    end_ -= first_;
    first_ = 0;
    if (static_cast<int64_t>(indices_.size()) < count) indices_.resize(static_cast<size_t>(count));
    decoder_.Next(count - end_, indices_.data() + end_);
    end_ = count;
  }

  const std::shared_ptr<const ByteArrayDictionary> dictionary_;
  DictionaryIndices decoder_;
  std::vector<int32_t> indices_;
  int64_t first_ = 0;
  int64_t end_ = 0;
};

// The lengths, then all bytes.
class DeltaLengthValues final : public ByteArrayValues {
 public:
  void SetPage(const uint8_t* data, int64_t size, int64_t values) override {
    at_ = data + DecodeLengths(data, size, values, &lengths_);
    next_ = 0;
    const int64_t bytes = std::accumulate(lengths_.begin(), lengths_.end(), int64_t{0});
    if (bytes > data + size - at_) throw ParquetException("byte arrays are longer than their page");
  }
  int64_t Lengths(int64_t count, int64_t bytes_max, int32_t* lengths, int64_t* bytes) override {
    if (static_cast<int64_t>(lengths_.size()) - next_ < count) {
      throw ParquetException("a page holds fewer lengths than values");
    }
    const int32_t* next = lengths_.data() + next_;
    return TakeLengths(count, bytes_max, lengths, bytes, [&](int64_t i) { return next[i]; });
  }
  void Bytes(int64_t count, const int32_t* lengths, uint8_t* to) override {
    const int64_t bytes = std::accumulate(lengths, lengths + count, int64_t{0});
    if (bytes > 0) std::memcpy(to, at_, static_cast<size_t>(bytes));
    at_ += bytes;
    next_ += count;
  }

 private:
  std::vector<int32_t> lengths_;
  int64_t next_ = 0;
  const uint8_t* at_ = nullptr;
};

// How much of the value before each begins with, the lengths of what follows, then the bytes of what follows.
class DeltaByteValues final : public ByteArrayValues {
 public:
  void SetPage(const uint8_t* data, int64_t size, int64_t values) override {
    const uint8_t* end = data + size;
    at_ = data + DecodeLengths(data, size, values, &prefixes_);
    at_ += DecodeLengths(at_, end - at_, values, &suffixes_);
    end_ = end;
    next_ = 0;
    previous_.assign(kByteArraySlack, '\0');
    if (prefixes_.size() != suffixes_.size()) {
      throw ParquetException("a page holds another number of prefixes than of suffixes");
    }
    const int64_t bytes = std::accumulate(suffixes_.begin(), suffixes_.end(), int64_t{0});
    if (bytes > end - at_) throw ParquetException("suffixes are longer than their page");
  }
  int64_t Lengths(int64_t count, int64_t bytes_max, int32_t* lengths, int64_t* bytes) override {
    if (static_cast<int64_t>(prefixes_.size()) - next_ < count) {
      throw ParquetException("a page holds fewer lengths than values");
    }
    const int32_t* prefixes = prefixes_.data() + next_;
    const int32_t* suffixes = suffixes_.data() + next_;
    int64_t before = PreviousLength();
    return TakeLengths(count, bytes_max, lengths, bytes, [&](int64_t i) {
      if (prefixes[i] > before) throw ParquetException("a prefix is longer than its value");
      before = int64_t{prefixes[i]} + suffixes[i];
      if (before > INT32_MAX) throw ParquetException("a byte array of more than 2 GiB");
      return before;
    });
  }
  void Bytes(int64_t count, const int32_t* lengths, uint8_t* to) override {
    if (count == 0) return;
    const auto* before = reinterpret_cast<const uint8_t*>(previous_.data());
    for (int64_t i = 0; i < count; ++i) {
      const int32_t prefix = prefixes_[static_cast<size_t>(next_ + i)];
      const int32_t suffix = lengths[i] - prefix;
      CopyWithSlack(to, before, prefix);
      CopyUpTo(to + prefix, at_, suffix, end_);
      at_ += suffix;
      before = to;
      to += lengths[i];
    }
    next_ += count;
    previous_.assign(reinterpret_cast<const char*>(before),
                     static_cast<size_t>(lengths[count - 1]));
    previous_.append(kByteArraySlack, '\0');
  }

 private:
  int64_t PreviousLength() const {
    return static_cast<int64_t>(previous_.size()) - kByteArraySlack;
  }

  std::vector<int32_t> prefixes_;
  std::vector<int32_t> suffixes_;
  int64_t next_ = 0;
  const uint8_t* at_ = nullptr;
  const uint8_t* end_ = nullptr;
  // The last value, with slack.
  std::string previous_;
};

}  // namespace

std::shared_ptr<const ByteArrayDictionary> DecodeDictionary(const uint8_t* data, int64_t size,
                                                            int64_t count,
                                                            arrow::MemoryPool* pool) {
  if (count < 0 || count > size / 4) {
    throw ParquetException("a dictionary page holds fewer values than it says");
  }
  auto dictionary = std::make_shared<ByteArrayDictionary>();
  PARQUET_ASSIGN_OR_THROW(dictionary->offsets, arrow::AllocateBuffer((count + 1) * 4, pool));
  PARQUET_ASSIGN_OR_THROW(dictionary->bytes, arrow::AllocateBuffer(size + kByteArraySlack, pool));
  auto* offsets = reinterpret_cast<int32_t*>(dictionary->offsets->mutable_data());
  uint8_t* bytes = dictionary->bytes->mutable_data();
  const uint8_t* at = data;
  int32_t used = 0;
  for (int64_t i = 0; i < count; ++i) {
    const auto length = static_cast<int32_t>(PlainLength(at, data + size));
    std::memcpy(bytes + used, at + 4, static_cast<size_t>(length));
    at += 4 + length;
    offsets[i] = used;
    used += length;
    dictionary->longest = std::max(dictionary->longest, length);
  }
  offsets[count] = used;
  std::memset(bytes + used, 0, static_cast<size_t>(size + kByteArraySlack - used));
  dictionary->count = static_cast<int32_t>(count);
  return dictionary;
}

struct DictionaryIndices::Impl {
  int32_t count = 0;
  std::unique_ptr<parquet::DictDecoder<parquet::ByteArrayType>> decoder;
};

DictionaryIndices::DictionaryIndices(int32_t count) : impl_(std::make_unique<Impl>()) {
  impl_->count = count;
  impl_->decoder =
      parquet::MakeDictDecoder<parquet::ByteArrayType>(nullptr, arrow::system_memory_pool());
}

DictionaryIndices::~DictionaryIndices() = default;

void DictionaryIndices::SetPage(const uint8_t* data, int64_t size, int64_t values) {
  impl_->decoder->SetData(static_cast<int>(values), data, static_cast<int>(size));
}

void DictionaryIndices::Next(int64_t count, int32_t* indices) {
  if (impl_->decoder->DecodeIndices(static_cast<int>(count), indices) != count) {
    throw ParquetException("a page holds fewer indices than values");
  }
  uint32_t greatest = 0;
  for (int64_t i = 0; i < count; ++i)
    greatest = std::max(greatest, static_cast<uint32_t>(indices[i]));
  if (count > 0 && greatest >= static_cast<uint32_t>(impl_->count)) {
    throw ParquetException("an index lies outside of the dictionary");
  }
}

std::unique_ptr<ByteArrayValues> MakeByteArrayValues(
    parquet::Encoding::type encoding, std::shared_ptr<const ByteArrayDictionary> dictionary) {
  switch (encoding) {
    case parquet::Encoding::PLAIN:
      return std::make_unique<PlainValues>();
    case parquet::Encoding::PLAIN_DICTIONARY:
    case parquet::Encoding::RLE_DICTIONARY:
      if (dictionary == nullptr) throw ParquetException("indices without a dictionary page");
      return std::make_unique<DictionaryValues>(std::move(dictionary));
    case parquet::Encoding::DELTA_LENGTH_BYTE_ARRAY:
      return std::make_unique<DeltaLengthValues>();
    case parquet::Encoding::DELTA_BYTE_ARRAY:
      return std::make_unique<DeltaByteValues>();
    default:
      throw ParquetException("byte arrays in encoding ", parquet::EncodingToString(encoding));
  }
}

}  // namespace artemis
