// Sorts the values once.
#include "artemis/advise/sampled_column.h"

#include <algorithm>
#include <numeric>
#include <optional>
#include <utility>

#include "artemis/layout/source_column.h"
#include "artemis/parquet/bound_truncation.h"
#include "artemis/schema/literal.h"
#include "artemis/schema/literal_array.h"

namespace artemis {

namespace {

constexpr int kBoundLengthMax = 16;

LiteralValue LowerBound(const Type& type, const LiteralValue& value) {
  const auto* text = std::get_if<std::string>(&value);
  if (text == nullptr) return value;
  if (type.kind == TypeKind::kString) return TruncateStringLower(*text, kBoundLengthMax);
  if (type.kind == TypeKind::kBinary) return TruncateBinaryLower(*text, kBoundLengthMax);
  return value;
}

std::optional<LiteralValue> UpperBound(const Type& type, const LiteralValue& value) {
  const auto* text = std::get_if<std::string>(&value);
  if (text == nullptr) return value;
  std::optional<std::string> cut = *text;
  if (type.kind == TypeKind::kString) cut = TruncateStringUpper(*text, kBoundLengthMax);
  if (type.kind == TypeKind::kBinary) cut = TruncateBinaryUpper(*text, kBoundLengthMax);
  if (!cut) return std::nullopt;
  return LiteralValue(std::move(*cut));
}

double NumberFrom(const LiteralValue& value) {
  return std::visit(
      [](const auto& each) -> double {
        if constexpr (std::is_arithmetic_v<std::decay_t<decltype(each)>>) {
          return static_cast<double>(each);
        } else {
          return 0;
        }
      },
      value);
}

}  // namespace

arrow::Result<SampledColumn> SampledColumn::Make(const arrow::RecordBatch& rows,
                                                 const Schema& schema, const Field& field) {
  SampledColumn column;
  column.field_ = field;
  ARROW_ASSIGN_OR_RAISE(const auto array, TransformedColumn(rows, schema, field.id, Transform{},
                                                            arrow::default_memory_pool()));
  const auto count = static_cast<size_t>(rows.num_rows());
  column.ranks_.assign(count, kNull);
  std::vector<LiteralValue> values(count);
  std::vector<uint32_t> order;
  for (size_t row = 0; row < count; ++row) {
    ARROW_ASSIGN_OR_RAISE(auto value, LiteralAt(field.type, *array, static_cast<int64_t>(row)));
    if (!value) continue;
    if (IsNaN(*value)) {
      column.ranks_[row] = kNaN;
      continue;
    }
    values[row] = std::move(*value);
    order.push_back(static_cast<uint32_t>(row));
  }
  std::sort(order.begin(), order.end(),
            [&](uint32_t a, uint32_t b) { return CompareValues(values[a], values[b]) < 0; });
  for (const uint32_t row : order) {
    if (column.values_.empty() || CompareValues(column.values_.back(), values[row]) < 0) {
      column.values_.push_back(values[row]);
      column.lowers_.push_back(LowerBound(field.type, values[row]));
      column.uppers_.push_back(UpperBound(field.type, values[row]));
    }
    column.ranks_[row] = static_cast<int32_t>(column.values_.size() - 1);
  }
  return column;
}

double SampledColumn::width() const {
  return values_.empty() ? 0 : NumberFrom(values_.back()) - NumberFrom(values_.front());
}

ColumnRange SampledColumn::RangeOf(std::span<const int64_t> rows) const {
  int32_t least = INT32_MAX, greatest = -1;
  bool has_null = false, has_nan = false;
  for (const int64_t row : rows) {
    const int32_t rank = ranks_[static_cast<size_t>(row)];
    if (rank >= 0) {
      least = std::min(least, rank);
      greatest = std::max(greatest, rank);
    } else {
      (rank == kNull ? has_null : has_nan) = true;
    }
  }
  ColumnRange range;
  range.has_null = has_null ? Ternary::kYes : Ternary::kNo;
  range.has_nan = has_nan ? Ternary::kYes : Ternary::kNo;
  range.all_null = has_null && !has_nan && greatest < 0;
  range.all_nan = has_nan && greatest < 0;
  if (greatest >= 0) {
    range.lower = lowers_[static_cast<size_t>(least)];
    range.upper = uppers_[static_cast<size_t>(greatest)];
  }
  return range;
}

}  // namespace artemis
