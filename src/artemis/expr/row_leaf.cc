// One leaf over one Arrow column: a loop per operator and physical type.
#include "artemis/expr/row_leaf.h"

#include <algorithm>
#include <cmath>
#include <unordered_set>

#include <arrow/extension_type.h>

#include "artemis/base/error.h"
#include "artemis/expr/leaf_match.h"

namespace artemis {
namespace {

__extension__ using Int128 = __int128;

Int128 ToInt128(const arrow::Decimal128& value) {
  return (static_cast<Int128>(value.high_bits()) << 64) | static_cast<Int128>(value.low_bits());
}

template <typename T>
T NativeLiteral(const LiteralValue& value) {
  if constexpr (std::is_same_v<T, Int128>) {
    return ToInt128(std::get<arrow::Decimal128>(value));
  } else if constexpr (std::is_same_v<T, std::string_view>) {
    return std::get<std::string>(value);
  } else {
    return std::get<T>(value);
  }
}

// Requires that a floating literal is no NaN. Then IEEE's < and <= are right for "less", which a
// NaN never is, and their negations for "greater", which a NaN always is.
template <typename T, typename ValueAt>
void FillComparison(PredicateOp op, const T& literal, const ValueAt& value_at, RowMask& mask) {
  switch (op) {
    case PredicateOp::kEq:
      return mask.Fill([&](int64_t i) { return value_at(i) == literal; });
    case PredicateOp::kNe:
      return mask.Fill([&](int64_t i) { return value_at(i) != literal; });
    case PredicateOp::kLt:
      return mask.Fill([&](int64_t i) { return value_at(i) < literal; });
    case PredicateOp::kLe:
      return mask.Fill([&](int64_t i) { return value_at(i) <= literal; });
    case PredicateOp::kGt:
      return mask.Fill([&](int64_t i) { return !(value_at(i) <= literal); });
    case PredicateOp::kGe:
      return mask.Fill([&](int64_t i) { return !(value_at(i) < literal); });
    default:
      FailCheck("a comparison", __FILE__, __LINE__);
  }
}

template <typename T, typename ValueAt>
void FillSortedSet(const std::vector<T>& sorted, bool holds_nan, const ValueAt& value_at,
                   RowMask& mask) {
  constexpr size_t kLinearMax = 8;
  const auto contains = [&](const T& value) {
    if constexpr (std::is_floating_point_v<T>) {
      if (std::isnan(value)) return holds_nan;
    }
    if (sorted.size() <= kLinearMax) {
      return std::find(sorted.begin(), sorted.end(), value) != sorted.end();
    }
    return std::binary_search(sorted.begin(), sorted.end(), value);
  };
  mask.Fill([&](int64_t i) { return contains(value_at(i)); });
}

template <typename T, typename ValueAt>
void FillSet(const BoundPredicate& leaf, const ValueAt& value_at, RowMask& mask) {
  bool holds_nan = false;
  std::vector<T> literals;
  for (const auto& value : leaf.values) {
    literals.push_back(NativeLiteral<T>(value));
    if constexpr (std::is_floating_point_v<T>) {
      if (!std::isnan(literals.back())) continue;
      holds_nan = true;
      literals.pop_back();
    }
  }
  if constexpr (std::is_same_v<T, std::string_view>) {
    const std::unordered_set<std::string_view> set(literals.begin(), literals.end());
    mask.Fill([&](int64_t i) { return set.contains(value_at(i)); });
  } else {
    FillSortedSet(literals, holds_nan, value_at, mask);
  }
  if (leaf.op == PredicateOp::kNotIn) mask.Flip();
}

template <typename T, typename ValueAt>
void FillNaN(PredicateOp op, const ValueAt& value_at, RowMask& mask) {
  if constexpr (std::is_floating_point_v<T>) {
    mask.Fill([&](int64_t i) { return value_at(i) != value_at(i); });
  }
  if (op == PredicateOp::kNotNaN) mask.Flip();
}

template <typename ValueAt>
void FillPrefix(const BoundPredicate& leaf, const ValueAt& value_at, RowMask& mask) {
  const std::string& prefix = std::get<std::string>(leaf.values.front());
  mask.Fill([&](int64_t i) { return StartsWith(value_at(i), prefix); });
  if (leaf.op == PredicateOp::kNotStartsWith) mask.Flip();
}

// Fills the mask as if no row were null.
template <typename T, typename ValueAt>
void FillLeaf(const BoundPredicate& leaf, const ValueAt& value_at, RowMask& mask) {
  switch (leaf.op) {
    case PredicateOp::kIsNaN:
    case PredicateOp::kNotNaN:
      return FillNaN<T>(leaf.op, value_at, mask);
    case PredicateOp::kIn:
    case PredicateOp::kNotIn:
      return FillSet<T>(leaf, value_at, mask);
    case PredicateOp::kStartsWith:
    case PredicateOp::kNotStartsWith:
      if constexpr (std::is_same_v<T, std::string_view>) return FillPrefix(leaf, value_at, mask);
      break;
    default: {
      const T literal = NativeLiteral<T>(leaf.values.front());
      return FillComparison(leaf.op, literal, value_at, mask);
    }
  }
  FailCheck("a prefix of text", __FILE__, __LINE__);
}

template <typename T, typename ArrayType>
void FillRaw(const BoundPredicate& leaf, const arrow::Array& column, RowMask& mask) {
  const T* values = static_cast<const ArrayType&>(column).raw_values();
  FillLeaf<T>(
      leaf, [values](int64_t i) { return values[i]; }, mask);
}

template <typename ArrayType>
void FillViews(const BoundPredicate& leaf, const arrow::Array& column, RowMask& mask) {
  const auto& array = static_cast<const ArrayType&>(column);
  FillLeaf<std::string_view>(
      leaf, [&array](int64_t i) -> std::string_view { return array.GetView(i); }, mask);
}

void FillBooleans(const BoundPredicate& leaf, const arrow::Array& column, RowMask& mask) {
  const auto& array = static_cast<const arrow::BooleanArray&>(column);
  FillLeaf<bool>(
      leaf, [&array](int64_t i) { return array.Value(i); }, mask);
}

void FillDecimals(const BoundPredicate& leaf, const arrow::Array& column, RowMask& mask) {
  const auto& array = static_cast<const arrow::Decimal128Array&>(column);
  const uint8_t* values = array.raw_values();
  const auto value_at = [values](int64_t i) {
    Int128 value;
    std::memcpy(&value, values + 16 * i, sizeof value);
    return value;
  };
  FillLeaf<Int128>(leaf, value_at, mask);
}

bool HasUnit(const arrow::DataType& type, arrow::TimeUnit::type unit) {
  if (type.id() == arrow::Type::TIME64) {
    return static_cast<const arrow::Time64Type&>(type).unit() == unit;
  }
  return type.id() == arrow::Type::TIMESTAMP &&
         static_cast<const arrow::TimestampType&>(type).unit() == unit;
}

bool IsFixedOf(const arrow::DataType& type, int32_t length) {
  return type.id() == arrow::Type::FIXED_SIZE_BINARY &&
         static_cast<const arrow::FixedSizeBinaryType&>(type).byte_width() == length;
}

bool IsDecimalOf(const arrow::DataType& type, const Type& leaf_type) {
  return type.id() == arrow::Type::DECIMAL128 &&
         static_cast<const arrow::Decimal128Type&>(type).scale() == leaf_type.scale;
}

bool FitsArrowType(const Type& type, const arrow::DataType& found) {
  const arrow::Type::type id = found.id();
  switch (type.kind) {
    case TypeKind::kBoolean:
      return id == arrow::Type::BOOL;
    case TypeKind::kInt:
      return id == arrow::Type::INT32;
    case TypeKind::kLong:
      return id == arrow::Type::INT64;
    case TypeKind::kFloat:
      return id == arrow::Type::FLOAT;
    case TypeKind::kDouble:
      return id == arrow::Type::DOUBLE;
    case TypeKind::kDecimal:
      return IsDecimalOf(found, type);
    case TypeKind::kDate:
      return id == arrow::Type::DATE32;
    case TypeKind::kTime:
      return id == arrow::Type::TIME64 && HasUnit(found, arrow::TimeUnit::MICRO);
    case TypeKind::kTimestamp:
    case TypeKind::kTimestamptz:
      return id == arrow::Type::TIMESTAMP && HasUnit(found, arrow::TimeUnit::MICRO);
    case TypeKind::kTimestampNs:
    case TypeKind::kTimestamptzNs:
      return id == arrow::Type::TIMESTAMP && HasUnit(found, arrow::TimeUnit::NANO);
    case TypeKind::kString:
      return id == arrow::Type::STRING || id == arrow::Type::LARGE_STRING;
    case TypeKind::kBinary:
      return id == arrow::Type::BINARY || id == arrow::Type::LARGE_BINARY;
    case TypeKind::kUuid:
      return IsFixedOf(found, 16);
    case TypeKind::kFixed:
      return IsFixedOf(found, type.length);
    default:
      return false;
  }
}

// Requires that FitsArrowType accepted the column.
void FillByArrowType(const BoundPredicate& leaf, const arrow::Array& column, RowMask& mask) {
  switch (column.type_id()) {
    case arrow::Type::BOOL:
      return FillBooleans(leaf, column, mask);
    case arrow::Type::INT32:
      return FillRaw<int32_t, arrow::Int32Array>(leaf, column, mask);
    case arrow::Type::INT64:
      return FillRaw<int64_t, arrow::Int64Array>(leaf, column, mask);
    case arrow::Type::FLOAT:
      return FillRaw<float, arrow::FloatArray>(leaf, column, mask);
    case arrow::Type::DOUBLE:
      return FillRaw<double, arrow::DoubleArray>(leaf, column, mask);
    case arrow::Type::DECIMAL128:
      return FillDecimals(leaf, column, mask);
    case arrow::Type::DATE32:
      return FillRaw<int32_t, arrow::Date32Array>(leaf, column, mask);
    case arrow::Type::TIME64:
      return FillRaw<int64_t, arrow::Time64Array>(leaf, column, mask);
    case arrow::Type::TIMESTAMP:
      return FillRaw<int64_t, arrow::TimestampArray>(leaf, column, mask);
    case arrow::Type::STRING:
      return FillViews<arrow::StringArray>(leaf, column, mask);
    case arrow::Type::LARGE_STRING:
      return FillViews<arrow::LargeStringArray>(leaf, column, mask);
    case arrow::Type::BINARY:
      return FillViews<arrow::BinaryArray>(leaf, column, mask);
    case arrow::Type::LARGE_BINARY:
      return FillViews<arrow::LargeBinaryArray>(leaf, column, mask);
    case arrow::Type::FIXED_SIZE_BINARY:
      return FillViews<arrow::FixedSizeBinaryArray>(leaf, column, mask);
    default:
      FailCheck("a type that FitsArrowType accepts", __FILE__, __LINE__);
  }
}

void KeepValid(const arrow::Array& column, RowMask& mask) {
  if (const uint8_t* valid = column.null_bitmap_data()) {
    mask.AndWithBitmap(valid, column.offset());
  }
}

void FillValid(const arrow::Array& column, RowMask& mask) {
  mask.SetAll();
  KeepValid(column, mask);
}

arrow::Status WrongColumnType(const BoundPredicate& leaf, const arrow::Array& column) {
  return arrow::Status::Invalid("field ", ToString(leaf.field_id), ": expected a column of type ",
                                leaf.type.ToString(), ", found ", column.type()->ToString());
}

template <typename Index>
void FillFromEntries(const arrow::Array& indices, const RowMask& entries, RowMask& mask) {
  using IndexArray = typename arrow::CTypeTraits<Index>::ArrayType;
  const Index* raw = static_cast<const IndexArray&>(indices).raw_values();
  const uint8_t* valid = indices.null_bitmap_data();
  const int64_t offset = indices.offset();
  mask.Fill([&](int64_t i) {
    const bool is_valid = valid == nullptr || ((valid[(i + offset) / 8] >> ((i + offset) % 8)) & 1);
    return is_valid && entries.at(static_cast<int64_t>(raw[i]));
  });
}

arrow::Status FillByIndexType(const arrow::Array& indices, const RowMask& entries, RowMask& mask) {
  switch (indices.type_id()) {
    case arrow::Type::INT8:
      FillFromEntries<int8_t>(indices, entries, mask);
      break;
    case arrow::Type::UINT8:
      FillFromEntries<uint8_t>(indices, entries, mask);
      break;
    case arrow::Type::INT16:
      FillFromEntries<int16_t>(indices, entries, mask);
      break;
    case arrow::Type::UINT16:
      FillFromEntries<uint16_t>(indices, entries, mask);
      break;
    case arrow::Type::INT32:
      FillFromEntries<int32_t>(indices, entries, mask);
      break;
    case arrow::Type::UINT32:
      FillFromEntries<uint32_t>(indices, entries, mask);
      break;
    case arrow::Type::INT64:
      FillFromEntries<int64_t>(indices, entries, mask);
      break;
    case arrow::Type::UINT64:
      FillFromEntries<uint64_t>(indices, entries, mask);
      break;
    default:
      return arrow::Status::Invalid("dictionary indices of type ", indices.type()->ToString());
  }
  return arrow::Status::OK();
}

// A row is null when its index or its dictionary entry is; IS NULL is true for both, all else for
// neither.
arrow::Result<RowMask> EvaluateDictionary(const BoundPredicate& leaf,
                                          const arrow::DictionaryArray& column,
                                          arrow::MemoryPool* pool) {
  const bool is_null = leaf.op == PredicateOp::kIsNull;
  BoundPredicate entry_leaf = leaf;
  if (is_null) entry_leaf.op = PredicateOp::kNotNull;
  ARROW_ASSIGN_OR_RAISE(RowMask entries, EvaluateLeafRows(entry_leaf, *column.dictionary(), pool));
  ARROW_ASSIGN_OR_RAISE(RowMask mask, RowMask::Make(column.length(), pool));
  ARROW_RETURN_NOT_OK(FillByIndexType(*column.indices(), entries, mask));
  if (is_null) mask.Flip();
  return mask;
}

}  // namespace

arrow::Result<RowMask> EvaluateLeafNulls(const BoundPredicate& leaf, int64_t num_rows,
                                         arrow::MemoryPool* pool) {
  ARROW_ASSIGN_OR_RAISE(RowMask mask, RowMask::Make(num_rows, pool));
  if (leaf.op == PredicateOp::kIsNull) mask.SetAll();
  return mask;
}

arrow::Result<RowMask> EvaluateLeafRows(const BoundPredicate& given, const arrow::Array& column,
                                        arrow::MemoryPool* pool) {
  const BoundPredicate leaf = WithoutNaN(given);
  if (leaf.is_false()) return RowMask::Make(column.length(), pool);
  switch (column.type_id()) {
    case arrow::Type::NA:
      return EvaluateLeafNulls(leaf, column.length(), pool);
    case arrow::Type::DICTIONARY:
      return EvaluateDictionary(leaf, static_cast<const arrow::DictionaryArray&>(column), pool);
    case arrow::Type::EXTENSION:
      return EvaluateLeafRows(leaf, *static_cast<const arrow::ExtensionArray&>(column).storage(),
                              pool);
    default:
      break;
  }
  if (!FitsArrowType(leaf.type, *column.type())) return WrongColumnType(leaf, column);
  ARROW_ASSIGN_OR_RAISE(RowMask mask, RowMask::Make(column.length(), pool));
  switch (leaf.op) {
    case PredicateOp::kNotNull:
      FillValid(column, mask);
      return mask;
    case PredicateOp::kIsNull:
      FillValid(column, mask);
      mask.Flip();
      return mask;
    default:
      break;
  }
  FillByArrowType(leaf, column, mask);
  KeepValid(column, mask);
  return mask;
}

}  // namespace artemis
