// Adds up row groups, then brings the bounds to the table's types.
#include "artemis/rewrite/adopt_metrics.h"

#include <algorithm>

#include <arrow/type.h>
#include <arrow/util/utf8.h>
#include <parquet/metadata.h>

#include "artemis/base/error.h"
#include "artemis/parquet/bound_truncation.h"
#include "artemis/parquet/leaf_columns.h"
#include "artemis/parquet/parquet_error.h"
#include "artemis/schema/literal.h"

namespace artemis {

namespace {

constexpr int32_t kWholeFixedMax = 64;

bool CountsMilliseconds(const arrow::DataType& type) {
  return type.id() == arrow::Type::TIMESTAMP &&
         static_cast<const arrow::TimestampType&>(type).unit() == arrow::TimeUnit::MILLI;
}

bool IsUtf8(const std::string& text) {
  arrow::util::InitializeUTF8();
  return arrow::util::ValidateUTF8(text);
}

// A bound as the footer has it, as a value of the table's type; nullopt when it does not fit.
std::optional<LiteralValue> BoundValue(const Type& expected, const arrow::DataType& stored,
                                       const std::optional<std::string>& bytes) {
  if (!bytes) return std::nullopt;
  if (!CountsMilliseconds(stored)) {
    // Some writers cut within a character; other readers of the manifest would stumble over it.
    if (expected.kind == TypeKind::kString && !IsUtf8(*bytes)) return std::nullopt;
    auto value = FromBytes(expected, *bytes);
    return value.ok() ? std::optional(*std::move(value)) : std::nullopt;
  }
  const auto millis = FromBytes(Type::Of(TypeKind::kLong), *bytes);
  int64_t micros = 0;
  if (!millis.ok() || __builtin_mul_overflow(std::get<int64_t>(*millis), 1'000, &micros)) {
    return std::nullopt;
  }
  return LiteralValue(micros);
}

bool IsFloatingKind(TypeKind kind) { return kind == TypeKind::kFloat || kind == TypeKind::kDouble; }

// One leaf over the row groups.
class LeafTotal {
 public:
  LeafTotal(const LeafColumn& leaf, const Type& type, bool never_null)
      : leaf_(leaf), type_(type), never_null_(never_null) {}

  // Throws what Parquet throws.
  arrow::Status Add(const parquet::RowGroupMetaData& group,
                    const std::vector<LeafStatistics>& of_group) {
    if (leaf_.leaf_index >= static_cast<int>(of_group.size())) {
      return arrow::Status::Invalid("a row group has fewer columns than the file's schema");
    }
    AddStatistics(of_group[static_cast<size_t>(leaf_.leaf_index)]);
    size_bytes_ += group.ColumnChunk(leaf_.leaf_index)->total_compressed_size();
    return arrow::Status::OK();
  }

  ColumnMetrics Finish() const {
    ColumnMetrics metrics;
    metrics.field_id = *leaf_.field_id;
    metrics.column_size_bytes = size_bytes_;
    metrics.value_count = values_;
    metrics.null_count = nulls_;
    if (never_null_) metrics.null_count = 0;
    if (leaf_.repeated) return metrics;
    if (has_lower_ && lower_) metrics.lower_bound = ToBytes(type_, *lower_);
    if (has_upper_ && upper_) metrics.upper_bound = ToBytes(type_, *upper_);
    return metrics;
  }

 private:
  void AddStatistics(const LeafStatistics& statistics) {
    values_ += statistics.value_count;
    if (nulls_ && statistics.null_count) {
      *nulls_ += *statistics.null_count;
    } else if (statistics.value_count > 0) {
      nulls_.reset();
    }
    if (statistics.null_count == statistics.value_count) return;  // without values, no bounds
    auto lower = BoundValue(type_, *leaf_.type, statistics.lower);
    auto upper = BoundValue(type_, *leaf_.type, statistics.upper);
    // A writer that let NaN into one bound may have spoilt the other.
    if (IsFloatingKind(type_.kind) && (!lower || !upper)) {
      lower.reset();
      upper.reset();
    }
    Widen(std::move(lower), -1, &has_lower_, &lower_);
    Widen(std::move(upper), 1, &has_upper_, &upper_);
  }

  // `side` -1: the lesser stays; 1: the greater.
  static void Widen(std::optional<LiteralValue> value, int side, bool* known,
                    std::optional<LiteralValue>* bound) {
    if (!value) {
      *known = false;
    } else if (!*bound || (side < 0 ? CompareValues(*value, **bound) < 0
                                    : CompareValues(*value, **bound) > 0)) {
      *bound = std::move(value);
    }
  }

  const LeafColumn& leaf_;
  const Type& type_;
  const bool never_null_;
  int64_t size_bytes_ = 0;
  int64_t values_ = 0;
  std::optional<int64_t> nulls_ = 0;
  bool has_lower_ = true;
  bool has_upper_ = true;
  std::optional<LiteralValue> lower_;
  std::optional<LiteralValue> upper_;
};

void ApplyMetricsMode(const Type& type, const MetricsMode& mode, ColumnMetrics* metrics) {
  auto& lower = metrics->lower_bound;
  auto& upper = metrics->upper_bound;
  const bool counts_only =
      mode.kind == MetricsMode::Kind::kNone || mode.kind == MetricsMode::Kind::kCounts;
  if (counts_only || (type.kind == TypeKind::kFixed && type.length > kWholeFixedMax)) {
    lower.reset();
    upper.reset();
  }
  if (mode.kind == MetricsMode::Kind::kNone) {
    metrics->value_count.reset();
    metrics->null_count.reset();
  }
  if (mode.kind != MetricsMode::Kind::kTruncate) return;
  if (type.kind == TypeKind::kString) {
    if (lower) lower = TruncateStringLower(*lower, mode.length_max);
    if (upper) upper = TruncateStringUpper(*upper, mode.length_max);
  } else if (type.kind == TypeKind::kBinary) {
    if (lower) lower = TruncateBinaryLower(*lower, mode.length_max);
    if (upper) upper = TruncateBinaryUpper(*upper, mode.length_max);
  }
}

}  // namespace

arrow::Result<FileMetrics> FooterMetrics(const ParquetFooter& footer, const arrow::Schema& columns,
                                         const Schema& table) {
  const auto leaves = LeafColumns(columns);
  std::vector<LeafTotal> totals;
  for (const LeafColumn& leaf : leaves) {
    const Field* field = leaf.field_id ? table.FindField(*leaf.field_id) : nullptr;
    if (field == nullptr || !field->type.is_primitive()) continue;
    const auto* column = footer.metadata->schema()->Column(leaf.leaf_index);
    totals.emplace_back(leaf, field->type, column->max_definition_level() == 0);
  }
  for (int g = 0; g < footer.metadata->num_row_groups(); ++g) {
    const auto statistics = RowGroupStatistics(footer, g);
    const arrow::Status added = CatchParquet([&] {
      const auto group = footer.metadata->RowGroup(g);
      for (LeafTotal& total : totals) ARROW_RETURN_NOT_OK(total.Add(*group, statistics));
      return arrow::Status::OK();
    });
    if (!added.ok()) return ReadError(footer.path, added);
  }
  FileMetrics metrics;
  for (const LeafTotal& total : totals) metrics.push_back(total.Finish());
  std::sort(metrics.begin(), metrics.end(),
            [](const auto& a, const auto& b) { return a.field_id < b.field_id; });
  return metrics;
}

void ApplyMetricsModes(const Schema& table, const MetricsMode& mode,
                       const std::map<FieldId, MetricsMode>& modes, FileMetrics* metrics) {
  for (ColumnMetrics& column : *metrics) {
    const Field* field = table.FindField(column.field_id);
    if (field == nullptr) continue;
    const auto own = modes.find(column.field_id);
    ApplyMetricsMode(field->type, own != modes.end() ? own->second : mode, &column);
  }
}

}  // namespace artemis
