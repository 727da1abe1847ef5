// Writes foreign files.
#include "artemis/scan/parquet_fixture.h"

#include <arrow/io/file.h>
#include <arrow/table.h>
#include <arrow/util/key_value_metadata.h>
#include <gtest/gtest.h>
#include <parquet/arrow/writer.h>
#include <parquet/file_reader.h>
#include <parquet/metadata.h>

#include "artemis/base/uuid.h"
#include "artemis/io/location.h"
#include "artemis/schema/arrow_schema.h"

namespace artemis {

DataFile WriteForeign(TestTable& table, const std::shared_ptr<arrow::Schema>& schema,
                      const std::string& rows_json, const ForeignFileOptions& options) {
  const auto rows = JsonBatch(schema, rows_json);
  DataFile file;
  file.path = table.metadata()->location + "/data/foreign-" + RandomUuid() + ".parquet";
  const auto output = table.files().OpenOutput(file.path).ValueOrDie();
  parquet::WriterProperties::Builder properties;
  if (options.page_rows > 0) {
    properties.enable_write_page_index()->write_batch_size(1)->max_rows_per_page(options.page_rows);
  }
  const auto status = parquet::arrow::WriteTable(
      *arrow::Table::FromRecordBatches(schema, {rows}).ValueOrDie(), arrow::default_memory_pool(),
      output, options.row_group_rows, properties.build());
  EXPECT_TRUE(status.ok()) << status;
  EXPECT_TRUE(output->Close().ok());
  const auto footer = parquet::ParquetFileReader::OpenFile(LocalPath(file.path), false)->metadata();
  for (int i = 0; i < footer->num_row_groups(); ++i) {
    const auto column = footer->RowGroup(i)->ColumnChunk(0);
    file.split_offsets.push_back(column->has_dictionary_page() ? column->dictionary_page_offset()
                                                               : column->data_page_offset());
  }
  file.record_count = rows->num_rows();
  file.file_size_bytes = table.files().FileSize(file.path).ValueOrDie();
  file.partition = options.partition;
  file.spec_id = options.spec_id;
  return file;
}

std::shared_ptr<arrow::Field> ArrowField(int32_t id, const std::string& name,
                                         std::shared_ptr<arrow::DataType> type) {
  if (id == 0) return arrow::field(name, std::move(type));
  return arrow::field(name, std::move(type), true,
                      arrow::key_value_metadata({kParquetFieldIdKey}, {std::to_string(id)}));
}

}  // namespace artemis
