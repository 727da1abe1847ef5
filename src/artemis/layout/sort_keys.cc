// Encodes sort keys column by column: first the length of every row's part, then the parts.
#include "artemis/layout/sort_keys.h"

#include <algorithm>
#include <bit>
#include <cmath>
#include <cstring>
#include <numeric>

#include <arrow/array.h>

#include "artemis/layout/source_column.h"

namespace artemis {
namespace {

// One sort field's values and how they are laid down.
struct KeyColumn {
  std::shared_ptr<arrow::Array> values;
  bool has_null_byte = false;
  uint8_t null_byte = 0;
  uint8_t invert = 0;
};

constexpr uint8_t kValueByte = 1;

template <typename Unsigned>
void PutBigEndian(Unsigned value, uint8_t invert, uint8_t* out) {
  for (size_t i = 0; i < sizeof(Unsigned); ++i) {
    out[i] = static_cast<uint8_t>(value >> (8 * (sizeof(Unsigned) - 1 - i))) ^ invert;
  }
}

template <typename Unsigned, typename Signed>
Unsigned OrderedInteger(Signed value) {
  return static_cast<Unsigned>(value) ^ (Unsigned{1} << (8 * sizeof(Unsigned) - 1));
}

// Positive numbers get the sign bit, negative ones are inverted whole: bits then ascend with the number.
template <typename Unsigned, typename Float>
Unsigned OrderedFloat(Float value) {
  if (std::isnan(value)) return ~Unsigned{0};
  const auto bits = std::bit_cast<Unsigned>(value);
  constexpr Unsigned kSign = Unsigned{1} << (8 * sizeof(Unsigned) - 1);
  return (bits & kSign) != 0 ? ~bits : bits | kSign;
}

bool IsVariableLength(arrow::Type::type id) {
  return id == arrow::Type::STRING || id == arrow::Type::BINARY;
}

int64_t FixedValueBytes(const arrow::DataType& type) {
  return type.id() == arrow::Type::BOOL ? 1 : type.byte_width();
}

std::string_view BytesAt(const arrow::Array& array, int64_t row) {
  return static_cast<const arrow::BinaryArray&>(array).GetView(row);
}

void AddLengths(const KeyColumn& column, std::vector<uint64_t>* lengths) {
  const arrow::Array& values = *column.values;
  const bool variable = IsVariableLength(values.type_id());
  const auto fixed = variable ? 0 : static_cast<uint64_t>(FixedValueBytes(*values.type()));
  for (int64_t row = 0; row < values.length(); ++row) {
    uint64_t length = column.has_null_byte;
    if (values.IsValid(row)) {
      if (variable) {
        const std::string_view text = BytesAt(values, row);
        length +=
            text.size() + static_cast<uint64_t>(std::count(text.begin(), text.end(), '\0')) + 2;
      } else {
        length += fixed;
      }
    }
    (*lengths)[static_cast<size_t>(row)] += length;
  }
}

uint8_t* PutText(std::string_view text, uint8_t invert, uint8_t* out) {
  for (char c : text) {
    *out++ = static_cast<uint8_t>(c) ^ invert;
    if (c == '\0') *out++ = uint8_t{0xFF} ^ invert;
  }
  *out++ = invert;
  *out++ = invert;
  return out;
}

// Writes the value at `row` and returns the end.
uint8_t* PutValue(const arrow::Array& values, int64_t row, uint8_t invert, uint8_t* out) {
  switch (values.type_id()) {
    case arrow::Type::BOOL:
      *out =
          static_cast<uint8_t>(static_cast<const arrow::BooleanArray&>(values).Value(row)) ^ invert;
      return out + 1;
    case arrow::Type::INT32:
    case arrow::Type::DATE32:
      PutBigEndian(OrderedInteger<uint32_t>(values.data()->GetValues<int32_t>(1)[row]), invert,
                   out);
      return out + 4;
    case arrow::Type::FLOAT:
      PutBigEndian(OrderedFloat<uint32_t>(values.data()->GetValues<float>(1)[row]), invert, out);
      return out + 4;
    case arrow::Type::DOUBLE:
      PutBigEndian(OrderedFloat<uint64_t>(values.data()->GetValues<double>(1)[row]), invert, out);
      return out + 8;
    case arrow::Type::DECIMAL128: {
      const arrow::Decimal128 value(
          static_cast<const arrow::Decimal128Array&>(values).GetValue(row));
      PutBigEndian(OrderedInteger<uint64_t>(value.high_bits()), invert, out);
      PutBigEndian(value.low_bits(), invert, out + 8);
      return out + 16;
    }
    case arrow::Type::STRING:
    case arrow::Type::BINARY:
      return PutText(BytesAt(values, row), invert, out);
    case arrow::Type::FIXED_SIZE_BINARY:
      for (char c : static_cast<const arrow::FixedSizeBinaryArray&>(values).GetView(row)) {
        *out++ = static_cast<uint8_t>(c) ^ invert;
      }
      return out;
    default:
      PutBigEndian(OrderedInteger<uint64_t>(values.data()->GetValues<int64_t>(1)[row]), invert,
                   out);
      return out + 8;
  }
}

void PutColumn(const KeyColumn& column, uint8_t* bytes, std::vector<uint64_t>* cursors) {
  for (int64_t row = 0; row < column.values->length(); ++row) {
    uint64_t& cursor = (*cursors)[static_cast<size_t>(row)];
    uint8_t* out = bytes + cursor;
    const bool valid = column.values->IsValid(row);
    if (column.has_null_byte) *out++ = valid ? kValueByte : column.null_byte;
    if (valid) out = PutValue(*column.values, row, column.invert, out);
    cursor = static_cast<uint64_t>(out - bytes);
  }
}

bool IsSortable(const arrow::DataType& type) {
  switch (type.id()) {
    case arrow::Type::BOOL:
    case arrow::Type::INT32:
    case arrow::Type::INT64:
    case arrow::Type::FLOAT:
    case arrow::Type::DOUBLE:
    case arrow::Type::DECIMAL128:
    case arrow::Type::DATE32:
    case arrow::Type::TIME64:
    case arrow::Type::TIMESTAMP:
    case arrow::Type::STRING:
    case arrow::Type::BINARY:
    case arrow::Type::FIXED_SIZE_BINARY:
      return true;
    default:
      return false;
  }
}

arrow::Result<KeyColumn> MakeKeyColumn(const arrow::RecordBatch& batch, const Schema& schema,
                                       const SortField& field, SortKeyScope scope,
                                       arrow::MemoryPool* pool) {
  KeyColumn column;
  ARROW_ASSIGN_OR_RAISE(column.values,
                        TransformedColumn(batch, schema, field.source_id, field.transform, pool));
  if (!IsSortable(*column.values->type())) {
    return arrow::Status::Invalid("cannot sort by column '", schema.FullName(field.source_id),
                                  "' of type ", column.values->type()->ToString());
  }
  column.has_null_byte = scope == SortKeyScope::kAllBatches || column.values->null_count() > 0;
  column.null_byte = field.null_order == NullOrder::kNullsFirst ? kValueByte - 1 : kValueByte + 1;
  column.invert = field.direction == SortDirection::kDescending ? 0xFF : 0;
  return column;
}

// The first eight bytes as a number that orders like them; short keys are padded with zeros.
uint64_t KeyPrefix(std::string_view key) {
  uint64_t prefix = 0;
  for (size_t i = 0; i < 8; ++i) {
    prefix = (prefix << 8) | (i < key.size() ? static_cast<uint8_t>(key[i]) : 0u);
  }
  return prefix;
}

}  // namespace

arrow::Result<SortKeys> SortKeys::Make(const arrow::RecordBatch& batch, const Schema& schema,
                                       const SortOrder& order, arrow::MemoryPool* pool,
                                       SortKeyScope scope) {
  std::vector<KeyColumn> columns;
  for (const SortField& field : order.fields) {
    ARROW_ASSIGN_OR_RAISE(auto column, MakeKeyColumn(batch, schema, field, scope, pool));
    const bool all_null = column.values->null_count() == column.values->length();
    if (all_null && scope == SortKeyScope::kOneBatch) continue;
    columns.push_back(std::move(column));
  }
  const auto rows = static_cast<size_t>(batch.num_rows());
  std::vector<uint64_t> lengths(rows, 0);
  for (const KeyColumn& column : columns) AddLengths(column, &lengths);

  SortKeys keys;
  keys.offsets_.assign(rows + 1, 0);
  std::partial_sum(lengths.begin(), lengths.end(), keys.offsets_.begin() + 1);
  keys.bytes_.resize(keys.offsets_.back());
  std::vector<uint64_t> cursors(keys.offsets_.begin(), keys.offsets_.end() - 1);
  for (const KeyColumn& column : columns) PutColumn(column, keys.bytes_.data(), &cursors);
  return keys;
}

std::vector<uint32_t> SortKeys::SortedRows() const {
  struct Entry {
    uint64_t prefix;
    uint32_t row;
  };
  std::vector<Entry> entries(offsets_.size() - 1);
  for (size_t i = 0; i < entries.size(); ++i) {
    entries[i] = {KeyPrefix((*this)[static_cast<int64_t>(i)]), static_cast<uint32_t>(i)};
  }
  const auto before = [this](const Entry& a, const Entry& b) {
    if (a.prefix != b.prefix) return a.prefix < b.prefix;
    const int order = (*this)[a.row].compare((*this)[b.row]);
    return order != 0 ? order < 0 : a.row < b.row;
  };
  if (!std::is_sorted(entries.begin(), entries.end(), before)) {
    std::sort(entries.begin(), entries.end(), before);
  }
  std::vector<uint32_t> rows(entries.size());
  std::transform(entries.begin(), entries.end(), rows.begin(),
                 [](const Entry& e) { return e.row; });
  return rows;
}

}  // namespace artemis
