// Parameters become columns of a table that is the rows themselves.
#include "artemis/sql/bulk_insert.h"

#include <algorithm>
#include <utility>

#include <arrow/c/bridge.h>
#include <duckdb/function/table/arrow.hpp>
#include <duckdb/parser/expression/columnref_expression.hpp>
#include <duckdb/parser/expression/parameter_expression.hpp>
#include <duckdb/parser/parsed_expression_iterator.hpp>
#include <duckdb/parser/query_node/select_node.hpp>
#include <duckdb/parser/statement/insert_statement.hpp>
#include <duckdb/parser/tableref/column_data_ref.hpp>
#include <duckdb/parser/tableref/expressionlistref.hpp>

namespace artemis {
namespace {

using duckdb::ExpressionClass;
using duckdb::ParsedExpression;

constexpr char kRowsAlias[] = "artemis_rows";

bool IsRowWise(const ParsedExpression& expression) {
  switch (expression.GetExpressionClass()) {
    case ExpressionClass::PARAMETER:
    case ExpressionClass::CONSTANT:
    case ExpressionClass::CAST:
    case ExpressionClass::FUNCTION:
      break;
    default:
      return false;
  }
  bool all = true;
  duckdb::ParsedExpressionIterator::EnumerateChildren(
      expression, [&](const ParsedExpression& child) { all = all && IsRowWise(child); });
  return all;
}

// The one row of VALUES; null where it is something else.
const duckdb::vector<duckdb::unique_ptr<ParsedExpression>>* OneRowOfValues(
    const duckdb::SQLStatement& statement) {
  if (statement.type != duckdb::StatementType::INSERT_STATEMENT) return nullptr;
  const auto& insert = statement.Cast<duckdb::InsertStatement>();
  if (!insert.select_statement || insert.on_conflict_info || !insert.returning_list.empty() ||
      !insert.cte_map.map.empty()) {
    return nullptr;
  }
  const auto& node = *insert.select_statement->node;
  if (node.type != duckdb::QueryNodeType::SELECT_NODE) return nullptr;
  const auto& from = node.Cast<duckdb::SelectNode>().from_table;
  if (!from || from->type != duckdb::TableReferenceType::EXPRESSION_LIST) return nullptr;
  const auto& values = from->Cast<duckdb::ExpressionListRef>().values;
  return values.size() == 1 ? &values.front() : nullptr;
}

void ReferToRows(duckdb::unique_ptr<ParsedExpression>& expression) {
  if (expression->GetExpressionClass() == ExpressionClass::PARAMETER) {
    const auto& parameter = expression->Cast<duckdb::ParameterExpression>();
    expression = duckdb::make_uniq<duckdb::ColumnRefExpression>(parameter.identifier, kRowsAlias);
    return;
  }
  duckdb::ParsedExpressionIterator::EnumerateChildren(*expression, ReferToRows);
}

}  // namespace

bool IsBulkInsert(const duckdb::SQLStatement& statement) {
  const auto* row = OneRowOfValues(statement);
  return row != nullptr &&
         std::all_of(row->begin(), row->end(), [](const auto& each) { return IsRowWise(*each); });
}

duckdb::unique_ptr<duckdb::ColumnDataCollection> ToCollection(duckdb::ClientContext& context,
                                                              const arrow::RecordBatch& batch) {
  duckdb::ArrowSchemaWrapper schema;
  const auto status = arrow::ExportSchema(*batch.schema(), &schema.arrow_schema);
  if (!status.ok()) throw duckdb::InvalidInputException(status.message());
  duckdb::ArrowTableSchema table;
  duckdb::ArrowTableFunction::PopulateArrowTableSchema(context, table, schema.arrow_schema);
  auto collection = duckdb::make_uniq<duckdb::ColumnDataCollection>(context, table.GetTypes());
  for (int64_t begin = 0; begin < batch.num_rows();) {
    const auto count = std::min<int64_t>(batch.num_rows() - begin, STANDARD_VECTOR_SIZE);
    auto array = duckdb::make_uniq<duckdb::ArrowArrayWrapper>();
    const auto exported = arrow::ExportRecordBatch(*batch.Slice(begin, count), &array->arrow_array);
    if (!exported.ok()) throw duckdb::InvalidInputException(exported.message());
    duckdb::ArrowScanLocalState state(std::move(array), context);
    for (duckdb::idx_t i = 0; i < table.GetTypes().size(); ++i) state.column_ids.push_back(i);
    duckdb::DataChunk chunk;
    chunk.Initialize(duckdb::Allocator::DefaultAllocator(), table.GetTypes());
    chunk.SetCardinality(static_cast<duckdb::idx_t>(count));
    duckdb::ArrowTableFunction::ArrowToDuckDB(state, table.GetColumns(), chunk, false);
    collection->Append(chunk);
    begin += count;
  }
  return collection;
}

duckdb::unique_ptr<duckdb::SQLStatement> BulkInsert(const duckdb::SQLStatement& statement,
                                                    const std::vector<std::string>& parameters,
                                                    duckdb::ColumnDataCollection& rows) {
  auto copy = statement.Copy();
  auto& insert = copy->Cast<duckdb::InsertStatement>();
  auto select = duckdb::make_uniq<duckdb::SelectNode>();
  for (const auto& value : *OneRowOfValues(statement)) {
    select->select_list.push_back(value->Copy());
    ReferToRows(select->select_list.back());
  }
  auto from = duckdb::make_uniq<duckdb::ColumnDataRef>(
      duckdb::optionally_owned_ptr<duckdb::ColumnDataCollection>(rows),
      duckdb::vector<std::string>(parameters.begin(), parameters.end()));
  from->alias = kRowsAlias;
  select->from_table = std::move(from);
  insert.select_statement->node = std::move(select);
  copy->named_param_map.clear();
  return copy;
}

}  // namespace artemis
