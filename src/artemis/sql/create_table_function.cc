// Arguments become the same NewTable that CREATE TABLE becomes.
#include "artemis/sql/create_table_function.h"

#include <utility>

#include <duckdb/catalog/catalog_search_path.hpp>
#include <duckdb/main/client_data.hpp>
#include <duckdb/parser/parser.hpp>
#include <duckdb/parser/statement/create_statement.hpp>
#include <duckdb/planner/binder.hpp>

#include "artemis/base/error.h"
#include "artemis/base/near_match.h"
#include "artemis/schema/schema_json.h"
#include "artemis/sql/confinement.h"
#include "artemis/sql/error_wall.h"
#include "artemis/sql/new_tables.h"
#include "artemis/sql/sql_ddl.h"
#include "artemis/sql/sql_transaction.h"

namespace artemis {
namespace {

using duckdb::LogicalType;
using duckdb::Value;

struct CreateTableBindData : public duckdb::TableFunctionData {
  SqlSchema* schema = nullptr;
  std::string name;
  NewTable table;
  bool if_not_exists = false;

  bool SupportStatementCache() const override { return false; }
};

struct CreateTableState : public duckdb::GlobalTableFunctionState {
  bool is_done = false;
};

// The named arguments of one call.
class CreateArguments {
 public:
  explicit CreateArguments(const duckdb::named_parameter_map_t& values) : values_(values) {}

  bool has(const std::string& name) const { return values_.contains(name); }

  arrow::Result<std::string> Text(const std::string& name) const {
    const auto found = values_.find(name);
    if (found == values_.end()) return std::string();
    if (found->second.IsNull()) return arrow::Status::Invalid(name, " is NULL: leave it out");
    return found->second.ToString();
  }

  // A text, or a list of texts as one with commas.
  arrow::Result<std::string> Terms(const std::string& name) const {
    const auto found = values_.find(name);
    if (found == values_.end()) return std::string();
    const Value& value = found->second;
    if (value.type().id() != duckdb::LogicalTypeId::LIST || value.IsNull()) {
      if (value.type().id() == duckdb::LogicalTypeId::VARCHAR) return Text(name);
      return arrow::Status::Invalid(name, " is ", value.ToString(),
                                    ": expected a list of texts, such as ['day(ts) as day']");
    }
    std::string text;
    for (const Value& term : duckdb::ListValue::GetChildren(value)) {
      if (term.IsNull()) return arrow::Status::Invalid(name, " holds a NULL");
      text += (text.empty() ? "" : ", ") + term.ToString();
    }
    return text;
  }

  arrow::Status TakeProperties(NewTable* table) const {
    const auto found = values_.find("properties");
    if (found == values_.end() || found->second.IsNull()) return arrow::Status::OK();
    for (const Value& entry : duckdb::MapValue::GetChildren(found->second)) {
      const auto& pair = duckdb::StructValue::GetChildren(entry);
      ARROW_RETURN_NOT_OK(
          TakeTableOption(pair[0].ToString(), pair[1].IsNull() ? "" : pair[1].ToString(), table));
    }
    return arrow::Status::OK();
  }

 private:
  const duckdb::named_parameter_map_t& values_;
};

// Whether the text was columns, and nothing behind them.
bool HasColumnsAlone(const duckdb::CreateTableInfo& info) {
  return info.options.empty() && info.partition_keys.empty() && info.sort_keys.empty() &&
         !info.query;
}

// The columns as CREATE TABLE has them, with their types looked up.
duckdb::unique_ptr<duckdb::CreateInfo> ParseColumns(const std::string& text,
                                                    duckdb::Binder& binder) {
  duckdb::Parser parser;
  parser.ParseQuery("CREATE TABLE t (" + text + "\n)");
  duckdb::unique_ptr<duckdb::CreateInfo> info;
  if (parser.statements.size() == 1 &&
      parser.statements[0]->type == duckdb::StatementType::CREATE_STATEMENT) {
    info = std::move(parser.statements[0]->Cast<duckdb::CreateStatement>().info);
  }
  if (!info || info->type != duckdb::CatalogType::TABLE_ENTRY ||
      !HasColumnsAlone(info->Cast<duckdb::CreateTableInfo>())) {
    throw duckdb::ParserException(
        "columns: expected what stands in the parentheses of CREATE TABLE");
  }
  auto& columns = info->Cast<duckdb::CreateTableInfo>().columns;
  for (duckdb::idx_t i = 0; i < columns.LogicalColumnCount(); ++i) {
    binder.BindLogicalType(columns.GetColumnMutable(duckdb::LogicalIndex(i)).TypeMutable());
  }
  return info;
}

arrow::Result<Schema> DescribedSchema(const CreateArguments& arguments, duckdb::Binder& binder) {
  ARROW_ASSIGN_OR_RAISE(const auto columns, arguments.Text("columns"));
  ARROW_ASSIGN_OR_RAISE(const auto json, arguments.Text("schema"));
  if (columns.empty() == json.empty()) {
    return arrow::Status::Invalid(
        "name the columns by one of columns := 'id BIGINT NOT NULL, …' and schema := '<Iceberg "
        "schema as JSON>'");
  }
  if (!json.empty()) {
    auto schema = SchemaFromJson(json);
    if (!schema.ok()) return WithContext(schema.status(), "schema");
    return AssignFreshIds(*std::move(schema));
  }
  return ColumnsOf(ParseColumns(columns, binder)->Cast<duckdb::CreateTableInfo>());
}

arrow::Result<NewTable> DescribedTable(const CreateArguments& arguments, duckdb::Binder& binder) {
  NewTable table;
  table.format_version = 0;
  ARROW_ASSIGN_OR_RAISE(table.schema, DescribedSchema(arguments, binder));
  ARROW_RETURN_NOT_OK(arguments.TakeProperties(&table));
  if (arguments.has("format_version")) {
    ARROW_ASSIGN_OR_RAISE(const auto version, arguments.Text("format_version"));
    ARROW_RETURN_NOT_OK(TakeTableOption(kFormatVersionOption, version, &table));
  }
  if (arguments.has("comment")) {
    ARROW_ASSIGN_OR_RAISE(table.properties[kCommentProperty], arguments.Text("comment"));
  }
  ARROW_ASSIGN_OR_RAISE(const auto partition, arguments.Terms("partition"));
  ARROW_ASSIGN_OR_RAISE(const auto sort, arguments.Terms("sort_order"));
  ARROW_RETURN_NOT_OK(FinishNewTable(partition, sort, &table));
  return table;
}

// The schema and the name that a text says: 'sda.obs', 'artemis.sda.obs', or 'obs' after USE artemis.sda.
void FindPlace(duckdb::ClientContext& context, duckdb::Catalog& catalog, SqlTransaction& ours,
               const Value& argument, CreateTableBindData* data) {
  if (argument.IsNull()) {
    ThrowStatus(*ours.session(), arrow::Status::Invalid("expected a table's name, found NULL"));
  }
  std::string text = argument.ToString();
  const auto& path = duckdb::ClientData::Get(context).catalog_search_path->GetDefault();
  if (text.find('.') == std::string::npos && path.catalog == catalog.GetName()) {
    text = path.schema + "." + text;
  }
  TableName asked = UnwrapOrThrow(*ours.session(), ParseTableName(text));
  if (asked.namespace_parts.size() > 1 &&
      AsciiLower(asked.namespace_parts[0]) == catalog.GetName()) {
    asked.namespace_parts.erase(asked.namespace_parts.begin());
  }
  data->schema = &catalog.GetSchema(context, asked.Namespace()).Cast<SqlSchema>();
  data->name = asked.name;
}

void CheckPlaces(SessionState& session, const NewTable& table) {
  if (!session.options().confined) return;
  for (const auto& [property, value] : table.properties) {
    const auto status = CheckPropertyConfined(property);
    if (!status.ok()) ThrowStatus(session, status);
  }
}

duckdb::unique_ptr<duckdb::FunctionData> BindCreateTable(duckdb::ClientContext& context,
                                                         duckdb::TableFunctionBindInput& input,
                                                         duckdb::vector<LogicalType>& types,
                                                         duckdb::vector<std::string>& names) {
  auto& catalog = duckdb::Catalog::GetCatalog(context, kSqlCatalogName);
  auto& ours = SqlTransaction::Get(context, catalog);
  ours.RequireWritable();
  auto data = duckdb::make_uniq<CreateTableBindData>();
  FindPlace(context, catalog, ours, input.inputs[0], data.get());
  const CreateArguments arguments(input.named_parameters);
  data->table = UnwrapOrThrow(*ours.session(), DescribedTable(arguments, *input.binder));
  CheckPlaces(*ours.session(), data->table);
  const auto if_not_exists = input.named_parameters.find("if_not_exists");
  data->if_not_exists = if_not_exists != input.named_parameters.end() &&
                        !if_not_exists->second.IsNull() && if_not_exists->second.GetValue<bool>();
  input.binder->GetStatementProperties().RegisterDBModify(
      catalog, context, duckdb::DatabaseModificationType::CREATE_CATALOG_ENTRY);
  names = {"table_name", "location", "format_version", "created"};
  types = {LogicalType::VARCHAR, LogicalType::VARCHAR, LogicalType::INTEGER, LogicalType::BOOLEAN};
  return data;
}

duckdb::unique_ptr<duckdb::GlobalTableFunctionState> InitCreateTable(
    duckdb::ClientContext&, duckdb::TableFunctionInitInput&) {
  return duckdb::make_uniq<CreateTableState>();
}

void RunCreateTable(duckdb::ClientContext& context, duckdb::TableFunctionInput& input,
                    duckdb::DataChunk& output) {
  auto& state = input.global_state->Cast<CreateTableState>();
  if (std::exchange(state.is_done, true)) return;
  const auto& data = input.bind_data->Cast<CreateTableBindData>();
  const bool created =
      CreateNewTable(context, *data.schema, data.name, data.if_not_exists,
                     [&]() -> arrow::Result<NewTable> { return data.table; }) != nullptr;
  auto& ours = SqlTransaction::Get(context, data.schema->catalog);
  const auto name = ours.FindTable(data.schema->name, data.name);
  const TableMetadata& metadata = *ours.Loaded(*name).metadata;
  output.SetCardinality(1);
  output.SetValue(0, 0, Value(name->ToString()));
  output.SetValue(1, 0, Value(metadata.location));
  output.SetValue(2, 0, Value::INTEGER(metadata.format_version));
  output.SetValue(3, 0, Value::BOOLEAN(created));
}

}  // namespace

duckdb::TableFunction CreateTableFunction() {
  duckdb::TableFunction function("create_table", {LogicalType::VARCHAR}, RunCreateTable,
                                 BindCreateTable, InitCreateTable);
  function.named_parameters = {
      {"columns", LogicalType::VARCHAR},
      {"schema", LogicalType::VARCHAR},
      {"partition", LogicalType::ANY},
      {"sort_order", LogicalType::ANY},
      {"properties", LogicalType::MAP(LogicalType::VARCHAR, LogicalType::VARCHAR)},
      {"format_version", LogicalType::INTEGER},
      {"comment", LogicalType::VARCHAR},
      {"if_not_exists", LogicalType::BOOLEAN}};
  return function;
}

}  // namespace artemis
