// The values of one column of a sample as ranks among its different values, so that bounds of any set of its rows cost a comparison
// of numbers a row.
#pragma once

#include <cstdint>
#include <span>
#include <vector>

#include <arrow/record_batch.h>
#include <arrow/result.h>

#include "artemis/expr/range_evaluator.h"
#include "artemis/schema/schema.h"

namespace artemis {

class SampledColumn {
 public:
  static constexpr int32_t kNull = -2;
  static constexpr int32_t kNaN = -1;

  // `rows` has the schema ToArrowSchema(schema); the field may lie in structs. Invalid for one in lists or maps.
  static arrow::Result<SampledColumn> Make(const arrow::RecordBatch& rows, const Schema& schema,
                                           const Field& field);

  const Field& field() const { return field_; }
  // Different values, nulls and NaN not among them.
  int64_t distinct() const { return static_cast<int64_t>(values_.size()); }
  // Greatest minus least, of whole and floating numbers; 0 for others.
  double width() const;
  // Of each row: kNull, kNaN, or the place of its value among the different ones, ascending.
  const std::vector<int32_t>& ranks() const { return ranks_; }

  // What a data file of these rows would say of the column; text is cut as writers do (parquet/bound_truncation.h, 16 characters).
  // Requires a row.
  ColumnRange RangeOf(std::span<const int64_t> rows) const;

 private:
  Field field_;
  std::vector<LiteralValue> values_;
  // The same as bounds.
  std::vector<LiteralValue> lowers_;
  std::vector<std::optional<LiteralValue>> uppers_;
  std::vector<int32_t> ranks_;
};

}  // namespace artemis
