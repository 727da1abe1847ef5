// Table entries.
#include "artemis/sql/sql_table.h"

#include <algorithm>
#include <utility>

#include <duckdb/common/multi_file/multi_file_reader.hpp>
#include <duckdb/parser/constraints/not_null_constraint.hpp>
#include <duckdb/parser/expression/constant_expression.hpp>
#include <duckdb/parser/parsed_data/create_table_info.hpp>
#include <duckdb/planner/expression/bound_columnref_expression.hpp>
#include <duckdb/planner/operator/logical_get.hpp>
#include <duckdb/planner/operator/logical_projection.hpp>
#include <duckdb/planner/operator/logical_update.hpp>
#include <duckdb/storage/statistics/base_statistics.hpp>
#include <duckdb/storage/table_storage_info.hpp>

#include "artemis/sql/new_tables.h"
#include "artemis/sql/scan_function.h"
#include "artemis/sql/sql_schema.h"

namespace artemis {

SqlTable::SqlTable(SqlSchema& owner, duckdb::CreateTableInfo& info,
                   std::shared_ptr<const TableScan> scan)
    : TableCatalogEntry(owner.catalog, owner, info), scan_(std::move(scan)) {}

std::unique_ptr<SqlTable> SqlTable::Make(SqlSchema& schema, std::shared_ptr<const TableScan> scan) {
  for (const std::string& renamed : scan->columns.renamed) {
    scan->state->Warn("table " + scan->table.ToString() + ": " + renamed);
  }
  duckdb::CreateTableInfo info(schema, scan->table.name);
  const Schema& table_schema = scan->schema();
  for (size_t i = 0; i < scan->columns.columns.size(); ++i) {
    const DuckColumn& column = scan->columns.columns[i];
    duckdb::ColumnDefinition definition(column.name, column.type);
    if (table_schema.fields[i].doc)
      definition.SetComment(duckdb::Value(*table_schema.fields[i].doc));
    if (const auto& value = table_schema.fields[i].write_default) {
      definition.SetDefaultValue(duckdb::make_uniq<duckdb::ConstantExpression>(
          ToDuckValue(table_schema.fields[i].type, *value)));
    }
    info.columns.AddColumn(std::move(definition));
    if (table_schema.fields[i].required) {
      info.constraints.push_back(
          duckdb::make_uniq<duckdb::NotNullConstraint>(duckdb::LogicalIndex(i)));
    }
  }
  const auto& properties = scan->source->pin().view.metadata->properties;
  const auto comment = properties.find(kCommentProperty);
  if (comment != properties.end()) info.comment = duckdb::Value(comment->second);
  return std::make_unique<SqlTable>(schema, info, std::move(scan));
}

duckdb::unique_ptr<duckdb::BaseStatistics> SqlTable::GetStatistics(duckdb::ClientContext&,
                                                                   duckdb::column_t) {
  return nullptr;
}

duckdb::TableFunction SqlTable::GetScanFunction(
    duckdb::ClientContext& context, duckdb::unique_ptr<duckdb::FunctionData>& bind_data) {
  return BindTableScan(context, scan_, *this, bind_data);
}

duckdb::TableFunction SqlTable::GetScanFunction(duckdb::ClientContext& context,
                                                duckdb::unique_ptr<duckdb::FunctionData>& bind_data,
                                                const duckdb::EntryLookupInfo&) {
  return BindTableScan(context, scan_, *this, bind_data);
}

duckdb::TableStorageInfo SqlTable::GetStorageInfo(duckdb::ClientContext&) {
  duckdb::TableStorageInfo info;
  if (const auto rows = scan_->source->RowEstimate()) {
    info.cardinality = static_cast<duckdb::idx_t>(*rows);
  }
  return info;
}

duckdb::virtual_column_map_t SqlTable::GetVirtualColumns() const {
  using duckdb::LogicalType;
  using duckdb::MultiFileReader;
  using duckdb::TableColumn;
  duckdb::virtual_column_map_t result;
  if (!scan_->state->options().confined) {
    result.emplace(MultiFileReader::COLUMN_IDENTIFIER_FILENAME,
                   TableColumn("filename", LogicalType::VARCHAR));
  }
  result.emplace(MultiFileReader::COLUMN_IDENTIFIER_FILE_ROW_NUMBER,
                 TableColumn("file_row_number", LogicalType::BIGINT));
  result.emplace(MultiFileReader::COLUMN_IDENTIFIER_FILE_INDEX,
                 TableColumn("file_index", LogicalType::UBIGINT));
  for (const VirtualColumn& column : scan_->virtual_columns) {
    result.emplace(column.id, TableColumn(column.name, column.type));
  }
  result.emplace(duckdb::COLUMN_IDENTIFIER_EMPTY, TableColumn("", LogicalType::BOOLEAN));
  return result;
}

duckdb::vector<duckdb::column_t> SqlTable::GetRowIdColumns() const {
  duckdb::vector<duckdb::column_t> ids;
  for (const VirtualColumn& column : scan_->virtual_columns) {
    using Kind = VirtualColumn::Kind;
    if (column.kind == Kind::kFile || column.kind == Kind::kPosition ||
        column.kind == Kind::kRowId) {
      ids.push_back(column.id);
    }
  }
  return ids;
}

// As LogicalUpdate::BindExtraColumns, but a column that the scan has already is not read twice: DuckDB's Parquet reader cannot.
void SqlTable::BindUpdateConstraints(duckdb::Binder&, duckdb::LogicalGet& get,
                                     duckdb::LogicalProjection& projection,
                                     duckdb::LogicalUpdate& update, duckdb::ClientContext&) {
  update.update_is_del_and_insert = true;
  for (const auto& column : GetColumns().Physical()) {
    const duckdb::PhysicalIndex index = column.Physical();
    if (std::find(update.columns.begin(), update.columns.end(), index) != update.columns.end()) {
      continue;
    }
    const auto& ids = get.GetColumnIds();
    const auto found = std::find_if(ids.begin(), ids.end(), [&](const auto& id) {
      return id.GetPrimaryIndex() == index.index;
    });
    const auto place = static_cast<duckdb::idx_t>(found - ids.begin());
    if (found == ids.end()) get.AddColumnId(index.index);
    update.columns.push_back(index);
    update.expressions.push_back(duckdb::make_uniq<duckdb::BoundColumnRefExpression>(
        column.Type(),
        duckdb::ColumnBinding(projection.table_index, projection.expressions.size())));
    projection.expressions.push_back(duckdb::make_uniq<duckdb::BoundColumnRefExpression>(
        column.Type(), duckdb::ColumnBinding(get.table_index, place)));
  }
}

}  // namespace artemis
