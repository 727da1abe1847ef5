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

}  // namespace

arrow::Result<std::vector<RowHash>> HashRows(const arrow::RecordBatch& batch) {
  std::vector<RowHash> hashes(static_cast<size_t>(batch.num_rows()),
                              RowHash{kLowMultiplier, kHighMultiplier});
  for (int column = 0; column < batch.num_columns(); ++column) {
    const auto& array = *batch.column(column);
    for (int64_t row = 0; row < batch.num_rows(); ++row) {
      ARROW_RETURN_NOT_OK(MixValue(hashes[static_cast<size_t>(row)], array, row));
    }
  }
  return hashes;
}

}  // namespace artemis
