// Rows as text, and delete files as other writers make them, for the tests of reading and of everything above it.
#pragma once

#include <memory>
#include <string>
#include <utility>
#include <vector>

#include <arrow/array.h>
#include <arrow/record_batch.h>
#include <arrow/result.h>

#include "artemis/read/read_plan.h"
#include "artemis/scan/parquet_fixture.h"

namespace artemis {

using Rows = std::vector<std::string>;

// "null", 5, 1.5, text as it is, {a, b} for structs, [a, b] for lists, {k: v} for maps.
std::string CellText(const arrow::Array& array, int64_t row);
// The rows of a batch, columns joined with '|'.
Rows RowsOf(const arrow::RecordBatch& batch);
// The rows of a stream; the first failure.
arrow::Result<Rows> TryRows(const arrow::Result<std::shared_ptr<arrow::RecordBatchReader>>& stream);
// Fails the running test where TryRows fails.
Rows RowsOf(const arrow::Result<std::shared_ptr<arrow::RecordBatchReader>>& stream);
Rows Sorted(Rows rows);

// Options for one thread: rows in plan order.
ReadOptions InOrder();

// A stream over the rows of `view` that match.
arrow::Result<std::shared_ptr<arrow::RecordBatchReader>> OpenRows(
    TestTable& table, const TableView& view, const BoundPredicate& predicate = {},
    const ReadOptions& options = InOrder());
// The rows of the current snapshot, in plan order.
Rows ReadRows(TestTable& table, const ReadOptions& options = InOrder());
Rows ReadRows(TestTable& table, const Predicate& predicate, const ReadOptions& options = InOrder());
arrow::Status ReadStatus(TestTable& table, const ReadOptions& options = InOrder());

// A position delete file (specification, "Position Delete Files") with bounds of file_path in its entry.
DataFile WritePositionDeletes(TestTable& table,
                              const std::vector<std::pair<std::string, int64_t>>& positions,
                              const ForeignFileOptions& options = {});
// An equality delete file over all fields of `schema`.
DataFile WriteEqualityDeletes(TestTable& table, const std::shared_ptr<arrow::Schema>& schema,
                              const std::string& rows_json, const ForeignFileOptions& options = {});

}  // namespace artemis
