// What the first two passes need to know of each partition spec of a plan: its tuple type and the projected predicate.
#pragma once

#include <map>

#include "artemis/expr/predicate.h"
#include "artemis/schema/partition_spec.h"
#include "artemis/table/table_view.h"

namespace artemis {

struct SpecProjection {
  PartitionSpec spec;
  // The struct type of the spec's tuples; no fields when a source type is no longer known (nothing is pruned then).
  Type partition_type;
  BoundPredicate inclusive;
};

// Projections by spec id for every spec of the table. Source types come from the view's schema, else from any schema of the table.
std::map<SpecId, SpecProjection> ProjectSpecs(const TableView& view,
                                              const BoundPredicate& predicate);

}  // namespace artemis
