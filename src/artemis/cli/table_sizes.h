// How large a snapshot of a table is, by its manifests: for info and partitions.
#pragma once

#include <cstdint>
#include <optional>
#include <vector>

#include <arrow/result.h>

#include "artemis/table/manifest.h"
#include "artemis/table/table_view.h"

namespace artemis {

class FileSystem;

struct FileSizes {
  int64_t data_files = 0, rows = 0, data_bytes = 0;
  int64_t delete_files = 0, deletes = 0, delete_bytes = 0;  // deletes: rows of delete files
  // Data files below three quarters of the target size, from which Iceberg's compaction takes files.
  int64_t small_files = 0;

  void Add(const DataFile& file, int64_t small_bytes);
  int64_t average_bytes() const { return data_files == 0 ? 0 : data_bytes / data_files; }
};

struct PartitionSizes {
  SpecId spec_id;
  PartitionTuple partition;
  FileSizes sizes;
  // The newest commit that added one of its live files; empty when its snapshot was expired.
  std::optional<TimestampMs> last_added;
};

struct TableSizes {
  FileSizes all;
  int64_t small_bytes = 0;
  // By spec, then by the text of the tuple.
  std::vector<PartitionSizes> partitions;
};

// Reads every manifest of the view's snapshot, and no data file. Errors name the manifest.
arrow::Result<TableSizes> MeasureTable(const TableView& view, FileSystem& files);

}  // namespace artemis
