// Turns record batches into data files of a table: split by partition tuple, sorted or clustered, written as Parquet with
// field ids and metrics. Never commits.
#pragma once

#include <memory>
#include <optional>
#include <string>
#include <vector>

#include <arrow/record_batch.h>
#include <arrow/result.h>

#include "artemis/parquet/writer.h"
#include "artemis/table/manifest.h"
#include "artemis/table/metadata.h"

namespace artemis {

class EventLog;
class FileSystem;

struct TableWriterOptions {
  // A file is closed once it has grown to about this size. Unset, here and below: what the table's properties say, else their
  // defaults (write/data_file_settings.h lists them).
  std::optional<int64_t> target_file_bytes = std::nullopt;
  std::optional<int64_t> row_group_bytes = std::nullopt;
  std::optional<CompressionCodec> codec = std::nullopt;
  std::optional<int> compression_level = std::nullopt;
  // Arrow bytes buffered over all partitions before the largest are written out, or spilled.
  int64_t buffer_bytes = int64_t{256} << 20;
  // Where rows that are to be sorted and do not fit into buffer_bytes wait, in a file without a name (layout/spill_file.h); it takes
  // up to twice the rows' Arrow bytes. Empty: the system's folder for temporary files (TMPDIR, else /tmp).
  std::string spill_dir = {};
  // Timestamps in ns that are not whole µs are an error unless this is set.
  bool truncate_timestamps = false;
  // Files of different partitions are encoded on this many threads of a pool of the writer's own; 0: one for each processor.
  int threads = 0;
  EventLog* events = nullptr;
};

// Not thread-safe (it has threads of its own). Memory is bounded by buffer_bytes, which counts waiting rows and open row groups,
// plus the rows of one Write call and, for each thread, the buffers of the file it writes and a quarter of its share of
// buffer_bytes, where it sorts.
//
// A table without a sort order or clustering keeps one file per partition open. In one with either, all rows of a partition are
// gathered until Close, over the budget in the spill file, and then sorted as one: its files follow each other and do not overlap. Rows
// of other tables wait in the spill file, too, where more than 128 partitions get rows at a time: a file of each would be too many to keep
// open. The same rows in the same batches give an ordered table the same files.
//
// A clustering (table property artemis.write.clustering, layout/clustering.h) counts where the table has no sort order.
//
// The table's schema decides the files' types: uuid columns carry the UUID annotation, columns of type unknown are not stored.
class TableWriter {
 public:
  virtual ~TableWriter() = default;  // without Close: files written so far are deleted
  // Columns are matched by name against the table's current schema: any order, optional columns may be missing, widening accepted.
  // Invalid names an unknown column, a missing required one, a narrower type, or a value that does not fit (column and row).
  virtual arrow::Status Write(const arrow::RecordBatch& batch) = 0;
  // Flushes, makes files and folders durable, and gives the files in partition order.
  virtual arrow::Result<std::vector<DataFile>> Close() = 0;
};

// A writer for the current schema, default spec, default sort order or clustering of `metadata`. Invalid for options and table properties
// that make no sense, by name.
arrow::Result<std::unique_ptr<TableWriter>> MakeTableWriter(
    std::shared_ptr<const TableMetadata> metadata, FileSystem& files,
    const TableWriterOptions& options = {});

}  // namespace artemis
