// The table function that scans one pinned table: DuckDB's parquet_scan with our reader and file list. Only for sql/.
#pragma once

#include <memory>

#include <duckdb/catalog/catalog_entry/table_catalog_entry.hpp>
#include <duckdb/function/table_function.hpp>

#include "artemis/sql/planned_files.h"

namespace artemis {

// A bound scan of `scan`. `entry` is what EXPLAIN, DESCRIBE and the binder are told the rows come from; it must outlive the
// statement. Nothing is planned or opened yet.
//
// EXPLAIN shows the table, its snapshot, schema and specs, and of manifests, files and row groups how many are kept.
// COUNT(*) without a filter is answered from the manifests when no delete file applies.
duckdb::TableFunction BindTableScan(duckdb::ClientContext& context,
                                    std::shared_ptr<const TableScan> scan,
                                    duckdb::TableCatalogEntry& entry,
                                    duckdb::unique_ptr<duckdb::FunctionData>& bind_data);

}  // namespace artemis
