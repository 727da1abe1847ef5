// Answers to Flight SQL's questions about catalogs, schemas, tables and keys, in the shapes of its specification.
//
// Column names and types are exactly the specification's: drivers find columns by name. The one catalog is `artemis`; a namespace is a
// schema, "ground.eu" for a nested one; a table's identifier fields are its primary key.
#pragma once

#include <functional>
#include <memory>
#include <string>
#include <string_view>

#include <arrow/record_batch.h>
#include <arrow/result.h>

#include "artemis/catalog/catalog.h"
#include "artemis/serve/flight_command.h"

namespace artemis {

inline constexpr char kFlightCatalog[] = "artemis";

// SQL's LIKE: % is any text, _ any character of one byte, a backslash takes what follows as it is. Exact in case.
bool LikeMatches(std::string_view pattern, std::string_view text);

std::shared_ptr<arrow::Schema> CatalogsSchema();
std::shared_ptr<arrow::Schema> SchemasSchema();
std::shared_ptr<arrow::Schema> TablesSchema(bool include_schema);
std::shared_ptr<arrow::Schema> TableTypesSchema();
std::shared_ptr<arrow::Schema> KeysSchema(KeyKind kind);

using BatchResult = arrow::Result<std::shared_ptr<arrow::RecordBatch>>;

BatchResult CatalogsBatch();
// Sorted by name.
BatchResult SchemasBatch(Catalog& catalog, const SchemasCommand& command);
// The schema of a table's rows as SQL gives them.
using RowSchemaOf = std::function<arrow::Result<std::shared_ptr<arrow::Schema>>(const TableName&)>;
// Sorted by schema and name. With include_schema, columns carry what clients display (ARROW:FLIGHT:SQL:…), and a table that cannot be
// read has an empty schema rather than hide the others.
BatchResult TablesBatch(Catalog& catalog, const TablesCommand& command,
                        const RowSchemaOf& row_schema);
BatchResult TableTypesBatch();
// NoSuchTable for primary keys of no table; no rows for foreign keys, which Iceberg has not.
BatchResult KeysBatch(Catalog& catalog, const KeysCommand& command);

// `schema` with what Flight SQL clients display of its columns. `table` null: a query's columns.
std::shared_ptr<arrow::Schema> WithColumnMetadata(const arrow::Schema& schema,
                                                  const TableName* table,
                                                  const Schema* iceberg = nullptr);

// An encapsulated IPC message of a schema.
arrow::Result<std::string> SchemaBytes(const arrow::Schema& schema);

}  // namespace artemis
