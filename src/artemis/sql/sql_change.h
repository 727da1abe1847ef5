// The operator behind INSERT, CREATE TABLE AS, DELETE, UPDATE and MERGE: rows enter a table, rows leave it, or both. Only for sql/.
#pragma once

#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include <duckdb/execution/physical_operator.hpp>

#include "artemis/catalog/catalog.h"
#include "artemis/expr/predicate.h"

namespace artemis {

// What a change does with the rows of its input.
struct SqlChangeRows {
  std::string what;  // "INSERT", …: for EXPLAIN and messages
  // The values of new rows, one per column of the table, in its order; empty: no rows enter. References into the input.
  duckdb::vector<duckdb::unique_ptr<duckdb::Expression>> values;
  // Where the input has the row identifiers of rows that leave, as SqlTable::GetRowIdColumns names them: file, position, and in v3
  // the row's id, which the new row keeps; nullopt: none leave.
  std::optional<std::vector<duckdb::idx_t>> row_ids;
  // What the rows that leave were looked for by, of each scan of the table that the statement makes.
  std::vector<BoundPredicate> reads;
  // Makes the table before the first row; may be null.
  std::function<void(duckdb::ClientContext&)> create;
};

// A sink that gives one row, the number of rows it took. A row that the input names twice leaves once, and its first new values
// enter. Changes are staged in the transaction (SqlTransaction::Stage); others see them when it commits.
class SqlChange : public duckdb::PhysicalOperator {
 public:
  SqlChange(duckdb::PhysicalPlan& plan, duckdb::vector<duckdb::LogicalType> result_types,
            duckdb::idx_t rows_estimate, duckdb::Catalog& catalog, TableName table,
            SqlChangeRows rows);

  duckdb::SourceResultType GetDataInternal(duckdb::ExecutionContext& context,
                                           duckdb::DataChunk& chunk,
                                           duckdb::OperatorSourceInput& input) const override;
  bool IsSource() const override { return true; }

  duckdb::unique_ptr<duckdb::GlobalSinkState> GetGlobalSinkState(
      duckdb::ClientContext& context) const override;
  duckdb::SinkResultType Sink(duckdb::ExecutionContext& context, duckdb::DataChunk& chunk,
                              duckdb::OperatorSinkInput& input) const override;
  duckdb::SinkFinalizeType Finalize(duckdb::Pipeline& pipeline, duckdb::Event& event,
                                    duckdb::ClientContext& context,
                                    duckdb::OperatorSinkFinalizeInput& input) const override;
  bool IsSink() const override { return true; }

  std::string GetName() const override { return rows_.what; }
  duckdb::InsertionOrderPreservingMap<std::string> ParamsToString() const override;

 private:
  duckdb::Catalog& catalog_;
  const TableName table_;
  const SqlChangeRows rows_;
};

// The plans that SqlCatalog gives DuckDB. NotImplemented is thrown for RETURNING and ON CONFLICT, Invalid for a table at a past moment.
duckdb::PhysicalOperator& PlanSqlInsert(duckdb::PhysicalPlanGenerator& planner,
                                        duckdb::LogicalInsert& insert,
                                        duckdb::optional_ptr<duckdb::PhysicalOperator> child);
duckdb::PhysicalOperator& PlanSqlDelete(duckdb::PhysicalPlanGenerator& planner,
                                        duckdb::LogicalDelete& deletion,
                                        duckdb::PhysicalOperator& child);
duckdb::PhysicalOperator& PlanSqlUpdate(duckdb::PhysicalPlanGenerator& planner,
                                        duckdb::LogicalUpdate& update,
                                        duckdb::PhysicalOperator& child);
duckdb::PhysicalOperator& PlanSqlMerge(duckdb::PhysicalPlanGenerator& planner,
                                       duckdb::LogicalMergeInto& merge,
                                       duckdb::PhysicalOperator& child);
// Makes the table at once, in the transaction, and fills it.
duckdb::PhysicalOperator& PlanSqlCreateTableAs(duckdb::ClientContext& context,
                                               duckdb::PhysicalPlanGenerator& planner,
                                               duckdb::LogicalCreateTable& create,
                                               duckdb::PhysicalOperator& child);

}  // namespace artemis
