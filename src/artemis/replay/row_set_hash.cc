// Canonical rows and their sum.
#include "artemis/replay/row_set_hash.h"

#include <algorithm>
#include <cstring>
#include <vector>

#include <arrow/array.h>

#include "artemis/base/parallel_for.h"
#include "artemis/base/sha256.h"

namespace artemis {

namespace {

// Rows that a thread hashes before it takes more.
constexpr int64_t kRowsAtOnce = 4096;

// The machine is little-endian, as Arrow's buffers are.
void AppendNumber(int64_t value, std::string* out) {
  out->append(reinterpret_cast<const char*>(&value), sizeof(value));
}

void AppendSized(std::string_view bytes, std::string* out) {
  AppendNumber(static_cast<int64_t>(bytes.size()), out);
  out->append(bytes);
}

template <typename ArrayType>
void AppendInteger(const arrow::Array& array, int64_t row, std::string* out) {
  AppendNumber(static_cast<const ArrayType&>(array).Value(row), out);
}

template <typename ArrayType>
void AppendBits(const arrow::Array& array, int64_t row, std::string* out) {
  const auto value = static_cast<const ArrayType&>(array).Value(row);
  out->append(reinterpret_cast<const char*>(&value), sizeof(value));
}

arrow::Status AppendCell(const arrow::Array& array, int64_t row, std::string* out);

arrow::Status AppendElements(const arrow::Array& array, int64_t row, std::string* out) {
  const auto& list = static_cast<const arrow::ListArray&>(array);
  const int64_t begin = list.value_offset(row);
  const int64_t length = list.value_length(row);
  AppendNumber(length, out);
  for (int64_t i = begin; i < begin + length; ++i) {
    if (array.type_id() == arrow::Type::LIST) {
      ARROW_RETURN_NOT_OK(AppendCell(*list.values(), i, out));
      continue;
    }
    const auto& map = static_cast<const arrow::MapArray&>(array);
    ARROW_RETURN_NOT_OK(AppendCell(*map.keys(), i, out));
    ARROW_RETURN_NOT_OK(AppendCell(*map.items(), i, out));
  }
  return arrow::Status::OK();
}

arrow::Status AppendFields(const arrow::Array& array, int64_t row, std::string* out) {
  const auto& fields = static_cast<const arrow::StructArray&>(array);
  for (int i = 0; i < fields.num_fields(); ++i) {
    ARROW_RETURN_NOT_OK(AppendCell(*fields.field(i), row, out));
  }
  return arrow::Status::OK();
}

arrow::Status AppendValue(const arrow::Array& array, int64_t row, std::string* out) {
  switch (array.type_id()) {
    case arrow::Type::BOOL:
      out->push_back(static_cast<const arrow::BooleanArray&>(array).Value(row) ? 1 : 0);
      return arrow::Status::OK();
    case arrow::Type::INT32:
      return AppendInteger<arrow::Int32Array>(array, row, out), arrow::Status::OK();
    case arrow::Type::DATE32:
      return AppendInteger<arrow::Date32Array>(array, row, out), arrow::Status::OK();
    case arrow::Type::INT64:
      return AppendInteger<arrow::Int64Array>(array, row, out), arrow::Status::OK();
    case arrow::Type::TIME64:
      return AppendInteger<arrow::Time64Array>(array, row, out), arrow::Status::OK();
    case arrow::Type::TIMESTAMP:
      return AppendInteger<arrow::TimestampArray>(array, row, out), arrow::Status::OK();
    case arrow::Type::FLOAT:
      return AppendBits<arrow::FloatArray>(array, row, out), arrow::Status::OK();
    case arrow::Type::DOUBLE:
      return AppendBits<arrow::DoubleArray>(array, row, out), arrow::Status::OK();
    case arrow::Type::DECIMAL128: {
      const auto& decimals = static_cast<const arrow::Decimal128Array&>(array);
      out->append(reinterpret_cast<const char*>(decimals.GetValue(row)), 16);
      return arrow::Status::OK();
    }
    case arrow::Type::STRING:
    case arrow::Type::BINARY:
      AppendSized(static_cast<const arrow::BinaryArray&>(array).GetView(row), out);
      return arrow::Status::OK();
    case arrow::Type::FIXED_SIZE_BINARY:
      AppendSized(static_cast<const arrow::FixedSizeBinaryArray&>(array).GetView(row), out);
      return arrow::Status::OK();
    case arrow::Type::STRUCT:
      return AppendFields(array, row, out);
    case arrow::Type::LIST:
    case arrow::Type::MAP:
      return AppendElements(array, row, out);
    default:
      return arrow::Status::NotImplemented("rows with a column of type ", array.type()->ToString(),
                                           " have no result hash");
  }
}

arrow::Status AppendCell(const arrow::Array& array, int64_t row, std::string* out) {
  if (array.type_id() == arrow::Type::DICTIONARY) {
    const auto& encoded = static_cast<const arrow::DictionaryArray&>(array);
    if (!encoded.IsNull(row)) {
      return AppendCell(*encoded.dictionary(), encoded.GetValueIndex(row), out);
    }
  }
  if (array.type_id() == arrow::Type::NA || array.IsNull(row)) {
    out->push_back(0);
    return arrow::Status::OK();
  }
  out->push_back(1);
  return AppendValue(array, row, out);
}

uint64_t BigEndian(const uint8_t* bytes) {
  uint64_t value = 0;
  for (int i = 0; i < 8; ++i) value = value << 8 | bytes[i];
  return value;
}

// Modulo 2^256.
void AddTo(std::array<uint64_t, 4>* sum, const std::array<uint64_t, 4>& more) {
  uint64_t carry = 0;
  for (size_t i = 0; i < sum->size(); ++i) {
    const uint64_t with_carry = more[i] + carry;
    carry = with_carry < carry ? 1 : 0;
    (*sum)[i] += with_carry;
    carry += (*sum)[i] < with_carry ? 1 : 0;
  }
}

// Rows `begin` to `end`; `columns` of the batch, taken apart once.
arrow::Result<std::array<uint64_t, 4>> SumOfRows(const arrow::ArrayVector& columns, int64_t begin,
                                                 int64_t end) {
  std::array<uint64_t, 4> sum = {};
  Sha256 sha;
  std::string bytes;
  for (int64_t row = begin; row < end; ++row) {
    bytes.clear();
    for (const auto& column : columns) ARROW_RETURN_NOT_OK(AppendCell(*column, row, &bytes));
    sha.Update(bytes);
    const Sha256Digest digest = sha.Finish();
    AddTo(&sum, {BigEndian(&digest[24]), BigEndian(&digest[16]), BigEndian(&digest[8]),
                 BigEndian(&digest[0])});
  }
  return sum;
}

}  // namespace

arrow::Status RowSetHash::Add(const arrow::RecordBatch& batch) {
  const arrow::ArrayVector columns = batch.columns();
  const auto parts = static_cast<size_t>((batch.num_rows() + kRowsAtOnce - 1) / kRowsAtOnce);
  std::vector<Number> sums(parts);
  ARROW_RETURN_NOT_OK(ParallelFor(parts, threads_, [&](size_t part) -> arrow::Status {
    const int64_t begin = static_cast<int64_t>(part) * kRowsAtOnce;
    ARROW_ASSIGN_OR_RAISE(
        sums[part], SumOfRows(columns, begin, std::min(begin + kRowsAtOnce, batch.num_rows())));
    return arrow::Status::OK();
  }));
  for (const Number& sum : sums) AddTo(&sum_, sum);
  rows_ += batch.num_rows();
  return arrow::Status::OK();
}

std::string RowSetHash::Hex() const {
  Sha256Digest bytes;
  for (size_t i = 0; i < bytes.size(); ++i) {
    bytes[i] = static_cast<uint8_t>(sum_[3 - i / 8] >> (56 - i % 8 * 8));
  }
  return HexOf(bytes);
}

arrow::Result<std::string> CanonicalRow(const arrow::RecordBatch& batch, int64_t row) {
  std::string bytes;
  for (const auto& column : batch.columns()) {
    ARROW_RETURN_NOT_OK(AppendCell(*column, row, &bytes));
  }
  return bytes;
}

}  // namespace artemis
