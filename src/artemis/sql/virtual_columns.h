// Columns that a table has in SQL beside those of its schema, by name only (never in SELECT *):
//
//   _file _pos _spec_id _partition _snapshot_id              where a row is, as in replay; v3 also
//   _row_id _last_updated_sequence_number
//   day, ts_hour, id_bucket, …                               the fields of the table's partition specs, each by its name
//
// Where a column of the table has the name, _file and _pos get a number behind theirs (_pos_2); the others are left out.
//
// A partition field that shares its name with a column, without regard to case, is left out: `_partition.<name>` has it, as it has
// every field. In a file of a spec with the field its value is that of the file's tuple; in others it is computed row by row from
// the source column. Row lineage is what a file stores, where that is null what the file gives, and null in a file that has no first
// row id, as from before the table was version 3. Only for sql/.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include <arrow/result.h>
#include <duckdb/common/types.hpp>
#include <duckdb/common/types/value.hpp>
#include <duckdb/common/vector.hpp>

#include "artemis/scan/scan_plan.h"
#include "artemis/schema/partition_spec.h"
#include "artemis/table/table_view.h"

namespace artemis {

struct VirtualColumn {
  enum class Kind : uint8_t {
    kFile,
    kPosition,
    kSpecId,
    kPartition,
    kSnapshotId,
    kRowId,
    kLastUpdated,
    kPartitionField,
  };
  Kind kind = Kind::kFile;
  // DuckDB's number of the column.
  duckdb::column_t id = 0;
  std::string name;
  duckdb::LogicalType type;
  // kPartitionField: the field, and the column it is made from.
  PartitionField field = {};
  Field source = {};
  // kPartition: the struct of all fields.
  Type tuple = {};

  // Whether it has one value in each file, at least in those of a spec that has the field.
  bool is_of_files() const {
    return kind != Kind::kPosition && kind != Kind::kRowId && kind != Kind::kLastUpdated;
  }
};

// The virtual columns of a table. Invalid where a partition field cannot be typed.
arrow::Result<std::vector<VirtualColumn>> VirtualColumnsOf(const TableView& view);

// The column with this number; null when it is another's.
const VirtualColumn* FindVirtualColumn(const std::vector<VirtualColumn>& columns,
                                       duckdb::column_t id);

// The tuple of a file as a struct of `type`, whose fields are those of all specs by their ids: null where the file's spec lacks one.
duckdb::Value PartitionStruct(const Type& type, const TableMetadata& metadata,
                              const DataFile& file);

// What the column holds in every row of the task's file; nullopt where rows differ, or have to be computed.
std::optional<duckdb::Value> ValueInFile(const VirtualColumn& column, const TableView& view,
                                         const ScanTask& task);

}  // namespace artemis
