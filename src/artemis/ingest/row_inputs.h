// Rows of many inputs as one: files, folders of files, the standard input.
#pragma once

#include <cstdint>
#include <memory>
#include <string>
#include <vector>

#include <arrow/record_batch.h>
#include <arrow/result.h>

#include "artemis/ingest/open_rows.h"

namespace artemis {

// The files that `paths` mean, in order. A folder means every file under it, at any depth, whose extension is one of input_format.h, sorted
// by path; names that begin with '_' or '.' are left out, as are folders called so. Files that are named themselves are taken
// whatever they are called.
//
// Invalid: a folder without such a file, "-" twice, more than 1,000,000 files; IOError: what cannot be listed.
arrow::Result<std::vector<std::string>> ExpandInputs(const std::vector<std::string>& paths);

struct InputBatch {
  std::shared_ptr<arrow::RecordBatch> batch;  // null at the end
  std::string input;                          // its name: a path, "standard input"
};

// One thread at a time. Each input is opened when the one before is read to its end; batches have their input's schema.
class RowInputs {
 public:
  RowInputs(std::vector<std::string> files, OpenRowsOptions options)
      : files_(std::move(files)), options_(std::move(options)) {}

  // What OpenRows and its readers give; each error names its input.
  arrow::Result<InputBatch> Next();
  // The schema of the first input, which is opened for it. Requires at least one input, and that Next was not called.
  arrow::Result<std::shared_ptr<arrow::Schema>> FirstSchema();

  const std::vector<std::string>& files() const { return files_; }

 private:
  const std::vector<std::string> files_;
  const OpenRowsOptions options_;
  size_t next_ = 0;
  std::shared_ptr<arrow::RecordBatchReader> current_;
};

// The rows of all `paths`, expanded.
arrow::Result<std::unique_ptr<RowInputs>> OpenRows(const std::vector<std::string>& paths,
                                                   const OpenRowsOptions& options);

// "standard input" for "-".
std::string InputName(const std::string& path);

}  // namespace artemis
