// Rows that move to another file of a v3 table keep their row lineage: _row_id stays, _last_updated_sequence_number stays where the row
// is unchanged and becomes null where it is not (specification, "Row Lineage").
#pragma once

#include <memory>
#include <vector>

#include <arrow/record_batch.h>
#include <arrow/result.h>

#include "artemis/rewrite/overwrite.h"
#include "artemis/table/manifest.h"
#include "artemis/table/metadata.h"

namespace artemis {

// Metadata for a writer of moved rows: in v3 the current schema with the two lineage columns behind it (without snapshots and logs), else
// `metadata` itself. Not to be committed.
std::shared_ptr<const TableMetadata> WithRowLineage(std::shared_ptr<const TableMetadata> metadata);

// Takes the metrics of the lineage columns out: they are no columns of the table.
void ForgetLineageMetrics(std::vector<DataFile>* files);

// `rows` changed: the first `column_count` columns of each batch by `change`, the lineage columns behind them, if there are any, as
// those of changed rows. Invalid when `change` gives another number of rows.
class ChangedRows : public arrow::RecordBatchReader {
 public:
  ChangedRows(std::shared_ptr<arrow::RecordBatchReader> rows, RowChange change, size_t column_count)
      : rows_(std::move(rows)),
        change_(std::move(change)),
        column_count_(static_cast<int>(column_count)) {}

  std::shared_ptr<arrow::Schema> schema() const override { return rows_->schema(); }
  arrow::Status ReadNext(std::shared_ptr<arrow::RecordBatch>* batch) override;

 private:
  const std::shared_ptr<arrow::RecordBatchReader> rows_;
  const RowChange change_;
  const int column_count_;
};

}  // namespace artemis
