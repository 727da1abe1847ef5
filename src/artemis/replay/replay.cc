// Replay: load, resolve, plan.
#include "artemis/replay/replay.h"

#include "artemis/io/file_system.h"
#include "artemis/replay/pinned_stream.h"
#include "artemis/replay/replay_deadline.h"
#include "artemis/replay/replay_options.h"
#include "artemis/scan/plan_caches.h"
#include "artemis/schema/metadata_columns.h"

namespace artemis {

arrow::Result<BoundPredicate> BindFilter(const ReplayOptions& options, const Schema& schema) {
  if (!options.where) return BoundPredicate::True();
  return Bind(*options.where, schema);
}

namespace {

// Names of the schema go before those that every table has.
arrow::Result<FieldId> ChosenColumn(const std::string& name, const Schema& schema) {
  for (const Field& field : schema.fields) {
    if (field.name == name) return field.id;
  }
  if (const Field* reserved = FindMetadataColumn(name)) return reserved->id;
  ARROW_RETURN_NOT_OK(RequireField(schema, name));
  return arrow::Status::Invalid("column ", name, " is nested: name its top-level column");
}

}  // namespace

arrow::Result<std::optional<std::vector<FieldId>>> ChosenColumns(const ReplayOptions& options,
                                                                 const Schema& schema) {
  if (!options.columns) return options.read.columns;
  std::vector<FieldId> ids;
  for (const auto& name : *options.columns) {
    ARROW_ASSIGN_OR_RAISE(ids.emplace_back(), ChosenColumn(name, schema));
  }
  return ids;
}

ReplayEngine::ReplayEngine(Catalog& catalog, TableName table)
    : catalog_(catalog), table_(std::move(table)), caches_(std::make_shared<PlanCaches>()) {}

arrow::Result<ReplaySession> ReplayEngine::Open(const ReplayTarget& target,
                                                const ReplayOptions& options) {
  auto deadline = std::make_shared<ReplayDeadline>(options.deadline_ms, options.read.stop);
  ARROW_ASSIGN_OR_RAISE(const LoadedTable table, catalog_.Load(table_));
  ARROW_ASSIGN_OR_RAISE(const auto pin, Resolve(catalog_, table, target, options.mode));
  return Plan(pin, options, std::move(deadline));
}

arrow::Result<ReplaySession> ReplayEngine::OpenPinned(const PinnedSnapshot& pin,
                                                      const ReplayOptions& options) {
  return Plan(pin, options,
              std::make_shared<ReplayDeadline>(options.deadline_ms, options.read.stop));
}

arrow::Result<ReplaySession> ReplayEngine::Plan(const PinnedSnapshot& pin,
                                                const ReplayOptions& options,
                                                std::shared_ptr<ReplayDeadline> deadline) {
  ReplaySession session;
  session.catalog_ = &catalog_;
  session.table_ = table_;
  session.pin_ = pin;
  session.options_ = options;
  session.deadline_ = std::move(deadline);
  const Schema& schema = *pin.view.schema;
  ARROW_ASSIGN_OR_RAISE(const auto predicate, BindFilter(options, schema));
  ARROW_ASSIGN_OR_RAISE(session.options_.read.columns, ChosenColumns(options, schema));
  PlanOptions plan_options;
  plan_options.explain = options.explain;
  if (options.order) {
    ARROW_ASSIGN_OR_RAISE(session.order_column_, OrderColumn(pin.view, *options.order));
    plan_options.all_metrics = true;
  }
  session.caches_ = caches_;
  caches_->UseIn(&plan_options);
  auto plan = PlanScan(pin.view, predicate, catalog_.files(), plan_options);
  if (!plan.ok()) return PinGuard(catalog_, table_, pin).Explain(plan.status());
  ARROW_RETURN_NOT_OK(session.deadline_->Poll());
  session.plan_ = std::make_shared<const ScanPlan>(*std::move(plan));
  ScanPlan nothing{pin.view, predicate, {}, {}, {}};
  ARROW_ASSIGN_OR_RAISE(const auto empty,
                        ReadPlan(std::move(nothing), catalog_.files(), session.options_.read));
  session.schema_ = empty->schema();
  return session;
}

arrow::Result<ReplaySession> ReplayEngine::ReplayAt(TimestampMs time, const Predicate& where,
                                                    ReplayOptions options) {
  options.where = where;
  return Open(ReplayTarget(time), options);
}

arrow::Result<ReplaySession> ReplayEngine::ReplayAtSnapshot(SnapshotId id, const Predicate& where,
                                                            ReplayOptions options) {
  options.where = where;
  return Open(ReplayTarget(id), options);
}

arrow::Result<ReplaySession> ReplayEngine::ReplayAtRef(const std::string& name,
                                                       const Predicate& where,
                                                       ReplayOptions options) {
  options.where = where;
  return Open(ReplayTarget(name), options);
}

arrow::Result<ReplayResult> ReplayEngine::Replay(const ReplayTarget& target,
                                                 const ReplayOptions& options) {
  ARROW_ASSIGN_OR_RAISE(const ReplaySession session, Open(target, options));
  ReplayResult result;
  result.pin = session.pin();
  if (options.explain) {
    result.plan = session.plan();
    return result;
  }
  const ScanPlan& plan = session.plan();
  result.plan = ScanPlan{plan.view, plan.predicate, {}, plan.summary, {}};
  result.counters = std::make_shared<ReadCounters>();
  ARROW_ASSIGN_OR_RAISE(result.rows, session.Rows(result.counters));
  return result;
}

arrow::Result<ReplayInspection> ReplayEngine::Inspect(const ReplayTarget& target,
                                                      const ReplayOptions& options) {
  ReplayOptions planned = options;
  planned.explain = true;
  ARROW_ASSIGN_OR_RAISE(const ReplaySession session, Open(target, planned));
  return ReplayInspection{session.pin(), session.plan().summary};
}

}  // namespace artemis
