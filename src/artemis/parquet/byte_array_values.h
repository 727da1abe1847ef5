// The values of the data pages of a byte array column: first their lengths, then their bytes, into memory that the caller owns.
#pragma once

#include <cstdint>
#include <cstring>
#include <memory>

#include <arrow/buffer.h>
#include <arrow/memory_pool.h>
#include <parquet/types.h>

namespace artemis {

// So many bytes past a value may be read or written: short values are copied without a loop.
inline constexpr int64_t kByteArraySlack = 32;

// Requires kByteArraySlack bytes past both ends; ranges that overlap: `from` before `to`, by at least `length`.
inline void CopyWithSlack(uint8_t* to, const uint8_t* from, int64_t length) {
  std::memcpy(to, from, kByteArraySlack);
  for (int64_t done = kByteArraySlack; done < length; done += kByteArraySlack)
    std::memcpy(to + done, from + done, kByteArraySlack);
}

// The same where nothing may be read at `from_end` and behind it.
inline void CopyUpTo(uint8_t* to, const uint8_t* from, int64_t length, const uint8_t* from_end) {
  if (from_end - from >= length + kByteArraySlack) return CopyWithSlack(to, from, length);
  std::memcpy(to, from, static_cast<size_t>(length));
}

// A dictionary page, with slack behind its bytes.
struct ByteArrayDictionary {
  std::shared_ptr<arrow::Buffer> offsets;  // int32, one more than values
  std::shared_ptr<arrow::Buffer> bytes;
  int32_t count = 0;
  int32_t longest = 0;

  const int32_t* offset_values() const { return reinterpret_cast<const int32_t*>(offsets->data()); }
};

// The values of a PLAIN page. Throws ParquetException where it does not hold `count` of them.
std::shared_ptr<const ByteArrayDictionary> DecodeDictionary(const uint8_t* data, int64_t size,
                                                            int64_t count, arrow::MemoryPool* pool);

// Values are taken in order. Everything throws ParquetException where a page ends early or contradicts itself.
class ByteArrayValues {
 public:
  virtual ~ByteArrayValues() = default;

  // Goes on with the `size` bytes of a page, which must stay until the next; `values`: at most so many, nulls not among them.
  virtual void SetPage(const uint8_t* data, int64_t size, int64_t values) = 0;
  // The lengths of the next values: `count`, or fewer if more took over `bytes_max` bytes. Gives how many, and their bytes.
  virtual int64_t Lengths(int64_t count, int64_t bytes_max, int32_t* lengths, int64_t* bytes) = 0;
  // The bytes of all values since the last call, whose lengths were given.
  virtual void Bytes(int64_t count, const int32_t* lengths, uint8_t* to) = 0;
};

// For the pages of `encoding`; throws for one that holds no byte arrays. `dictionary` may be null where there was no dictionary page.
std::unique_ptr<ByteArrayValues> MakeByteArrayValues(
    parquet::Encoding::type encoding, std::shared_ptr<const ByteArrayDictionary> dictionary);

// The indices of dictionary pages alone.
class DictionaryIndices {
 public:
  // `count`: values of the dictionary.
  explicit DictionaryIndices(int32_t count);
  ~DictionaryIndices();

  void SetPage(const uint8_t* data, int64_t size, int64_t values);
  // Throws where there are fewer or one is outside of the dictionary.
  void Next(int64_t count, int32_t* indices);

 private:
  struct Impl;
  std::unique_ptr<Impl> impl_;
};

}  // namespace artemis
