// A data file of a plan, opened: what the units it is read in share.
#pragma once

#include <atomic>
#include <memory>
#include <vector>

#include <arrow/io/interfaces.h>
#include <arrow/result.h>
#include <arrow/type.h>

#include "artemis/parquet/file_reader.h"
#include "artemis/read/column_projection.h"
#include "artemis/read/delete_rows.h"
#include "artemis/read/read_plan.h"

namespace artemis {

// Whether it pays to decode the columns of the filter first, told by the row groups before: where most pages were read all the same, it
// is tried less and less often. Thread-safe.
class FilterFirst {
 public:
  // Whether to try it with the next row group.
  bool Try();
  // What a try gave: of `rows`, so many were in pages that had to be read.
  void Note(int64_t rows_read, int64_t rows);

 private:
  std::atomic<int> waits_{0};
  std::atomic<int> backoff_{0};
};

// What all units of one read share.
struct ReadContext {
  TableView view;
  FileSystem* files = nullptr;
  ReadOptions options;
  // The columns given out, in order.
  std::vector<Field> output;
  std::shared_ptr<arrow::Schema> output_schema;
  std::shared_ptr<DeleteLoader> deletes;
  mutable FilterFirst filter_first;
};

// Immutable; units on several threads read it at once.
struct OpenedFile {
  ScanTask task;
  std::shared_ptr<arrow::io::RandomAccessFile> input;
  std::shared_ptr<const ParquetFooter> footer;
  // File position of the first row of each row group.
  std::vector<int64_t> group_starts;
  // The output columns, in order, and the top-level columns that residual and equality deletes compare.
  std::vector<ProjectedColumn> output;
  std::vector<ProjectedColumn> filter;
  DeletedPositions positions;
  std::vector<std::shared_ptr<const EqualityDeletes>> equalities;

  // Whether rows may have to be left out by the values of columns.
  bool has_filter(bool complement) const;
  // What the file takes while it is open: footer and deletes, about.
  int64_t held_bytes() const;
};

// The columns of the file that these are read from, each once, as the file numbers them.
std::vector<int> FileColumns(const std::vector<ProjectedColumn>& columns);

// What one thread reads at a time: a row group, or some rows of it.
struct ReadUnit {
  std::shared_ptr<const OpenedFile> file;
  int row_group = 0;
  // Counted in the row group, ascending and apart; empty: all.
  std::vector<RowRange> ranges;
  // What decoding it takes, about: docs/streaming-memory.md.
  int64_t bytes = 0;
};

// Opens the file and reads its footer and its deletes. CorruptFile, IOError with the path; NotImplemented for another format than Parquet.
arrow::Result<std::shared_ptr<const OpenedFile>> OpenTask(const ReadContext& context,
                                                          const ScanTask& task);

// Counts in `progress` (may be null) unit `done` (1 is the first) of the file's `units`; 0 of 0 is a file without any.
void NoteUnit(ReadProgress* progress, const OpenedFile& file, int64_t done, int64_t units);

// The units of a file, in file order. Row groups are cut into about `parts` each, where pages of all columns end at the same rows.
// Invalid where the task names row groups that the file does not have.
arrow::Result<std::vector<ReadUnit>> UnitsOf(const ReadContext& context,
                                             std::shared_ptr<const OpenedFile> file, int parts = 1);

}  // namespace artemis
