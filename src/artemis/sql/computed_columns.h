// Virtual columns that are made, row by row, from what a data file holds: partition fields that the file's spec lacks, from their
// source columns, and row lineage (specification, "Row Lineage"), from what is stored and where the row is. Only for sql/.
//
// DuckDB's Parquet reader cannot read a column twice, and maps one column of a file for each that a query asks for. So a field shares
// a source that is read already and otherwise stands in for it; what needs one more column has it mapped behind those asked for,
// until Finish.
#pragma once

#include <optional>
#include <vector>

#include <duckdb/common/column_index.hpp>
#include <duckdb/common/multi_file/multi_file_reader.hpp>

#include "artemis/sql/planned_files.h"

namespace artemis {

// Of one file of one scan, which must outlive it. Used by one thread, before the file is read.
class ComputedColumns {
 public:
  // `asked` are the columns of the scan. Fields that share a source become constants of `reader_data` until Finish.
  ComputedColumns(const TableScan& scan, const ScanTask& task,
                  const duckdb::vector<duckdb::ColumnIndex>& asked,
                  duckdb::MultiFileReaderData* reader_data);

  // What DuckDB is to map: `asked`, with sources in the place of fields, and columns behind them.
  const duckdb::vector<duckdb::ColumnIndex>& column_ids() const { return column_ids_; }

  // Puts over what was mapped what makes the columns of it, one expression for each column asked for.
  void Finish(duckdb::ClientContext& context, duckdb::MultiFileReaderData* reader_data) const;

 private:
  // A partition field: the transform of what lies at `path` in the column mapped at `read_at`.
  struct ComputedField {
    size_t index;
    size_t read_at;
    std::vector<size_t> path;
    const VirtualColumn* column;
  };
  // A stored column of row lineage; where it is null, the file's value, which is `inherited`, and more by the row's position
  // where that is mapped.
  struct Lineage {
    size_t index;
    int64_t inherited;
    std::optional<size_t> position_at;
  };

  void AddField(size_t index, const VirtualColumn& column,
                duckdb::MultiFileReaderData* reader_data);
  void AddLineage(size_t index, const VirtualColumn& column,
                  const duckdb::MultiFileReaderData& reader_data);
  // Where the column of the table is mapped; nullopt where it is not.
  std::optional<size_t> IndexOf(size_t column) const;

  const TableScan& scan_;
  const ScanTask& task_;
  const size_t asked_;
  duckdb::vector<duckdb::ColumnIndex> column_ids_;
  std::vector<ComputedField> fields_;
  std::vector<Lineage> lineages_;
};

// Whether a file has a column of this id. DuckDB's own columns, such as file_row_number, have none.
bool HasColumn(const duckdb::vector<duckdb::MultiFileColumnDefinition>& columns, FieldId id);

// `left` + `right`, both BIGINT.
duckdb::unique_ptr<duckdb::Expression> SumExpression(duckdb::ClientContext& context,
                                                     duckdb::unique_ptr<duckdb::Expression> left,
                                                     int64_t right);

}  // namespace artemis
