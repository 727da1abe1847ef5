// Batches cross through the Arrow C interface; the schema is imported once.
#include "artemis/sql/arrow_result.h"

#include <utility>

#include <arrow/array/util.h>
#include <arrow/c/bridge.h>
#include <arrow/scalar.h>
#include <duckdb/common/arrow/arrow_converter.hpp>
#include <duckdb/common/arrow/arrow_util.hpp>
#include <duckdb/function/table/arrow/arrow_duck_schema.hpp>
#include <duckdb/main/chunk_scan_state/query_result.hpp>

#include "artemis/sql/error_wall.h"

namespace artemis {
namespace {

constexpr duckdb::idx_t kBatchRows = 32'768;

class DuckDbResult : public SqlResult {
 public:
  DuckDbResult(std::shared_ptr<void> owner, std::shared_ptr<const SessionState> state,
               std::shared_ptr<RunningStatement> running,
               duckdb::unique_ptr<duckdb::QueryResult> result)
      : owner_(std::move(owner)),
        state_(std::move(state)),
        running_(std::move(running)),
        result_(std::move(result)),
        kind_(KindOf(result_->properties)),
        statement_(duckdb::StatementTypeToString(result_->statement_type)) {}

  arrow::Status Init() {
    return CatchDuckDb(*state_, [&]() -> arrow::Status {
      ARROW_ASSIGN_OR_RAISE(
          schema_, ResultSchema(result_->types, result_->names, result_->client_properties));
      extensions_ = duckdb::ArrowTypeExtensionData::GetExtensionTypes(
          *result_->client_properties.client_context, result_->types);
      if (kind_ == StatementKind::kChanged) return ReadChangedRows();
      if (kind_ == StatementKind::kNothing) return Drain();
      scan_ = std::make_unique<duckdb::QueryResultChunkScanState>(*result_);
      return arrow::Status::OK();
    });
  }

  std::shared_ptr<arrow::Schema> schema() const override { return schema_; }
  StatementKind kind() const override { return kind_; }
  std::string statement() const override { return statement_; }
  int64_t rows_read() const override { return rows_read_; }
  std::optional<int64_t> rows_changed() const override { return rows_changed_; }

  arrow::Status ReadNext(std::shared_ptr<arrow::RecordBatch>* batch) override {
    batch->reset();
    if (!scan_) return failure_;
    arrow::Status status = CatchDuckDb(*state_, [&] { return Fetch(batch); });
    if (status.ok()) AddResources(batch);
    if (!status.ok() || *batch == nullptr) {
      scan_.reset();
      status = running_->Finish(status, rows_read_);
      failure_ = status;
    }
    return status;
  }

  arrow::Status Close() override {
    return CatchDuckDb(*state_, [&]() -> arrow::Status {
      scan_.reset();
      result_.reset();
      running_->Abandon(rows_read_);
      return arrow::Status::OK();
    });
  }

  ~DuckDbResult() override { running_->Abandon(rows_read_); }

 private:
  arrow::Status Fetch(std::shared_ptr<arrow::RecordBatch>* batch) {
    ArrowArray exported;
    duckdb::idx_t rows = 0;
    duckdb::ErrorData error;
    if (!duckdb::ArrowUtil::TryFetchChunk(*scan_, result_->client_properties, kBatchRows, &exported,
                                          rows, error, extensions_)) {
      return StatusFromError(*state_, error);
    }
    if (rows == 0) return arrow::Status::OK();
    ARROW_ASSIGN_OR_RAISE(*batch, arrow::ImportRecordBatch(&exported, schema_));
    rows_read_ += static_cast<int64_t>(rows);
    return arrow::Status::OK();
  }

  // EXPLAIN ANALYZE ends with a row on memory and spilled data.
  void AddResources(std::shared_ptr<arrow::RecordBatch>* batch) {
    if (*batch != nullptr) {
      is_analysis_ = statement_ == "EXPLAIN" && IsAnalysis(**batch);
      return;
    }
    if (!std::exchange(is_analysis_, false)) return;
    const auto resources = running_->Resources();
    if (!resources) return;
    *batch = TextRow(
        *schema_, {"resources", "Peak memory: " + std::to_string(resources->peak_bytes) +
                                    " bytes\nSpilled: " + std::to_string(resources->spilled_bytes) +
                                    " bytes\n"});
  }

  static bool IsAnalysis(const arrow::RecordBatch& batch) {
    const auto key = batch.column(0)->GetScalar(0);
    return key.ok() && (*key)->ToString() == "analyzed_plan";
  }

  // Null where a column is not text.
  static std::shared_ptr<arrow::RecordBatch> TextRow(const arrow::Schema& schema,
                                                     const std::vector<std::string>& cells) {
    arrow::ArrayVector columns;
    for (int i = 0; i < schema.num_fields(); ++i) {
      const auto cell =
          arrow::Scalar::Parse(schema.field(i)->type(), cells[static_cast<size_t>(i)]);
      if (!cell.ok()) return nullptr;
      auto column = arrow::MakeArrayFromScalar(**cell, 1);
      if (!column.ok()) return nullptr;
      columns.push_back(*std::move(column));
    }
    return arrow::RecordBatch::Make(std::make_shared<arrow::Schema>(schema), 1, columns);
  }

  arrow::Status ReadChangedRows() {
    rows_changed_ = 0;
    for (auto chunk = result_->Fetch(); chunk && chunk->size() > 0; chunk = result_->Fetch()) {
      for (duckdb::idx_t row = 0; row < chunk->size(); ++row) {
        *rows_changed_ += chunk->GetValue(0, row).GetValue<int64_t>();
      }
    }
    return Outcome(*rows_changed_);
  }

  arrow::Status Drain() {
    for (auto chunk = result_->Fetch(); chunk && chunk->size() > 0;) chunk = result_->Fetch();
    return Outcome(0);
  }

  arrow::Status Outcome(int64_t rows) {
    arrow::Status status = arrow::Status::OK();
    if (result_->HasError()) status = StatusFromError(*state_, result_->GetErrorObject());
    return running_->Finish(status, rows);
  }

  const std::shared_ptr<void> owner_;
  const std::shared_ptr<const SessionState> state_;
  const std::shared_ptr<RunningStatement> running_;
  duckdb::unique_ptr<duckdb::QueryResult> result_;
  const StatementKind kind_;
  const std::string statement_;
  std::shared_ptr<arrow::Schema> schema_;
  duckdb::unordered_map<duckdb::idx_t, const duckdb::shared_ptr<duckdb::ArrowTypeExtensionData>>
      extensions_;
  std::unique_ptr<duckdb::QueryResultChunkScanState> scan_;
  arrow::Status failure_;
  bool is_analysis_ = false;
  int64_t rows_read_ = 0;
  std::optional<int64_t> rows_changed_;
};

}  // namespace

StatementKind KindOf(const duckdb::StatementProperties& properties) {
  switch (properties.return_type) {
    case duckdb::StatementReturnType::QUERY_RESULT:
      return StatementKind::kRows;
    case duckdb::StatementReturnType::CHANGED_ROWS:
      return StatementKind::kChanged;
    case duckdb::StatementReturnType::NOTHING:
      return StatementKind::kNothing;
  }
  return StatementKind::kNothing;
}

arrow::Result<std::shared_ptr<arrow::Schema>> ResultSchema(
    const duckdb::vector<duckdb::LogicalType>& types, const duckdb::vector<std::string>& names,
    duckdb::ClientProperties properties) {
  ArrowSchema exported;
  duckdb::ArrowConverter::ToArrowSchema(&exported, types, names, properties);
  return arrow::ImportSchema(&exported);
}

arrow::Result<std::unique_ptr<SqlResult>> MakeSqlResult(
    std::shared_ptr<void> owner, std::shared_ptr<const SessionState> state,
    std::shared_ptr<RunningStatement> running, duckdb::unique_ptr<duckdb::QueryResult> result) {
  auto rows = std::make_unique<DuckDbResult>(std::move(owner), std::move(state), std::move(running),
                                             std::move(result));
  ARROW_RETURN_NOT_OK(rows->Init());
  return std::unique_ptr<SqlResult>(std::move(rows));
}

}  // namespace artemis
