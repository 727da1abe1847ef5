// What the first two passes need to know of each partition spec of a plan: its tuple type and the projected predicate.
#pragma once

#include <map>
#include <memory>

#include "artemis/expr/predicate.h"
#include "artemis/expr/residual_plan.h"
#include "artemis/schema/partition_spec.h"
#include "artemis/table/table_view.h"

namespace artemis {

struct SpecProjection {
  PartitionSpec spec;
  // The struct type of the spec's tuples; no fields when a source type is no longer known (nothing is pruned then).
  Type partition_type;
  BoundPredicate inclusive;
  // The schema that knows the source types: the view's or one of its metadata; null when none does.
  const Schema* schema = nullptr;
  // Of the predicate; null where no tuple of the spec can say anything of its columns.
  std::shared_ptr<const ResidualLeaves> residuals = nullptr;
};

// Projections by spec id for every spec of the table. Source types come from the view's schema, else from the newest schema of the
// table that has them. `view` must outlive the result.
std::map<SpecId, SpecProjection> ProjectSpecs(const TableView& view,
                                              const BoundPredicate& predicate);

}  // namespace artemis
