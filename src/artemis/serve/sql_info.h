// What the server says of itself and its SQL: the SqlInfo set of Flight SQL, and its type info.
//
// Drivers read some eighty of the ids and fail where one is missing: all ids of the specification are there.
#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <vector>

#include <arrow/record_batch.h>
#include <arrow/result.h>

namespace artemis {

struct SqlInfoFacts {
  int64_t statement_timeout_ms = 0;    // 0: none
  int64_t transaction_timeout_ms = 0;  // 0: none
  // Whether who asks may change tables.
  bool writes = false;
};

// info_name: uint32, value: dense_union of string, bool, int64, int32, list of strings, map of int32 to lists of int32.
std::shared_ptr<arrow::Schema> SqlInfoSchema();

// The rows of `ids` in their order; of all, sorted, when it is empty. KeyError names an id that is none.
arrow::Result<std::shared_ptr<arrow::RecordBatch>> SqlInfoBatch(const std::vector<uint32_t>& ids,
                                                                const SqlInfoFacts& facts);

// The types that columns of results have, by their XDBC codes. Sorted by code.
std::shared_ptr<arrow::Schema> TypeInfoSchema();
arrow::Result<std::shared_ptr<arrow::RecordBatch>> TypeInfoBatch(std::optional<int32_t> data_type);

}  // namespace artemis
