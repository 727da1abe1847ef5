// Row-group statistics, as far as the format lets one believe them (parquet.thrift, Statistics and ColumnOrder).
//
// Not believed: bounds of columns without a defined order (INT96, intervals); the deprecated min and max where the order is not
// the signed one; NaN bounds; what a known faulty writer wrote. A zero is widened to both zeros.

#include <arrow/type.h>
#include <parquet/metadata.h>
#include <parquet/statistics.h>

#include "artemis/parquet/file_reader.h"
#include "artemis/parquet/leaf_columns.h"
#include "artemis/parquet/parquet_error.h"
#include "artemis/parquet/plain_bounds.h"

namespace artemis {
namespace {

// Before column orders, every writer compared as signed: right for signed types only, and where all values are one.
bool OrderIsBelievable(const parquet::ColumnDescriptor& descriptor,
                       const parquet::EncodedStatistics& statistics) {
  if (HasTypeOrder(descriptor)) return true;
  if (descriptor.sort_order() == parquet::SortOrder::UNKNOWN) return false;
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
