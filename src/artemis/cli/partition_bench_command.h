// partition-bench: what a log of queries keeps of a table at each pass of planning.
#pragma once

#include <optional>
#include <string>

#include <arrow/status.h>

#include "artemis/advise/partition_bench.h"
#include "artemis/cli/command_context.h"
#include "artemis/cli/target_options.h"
#include "artemis/scan/query_log.h"

namespace artemis {

struct PartitionBenchCommandOptions {
  std::string table;
  // A file (scan/query_log.h); "-" is standard input.
  std::string queries;
  std::optional<std::string> against;
  // Files to write: Markdown, with its charts beside it, and JSON (advise/bench_report.h); "-" is standard output, which then
  // holds nothing else.
  std::optional<std::string> report, json;
  TargetOptions target;
  std::optional<std::string> timezone;
  PartitionBenchOptions bench;
  FactFormat format = FactFormat::kText;
};

// Prints a table of kept shares by kind of question, and what was skipped; as JSON {"table","against","queries","skipped_count",
// "shapes":[{"shape","queries","files_kept",…}],…}. Usage error: report or JSON to standard output beside the other.
// Lines of the log that are no queries are told of on standard error, and are no failure. Not found: the table, the other one, the log. With --at, the other table is planned as of the same time.
arrow::Status RunPartitionBenchCommand(const PartitionBenchCommandOptions& options,
                                       CommandContext& context);

// A log of at most 1 GiB, from a file or ("-") standard input.
arrow::Result<QueryLog> ReadQueryLog(const std::string& path, CommandContext& context);

}  // namespace artemis
