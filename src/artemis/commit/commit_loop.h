// The loop behind every commit: load, apply the steps to the newest metadata, swap, and on conflict the same again.
// Invariants C1-C8: docs/design/commit.md
#pragma once

#include <memory>
#include <string>
#include <vector>

#include <arrow/result.h>

#include "artemis/commit/commit_step.h"

namespace artemis {

// Commits all steps in one swap. `operation` is what history and the event call it; empty: that of the last step.
// Failures as in commit.h. Steps that change nothing make no commit.
arrow::Result<CommitResult> RunCommit(Catalog& catalog, const TableName& table,
                                      std::vector<std::unique_ptr<CommitStep>> steps,
                                      const CommitOptions& options,
                                      const std::string& operation = "");
arrow::Result<CommitResult> RunCommit(Catalog& catalog, const TableName& table,
                                      std::unique_ptr<CommitStep> step,
                                      const CommitOptions& options);

// NotImplemented for a table of version 1, with what to do about it.
arrow::Status RequireWritableVersion(const TableName& table, int32_t format_version);

// Before attempt `attempt` + 1: a random time up to min * 2^attempt, capped at max, at least 1 ms.
int64_t BackOffBoundMs(const CommitSettings& settings, int attempt);

}  // namespace artemis
