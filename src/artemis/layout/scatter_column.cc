// One loop for each width of values; strings as numbers where they are few, else lengths first and bytes after them.
#include "artemis/layout/scatter_column.h"

#include <algorithm>
#include <cstring>
#include <limits>

#include <arrow/array/concatenate.h>
#include <arrow/compute/api_vector.h>
#include <arrow/compute/cast.h>
#include <arrow/compute/exec.h>
#include <arrow/type.h>
#include <arrow/type_traits.h>
#include <arrow/util/bit_util.h>

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

arrow::Result<SharedArray> DictionaryOf(const TextCodes& texts, const SharedBuffer& indices,
                                        const arrow::ArrayVector& pieces, const Places& places,
                                        const std::shared_ptr<arrow::DataType>& type,
                                        arrow::MemoryPool* pool) {
  const int64_t rows = indices->size() / 4;
  ARROW_ASSIGN_OR_RAISE(const SharedBuffer validity, ScatterValidity(pieces, places, rows, pool));
  ARROW_ASSIGN_OR_RAISE(const SharedArray dictionary, texts.Texts(type, pool));
  const auto numbers = arrow::MakeArray(
      arrow::ArrayData::Make(arrow::int32(), rows, {validity, indices}, NullsOf(pieces)));
  return std::make_shared<arrow::DictionaryArray>(arrow::dictionary(arrow::int32(), type), numbers,
                                                  dictionary);
}

// Null where the column turns out to have many texts.
arrow::Result<SharedArray> ScatterCodes(const arrow::ArrayVector& pieces, const Places& places,
                                        int64_t rows, LargeBuffers* memory) {
  TextCodes texts;
  std::vector<int16_t> codes;
  ARROW_ASSIGN_OR_RAISE(const SharedBuffer indices, memory->Allocate(rows * 4));
  auto* out = reinterpret_cast<int32_t*>(indices->mutable_data());
  for (size_t p = 0; p < pieces.size(); ++p) {
    codes.resize(places[p].size());
    if (!texts.Encode(static_cast<const arrow::BinaryArray&>(*pieces[p]), codes.data())) {
      return nullptr;
    }
    const int16_t* code = codes.data();
    for (const uint32_t place : places[p]) out[place] = *code++;
  }
  return DictionaryOf(texts, indices, pieces, places, pieces[0]->type(), memory->pool());
}

bool IsDictionary(const SharedArray& piece) { return piece->type_id() == arrow::Type::DICTIONARY; }

// The numbers of piece's dictionary among all texts; false where these turn out to be many.
bool AddTexts(const arrow::DictionaryArray& piece, TextCodes* texts, std::vector<int16_t>* codes) {
  codes->resize(static_cast<size_t>(piece.dictionary()->length()));
  return texts->Encode(static_cast<const arrow::BinaryArray&>(*piece.dictionary()), codes->data());
}

// As ScatterCodes, of dictionary arrays: each text is looked up once for a piece.
arrow::Result<SharedArray> ScatterDictionaries(const arrow::ArrayVector& pieces,
                                               const Places& places, int64_t rows,
                                               LargeBuffers* memory) {
  TextCodes texts;
  std::vector<std::vector<int16_t>> codes(pieces.size());
  for (size_t p = 0; p < pieces.size(); ++p) {
    const auto& piece = static_cast<const arrow::DictionaryArray&>(*pieces[p]);
    if (!AddTexts(piece, &texts, &codes[p])) return nullptr;
  }
  ARROW_ASSIGN_OR_RAISE(const SharedBuffer indices, memory->Allocate(rows * 4));
  auto* out = reinterpret_cast<int32_t*>(indices->mutable_data());
  for (size_t p = 0; p < pieces.size(); ++p) {
    const auto& piece = static_cast<const arrow::DictionaryArray&>(*pieces[p]);
    const auto* code_of = codes[p].data();
    if (codes[p].empty()) {
      // Nulls alone.
      for (const uint32_t place : places[p]) out[place] = 0;
      continue;
    }
    const auto* in = piece.indices()->data()->GetValues<int16_t>(1);
    for (const uint32_t place : places[p]) out[place] = code_of[*in++];
  }
  const auto& type = static_cast<const arrow::DictionaryType&>(*pieces[0]->type()).value_type();
  return DictionaryOf(texts, indices, pieces, places, type, memory->pool());
}

arrow::Result<arrow::ArrayVector> WithoutDictionaries(const arrow::ArrayVector& pieces,
                                                      arrow::MemoryPool* pool) {
  arrow::compute::ExecContext context(pool);
  arrow::ArrayVector plain;
  for (const SharedArray& piece : pieces) {
    plain.push_back(piece);
    if (!IsDictionary(piece)) continue;
    const auto& type = static_cast<const arrow::DictionaryType&>(*piece->type()).value_type();
    ARROW_ASSIGN_OR_RAISE(
        const arrow::Datum cast,
        arrow::compute::Cast(piece, type, arrow::compute::CastOptions::Unsafe(), &context));
    plain.back() = cast.make_array();
  }
  return plain;
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
                                        int64_t rows, LargeBuffers* memory) {
  ARROW_ASSIGN_OR_RAISE(const SharedBuffer offset_bytes, memory->Allocate((rows + 1) * 4));
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
  ARROW_ASSIGN_OR_RAISE(const SharedBuffer data, memory->Allocate(bytes));
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
  ARROW_ASSIGN_OR_RAISE(const SharedBuffer validity,
                        ScatterValidity(pieces, places, rows, memory->pool()));
  return arrow::MakeArray(arrow::ArrayData::Make(pieces[0]->type(), rows,
                                                 {validity, offset_bytes, data}, NullsOf(pieces)));
}

arrow::Result<SharedArray> ScatterFixed(const arrow::ArrayVector& pieces, const Places& places,
                                        int64_t rows, LargeBuffers* memory) {
  const auto& type = pieces[0]->type();
  SharedBuffer values;
  if (type->id() == arrow::Type::BOOL) {
    ARROW_ASSIGN_OR_RAISE(values, ScatterBits(pieces, places, 1, rows, memory->pool()));
  } else {
    ARROW_ASSIGN_OR_RAISE(values, memory->Allocate(rows * type->byte_width()));
    ScatterOfWidth(pieces, places, type->byte_width(), values->mutable_data());
  }
  ARROW_ASSIGN_OR_RAISE(const SharedBuffer validity,
                        ScatterValidity(pieces, places, rows, memory->pool()));
  return arrow::MakeArray(arrow::ArrayData::Make(type, rows, {validity, values}, NullsOf(pieces)));
}

// For types without a loop of their own: laid end to end, then gathered.
arrow::Result<SharedArray> ScatterAnything(const arrow::ArrayVector& pieces, const Places& places,
                                           int64_t rows, LargeBuffers* memory) {
  ARROW_ASSIGN_OR_RAISE(const SharedArray all, arrow::Concatenate(pieces, memory->pool()));
  ARROW_ASSIGN_OR_RAISE(const SharedBuffer sources, memory->Allocate(rows * 4));
  auto* source_of = reinterpret_cast<uint32_t*>(sources->mutable_data());
  uint32_t row = 0;
  for (const auto& piece : places) {
    for (const uint32_t place : piece) source_of[place] = row++;
  }
  const arrow::UInt32Array indices(rows, sources);
  arrow::compute::ExecContext context(memory->pool());
  ARROW_ASSIGN_OR_RAISE(
      const arrow::Datum taken,
      arrow::compute::Take(all, indices.data(), arrow::compute::TakeOptions::NoBoundsCheck(),
                           &context));
  return taken.make_array();
}

}  // namespace

arrow::Result<SharedArray> ScatterColumn(const arrow::ArrayVector& pieces, const Places& places,
                                         int64_t rows, LargeBuffers* memory) {
  if (std::any_of(pieces.begin(), pieces.end(), IsDictionary)) {
    if (std::all_of(pieces.begin(), pieces.end(), IsDictionary)) {
      ARROW_ASSIGN_OR_RAISE(SharedArray codes, ScatterDictionaries(pieces, places, rows, memory));
      if (codes != nullptr) return codes;
    }
    ARROW_ASSIGN_OR_RAISE(const auto plain, WithoutDictionaries(pieces, memory->pool()));
    return ScatterColumn(plain, places, rows, memory);
  }
  const arrow::Type::type id = pieces[0]->type_id();
  if (id == arrow::Type::STRING || id == arrow::Type::BINARY) {
    ARROW_ASSIGN_OR_RAISE(SharedArray codes, ScatterCodes(pieces, places, rows, memory));
    if (codes != nullptr) return codes;
    return ScatterTexts(pieces, places, rows, memory);
  }
  if (arrow::is_primitive(id) || arrow::is_decimal(id) || id == arrow::Type::FIXED_SIZE_BINARY) {
    return ScatterFixed(pieces, places, rows, memory);
  }
  return ScatterAnything(pieces, places, rows, memory);
}

}  // namespace artemis
