// artemis-write: rows into one archive Parquet file.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include <arrow/status.h>

#include "artemis/cli/command_context.h"
#include "artemis/cli/input_options.h"

namespace artemis {

struct WriteOptions {
  // Files, folders of files (ingest/row_inputs.h), "-" for standard input; all of one schema.
  std::vector<std::string> inputs = {"-"};
  InputOptions input;
  // The columns of JSON lines and CSV: one of the two.
  std::string schema_file;  // the specification's JSON form of a schema
  bool canonical = false;   // the columns of artemis telemetry
  std::string output;
  // Replaces the file that is at `output`.
  bool overwrite = false;
  int64_t row_group_bytes = int64_t{128} << 20;
  int level = 3;
  // COLUMN=ENCODING, ENCODING auto: the smallest in a sample; auto alone: so for all other columns.
  std::vector<std::string> encodings;
  std::vector<std::string> bloom_filters;
  // 0: one for each processor.
  int threads = 0;
  // Types and field ids of a table, so that the file can be committed to one as it is.
  bool iceberg = false;
  // With `iceberg`: nanoseconds stay nanoseconds.
  bool nanos = false;
  bool truncate_timestamps = false;
  FactFormat format = FactFormat::kText;
};

// JSON: the WriteSummary of parquet/write_summary.h with --rejects "rejected_lines" behind it. Usage error for an encoding that is unknown or
// named twice, and for text without a schema; Invalid for an encoding that does not fit its column; AlreadyExists, before
// anything is read, for an output that is there.
arrow::Status RunWrite(const WriteOptions& options, CommandContext& context);

}  // namespace artemis
