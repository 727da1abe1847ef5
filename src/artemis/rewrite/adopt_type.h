// Whether a Parquet column, as it is, holds values of an Iceberg type; the table of types stands in adopt_schema.h.
#pragma once

#include <string>

#include <arrow/status.h>
#include <arrow/type_fwd.h>

#include "artemis/schema/type.h"

namespace parquet {
class ColumnDescriptor;
}

namespace artemis {

// `stored` is the leaf's Arrow type, without dictionaries and extensions. Invalid names the column, both types, and append where
// that would convert the values.
arrow::Status CheckStoredType(const std::string& column, const Type& expected,
                              const arrow::DataType& stored,
                              const parquet::ColumnDescriptor& descriptor);

}  // namespace artemis
