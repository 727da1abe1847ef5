// Overwrite and delete by predicate: whole files where the metadata proves it, copy-on-write for the others.
#pragma once

#include <optional>

#include <arrow/record_batch.h>
#include <arrow/result.h>

#include "artemis/commit/commit.h"
#include "artemis/expr/predicate.h"
#include "artemis/write/table_writer.h"

namespace artemis {

struct RewriteOptions {
  CommitOptions commit;
  TableWriterOptions write;
  int threads = 2;
};

// What this call did: all counts are 0 where a repeated once_key made it change nothing.
struct RewriteResult {
  CommitResult commit;
  int64_t files_removed = 0, files_added = 0, rows_deleted = 0, rows_added = 0;
};

// Deletes the rows for which `predicate` is true (bound to the current schema). Plans again on conflict. No matching rows: no commit.
arrow::Result<RewriteResult> DeleteWhere(Catalog& catalog, const TableName& table,
                                         const Predicate& predicate,
                                         const RewriteOptions& options = {});
// Deletes the rows for which `predicate` is true and adds `rows`, in one snapshot.
arrow::Result<RewriteResult> OverwriteWhere(Catalog& catalog, const TableName& table,
                                            const Predicate& predicate,
                                            std::shared_ptr<arrow::RecordBatchReader> rows,
                                            const RewriteOptions& options = {});

}  // namespace artemis
