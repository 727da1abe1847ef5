// Rows of a table to try layouts on: spread evenly over its files, drawn at random within each short run of rows.
#pragma once

#include <cstdint>
#include <functional>
#include <memory>
#include <vector>

#include <arrow/record_batch.h>
#include <arrow/result.h>
#include <arrow/util/cancel.h>

#include "artemis/table/table_view.h"

namespace artemis {

class FileSystem;

struct RowSampleOptions {
  // All rows where the table has no more.
  int64_t rows_max = 300'000;
  // Files that are opened; of more, every so-many-th.
  int64_t files_max = 2'000;
  int threads = 2;
  arrow::StopToken stop = arrow::StopToken::Unstoppable();
  // Called with rows read and about how many there are to read.
  std::function<void(int64_t, int64_t)> progress;
};

struct RowSample {
  // All columns, with the schema ToArrowSchema(view.schema), in the order of the files.
  std::shared_ptr<arrow::RecordBatch> rows;
  // All rows of the first file, up to 65,536 of them: rows that lie as close as in a file, which those of the sample do not.
  std::shared_ptr<arrow::RecordBatch> dense_rows;
  // Of the rows of each file that was read, where they end in `rows`; ascending.
  std::vector<int64_t> file_ends;
  // The snapshot's live data files; rows that delete files remove are among them.
  int64_t table_rows = 0, table_bytes = 0, table_files = 0;

  // Rows of the table for each row of the sample.
  double scale() const {
    return rows->num_rows() > 0
               ? static_cast<double>(table_rows) / static_cast<double>(rows->num_rows())
               : 1;
  }
};

// Rows that are deleted are not in the sample. The same rows for the same table. Memory: the sample, and what ReadPlan takes.
// Errors are those of PlanScan and ReadPlan; Cancelled.
arrow::Result<RowSample> SampleRows(const TableView& view, FileSystem& files,
                                    const RowSampleOptions& options = {});

}  // namespace artemis
