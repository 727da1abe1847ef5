// Evidence of a query, written as a file.
#pragma once

#include <string>

#include <arrow/status.h>

#include "artemis/cli/command_context.h"
#include "artemis/replay/evidence.h"

namespace artemis {

struct EvidenceRequest {
  std::string path;
  bool full = false;
  int threads = 1;
};

// Collects the record of a session that was read to its end and writes it to the file, which appears whole or not at all; "-" is standard output.
arrow::Status WriteEvidence(Catalog& catalog, const ReplaySession& session, const RowSetHash& rows,
                            const EvidenceRequest& request, CommandContext& context);

}  // namespace artemis
