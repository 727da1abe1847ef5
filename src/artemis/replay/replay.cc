// Replay: load, resolve, plan, stream.
#include "artemis/replay/replay.h"

#include <algorithm>

#include "artemis/base/error.h"
#include "artemis/io/file_system.h"
#include "artemis/replay/pinned_stream.h"
#include "artemis/replay/replay_options.h"
#include "artemis/scan/plan_caches.h"

namespace artemis {

arrow::Result<BoundPredicate> BindFilter(const ReplayOptions& options, const Schema& schema) {
  if (!options.where) return BoundPredicate::True();
  return Bind(*options.where, schema);
}

arrow::Result<std::optional<std::vector<FieldId>>> ChosenColumns(const ReplayOptions& options,
                                                                 const Schema& schema) {
  if (!options.columns) return options.read.columns;
  std::vector<FieldId> ids;
  for (const auto& name : *options.columns) {
    ARROW_ASSIGN_OR_RAISE(const Field* field, RequireField(schema, name));
    const bool top_level = std::any_of(schema.fields.begin(), schema.fields.end(),
                                       [&](const Field& each) { return each.id == field->id; });
    if (!top_level)
      return arrow::Status::Invalid("column ", name, " is nested: name its top-level column");
    ids.push_back(field->id);
  }
  return ids;
}

ReplayEngine::ReplayEngine(Catalog& catalog, TableName table)
    : catalog_(catalog), table_(std::move(table)), caches_(std::make_shared<PlanCaches>()) {}

arrow::Result<ReplayResult> ReplayEngine::Replay(const ReplayTarget& target,
                                                 const ReplayOptions& options) {
  ARROW_ASSIGN_OR_RAISE(const LoadedTable table, catalog_.Load(table_));
  ReplayResult result;
  ARROW_ASSIGN_OR_RAISE(result.pin, Resolve(catalog_, table, target, options.mode));
  ARROW_ASSIGN_OR_RAISE(const auto predicate, BindFilter(options, *result.pin.view.schema));
  ReadOptions read = options.read;
  ARROW_ASSIGN_OR_RAISE(read.columns, ChosenColumns(options, *result.pin.view.schema));
  PlanOptions plan_options;
  plan_options.explain = options.explain;
  caches_->UseIn(&plan_options);
  const PinGuard guard(catalog_, table_, result.pin);
  auto plan = PlanScan(result.pin.view, predicate, catalog_.files(), plan_options);
  if (!plan.ok()) return guard.Explain(plan.status());
  result.plan = std::move(*plan);
  if (options.explain) return result;
  result.counters = std::make_shared<ReadCounters>();
  ScanPlan to_read = result.plan;
  result.plan.tasks.clear();
  ARROW_ASSIGN_OR_RAISE(auto rows,
                        ReadPlan(std::move(to_read), catalog_.files(), read, result.counters));
  result.rows = guard.Watch(std::move(rows));
  return result;
}

}  // namespace artemis
