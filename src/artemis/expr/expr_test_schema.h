// For tests: a schema with a column of every primitive type, and short ways to make leaves on it.
#pragma once

#include "artemis/expr/predicate.h"

namespace artemis {

// Columns, with ids from 1 on: flag boolean, i int, l long, f float, d double, dec decimal(9,2),
// wide decimal(38,10), day date, tod time, ts timestamp, tz timestamptz, tsn timestamp_ns, tzn
// timestamptz_ns, s string, u uuid, fx fixed[3], bin binary, void unknown; then point struct with
// point.x double, tags list of string, raw map.
Schema ExprTestSchema();

// A leaf on a column of that schema, with values as they are. Aborts on an unknown column.
BoundPredicate TestLeaf(const std::string& column, PredicateOp op,
                        std::vector<LiteralValue> values = {});
BoundPredicate TestNode(PredicateOp op, std::vector<BoundPredicate> args);

// The unbound form.
Predicate UnboundLeaf(const std::string& column, PredicateOp op,
                      std::vector<UnboundValue> values = {});
Predicate UnboundNode(PredicateOp op, std::vector<Predicate> args);

}  // namespace artemis
