// artemis-table advise: which partitioning and clustering would serve a log of queries best.
#pragma once

#include <optional>
#include <string>

#include <arrow/status.h>

#include "artemis/advise/advise_layout.h"
#include "artemis/cli/command_context.h"

namespace artemis {

struct AdviseCommandOptions {
  std::string table;
  // A file (scan/query_log.h); "-" is standard input.
  std::string queries;
  AdviseOptions advise;
  FactFormat format = FactFormat::kText;
};

// Prints what the log tests, the layouts that were tried with the measured share of bytes and files that the log keeps of each, and
// the proposal as commands to run; or that today's layout is the best already. Changes nothing.
// {"table","queries","skipped_count","table_rows","table_bytes","table_files","sample_rows","sample_files","target_file_bytes",
//  "target_is_assumed","rows_per_file","columns":[{"column","queries","equality","range","prefix","distinct","selectivity"}],
//  "candidates":[{"partition","order","bytes_share","files_share","cost_bytes","files","small_files","partitions","bytes","measured",
//  "is_today","is_proposed"}],"as_is":{"bytes_share","files_share","files","bytes"},"keeps_today","proposal":{"partition","order",
//  "bytes_share","files_share","commands":[]},"skipped_lines":[{"line","reason"}]}
// "commands" is empty where today's layout is kept. Failed: a log or a table with nothing to judge by.
arrow::Status RunAdvise(const AdviseCommandOptions& options, CommandContext& context);

}  // namespace artemis
