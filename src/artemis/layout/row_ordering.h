// How rows are put in order, by columns or along a curve, and their keys.
#pragma once

#include <cstdint>
#include <memory>
#include <variant>
#include <vector>

#include <arrow/memory_pool.h>
#include <arrow/record_batch.h>
#include <arrow/result.h>

#include "artemis/layout/cluster_keys.h"
#include "artemis/layout/sort_keys.h"

namespace artemis {

// The keys of one batch's rows.
class RowKeys {
 public:
  explicit RowKeys(SortKeys keys) : keys_(std::move(keys)) {}
  explicit RowKeys(std::vector<uint64_t> keys) : keys_(std::move(keys)) {}

  // Whether row `a` of these comes before row `b` of `other`, keys of the same ordering.
  bool IsBefore(int64_t a, const RowKeys& other, int64_t b) const;
  // The rows in order, equal keys in their own. Ends these keys.
  std::vector<uint32_t> TakeSortedRows();

 private:
  std::variant<SortKeys, std::vector<uint64_t>> keys_;
};

// Immutable; may be used by several threads at once.
class RowOrdering {
 public:
  // Requires an order with fields.
  static RowOrdering ByColumns(Schema schema, SortOrder order) {
    return RowOrdering(ColumnOrder{std::move(schema), std::move(order)});
  }
  static RowOrdering AlongCurve(ClusterKeys keys) { return RowOrdering(std::move(keys)); }

  // The curve's keys; null for an ordering by columns.
  const ClusterKeys* curve() const { return std::get_if<ClusterKeys>(&rule_); }

  // `scope` kAllBatches: keys that compare with those of other batches. Invalid: a column that is missing or has no order.
  arrow::Result<RowKeys> Keys(const arrow::RecordBatch& batch, SortKeyScope scope, int threads,
                              arrow::MemoryPool* pool) const;

 private:
  struct ColumnOrder {
    Schema schema;
    SortOrder order;
  };
  explicit RowOrdering(std::variant<ColumnOrder, ClusterKeys> rule) : rule_(std::move(rule)) {}

  std::variant<ColumnOrder, ClusterKeys> rule_;
};

}  // namespace artemis
