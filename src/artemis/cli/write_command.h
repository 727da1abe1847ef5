// artemis-write: rows into one archive Parquet file.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include <arrow/status.h>

#include "artemis/cli/command_context.h"

namespace artemis {

struct WriteOptions {
  // An Arrow IPC or Parquet file, "-" for standard input.
  std::string input = "-";
  std::string output;
  int64_t row_group_bytes = int64_t{128} << 20;
  int level = 3;
  // COLUMN=ENCODING; ENCODING auto leaves the column to the policy.
  std::vector<std::string> encodings;
  int threads = 1;
  // Types and field ids of a table, so that the file can be committed to one as it is.
  bool iceberg = false;
  bool truncate_timestamps = false;
  FactFormat format = FactFormat::kText;
};

// JSON: the WriteSummary of parquet/write_summary.h. Usage error for an encoding that is unknown or
// named twice; Invalid for one that does not fit its column.
arrow::Status RunWrite(const WriteOptions& options, CommandContext& context);

}  // namespace artemis
