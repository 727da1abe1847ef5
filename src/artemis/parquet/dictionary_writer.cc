// Values go chunk by chunk, at most a thousand rows, into the page that is being made.
#include "artemis/parquet/dictionary_writer.h"

#include <algorithm>
#include <bit>
#include <cstring>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include <arrow/array.h>
#include <arrow/buffer.h>
#include <arrow/compute/cast.h>
#include <arrow/compute/exec.h>
#include <arrow/type.h>
#include <parquet/exception.h>
#include <parquet/metadata.h>
#include <parquet/properties.h>
#include <parquet/schema.h>
#include <parquet/statistics.h>

#include "artemis/parquet/hybrid_runs.h"
#include "artemis/parquet/paged_writer.h"
#include "artemis/parquet/value_codes.h"

namespace artemis {
namespace {

constexpr int64_t kChunkRows = 1024;

bool IsPlainType(const parquet::ColumnDescriptor& column) {
  const auto& logical = column.logical_type();
  const bool none = logical == nullptr || logical->is_none();
  switch (column.physical_type()) {
    case parquet::Type::INT32:
    case parquet::Type::INT64:
      if (none || logical->is_date()) return true;
      return logical->is_int() && static_cast<const parquet::IntLogicalType&>(*logical).is_signed();
    case parquet::Type::FLOAT:
    case parquet::Type::DOUBLE:
      return none;
    case parquet::Type::BYTE_ARRAY:
      return none || logical->is_string();
    default:
      return false;
  }
}

template <typename DType>
struct ArrowTypeOf;
template <>
struct ArrowTypeOf<parquet::Int32Type> {
  static std::shared_ptr<arrow::DataType> Make() { return arrow::int32(); }
};
template <>
struct ArrowTypeOf<parquet::Int64Type> {
  static std::shared_ptr<arrow::DataType> Make() { return arrow::int64(); }
};
template <>
struct ArrowTypeOf<parquet::FloatType> {
  static std::shared_ptr<arrow::DataType> Make() { return arrow::float32(); }
};
template <>
struct ArrowTypeOf<parquet::DoubleType> {
  static std::shared_ptr<arrow::DataType> Make() { return arrow::float64(); }
};
template <>
struct ArrowTypeOf<parquet::ByteArrayType> {
  static std::shared_ptr<arrow::DataType> Make() { return arrow::binary(); }
};

bool IsText(arrow::Type::type id) { return id == arrow::Type::STRING || id == arrow::Type::BINARY; }

template <typename DType>
class DictionaryWriter final : public PagedColumnWriter {
 public:
  using Value = typename DType::c_type;
  static constexpr bool kIsText = std::is_same_v<DType, parquet::ByteArrayType>;
  using Codes =
      typename std::conditional<kIsText, TextValueCodes,
                                NumberCodes<std::conditional_t<kIsText, int32_t, Value>>>::type;

  DictionaryWriter(parquet::ColumnChunkMetaDataBuilder* metadata,
                   std::unique_ptr<parquet::PageWriter> pages,
                   const parquet::WriterProperties* properties)
      : PagedColumnWriter(metadata, std::move(pages), properties),
        codes_(std::make_unique<Codes>()),
        page_statistics_(parquet::MakeStatistics<DType>(metadata->descr())),
        chunk_statistics_(parquet::MakeStatistics<DType>(metadata->descr())) {}

  arrow::Status WriteArrow(const int16_t*, const int16_t*, int64_t num_levels,
                           const arrow::Array& array, parquet::ArrowWriteContext* context,
                           bool) override {
    PARQUET_CATCH_AND_RETURN(Write(num_levels, array, context->memory_pool));
  }

  void KeepDictionary(const arrow::Array& texts) override;

  int64_t estimated_buffered_value_bytes() const override {
    return codes_ == nullptr ? static_cast<int64_t>(plain_.size())
                             : static_cast<int64_t>(page_codes_.size()) * IndexWidth() / 8;
  }
  int64_t estimated_buffered_dict_bytes() const override {
    return codes_ == nullptr ? 0 : codes_->encoded_bytes();
  }

  int64_t Close() override {
    EndOpenPage();
    const bool fell_back = codes_ == nullptr;
    if (!fell_back) WriteDictionary();
    EndChunk(chunk_statistics_->Encode(), fell_back);
    return total_bytes_written();
  }

 private:
  arrow::Status Write(int64_t rows, const arrow::Array& array, arrow::MemoryPool* pool);
  void WriteNumbers(const arrow::Array& array);
  void WriteTexts(const arrow::BinaryArray& texts);
  void WriteDictionaryArray(const arrow::DictionaryArray& array);
  int64_t ChunkRows(int64_t rows_left) const {
    return std::min({kChunkRows, rows_left, properties_->max_rows_per_page() - page_rows_});
  }
  // The rows of a chunk; its valid values were put into values_ (and their codes, where they are known, into new_codes_).
  void AddChunk(const arrow::Array& array, int64_t first, int64_t rows, const Value* values,
                int64_t value_count);
  bool PutCodes(const Value* values, int64_t count);
  void PutPlain(const Value* values, int64_t count);
  void EndRows(const arrow::Array& array, int64_t first, int64_t rows, int64_t nulls);
  void FallBack();
  void EndOpenPage();
  void WriteDictionary();

  int IndexWidth() const {
    return codes_->size() <= 1 ? codes_->size()
                               : std::bit_width(static_cast<uint32_t>(codes_->size()) - 1);
  }

  std::unique_ptr<Codes> codes_;  // null once the dictionary was given up
  std::vector<int32_t> page_codes_;
  std::string plain_;
  int64_t page_text_bytes_ = 0;
  std::shared_ptr<parquet::TypedStatistics<DType>> page_statistics_;
  std::shared_ptr<parquet::TypedStatistics<DType>> chunk_statistics_;
  // Of the chunk.
  std::vector<Value> values_;
  std::vector<int32_t> is_valid_;
  // Codes of the dictionary that the last array had; -1 where it is not known.
  std::shared_ptr<arrow::ArrayData> translated_;
  std::vector<int32_t> translation_;
  // The page that last counted a code into its statistics.
  std::vector<int64_t> counted_in_;
  int64_t page_number_ = 1;
};

template <typename DType>
void DictionaryWriter<DType>::KeepDictionary(const arrow::Array& texts) {
  if constexpr (kIsText) {
    if (!IsText(texts.type_id()) || texts.null_count() > 0) return;
    const auto& values = static_cast<const arrow::BinaryArray&>(texts);
    auto kept = std::make_unique<Codes>();
    for (int64_t i = 0; i < values.length(); ++i) {
      if (kept->CodeOf(values.GetView(i)) != i) return;
      if (kept->encoded_bytes() >= properties_->dictionary_pagesize_limit()) return;
    }
    codes_ = std::move(kept);
  } else {
    static_cast<void>(texts);
  }
}

template <typename DType>
arrow::Status DictionaryWriter<DType>::Write(int64_t rows, const arrow::Array& array,
                                             arrow::MemoryPool* pool) {
  if (array.length() != rows) {
    return arrow::Status::Invalid("column '", descr()->name(), "': expected ", rows,
                                  " values, found ", array.length());
  }
  if (!is_optional_ && array.null_count() > 0) {
    return arrow::Status::Invalid("Column '", descr()->name(),
                                  "' declared non-nullable but contains nulls");
  }
  if constexpr (kIsText) {
    if (array.type_id() == arrow::Type::DICTIONARY) {
      const auto& dictionary = static_cast<const arrow::DictionaryArray&>(array);
      if (IsText(dictionary.dictionary()->type_id()) &&
          dictionary.dictionary()->null_count() == 0) {
        WriteDictionaryArray(dictionary);
        return arrow::Status::OK();
      }
    }
    if (IsText(array.type_id())) {
      WriteTexts(static_cast<const arrow::BinaryArray&>(array));
      return arrow::Status::OK();
    }
  } else {
    const bool is_date = array.type_id() == arrow::Type::DATE32;
    if (array.type_id() == ArrowTypeOf<DType>::Make()->id() || is_date) {
      WriteNumbers(array);
      return arrow::Status::OK();
    }
  }
  // Other types of Arrow that are stored the same: small integers, wide strings, views, dictionaries.
  const bool is_date = descr()->logical_type() != nullptr && descr()->logical_type()->is_date();
  auto to = is_date ? arrow::date32() : ArrowTypeOf<DType>::Make();
  if (array.type_id() == arrow::Type::DICTIONARY) {
    to = static_cast<const arrow::DictionaryType&>(*array.type()).value_type();
  }
  arrow::compute::ExecContext context(pool);
  ARROW_ASSIGN_OR_RAISE(const auto cast,
                        arrow::compute::Cast(arrow::Datum(array.data()), to,
                                             arrow::compute::CastOptions::Safe(), &context));
  return Write(rows, *cast.make_array(), pool);
}

template <typename DType>
void DictionaryWriter<DType>::WriteNumbers(const arrow::Array& array) {
  if constexpr (!kIsText) {
    const auto* raw = array.data()->GetValues<Value>(1);
    const bool has_nulls = array.null_count() > 0;
    for (int64_t first = 0; first < array.length();) {
      const int64_t rows = ChunkRows(array.length() - first);
      const Value* values = raw + first;
      int64_t count = rows;
      if (has_nulls) {
        values_.clear();
        for (int64_t row = first; row < first + rows; ++row) {
          if (array.IsValid(row)) values_.push_back(raw[row]);
        }
        values = values_.data();
        count = static_cast<int64_t>(values_.size());
      }
      AddChunk(array, first, rows, values, count);
      first += rows;
    }
  }
}

template <typename DType>
void DictionaryWriter<DType>::WriteTexts(const arrow::BinaryArray& texts) {
  if constexpr (kIsText) {
    const bool has_nulls = texts.null_count() > 0;
    for (int64_t first = 0; first < texts.length();) {
      int64_t rows = ChunkRows(texts.length() - first);
      while (rows > 1 && texts.value_offset(first + rows) - texts.value_offset(first) >
                             properties_->data_pagesize()) {
        rows /= 2;
      }
      values_.clear();
      for (int64_t row = first; row < first + rows; ++row) {
        if (has_nulls && texts.IsNull(row)) continue;
        const std::string_view text = texts.GetView(row);
        values_.emplace_back(static_cast<uint32_t>(text.size()),
                             reinterpret_cast<const uint8_t*>(text.data()));
      }
      AddChunk(texts, first, rows, values_.data(), static_cast<int64_t>(values_.size()));
      first += rows;
    }
  }
}

template <typename DType>
void DictionaryWriter<DType>::AddChunk(const arrow::Array& array, int64_t first, int64_t rows,
                                       const Value* values, int64_t count) {
  if (codes_ != nullptr && !PutCodes(values, count)) FallBack();
  if (codes_ == nullptr) PutPlain(values, count);
  page_statistics_->Update(values, count, rows - count);
  if constexpr (kIsText) {
    for (int64_t i = 0; i < count; ++i) page_text_bytes_ += values[i].len;
  }
  EndRows(array, first, rows, rows - count);
}

// False, and nothing was put, when the dictionary reaches its limit.
template <typename DType>
bool DictionaryWriter<DType>::PutCodes(const Value* values, int64_t count) {
  const size_t before = page_codes_.size();
  page_codes_.resize(before + static_cast<size_t>(count));
  int32_t* out = page_codes_.data() + before;
  const int64_t limit = properties_->dictionary_pagesize_limit();
  for (int64_t i = 0; i < count; ++i) {
    const int32_t known = codes_->size();
    out[i] = codes_->CodeOf(values[i]);
    if (codes_->size() > known && codes_->encoded_bytes() >= limit) {
      page_codes_.resize(before);
      return false;
    }
  }
  return true;
}

template <typename DType>
void DictionaryWriter<DType>::PutPlain(const Value* values, int64_t count) {
  if constexpr (kIsText) {
    for (int64_t i = 0; i < count; ++i) {
      plain_.append(reinterpret_cast<const char*>(&values[i].len), 4);
      plain_.append(reinterpret_cast<const char*>(values[i].ptr), values[i].len);
    }
  } else {
    plain_.append(reinterpret_cast<const char*>(values),
                  static_cast<size_t>(count) * sizeof(Value));
  }
}

template <typename DType>
void DictionaryWriter<DType>::EndRows(const arrow::Array& array, int64_t first, int64_t rows,
                                      int64_t nulls) {
  if (nulls > 0) {
    is_valid_.clear();
    for (int64_t row = first; row < first + rows; ++row) is_valid_.push_back(array.IsValid(row));
  }
  AddLevels(rows, nulls, is_valid_.data());
  const bool is_full = page_rows_ >= properties_->max_rows_per_page() ||
                       estimated_buffered_value_bytes() >= properties_->data_pagesize();
  if (is_full) EndOpenPage();
}

// A row whose index is valid is valid: the dictionary has no nulls.
template <typename DType>
void DictionaryWriter<DType>::WriteDictionaryArray(const arrow::DictionaryArray& array) {
  if constexpr (kIsText) {
    const auto& texts = static_cast<const arrow::BinaryArray&>(*array.dictionary());
    if (translated_ != texts.data()) {
      translated_ = texts.data();
      translation_.assign(static_cast<size_t>(texts.length()), -1);
    }
    const bool has_nulls = array.null_count() > 0;
    const int64_t limit = properties_->dictionary_pagesize_limit();
    std::vector<Value> new_in_page;
    for (int64_t first = 0; first < array.length();) {
      const int64_t rows = ChunkRows(array.length() - first);
      const size_t before = page_codes_.size();
      int64_t count = 0;
      new_in_page.clear();
      bool is_full = codes_ == nullptr;
      for (int64_t row = first; row < first + rows && !is_full; ++row) {
        if (has_nulls && array.IsNull(row)) continue;
        int32_t& code = translation_[static_cast<size_t>(array.GetValueIndex(row))];
        if (code < 0) {
          code = codes_->CodeOf(texts.GetView(array.GetValueIndex(row)));
          is_full = codes_->encoded_bytes() >= limit;
          counted_in_.resize(static_cast<size_t>(codes_->size()), 0);
        }
        page_codes_.push_back(code);
        ++count;
      }
      if (is_full) {
        // Texts of this chunk go as any others.
        page_codes_.resize(before);
        values_.clear();
        int64_t bytes = 0;
        int64_t taken = 0;
        for (; taken < rows && bytes <= properties_->data_pagesize(); ++taken) {
          if (has_nulls && array.IsNull(first + taken)) continue;
          const std::string_view text = texts.GetView(array.GetValueIndex(first + taken));
          bytes += static_cast<int64_t>(text.size());
          values_.emplace_back(static_cast<uint32_t>(text.size()),
                               reinterpret_cast<const uint8_t*>(text.data()));
        }
        if (codes_ != nullptr) FallBack();
        AddChunk(array, first, taken, values_.data(), static_cast<int64_t>(values_.size()));
        first += taken;
        continue;
      }
      for (size_t i = before; i < page_codes_.size(); ++i) {
        const int32_t code = page_codes_[i];
        const parquet::ByteArray text = codes_->text(code);
        page_text_bytes_ += text.len;
        if (counted_in_[static_cast<size_t>(code)] == page_number_) continue;
        counted_in_[static_cast<size_t>(code)] = page_number_;
        new_in_page.push_back(text);
      }
      const auto counted = static_cast<int64_t>(new_in_page.size());
      page_statistics_->Update(new_in_page.data(), counted, rows - count);
      page_statistics_->IncrementNumValues(count - counted);
      EndRows(array, first, rows, rows - count);
      first += rows;
    }
  }
}

template <typename DType>
void DictionaryWriter<DType>::FallBack() {
  EndOpenPage();
  WriteDictionary();
  codes_.reset();
  page_codes_ = {};
  counted_in_ = {};
}

template <typename DType>
void DictionaryWriter<DType>::WriteDictionary() {
  std::string dictionary;
  dictionary.reserve(static_cast<size_t>(codes_->encoded_bytes()));
  codes_->AppendEncoded(&dictionary);
  WriteWaitingPages(dictionary, codes_->size());
}

template <typename DType>
void DictionaryWriter<DType>::EndOpenPage() {
  if (page_rows_ == 0) return;
  PutLevels();
  const bool is_coded = codes_ != nullptr;
  if (is_coded) {
    page_.push_back(static_cast<char>(IndexWidth()));
    AppendHybridRuns(page_codes_, IndexWidth(), &page_);
    page_codes_.clear();
  } else {
    page_.append(plain_);
    plain_.clear();
  }
  chunk_statistics_->Merge(*page_statistics_);
  EndPage(is_coded ? properties_->dictionary_index_encoding() : parquet::Encoding::PLAIN, is_coded,
          page_statistics_->Encode(),
          kIsText ? std::optional<int64_t>(page_text_bytes_) : std::nullopt);
  page_statistics_->Reset();
  page_text_bytes_ = 0;
  ++page_number_;
}

}  // namespace

bool IsDictionaryWriterFor(const parquet::ColumnDescriptor& column,
                           const parquet::WriterProperties& properties,
                           const parquet::BloomFilter* bloom_filter) {
  const auto& path = column.path();
  return bloom_filter == nullptr && path->ToDotVector().size() == 1 &&
         column.max_repetition_level() == 0 && column.max_definition_level() <= 1 &&
         properties.dictionary_enabled(path) && properties.statistics_enabled(path) &&
         properties.data_page_version() == parquet::ParquetDataPageVersion::V1 &&
         IsPlainType(column);
}

std::shared_ptr<DictionaryKeeper> MakeDictionaryWriter(
    parquet::ColumnChunkMetaDataBuilder* metadata, std::unique_ptr<parquet::PageWriter> pages,
    const parquet::WriterProperties* properties) {
  switch (metadata->descr()->physical_type()) {
    case parquet::Type::INT32:
      return std::make_shared<DictionaryWriter<parquet::Int32Type>>(metadata, std::move(pages),
                                                                    properties);
    case parquet::Type::INT64:
      return std::make_shared<DictionaryWriter<parquet::Int64Type>>(metadata, std::move(pages),
                                                                    properties);
    case parquet::Type::FLOAT:
      return std::make_shared<DictionaryWriter<parquet::FloatType>>(metadata, std::move(pages),
                                                                    properties);
    case parquet::Type::DOUBLE:
      return std::make_shared<DictionaryWriter<parquet::DoubleType>>(metadata, std::move(pages),
                                                                     properties);
    default:
      return std::make_shared<DictionaryWriter<parquet::ByteArrayType>>(metadata, std::move(pages),
                                                                        properties);
  }
}

}  // namespace artemis
