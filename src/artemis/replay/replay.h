// The replay engine: a table as it stood at a moment, and the difference between two moments. Read-only.
// Design and invariants: docs/design/replay.md
#pragma once

#include <memory>
#include <optional>
#include <string>
#include <vector>

#include <arrow/record_batch.h>
#include <arrow/result.h>

#include "artemis/expr/predicate.h"
#include "artemis/read/read_plan.h"
#include "artemis/replay/diff.h"
#include "artemis/replay/replay_session.h"
#include "artemis/replay/resolve.h"

namespace artemis {

struct PlanCaches;

// A session with its rows opened.
struct ReplayResult {
  PinnedSnapshot pin;
  ScanPlan plan;  // without tasks, unless explained: those are in the stream
  std::shared_ptr<arrow::RecordBatchReader> rows;
  std::shared_ptr<ReadCounters> counters;
};

// Thread-safe; sessions are independent. The catalog must outlive the engine, its sessions and their streams.
class ReplayEngine {
 public:
  ReplayEngine(Catalog& catalog, TableName table);

  // Resolves the target once (R1, R2) and plans. Errors of Resolve, of Bind, of planning (a missing manifest is explained as a missing
  // data file is); Invalid for an unknown or nested column; DeadlineExceeded.
  arrow::Result<ReplaySession> Open(const ReplayTarget& target, const ReplayOptions& options = {});
  // Plans on a pin that was taken before: of PinTables, of a pin manifest, or of another session. Does not look at the catalog.
  // The pin's schema goes before options.mode.
  arrow::Result<ReplaySession> OpenPinned(const PinnedSnapshot& pin,
                                          const ReplayOptions& options = {});

  // Open, by what is asked for; `where` goes before options.where.
  arrow::Result<ReplaySession> ReplayAt(TimestampMs time, const Predicate& where,
                                        ReplayOptions options = {});
  arrow::Result<ReplaySession> ReplayAtSnapshot(SnapshotId id, const Predicate& where,
                                                ReplayOptions options = {});
  // Of a branch the newest snapshot, of a tag its own.
  arrow::Result<ReplaySession> ReplayAtRef(const std::string& name, const Predicate& where,
                                           ReplayOptions options = {});
  // The same without a predicate.
  arrow::Result<ReplaySession> ReplayAt(TimestampMs time) { return Open(ReplayTarget(time)); }
  arrow::Result<ReplaySession> ReplayAtSnapshot(SnapshotId id) { return Open(ReplayTarget(id)); }
  arrow::Result<ReplaySession> ReplayAtRef(const std::string& name) {
    return Open(ReplayTarget(name));
  }

  // Open, and its rows.
  arrow::Result<ReplayResult> Replay(const ReplayTarget& target, const ReplayOptions& options = {});

  // What would be read; no data file is opened where there is no predicate.
  arrow::Result<ReplayInspection> Inspect(const ReplayTarget& target,
                                          const ReplayOptions& options = {});

  // What changed from one moment to another: OpenDiff (diff.h).
  arrow::Result<DiffResult> ReplayDiff(const ReplayTarget& from, const ReplayTarget& to,
                                       const ReplayOptions& options = {},
                                       const DiffOptions& diff = {});

 private:
  arrow::Result<ReplaySession> Plan(const PinnedSnapshot& pin, const ReplayOptions& options,
                                    std::shared_ptr<ReplayDeadline> deadline);

  Catalog& catalog_;
  TableName table_;
  // Shared, so that engines can be copied.
  std::shared_ptr<PlanCaches> caches_;
};

}  // namespace artemis
