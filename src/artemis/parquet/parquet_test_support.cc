// Files in memory for tests.
#include "artemis/parquet/parquet_test_support.h"

#include <arrow/json/from_string.h>
#include <arrow/util/key_value_metadata.h>

namespace artemis {

std::shared_ptr<arrow::Field> FieldWithId(const std::string& name,
                                          std::shared_ptr<arrow::DataType> type, int id,
                                          bool nullable) {
  return arrow::field(name, std::move(type), nullable,
                      arrow::key_value_metadata({"PARQUET:field_id"}, {std::to_string(id)}));
}

std::shared_ptr<arrow::Array> JsonArray(const std::shared_ptr<arrow::DataType>& type,
                                        const std::string& json) {
  return arrow::json::ArrayFromJSONString(type, json).ValueOrDie();
}

std::shared_ptr<arrow::RecordBatch> OneColumn(const std::shared_ptr<arrow::Field>& field,
                                              const std::shared_ptr<arrow::Array>& array) {
  return arrow::RecordBatch::Make(arrow::schema({field}), array->length(), {array});
}

FileInMemory WriteInMemory(const std::vector<std::shared_ptr<arrow::RecordBatch>>& batches,
                           const ParquetWriterOptions& options) {
  auto output = arrow::io::BufferOutputStream::Create().ValueOrDie();
  auto writer =
      MakeParquetWriter(output, "memory.parquet", batches.at(0)->schema(), options).ValueOrDie();
  for (const auto& batch : batches) EXPECT_TRUE(writer->Write(*batch).ok());
  FileInMemory file;
  file.written = writer->Close().ValueOrDie();
  file.bytes = output->Finish().ValueOrDie();
  return file;
}

std::shared_ptr<arrow::Table> ReadInMemory(const FileInMemory& file,
                                           const ParquetReadOptions& options) {
  auto batches = OpenParquet(file.Open(), file.Footer(), options).ValueOrDie();
  std::vector<std::shared_ptr<arrow::RecordBatch>> all;
  while (auto batch = batches->Next().ValueOrDie()) all.push_back(batch);
  return arrow::Table::FromRecordBatches(batches->schema(), all).ValueOrDie();
}

}  // namespace artemis
