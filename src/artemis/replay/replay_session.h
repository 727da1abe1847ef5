// One query of the replay engine: a pin, the plan made on it, and its rows. Invariants R1-R5: docs/design/replay.md
#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include <arrow/record_batch.h>
#include <arrow/result.h>

#include "artemis/expr/predicate.h"
#include "artemis/read/read_plan.h"
#include "artemis/replay/ordered_rows.h"
#include "artemis/replay/resolve.h"

namespace artemis {

class ReplayDeadline;
struct PlanCaches;

struct ReplayOptions {
  ProjectionMode mode = ProjectionMode::kSnapshotTime;
  std::optional<Predicate> where;
  // Top-level column names of the projected schema, and of schema/metadata_columns.h (_file, _pos, _spec_id, …; a column of the
  // table that is called so goes first); nullopt: all of the schema.
  std::optional<std::vector<std::string>> columns;
  // Limit, batch size, concurrency, memory and cancellation.
  ReadOptions read;
  // From the call that opens the session to its last row; then ReadNext fails with DeadlineExceeded (replay_deadline.h), within
  // one batch. Planning is not cut short.
  std::optional<int64_t> deadline_ms;
  // Else rows come in the plan's order with one thread, and in none with several.
  std::optional<ReplayOrder> order;
  // Plan alone, with a reason for each file. Rows is then Invalid.
  bool explain = false;
};

// What was pinned and planned never changes: neither the catalog nor newer metadata is looked at again, except to explain a missing
// file (R2). Copies share the pin and the plan. One thread at a time; streams are independent of each other. The catalog must
// outlive it and its streams; the streams may outlive it.
class ReplaySession {
 public:
  const TableName& table() const { return table_; }
  const PinnedSnapshot& pin() const { return pin_; }
  // With all tasks: the same for the same pin and options, whenever and however often it is made, but for summary.elapsed_us.
  const ScanPlan& plan() const { return *plan_; }
  const ReplayOptions& options() const { return options_; }
  // Of the rows.
  const std::shared_ptr<arrow::Schema>& schema() const { return schema_; }
  // The columns that were chosen, by id; nullopt: all of the pin's schema.
  const std::optional<std::vector<FieldId>>& columns() const { return options_.read.columns; }

  // Opens the rows, anew with each call: a retry reads the same files of the same snapshot. `counters` count what is given out.
  // Nothing is read before the first ReadNext. A file that is missing gives SnapshotExpired or CorruptFile (pinned_stream.h).
  arrow::Result<std::shared_ptr<arrow::RecordBatchReader>> Rows(
      std::shared_ptr<ReadCounters> counters = nullptr) const;

 private:
  friend class ReplayEngine;
  ReplaySession() = default;

  Catalog* catalog_ = nullptr;
  TableName table_;
  PinnedSnapshot pin_;
  std::shared_ptr<const ScanPlan> plan_;
  ReplayOptions options_;  // columns bound to ids
  std::shared_ptr<arrow::Schema> schema_;
  std::shared_ptr<ReplayDeadline> deadline_;
  std::shared_ptr<PlanCaches> caches_;
  std::optional<FieldId> order_column_;
};

// What would be read of a table at a moment.
struct ReplayInspection {
  PinnedSnapshot pin;
  ScanPlanSummary summary;
};

}  // namespace artemis
