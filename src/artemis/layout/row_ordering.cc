// Keys by the one rule or the other.
#include "artemis/layout/row_ordering.h"

#include "artemis/layout/radix_sort.h"

namespace artemis {

bool RowKeys::IsBefore(int64_t a, const RowKeys& other, int64_t b) const {
  if (const auto* sort_keys = std::get_if<SortKeys>(&keys_)) {
    return (*sort_keys)[a] < std::get<SortKeys>(other.keys_)[b];
  }
  const auto& own = std::get<std::vector<uint64_t>>(keys_);
  return own[static_cast<size_t>(a)] <
         std::get<std::vector<uint64_t>>(other.keys_)[static_cast<size_t>(b)];
}

std::vector<uint32_t> RowKeys::TakeSortedRows() {
  if (const auto* sort_keys = std::get_if<SortKeys>(&keys_)) return sort_keys->SortedRows();
  const auto keys = std::move(std::get<std::vector<uint64_t>>(keys_));
  return RowsByKey(keys);
}

arrow::Result<RowKeys> RowOrdering::Keys(const arrow::RecordBatch& batch, SortKeyScope scope,
                                         int threads, arrow::MemoryPool* pool) const {
  if (const auto* columns = std::get_if<ColumnOrder>(&rule_)) {
    ARROW_ASSIGN_OR_RAISE(auto keys,
                          SortKeys::Make(batch, columns->schema, columns->order, pool, scope));
    return RowKeys(std::move(keys));
  }
  ARROW_ASSIGN_OR_RAISE(auto keys, std::get<ClusterKeys>(rule_).Make(batch, threads, pool));
  return RowKeys(std::move(keys));
}

}  // namespace artemis
