// A table pinned to one snapshot and schema, as an entry of DuckDB's catalog. Only for sql/.
#pragma once

#include <memory>

#include <duckdb/catalog/catalog_entry/table_catalog_entry.hpp>

#include "artemis/sql/planned_files.h"

namespace artemis {

class SqlSchema;

class SqlTable : public duckdb::TableCatalogEntry {
 public:
  SqlTable(SqlSchema& owner, duckdb::CreateTableInfo& info, std::shared_ptr<const TableScan> scan);

  // The entry of `scan`: its columns, NOT NULL where required, docs as comments. Warns of renamed columns.
  static std::unique_ptr<SqlTable> Make(SqlSchema& schema, std::shared_ptr<const TableScan> scan);

  duckdb::unique_ptr<duckdb::BaseStatistics> GetStatistics(duckdb::ClientContext& context,
                                                           duckdb::column_t column) override;
  duckdb::TableFunction GetScanFunction(
      duckdb::ClientContext& context, duckdb::unique_ptr<duckdb::FunctionData>& bind_data) override;
  duckdb::TableFunction GetScanFunction(duckdb::ClientContext& context,
                                        duckdb::unique_ptr<duckdb::FunctionData>& bind_data,
                                        const duckdb::EntryLookupInfo& lookup) override;
  duckdb::TableStorageInfo GetStorageInfo(duckdb::ClientContext& context) override;
  // Columns every file has without holding them: filename, file_row_number, file_index.
  duckdb::virtual_column_map_t GetVirtualColumns() const override;
  // DuckDB asks for these only to bind UPDATE, DELETE and MERGE, which are refused here: later it would be too late.
  duckdb::vector<duckdb::column_t> GetRowIdColumns() const override;

 private:
  const std::shared_ptr<const TableScan> scan_;
};

}  // namespace artemis
