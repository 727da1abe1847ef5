// Overwrite, delete and update by predicate: whole files where the metadata proves it; for the others copy-on-write (the file is written
// again) or merge-on-read (its rows are marked deleted: position delete files in v2, deletion vectors in v3).
#pragma once

#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include <arrow/record_batch.h>
#include <arrow/result.h>
#include <arrow/scalar.h>

#include "artemis/commit/commit.h"
#include "artemis/expr/predicate.h"
#include "artemis/write/table_writer.h"

namespace artemis {

// kTableProperty: write.delete.mode, for an update write.update.mode: "copy-on-write" (the default) or "merge-on-read".
enum class RewriteMode : uint8_t { kTableProperty, kCopyOnWrite, kMergeOnRead };

struct RewriteOptions {
  CommitOptions commit;
  TableWriterOptions write;
  int threads = 2;
  RewriteMode mode = RewriteMode::kTableProperty;
};

// What this call did: all counts are 0 where a repeated once_key made it change nothing.
struct RewriteResult {
  CommitResult commit;
  // Data files that leave and enter; rows that are gone and new ones (an updated row counts in rows_updated only).
  int64_t files_removed = 0, files_added = 0, rows_deleted = 0, rows_added = 0, rows_updated = 0;
  // Delete files, a deletion vector being one.
  int64_t delete_files_added = 0, delete_files_removed = 0;
};

// Deletes the rows for which `predicate` is true (bound to the current schema). Plans again on conflict. No matching rows: no commit.
// options.commit.isolation decides what a commit after the plan may bring (docs/design/commit.md, "Conflicts").
arrow::Result<RewriteResult> DeleteWhere(Catalog& catalog, const TableName& table,
                                         const Predicate& predicate,
                                         const RewriteOptions& options = {});
// Deletes the rows for which `predicate` is true and adds `rows`, in one snapshot.
arrow::Result<RewriteResult> OverwriteWhere(Catalog& catalog, const TableName& table,
                                            const Predicate& predicate,
                                            std::shared_ptr<arrow::RecordBatchReader> rows,
                                            const RewriteOptions& options = {});

// New rows for old ones: gets a batch in the table's current schema and returns one of as many rows, in that order. Called again
// for the same rows when the table is planned again.
using RowChange = std::function<arrow::Result<std::shared_ptr<arrow::RecordBatch>>(
    const std::shared_ptr<arrow::RecordBatch>&)>;

// Replaces each row for which `predicate` is true by what `change` makes of it, in one snapshot. An old row and its new one are a
// delete and an insert to others; in v3 the new one keeps the old one's _row_id.
arrow::Result<RewriteResult> UpdateWhere(Catalog& catalog, const TableName& table,
                                         const Predicate& predicate, const RowChange& change,
                                         const RewriteOptions& options = {});

// A column's new value; a null pointer is null.
struct ColumnValue {
  std::string column;
  std::shared_ptr<arrow::Scalar> value;
};
// The change that sets top-level columns to constants, cast to the column's type. It is Invalid (when called) for an unknown column,
// null in a required one, or a value that does not fit.
RowChange SetColumns(std::vector<ColumnValue> values);

}  // namespace artemis
