// Whether the columns of a Parquet file are those of a table, by field id where the file has ids, by name otherwise.
//
// What is accepted for each type of the table; everything else is refused, since a file that is adopted is read as it is, by every
// engine:
//   int           int8, int16, int32            long         those and int64
//   float         float32                       double       float32, float64
//   decimal(P,S)  scale S, at most P digits     date         date32
//   time          time of day in µs             uuid         16 bytes with Parquet's UUID annotation
//   timestamp     ms or µs, no zone             timestamptz  ms or µs, in UTC
//   timestamp_ns, timestamptz_ns  the same in nanoseconds (not INT96)
//   string        UTF8                          binary       without annotation     fixed  of that length
// Unsigned integers, and nanoseconds for the other time types, are refused with the advice to append: rows are converted there.
#pragma once

#include <memory>
#include <string>
#include <vector>

#include <arrow/result.h>
#include <arrow/type_fwd.h>

#include "artemis/parquet/file_reader.h"
#include "artemis/schema/name_mapping.h"
#include "artemis/table/metadata.h"

namespace artemis {

struct MatchedColumns {
  // The file's schema with the table's field ids, at every depth.
  std::shared_ptr<arrow::Schema> schema;
  // The file has none of its own: the table needs the name mapping.
  bool lacks_ids = false;
  // Columns of the table that the file does not hold, required ones too: their values may stand in the names of its folders.
  std::vector<Field> missing;
};

// Matches with the current schema of `metadata`. `mapping` gives files without ids theirs.
//
// Invalid, naming the column (with a near match): one that the table does not have, has dropped, or has under an id that belongs to a
// column of another name; two for one column; one without an id beside others with; a type that does not fit; a missing required
// field within a struct.
arrow::Result<MatchedColumns> MatchColumns(const ParquetFooter& footer,
                                           const TableMetadata& metadata,
                                           const NameMapping& mapping);

}  // namespace artemis
