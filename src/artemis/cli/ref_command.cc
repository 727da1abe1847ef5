// artemis-table tag and branch.
#include "artemis/cli/ref_command.h"

#include <utility>

#include "artemis/base/error.h"
#include "artemis/base/stopwatch.h"
#include "artemis/cli/opened_table.h"
#include "artemis/replay/resolve.h"
#include "artemis/table/update.h"

namespace artemis {

namespace {

std::string KindName(SnapshotRef::Kind kind) {
  return kind == SnapshotRef::Kind::kTag ? "tag" : "branch";
}

std::string ActionName(RefAction action) {
  switch (action) {
    case RefAction::kCreate:
      return "create";
    case RefAction::kReplace:
      return "replace";
    case RefAction::kDelete:
      return "delete";
    case RefAction::kFastForward:
      break;
  }
  return "fast-forward";
}

arrow::Result<std::optional<SnapshotId>> TargetSnapshot(const RefCommandOptions& options,
                                                        const OpenedTable& opened,
                                                        CommandContext& context) {
  ARROW_ASSIGN_OR_RAISE(const auto target, ParseTarget(options.target, options.timezone, context));
  if (std::holds_alternative<std::monostate>(target)) return std::nullopt;
  ARROW_ASSIGN_OR_RAISE(const auto pin, Resolve(*opened.catalog, opened.table, target));
  if (!pin.view.snapshot_id) {
    return arrow::Status::Invalid("table ", opened.name().ToString(), " had no snapshot at ",
                                  FormatTarget(target), ": there is nothing to name");
  }
  return pin.view.snapshot_id;
}

arrow::Result<RefChange> ToChange(const RefCommandOptions& options, const OpenedTable& opened,
                                  CommandContext& context) {
  RefChange change;
  change.name = options.name;
  change.kind = options.kind;
  ARROW_ASSIGN_OR_RAISE(change.snapshot_id, TargetSnapshot(options, opened, context));
  const bool create = options.action == RefAction::kCreate;
  if (create && !change.snapshot_id) change.snapshot_id = opened.metadata().current_snapshot_id;
  change.replace = options.replace || !create;
  change.must_exist = !create;
  if (options.keep) {
    ARROW_ASSIGN_OR_RAISE(change.max_ref_age_ms, ParseAge("--keep", *options.keep));
  }
  if (options.keep_snapshots) {
    ARROW_ASSIGN_OR_RAISE(change.max_snapshot_age_ms,
                          ParseAge("--keep-snapshots", *options.keep_snapshots));
  }
  change.min_snapshots_to_keep = options.keep_snapshots_min;
  return change;
}

arrow::Result<CommitResult> Change(const RefCommandOptions& options, const OpenedTable& opened,
                                   CommandContext& context) {
  if (const auto done = AlreadyDone(opened, options.commit.once_key)) return *done;
  const auto commit = ToCommitOptions(options.commit, context);
  switch (options.action) {
    case RefAction::kDelete:
      return RemoveRef(*opened.catalog, opened.name(), options.name, options.kind, commit);
    case RefAction::kFastForward:
      return FastForward(*opened.catalog, opened.name(), options.name, options.to, commit);
    case RefAction::kCreate:
    case RefAction::kReplace:
      break;
  }
  ARROW_ASSIGN_OR_RAISE(const auto change, ToChange(options, opened, context));
  return SetRef(*opened.catalog, opened.name(), change, commit);
}

std::string Sentence(const RefCommandOptions& options, const std::string& table,
                     const std::optional<SnapshotId>& snapshot) {
  const std::string named = KindName(options.kind) + " " + options.name;
  switch (options.action) {
    case RefAction::kDelete:
      return "deleted " + named + " of " + table;
    case RefAction::kFastForward:
      return "moved " + named + " of " + table + " to " + options.to;
    case RefAction::kCreate:
    case RefAction::kReplace:
      break;
  }
  return named + " of " + table + " names snapshot " + (snapshot ? ToString(*snapshot) : "none");
}

}  // namespace

arrow::Status RunRef(const RefCommandOptions& options, CommandContext& context) {
  const Stopwatch watch;
  ARROW_ASSIGN_OR_RAISE(const auto opened, OpenTableToWrite(context, options.table));
  ARROW_ASSIGN_OR_RAISE(const auto result, Change(options, opened, context));
  const auto& refs = result.table.metadata->refs;
  const auto found = refs.find(options.name);
  std::optional<SnapshotId> snapshot;
  if (found != refs.end()) snapshot = found->second.snapshot_id;
  const std::string table = opened.name().ToString();
  if (options.commit.format == FactFormat::kText) {
    return context.Print(Sentence(options, table, snapshot) + "\n");
  }
  FactRecord facts;
  facts.Add("table", Fact::Text(table));
  facts.Add("operation", Fact::Text(KindName(options.kind) + " " + ActionName(options.action)));
  facts.Add("name", Fact::Text(options.name));
  facts.Add("type", Fact::Text(KindName(options.kind)));
  facts.Add("snapshot_id", Fact::IdIf(snapshot));
  facts.Add("attempts", Fact::Count(result.attempts));
  facts.Add("elapsed_ms", Fact::Count(watch.ElapsedMs()));
  return context.Print(facts, options.commit.format);
}

}  // namespace artemis
