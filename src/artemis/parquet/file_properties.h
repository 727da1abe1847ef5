// The settings of Arrow's encoders for a file of ours.
#pragma once

#include <memory>
#include <vector>

#include <arrow/result.h>
#include <arrow/type_fwd.h>
#include <parquet/properties.h>
#include <parquet/schema.h>

#include "artemis/parquet/leaf_columns.h"
#include "artemis/parquet/leaf_encoding.h"
#include "artemis/parquet/writer.h"

namespace artemis {

// The Parquet schema of the rows. TypeError names the first column that Parquet cannot hold.
arrow::Result<std::shared_ptr<parquet::SchemaDescriptor>> ParquetSchemaOf(
    const arrow::Schema& schema);

// Statistics, page index and page checksums are on; decimals of up to 18 digits are stored as integers, as tables ask. Leaves
// without a dictionary, and bloom filters, are set by path.
//
// Invalid for a codec's level or a filter's share out of range, and for a filter on a column that the rows do not have; TypeError
// for one on booleans; both name the column.
arrow::Result<std::shared_ptr<parquet::WriterProperties>> MakeFileProperties(
    const arrow::Schema& schema, const std::vector<LeafColumn>& leaves,
    const parquet::SchemaDescriptor& descriptor, const std::vector<LeafEncoding>& encodings,
    const ParquetWriterOptions& options);

// The pool that the options name, else the system's.
arrow::MemoryPool* PoolOf(const ParquetWriterOptions& options);

}  // namespace artemis
