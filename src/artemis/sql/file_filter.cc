// Puts the file's values in the place of the columns and lets DuckDB evaluate.
#include "artemis/sql/file_filter.h"

#include <utility>

#include <duckdb/execution/expression_executor.hpp>
#include <duckdb/planner/expression/bound_columnref_expression.hpp>
#include <duckdb/planner/expression/bound_constant_expression.hpp>
#include <duckdb/planner/expression_iterator.hpp>

#include "artemis/sql/planned_files.h"

namespace artemis {
namespace {

bool IsColumn(const duckdb::Expression& expression) {
  return expression.GetExpressionClass() == duckdb::ExpressionClass::BOUND_COLUMN_REF;
}

// Whether every column below is one of files; counts them.
bool OnlyOfFiles(const duckdb::Expression& expression, const FilterContext& context, int* columns) {
  if (IsColumn(expression)) {
    const VirtualColumn* column = context.virtual_column_of(expression);
    ++*columns;
    return column != nullptr && column->is_of_files();
  }
  bool all = true;
  duckdb::ExpressionIterator::EnumerateChildren(expression, [&](const duckdb::Expression& child) {
    all = all && OnlyOfFiles(child, context, columns);
  });
  return all;
}

// False where the file has no value of a column.
bool PutValues(duckdb::unique_ptr<duckdb::Expression>& expression, const FilterContext& context,
               const TableView& view, const ScanTask& task) {
  if (IsColumn(*expression)) {
    auto value = ValueInFile(*context.virtual_column_of(*expression), view, task);
    if (!value) return false;
    expression = duckdb::make_uniq<duckdb::BoundConstantExpression>(*std::move(value));
    return true;
  }
  bool all = true;
  duckdb::ExpressionIterator::EnumerateChildren(
      *expression, [&](duckdb::unique_ptr<duckdb::Expression>& child) {
        all = all && PutValues(child, context, view, task);
      });
  return all;
}

}  // namespace

std::unique_ptr<FileFilter> FileFilter::Make(duckdb::ClientContext& context, const TableScan& scan,
                                             const duckdb::Expression& expression,
                                             const FilterContext& filter_context) {
  int columns = 0;
  if (expression.IsVolatile() || expression.HasParameter() || expression.HasSubquery() ||
      !OnlyOfFiles(expression, filter_context, &columns) || columns == 0) {
    return nullptr;
  }
  return std::unique_ptr<FileFilter>(new FileFilter(context, scan, expression, filter_context));
}

std::optional<bool> FileFilter::Keeps(const ScanTask& task) const {
  auto expression = expression_.Copy();
  if (!PutValues(expression, filter_context_, scan_.source->pin().view, task)) return std::nullopt;
  duckdb::Value value;
  if (!duckdb::ExpressionExecutor::TryEvaluateScalar(context_, *expression, value)) {
    return std::nullopt;
  }
  return !value.IsNull() && value.type().id() == duckdb::LogicalTypeId::BOOLEAN &&
         value.GetValue<bool>();
}

}  // namespace artemis
