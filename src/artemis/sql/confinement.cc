// A walk over the parse tree that knows every kind of node it lets pass: what it does not know is refused.
#include "artemis/sql/confinement.h"

#include <set>
#include <string>
#include <utility>
#include <vector>

#include <duckdb/parser/common_table_expression_info.hpp>
#include <duckdb/parser/constraints/check_constraint.hpp>
#include <duckdb/parser/expression/list.hpp>
#include <duckdb/parser/parsed_data/alter_table_info.hpp>
#include <duckdb/parser/parsed_data/create_table_info.hpp>
#include <duckdb/parser/parsed_data/create_view_info.hpp>
#include <duckdb/parser/parsed_data/drop_info.hpp>
#include <duckdb/parser/parsed_expression_iterator.hpp>
#include <duckdb/parser/query_node/list.hpp>
#include <duckdb/parser/statement/list.hpp>
#include <duckdb/parser/tableref/list.hpp>

#include "artemis/base/error.h"
#include "artemis/base/near_match.h"

namespace artemis {
namespace {

using Names = std::set<std::string>;

const Names& EngineTableFunctions() {
  static const Names names = {"range",
                              "generate_series",
                              "unnest",
                              "repeat",
                              "repeat_row",
                              "json_each",
                              "json_tree",
                              "duckdb_tables",
                              "duckdb_columns",
                              "duckdb_schemas",
                              "duckdb_views",
                              "duckdb_types",
                              "duckdb_keywords",
                              "duckdb_indexes",
                              "duckdb_constraints",
                              "duckdb_functions",
                              "duckdb_sequences",
                              "pragma_database_list",
                              "pragma_table_info",
                              "pragma_version"};
  return names;
}

const Names& OwnTableFunctions() {
  static const Names names = {"snapshots", "history",      "files",   "manifests", "partitions",
                              "refs",      "metadata_log", "changes", "pins",      "create_table"};
  return names;
}

const Names& RefusedFunctions() {
  static const Names names = {"getenv", "write_log", "sleep_ms", "json_execute_serialized_sql"};
  return names;
}

const Names& RefusedTables() {
  static const Names names = {"pg_settings", "duckdb_logs", "duckdb_databases", "duckdb_settings"};
  return names;
}

const Names& Settings() {
  static const Names names = {"artemis.as_of", "artemis.projection_mode", "timezone", "schema",
                              "search_path"};
  return names;
}

class ConfinedWalk {
 public:
  explicit ConfinedWalk(const SessionState& state) : session_(state) {}

  arrow::Status Check(const duckdb::SQLStatement& statement) {
    Statement(statement);
    return status_;
  }

 private:
  using Expressions = duckdb::vector<duckdb::unique_ptr<duckdb::ParsedExpression>>;

  void Refuse(const std::string& what) {
    if (status_.ok()) {
      status_ = PermissionDeniedError("this session does not take " + what);
    }
  }

  void Statement(const duckdb::SQLStatement& statement) {
    using duckdb::StatementType;
    switch (statement.type) {
      case StatementType::SELECT_STATEMENT:
        return Node(*statement.Cast<duckdb::SelectStatement>().node);
      case StatementType::EXPLAIN_STATEMENT:
        return Statement(*statement.Cast<duckdb::ExplainStatement>().stmt);
      case StatementType::PREPARE_STATEMENT:
        return Statement(*statement.Cast<duckdb::PrepareStatement>().statement);
      case StatementType::EXECUTE_STATEMENT:
        for (const auto& value : statement.Cast<duckdb::ExecuteStatement>().named_values) {
          Expression(*value.second);
        }
        return;
      case StatementType::CALL_STATEMENT:
        return TableFunction(*statement.Cast<duckdb::CallStatement>().function);
      case StatementType::TRANSACTION_STATEMENT:
        return;
      case StatementType::SET_STATEMENT:
      case StatementType::VARIABLE_SET_STATEMENT:
        return Setting(statement.Cast<duckdb::SetStatement>());
      case StatementType::CREATE_STATEMENT:
        return Create(*statement.Cast<duckdb::CreateStatement>().info);
      case StatementType::DROP_STATEMENT:
        return Drop(*statement.Cast<duckdb::DropStatement>().info);
      case StatementType::INSERT_STATEMENT:
        return Insert(statement.Cast<duckdb::InsertStatement>());
      case StatementType::UPDATE_STATEMENT:
        return Update(statement.Cast<duckdb::UpdateStatement>());
      case StatementType::DELETE_STATEMENT:
        return Delete(statement.Cast<duckdb::DeleteStatement>());
      case StatementType::MERGE_INTO_STATEMENT:
        return Merge(statement.Cast<duckdb::MergeIntoStatement>());
      case StatementType::ALTER_STATEMENT:
        return Alter(*statement.Cast<duckdb::AlterStatement>().info);
      default:
        Refuse(duckdb::StatementTypeToString(statement.type) + " statements");
    }
  }

  void Setting(const duckdb::SetStatement& set) {
    const std::string name = AsciiLower(set.name);
    if (set.scope == duckdb::SetScope::GLOBAL) return Refuse("SET GLOBAL");
    if (set.scope != duckdb::SetScope::VARIABLE && !Settings().contains(name)) {
      return Refuse("the setting " + set.name);
    }
    if (set.set_type == duckdb::SetType::SET) {
      Expression(*set.Cast<duckdb::SetVariableStatement>().value);
    }
  }

  // Whether something other than a temporary object may be changed; else it is refused.
  bool MayWrite() {
    if (!session_.is_read_only()) return true;
    if (status_.ok()) status_ = PermissionDeniedError(session_.read_only_reason());
    return false;
  }

  void Create(const duckdb::CreateInfo& info) {
    if (info.type == duckdb::CatalogType::VIEW_ENTRY) {
      const auto& view = static_cast<const duckdb::CreateViewInfo&>(info);
      if (!info.temporary) return Refuse("CREATE of views that are not temporary");
      if (view.query) Node(*view.query->node);
    } else if (info.type == duckdb::CatalogType::TABLE_ENTRY) {
      if (info.temporary || MayWrite()) {
        CreateTable(static_cast<const duckdb::CreateTableInfo&>(info));
      }
    } else if (info.type == duckdb::CatalogType::SCHEMA_ENTRY) {
      MayWrite();
    } else {
      Refuse("CREATE of what is no table, schema or view");
    }
  }

  void CreateTable(const duckdb::CreateTableInfo& table) {
    if (table.query) Node(*table.query->node);
    for (const auto& column : table.columns.Logical()) Column(column);
    for (const auto& constraint : table.constraints) {
      if (constraint->type != duckdb::ConstraintType::CHECK) continue;
      Expression(*constraint->Cast<duckdb::CheckConstraint>().expression);
    }
    All(table.partition_keys);
    All(table.sort_keys);
    Properties(table.options);
  }

  void Column(const duckdb::ColumnDefinition& column) {
    if (column.Generated()) {
      Expression(column.GeneratedExpression());
    } else if (column.HasDefaultValue()) {
      Expression(column.DefaultValue());
    }
  }

  void Property(const std::string& name) {
    if (status_.ok()) status_ = CheckPropertyConfined(name);
  }

  template <typename Options>
  void Properties(const Options& options) {
    for (const auto& [name, value] : options) {
      Property(name);
      if (value) Expression(*value);
    }
  }

  void Drop(const duckdb::DropInfo& info) {
    switch (info.type) {
      case duckdb::CatalogType::PREPARED_STATEMENT:
      case duckdb::CatalogType::TABLE_ENTRY:
      case duckdb::CatalogType::VIEW_ENTRY:
        return;
      case duckdb::CatalogType::SCHEMA_ENTRY:
        MayWrite();
        return;
      default:
        Refuse("DROP of what is no table, schema or view");
    }
  }

  void Alter(const duckdb::AlterInfo& info) {
    switch (info.type) {
      case duckdb::AlterType::ALTER_TABLE:
        return AlterTable(static_cast<const duckdb::AlterTableInfo&>(info));
      case duckdb::AlterType::SET_COLUMN_COMMENT:
        return;
      case duckdb::AlterType::SET_COMMENT:
        if (info.GetCatalogType() == duckdb::CatalogType::TABLE_ENTRY) return;
        return Refuse("COMMENT ON what is no table or column");
      default:
        Refuse("ALTER of what is no table");
    }
  }

  void AlterTable(const duckdb::AlterTableInfo& info) {
    using duckdb::AlterTableType;
    switch (info.alter_table_type) {
      case AlterTableType::ADD_COLUMN:
        return Column(static_cast<const duckdb::AddColumnInfo&>(info).new_column);
      case AlterTableType::ADD_FIELD:
        return Column(static_cast<const duckdb::AddFieldInfo&>(info).new_field);
      case AlterTableType::ALTER_COLUMN_TYPE:
        return IfAny(static_cast<const duckdb::ChangeColumnTypeInfo&>(info).expression);
      case AlterTableType::SET_DEFAULT:
        return IfAny(static_cast<const duckdb::SetDefaultInfo&>(info).expression);
      case AlterTableType::SET_PARTITIONED_BY:
        return All(static_cast<const duckdb::SetPartitionedByInfo&>(info).partition_keys);
      case AlterTableType::SET_SORTED_BY:
        for (const auto& order : static_cast<const duckdb::SetSortedByInfo&>(info).orders) {
          Expression(*order.expression);
        }
        return;
      case AlterTableType::SET_TABLE_OPTIONS:
        return Properties(static_cast<const duckdb::SetTableOptionsInfo&>(info).table_options);
      case AlterTableType::RESET_TABLE_OPTIONS:
        for (const auto& name :
             static_cast<const duckdb::ResetTableOptionsInfo&>(info).table_options) {
          Property(name);
        }
        return;
      case AlterTableType::RENAME_COLUMN:
      case AlterTableType::RENAME_FIELD:
      case AlterTableType::RENAME_TABLE:
      case AlterTableType::REMOVE_COLUMN:
      case AlterTableType::REMOVE_FIELD:
      case AlterTableType::SET_NOT_NULL:
      case AlterTableType::DROP_NOT_NULL:
        return;
      default:
        Refuse("this kind of ALTER TABLE");
    }
  }

  void Merge(const duckdb::MergeIntoStatement& merge) {
    With(merge.cte_map);
    Table(*merge.target);
    Table(*merge.source);
    IfAny(merge.join_condition);
    for (const auto& [condition, actions] : merge.actions) {
      for (const auto& action : actions) {
        IfAny(action->condition);
        if (action->update_info) Set(*action->update_info);
        All(action->expressions);
      }
    }
    All(merge.returning_list);
  }

  void Insert(const duckdb::InsertStatement& insert) {
    With(insert.cte_map);
    if (insert.select_statement) Node(*insert.select_statement->node);
    if (insert.table_ref) Table(*insert.table_ref);
    if (insert.on_conflict_info) {
      const auto& conflict = *insert.on_conflict_info;
      if (conflict.condition) Expression(*conflict.condition);
      if (conflict.set_info) Set(*conflict.set_info);
    }
    All(insert.returning_list);
  }

  void Update(const duckdb::UpdateStatement& update) {
    With(update.cte_map);
    Table(*update.table);
    if (update.from_table) Table(*update.from_table);
    if (update.set_info) Set(*update.set_info);
    All(update.returning_list);
  }

  void Delete(const duckdb::DeleteStatement& statement) {
    With(statement.cte_map);
    Table(*statement.table);
    for (const auto& table : statement.using_clauses) Table(*table);
    if (statement.condition) Expression(*statement.condition);
    All(statement.returning_list);
  }

  void Set(const duckdb::UpdateSetInfo& set) {
    if (set.condition) Expression(*set.condition);
    All(set.expressions);
  }

  void With(const duckdb::CommonTableExpressionMap& ctes) {
    for (const auto& cte : ctes.map) {
      Node(*cte.second->query->node);
      All(cte.second->key_targets);
    }
  }

  void Node(const duckdb::QueryNode& node) {
    With(node.cte_map);
    duckdb::ParsedExpressionIterator::EnumerateQueryNodeModifiers(
        const_cast<duckdb::QueryNode&>(node),
        [&](duckdb::unique_ptr<duckdb::ParsedExpression>& child) { Expression(*child); });
    switch (node.type) {
      case duckdb::QueryNodeType::SELECT_NODE:
        return Select(node.Cast<duckdb::SelectNode>());
      case duckdb::QueryNodeType::SET_OPERATION_NODE:
        for (const auto& child : node.Cast<duckdb::SetOperationNode>().children) Node(*child);
        return;
      case duckdb::QueryNodeType::RECURSIVE_CTE_NODE: {
        const auto& recursive = node.Cast<duckdb::RecursiveCTENode>();
        Node(*recursive.left);
        Node(*recursive.right);
        All(recursive.key_targets);
        return;
      }
      case duckdb::QueryNodeType::CTE_NODE: {
        const auto& cte = node.Cast<duckdb::CTENode>();
        Node(*cte.query);
        Node(*cte.child);
        return;
      }
      default:
        Refuse("changes within a query");
    }
  }

  void Select(const duckdb::SelectNode& select) {
    All(select.select_list);
    if (select.from_table) Table(*select.from_table);
    if (select.where_clause) Expression(*select.where_clause);
    All(select.groups.group_expressions);
    if (select.having) Expression(*select.having);
    if (select.qualify) Expression(*select.qualify);
  }

  void Table(const duckdb::TableRef& table) {
    using duckdb::TableReferenceType;
    switch (table.type) {
      case TableReferenceType::BASE_TABLE:
        return BaseTable(table.Cast<duckdb::BaseTableRef>());
      case TableReferenceType::SUBQUERY:
        return Node(*table.Cast<duckdb::SubqueryRef>().subquery->node);
      case TableReferenceType::JOIN: {
        const auto& join = table.Cast<duckdb::JoinRef>();
        Table(*join.left);
        Table(*join.right);
        if (join.condition) Expression(*join.condition);
        return;
      }
      case TableReferenceType::TABLE_FUNCTION: {
        const auto& function = table.Cast<duckdb::TableFunctionRef>();
        if (function.subquery) Node(*function.subquery->node);
        return TableFunction(*function.function);
      }
      case TableReferenceType::EXPRESSION_LIST:
        for (const auto& row : table.Cast<duckdb::ExpressionListRef>().values) All(row);
        return;
      case TableReferenceType::PIVOT:
        return Pivot(table.Cast<duckdb::PivotRef>());
      case TableReferenceType::SHOW_REF: {
        const auto& show = table.Cast<duckdb::ShowRef>();
        if (show.query) Node(*show.query);
        return;
      }
      case TableReferenceType::EMPTY_FROM:
        return;
      default:
        Refuse("this kind of FROM");
    }
  }

  void BaseTable(const duckdb::BaseTableRef& table) {
    if (RefusedTables().contains(AsciiLower(table.table_name))) {
      return Refuse("the view " + table.table_name);
    }
    if (table.at_clause) Expression(*table.at_clause->ExpressionMutable());
  }

  void Pivot(const duckdb::PivotRef& pivot) {
    Table(*pivot.source);
    All(pivot.aggregates);
    for (const auto& column : pivot.pivots) {
      All(column.pivot_expressions);
      if (column.subquery) Node(*column.subquery);
      for (const auto& entry : column.entries) {
        if (entry.expr) Expression(*entry.expr);
      }
    }
  }

  void TableFunction(const duckdb::ParsedExpression& expression) {
    if (expression.GetExpressionClass() != duckdb::ExpressionClass::FUNCTION) {
      return Refuse("this table function");
    }
    const auto& function = expression.Cast<duckdb::FunctionExpression>();
    const std::string name = AsciiLower(function.function_name);
    const bool ours =
        AsciiLower(function.schema) == "artemis" || AsciiLower(function.catalog) == "artemis";
    if (!(ours ? OwnTableFunctions() : EngineTableFunctions()).contains(name)) {
      return Refuse("the table function " + function.function_name);
    }
    All(function.children);
  }

  void IfAny(const duckdb::unique_ptr<duckdb::ParsedExpression>& expression) {
    if (expression) Expression(*expression);
  }

  void All(const Expressions& expressions) {
    for (const auto& expression : expressions) Expression(*expression);
  }

  void Expression(const duckdb::ParsedExpression& expression) {
    if (expression.GetExpressionClass() == duckdb::ExpressionClass::SUBQUERY) {
      Node(*expression.Cast<duckdb::SubqueryExpression>().subquery->node);
    }
    if (expression.GetExpressionClass() == duckdb::ExpressionClass::FUNCTION) {
      Function(expression.Cast<duckdb::FunctionExpression>());
    }
    duckdb::ParsedExpressionIterator::EnumerateChildren(
        expression, [&](const duckdb::ParsedExpression& child) { Expression(child); });
  }

  void Function(const duckdb::FunctionExpression& function) {
    const std::string name = AsciiLower(function.function_name);
    if (RefusedFunctions().contains(name)) return Refuse("the function " + name);
    if (name != "current_setting") return;
    const auto* argument = function.children.size() == 1 ? function.children[0].get() : nullptr;
    if (argument == nullptr ||
        argument->GetExpressionClass() != duckdb::ExpressionClass::CONSTANT ||
        !Settings().contains(
            AsciiLower(argument->Cast<duckdb::ConstantExpression>().value.ToString()))) {
      Refuse("current_setting of settings that are not the session's own");
    }
  }

  const SessionState& session_;
  arrow::Status status_;
};

}  // namespace

arrow::Status CheckConfined(const duckdb::SQLStatement& statement, const SessionState& state) {
  return ConfinedWalk(state).Check(statement);
}

arrow::Status CheckPropertyConfined(const std::string& property) {
  const std::string lower = AsciiLower(property);
  if (lower.find("path") == std::string::npos && lower.find("location") == std::string::npos) {
    return arrow::Status::OK();
  }
  return PermissionDeniedError("this session does not take the table property " + property);
}

arrow::Status CheckChangesConfined(const duckdb::StatementProperties& properties,
                                   const SessionState& state) {
  for (const auto& database : properties.modified_databases) {
    if (database.first == TEMP_CATALOG) continue;
    if (database.first != kSqlCatalogName) {
      return PermissionDeniedError("this session does not take changes of " + database.first +
                                   ": tables are named artemis.<namespace>.<table>");
    }
    if (state.is_read_only()) return PermissionDeniedError(state.read_only_reason());
  }
  return arrow::Status::OK();
}

}  // namespace artemis
