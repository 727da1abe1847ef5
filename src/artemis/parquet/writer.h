// Writes Parquet from Arrow batches with Artemis' encoding policy and byte-budgeted row groups.
#pragma once

#include <map>
#include <memory>
#include <optional>
#include <string>
#include <utility>
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

// What is asked for one column: an encoding, or the smallest in a sample of its rows.
class EncodingChoice {
 public:
  EncodingChoice(ColumnEncoding encoding)
      : encoding_(encoding) {}  // NOLINT: an encoding is a choice
  static EncodingChoice Auto() { return EncodingChoice(); }

  bool is_auto() const { return !encoding_; }
  // Requires that it is not auto.
  ColumnEncoding encoding() const { return *encoding_; }
  bool operator==(const EncodingChoice&) const = default;

 private:
  EncodingChoice() = default;
  std::optional<ColumnEncoding> encoding_;
};

// How columns are encoded that have no choice of their own.
enum class EncodingMode : uint8_t {
  kPolicy,  // encoding_policy.h, by name and type
  kAuto     // the smallest in a sample
};

enum class CompressionCodec : uint8_t { kZstd, kSnappy, kGzip, kLz4, kUncompressed };

// Which metrics of a column go into the manifest (table property write.metadata.metrics.*).
struct MetricsMode {
  enum class Kind : uint8_t { kNone, kCounts, kTruncate, kFull };
  Kind kind = Kind::kTruncate;
  // kTruncate: bounds of strings and binaries are cut to this many characters or bytes.
  int length_max = 16;
  bool operator==(const MetricsMode&) const = default;
};

struct ParquetWriterOptions {
  // A row group is written out as soon as its encoded bytes before compression, pages and what is not yet in pages, reach this.
  // Larger batches are cut.
  int64_t row_group_bytes = int64_t{128} << 20;
  CompressionCodec codec = CompressionCodec::kZstd;
  // Of zstd.
  int zstd_level = 3;
  // Of the other codecs that have levels (gzip); unset: the codec's own.
  std::optional<int> codec_level;
  // Choices by top-level column name, or by the dotted path of a leaf ("position.lat"), which goes before its column's.
  std::map<std::string, EncodingChoice> encodings;
  EncodingMode encoding_mode = EncodingMode::kPolicy;
  // Auto looks at the first rows, up to this many and up to 1/8 of row_group_bytes of Arrow bytes.
  int64_t sample_rows = int64_t{1} << 17;
  // A column gives up its dictionary in a row group where it passes this.
  int64_t dictionary_bytes = int64_t{1} << 20;
  // Top-level columns or dotted leaf paths that get a bloom filter in each row group; not booleans.
  std::vector<std::string> bloom_filter_columns;
  // Distinct values of a row group for which a filter is sized before it is folded to what it holds; unset: 1 Mi.
  std::optional<int64_t> bloom_filter_ndv;
  // The share of absent values that a filter lets pass; above 0 and below 1.
  double bloom_filter_fpp = 0.05;
  // Encode columns in parallel on this many threads (of a pool of its own, so that writers never deadlock): 0 is one for each
  // processor, 1 the caller's alone.
  int threads = 0;
  // Column metrics (bounds, null and NaN counts) for the manifest; needs field ids in the schema.
  bool collect_metrics = true;
  MetricsMode metrics_mode;
  // By field id, for leaves that differ.
  std::map<FieldId, MetricsMode> metrics_modes;
  arrow::MemoryPool* pool = nullptr;
  // Gets row_group_flush and dictionary_fallback; write_closed comes from whoever makes the file durable.
  EventLog* events = nullptr;
};

// A row group in which a column gave up its dictionary and went on in plain.
struct DictionaryFallback {
  std::string column;
  int row_group = 0;
  bool operator==(const DictionaryFallback&) const = default;
};

struct WriteSummary {
  struct Column {
    std::string name;  // of the leaf: its dotted path
    std::vector<std::string> encodings;
    int64_t compressed_bytes = 0;
    int64_t fallback_row_groups = 0;
    // "policy", "override" or "auto".
    std::string chosen_by = "policy";
    // With auto: the sample's compressed bytes in each encoding that was tried.
    std::vector<std::pair<std::string, int64_t>> sample_bytes = {};
  };
  std::string path;
  int64_t rows = 0;
  int64_t compressed_bytes = 0;  // of the whole file
  int64_t row_groups = 0;
  std::vector<Column> columns;
  // By row group, then by column.
  std::vector<DictionaryFallback> fallbacks;
  int64_t elapsed_ms = 0;
};

struct WrittenParquet {
  WriteSummary summary;
  FileMetrics metrics;  // by field id; empty when the schema has no ids
  std::vector<int64_t> split_offsets;
};

// Writes one Parquet file to a stream. One thread at a time; it has threads of its own.
//
// Memory: the pages of one open row group, compressed, with one unfinished page and, at most, a dictionary of 1 MiB for each
// leaf column; and the batches that are being encoded: the last one, or as many as come to an eighth of row_group_bytes. A row
// group is bounded by row_group_bytes before compression, passed by an eighth at most where Parquet stores a value in no more
// bytes than Arrow. What the file's length adds is its index and footer: some hundred bytes a page.
//
// Atomicity: none of its own; a footer is written by Close alone, so that nothing takes what was written before for a file.
// write/archive.h gives whole files or none.
//
// After a failure every call gives that failure.
class ParquetWriter {
 public:
  // Without Close(): no footer is written.
  virtual ~ParquetWriter() = default;
  // Takes the rows; may return before they are encoded, and holds on to the batch's arrays until they are. A column of strings or binaries
  // may come as a dictionary array of them, in any batch: it is stored the same, and faster. Invalid for another schema than the file's.
  virtual arrow::Status Write(const arrow::RecordBatch& batch) = 0;
  // About how long the file would be if it were closed now, without its footer: for closing files by size. Waits, as
  // BufferedBytes does, until all rows are encoded.
  virtual int64_t EstimatedBytes() const = 0;
  // Bytes that the open row group holds in memory.
  virtual int64_t BufferedBytes() const = 0;
  // Writes the open row group, if there is one, whatever its size.
  virtual arrow::Status FlushRowGroup() = 0;
  // Writes the rest and the footer. The stream is the caller's to close.
  virtual arrow::Result<WrittenParquet> Close() = 0;
};

// `output` is to stand at its beginning. TypeError naming the column for what Parquet cannot hold and for an encoding or a bloom
// filter that does not fit, Invalid for options that name no column of the schema: all before anything is written.
arrow::Result<std::unique_ptr<ParquetWriter>> MakeParquetWriter(
    std::shared_ptr<arrow::io::OutputStream> output, const std::string& path,
    std::shared_ptr<arrow::Schema> schema, const ParquetWriterOptions& options = {});

// What MakeParquetWriter would refuse.
arrow::Status CheckParquetSchema(const arrow::Schema& schema,
                                 const ParquetWriterOptions& options = {});

}  // namespace artemis
