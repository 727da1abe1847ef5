// For tests: random values, predicates, tables and partition specs over ExprTestSchema. Values come
// from small sets around the edges (zero, units of time, NaN, ends of types), so that they meet.
#pragma once

#include <random>

#include "artemis/expr/predicate.h"
#include "artemis/expr/reference_evaluator.h"
#include "artemis/schema/partition_spec.h"

namespace artemis {

class RandomExpr {
 public:
  explicit RandomExpr(uint64_t seed);

  // Below `bound`; bound > 0.
  int64_t Below(int64_t bound);
  bool OneIn(int64_t n) { return Below(n) == 0; }

  LiteralValue Value(const Type& type);
  // Null one time in six.
  std::optional<LiteralValue> NullableValue(const Type& type);
  // A row with a value for each column in use, at first every primitive one of ExprTestSchema.
  ReferenceRow Row();

  // Forgets all columns but `count`, picked at random, so that predicates and specs meet.
  void KeepColumns(size_t count);
  const std::vector<Field>& columns() const { return columns_; }

  BoundPredicate Leaf();
  // A predicate with NOT anywhere.
  BoundPredicate Tree(int depth);

  // One to three fields on the columns in use, over all transforms.
  PartitionSpec Spec();

 private:
  LiteralValue Timestamp(int64_t ticks_per_second);
  LiteralValue Decimal(const Type& type);
  std::string Text(const std::vector<std::string>& alphabet, int64_t max_length);
  PredicateOp LeafOp(const Type& type);
  Transform AnyTransform();

  std::mt19937_64 random_;
  std::vector<Field> columns_;
};

// Today's writers round times down; early ones truncated towards zero, so a time before 1970 that is no whole unit went one unit too
// far up.
enum class WriterAge : uint8_t { kNew, kEarly };

// The partition of a row; the value of an unknown transform is text.
PartitionTuple TupleOf(const ReferenceRow& row, const PartitionSpec& spec,
                       const std::vector<Field>& columns, WriterAge age);

}  // namespace artemis
