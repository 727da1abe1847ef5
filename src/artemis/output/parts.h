// Results in a folder: parts of about a size, and a list of them.
//
//   DIR/part-00000.parquet, DIR/part-00001.parquet, …   each whole, under its name once it is durable
//   DIR/manifest.jsonl                                   a line a part: {"path","rows","bytes"}; written last
//
// A folder without manifest.jsonl holds a result that is not complete.
#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <string>

#include <arrow/record_batch.h>
#include <arrow/result.h>

#include "artemis/output/row_writer.h"
#include "artemis/output/target.h"

namespace artemis {

// AlreadyExists where a folder for results is there and holds something.
arrow::Status RefuseFilledFolder(const std::string& folder);

// One thread at a time.
class PartedOutput {
 public:
  // `folder` is made; AlreadyExists where it holds something. A part ends with the rows, in Parquet the row group, with which it reaches
  // `bytes_max`; nullopt: all rows in one part.
  static arrow::Result<std::unique_ptr<PartedOutput>> Open(const std::string& folder,
                                                           RowFormat format,
                                                           std::shared_ptr<arrow::Schema> schema,
                                                           std::optional<int64_t> bytes_max);

  arrow::Status Write(const arrow::RecordBatch& rows);
  // Ends the last part (there is one also without rows) and writes the list.
  arrow::Status Finish();

  int64_t parts() const { return parts_; }

 private:
  PartedOutput(std::string folder, RowFormat format, std::shared_ptr<arrow::Schema> schema,
               std::optional<int64_t> bytes_max)
      : folder_(std::move(folder)),
        format_(format),
        schema_(std::move(schema)),
        bytes_max_(bytes_max) {}

  arrow::Status Begin();
  arrow::Status End();

  const std::string folder_;
  const RowFormat format_;
  const std::shared_ptr<arrow::Schema> schema_;
  const std::optional<int64_t> bytes_max_;
  std::string name_;
  std::unique_ptr<OutputTarget> target_;
  std::unique_ptr<RowWriter> writer_;
  int64_t rows_ = 0;  // of the part
  int64_t parts_ = 0;
  std::string list_;
};

}  // namespace artemis
