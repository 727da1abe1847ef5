// Writes Parquet from Arrow batches with Artemis' encoding policy and byte-budgeted row groups.
#pragma once

#include <map>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include <arrow/io/interfaces.h>
#include <arrow/memory_pool.h>
#include <arrow/record_batch.h>
#include <arrow/result.h>
#include <arrow/type.h>

#include "artemis/schema/column_metrics.h"

namespace artemis {

class EventLog;

enum class ColumnEncoding : uint8_t {
  kDictionary,
  kPlain,
  kDelta,
  kByteStreamSplit,
  kDeltaByteArray
};

struct ParquetWriterOptions {
  // A row group is flushed as soon as its encoded bytes before compression (an estimate; batches are cut into slices so that it
  // is passed by an eighth at most) reach this.
  int64_t row_group_bytes = int64_t{128} << 20;
  int zstd_level = 3;
  // Overrides by top-level column name; the policy (encoding_policy.h) decides the others.
  std::map<std::string, ColumnEncoding> encodings;
  // Encode columns in parallel on this many threads (of a pool of its own, so that writers never deadlock); 1: none.
  int threads = 1;
  // Column metrics (bounds, null and NaN counts) for the manifest; needs field ids in the schema.
  bool collect_metrics = true;
  // Strings and binary bounds are truncated to this many characters or bytes (Iceberg's truncate(16)).
  int bound_length_max = 16;
  arrow::MemoryPool* pool = nullptr;
  EventLog* events = nullptr;
};

struct WriteSummary {
  struct Column {
    std::string name;
    std::vector<std::string> encodings;
    int64_t compressed_bytes = 0;
    int64_t fallback_row_groups = 0;
  };
  std::string path;
  int64_t rows = 0;
  int64_t compressed_bytes = 0;  // of the whole file
  int64_t row_groups = 0;
  std::vector<Column> columns;
  int64_t elapsed_ms = 0;
};

struct WrittenParquet {
  WriteSummary summary;
  FileMetrics metrics;  // by field id; empty when the schema has no ids
  std::vector<int64_t> split_offsets;
};

// Not thread-safe. `output` is the caller's to close, after Close().
class ParquetWriter {
 public:
  virtual ~ParquetWriter() = default;
  virtual arrow::Status Write(const arrow::RecordBatch& batch) = 0;
  // About how many bytes have been written or buffered, for closing files by size.
  virtual int64_t EstimatedBytes() const = 0;
  // Of those, the bytes of the open row group, which are held in memory.
  virtual int64_t BufferedBytes() const = 0;
  // Writes the open row group, if there is one, whatever its size.
  virtual arrow::Status FlushRowGroup() = 0;
  virtual arrow::Result<WrittenParquet> Close() = 0;
};

// TypeError naming the column for what Parquet cannot hold, before anything is written.
arrow::Result<std::unique_ptr<ParquetWriter>> MakeParquetWriter(
    std::shared_ptr<arrow::io::OutputStream> output, const std::string& path,
    std::shared_ptr<arrow::Schema> schema, const ParquetWriterOptions& options = {});

}  // namespace artemis
