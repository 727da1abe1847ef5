// Resolves both ends, finds the steps and what files they differ in, and opens the streams.
#include "artemis/replay/diff.h"

#include <algorithm>

#include "artemis/base/error.h"
#include "artemis/replay/diff_chain.h"
#include "artemis/replay/diff_columns.h"
#include "artemis/replay/diff_files.h"
#include "artemis/replay/diff_stream.h"
#include "artemis/replay/pinned_stream.h"
#include "artemis/replay/replay.h"
#include "artemis/replay/replay_deadline.h"
#include "artemis/replay/replay_options.h"
#include "artemis/scan/plan_caches.h"

namespace artemis {

namespace {

bool IsNewerOnOneLine(const TableMetadata& metadata, std::optional<SnapshotId> newer,
                      std::optional<SnapshotId> older) {
  if (!newer || newer == older) return false;
  if (!older) return true;
  auto id = newer;
  for (size_t step = 0; id && step <= metadata.snapshots.size(); ++step) {
    if (id == older) return true;
    const Snapshot* snapshot = metadata.FindSnapshot(*id);
    id = snapshot != nullptr ? snapshot->parent_id : std::nullopt;
  }
  return false;
}

bool AreExchanged(const TableMetadata& metadata, const PinnedSnapshot& from,
                  const PinnedSnapshot& to) {
  if (from.view.snapshot_id == to.view.snapshot_id) return false;
  if (const auto* from_time = std::get_if<TimestampMs>(&from.target)) {
    if (std::holds_alternative<std::monostate>(to.target)) return false;
    if (const auto* to_time = std::get_if<TimestampMs>(&to.target)) return *from_time > *to_time;
  }
  return IsNewerOnOneLine(metadata, from.view.snapshot_id, to.view.snapshot_id);
}

// The commit of all changes between two ends; none where there are several, or none at all.
std::optional<SnapshotId> OnlyCommit(const TableMetadata& metadata, const DiffResult& ends) {
  const auto to = ends.to.view.snapshot_id;
  const Snapshot* snapshot = to ? metadata.FindSnapshot(*to) : nullptr;
  const bool follows = snapshot != nullptr && snapshot->parent_id == ends.from.view.snapshot_id;
  return follows ? to : std::nullopt;
}

// Finds the steps of one diff.
class StepFinder {
 public:
  StepFinder(const TableMetadata& metadata, DiffResult& result, DiffPlan& plan, FileDiffer& differ)
      : metadata_(metadata), result_(result), plan_(plan), differ_(differ) {}

  arrow::Status Net() {
    result_.kind = DiffKind::kNet;
    ARROW_ASSIGN_OR_RAISE(auto files,
                          Compare(result_.from.view.snapshot_id, result_.to.view.snapshot_id));
    Count(*files, nullptr);
    result_.files_unchanged = files->unchanged;
    plan_.steps.push_back({std::move(files), {0, OnlyCommit(metadata_, result_)}});
    return arrow::Status::OK();
  }

  arrow::Status Gross(const DiffChain& chain) {
    for (const Snapshot* snapshot : chain.commits) {
      if (IsReplacement(*snapshot)) continue;
      ARROW_ASSIGN_OR_RAISE(auto files, Compare(snapshot->parent_id, snapshot->id));
      DiffCommit commit{snapshot->id, snapshot->operation()};
      Count(*files, &commit);
      const auto ordinal = static_cast<int32_t>(result_.commits.size());
      result_.commits.push_back(std::move(commit));
      plan_.steps.push_back({std::move(files), {ordinal, snapshot->id}});
    }
    ARROW_ASSIGN_OR_RAISE(const auto ends,
                          Compare(result_.from.view.snapshot_id, result_.to.view.snapshot_id));
    result_.files_unchanged = ends->unchanged;
    return arrow::Status::OK();
  }

 private:
  arrow::Result<std::shared_ptr<const FileDifference>> Compare(std::optional<SnapshotId> older,
                                                               std::optional<SnapshotId> newer) {
    TableView before = plan_.reading.view, after = plan_.reading.view;
    before.snapshot_id = older;
    after.snapshot_id = newer;
    ARROW_ASSIGN_OR_RAISE(auto files, differ_.Compare(before, after));
    return std::make_shared<const FileDifference>(std::move(files));
  }

  void Count(const FileDifference& files, DiffCommit* commit) {
    const int64_t added = std::ssize(files.added), removed = std::ssize(files.removed),
                  touched = std::ssize(files.touched);
    result_.files_added += added;
    result_.files_removed += removed;
    result_.files_touched += touched;
    for (const auto& task : files.added) CountRead(task);
    for (const auto& task : files.removed) CountRead(task);
    for (const auto& [before, after] : files.touched) {
      CountRead(before);
      CountRead(after);
    }
    if (commit == nullptr) return;
    commit->files_added = added;
    commit->files_removed = removed;
    commit->files_touched = touched;
  }

  void CountRead(const ScanTask& task) {
    ++result_.files_to_read;
    result_.bytes_to_read += task.file.file_size_bytes;
  }

  const TableMetadata& metadata_;
  DiffResult& result_;
  DiffPlan& plan_;
  FileDiffer& differ_;
};

arrow::Status FindSteps(const TableMetadata& metadata, DiffKind kind, StepFinder finder,
                        DiffResult* result) {
  if (kind == DiffKind::kNet) return finder.Net();
  const auto chain =
      FindChain(metadata, result->from.view.snapshot_id, result->to.view.snapshot_id);
  if (chain.broken_because.empty()) return finder.Gross(chain);
  result->instead_because = chain.broken_because;
  return finder.Net();
}

}  // namespace

arrow::Result<DiffResult> ReplayEngine::ReplayDiff(const ReplayTarget& from, const ReplayTarget& to,
                                                   const ReplayOptions& options,
                                                   const DiffOptions& diff) {
  return OpenDiff(catalog_, table_, from, to, options, diff, caches_);
}

arrow::Result<DiffResult> OpenDiff(Catalog& catalog, const TableName& name,
                                   const ReplayTarget& from, const ReplayTarget& to,
                                   const ReplayOptions& options, const DiffOptions& diff,
                                   std::shared_ptr<PlanCaches> caches) {
  auto deadline = std::make_shared<ReplayDeadline>(options.deadline_ms, options.read.stop);
  ARROW_ASSIGN_OR_RAISE(const LoadedTable table, catalog.Load(name));
  DiffResult result;
  ARROW_ASSIGN_OR_RAISE(result.from, Resolve(catalog, table, from, options.mode));
  ARROW_ASSIGN_OR_RAISE(result.to, Resolve(catalog, table, to, options.mode));
  if (AreExchanged(*table.metadata, result.from, result.to)) {
    return arrow::Status::Invalid(
        "the first end of the diff is newer than the second: exchange --from and --to");
  }
  result.schema_changes = CompareSchemas(*result.from.view.schema, *result.to.view.schema);
  result.counters = std::make_shared<DiffCounters>();

  const DiffColumns::Schemas schemas{
      result.from.view.schema, result.to.view.schema,
      std::make_shared<const Schema>(table.metadata->CurrentSchema()), table.metadata->schemas};
  ARROW_ASSIGN_OR_RAISE(auto columns, DiffColumns::Make(schemas, diff.projection, options.columns));
  ARROW_ASSIGN_OR_RAISE(const auto predicate, BindFilter(options, *columns.read_schema()));
  auto plan = std::make_shared<DiffPlan>(DiffPlan{std::move(columns), {}, {}, 0, "", {}});
  plan->reading.view = {table.metadata, result.to.view.snapshot_id, plan->columns.read_schema()};
  plan->reading.predicate = predicate;
  plan->reading.files = &catalog.files();
  plan->reading.read = options.read;
  plan->reading.read.columns = plan->columns.read_columns();
  plan->reading.read.limit = std::nullopt;
  plan->reading.read.stop = deadline->token();
  plan->reading.counters = result.counters;
  plan->reading.on_read = diff.on_read;
  plan->memory_bytes = diff.memory_bytes;
  plan->temp_folder = diff.temp_folder;
  plan->limit = options.read.limit;

  const PinGuard guard(catalog, name, result.from, result.to);
  FileDiffer differ(predicate, catalog.files(), *caches);
  const auto found = FindSteps(*table.metadata, diff.kind,
                               StepFinder(*table.metadata, result, *plan, differ), &result);
  if (!found.ok()) return guard.Explain(found);

  const auto open = [&](DiffStreamKind kind) {
    return ReplayDeadline::Watch(deadline, guard.Watch(OpenDiffStream(plan, kind)));
  };
  result.removed = open(DiffStreamKind::kRemoved);
  result.added = open(DiffStreamKind::kAdded);
  result.changes = open(DiffStreamKind::kChanges);
  return result;
}

}  // namespace artemis
