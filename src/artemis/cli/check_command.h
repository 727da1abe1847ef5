// artemis-table check, and files --orphans: whether a table and its files agree.
#pragma once

#include <optional>
#include <string>

#include <arrow/status.h>

#include "artemis/cli/command_context.h"

namespace artemis {

struct CheckCommandOptions {
  std::string table;
  // Read every page of every file.
  bool deep = false;
  int threads = 2;
  FactFormat format = FactFormat::kText;
};

// {"table","deep","sound","complete","metadata_files","snapshots","manifests","data_files","delete_files","statistics_files",
// "rows","bytes","elapsed_ms","problems":[{"rule","where","what"}]}. Text: the problems, a line each, and a sentence on
// what was looked at. Where there are problems the command fails (exit code 1), after all of them were printed.
arrow::Status RunCheck(const CheckCommandOptions& options, CommandContext& context);

struct OrphanCommandOptions {
  std::string table;
  // How old a file must be: "1d". Younger ones may belong to a commit that is under way.
  std::string older_than = "1d";
  FactFormat format = FactFormat::kText;
};

// {"table","location","older_than","files","named","young","orphans":[{"path","bytes","modified"}]}. Deletes nothing.
arrow::Status RunOrphans(const OrphanCommandOptions& options, CommandContext& context);

}  // namespace artemis
