// The line on a terminal while files are read.
#pragma once

#include <cstdint>
#include <memory>
#include <optional>

#include "artemis/base/stopwatch.h"
#include "artemis/output/row_output.h"
#include "artemis/read/read_plan.h"

namespace artemis {

// How far a stream of rows is, by the files that were read for it: "3 of 12 files, 1.2 GiB of 4.0 GiB, 120,000 rows, 40 s left (25 %)".
// The time begins with the object.
class FileProgress {
 public:
  // `read` counts what is done of `files` files of `file_bytes` bytes together. A limit of rows may end the reading before.
  FileProgress(std::shared_ptr<const ReadProgress> read, int64_t files, int64_t file_bytes,
               std::optional<int64_t> limit);

  RowProgress At(int64_t rows) const;

 private:
  const std::shared_ptr<const ReadProgress> read_;
  const int64_t files_;
  const int64_t file_bytes_;
  const std::optional<int64_t> limit_;
  const Stopwatch watch_;
};

}  // namespace artemis
