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

  const PinnedSnapshot& pin() const { return scan_->source->pin(); }

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
  // What UPDATE, DELETE and MERGE know rows by: file and position, in v3 the row's id as well.
  duckdb::vector<duckdb::column_t> GetRowIdColumns() const override;
  // A changed row is a new row: all its columns are read.
  void BindUpdateConstraints(duckdb::Binder& binder, duckdb::LogicalGet& get,
                             duckdb::LogicalProjection& projection, duckdb::LogicalUpdate& update,
                             duckdb::ClientContext& context) override;

  const TableScan& scan() const { return *scan_; }

 private:
  const std::shared_ptr<const TableScan> scan_;
};

}  // namespace artemis
