// artemis-table synth: a table of metadata only, for the measuring of planning.
#pragma once

#include <string>

#include <arrow/status.h>

#include "artemis/cli/commit_options.h"
#include "artemis/synth/metadata_table.h"

namespace artemis {

struct SynthOptions {
  std::string table;
  MetadataTableOptions generator;
  CommitCommandOptions commit;
};

// Makes the catalog and the warehouse where they are absent, and tells the event "commit" of a create. Usage error for options
// outside their limits; AlreadyExists when the name is taken: both before anything is written.
// Prints {"table","location","snapshot_id","files","partitions","manifests","elapsed_ms"}.
arrow::Status RunSynth(const SynthOptions& options, CommandContext& context);

}  // namespace artemis
