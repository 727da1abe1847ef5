// One loop for each width of values; strings as numbers where they are few, else lengths first and bytes after them.
#include "artemis/layout/scatter_column.h"

#include <cstring>
#include <limits>

#include <arrow/array/concatenate.h>
#include <arrow/compute/api_vector.h>
#include <arrow/compute/exec.h>
#include <arrow/type.h>
#include <arrow/type_traits.h>
#include <arrow/util/bit_util.h>

#include "artemis/layout/large_buffer.h"
#include "artemis/layout/text_codes.h"

namespace artemis {
namespace {

using Places = std::vector<std::span<const uint32_t>>;
using SharedArray = std::shared_ptr<arrow::Array>;
using SharedBuffer = std::shared_ptr<arrow::Buffer>;

struct Int128Bytes {
  uint64_t words[2];
};

template <typename Value>
void ScatterValues(const arrow::ArrayVector& pieces, const Places& places, uint8_t* bytes) {
  auto* out = reinterpret_cast<Value*>(bytes);
  for (size_t p = 0; p < pieces.size(); ++p) {
    const auto* values = pieces[p]->data()->GetValues<Value>(1);
    for (const uint32_t place : places[p]) out[place] = *values++;
  }
}

void ScatterWide(const arrow::ArrayVector& pieces, const Places& places, int64_t width,
                 uint8_t* out) {
  const auto bytes = static_cast<size_t>(width);
  for (size_t p = 0; p < pieces.size(); ++p) {
    const arrow::ArrayData& data = *pieces[p]->data();
    const uint8_t* values = data.GetValues<uint8_t>(1, data.offset * width);
    for (const uint32_t place : places[p]) {
      std::memcpy(out + place * bytes, values, bytes);
      values += bytes;
    }
  }
}

void ScatterOfWidth(const arrow::ArrayVector& pieces, const Places& places, int64_t width,
                    uint8_t* out) {
  switch (width) {
    case 1:
      return ScatterValues<uint8_t>(pieces, places, out);
    case 2:
      return ScatterValues<uint16_t>(pieces, places, out);
    case 4:
      return ScatterValues<uint32_t>(pieces, places, out);
    case 8:
      return ScatterValues<uint64_t>(pieces, places, out);
    case 16:
      return ScatterValues<Int128Bytes>(pieces, places, out);
    default:
      return ScatterWide(pieces, places, width, out);
  }
}

// Bits of buffer `buffer`; all set where a piece has none.
arrow::Result<SharedBuffer> ScatterBits(const arrow::ArrayVector& pieces, const Places& places,
                                        size_t buffer, int64_t rows, arrow::MemoryPool* pool) {
  ARROW_ASSIGN_OR_RAISE(SharedBuffer bits, arrow::AllocateEmptyBitmap(rows, pool));
  uint8_t* out = bits->mutable_data();
  for (size_t p = 0; p < pieces.size(); ++p) {
    const arrow::ArrayData& data = *pieces[p]->data();
    const uint8_t* in = data.buffers[buffer] == nullptr ? nullptr : data.buffers[buffer]->data();
    int64_t i = data.offset;
    for (const uint32_t place : places[p]) {
      const bool bit = in == nullptr || arrow::bit_util::GetBit(in, i);
      out[place >> 3] = static_cast<uint8_t>(out[place >> 3] | (bit << (place & 7)));
      ++i;
    }
  }
  return bits;
}

int64_t NullsOf(const arrow::ArrayVector& pieces) {
  int64_t nulls = 0;
  for (const SharedArray& piece : pieces) nulls += piece->null_count();
  return nulls;
}

arrow::Result<SharedBuffer> ScatterValidity(const arrow::ArrayVector& pieces, const Places& places,
                                            int64_t rows, arrow::MemoryPool* pool) {
  if (NullsOf(pieces) == 0) return nullptr;
  return ScatterBits(pieces, places, 0, rows, pool);
}

// Null where the column turns out to have many texts.
arrow::Result<SharedArray> ScatterCodes(const arrow::ArrayVector& pieces, const Places& places,
                                        int64_t rows, arrow::MemoryPool* pool) {
  TextCodes texts;
  std::vector<int32_t> codes;
  ARROW_ASSIGN_OR_RAISE(const SharedBuffer indices, AllocateLarge(rows * 4, pool));
  auto* out = reinterpret_cast<int32_t*>(indices->mutable_data());
  for (size_t p = 0; p < pieces.size(); ++p) {
    codes.resize(places[p].size());
    if (!texts.Encode(static_cast<const arrow::BinaryArray&>(*pieces[p]), codes.data())) {
      return nullptr;
    }
    const int32_t* code = codes.data();
    for (const uint32_t place : places[p]) out[place] = *code++;
  }
  const auto& type = pieces[0]->type();
  ARROW_ASSIGN_OR_RAISE(const SharedBuffer validity, ScatterValidity(pieces, places, rows, pool));
  ARROW_ASSIGN_OR_RAISE(const SharedArray dictionary, texts.Texts(type, pool));
  const auto numbers = arrow::MakeArray(
      arrow::ArrayData::Make(arrow::int32(), rows, {validity, indices}, NullsOf(pieces)));
  return std::make_shared<arrow::DictionaryArray>(arrow::dictionary(arrow::int32(), type), numbers,
                                                  dictionary);
}

// Lengths at their places become offsets, one more than rows.
arrow::Result<int64_t> LengthsToOffsets(int32_t* offsets, int64_t rows) {
  int64_t end = 0;
  for (int64_t row = 0; row < rows; ++row) {
    const int32_t length = offsets[row];
    offsets[row] = static_cast<int32_t>(end);
    end += length;
    if (end > std::numeric_limits<int32_t>::max()) {
      return arrow::Status::Invalid("cannot sort more than 2 GiB of strings in a column at once");
    }
  }
  offsets[rows] = static_cast<int32_t>(end);
  return end;
}

arrow::Result<SharedArray> ScatterTexts(const arrow::ArrayVector& pieces, const Places& places,
                                        int64_t rows, arrow::MemoryPool* pool) {
  ARROW_ASSIGN_OR_RAISE(const SharedBuffer offset_bytes, AllocateLarge((rows + 1) * 4, pool));
  auto* offsets = reinterpret_cast<int32_t*>(offset_bytes->mutable_data());
  for (size_t p = 0; p < pieces.size(); ++p) {
    const auto& texts = static_cast<const arrow::BinaryArray&>(*pieces[p]);
    const bool has_nulls = texts.null_count() > 0;
    int64_t row = 0;
    for (const uint32_t place : places[p]) {
      offsets[place] = has_nulls && texts.IsNull(row) ? 0 : texts.value_length(row);
      ++row;
    }
  }
  ARROW_ASSIGN_OR_RAISE(const int64_t bytes, LengthsToOffsets(offsets, rows));
  ARROW_ASSIGN_OR_RAISE(const SharedBuffer data, AllocateLarge(bytes, pool));
  uint8_t* out = data->mutable_data();
  for (size_t p = 0; p < pieces.size(); ++p) {
    const auto& texts = static_cast<const arrow::BinaryArray&>(*pieces[p]);
    const uint8_t* in = texts.value_data() == nullptr ? nullptr : texts.value_data()->data();
    int64_t row = 0;
    for (const uint32_t place : places[p]) {
      const auto length = static_cast<size_t>(offsets[place + 1] - offsets[place]);
      if (length > 0) std::memcpy(out + offsets[place], in + texts.value_offset(row), length);
      ++row;
    }
  }
  ARROW_ASSIGN_OR_RAISE(const SharedBuffer validity, ScatterValidity(pieces, places, rows, pool));
  return arrow::MakeArray(arrow::ArrayData::Make(pieces[0]->type(), rows,
                                                 {validity, offset_bytes, data}, NullsOf(pieces)));
}

arrow::Result<SharedArray> ScatterFixed(const arrow::ArrayVector& pieces, const Places& places,
                                        int64_t rows, arrow::MemoryPool* pool) {
  const auto& type = pieces[0]->type();
  SharedBuffer values;
  if (type->id() == arrow::Type::BOOL) {
    ARROW_ASSIGN_OR_RAISE(values, ScatterBits(pieces, places, 1, rows, pool));
  } else {
    ARROW_ASSIGN_OR_RAISE(values, AllocateLarge(rows * type->byte_width(), pool));
    ScatterOfWidth(pieces, places, type->byte_width(), values->mutable_data());
  }
  ARROW_ASSIGN_OR_RAISE(const SharedBuffer validity, ScatterValidity(pieces, places, rows, pool));
  return arrow::MakeArray(arrow::ArrayData::Make(type, rows, {validity, values}, NullsOf(pieces)));
}

// For types without a loop of their own: laid end to end, then gathered.
arrow::Result<SharedArray> ScatterAnything(const arrow::ArrayVector& pieces, const Places& places,
                                           int64_t rows, arrow::MemoryPool* pool) {
  ARROW_ASSIGN_OR_RAISE(const SharedArray all, arrow::Concatenate(pieces, pool));
  ARROW_ASSIGN_OR_RAISE(const SharedBuffer sources, AllocateLarge(rows * 4, pool));
  auto* source_of = reinterpret_cast<uint32_t*>(sources->mutable_data());
  uint32_t row = 0;
  for (const auto& piece : places) {
    for (const uint32_t place : piece) source_of[place] = row++;
  }
  const arrow::UInt32Array indices(rows, sources);
  arrow::compute::ExecContext context(pool);
  ARROW_ASSIGN_OR_RAISE(
      const arrow::Datum taken,
      arrow::compute::Take(all, indices.data(), arrow::compute::TakeOptions::NoBoundsCheck(),
                           &context));
  return taken.make_array();
}

}  // namespace

arrow::Result<SharedArray> ScatterColumn(const arrow::ArrayVector& pieces, const Places& places,
                                         int64_t rows, arrow::MemoryPool* pool) {
  const arrow::Type::type id = pieces[0]->type_id();
  if (id == arrow::Type::STRING || id == arrow::Type::BINARY) {
    ARROW_ASSIGN_OR_RAISE(SharedArray codes, ScatterCodes(pieces, places, rows, pool));
    if (codes != nullptr) return codes;
    return ScatterTexts(pieces, places, rows, pool);
  }
  if (arrow::is_primitive(id) || arrow::is_decimal(id) || id == arrow::Type::FIXED_SIZE_BINARY) {
    return ScatterFixed(pieces, places, rows, pool);
  }
  return ScatterAnything(pieces, places, rows, pool);
}

}  // namespace artemis
