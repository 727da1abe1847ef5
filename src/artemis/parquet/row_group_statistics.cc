// Row-group statistics, as far as the format lets one believe them (parquet.thrift, Statistics and ColumnOrder).
//
// Not believed: bounds of columns without a defined order (INT96, intervals); the deprecated min and max where the order is not
// the signed one; NaN bounds; what a known faulty writer wrote. A zero is widened to both zeros.
#include <cmath>
#include <cstring>
#include <limits>

#include <arrow/type.h>
#include <arrow/util/decimal.h>
#include <parquet/metadata.h>
#include <parquet/statistics.h>

#include "artemis/parquet/file_reader.h"
#include "artemis/parquet/leaf_columns.h"
#include "artemis/parquet/parquet_error.h"
#include "artemis/schema/literal.h"

namespace artemis {
namespace {

enum class BoundSide { kLower, kUpper };

// The bytes of a plain-encoded number; nullopt when their count is wrong.
template <typename T>
std::optional<T> PlainNumber(const std::string& bytes) {
  T value;
  if (bytes.size() != sizeof(T)) return std::nullopt;
  std::memcpy(&value, bytes.data(), sizeof(T));
  return value;
}

std::string LongBytes(int64_t value) {
  return ToBytes(Type::Of(TypeKind::kLong), LiteralValue(value));
}

std::string IntBytes(int32_t value) {
  return ToBytes(Type::Of(TypeKind::kInt), LiteralValue(value));
}

template <typename T>
std::optional<std::string> FloatBound(const std::string& plain, BoundSide side, TypeKind kind) {
  std::optional<T> value = PlainNumber<T>(plain);
  if (!value || std::isnan(*value)) return std::nullopt;
  if (*value == 0) value = side == BoundSide::kLower ? -T{0} : T{0};
  return ToBytes(Type::Of(kind), LiteralValue(*value));
}

std::optional<std::string> DecimalBound(const std::string& plain, const arrow::DataType& type,
                                        parquet::Type::type physical) {
  arrow::Decimal128 value;
  if (physical == parquet::Type::INT32 || physical == parquet::Type::INT64) {
    const bool narrow = physical == parquet::Type::INT32;
    const auto small = PlainNumber<int32_t>(plain);
    const auto large = PlainNumber<int64_t>(plain);
    if (narrow ? !small.has_value() : !large.has_value()) return std::nullopt;
    value = arrow::Decimal128(narrow ? int64_t{*small} : *large);
  } else {
    const auto parsed = arrow::Decimal128::FromBigEndian(
        reinterpret_cast<const uint8_t*>(plain.data()), static_cast<int32_t>(plain.size()));
    if (!parsed.ok()) return std::nullopt;
    value = *parsed;
  }
  const auto& decimal = static_cast<const arrow::DecimalType&>(type);
  return ToBytes(Type::Decimal(decimal.precision(), decimal.scale()), LiteralValue(value));
}

std::optional<std::string> IntegerBound(const std::string& plain, parquet::Type::type physical,
                                        arrow::Type::type id) {
  if (physical == parquet::Type::INT64) {
    const auto value = PlainNumber<int64_t>(plain);
    if (!value || (id == arrow::Type::UINT64 && *value < 0)) return std::nullopt;
    return LongBytes(*value);
  }
  const auto value = PlainNumber<int32_t>(plain);
  if (!value) return std::nullopt;
  if (id == arrow::Type::UINT32) return LongBytes(static_cast<uint32_t>(*value));
  if (id == arrow::Type::TIME64 || id == arrow::Type::TIMESTAMP) return LongBytes(*value);
  return IntBytes(*value);
}

std::optional<std::string> BoundBytes(const std::string& plain, const arrow::DataType& type,
                                      parquet::Type::type physical, BoundSide side) {
  if (type.id() == arrow::Type::HALF_FLOAT) return std::nullopt;
  if (arrow::is_decimal(type.id())) {
    return type.id() == arrow::Type::DECIMAL256 ? std::nullopt
                                                : DecimalBound(plain, type, physical);
  }
  switch (physical) {
    case parquet::Type::BOOLEAN:
      if (plain.size() != 1) return std::nullopt;
      return ToBytes(Type::Of(TypeKind::kBoolean), LiteralValue(plain[0] != 0));
    case parquet::Type::INT32:
    case parquet::Type::INT64:
      return IntegerBound(plain, physical, type.id());
    case parquet::Type::FLOAT:
      return FloatBound<float>(plain, side, TypeKind::kFloat);
    case parquet::Type::DOUBLE:
      return FloatBound<double>(plain, side, TypeKind::kDouble);
    case parquet::Type::BYTE_ARRAY:
    case parquet::Type::FIXED_LEN_BYTE_ARRAY:
      return plain;
    default:
      return std::nullopt;
  }
}

// Before column orders, every writer compared as signed: right for signed types only, and where all values are one.
bool OrderIsBelievable(const parquet::ColumnDescriptor& descriptor,
                       const parquet::EncodedStatistics& statistics) {
  if (descriptor.sort_order() == parquet::SortOrder::UNKNOWN) return false;
  if (descriptor.column_order().get_order() == parquet::ColumnOrder::TYPE_DEFINED_ORDER)
    return true;
  if (descriptor.sort_order() == parquet::SortOrder::SIGNED) return true;
  return statistics.min() == statistics.max();
}

void FillBounds(const parquet::ColumnChunkMetaData& chunk,
                const parquet::ColumnDescriptor& descriptor, const arrow::DataType& type,
                LeafStatistics* leaf) {
  const auto statistics = chunk.encoded_statistics();
  if (statistics == nullptr) return;
  if (statistics->has_null_count) leaf->null_count = statistics->null_count;
  if (!chunk.is_stats_set() || !OrderIsBelievable(descriptor, *statistics)) return;
  const auto physical = descriptor.physical_type();
  if (statistics->has_min) {
    leaf->lower = BoundBytes(statistics->min(), type, physical, BoundSide::kLower);
  }
  if (statistics->has_max) {
    leaf->upper = BoundBytes(statistics->max(), type, physical, BoundSide::kUpper);
  }
}

}  // namespace

std::vector<LeafStatistics> RowGroupStatistics(const ParquetFooter& footer, int row_group) {
  std::vector<LeafStatistics> all;
  const auto group = footer.metadata->RowGroup(row_group);
  for (const LeafColumn& column : LeafColumns(*footer.arrow_schema)) {
    if (column.leaf_index >= group->num_columns()) break;
    LeafStatistics leaf;
    leaf.leaf_index = column.leaf_index;
    // A chunk whose metadata cannot be read says nothing; reading its rows will name the damage.
    const arrow::Status read = CatchParquet([&]() -> arrow::Status {
      const auto chunk = group->ColumnChunk(column.leaf_index);
      leaf.value_count = chunk->num_values();
      FillBounds(*chunk, *footer.metadata->schema()->Column(column.leaf_index), *column.type,
                 &leaf);
      return arrow::Status::OK();
    });
    if (!read.ok()) {
      leaf.lower.reset();
      leaf.upper.reset();
      leaf.null_count.reset();
    }
    all.push_back(std::move(leaf));
  }
  return all;
}

}  // namespace artemis
