// Deleted rows as DuckDB's Parquet reader asks for them, 2048 rows at a time. Only for sql/.
#pragma once

#include <cstdint>
#include <vector>

#include <duckdb/common/multi_file/multi_file_data.hpp>

namespace artemis {

class DeletedRows : public duckdb::DeleteFilter {
 public:
  // Ascending and unique; 0 is the file's first row.
  explicit DeletedRows(std::vector<int64_t> positions) : positions_(std::move(positions)) {}

  // Selects, of the `count` rows from `start`, those that stay, and returns how many do. Called by several threads at once.
  duckdb::idx_t Filter(duckdb::row_t start, duckdb::idx_t count,
                       duckdb::SelectionVector& selection) override;

 private:
  const std::vector<int64_t> positions_;
};

}  // namespace artemis
