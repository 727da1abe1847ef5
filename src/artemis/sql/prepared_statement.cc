// Parameters cross through the Arrow C interface, as one row.
#include "artemis/sql/prepared_statement.h"

#include <utility>
#include <vector>

#include <arrow/c/bridge.h>
#include <duckdb/function/table/arrow.hpp>
#include <duckdb/main/prepared_statement_data.hpp>

#include "artemis/sql/arrow_result.h"
#include "artemis/sql/bulk_insert.h"
#include "artemis/sql/error_wall.h"

namespace artemis {
namespace {

using duckdb::LogicalType;
using ParameterValues = duckdb::case_insensitive_map_t<duckdb::BoundParameterData>;

arrow::Result<std::vector<duckdb::Value>> RowValues(duckdb::ClientContext& context,
                                                    const arrow::RecordBatch& batch, int64_t row) {
  if (row < 0 || row >= batch.num_rows()) {
    return arrow::Status::Invalid("no row ", row, " of parameters: there are ", batch.num_rows());
  }
  duckdb::ArrowSchemaWrapper schema;
  auto array = duckdb::make_uniq<duckdb::ArrowArrayWrapper>();
  ARROW_RETURN_NOT_OK(
      arrow::ExportRecordBatch(*batch.Slice(row, 1), &array->arrow_array, &schema.arrow_schema));
  duckdb::ArrowTableSchema table;
  duckdb::ArrowTableFunction::PopulateArrowTableSchema(context, table, schema.arrow_schema);
  duckdb::ArrowScanLocalState state(std::move(array), context);
  duckdb::DataChunk chunk;
  chunk.Initialize(duckdb::Allocator::DefaultAllocator(), table.GetTypes());
  chunk.SetCardinality(1);
  for (duckdb::idx_t i = 0; i < table.GetTypes().size(); ++i) state.column_ids.push_back(i);
  duckdb::ArrowTableFunction::ArrowToDuckDB(state, table.GetColumns(), chunk, false);
  std::vector<duckdb::Value> values;
  for (duckdb::idx_t i = 0; i < chunk.ColumnCount(); ++i) values.push_back(chunk.GetValue(i, 0));
  return values;
}

StatementEffect EffectOf(const duckdb::StatementProperties& properties) {
  if (properties.modified_databases.contains(kSqlCatalogName)) return StatementEffect::kCatalog;
  const bool keeps = KindOf(properties) == StatementKind::kNothing;
  return keeps || !properties.modified_databases.empty() ? StatementEffect::kSession
                                                         : StatementEffect::kNone;
}

class DuckDbPrepared : public SqlPrepared {
 public:
  DuckDbPrepared(std::shared_ptr<SessionCore> session,
                 duckdb::unique_ptr<duckdb::PreparedStatement> prepared, std::string sql)
      : session_(std::move(session)),
        prepared_(std::move(prepared)),
        sql_(std::move(sql)),
        kind_(KindOf(prepared_->GetStatementProperties())),
        effect_(EffectOf(prepared_->GetStatementProperties())),
        statement_(duckdb::StatementTypeToString(prepared_->GetStatementType())) {}

  arrow::Status Init() {
    const auto properties = session_->connection().context->GetClientProperties();
    // Columns whose types depend on parameters are not known yet.
    duckdb::vector<LogicalType> types = prepared_->GetTypes();
    for (LogicalType& type : types) {
      if (type.id() == duckdb::LogicalTypeId::UNKNOWN) type = LogicalType::SQLNULL;
    }
    ARROW_ASSIGN_OR_RAISE(schema_, ResultSchema(types, prepared_->GetNames(), properties));
    names_.resize(prepared_->named_param_map.size());
    for (const auto& [name, index] : prepared_->named_param_map) names_[index - 1] = name;
    const auto expected = prepared_->GetExpectedParameterTypes();
    duckdb::vector<LogicalType> parameter_types;
    duckdb::vector<std::string> names;
    for (const std::string& name : names_) {
      const auto found = expected.find(name);
      const bool known = found != expected.end() &&
                         found->second.id() != duckdb::LogicalTypeId::UNKNOWN &&
                         found->second.id() != duckdb::LogicalTypeId::INVALID;
      parameter_types.push_back(known ? found->second : LogicalType::SQLNULL);
      names.push_back(name);
    }
    ARROW_ASSIGN_OR_RAISE(parameters_, ResultSchema(parameter_types, names, properties));
    return arrow::Status::OK();
  }

  StatementKind kind() const override { return kind_; }
  StatementEffect effect() const override { return effect_; }
  std::string statement() const override { return statement_; }
  std::shared_ptr<arrow::Schema> parameters() const override { return parameters_; }
  std::shared_ptr<arrow::Schema> schema() const override { return schema_; }

  arrow::Result<std::unique_ptr<SqlResult>> Execute(
      const std::shared_ptr<arrow::RecordBatch>& parameters, int64_t row) override {
    ARROW_RETURN_NOT_OK(CheckParameters(parameters));
    using Result = arrow::Result<duckdb::unique_ptr<duckdb::QueryResult>>;
    auto running = session_->Begin(sql_);
    auto result = CatchDuckDb(*session_->state(), [&]() -> Result {
      ParameterValues values;
      if (!names_.empty()) {
        ARROW_ASSIGN_OR_RAISE(auto row_values,
                              RowValues(*session_->connection().context, *parameters, row));
        for (size_t i = 0; i < names_.size(); ++i) {
          values[names_[i]] = duckdb::BoundParameterData(std::move(row_values[i]));
        }
      }
      // What a plan refers to (pragma_table_info: the table's entry) lives as long as the transaction that it was bound in.
      prepared_->data->properties.always_require_rebind = true;
      return prepared_->Execute(values, /*allow_stream_result=*/true);
    });
    return session_->Finish(std::move(running), std::move(result));
  }

  bool takes_all_rows() const override {
    return !names_.empty() && IsBulkInsert(*prepared_->data->unbound_statement);
  }

  arrow::Result<int64_t> ExecuteAll(
      const std::shared_ptr<arrow::RecordBatch>& parameters) override {
    ARROW_RETURN_NOT_OK(CheckParameters(parameters));
    if (!takes_all_rows()) return arrow::Status::Invalid("the statement takes one row at a time");
    auto running = session_->Begin(sql_);
    duckdb::unique_ptr<duckdb::ColumnDataCollection> rows;
    using Result = arrow::Result<duckdb::unique_ptr<duckdb::QueryResult>>;
    auto result = CatchDuckDb(*session_->state(), [&]() -> Result {
      auto& connection = session_->connection();
      rows = ToCollection(*connection.context, *parameters);
      return connection.SendQuery(BulkInsert(*prepared_->data->unbound_statement, names_, *rows));
    });
    ARROW_ASSIGN_OR_RAISE(const auto inserted,
                          session_->Finish(std::move(running), std::move(result)));
    std::shared_ptr<arrow::RecordBatch> batch;
    do {
      ARROW_RETURN_NOT_OK(inserted->ReadNext(&batch));
    } while (batch != nullptr);
    return inserted->rows_changed().value_or(0);
  }

 private:
  arrow::Status CheckParameters(const std::shared_ptr<arrow::RecordBatch>& parameters) const {
    ARROW_RETURN_NOT_OK(session_->engine().CheckUsable());
    const int given = parameters == nullptr ? 0 : parameters->num_columns();
    if (given == static_cast<int>(names_.size())) return arrow::Status::OK();
    return arrow::Status::Invalid("the statement has ", names_.size(), " parameters, found ",
                                  given);
  }

  const std::shared_ptr<SessionCore> session_;
  const duckdb::unique_ptr<duckdb::PreparedStatement> prepared_;
  const std::string sql_;
  const StatementKind kind_;
  const StatementEffect effect_;
  const std::string statement_;
  std::vector<std::string> names_;
  std::shared_ptr<arrow::Schema> parameters_;
  std::shared_ptr<arrow::Schema> schema_;
};

}  // namespace

arrow::Result<std::unique_ptr<SqlPrepared>> MakePreparedStatement(
    std::shared_ptr<SessionCore> session, duckdb::unique_ptr<duckdb::PreparedStatement> prepared,
    std::string sql) {
  auto statement =
      std::make_unique<DuckDbPrepared>(std::move(session), std::move(prepared), std::move(sql));
  ARROW_RETURN_NOT_OK(statement->Init());
  return std::unique_ptr<SqlPrepared>(std::move(statement));
}

}  // namespace artemis
