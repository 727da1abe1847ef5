// A predicate over a record batch. Only "true" is tracked: without NOT, false and null end alike.
#include "artemis/expr/row_evaluator.h"

#include <arrow/array/array_primitive.h>

#include "artemis/expr/row_leaf.h"

namespace artemis {
namespace {

class BatchEvaluator {
 public:
  BatchEvaluator(int64_t num_rows, const ColumnLookup& columns, arrow::MemoryPool* pool)
      : num_rows_(num_rows), columns_(columns), pool_(pool) {}

  arrow::Result<RowMask> Evaluate(const BoundPredicate& node) {
    switch (node.op) {
      case PredicateOp::kTrue:
        return All();
      case PredicateOp::kFalse:
        return RowMask::Make(num_rows_, pool_);
      case PredicateOp::kAnd:
        return EvaluateAnd(node);
      case PredicateOp::kOr:
        return EvaluateOr(node);
      case PredicateOp::kNot:
        return Evaluate(Negate(node.args.front()));
      default:
        return EvaluateLeaf(node);
    }
  }

 private:
  arrow::Result<RowMask> All() {
    ARROW_ASSIGN_OR_RAISE(RowMask mask, RowMask::Make(num_rows_, pool_));
    mask.SetAll();
    return mask;
  }

  arrow::Result<RowMask> EvaluateAnd(const BoundPredicate& node) {
    if (node.args.empty()) return All();
    ARROW_ASSIGN_OR_RAISE(RowMask mask, Evaluate(node.args.front()));
    for (size_t i = 1; i < node.args.size() && !mask.is_empty(); ++i) {
      ARROW_ASSIGN_OR_RAISE(const RowMask other, Evaluate(node.args[i]));
      mask.AndWith(other);
    }
    return mask;
  }

  arrow::Result<RowMask> EvaluateOr(const BoundPredicate& node) {
    ARROW_ASSIGN_OR_RAISE(RowMask mask, RowMask::Make(num_rows_, pool_));
    for (const auto& arg : node.args) {
      ARROW_ASSIGN_OR_RAISE(const RowMask other, Evaluate(arg));
      mask.OrWith(other);
    }
    return mask;
  }

  arrow::Result<RowMask> EvaluateLeaf(const BoundPredicate& leaf) {
    const std::shared_ptr<arrow::Array> column = columns_(leaf.field_id);
    if (column == nullptr) return EvaluateLeafNulls(leaf, num_rows_, pool_);
    if (column->length() != num_rows_) {
      return arrow::Status::Invalid("field ", ToString(leaf.field_id), ": expected a column of ",
                                    num_rows_, " rows, found ", column->length());
    }
    return EvaluateLeafRows(leaf, *column, pool_);
  }

  int64_t num_rows_;
  const ColumnLookup& columns_;
  arrow::MemoryPool* pool_;
};

}  // namespace

arrow::Result<std::shared_ptr<arrow::BooleanArray>> EvaluateRows(const BoundPredicate& predicate,
                                                                 int64_t num_rows,
                                                                 const ColumnLookup& columns,
                                                                 arrow::MemoryPool* pool) {
  ARROW_ASSIGN_OR_RAISE(RowMask mask, BatchEvaluator(num_rows, columns, pool).Evaluate(predicate));
  return std::make_shared<arrow::BooleanArray>(num_rows, std::move(mask).TakeBuffer());
}

}  // namespace artemis
