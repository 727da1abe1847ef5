// How many bytes rows take once they are written as data files.
#pragma once

#include <cstdint>
#include <span>
#include <vector>

#include <arrow/record_batch.h>
#include <arrow/result.h>

#include "artemis/table/metadata.h"

namespace artemis {

struct EncodedRows {
  int64_t files = 0;
  int64_t rows = 0;
  // Of the columns' pages, and of the files as a whole.
  int64_t data_bytes = 0;
  int64_t file_bytes = 0;
  // What the writer took the data for right before the files were closed: files are ended by this.
  int64_t estimated_bytes = 0;

  double row_bytes() const;
  // estimated_bytes to data_bytes: well above 1 in small files, whose pages are not compressed yet.
  double estimate_ratio() const;
  // What a file has besides its pages.
  double file_overhead_bytes() const;
};

// Writes Parquet files in memory, as the table's properties say, and counts. Each element of `files` names the rows of one file by
// their places in `rows`, which has the schema ToArrowSchema of the current one. Of more than 48 files, 48 that are spread evenly are
// written.
arrow::Result<EncodedRows> EncodeRows(const arrow::RecordBatch& rows,
                                      const std::vector<std::span<const int64_t>>& files,
                                      const TableMetadata& metadata);

}  // namespace artemis
