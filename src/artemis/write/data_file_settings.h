// How a table's data files are written: what the caller says, else the table's properties, else the defaults.
//
//   write.target-file-size-bytes                        512 MiB
//   write.parquet.row-group-size-bytes                  128 MiB
//   write.parquet.compression-codec                     zstd; snappy, gzip, lz4, uncompressed
//   write.parquet.compression-level                     3 for zstd, else the codec's own
//   write.parquet.dict-size-bytes                       1 MiB
//   write.parquet.bloom-filter-enabled.column.<name>    false
//   write.metadata.metrics.default                      truncate(16); none, counts, truncate(N), full
//   write.metadata.metrics.column.<name>                the default
//   write.metadata.metrics.max-inferred-column-defaults 100: of wider tables without a default, the first leaf columns alone
//                                                       have metrics
//   artemis.write.clustering                            none; layout/clustering.h
// Columns that the table is sorted or clustered by have bounds unless their own property says otherwise. Properties of columns that the schema
// does not have are passed over: columns are dropped, properties stay.
#pragma once

#include <arrow/result.h>

#include "artemis/parquet/writer.h"
#include "artemis/table/metadata.h"
#include "artemis/write/file_schema.h"
#include "artemis/write/table_writer.h"

namespace artemis {

struct DataFileSettings {
  int64_t target_file_bytes = 0;
  ParquetWriterOptions parquet;
};

// For files of the current schema, stored as `file_schema`. Invalid naming the property for a value that cannot be read, or that is
// out of range; Invalid for options that are not positive.
arrow::Result<DataFileSettings> ResolveDataFileSettings(const TableMetadata& metadata,
                                                        const FileSchema& file_schema,
                                                        const TableWriterOptions& options);

// "none", "counts", "full", "truncate(16)", in any case. Invalid names the text.
arrow::Result<MetricsMode> ParseMetricsMode(std::string_view text);

// "zstd", "snappy", "gzip", "lz4", "uncompressed", in any case. Invalid names the text and what is accepted.
arrow::Result<CompressionCodec> ParseCompressionCodec(std::string_view text);

}  // namespace artemis
