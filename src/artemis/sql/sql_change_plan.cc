// From DuckDB's logical plans to our operator.
#include <utility>

#include <duckdb/common/multi_file/multi_file_states.hpp>
#include <duckdb/execution/operator/persistent/physical_merge_into.hpp>
#include <duckdb/execution/operator/scan/physical_table_scan.hpp>
#include <duckdb/execution/physical_plan_generator.hpp>
#include <duckdb/planner/expression/bound_cast_expression.hpp>
#include <duckdb/planner/expression/bound_constant_expression.hpp>
#include <duckdb/planner/expression/bound_default_expression.hpp>
#include <duckdb/planner/expression/bound_reference_expression.hpp>
#include <duckdb/planner/operator/logical_create_table.hpp>
#include <duckdb/planner/operator/logical_delete.hpp>
#include <duckdb/planner/operator/logical_insert.hpp>
#include <duckdb/planner/operator/logical_merge_into.hpp>
#include <duckdb/planner/operator/logical_update.hpp>

#include "artemis/sql/duck_types.h"
#include "artemis/sql/error_wall.h"
#include "artemis/sql/new_tables.h"
#include "artemis/sql/sql_change.h"
#include "artemis/sql/sql_ddl.h"
#include "artemis/sql/sql_table.h"
#include "artemis/sql/sql_transaction.h"

namespace artemis {
namespace {

using duckdb::Expression;
using duckdb::LogicalType;
using duckdb::PhysicalOperator;
using Expressions = duckdb::vector<duckdb::unique_ptr<Expression>>;

// Tables as they are now: what they were is not to be changed.
const TableScan& ScanOfTarget(duckdb::TableCatalogEntry& entry) {
  const TableScan& scan = entry.Cast<SqlTable>().scan();
  const PinnedSnapshot& pin = scan.source->pin();
  if (!std::holds_alternative<std::monostate>(pin.target)) {
    ThrowStatus(*scan.state,
                arrow::Status::Invalid(scan.table.ToString(),
                                       " is read as of another moment (AS OF, or the setting "
                                       "artemis.as_of), and so cannot be changed"));
  }
  return scan;
}

[[noreturn]] void RefuseReturning(const std::string& what) {
  throw duckdb::NotImplementedException("%s … RETURNING is not supported for tables of artemis",
                                        what);
}

// What every scan of the table below `plan` was pruned by.
void CollectReads(const PhysicalOperator& plan, const TableName& table,
                  std::vector<BoundPredicate>* reads) {
  if (plan.type == duckdb::PhysicalOperatorType::TABLE_SCAN) {
    const auto& scan = plan.Cast<duckdb::PhysicalTableScan>();
    const auto* data = dynamic_cast<const duckdb::MultiFileBindData*>(scan.bind_data.get());
    const auto* files =
        data == nullptr ? nullptr : dynamic_cast<const PlannedFiles*>(data->file_list.get());
    if (files != nullptr && files->scan().table == table) {
      reads->push_back(files->plan().predicate());
    }
  }
  for (const auto& child : plan.GetChildren()) CollectReads(child.get(), table, reads);
}

// Each column of the table out of the column of the same place.
Expressions ReferencesTo(const duckdb::vector<LogicalType>& types) {
  Expressions values;
  for (size_t i = 0; i < types.size(); ++i) {
    values.push_back(duckdb::make_uniq<duckdb::BoundReferenceExpression>(types[i], i));
  }
  return values;
}

std::vector<duckdb::idx_t> RowIdsFrom(duckdb::idx_t first, const SqlTable& table) {
  std::vector<duckdb::idx_t> ids;
  for (size_t i = 0; i < table.GetRowIdColumns().size(); ++i) ids.push_back(first + i);
  return ids;
}

// The new values of all columns: `columns` says which of `expressions` is for which.
Expressions InTableOrder(const duckdb::vector<duckdb::PhysicalIndex>& columns,
                         const Expressions& expressions, const Expressions& defaults) {
  Expressions values(columns.size());
  for (size_t i = 0; i < columns.size(); ++i) {
    const auto column = columns[i].index;
    const bool is_default =
        expressions[i]->GetExpressionType() == duckdb::ExpressionType::VALUE_DEFAULT;
    values[column] = is_default ? defaults[column]->Copy() : expressions[i]->Copy();
  }
  return values;
}

PhysicalOperator& MakeChange(duckdb::PhysicalPlanGenerator& planner,
                             duckdb::vector<LogicalType> types, duckdb::idx_t cardinality,
                             duckdb::Catalog& catalog, const TableName& table, SqlChangeRows rows) {
  return planner.Make<SqlChange>(std::move(types), cardinality, catalog, table, std::move(rows));
}

// The change that a statement makes with the rows of `child`: an insert, a delete or an update.
template <typename Statement>
PhysicalOperator& ChangeWith(duckdb::PhysicalPlanGenerator& planner, const Statement& statement,
                             SqlChangeRows rows, PhysicalOperator& child) {
  if (statement.return_chunk) RefuseReturning(rows.what);
  const TableName& table = ScanOfTarget(statement.table).table;
  if (rows.row_ids) CollectReads(child, table, &rows.reads);
  auto& change = MakeChange(planner, statement.types, statement.estimated_cardinality,
                            statement.table.catalog, table, std::move(rows));
  change.children.push_back(child);
  return change;
}

SqlChangeRows UpdateRows(const SqlTable& table,
                         const duckdb::vector<duckdb::PhysicalIndex>& columns,
                         const Expressions& expressions, const Expressions& defaults,
                         duckdb::idx_t first_row_id) {
  SqlChangeRows rows;
  rows.what = "UPDATE";
  rows.values = InTableOrder(columns, expressions, defaults);
  rows.row_ids = RowIdsFrom(first_row_id, table);
  return rows;
}

class MergePlan {
 public:
  MergePlan(duckdb::PhysicalPlanGenerator& planner, duckdb::LogicalMergeInto& merge,
            const TableScan& scan, PhysicalOperator& child)
      : planner_(planner), merge_(merge), table_(merge.table.Cast<SqlTable>()), scan_(scan) {
    CollectReads(child, scan.table, &reads_);
  }

  duckdb::unique_ptr<duckdb::MergeIntoOperator> Plan(duckdb::BoundMergeIntoAction& action) {
    auto result = duckdb::make_uniq<duckdb::MergeIntoOperator>();
    result->action_type = action.action_type;
    result->condition = std::move(action.condition);
    switch (action.action_type) {
      case duckdb::MergeActionType::MERGE_UPDATE:
        result->op = Change(UpdateRows(table_, action.columns, action.expressions,
                                       merge_.bound_defaults, merge_.row_id_start));
        break;
      case duckdb::MergeActionType::MERGE_DELETE: {
        SqlChangeRows rows;
        rows.what = "DELETE";
        rows.row_ids = RowIdsFrom(merge_.row_id_start, table_);
        result->op = Change(std::move(rows));
        break;
      }
      case duckdb::MergeActionType::MERGE_INSERT: {
        result->expressions = InsertValues(action);
        duckdb::vector<LogicalType> types;
        for (const auto& value : result->expressions) types.push_back(value->return_type);
        SqlChangeRows rows;
        rows.what = "INSERT";
        rows.values = ReferencesTo(types);
        result->op = Change(std::move(rows));
        break;
      }
      case duckdb::MergeActionType::MERGE_ERROR:
        result->expressions = std::move(action.expressions);
        break;
      default:
        break;
    }
    return result;
  }

 private:
  duckdb::optional_ptr<PhysicalOperator> Change(SqlChangeRows rows) {
    // Rows that enter do so because none was found.
    rows.reads = reads_;
    return MakeChange(planner_, {LogicalType::BIGINT}, 1, merge_.table.catalog, scan_.table,
                      std::move(rows));
  }

  Expressions InsertValues(duckdb::BoundMergeIntoAction& action) {
    if (action.column_index_map.empty()) return std::move(action.expressions);
    Expressions values;
    for (const auto& column : table_.GetColumns().Physical()) {
      const auto mapped = action.column_index_map[column.Physical()];
      values.push_back(mapped == duckdb::DConstants::INVALID_INDEX
                           ? merge_.bound_defaults[column.StorageOid()]->Copy()
                           : std::move(action.expressions[mapped]));
    }
    return values;
  }

  duckdb::PhysicalPlanGenerator& planner_;
  duckdb::LogicalMergeInto& merge_;
  const SqlTable& table_;
  const TableScan& scan_;
  std::vector<BoundPredicate> reads_;
};

}  // namespace

PhysicalOperator& PlanSqlInsert(duckdb::PhysicalPlanGenerator& planner,
                                duckdb::LogicalInsert& insert,
                                duckdb::optional_ptr<PhysicalOperator> child) {
  if (insert.on_conflict_info.action_type != duckdb::OnConflictAction::THROW) {
    throw duckdb::NotImplementedException(
        "ON CONFLICT needs keys, which tables of artemis do not enforce: use MERGE INTO");
  }
  if (!insert.column_index_map.empty()) {
    child = planner.ResolveDefaultsProjection(insert, *child);
  }
  SqlChangeRows rows;
  rows.what = "INSERT";
  rows.values = ReferencesTo(child->types);
  return ChangeWith(planner, insert, std::move(rows), *child);
}

PhysicalOperator& PlanSqlDelete(duckdb::PhysicalPlanGenerator& planner,
                                duckdb::LogicalDelete& deletion, PhysicalOperator& child) {
  SqlChangeRows rows;
  rows.what = "DELETE";
  rows.row_ids.emplace();
  for (const auto& id : deletion.expressions) {
    rows.row_ids->push_back(id->Cast<duckdb::BoundReferenceExpression>().index);
  }
  return ChangeWith(planner, deletion, std::move(rows), child);
}

PhysicalOperator& PlanSqlUpdate(duckdb::PhysicalPlanGenerator& planner,
                                duckdb::LogicalUpdate& update, PhysicalOperator& child) {
  const auto& table = update.table.Cast<SqlTable>();
  const auto first_row_id = child.types.size() - table.GetRowIdColumns().size();
  return ChangeWith(
      planner, update,
      UpdateRows(table, update.columns, update.expressions, update.bound_defaults, first_row_id),
      child);
}

PhysicalOperator& PlanSqlMerge(duckdb::PhysicalPlanGenerator& planner,
                               duckdb::LogicalMergeInto& merge, PhysicalOperator& child) {
  if (merge.return_chunk) RefuseReturning("MERGE");
  MergePlan plan(planner, merge, ScanOfTarget(merge.table), child);
  std::map<duckdb::MergeActionCondition,
           duckdb::vector<duckdb::unique_ptr<duckdb::MergeIntoOperator>>>
      actions;
  for (auto& [condition, bound] : merge.actions) {
    for (auto& action : bound) actions[condition].push_back(plan.Plan(*action));
  }
  auto& result = planner.Make<duckdb::PhysicalMergeInto>(
      merge.types, std::move(actions), merge.row_id_start, merge.source_marker, /*parallel=*/false,
      /*return_chunk=*/false);
  result.children.push_back(child);
  return result;
}

PhysicalOperator& PlanSqlCreateTableAs(duckdb::ClientContext& context,
                                       duckdb::PhysicalPlanGenerator& planner,
                                       duckdb::LogicalCreateTable& create,
                                       PhysicalOperator& child) {
  auto& schema = create.schema.Cast<SqlSchema>();
  auto& session = *SqlTransaction::Get(context, schema.catalog).session();
  auto& info = create.info->Base().Cast<duckdb::CreateTableInfo>();
  SqlChangeRows rows;
  rows.what = "CREATE TABLE AS";
  rows.values = ReferencesTo(child.types);
  for (auto& value : rows.values) {
    const auto type = UnwrapOrThrow(session, FromDuckType(value->return_type));
    value = duckdb::BoundCastExpression::AddCastToType(context, std::move(value), ToDuckType(type));
  }
  const std::shared_ptr<duckdb::CreateInfo> copy(info.Copy().release());
  rows.create = [&schema, copy](duckdb::ClientContext& running) {
    CreateSqlTable(running, schema, copy->Cast<duckdb::CreateTableInfo>());
  };
  auto& change = MakeChange(planner, create.types, create.estimated_cardinality, schema.catalog,
                            {SplitNamespace(schema.name), info.table}, std::move(rows));
  change.children.push_back(child);
  return change;
}

}  // namespace artemis
