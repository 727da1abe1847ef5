// Writes commit events.
#include "artemis/commit/commit_event.h"

#include "artemis/base/event_log.h"
#include "artemis/commit/summary.h"

namespace artemis {

CommitEvent::CommitEvent(const TableName& table, const CommitOptions& options)
    : table_(table.ToString()), options_(options), begin_(std::chrono::steady_clock::now()) {}

void CommitEvent::Done(std::optional<SnapshotId> snapshot_id, int attempts,
                       const CommitCounts& counts) {
  Write("committed", snapshot_id, attempts, counts);
}

void CommitEvent::Failed(const std::string& outcome, int attempts, const CommitCounts& counts) {
  Write(outcome, std::nullopt, attempts, counts);
}

void CommitEvent::Write(const std::string& outcome, std::optional<SnapshotId> snapshot_id,
                        int attempts, const CommitCounts& counts) {
  if (options_.events == nullptr) return;
  const auto elapsed = std::chrono::steady_clock::now() - begin_;
  const auto elapsed_ms = std::chrono::duration_cast<std::chrono::milliseconds>(elapsed).count();
  EventFields fields = {{"principal", options_.author},
                        {"host", HostName()},
                        {"table", table_},
                        {"operation", counts.operation}};
  if (snapshot_id) fields.emplace_back("snapshot_id", snapshot_id->value);
  fields.emplace_back("attempts", int64_t{attempts});
  fields.emplace_back("added_files", counts.added_files);
  fields.emplace_back("added_rows", counts.added_rows);
  fields.emplace_back("elapsed_ms", int64_t{elapsed_ms});
  fields.emplace_back("outcome", outcome);
  options_.events->Write(outcome == "committed" ? EventLevel::kInfo : EventLevel::kError, "commit",
                         fields);
}

}  // namespace artemis
