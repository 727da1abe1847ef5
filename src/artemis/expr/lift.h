// Lifting: a predicate on columns becomes one on partition fields (specification, "Scan Planning";
// Java's Projections).
//
//   transform        leaf              inclusive            strict
//   identity         every leaf        as it is             as it is
//   bucket           = v, IN           = b(v), IN           -
//                    != v, NOT IN      not null             != b(v), NOT IN
//                    other             not null             -
//   year to hour,    < v               <= t(v-1)            < t(v)
//   truncate of      <= v              <= t(v)              < t(v+1)
//   numbers          > v               >= t(v+1)            > t(v)
//                    >= v              >= t(v)              > t(v-1)
//                    = v, IN           = t(v), IN           = those wholly listed
//                    != v, NOT IN      != those wholly      != t(v), NOT IN
//                                      listed, not null
//   truncate of      the same, but a value shorter than W is alone in its partition, and one of W
//   text and bytes   is the first of it: < and > of the one, < and >= of the other are as they are
//                    starts_with v     v shorter than W: as it is; as long: = v
//                                      longer: = t(v)       -
//                    NOT starts_with   v shorter than W: as it is; as long: != v
//                                      longer: not null     != t(v)
//   void, unknown    every leaf        -                    -
//
// IS NULL and IS NOT NULL pass through all but void and unknown. Where several fields have one
// source, the inclusive projection needs all of them, the strict one any. Members of an AND that
// leave no value of a column exclude everything. Each rule, with what it loses:
// docs/lifting-rules.md, made from tests/golden/lifting-rules.toml, which lifting_rules_test.cc holds
// against this.
//
// Relies on transforms that keep the order over the whole type, as ours do (they saturate). Java's
// truncate and hour wrap round within W of the least integer and past the year 200,000; such values
// in foreign tables are not found, as in Java.
#pragma once

#include "artemis/expr/predicate.h"
#include "artemis/schema/partition_spec.h"

namespace artemis {

// The inclusive projection: true for the tuple of every partition that may hold a matching row.
// Leaves name partition field ids and have the transform's result type. What cannot be said is
// kTrue ("all partitions"). For time transforms it also admits value + 1 of negative values, since
// old writers truncated towards zero.
BoundPredicate ProjectInclusive(const BoundPredicate& predicate, const PartitionSpec& spec,
                                const Schema& schema);
// The strict projection: true only for tuples of partitions in which every row matches. What cannot
// be said is kFalse.
BoundPredicate ProjectStrict(const BoundPredicate& predicate, const PartitionSpec& spec,
                             const Schema& schema);

// What is left to check per row in a file with this tuple: kTrue when the partition proves it,
// kFalse when it excludes it. Keeps the same rows of that file as `predicate`; it is not meant to
// be negated.
BoundPredicate Residual(const BoundPredicate& predicate, const PartitionSpec& spec,
                        const Schema& schema, const PartitionTuple& tuple);

// Evaluates a projected predicate on one tuple: exact, three-valued, null counts as not kept.
// Requires leaves on fields of `spec`; ints and floats in the tuple are widened where the leaf is
// of the wider type.
bool EvaluateTuple(const BoundPredicate& projected, const PartitionSpec& spec,
                   const PartitionTuple& tuple);

}  // namespace artemis
