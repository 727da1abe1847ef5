// Feeds one top-level field of the rows to the chunks of its leaves, nested or not.
//
// Arrow turns nested arrays into levels and leaf values only inside its writer of whole files. Each field gets such a writer of
// its own, over a file that has this one column and whose row group hands out our chunks: the fields of one file are then
// encoded independently of each other.
#pragma once

#include <memory>

#include <arrow/memory_pool.h>
#include <arrow/record_batch.h>
#include <arrow/result.h>
#include <arrow/type.h>

#include "artemis/parquet/parquet_file.h"

namespace artemis {

// One thread at a time; different fields of a file are independent.
class FieldEncoder {
 public:
  virtual ~FieldEncoder() = default;
  // How many leaves the field has.
  virtual int leaf_count() const = 0;
  // Adds the values to the open row group of the file. Requires an array of the field's type, or a dictionary array of
  // it where it is of strings or binaries.
  virtual arrow::Status Encode(const std::shared_ptr<arrow::Array>& values) = 0;
};

// For the field whose leaves are `file`'s from `first_leaf` on. `file` and `pool` must outlive it.
arrow::Result<std::unique_ptr<FieldEncoder>> MakeFieldEncoder(
    std::shared_ptr<arrow::Field> field, int first_leaf,
    std::shared_ptr<parquet::WriterProperties> properties, ParquetFile* file,
    arrow::MemoryPool* pool);

}  // namespace artemis
