// Writes files with Arrow's writer.
#include "artemis/rewrite/adopt_fixture.h"

#include <filesystem>

#include <arrow/io/file.h>
#include <arrow/table.h>
#include <gtest/gtest.h>
#include <parquet/arrow/writer.h>
#include <parquet/properties.h>

#include "artemis/io/file_system.h"
#include "artemis/scan/table_fixture.h"

namespace artemis {

std::string WriteOther(const std::string& path, const arrow::RecordBatch& rows,
                       const OtherFileOptions& options) {
  std::filesystem::create_directories(std::filesystem::path(path).parent_path());
  parquet::WriterProperties::Builder properties;
  if (!options.statistics) properties.disable_statistics();
  parquet::ArrowWriterProperties::Builder arrow_properties;
  arrow_properties.store_schema();
  if (options.int96) arrow_properties.enable_deprecated_int96_timestamps();
  const auto table = arrow::Table::FromRecordBatches({rows.Slice(0, rows.num_rows())}).ValueOrDie();
  const auto output = arrow::io::FileOutputStream::Open(path).ValueOrDie();
  const auto status = parquet::arrow::WriteTable(*table, arrow::default_memory_pool(), output,
                                                 options.row_group_rows, properties.build(),
                                                 arrow_properties.build());
  EXPECT_TRUE(status.ok()) << status;
  EXPECT_TRUE(output->Close().ok());
  return path;
}

std::string WriteOther(const std::string& path, const std::shared_ptr<arrow::Schema>& schema,
                       const std::string& rows_json, const OtherFileOptions& options) {
  return WriteOther(path, *JsonBatch(schema, rows_json), options);
}

std::shared_ptr<const ParquetFooter> FooterOf(const std::string& path) {
  return ReadFooter(LocalFileSystem().OpenInput(path).ValueOrDie(), path).ValueOrDie();
}

}  // namespace artemis
