// Makes the manifest entry of a Parquet file that somebody else has written, or says why it cannot enter the table as it is.
#pragma once

#include <map>
#include <memory>
#include <optional>

#include <arrow/result.h>

#include "artemis/parquet/file_reader.h"
#include "artemis/parquet/writer.h"
#include "artemis/schema/name_mapping.h"
#include "artemis/table/manifest.h"
#include "artemis/table/metadata.h"

namespace artemis {

class FileSystem;

// What the checks of many files have in common: what a table says at one moment.
struct AdoptRules {
  std::shared_ptr<const TableMetadata> metadata;
  // Of the table, if it has one, and what files without ids are read by: that one with today's columns in it.
  std::optional<NameMapping> known_mapping;
  NameMapping mapping;
  // What is kept of the metrics of each column.
  MetricsMode metrics_mode;
  std::map<FieldId, MetricsMode> metrics_modes;
};
// Invalid, naming the property, for a name mapping or a metrics mode that cannot be read.
arrow::Result<AdoptRules> MakeAdoptRules(std::shared_ptr<const TableMetadata> metadata);

struct AdoptedFile {
  DataFile file;
  // It is read by the table's name mapping.
  bool lacks_ids = false;
};

// The entry of the file with this footer (whose path is its location) under the current schema and default spec.
//
// Columns: MatchColumns. A column that the file does not hold is taken from its folders' names (HiveFolders) when the spec has an
// identity partition of it: that is where readers look for it (specification, "Column Projection"). Rows are read only for what the
// footer does not tell: nulls of required columns, the partition (TupleOfFile).
//
// Invalid: a column that does not fit, a missing required one, nulls in a required one, two partitions, a folder that names a column
// whose values no reader would find. CorruptFile, IOError; NotImplemented. Messages name the column, the caller adds the path.
arrow::Result<AdoptedFile> AdoptFile(FileSystem& files,
                                     const std::shared_ptr<const ParquetFooter>& footer,
                                     const AdoptRules& rules);

}  // namespace artemis
