// The Arrow schema of a table's data files, where it differs from the schema of the rows.
//
// Parquet needs the UUID annotation on uuid columns (specification, Appendix A "Parquet"), which Arrow writes for its extension
// type arrow.uuid; columns of type unknown hold nothing and are not stored.
#pragma once

#include <memory>
#include <vector>

#include <arrow/record_batch.h>
#include <arrow/result.h>

#include "artemis/schema/schema.h"

namespace artemis {

class FileSchema {
 public:
  explicit FileSchema(const Schema& table);

  const std::shared_ptr<arrow::Schema>& arrow_schema() const { return arrow_schema_; }

  // The same rows as the file stores them; no value is copied. Requires a batch of ToArrowSchema(table), in which columns may be dictionary
  // arrays of their types; they stay so, and the batch's schema says it.
  arrow::Result<std::shared_ptr<arrow::RecordBatch>> FileRows(
      const std::shared_ptr<arrow::RecordBatch>& rows) const;

 private:
  std::shared_ptr<arrow::Schema> arrow_schema_;
  // The table's columns that are stored.
  std::vector<int> columns_;
};

}  // namespace artemis
