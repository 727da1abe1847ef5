// Parquet files of others for the tests of adoption: written by Arrow alone, anywhere.
#pragma once

#include <memory>
#include <string>

#include <arrow/type.h>

#include "artemis/parquet/file_reader.h"

namespace artemis {

struct OtherFileOptions {
  int64_t row_group_rows = 1 << 20;
  bool statistics = true;
  // Timestamps as INT96.
  bool int96 = false;
};

// Makes the file and its folders; gives its path.
std::string WriteOther(const std::string& path, const std::shared_ptr<arrow::Schema>& schema,
                       const std::string& rows_json, const OtherFileOptions& options = {});
std::string WriteOther(const std::string& path, const arrow::RecordBatch& rows,
                       const OtherFileOptions& options = {});
std::shared_ptr<const ParquetFooter> FooterOf(const std::string& path);

}  // namespace artemis
