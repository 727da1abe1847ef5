// Writes rows to an archive Parquet file: write FILE
#include <artemis/write/archive.h>

#include "example.h"

arrow::Status Run(const std::string& path) {
  ARROW_ASSIGN_OR_RAISE(const auto rows, Rows(R"([{"mission": "apollo-7", "volts": 28.1},
                                                  {"mission": "apollo-7", "volts": 27.9}])"));
  ARROW_ASSIGN_OR_RAISE(const auto stream, arrow::RecordBatchReader::Make({rows}));
  artemis::ArchiveOptions options;
  options.parquet.zstd_level = 6;
  ARROW_ASSIGN_OR_RAISE(const auto summary, artemis::WriteArchive(*stream, path, options));
  std::printf("%lld rows in %lld row group\n", static_cast<long long>(summary.rows),
              static_cast<long long>(summary.row_groups));
  for (const auto& column : summary.columns) {
    std::printf("%s:", column.name.c_str());
    for (const auto& encoding : column.encodings) std::printf(" %s", encoding.c_str());
    std::printf("\n");
  }
  return arrow::Status::OK();
}

int main(int argc, char** argv) { return Exit(Run(argc > 1 ? argv[1] : "rows.parquet")); }
