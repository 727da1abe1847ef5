// The commit loop.
#include "artemis/commit/commit_loop.h"

#include <algorithm>
#include <chrono>
#include <random>
#include <set>
#include <thread>

#include "artemis/base/error.h"
#include "artemis/commit/commit_event.h"
#include "artemis/commit/once.h"
#include "artemis/commit/summary.h"
#include "artemis/table/update.h"

namespace artemis {

namespace {

using CommitSteps = std::vector<std::unique_ptr<CommitStep>>;

void Sleep(const CommitSettings& settings, int attempt) {
  thread_local std::minstd_rand random(std::random_device{}());
  const auto bound = static_cast<uint64_t>(BackOffBoundMs(settings, attempt));
  std::this_thread::sleep_for(std::chrono::milliseconds(1 + random() % bound));
}

class CommitRun {
 public:
  CommitRun(Catalog& catalog, const TableName& table, CommitSteps steps,
            const CommitOptions& options, const std::string& operation)
      : catalog_(catalog),
        table_(table),
        steps_(std::move(steps)),
        options_(options),
        operation_(operation),
        event_(table, options),
        begin_(std::chrono::steady_clock::now()) {}

  arrow::Result<CommitResult> Run() {
    ARROW_RETURN_NOT_OK(CheckExtraSummary(options_.extra_summary));
    for (attempt_ = 1;; ++attempt_) {
      auto loaded = catalog_.Load(table_);
      if (!loaded.ok()) return attempt_ == 1 ? loaded.status() : Fail(loaded.status());
      const LoadedTable base = std::move(*loaded);
      if (auto done = AlreadyDone(base)) return *done;
      const CommitSettings settings = ResolveSettings(options_, base.metadata->properties);
      auto next = Apply(base, settings);
      if (!next.ok()) return Fail(next.status());
      if (IsUnchanged(base, *next)) return CommitResult{base, SnapshotOf(*next), attempt_, false};
      auto committed =
          catalog_.Commit(base, std::move(*next), {counts_.operation, options_.author});  // C2
      if (committed.ok()) return Finish(std::move(*committed));
      const arrow::Status failure = committed.status();
      if (FindDetail<CommitUnknown>(failure) != nullptr) return Unknown(failure);
      if (FindDetail<CommitConflict>(failure) == nullptr) return Fail(failure);
      if (attempt_ >= settings.attempts_max || IsOver(settings)) {
        return Fail(
            WithContext(failure, "gave up after " + std::to_string(attempt_) + " attempts"));
      }
      for (const auto& step : steps_) step->DiscardAttempt();  // C3
      Sleep(settings, attempt_);
    }
  }

 private:
  // C8
  std::optional<CommitResult> AlreadyDone(const LoadedTable& base) {
    if (options_.once_key.empty()) return std::nullopt;
    const auto record = FindOnceRecord(*base.metadata, options_.once_key);
    if (!record) return std::nullopt;
    for (const auto& step : steps_) step->DiscardAll();
    return CommitResult{base, record->snapshot_id, attempt_, true};
  }

  arrow::Result<TableMetadata> Apply(const LoadedTable& base, const CommitSettings& settings) {
    const StepContext context{catalog_, options_, settings, attempt_};
    LoadedTable current = base;
    TableMetadata next;
    made_.clear();
    head_.reset();
    counts_ = CommitCounts();
    for (size_t i = 0; i < steps_.size(); ++i) {
      if (i > 0) current.metadata = std::make_shared<const TableMetadata>(std::move(next));
      if (steps_[i]->writes_manifests()) {
        ARROW_RETURN_NOT_OK(RequireWritableVersion(table_, current.metadata->format_version));
      }
      ARROW_ASSIGN_OR_RAISE(next, steps_[i]->Apply(current, context));
      Count(*steps_[i]);
    }
    ARROW_RETURN_NOT_OK(RequireWritableVersion(table_, next.format_version));
    ForgetIntermediateSnapshots(&next);
    if (!options_.once_key.empty() && !IsUnchanged(base, next)) {
      RecordOnce(options_.once_key, SnapshotOf(next), &next);
    }
    return next;
  }

  void Count(const CommitStep& step) {
    const CommitCounts& counts = step.counts();
    counts_.operation = operation_.empty() ? counts.operation : operation_;
    counts_.added_files += counts.added_files;
    counts_.added_rows += counts.added_rows;
    if (const auto id = step.snapshot_id()) head_ = id;
    if (step.is_new_snapshot()) made_.push_back(*step.snapshot_id());
  }

  // Nobody ever saw the snapshots before the last one as current: the log does not claim it.
  void ForgetIntermediateSnapshots(TableMetadata* next) const {
    if (made_.size() < 2) return;
    const std::set<SnapshotId> made(made_.begin(), made_.end());
    std::erase_if(next->snapshot_log, [&](const SnapshotLogEntry& entry) {
      return made.contains(entry.snapshot_id) && next->current_snapshot_id != entry.snapshot_id;
    });
  }

  // Only of metadata alone: a snapshot is always a change.
  bool IsUnchanged(const LoadedTable& base, const TableMetadata& next) const {
    return made_.empty() && options_.once_key.empty() && next == *base.metadata;
  }

  std::optional<SnapshotId> SnapshotOf(const TableMetadata& metadata) const {
    return head_ ? head_ : metadata.current_snapshot_id;
  }

  bool IsOver(const CommitSettings& settings) const {
    return std::chrono::steady_clock::now() - begin_ >=
           std::chrono::milliseconds(settings.total_timeout_ms);
  }

  CommitResult Finish(LoadedTable table) {
    for (const auto& step : steps_) step->DiscardUnused();
    const auto id = SnapshotOf(*table.metadata);
    event_.Done(id, attempt_, counts_);
    return CommitResult{std::move(table), id, attempt_, false};
  }

  arrow::Status Fail(const arrow::Status& status) {
    for (const auto& step : steps_) step->DiscardAll();
    const bool conflict = FindDetail<CommitConflict>(status) != nullptr;
    event_.Failed(conflict ? "conflict" : "failed", attempt_, counts_);
    return status;
  }

  // C5: a snapshot of ours in the newest metadata proves that the swap happened; its absence proves nothing.
  arrow::Result<CommitResult> Unknown(const arrow::Status& status) {
    if (!made_.empty()) {
      auto loaded = catalog_.Load(table_);
      if (loaded.ok() && loaded->metadata->FindSnapshot(made_.back()) != nullptr) {
        return Finish(std::move(*loaded));
      }
    }
    event_.Failed("unknown", attempt_, counts_);
    return status;
  }

  Catalog& catalog_;
  const TableName& table_;
  const CommitSteps steps_;
  const CommitOptions& options_;
  const std::string operation_;
  CommitEvent event_;
  const std::chrono::steady_clock::time_point begin_;
  int attempt_ = 1;
  CommitCounts counts_;
  // Of the last attempt: new snapshots, and the head of the branch.
  std::vector<SnapshotId> made_;
  std::optional<SnapshotId> head_;
};

}  // namespace

arrow::Status RequireWritableVersion(const TableName& table, int32_t format_version) {
  if (format_version >= 2) return arrow::Status::OK();
  return arrow::Status::NotImplemented(
      "table ", table.ToString(),
      " has format version 1, which is read but not written: artemis-table alter ",
      table.ToString(), " upgrade 2 first");
}

int64_t BackOffBoundMs(const CommitSettings& settings, int attempt) {
  const int64_t least = std::clamp<int64_t>(settings.backoff_min_ms, 0, int64_t{1} << 40);
  const int64_t doubled = least << std::min(attempt, 20);
  return std::max<int64_t>(1, std::min(settings.backoff_max_ms, doubled));
}

arrow::Result<CommitResult> RunCommit(Catalog& catalog, const TableName& table, CommitSteps steps,
                                      const CommitOptions& options, const std::string& operation) {
  if (steps.empty()) return arrow::Status::Invalid("a commit without a change");
  return CommitRun(catalog, table, std::move(steps), options, operation).Run();
}

arrow::Result<CommitResult> RunCommit(Catalog& catalog, const TableName& table,
                                      std::unique_ptr<CommitStep> step,
                                      const CommitOptions& options) {
  CommitSteps steps;
  steps.push_back(std::move(step));
  return RunCommit(catalog, table, std::move(steps), options);
}

}  // namespace artemis
