// Reads Parquet files: footer, statistics per row group, and rows of chosen row groups and leaf columns.
// Knows no table: plain values and callables in.
#pragma once

#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include <arrow/io/interfaces.h>
#include <arrow/memory_pool.h>
#include <arrow/record_batch.h>
#include <arrow/result.h>
#include <arrow/type.h>

#include "artemis/parquet/row_range.h"
#include "artemis/schema/column_metrics.h"

namespace parquet {
class FileMetaData;
}

namespace artemis {

class PageIndexMemory;

// A parsed footer; immutable, shared.
struct ParquetFooter {
  std::string path;
  std::shared_ptr<parquet::FileMetaData> metadata;
  // The file's Arrow schema, field ids in its metadata where the file has them.
  std::shared_ptr<arrow::Schema> arrow_schema;
  // What was read of the page index so far (page_index.h).
  std::shared_ptr<PageIndexMemory> pages;
};

// Reads and parses the footer. CorruptFile when the file is no Parquet or is cut off; footers over 64 MiB: LimitExceeded.
arrow::Result<std::shared_ptr<const ParquetFooter>> ReadFooter(
    std::shared_ptr<arrow::io::RandomAccessFile> file, const std::string& path);

int RowGroupCount(const ParquetFooter& footer);

// What a footer takes of memory, about: six times its bytes in the file, and what of its page index was read.
int64_t FooterMemory(const ParquetFooter& footer);

// A cache of footers by path (files are immutable), bounded by bytes. Thread-safe.
class FooterCache {
 public:
  // What has not been used for longest leaves once all take more than `bytes_max` (FooterMemory). Page indexes that are read after their
  // footer came count from when the footer is looked up again.
  explicit FooterCache(int64_t bytes_max = int64_t{64} << 20);
  ~FooterCache();
  std::shared_ptr<const ParquetFooter> Find(const std::string& path);
  void Insert(std::shared_ptr<const ParquetFooter> footer);
  int64_t MemoryBytes() const;

 private:
  struct Impl;
  std::unique_ptr<Impl> impl_;
};

// Statistics of one leaf column in one row group, in the units of the *file's* Parquet type; only what the format lets one
// believe (no NaN bounds, no deprecated min/max for unsigned order or strings). `lower`/`upper` are Appendix D bytes of the Arrow leaf type.
struct LeafStatistics {
  int leaf_index = 0;
  int64_t value_count = 0;
  std::optional<int64_t> null_count;
  std::optional<std::string> lower;
  std::optional<std::string> upper;
};
std::vector<LeafStatistics> RowGroupStatistics(const ParquetFooter& footer, int row_group);

struct ParquetReadOptions {
  // Row groups in order; nullopt: all.
  std::optional<std::vector<int>> row_groups;
  // By row group of `row_groups`, the rows that are wanted, ascending and apart; empty: all rows. Others may be left out: whole pages
  // are, where the pages of all columns that are read begin at common rows and the file says so.
  std::vector<std::vector<RowRange>> row_ranges;
  // Top-level Arrow fields by index, each read whole; nullopt: all.
  std::optional<std::vector<int>> columns;
  int64_t batch_rows = 65536;
  // About how many bytes a batch takes at most; a row is never cut.
  int64_t batch_bytes = int64_t{64} << 20;
  // Give strings and binary values of which a row group holds indices into a dictionary only, as a dictionary with int32 indices: the
  // same in all batches of the row group. Their batches have another type there than schema().
  bool dictionaries = false;
  arrow::MemoryPool* pool = nullptr;
};

// Rows at which a page of every one of these top-level columns begins, in this row group: 0 first, the number of rows last. What lies
// between two of them can be read on its own, whole pages at a time (ParquetReadOptions::row_ranges). Two rows where nothing is known. Opens the
// file only where the page index was not read yet. IOError of the file, with its path.
arrow::Result<std::vector<int64_t>> PageCuts(
    const ParquetFooter& footer, int row_group, const std::vector<int>& columns,
    const std::function<arrow::Result<std::shared_ptr<arrow::io::RandomAccessFile>>()>& open);

// Bytes of these top-level columns in a row group: as they lie in the file, and encoded.
struct ColumnBytes {
  int64_t compressed = 0;
  int64_t uncompressed = 0;
  // What reading them holds besides batches: for each leaf, compressed bytes read ahead, a page and a dictionary.
  int64_t held = 0;
  // A row of them in Arrow's form, about; a dictionary may hide more.
  int64_t row = 0;
};
ColumnBytes BytesOfColumns(const ParquetFooter& footer, int row_group,
                           const std::vector<int>& columns);

// Batches of one file, in file order, with where they lie. Not thread-safe; several on one file are independent.
class ParquetBatches {
 public:
  virtual ~ParquetBatches() = default;
  // The next batch, or null at the end. `first_row` (if given) gets the file position of its first row.
  virtual arrow::Result<std::shared_ptr<arrow::RecordBatch>> Next(int64_t* first_row = nullptr) = 0;
  virtual const std::shared_ptr<arrow::Schema>& schema() const = 0;
};

// CorruptFile with the path for what breaks the format, checksum included.
arrow::Result<std::unique_ptr<ParquetBatches>> OpenParquet(
    std::shared_ptr<arrow::io::RandomAccessFile> file, std::shared_ptr<const ParquetFooter> footer,
    const ParquetReadOptions& options = {});

}  // namespace artemis
