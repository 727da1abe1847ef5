// Pins of queries: taken together, read from a manifest, written to one, printed.
#pragma once

#include <string>
#include <vector>

#include <arrow/result.h>

#include "artemis/cli/command_context.h"
#include "artemis/cli/replay_query_command.h"
#include "artemis/replay/pins.h"

namespace artemis {

// IOError, or Invalid for what is no manifest.
arrow::Result<PinManifest> ReadPins(const std::string& path);

// The table's pin of a manifest; Invalid, naming `path`, where the table is not pinned there. Errors of RestorePin.
arrow::Result<PinnedSnapshot> PinFrom(const PinManifest& manifest, const std::string& path,
                                      Catalog& catalog, const LoadedTable& table);

// The pins of options.tables: those of the manifest, or at the target, together.
arrow::Result<std::vector<PinnedTable>> PinQueriedTables(const ReplayQueryOptions& options,
                                                         ProjectionMode mode, Catalog& catalog,
                                                         CommandContext& context);

// Writes a manifest, whole or not at all; "-" is standard output.
arrow::Status WritePins(const std::string& path, Catalog& catalog,
                        const std::vector<PinnedTable>& pins, CommandContext& context);
// A table for people; the manifest with the format json.
arrow::Status PrintPins(Catalog& catalog, const std::vector<PinnedTable>& pins,
                        const std::string& format, CommandContext& context);

}  // namespace artemis
