// Rows as bytes that compare like the rows: the keys of a sort order, one string of bytes per row, compared with memcmp.
//
// For each sort field: a byte that places nulls (left out where the batch's column has none and its keys stay among themselves), then the value: integers big-endian with
// the sign bit flipped; floating point by its bits, made ascending, every NaN after infinity; strings and bytes with 00 written
// as 00 FF, ended by 00 00; descending inverts the value's bytes. (Specification, "Sorting".)
#pragma once

#include <cstdint>
#include <string_view>
#include <vector>

#include <arrow/memory_pool.h>
#include <arrow/record_batch.h>
#include <arrow/result.h>

#include "artemis/schema/sort_order.h"

namespace artemis {

// Which keys compare with each other; those of one batch alone are shorter.
enum class SortKeyScope : uint8_t { kOneBatch, kAllBatches };

class SortKeys {
 public:
  // `batch` has the schema ToArrowSchema(schema).
  static arrow::Result<SortKeys> Make(const arrow::RecordBatch& batch, const Schema& schema,
                                      const SortOrder& order, arrow::MemoryPool* pool,
                                      SortKeyScope scope = SortKeyScope::kOneBatch);

  std::string_view operator[](int64_t row) const {
    const uint64_t begin = offsets_[static_cast<size_t>(row)];
    return {reinterpret_cast<const char*>(bytes_.data()) + begin,
            offsets_[static_cast<size_t>(row) + 1] - begin};
  }

  // The rows in key order; equal keys keep their order.
  std::vector<uint32_t> SortedRows() const;

 private:
  std::vector<uint8_t> bytes_;
  std::vector<uint64_t> offsets_;
};

}  // namespace artemis
