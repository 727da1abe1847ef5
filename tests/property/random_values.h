// Random choices for histories: values from small sets around the edges, so that they meet; rows; predicates in two forms.
#pragma once

#include <memory>
#include <optional>
#include <random>
#include <string>
#include <vector>

#include <arrow/record_batch.h>
#include <arrow/result.h>

#include "table_model.h"

namespace artemis {

// A predicate as a user writes it, and what it means, with NOT anywhere.
struct RandomPredicate {
  Predicate asked;
  BoundPredicate meant;
};

class RandomValues {
 public:
  explicit RandomValues(uint64_t seed) : random_(seed) {}

  // In [0, bound); bound > 0.
  int64_t Below(int64_t bound) { return static_cast<int64_t>(random_() % bound); }
  bool OneIn(int64_t n) { return Below(n) == 0; }
  template <typename T>
  const T& OneOf(const std::vector<T>& items) {
    return items[Below(static_cast<int64_t>(items.size()))];
  }

  Type ColumnType();
  LiteralValue Value(const Type& type);
  std::optional<LiteralValue> NullableValue(const Field& column);
  RandomPredicate PredicateOver(const Columns& columns, int depth);
  // One that most rows do not fulfil.
  RandomPredicate NarrowPredicate(const Columns& columns);

  // Rows with a value for each column, as a batch whose columns are in any order and of which some that need not be there are missing;
  // the rows hold what is to be read for them.
  arrow::Result<std::shared_ptr<arrow::RecordBatch>> Batch(const Columns& columns, int64_t count,
                                                           ModelRows* rows);

 private:
  RandomPredicate Leaf(const Field& column);

  std::mt19937_64 random_;
};

// An array of these cells of the column.
arrow::Result<std::shared_ptr<arrow::Array>> CellsOf(const ModelRows& rows, const Field& column);

}  // namespace artemis
