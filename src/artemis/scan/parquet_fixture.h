// Data files as other writers make them: any Arrow schema, with or without field ids, without metrics in the manifest entry.
#pragma once

#include <memory>
#include <string>

#include <arrow/type.h>

#include "artemis/scan/table_fixture.h"

namespace artemis {

struct ForeignFileOptions {
  int64_t row_group_rows = 1 << 20;
  // With a page index; 0: pages of Arrow's size.
  int64_t page_rows = 0;
  PartitionTuple partition;
  SpecId spec_id;
};

// A Parquet file of these rows below the table's folder, written by Arrow alone, in no snapshot yet. The entry has the counts, the
// size and the split offsets.
DataFile WriteForeign(TestTable& table, const std::shared_ptr<arrow::Schema>& schema,
                      const std::string& rows_json, const ForeignFileOptions& options = {});

// An Arrow field with a field id, or without one where `id` is 0.
std::shared_ptr<arrow::Field> ArrowField(int32_t id, const std::string& name,
                                         std::shared_ptr<arrow::DataType> type);

}  // namespace artemis
