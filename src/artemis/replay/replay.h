// The replay engine: a table as it stood at a moment, and the difference between two moments. Read-only.
#pragma once

#include <memory>
#include <optional>
#include <string>
#include <vector>

#include <arrow/record_batch.h>
#include <arrow/result.h>

#include "artemis/expr/predicate.h"
#include "artemis/read/read_plan.h"
#include "artemis/replay/resolve.h"

namespace artemis {

class EventLog;
struct PlanCaches;

struct ReplayOptions {
  ProjectionMode mode = ProjectionMode::kSnapshotTime;
  std::optional<Predicate> where;
  // Top-level column names of the projected schema; nullopt: all.
  std::optional<std::vector<std::string>> columns;
  ReadOptions read;
  bool explain = false;
};

struct ReplayResult {
  PinnedSnapshot pin;
  ScanPlan plan;  // tasks may have been moved into the stream; summary and decisions stay
  std::shared_ptr<arrow::RecordBatchReader> rows;
  std::shared_ptr<ReadCounters> counters;
};

enum class DiffProjection : uint8_t { kOld, kNew, kCurrent };

struct DiffResult {
  PinnedSnapshot from, to;
  // Rows of the newer end that the older lacks, and the other way round, as multisets. Both have the schema asked for.
  std::shared_ptr<arrow::RecordBatchReader> added;
  std::shared_ptr<arrow::RecordBatchReader> removed;
  int64_t files_added = 0, files_removed = 0, files_unchanged = 0;
};

// Thread-safe; sessions are independent. The catalog must outlive the engine and its streams.
class ReplayEngine {
 public:
  ReplayEngine(Catalog& catalog, TableName table);

  arrow::Result<ReplayResult> Replay(const ReplayTarget& target, const ReplayOptions& options = {});
  arrow::Result<ReplayResult> ReplayAt(TimestampMs time, const ReplayOptions& options = {}) {
    return Replay(ReplayTarget(time), options);
  }
  arrow::Result<ReplayResult> ReplayAtSnapshot(SnapshotId id, const ReplayOptions& options = {}) {
    return Replay(ReplayTarget(id), options);
  }
  // Net difference of the live rows: unchanged files are never read; rows carried over by copy-on-write cancel as multisets.
  // Same snapshot: two empty streams. Invalid when the ends are exchanged: by time where both are moments, so that a diff across a
  // rollback gives what it took back, else by lineage. A limit holds for each of the two streams.
  arrow::Result<DiffResult> ReplayDiff(const ReplayTarget& from, const ReplayTarget& to,
                                       const ReplayOptions& options = {},
                                       DiffProjection projection = DiffProjection::kNew);

 private:
  Catalog& catalog_;
  TableName table_;
  // Shared, so that engines can be copied.
  std::shared_ptr<PlanCaches> caches_;
};

}  // namespace artemis
