// Column metrics of a file from its rows and its footer.
#include "artemis/parquet/file_metrics.h"

#include <algorithm>
#include <limits>

#include <arrow/array.h>
#include <arrow/compute/cast.h>
#include <arrow/extension_type.h>
#include <arrow/type.h>
#include <parquet/metadata.h>
#include <parquet/statistics.h>

#include "artemis/parquet/bound_truncation.h"

namespace artemis {
namespace {

constexpr int32_t kWholeFixedBoundMax = 64;

// The array of a leaf, or a dictionary array of it: nulls of the structs above are nulls of it.
arrow::Result<std::shared_ptr<arrow::Array>> LeafArray(const arrow::RecordBatch& batch,
                                                       const LeafColumn& leaf) {
  std::shared_ptr<arrow::Array> array = batch.column(leaf.column);
  for (int child : leaf.struct_path) {
    ARROW_ASSIGN_OR_RAISE(array,
                          static_cast<const arrow::StructArray&>(*array).GetFlattenedField(child));
  }
  if (array->type_id() == arrow::Type::EXTENSION) {
    array = static_cast<const arrow::ExtensionArray&>(*array).storage();
  }
  // Nulls among a dictionary's values are nulls of the rows that have them.
  if (array->type_id() == arrow::Type::DICTIONARY &&
      static_cast<const arrow::DictionaryArray&>(*array).dictionary()->null_count() > 0) {
    ARROW_ASSIGN_OR_RAISE(array, arrow::compute::Cast(*array, leaf.type));
  }
  return array;
}

bool IsTextType(arrow::Type::type id) {
  return id == arrow::Type::STRING || id == arrow::Type::LARGE_STRING;
}

bool IsBytesType(arrow::Type::type id) {
  return id == arrow::Type::BINARY || id == arrow::Type::LARGE_BINARY;
}

void TruncateBounds(const arrow::DataType& type, int length_max, ColumnMetrics* metrics) {
  if (!metrics->lower_bound) return;
  if (IsTextType(type.id())) {
    metrics->lower_bound = TruncateStringLower(*metrics->lower_bound, length_max);
    metrics->upper_bound = TruncateStringUpper(*metrics->upper_bound, length_max);
  } else if (IsBytesType(type.id())) {
    metrics->lower_bound = TruncateBinaryLower(*metrics->lower_bound, length_max);
    metrics->upper_bound = TruncateBinaryUpper(*metrics->upper_bound, length_max);
  } else if (type.id() == arrow::Type::FIXED_SIZE_BINARY &&
             static_cast<const arrow::FixedSizeBinaryType&>(type).byte_width() >
                 kWholeFixedBoundMax) {
    metrics->lower_bound.reset();
    metrics->upper_bound.reset();
  }
}

// What a repeated leaf counts: values and nulls of all its column chunks.
void CountFromFooter(const parquet::FileMetaData& footer, int leaf_index, ColumnMetrics* metrics) {
  int64_t values = 0;
  std::optional<int64_t> nulls = 0;
  for (int g = 0; g < footer.num_row_groups(); ++g) {
    const auto chunk = footer.RowGroup(g)->ColumnChunk(leaf_index);
    values += chunk->num_values();
    const auto statistics = chunk->encoded_statistics();
    if (nulls && statistics != nullptr && statistics->has_null_count) {
      *nulls += statistics->null_count;
    } else {
      nulls.reset();
    }
  }
  metrics->value_count = values;
  metrics->null_count = nulls;
}

int64_t ColumnSizeBytes(const parquet::FileMetaData& footer, int leaf_index) {
  int64_t size_bytes = 0;
  for (int g = 0; g < footer.num_row_groups(); ++g) {
    size_bytes += footer.RowGroup(g)->ColumnChunk(leaf_index)->total_compressed_size();
  }
  return size_bytes;
}

}  // namespace

FileMetricsCollector::FileMetricsCollector(const arrow::Schema& schema, const MetricsMode& mode,
                                           const std::map<FieldId, MetricsMode>& modes)
    : leaves_(LeafColumns(schema)) {
  for (const LeafColumn& leaf : leaves_) {
    const auto own = modes.find(*leaf.field_id);
    modes_.push_back(own != modes.end() ? own->second : mode);
    const MetricsMode::Kind kind = modes_.back().kind;
    const bool measured = !leaf.repeated && kind != MetricsMode::Kind::kNone;
    if (!measured) {
      accumulators_.push_back(nullptr);
    } else {
      accumulators_.push_back(MakeBoundsAccumulator(*leaf.type));
    }
  }
}

arrow::Status FileMetricsCollector::Add(const arrow::RecordBatch& batch) {
  for (int column = 0; column < batch.num_columns(); ++column) {
    ARROW_RETURN_NOT_OK(AddColumn(batch, column));
  }
  return arrow::Status::OK();
}

arrow::Status FileMetricsCollector::AddColumn(const arrow::RecordBatch& batch, int column) {
  for (size_t i = 0; i < leaves_.size(); ++i) {
    if (leaves_[i].column != column || accumulators_[i] == nullptr) continue;
    ARROW_ASSIGN_OR_RAISE(const auto array, LeafArray(batch, leaves_[i]));
    if (array->type_id() == arrow::Type::DICTIONARY) {
      const auto& dictionary = static_cast<const arrow::DictionaryArray&>(*array);
      ARROW_RETURN_NOT_OK(accumulators_[i]->AddDictionary(dictionary));
    } else {
      accumulators_[i]->Add(*array);
    }
  }
  return arrow::Status::OK();
}

ColumnMetrics FileMetricsCollector::Measured(size_t leaf) const {
  ColumnMetrics metrics;
  metrics.field_id = *leaves_[leaf].field_id;
  if (accumulators_[leaf] == nullptr) return metrics;
  ColumnBounds bounds = accumulators_[leaf]->Finish();
  metrics.value_count = bounds.value_count;
  metrics.null_count = bounds.null_count;
  metrics.nan_count = bounds.nan_count;
  const MetricsMode& mode = modes_[leaf];
  if (mode.kind == MetricsMode::Kind::kCounts) return metrics;
  metrics.lower_bound = std::move(bounds.lower);
  metrics.upper_bound = std::move(bounds.upper);
  const bool whole = mode.kind == MetricsMode::Kind::kFull;
  TruncateBounds(*leaves_[leaf].type, whole ? std::numeric_limits<int>::max() : mode.length_max,
                 &metrics);
  return metrics;
}

FileMetrics FileMetricsCollector::Finish(const parquet::FileMetaData& footer) const {
  FileMetrics all;
  for (size_t i = 0; i < leaves_.size(); ++i) {
    ColumnMetrics metrics = Measured(i);
    if (leaves_[i].repeated && modes_[i].kind != MetricsMode::Kind::kNone) {
      CountFromFooter(footer, leaves_[i].leaf_index, &metrics);
    }
    metrics.column_size_bytes = ColumnSizeBytes(footer, leaves_[i].leaf_index);
    all.push_back(std::move(metrics));
  }
  std::sort(all.begin(), all.end(),
            [](const auto& a, const auto& b) { return a.field_id < b.field_id; });
  return all;
}

}  // namespace artemis
