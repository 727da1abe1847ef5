// CREATE, DROP, ALTER and COMMENT ON of tables and namespaces. Changes of tables are staged with the transaction; what changes the
// catalog's names (namespaces, DROP and RENAME of tables) happens at once and so is refused between BEGIN and COMMIT. Only for sql/.
#pragma once

#include <functional>

#include <duckdb/parser/parsed_data/alter_info.hpp>
#include <duckdb/parser/parsed_data/create_schema_info.hpp>
#include <duckdb/parser/parsed_data/create_table_info.hpp>
#include <duckdb/parser/parsed_data/drop_info.hpp>

#include "artemis/sql/sql_schema.h"
#include "artemis/table/metadata.h"

namespace artemis {

// Failures are thrown into DuckDB.

void CreateSqlSchema(duckdb::ClientContext& context, duckdb::Catalog& catalog,
                     const duckdb::CreateSchemaInfo& info);
void DropSqlSchema(duckdb::ClientContext& context, duckdb::Catalog& catalog,
                   const duckdb::DropInfo& info);

// The new table's entry; null where it was there and IF NOT EXISTS was said. OR REPLACE is refused.
duckdb::optional_ptr<duckdb::CatalogEntry> CreateSqlTable(duckdb::ClientContext& context,
                                                          SqlSchema& schema,
                                                          const duckdb::CreateTableInfo& info);
// The same of a table that `describe` describes, without a location; not asked where the name is taken.
duckdb::optional_ptr<duckdb::CatalogEntry> CreateNewTable(
    duckdb::ClientContext& context, SqlSchema& schema, const std::string& name, bool if_not_exists,
    const std::function<arrow::Result<NewTable>()>& describe);
// Files stay, as with artemis-table drop.
void DropSqlTable(duckdb::ClientContext& context, SqlSchema& schema, const duckdb::DropInfo& info);
void AlterSqlTable(duckdb::ClientContext& context, SqlSchema& schema,
                   const duckdb::AlterInfo& info);

}  // namespace artemis
