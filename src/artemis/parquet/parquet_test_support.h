// What the tests of this folder share: arrays from JSON, files in memory.
#pragma once

#include <memory>
#include <string>
#include <vector>

#include <arrow/api.h>
#include <arrow/io/memory.h>
#include <gtest/gtest.h>

#include "artemis/parquet/file_reader.h"
#include "artemis/parquet/writer.h"

namespace artemis {

// A field with a Parquet field id.
std::shared_ptr<arrow::Field> FieldWithId(const std::string& name,
                                          std::shared_ptr<arrow::DataType> type, int id,
                                          bool nullable = true);

std::shared_ptr<arrow::Array> JsonArray(const std::shared_ptr<arrow::DataType>& type,
                                        const std::string& json);

// A batch of one column.
std::shared_ptr<arrow::RecordBatch> OneColumn(const std::shared_ptr<arrow::Field>& field,
                                              const std::shared_ptr<arrow::Array>& array);

struct FileInMemory {
  WrittenParquet written;
  std::shared_ptr<arrow::Buffer> bytes;

  std::shared_ptr<arrow::io::RandomAccessFile> Open() const {
    return std::make_shared<arrow::io::BufferReader>(bytes);
  }
  std::shared_ptr<const ParquetFooter> Footer() const {
    return ReadFooter(Open(), "memory.parquet").ValueOrDie();
  }
};

FileInMemory WriteInMemory(const std::vector<std::shared_ptr<arrow::RecordBatch>>& batches,
                           const ParquetWriterOptions& options = {});

// All rows, in one table.
std::shared_ptr<arrow::Table> ReadInMemory(const FileInMemory& file,
                                           const ParquetReadOptions& options = {});

}  // namespace artemis
