// Turns statistics into ranges.
#include "artemis/scan/field_ranges.h"

#include "artemis/schema/literal.h"

namespace artemis {

namespace {

std::optional<LiteralValue> Decode(const Type& type, const std::optional<std::string>& bytes) {
  if (!bytes) return std::nullopt;
  auto value = FromBytes(type, *bytes);
  if (!value.ok() || IsNaN(*value)) return std::nullopt;
  return std::move(*value);
}

bool IsFloating(const Type& type) {
  return type.kind == TypeKind::kFloat || type.kind == TypeKind::kDouble;
}

Ternary Any(std::optional<int64_t> count) {
  if (!count) return Ternary::kUnknown;
  return *count > 0 ? Ternary::kYes : Ternary::kNo;
}

// The halves of a UUID as signed numbers, which is how Java orders: the lower half counts only among equal upper ones.
void WidenToBothOrders(ColumnRange* range) {
  constexpr size_t kHalf = 8;
  if (range->lower) std::get<std::string>(*range->lower).replace(kHalf, kHalf, kHalf, '\x00');
  if (range->upper) std::get<std::string>(*range->upper).replace(kHalf, kHalf, kHalf, '\xff');
}

}  // namespace

ColumnRange RangeOfSummary(const PartitionFieldSummary& summary, const Type& type) {
  ColumnRange range;
  range.has_null = summary.contains_null ? Ternary::kYes : Ternary::kNo;
  if (!IsFloating(type)) {
    range.has_nan = Ternary::kNo;
  } else if (summary.contains_nan) {
    range.has_nan = *summary.contains_nan ? Ternary::kYes : Ternary::kNo;
  }
  range.lower = Decode(type, summary.lower_bound);
  range.upper = Decode(type, summary.upper_bound);
  range.bounds_exact = true;
  if (type.kind == TypeKind::kUuid) WidenToBothOrders(&range);
  if (range.lower && range.upper && CompareValues(*range.lower, *range.upper) > 0) {
    range.lower = range.upper = std::nullopt;
  }
  range.all_null = summary.contains_null && range.has_nan == Ternary::kNo && !summary.lower_bound &&
                   !summary.upper_bound;
  return range;
}

ColumnRange RangeOfMetrics(const ColumnMetrics& metrics, const Type& type) {
  ColumnRange range;
  range.has_null = Any(metrics.null_count);
  range.has_nan = IsFloating(type) ? Any(metrics.nan_count) : Ternary::kNo;
  if (metrics.value_count && metrics.null_count) {
    range.all_null = *metrics.null_count >= *metrics.value_count;
    if (metrics.nan_count && IsFloating(type)) {
      const int64_t present = *metrics.value_count - *metrics.null_count;
      range.all_nan = present > 0 && *metrics.nan_count >= present;
    }
  }
  range.lower = Decode(type, metrics.lower_bound);
  range.upper = Decode(type, metrics.upper_bound);
  return range;
}

RangeLookup SummaryRanges(const ManifestFile& manifest, const Type& partition_type) {
  return [&manifest, &partition_type](FieldId id) -> std::optional<ColumnRange> {
    for (size_t i = 0; i < partition_type.fields.size() && i < manifest.partitions.size(); ++i) {
      if (partition_type.fields[i].id == id) {
        return RangeOfSummary(manifest.partitions[i], partition_type.fields[i].type);
      }
    }
    return std::nullopt;
  };
}

RangeLookup MetricsRanges(const FileMetrics& metrics, const Schema& schema) {
  return [&metrics, &schema](FieldId id) -> std::optional<ColumnRange> {
    const ColumnMetrics* found = FindMetrics(metrics, id);
    const Field* field = found != nullptr ? schema.FindField(id) : nullptr;
    if (field == nullptr || !field->type.is_primitive()) return std::nullopt;
    return RangeOfMetrics(*found, field->type);
  };
}

}  // namespace artemis
