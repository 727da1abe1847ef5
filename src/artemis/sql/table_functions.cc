// Rows are made when a statement is bound, but for those of changes, which stream.
#include "artemis/sql/table_functions.h"

#include <algorithm>
#include <atomic>
#include <utility>

#include <arrow/c/bridge.h>
#include <arrow/extension/uuid.h>
#include <duckdb/catalog/catalog_search_path.hpp>
#include <duckdb/function/table/arrow.hpp>
#include <duckdb/main/client_data.hpp>
#include <duckdb/parser/parsed_data/create_table_function_info.hpp>

#include "artemis/base/error.h"
#include "artemis/base/near_match.h"
#include "artemis/base/time_text.h"
#include "artemis/replay/diff.h"
#include "artemis/replay/replay.h"
#include "artemis/sql/at_clause.h"
#include "artemis/sql/create_table_function.h"
#include "artemis/sql/error_wall.h"
#include "artemis/sql/sql_transaction.h"
#include "artemis/sql/table_facts.h"

namespace artemis {
namespace {

using duckdb::LogicalType;
using duckdb::Value;

SqlTransaction& OursOf(duckdb::ClientContext& context) {
  return SqlTransaction::Get(context, duckdb::Catalog::GetCatalog(context, kSqlCatalogName));
}

std::optional<TableName> FindTable(SqlTransaction& ours, const TableName& asked) {
  const std::string lower = AsciiLower(asked.Namespace());
  if (auto found = ours.FindTable(asked.Namespace(), asked.name)) return found;
  for (const std::string& name : ours.Namespaces()) {
    if (AsciiLower(name) != lower) continue;
    if (auto found = ours.FindTable(name, asked.name)) return found;
  }
  return std::nullopt;
}

// The table a text names: 'sda.obs', 'artemis.sda.obs', or 'obs' after USE artemis.sda.
TableName TableOf(duckdb::ClientContext& context, SqlTransaction& ours, const Value& argument) {
  if (argument.IsNull()) {
    ThrowStatus(*ours.session(), arrow::Status::Invalid("expected a table's name, found NULL"));
  }
  std::string text = argument.ToString();
  if (text.find('.') == std::string::npos) {
    const auto& path = duckdb::ClientData::Get(context).catalog_search_path->GetDefault();
    if (path.catalog == kSqlCatalogName) text = path.schema + "." + text;
  }
  const TableName asked = UnwrapOrThrow(*ours.session(), ParseTableName(text));
  if (auto found = FindTable(ours, asked)) return *found;
  if (asked.namespace_parts.size() > 1 && AsciiLower(asked.namespace_parts[0]) == kSqlCatalogName) {
    TableName inner = asked;
    inner.namespace_parts.erase(inner.namespace_parts.begin());
    if (auto found = FindTable(ours, inner)) return *found;
  }
  ThrowStatus(*ours.session(), NoSuchTableError(asked.ToString()));
}

struct FactInfo : public duckdb::TableFunctionInfo {
  explicit FactInfo(FactMaker the_maker) : maker(the_maker) {}
  const FactMaker maker;
};

struct FactBindData : public duckdb::TableFunctionData {
  FactRows facts;
  bool SupportStatementCache() const override { return false; }
};

struct FactState : public duckdb::GlobalTableFunctionState {
  size_t next = 0;
};

duckdb::unique_ptr<duckdb::FunctionData> BindRows(FactRows facts,
                                                  duckdb::vector<LogicalType>& types,
                                                  duckdb::vector<std::string>& names) {
  auto data = duckdb::make_uniq<FactBindData>();
  data->facts = std::move(facts);
  types = data->facts.types;
  names = data->facts.names;
  return data;
}

duckdb::unique_ptr<duckdb::FunctionData> BindFacts(duckdb::ClientContext& context,
                                                   duckdb::TableFunctionBindInput& input,
                                                   duckdb::vector<LogicalType>& types,
                                                   duckdb::vector<std::string>& names) {
  SqlTransaction& ours = OursOf(context);
  const TableName table = TableOf(context, ours, input.inputs[0]);
  const FactRequest request{ours.session()->catalog(), ours.Loaded(table),
                            DefaultTargetOf(context)};
  const auto& info = static_cast<const FactInfo&>(*input.info);
  return BindRows(UnwrapOrThrow(*ours.session(), info.maker(request)), types, names);
}

// What tables are read at: all of them under artemis.as_of, else those that the transaction has pinned.
duckdb::unique_ptr<duckdb::FunctionData> BindPins(duckdb::ClientContext& context,
                                                  duckdb::TableFunctionBindInput&,
                                                  duckdb::vector<LogicalType>& types,
                                                  duckdb::vector<std::string>& names) {
  SqlTransaction& ours = OursOf(context);
  FactRows facts;
  facts.names = {"table_name", "snapshot_id", "schema_id", "committed_at", "as_of", "error"};
  facts.types = {LogicalType::VARCHAR,      LogicalType::BIGINT,       LogicalType::INTEGER,
                 LogicalType::TIMESTAMP_TZ, LogicalType::TIMESTAMP_TZ, LogicalType::VARCHAR};
  const auto time = [](const std::optional<TimestampMs>& at) {
    return at ? Value::TIMESTAMPTZ(duckdb::timestamp_tz_t(at->value * 1000))
              : Value(LogicalType::TIMESTAMP_TZ);
  };
  const auto add = [&](const TableName& table, const PinnedSnapshot& pin) {
    const auto* as_of = std::get_if<TimestampMs>(&pin.target);
    facts.rows.push_back({Value(table.ToString()),
                          pin.view.snapshot_id ? Value::BIGINT(pin.view.snapshot_id->value)
                                               : Value(LogicalType::BIGINT),
                          Value::INTEGER(pin.view.schema->id.value), time(pin.committed_at),
                          time(as_of == nullptr ? std::nullopt : std::optional(*as_of)),
                          Value(LogicalType::VARCHAR)});
  };
  const ReplayTarget target = DefaultTargetOf(context);
  if (std::holds_alternative<std::monostate>(target)) {
    for (const auto& [table, pin] : ours.Pins()) add(table, pin);
    return BindRows(std::move(facts), types, names);
  }
  Catalog& catalog = ours.session()->catalog();
  for (const std::string& name : ours.Namespaces()) {
    for (const TableName& table : ours.Tables(name)) {
      const auto loaded = catalog.Load(table);
      auto pin = loaded.ok() ? Resolve(catalog, *loaded, target, ProjectionModeOf(context))
                             : arrow::Result<PinnedSnapshot>(loaded.status());
      if (pin.ok()) {
        add(table, *pin);
      } else {
        facts.rows.push_back({Value(table.ToString()), Value(LogicalType::BIGINT),
                              Value(LogicalType::INTEGER), Value(LogicalType::TIMESTAMP_TZ),
                              time(std::get<TimestampMs>(target)), Value(pin.status().message())});
      }
    }
  }
  return BindRows(std::move(facts), types, names);
}

duckdb::unique_ptr<duckdb::GlobalTableFunctionState> InitFacts(duckdb::ClientContext&,
                                                               duckdb::TableFunctionInitInput&) {
  return duckdb::make_uniq<FactState>();
}

void ScanFacts(duckdb::ClientContext&, duckdb::TableFunctionInput& input,
               duckdb::DataChunk& output) {
  const auto& rows = input.bind_data->Cast<FactBindData>().facts.rows;
  auto& state = input.global_state->Cast<FactState>();
  duckdb::idx_t count = 0;
  while (state.next < rows.size() && count < STANDARD_VECTOR_SIZE) {
    const auto& row = rows[state.next++];
    for (duckdb::idx_t column = 0; column < row.size(); ++column) {
      output.SetValue(column, count, row[column]);
    }
    ++count;
  }
  output.SetCardinality(count);
}

std::shared_ptr<arrow::Field> WithUuids(const std::shared_ptr<arrow::Field>& field,
                                        const Type& type) {
  if (type.kind == TypeKind::kUuid) return field->WithType(arrow::extension::uuid());
  arrow::FieldVector children;
  for (size_t i = 0; i < type.fields.size(); ++i) {
    const auto& parent =
        type.kind == TypeKind::kMap ? *field->type()->field(0)->type() : *field->type();
    children.push_back(WithUuids(parent.field(static_cast<int>(i)), type.fields[i].type));
  }
  switch (type.kind) {
    case TypeKind::kStruct:
      return field->WithType(arrow::struct_(children));
    case TypeKind::kList:
      return field->WithType(arrow::list(children[0]));
    case TypeKind::kMap:
      return field->WithType(std::make_shared<arrow::MapType>(children[0], children[1]));
    default:
      return field;
  }
}

// `rows` says only that a UUID has 16 bytes.
arrow::Schema WithUuids(const arrow::Schema& rows, const Schema& schema) {
  arrow::FieldVector fields;
  for (const auto& field : rows.fields()) {
    const auto column = std::find_if(schema.fields.begin(), schema.fields.end(),
                                     [&](const Field& each) { return each.name == field->name(); });
    fields.push_back(column == schema.fields.end() ? field : WithUuids(field, column->type));
  }
  return arrow::Schema(std::move(fields));
}

struct ChangesBindData : public duckdb::TableFunctionData {
  std::shared_ptr<SessionState> session;
  TableName table;
  ReplayTarget from, to;
  DiffOptions options;
  duckdb::ArrowTableSchema columns;

  bool SupportStatementCache() const override { return false; }

  DiffResult Open() const {
    return UnwrapOrThrow(
        *session, OpenDiff(session->catalog(), table, from, to, {}, options, session->caches()));
  }
};

struct ChangesState : public duckdb::GlobalTableFunctionState {
  explicit ChangesState(duckdb::ClientContext& context)
      : arrow(duckdb::make_uniq<duckdb::ArrowArrayWrapper>(), context) {}

  std::shared_ptr<arrow::RecordBatchReader> rows;
  duckdb::ArrowScanLocalState arrow;
  int64_t length = 0;
};

duckdb::unique_ptr<duckdb::FunctionData> BindChanges(duckdb::ClientContext& context,
                                                     duckdb::TableFunctionBindInput& input,
                                                     duckdb::vector<LogicalType>& types,
                                                     duckdb::vector<std::string>& names) {
  SqlTransaction& ours = OursOf(context);
  auto data = duckdb::make_uniq<ChangesBindData>();
  data->session = ours.session();
  data->table = TableOf(context, ours, input.inputs[0]);
  data->from = UnwrapOrThrow(*data->session, TargetOf(input.inputs[1], context, *data->session));
  if (input.inputs.size() > 2 && !input.inputs[2].IsNull()) {
    data->to = UnwrapOrThrow(*data->session, TargetOf(input.inputs[2], context, *data->session));
  }
  const auto net = input.named_parameters.find("net");
  const bool is_net =
      net != input.named_parameters.end() && !net->second.IsNull() && net->second.GetValue<bool>();
  data->options.kind = is_net ? DiffKind::kNet : DiffKind::kGross;
  duckdb::ArrowSchemaWrapper schema;
  const DiffResult diff = data->Open();
  const auto exported = arrow::ExportSchema(
      WithUuids(*diff.changes->schema(), *diff.to.view.schema), &schema.arrow_schema);
  if (!exported.ok()) ThrowStatus(*data->session, exported);
  duckdb::ArrowTableFunction::PopulateArrowTableSchema(context, data->columns, schema.arrow_schema);
  types = data->columns.GetTypes();
  names = data->columns.GetNames();
  return data;
}

duckdb::unique_ptr<duckdb::GlobalTableFunctionState> InitChanges(
    duckdb::ClientContext& context, duckdb::TableFunctionInitInput& input) {
  auto state = duckdb::make_uniq<ChangesState>(context);
  const auto& data = input.bind_data->Cast<ChangesBindData>();
  state->rows = data.Open().changes;
  for (duckdb::idx_t i = 0; i < data.columns.GetColumns().size(); ++i) {
    state->arrow.column_ids.push_back(i);
  }
  return state;
}

void ScanChanges(duckdb::ClientContext& context, duckdb::TableFunctionInput& input,
                 duckdb::DataChunk& output) {
  const auto& data = input.bind_data->Cast<ChangesBindData>();
  auto& state = input.global_state->Cast<ChangesState>();
  while (static_cast<int64_t>(state.arrow.chunk_offset) >= state.length) {
    if (context.interrupted) throw duckdb::InterruptException();
    std::shared_ptr<arrow::RecordBatch> batch;
    auto status = state.rows->ReadNext(&batch);
    if (status.ok() && batch != nullptr) {
      auto array = duckdb::make_shared_ptr<duckdb::ArrowArrayWrapper>();
      status = arrow::ExportRecordBatch(*batch, &array->arrow_array);
      state.arrow.Reset();
      state.arrow.chunk = std::move(array);
      state.length = batch->num_rows();
    }
    if (!status.ok()) ThrowStatus(*data.session, status);
    if (batch == nullptr) return;
  }
  const auto count = std::min<int64_t>(
      STANDARD_VECTOR_SIZE, state.length - static_cast<int64_t>(state.arrow.chunk_offset));
  output.SetCardinality(static_cast<duckdb::idx_t>(count));
  duckdb::ArrowTableFunction::ArrowToDuckDB(state.arrow, data.columns.GetColumns(), output, false);
  state.arrow.chunk_offset += output.size();
}

duckdb::TableFunctionSet FunctionNamed(const std::string& name) {
  duckdb::TableFunctionSet set(name);
  if (name == "pins") {
    set.AddFunction(duckdb::TableFunction(name, {}, ScanFacts, BindPins, InitFacts));
  } else if (name == "create_table") {
    set.AddFunction(CreateTableFunction());
  } else if (name == "changes") {
    for (const bool with_end : {true, false}) {
      duckdb::vector<LogicalType> arguments = {LogicalType::VARCHAR, LogicalType::ANY};
      if (with_end) arguments.push_back(LogicalType::ANY);
      duckdb::TableFunction function(name, arguments, ScanChanges, BindChanges, InitChanges);
      function.named_parameters["net"] = LogicalType::BOOLEAN;
      set.AddFunction(std::move(function));
    }
  } else if (const FactMaker maker = FindFactMaker(name)) {
    duckdb::TableFunction function(name, {LogicalType::VARCHAR}, ScanFacts, BindFacts, InitFacts);
    function.function_info = duckdb::make_shared_ptr<FactInfo>(maker);
    set.AddFunction(std::move(function));
  }
  return set;
}

}  // namespace

duckdb::CatalogEntry* TableFunctions::Find(duckdb::SchemaCatalogEntry& schema,
                                           const std::string& name) {
  const std::string lower = AsciiLower(name);
  std::lock_guard lock(mutex_);
  auto found = entries_.find(lower);
  if (found == entries_.end()) {
    auto functions = FunctionNamed(lower);
    if (functions.functions.empty()) return nullptr;
    duckdb::CreateTableFunctionInfo info(std::move(functions));
    found = entries_
                .emplace(lower, std::make_unique<duckdb::TableFunctionCatalogEntry>(schema.catalog,
                                                                                    schema, info))
                .first;
  }
  return found->second.get();
}

}  // namespace artemis
