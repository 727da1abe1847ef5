// INSERT … VALUES (?, …) with many rows of parameters, as one INSERT … SELECT over those rows: one file where there would be one for
// each. Only for sql/.
#pragma once

#include <string>
#include <vector>

#include <arrow/record_batch.h>
#include <arrow/result.h>
#include <duckdb.hpp>
#include <duckdb/common/types/column/column_data_collection.hpp>
#include <duckdb/parser/sql_statement.hpp>

namespace artemis {

// Whether the statement is an INSERT of one row of VALUES in which only parameters, constants, casts and functions stand.
bool IsBulkInsert(const duckdb::SQLStatement& statement);

// The rows of a batch as DuckDB holds them.
duckdb::unique_ptr<duckdb::ColumnDataCollection> ToCollection(duckdb::ClientContext& context,
                                                              const arrow::RecordBatch& batch);

// Requires IsBulkInsert. `parameters` names the columns of `rows` as the statement knows them. `rows` must live until it has run.
duckdb::unique_ptr<duckdb::SQLStatement> BulkInsert(const duckdb::SQLStatement& statement,
                                                    const std::vector<std::string>& parameters,
                                                    duckdb::ColumnDataCollection& rows);

}  // namespace artemis
