// Pages, nulls, and Arrow's buffers.
#include "artemis/parquet/byte_array_column.h"

#include <algorithm>
#include <map>
#include <vector>

#include <arrow/buffer.h>
#include <arrow/type.h>
#include <arrow/util/bit_util.h>
#include <parquet/column_page.h>
#include <parquet/column_reader.h>
#include <parquet/exception.h>
#include <parquet/metadata.h>
#include <parquet/schema.h>

#include "artemis/parquet/byte_array_values.h"

namespace artemis {
namespace {

using parquet::ParquetException;

// Rows that are decoded at a time, in the first-level cache.
constexpr int64_t kRowsAtOnce = 1024;
// An array of 32-bit offsets holds no more.
constexpr int64_t kArrayBytesMax = INT32_MAX - kByteArraySlack;

bool IsDictionary(parquet::Encoding::type encoding) {
  return encoding == parquet::Encoding::RLE_DICTIONARY ||
         encoding == parquet::Encoding::PLAIN_DICTIONARY;
}

// Whether rows are null, a few at a time, and which.
class NullLevels {
 public:
  // Of a page where no row is null.
  void SetNone(int64_t rows) {
    has_levels_ = false;
    rows_left_ = rows;
  }
  // How many bytes of the page are levels.
  int64_t SetPage(const parquet::DataPageV1& page) {
    SetSome(page.num_values());
    return decoder_.SetData(page.definition_level_encoding(), 1, page.num_values(), page.data(),
                            page.size());
  }
  void SetPage(const parquet::DataPageV2& page) {
    SetSome(page.num_values());
    decoder_.SetDataV2(page.definition_levels_byte_length(), 1, page.num_values(),
                       page.data() + page.repetition_levels_byte_length());
  }

  int64_t rows_left() const { return rows_left_; }
  // Rows that can be looked at, up to `rows_max`.
  int64_t Look(int64_t rows_max) {
    const int64_t rows = std::min({rows_max, rows_left_, kRowsAtOnce});
    if (!has_levels_) return rows;
    if (first_ == end_) {
      first_ = 0;
      levels_.resize(kRowsAtOnce);
      end_ = decoder_.Decode(static_cast<int>(std::min(rows_left_, kRowsAtOnce)), levels_.data());
      if (end_ <= 0) throw ParquetException("a page holds fewer levels than values");
    }
    return std::min(rows, end_ - first_);
  }
  // Of the next `rows`.
  int64_t CountValid(int64_t rows) const {
    if (!has_levels_) return rows;
    int64_t valid = 0;
    for (int64_t i = 0; i < rows; ++i) valid += IsValid(i);
    return valid;
  }
  bool IsValid(int64_t row) const {
    return !has_levels_ || levels_[static_cast<size_t>(first_ + row)] == 1;
  }
  void Pass(int64_t rows) {
    rows_left_ -= rows;
    if (has_levels_) first_ += rows;
  }

 private:
  void SetSome(int64_t rows) {
    has_levels_ = true;
    rows_left_ = rows;
    first_ = end_ = 0;
  }

  parquet::LevelDecoder decoder_;
  bool has_levels_ = false;
  int64_t rows_left_ = 0;
  std::vector<int16_t> levels_;
  int64_t first_ = 0;
  int64_t end_ = 0;
};

// The validity bitmap of an array, made with its first null.
class Validity {
 public:
  Validity(int64_t rows_max, arrow::MemoryPool* pool) : rows_max_(rows_max), pool_(pool) {}

  void Append(const NullLevels& levels, int64_t first, int64_t rows, int64_t valid) {
    if (valid < rows && bits_ == nullptr) {
      PARQUET_ASSIGN_OR_THROW(bits_, arrow::AllocateBitmap(rows_max_, pool_));
      arrow::bit_util::SetBitsTo(bits_->mutable_data(), 0, first, true);
    }
    nulls_ += rows - valid;
    if (bits_ == nullptr) return;
    for (int64_t i = 0; i < rows; ++i)
      arrow::bit_util::SetBitTo(bits_->mutable_data(), first + i, levels.IsValid(i));
  }
  std::shared_ptr<arrow::Buffer> bits() { return bits_; }
  int64_t nulls() const { return nulls_; }

 private:
  const int64_t rows_max_;
  arrow::MemoryPool* const pool_;
  std::shared_ptr<arrow::Buffer> bits_;
  int64_t nulls_ = 0;
};

// The bytes of an array, which grow.
class GrowingBytes {
 public:
  explicit GrowingBytes(arrow::MemoryPool* pool) {
    PARQUET_ASSIGN_OR_THROW(buffer_, arrow::AllocateResizableBuffer(0, pool));
  }
  // Room for `bytes` more and the slack. `rows_left` of `rows` and these are to come, as far as is known: what has been read so far says
  // how much room they need.
  uint8_t* Room(int64_t bytes, int64_t rows, int64_t rows_left, int64_t bytes_max) {
    const int64_t needed = used_ + bytes + kByteArraySlack;
    if (needed > buffer_->size()) {
      const auto expected = static_cast<int64_t>(
          static_cast<double>(used_ + bytes) * static_cast<double>(rows + rows_left) /
          static_cast<double>(std::max<int64_t>(rows, 1)) * 1.02);
      const int64_t most = std::max(needed, bytes_max + kByteArraySlack);
      const int64_t grown = std::max(expected, buffer_->size() + buffer_->size() / 4);
      const int64_t next = std::clamp(grown, needed, most);
      PARQUET_THROW_NOT_OK(buffer_->Resize(next, /*shrink_to_fit=*/false));
    }
    return buffer_->mutable_data() + used_;
  }
  void Use(int64_t bytes) { used_ += bytes; }
  int64_t used() const { return used_; }
  std::shared_ptr<arrow::Buffer> Finish() {
    const bool is_loose = buffer_->capacity() > used_ + used_ / 4 + 65536;
    PARQUET_THROW_NOT_OK(buffer_->Resize(used_, is_loose));
    return std::move(buffer_);
  }

 private:
  std::shared_ptr<arrow::ResizableBuffer> buffer_;
  int64_t used_ = 0;
};

std::shared_ptr<arrow::Buffer> Int32Buffer(int64_t count, arrow::MemoryPool* pool) {
  PARQUET_ASSIGN_OR_THROW(std::shared_ptr<arrow::Buffer> buffer,
                          arrow::AllocateBuffer(count * 4, pool));
  return buffer;
}

std::shared_ptr<arrow::Buffer> FirstOf(const std::shared_ptr<arrow::Buffer>& buffer,
                                       int64_t bytes) {
  return bytes == buffer->size() ? buffer : arrow::SliceBuffer(buffer, 0, bytes);
}

}  // namespace

bool IsByteArrayColumn(const parquet::ColumnDescriptor& leaf,
                       const parquet::ColumnChunkMetaData& chunk, const arrow::DataType& type) {
  if (type.id() != arrow::Type::STRING && type.id() != arrow::Type::BINARY) return false;
  if (leaf.physical_type() != parquet::Type::BYTE_ARRAY) return false;
  if (leaf.max_repetition_level() != 0 || leaf.max_definition_level() > 1) return false;
  const auto& encodings = chunk.encodings();
  return std::all_of(encodings.begin(), encodings.end(), [](parquet::Encoding::type encoding) {
    return IsDictionary(encoding) || encoding == parquet::Encoding::PLAIN ||
           encoding == parquet::Encoding::RLE || encoding == parquet::Encoding::BIT_PACKED ||
           encoding == parquet::Encoding::DELTA_LENGTH_BYTE_ARRAY ||
           encoding == parquet::Encoding::DELTA_BYTE_ARRAY;
  });
}

bool IsAllDictionary(const parquet::ColumnChunkMetaData& chunk) {
  bool has_data = false;
  for (const auto& each : chunk.encoding_stats()) {
    if (each.page_type == parquet::PageType::DICTIONARY_PAGE) continue;
    if (each.count > 0 && !IsDictionary(each.encoding)) return false;
    has_data = has_data || each.count > 0;
  }
  return has_data && chunk.has_dictionary_page();
}

class ByteArrayColumn::Impl {
 public:
  Impl(const parquet::ColumnDescriptor* leaf, std::shared_ptr<arrow::DataType> type,
       bool as_dictionary, std::unique_ptr<parquet::PageReader> pages, arrow::MemoryPool* pool)
      : leaf_(leaf),
        type_(std::move(type)),
        as_dictionary_(as_dictionary),
        pages_(std::move(pages)),
        pool_(pool) {}

  std::shared_ptr<arrow::Array> Next(int64_t rows_max, int64_t bytes_max) {
    if (!FindRows()) return nullptr;
    bytes_max = std::clamp<int64_t>(bytes_max, 1, kArrayBytesMax);
    return as_dictionary_ ? NextIndices(rows_max, bytes_max) : NextValues(rows_max, bytes_max);
  }

 private:
  // False at the end of the last page.
  bool FindRows() {
    while (levels_.rows_left() == 0) {
      page_ = pages_->NextPage();
      if (page_ == nullptr) return false;
      if (page_->type() == parquet::PageType::DICTIONARY_PAGE) {
        SetDictionary(static_cast<const parquet::DictionaryPage&>(*page_));
      } else if (page_->type() == parquet::PageType::DATA_PAGE) {
        SetDataPage(static_cast<const parquet::DataPageV1&>(*page_));
      } else if (page_->type() == parquet::PageType::DATA_PAGE_V2) {
        SetDataPage(static_cast<const parquet::DataPageV2&>(*page_));
      }
    }
    return true;
  }

  void SetDictionary(const parquet::DictionaryPage& page) {
    if (dictionary_ != nullptr) throw ParquetException("a column chunk has two dictionary pages");
    dictionary_ = DecodeDictionary(page.data(), page.size(), page.num_values(), pool_);
    if (!as_dictionary_) return;
    const int32_t bytes = dictionary_->offset_values()[dictionary_->count];
    dictionary_array_ = arrow::MakeArray(arrow::ArrayData::Make(
        type_, dictionary_->count,
        {nullptr, dictionary_->offsets, arrow::SliceBuffer(dictionary_->bytes, 0, bytes)}, 0));
    indices_ = std::make_unique<DictionaryIndices>(dictionary_->count);
  }

  bool HasLevels() const { return leaf_->max_definition_level() > 0; }

  void SetDataPage(const parquet::DataPageV1& page) {
    int64_t levels_bytes = 0;
    if (HasLevels()) {
      levels_bytes = levels_.SetPage(page);
    } else {
      levels_.SetNone(page.num_values());
    }
    SetValues(page, levels_bytes);
  }

  void SetDataPage(const parquet::DataPageV2& page) {
    const int64_t levels_bytes =
        int64_t{page.repetition_levels_byte_length()} + page.definition_levels_byte_length();
    if (page.repetition_levels_byte_length() < 0 || page.definition_levels_byte_length() < 0 ||
        levels_bytes > page.size()) {
      throw ParquetException("the levels of a page are longer than the page");
    }
    if (HasLevels() && page.num_nulls() != 0) {
      levels_.SetPage(page);
    } else {
      levels_.SetNone(page.num_values());
    }
    SetValues(page, levels_bytes);
  }

  void SetValues(const parquet::DataPage& page, int64_t levels_bytes) {
    if (page.num_values() < 0) throw ParquetException("a page of a negative number of values");
    const uint8_t* data = page.data() + levels_bytes;
    const int64_t size = page.size() - levels_bytes;
    if (as_dictionary_) {
      if (!IsDictionary(page.encoding()) || indices_ == nullptr) {
        throw ParquetException("a page of other than indices, against what the footer says");
      }
      indices_->SetPage(data, size, page.num_values());
      return;
    }
    const auto encoding =
        IsDictionary(page.encoding()) ? parquet::Encoding::RLE_DICTIONARY : page.encoding();
    auto& values = by_encoding_[encoding];
    if (values == nullptr) values = MakeByteArrayValues(encoding, dictionary_);
    values_ = values.get();
    values_->SetPage(data, size, page.num_values());
  }

  std::shared_ptr<arrow::Array> NextValues(int64_t rows_max, int64_t bytes_max) {
    const auto offsets_buffer = Int32Buffer(rows_max + 1, pool_);
    auto* offsets = reinterpret_cast<int32_t*>(offsets_buffer->mutable_data());
    Validity validity(rows_max, pool_);
    GrowingBytes bytes(pool_);
    lengths_.resize(kRowsAtOnce);
    offsets[0] = 0;
    int64_t rows = 0;
    bool is_full = false;
    while (!is_full && rows < rows_max && FindRows()) {
      int64_t count = levels_.Look(rows_max - rows);
      int64_t valid = levels_.CountValid(count);
      int64_t taken_bytes = 0;
      int64_t taken =
          values_->Lengths(valid, bytes_max - bytes.used(), lengths_.data(), &taken_bytes);
      if (taken == 0 && valid > 0 && rows == 0) {
        // At least one row, however long.
        valid = 1;
        taken = values_->Lengths(1, kArrayBytesMax, lengths_.data(), &taken_bytes);
        count = RowsOf(1);
        is_full = true;
        if (taken == 0) throw ParquetException("a byte array of more than 2 GiB");
      } else if (taken < valid) {
        is_full = true;
        count = RowsOf(taken);
        valid = taken;
      }
      values_->Bytes(valid, lengths_.data(),
                     bytes.Room(taken_bytes, rows + count, rows_max - rows - count, bytes_max));
      bytes.Use(taken_bytes);
      AddOffsets(count, valid, offsets + rows);
      validity.Append(levels_, rows, count, valid);
      levels_.Pass(count);
      rows += count;
      is_full = is_full || bytes.used() >= bytes_max;
    }
    return arrow::MakeArray(arrow::ArrayData::Make(
        type_, rows, {validity.bits(), FirstOf(offsets_buffer, (rows + 1) * 4), bytes.Finish()},
        validity.nulls()));
  }

  // How many of the rows being looked at hold the next `values`.
  int64_t RowsOf(int64_t values) const {
    int64_t row = 0;
    for (int64_t seen = 0; seen < values; ++row) seen += levels_.IsValid(row) ? 1 : 0;
    return row;
  }

  // `offsets[0]` is there.
  void AddOffsets(int64_t rows, int64_t valid, int32_t* offsets) const {
    int32_t at = offsets[0];
    if (valid == rows) {
      for (int64_t i = 0; i < rows; ++i) offsets[i + 1] = at += lengths_[static_cast<size_t>(i)];
      return;
    }
    size_t value = 0;
    for (int64_t i = 0; i < rows; ++i) {
      if (levels_.IsValid(i)) at += lengths_[value++];
      offsets[i + 1] = at;
    }
  }

  std::shared_ptr<arrow::Array> NextIndices(int64_t rows_max, int64_t bytes_max) {
    const auto buffer = Int32Buffer(rows_max, pool_);
    auto* indices = reinterpret_cast<int32_t*>(buffer->mutable_data());
    Validity validity(rows_max, pool_);
    int64_t rows = 0;
    int64_t bytes = 0;
    while (rows < rows_max && bytes < bytes_max && FindRows()) {
      int64_t count = levels_.Look(rows_max - rows);
      // So that no more than one value goes over, where one value may matter.
      const int64_t longest = std::max<int64_t>(dictionary_->longest, 1);
      if (longest * rows_max > bytes_max) {
        count = std::min(count, std::max<int64_t>(1, (bytes_max - bytes) / longest));
      }
      const int64_t valid = levels_.CountValid(count);
      indices_->Next(valid, indices + rows);
      if (longest * rows_max > bytes_max) bytes += BytesOf(indices + rows, valid);
      if (valid < count) Spread(count, valid, indices + rows);
      validity.Append(levels_, rows, count, valid);
      levels_.Pass(count);
      rows += count;
    }
    return arrow::MakeArray(DictionaryData(rows, FirstOf(buffer, rows * 4), validity));
  }

  std::shared_ptr<arrow::ArrayData> DictionaryData(int64_t rows,
                                                   std::shared_ptr<arrow::Buffer> indices,
                                                   Validity& validity) const {
    auto data = arrow::ArrayData::Make(arrow::dictionary(arrow::int32(), type_), rows,
                                       {validity.bits(), std::move(indices)}, validity.nulls());
    data->dictionary = dictionary_array_->data();
    return data;
  }

  int64_t BytesOf(const int32_t* indices, int64_t count) const {
    const int32_t* offsets = dictionary_->offset_values();
    int64_t bytes = 0;
    for (int64_t i = 0; i < count; ++i) bytes += offsets[indices[i] + 1] - offsets[indices[i]];
    return bytes;
  }

  // Moves the indices of rows that are not null to their rows, from the last on.
  void Spread(int64_t rows, int64_t valid, int32_t* indices) const {
    int64_t value = valid;
    for (int64_t row = rows - 1; row >= 0; --row)
      indices[row] = levels_.IsValid(row) ? indices[--value] : 0;
  }

  const parquet::ColumnDescriptor* const leaf_;
  const std::shared_ptr<arrow::DataType> type_;
  const bool as_dictionary_;
  const std::unique_ptr<parquet::PageReader> pages_;
  arrow::MemoryPool* const pool_;

  // Decoders point into it.
  std::shared_ptr<parquet::Page> page_;
  NullLevels levels_;
  std::shared_ptr<const ByteArrayDictionary> dictionary_;
  std::shared_ptr<arrow::Array> dictionary_array_;
  std::unique_ptr<DictionaryIndices> indices_;
  std::map<parquet::Encoding::type, std::unique_ptr<ByteArrayValues>> by_encoding_;
  ByteArrayValues* values_ = nullptr;
  std::vector<int32_t> lengths_;
};

ByteArrayColumn::ByteArrayColumn(const parquet::ColumnDescriptor* leaf,
                                 std::shared_ptr<arrow::DataType> type, bool as_dictionary,
                                 std::unique_ptr<parquet::PageReader> pages,
                                 arrow::MemoryPool* pool)
    : impl_(std::make_unique<Impl>(leaf, std::move(type), as_dictionary, std::move(pages), pool)) {}

ByteArrayColumn::~ByteArrayColumn() = default;

std::shared_ptr<arrow::Array> ByteArrayColumn::Next(int64_t rows_max, int64_t bytes_max) {
  return impl_->Next(rows_max, bytes_max);
}

arrow::Result<std::shared_ptr<arrow::Array>> ExpandDictionary(const arrow::DictionaryArray& array,
                                                              arrow::MemoryPool* pool) {
  const auto& indices_array = static_cast<const arrow::Int32Array&>(*array.indices());
  const auto& values = static_cast<const arrow::BinaryArray&>(*array.dictionary());
  const int32_t* indices = indices_array.raw_values();
  const int32_t* from = values.raw_value_offsets();
  const int64_t rows = array.length();
  const auto count = static_cast<uint32_t>(values.length());
  ARROW_ASSIGN_OR_RAISE(std::shared_ptr<arrow::Buffer> offsets_buffer,
                        arrow::AllocateBuffer((rows + 1) * 4, pool));
  auto* offsets = reinterpret_cast<int32_t*>(offsets_buffer->mutable_data());
  const bool has_nulls = array.null_count() > 0;
  int64_t total = 0;
  for (int64_t row = 0; row < rows; ++row) {
    offsets[row] = static_cast<int32_t>(total);
    if (has_nulls && array.IsNull(row)) continue;
    const auto index = static_cast<uint32_t>(indices[row]);
    if (index >= count) return arrow::Status::Invalid("an index lies outside of its dictionary");
    total += from[index + 1] - from[index];
    if (total > kArrayBytesMax) return arrow::Status::CapacityError("strings of over 2 GiB");
  }
  offsets[rows] = static_cast<int32_t>(total);
  ARROW_ASSIGN_OR_RAISE(std::shared_ptr<arrow::ResizableBuffer> bytes,
                        arrow::AllocateResizableBuffer(total + kByteArraySlack, pool));
  uint8_t* to = bytes->mutable_data();
  const uint8_t* source = values.raw_data();
  const uint8_t* source_end = source + from[values.length()];
  for (int64_t row = 0; row < rows; ++row) {
    const int32_t length = offsets[row + 1] - offsets[row];
    if (length == 0) continue;
    CopyUpTo(to + offsets[row], source + from[indices[row]], length, source_end);
  }
  ARROW_RETURN_NOT_OK(bytes->Resize(total, /*shrink_to_fit=*/false));
  std::shared_ptr<arrow::Buffer> validity;
  if (has_nulls) {
    ARROW_ASSIGN_OR_RAISE(validity, arrow::AllocateBitmap(rows, pool));
    for (int64_t row = 0; row < rows; ++row)
      arrow::bit_util::SetBitTo(validity->mutable_data(), row, array.IsValid(row));
  }
  return arrow::MakeArray(arrow::ArrayData::Make(
      values.type(), rows, {std::move(validity), std::move(offsets_buffer), std::move(bytes)},
      array.null_count()));
}

}  // namespace artemis
