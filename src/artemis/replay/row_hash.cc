// Column-wise hashing: each column folds its values into the state of every row.
#include "artemis/replay/row_hash.h"

#include <cstring>

#include <arrow/array.h>

namespace artemis {

namespace {

constexpr uint64_t kLowMultiplier = 0x9E3779B97F4A7C15ull;
constexpr uint64_t kHighMultiplier = 0xD6E8FEB86659FD93ull;
constexpr uint64_t kNullWord = 0xA5A5F00DF00D5A5Aull;

__extension__ using Wide = unsigned __int128;

uint64_t Fold(uint64_t a, uint64_t b) {
  const Wide product = static_cast<Wide>(a) * b;
  return static_cast<uint64_t>(product) ^ static_cast<uint64_t>(product >> 64);
}

void Mix(RowHash& state, uint64_t word) {
  state.low = Fold(state.low ^ word ^ kLowMultiplier, kHighMultiplier ^ (word << 1 | 1));
  state.high = Fold((state.high + word) ^ kHighMultiplier, kLowMultiplier) + (word >> 7);
}

void MixBytes(RowHash& state, const uint8_t* bytes, int64_t length) {
  Mix(state, static_cast<uint64_t>(length));
  while (length > 0) {
    uint64_t word = 0;
    const size_t take = static_cast<size_t>(length < 8 ? length : 8);
    std::memcpy(&word, bytes, take);
    Mix(state, word);
    bytes += take;
    length -= static_cast<int64_t>(take);
  }
}

arrow::Status MixValue(RowHash& state, const arrow::Array& array, int64_t row);

arrow::Status MixList(RowHash& state, const arrow::Array& values, int64_t begin, int64_t length) {
  Mix(state, static_cast<uint64_t>(length));
  for (int64_t i = begin; i < begin + length; ++i) ARROW_RETURN_NOT_OK(MixValue(state, values, i));
  return arrow::Status::OK();
}

arrow::Status MixValue(RowHash& state, const arrow::Array& array, int64_t row) {
  if (array.IsNull(row)) {
    Mix(state, kNullWord);
    return arrow::Status::OK();
  }
  switch (array.type_id()) {
    case arrow::Type::BOOL:
      Mix(state, static_cast<const arrow::BooleanArray&>(array).Value(row) ? 1 : 2);
      return arrow::Status::OK();
    case arrow::Type::STRING:
    case arrow::Type::BINARY: {
      const auto view = static_cast<const arrow::BinaryArray&>(array).GetView(row);
      MixBytes(state, reinterpret_cast<const uint8_t*>(view.data()),
               static_cast<int64_t>(view.size()));
      return arrow::Status::OK();
    }
    case arrow::Type::STRUCT: {
      const auto& fields = static_cast<const arrow::StructArray&>(array);
      for (int i = 0; i < fields.num_fields(); ++i)
        ARROW_RETURN_NOT_OK(MixValue(state, *fields.field(i), row));
      return arrow::Status::OK();
    }
    case arrow::Type::LIST:
    case arrow::Type::MAP: {
      const auto& list = static_cast<const arrow::ListArray&>(array);
      return MixList(state, *list.values(), list.value_offset(row), list.value_length(row));
    }
    default:
      break;
  }
  const auto* fixed = dynamic_cast<const arrow::FixedWidthType*>(array.type().get());
  if (fixed == nullptr || fixed->bit_width() % 8 != 0 || array.data()->buffers.size() != 2) {
    return arrow::Status::NotImplemented("cannot compare rows with a column of type ",
                                         array.type()->ToString());
  }
  const int64_t width = fixed->bit_width() / 8;
  const uint8_t* values = array.data()->buffers[1]->data() + (array.offset() + row) * width;
  if (width <= 8) {
    uint64_t word = 0;
    std::memcpy(&word, values, static_cast<size_t>(width));
    Mix(state, word);
  } else {
    MixBytes(state, values, width);
  }
  return arrow::Status::OK();
}

// Columns of numbers, whose type is looked at once.
template <typename Word>
void MixNumbers(const arrow::Array& array, std::vector<RowHash>& states) {
  const auto* values = array.data()->GetValues<Word>(1);
  const bool has_nulls = array.null_count() > 0;
  for (size_t row = 0; row < states.size(); ++row) {
    if (has_nulls && array.IsNull(static_cast<int64_t>(row))) {
      Mix(states[row], kNullWord);
    } else {
      Mix(states[row], static_cast<uint64_t>(values[row]));
    }
  }
}

void MixTexts(const arrow::BinaryArray& array, std::vector<RowHash>& states) {
  const bool has_nulls = array.null_count() > 0;
  for (size_t row = 0; row < states.size(); ++row) {
    const auto at = static_cast<int64_t>(row);
    if (has_nulls && array.IsNull(at)) {
      Mix(states[row], kNullWord);
      continue;
    }
    const auto view = array.GetView(at);
    MixBytes(states[row], reinterpret_cast<const uint8_t*>(view.data()),
             static_cast<int64_t>(view.size()));
  }
}

// 0: no number of whole bytes that fits a word.
int WordWidth(const arrow::Array& array) {
  if (array.type_id() == arrow::Type::BOOL) return 0;
  const auto* fixed = dynamic_cast<const arrow::FixedWidthType*>(array.type().get());
  if (fixed == nullptr || array.data()->buffers.size() != 2) return 0;
  return fixed->bit_width() % 8 == 0 ? fixed->bit_width() / 8 : 0;
}

arrow::Status MixColumn(const arrow::Array& array, std::vector<RowHash>& states) {
  switch (WordWidth(array)) {
    case 4:
      MixNumbers<uint32_t>(array, states);
      return arrow::Status::OK();
    case 8:
      MixNumbers<uint64_t>(array, states);
      return arrow::Status::OK();
    default:
      break;
  }
  if (array.type_id() == arrow::Type::STRING || array.type_id() == arrow::Type::BINARY) {
    MixTexts(static_cast<const arrow::BinaryArray&>(array), states);
    return arrow::Status::OK();
  }
  for (size_t row = 0; row < states.size(); ++row) {
    ARROW_RETURN_NOT_OK(MixValue(states[row], array, static_cast<int64_t>(row)));
  }
  return arrow::Status::OK();
}

}  // namespace

arrow::Result<std::vector<RowHash>> HashRows(const arrow::ArrayVector& columns, int64_t rows) {
  std::vector<RowHash> hashes(static_cast<size_t>(rows), RowHash{kLowMultiplier, kHighMultiplier});
  for (const auto& column : columns) ARROW_RETURN_NOT_OK(MixColumn(*column, hashes));
  return hashes;
}

arrow::Result<std::vector<RowHash>> HashRows(const arrow::RecordBatch& batch) {
  return HashRows(batch.columns(), batch.num_rows());
}

RowHash HashBytes(std::string_view bytes) {
  RowHash hash{kLowMultiplier, kHighMultiplier};
  MixBytes(hash, reinterpret_cast<const uint8_t*>(bytes.data()),
           static_cast<int64_t>(bytes.size()));
  return hash;
}

}  // namespace artemis
