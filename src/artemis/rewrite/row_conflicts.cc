// Judges files of other commits.
#include "artemis/rewrite/row_conflicts.h"

#include <utility>

#include "artemis/expr/lift.h"
#include "artemis/expr/range_evaluator.h"
#include "artemis/scan/field_ranges.h"

namespace artemis {

std::function<bool(const DataFile&)> MayHoldRowsOf(BoundPredicate predicate,
                                                   std::shared_ptr<const TableMetadata> metadata) {
  return [predicate = std::move(predicate), metadata = std::move(metadata)](const DataFile& file) {
    const auto& schema = metadata->CurrentSchema();
    const auto* spec = metadata->FindSpec(file.spec_id);
    if (spec != nullptr &&
        !EvaluateTuple(ProjectInclusive(predicate, *spec, schema), *spec, file.partition))
      return false;
    return MayMatch(predicate, MetricsRanges(file.metrics, schema));
  };
}

}  // namespace artemis
