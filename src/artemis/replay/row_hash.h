// 128-bit hashes of rows, for multisets of rows that do not keep the rows.
//
// Two rows hash alike when every column is null in both or holds the same bytes in both (so 0.0 and -0.0, and NaNs of other
// payloads, are different rows: what copy-on-write carries over is bit-identical). Different rows collide with probability about n^2 / 2^129.
#pragma once

#include <cstdint>
#include <string_view>
#include <vector>

#include <arrow/array.h>
#include <arrow/record_batch.h>
#include <arrow/result.h>

namespace artemis {

struct RowHash {
  uint64_t low = 0;
  uint64_t high = 0;
  bool operator==(const RowHash&) const = default;
};

struct RowHashHasher {
  size_t operator()(const RowHash& hash) const noexcept { return hash.low; }
};

// A hash per row, over all columns in order; nested columns included. NotImplemented for Arrow types that no Iceberg type maps to.
arrow::Result<std::vector<RowHash>> HashRows(const arrow::RecordBatch& batch);
arrow::Result<std::vector<RowHash>> HashRows(const arrow::ArrayVector& columns, int64_t rows);

// Of any bytes.
RowHash HashBytes(std::string_view bytes);

}  // namespace artemis
