// Rows in, rows out.
#include "artemis/sql/sql_change.h"

#include <map>
#include <optional>
#include <utility>

#include <arrow/c/bridge.h>
#include <duckdb/common/arrow/arrow_converter.hpp>
#include <duckdb/execution/expression_executor.hpp>
#include <duckdb/function/table/arrow/arrow_duck_schema.hpp>
#include <duckdb/planner/expression/bound_constant_expression.hpp>
#include <duckdb/planner/expression/bound_reference_expression.hpp>

#include "artemis/rewrite/moved_rows.h"
#include "artemis/sql/error_wall.h"
#include "artemis/sql/sql_transaction.h"
#include "artemis/write/table_writer.h"

namespace artemis {
namespace {

// Of SqlChangeRows::row_ids: file, position, row id.
constexpr size_t kLineageId = 2;

// The rows of one file that leave, one bit each.
using LeavingRows = std::vector<bool>;

// DuckDB's chunks as batches with the table's own column names.
class ChunkBatches {
 public:
  ChunkBatches(duckdb::ClientContext& context, const duckdb::vector<duckdb::LogicalType>& types,
               const Schema& schema)
      : properties_(context.GetClientProperties()) {
    // So that a UUID stays one.
    properties_.arrow_lossless_conversion = true;
    duckdb::vector<std::string> names;
    for (const auto& field : schema.fields) names.push_back(field.name);
    ArrowSchema exported;
    duckdb::ArrowConverter::ToArrowSchema(&exported, types, names, properties_);
    schema_ = arrow::ImportSchema(&exported);
    extensions_ = duckdb::ArrowTypeExtensionData::GetExtensionTypes(context, types);
  }

  arrow::Result<std::shared_ptr<arrow::RecordBatch>> Convert(duckdb::DataChunk& chunk) {
    ARROW_RETURN_NOT_OK(schema_.status());
    ArrowArray exported;
    duckdb::ArrowConverter::ToArrowArray(chunk, &exported, properties_, extensions_);
    return arrow::ImportRecordBatch(&exported, *schema_);
  }

 private:
  duckdb::ClientProperties properties_;
  arrow::Result<std::shared_ptr<arrow::Schema>> schema_;
  duckdb::unordered_map<duckdb::idx_t, const duckdb::shared_ptr<duckdb::ArrowTypeExtensionData>>
      extensions_;
};

class SqlChangeState : public duckdb::GlobalSinkState {
 public:
  SqlChangeState(duckdb::ClientContext& context, SqlTransaction& transaction,
                 const TableName& table, const SqlChangeRows& rows)
      : transaction_(transaction), table_(table), rows_(rows) {
    const LoadedTable staged = transaction.StagedState(table);
    if (rows.values.empty()) return;
    for (const auto& value : rows.values) values_in_order_.push_back(value->Copy());
    auto metadata = staged.metadata;
    if (rows.row_ids && rows.row_ids->size() > kLineageId && metadata->format_version >= 3) {
      metadata = WithRowLineage(metadata);
      AddLineage();
      first_unsettled_row_id_ = transaction.FirstUnsettledRowId(table);
    }
    duckdb::vector<duckdb::LogicalType> types;
    for (const auto& value : values_in_order_) types.push_back(value->return_type);
    values_.Initialize(context, types);
    executor_.emplace(context);
    for (const auto& value : values_in_order_) executor_->AddExpression(*value);
    batches_.emplace(context, types, metadata->CurrentSchema());
    writer_ = UnwrapOrThrow(*transaction.session(), transaction.MakeWriter(metadata));
  }

  void Sink(duckdb::DataChunk& chunk) {
    duckdb::DataChunk fresh;
    duckdb::DataChunk* rows = &chunk;
    if (rows_.row_ids) {
      fresh.InitializeEmpty(chunk.GetTypes());
      fresh.Reference(chunk);
      KeepFreshRows(&fresh);
      rows = &fresh;
    }
    count_ += static_cast<int64_t>(rows->size());
    if (rows->size() == 0 || rows_.values.empty()) return;
    values_.Reset();
    executor_->Execute(*rows, values_);
    if (first_unsettled_row_id_) ForgetUnsettledRowIds();
    const auto batch = UnwrapOrThrow(*transaction_.session(), batches_->Convert(values_));
    const arrow::Status written = writer_->Write(*batch);
    if (!written.ok()) ThrowStatus(*transaction_.session(), written);
  }

  void Finish() {
    std::vector<DataFile> files;
    if (writer_) files = UnwrapOrThrow(*transaction_.session(), writer_->Close());
    ForgetLineageMetrics(&files);
    std::map<std::string, std::vector<int64_t>> deleted;
    for (const auto& [path, leaving] : leaving_) {
      auto& positions = deleted[path];
      for (size_t i = 0; i < leaving.size(); ++i) {
        if (leaving[i]) positions.push_back(static_cast<int64_t>(i));
      }
    }
    transaction_.Stage(table_, std::move(files), deleted, rows_.reads);
  }

  int64_t count() const { return count_; }

 private:
  // The new row is the old one, changed: it keeps its id (specification, "Row Lineage").
  void AddLineage() {
    values_in_order_.push_back(duckdb::make_uniq<duckdb::BoundReferenceExpression>(
        duckdb::LogicalType::BIGINT, (*rows_.row_ids)[kLineageId]));
    values_in_order_.push_back(duckdb::make_uniq<duckdb::BoundConstantExpression>(
        duckdb::Value(duckdb::LogicalType::BIGINT)));
  }

  // Null: the commit gives the row an id, as it does to one that is inserted.
  void ForgetUnsettledRowIds() {
    duckdb::Vector& ids = values_.data[values_.ColumnCount() - 2];
    duckdb::UnifiedVectorFormat old;
    ids.ToUnifiedFormat(values_.size(), old);
    duckdb::Vector settled(duckdb::LogicalType::BIGINT, values_.size());
    auto* data = duckdb::FlatVector::GetData<int64_t>(settled);
    for (duckdb::idx_t row = 0; row < values_.size(); ++row) {
      const auto index = old.sel->get_index(row);
      data[row] = duckdb::UnifiedVectorFormat::GetData<int64_t>(old)[index];
      if (!old.validity.RowIsValid(index) || data[row] >= *first_unsettled_row_id_) {
        duckdb::FlatVector::SetNull(settled, row, true);
      }
    }
    ids.Reference(settled);
  }

  // Marks the rows that leave, and drops those of `chunk` that did so before.
  void KeepFreshRows(duckdb::DataChunk* chunk) {
    duckdb::UnifiedVectorFormat paths, positions;
    chunk->data[(*rows_.row_ids)[0]].ToUnifiedFormat(chunk->size(), paths);
    chunk->data[(*rows_.row_ids)[1]].ToUnifiedFormat(chunk->size(), positions);
    duckdb::SelectionVector kept(chunk->size());
    duckdb::idx_t count = 0;
    for (duckdb::idx_t row = 0; row < chunk->size(); ++row) {
      const auto& path =
          duckdb::UnifiedVectorFormat::GetData<duckdb::string_t>(paths)[paths.sel->get_index(row)];
      const auto position = static_cast<size_t>(
          duckdb::UnifiedVectorFormat::GetData<int64_t>(positions)[positions.sel->get_index(row)]);
      LeavingRows& leaving = LeavingOf(path);
      if (leaving.size() <= position) leaving.resize(std::max(position + 1, 2 * leaving.size()));
      if (leaving[position]) continue;
      leaving[position] = true;
      kept.set_index(count++, row);
    }
    if (count < chunk->size()) chunk->Slice(kept, count);
  }

  // Rows come file by file: the last one is looked at first.
  LeavingRows& LeavingOf(const duckdb::string_t& path) {
    if (last_ == leaving_.end() || path.GetSize() != last_->first.size() ||
        last_->first.compare(0, std::string::npos, path.GetData(), path.GetSize()) != 0) {
      last_ = leaving_.try_emplace(path.GetString()).first;
    }
    return last_->second;
  }

  SqlTransaction& transaction_;
  const TableName& table_;
  const SqlChangeRows& rows_;
  // Of the columns of the files: those of the table, and row lineage behind them.
  duckdb::vector<duckdb::unique_ptr<duckdb::Expression>> values_in_order_;
  std::optional<duckdb::ExpressionExecutor> executor_;
  duckdb::DataChunk values_;
  std::optional<int64_t> first_unsettled_row_id_;
  std::optional<ChunkBatches> batches_;
  std::unique_ptr<TableWriter> writer_;
  std::map<std::string, LeavingRows> leaving_;
  std::map<std::string, LeavingRows>::iterator last_ = leaving_.end();
  int64_t count_ = 0;
};

}  // namespace

SqlChange::SqlChange(duckdb::PhysicalPlan& plan, duckdb::vector<duckdb::LogicalType> result_types,
                     duckdb::idx_t rows_estimate, duckdb::Catalog& catalog, TableName table,
                     SqlChangeRows rows)
    : PhysicalOperator(plan, duckdb::PhysicalOperatorType::EXTENSION, std::move(result_types),
                       rows_estimate),
      catalog_(catalog),
      table_(std::move(table)),
      rows_(std::move(rows)) {}

duckdb::unique_ptr<duckdb::GlobalSinkState> SqlChange::GetGlobalSinkState(
    duckdb::ClientContext& context) const {
  auto& transaction = SqlTransaction::Get(context, catalog_);
  if (rows_.create) rows_.create(context);
  return duckdb::make_uniq<SqlChangeState>(context, transaction, table_, rows_);
}

duckdb::SinkResultType SqlChange::Sink(duckdb::ExecutionContext&, duckdb::DataChunk& chunk,
                                       duckdb::OperatorSinkInput& input) const {
  input.global_state.Cast<SqlChangeState>().Sink(chunk);
  return duckdb::SinkResultType::NEED_MORE_INPUT;
}

duckdb::SinkFinalizeType SqlChange::Finalize(duckdb::Pipeline&, duckdb::Event&,
                                             duckdb::ClientContext&,
                                             duckdb::OperatorSinkFinalizeInput& input) const {
  input.global_state.Cast<SqlChangeState>().Finish();
  return duckdb::SinkFinalizeType::READY;
}

duckdb::SourceResultType SqlChange::GetDataInternal(duckdb::ExecutionContext&,
                                                    duckdb::DataChunk& chunk,
                                                    duckdb::OperatorSourceInput&) const {
  chunk.SetCardinality(1);
  chunk.SetValue(0, 0, duckdb::Value::BIGINT(sink_state->Cast<SqlChangeState>().count()));
  return duckdb::SourceResultType::FINISHED;
}

duckdb::InsertionOrderPreservingMap<std::string> SqlChange::ParamsToString() const {
  duckdb::InsertionOrderPreservingMap<std::string> result;
  result["Table"] = table_.ToString();
  return result;
}

}  // namespace artemis
