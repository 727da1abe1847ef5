// Puts snapshot-log and the catalog's history together.
#include "artemis/timetravel/snapshot_history.h"

#include <algorithm>
#include <limits>
#include <set>

#include "artemis/commit/snapshot_step.h"
#include "artemis/replay/timeline.h"

namespace artemis {

namespace {

constexpr TimestampMs kEndOfTime{std::numeric_limits<int64_t>::max()};

class IntervalBuilder {
 public:
  IntervalBuilder(const TableMetadata& metadata, const std::vector<HistoryEntry>& history)
      : metadata_(metadata), history_(history) {}

  std::vector<CurrentInterval> Run() {
    std::vector<SnapshotLogEntry> log = metadata_.snapshot_log;
    std::stable_sort(log.begin(), log.end(),
                     [](const auto& a, const auto& b) { return a.timestamp < b.timestamp; });
    AddHistoryUntil(log.empty() ? kEndOfTime : log.front().timestamp);
    for (size_t i = 0; i < log.size(); ++i) {
      Begin(log[i].snapshot_id, log[i].timestamp);
      if (i + 1 < log.size()) AddBetween(log[i], log[i + 1]);
    }
    return std::move(intervals_);
  }

 private:
  void AddHistoryUntil(TimestampMs end) {
    AddHistoryBetween(TimestampMs(std::numeric_limits<int64_t>::min()), end);
  }

  void AddHistoryBetween(TimestampMs after, TimestampMs end) {
    for (const auto& entry : history_) {
      if (entry.time <= after || entry.time >= end) continue;
      if (entry.snapshot_id) {
        Begin(*entry.snapshot_id, entry.time);
      } else if (!entry.schema_id && !intervals_.empty() && !intervals_.back().until) {
        // Another writer's swap, of which nobody knows what it made current.
        intervals_.back().until = entry.time;
      }
    }
  }

  // Of a rollback the log does not tell what it took back: only what is gone can be missing there.
  void AddGoneBetween(TimestampMs after, TimestampMs end) {
    for (const auto& entry : history_) {
      if (entry.time <= after || entry.time >= end || !entry.snapshot_id) continue;
      if (metadata_.FindSnapshot(*entry.snapshot_id) == nullptr) {
        Begin(*entry.snapshot_id, entry.time);
      }
    }
  }

  void AddBetween(const SnapshotLogEntry& entry, const SnapshotLogEntry& next) {
    const LogStep step = StepBetween(metadata_, entry, next);
    if (step == LogStep::kGap) AddHistoryBetween(entry.timestamp, next.timestamp);
    if (step == LogStep::kJump) AddGoneBetween(entry.timestamp, next.timestamp);
  }

  void Begin(SnapshotId id, TimestampMs from) {
    const CurrentInterval* last = intervals_.empty() ? nullptr : &intervals_.back();
    if (last != nullptr && last->snapshot_id == id && !last->until) return;
    CurrentInterval interval;
    interval.snapshot_id = id;
    interval.from = from;
    interval.is_expired = metadata_.FindSnapshot(id) == nullptr;
    const bool seen = !seen_.insert(id).second;
    interval.is_rollback = last != nullptr && last->snapshot_id != id &&
                           (seen || IsAncestor(metadata_, last->snapshot_id, id));
    if (last != nullptr && !last->until) intervals_.back().until = from;
    intervals_.push_back(interval);
  }

  const TableMetadata& metadata_;
  const std::vector<HistoryEntry>& history_;
  std::set<SnapshotId> seen_;
  std::vector<CurrentInterval> intervals_;
};

}  // namespace

arrow::Result<std::vector<CurrentInterval>> SnapshotHistory(Catalog& catalog,
                                                            const LoadedTable& table) {
  ARROW_ASSIGN_OR_RAISE(const auto history, catalog.History(table));
  return IntervalBuilder(*table.metadata, history).Run();
}

}  // namespace artemis
