// Dispatch of calls, and questions about metadata.
#include "artemis/serve/flight_service.h"

#include <algorithm>
#include <type_traits>
#include <utility>

#include <arrow/builder.h>

#include "artemis/serve/flight_status.h"

namespace artemis {

namespace {

namespace flight = arrow::flight;

// What parameters of unknown types leave open when a statement is prepared.
bool HasUnknownColumn(const arrow::Schema& schema) {
  return std::any_of(schema.fields().begin(), schema.fields().end(),
                     [](const auto& field) { return field->type()->id() == arrow::Type::NA; });
}

std::string QuotedName(const std::string& name) {
  std::string quoted = "\"";
  for (const char c : name) {
    quoted += c;
    if (c == '"') quoted += c;
  }
  return quoted + '"';
}

std::string SelectAll(const std::string& namespace_name, const std::string& name) {
  return "SELECT * FROM artemis." + QuotedName(namespace_name) + "." + QuotedName(name);
}

BatchResult ChangedBatch(int64_t rows) {
  arrow::Int64Builder builder;
  ARROW_RETURN_NOT_OK(builder.Append(rows));
  ARROW_ASSIGN_OR_RAISE(auto array, builder.Finish());
  return arrow::RecordBatch::Make(ChangedSchema(), 1, {std::move(array)});
}

arrow::Result<std::shared_ptr<arrow::RecordBatchReader>> OneBatch(const BatchResult& batch) {
  ARROW_RETURN_NOT_OK(batch);
  return arrow::RecordBatchReader::Make({*batch}, (*batch)->schema());
}

template <typename Command, typename... Kinds>
constexpr bool IsOneOf = (std::is_same_v<Command, Kinds> || ...);

arrow::Status NoRows(const char* what) { return arrow::Status::NotImplemented(what); }

}  // namespace

std::shared_ptr<arrow::Schema> ChangedSchema() {
  return arrow::schema({arrow::field("rows_changed", arrow::int64(), false)});
}

arrow::Status FlightService::Answer(const CallContext& context, const char* method,
                                    const std::function<arrow::Status(Caller&)>& answer) {
  const auto* identity = static_cast<const CallIdentity*>(context.GetMiddleware(kCallIdentityKey));
  if (identity == nullptr) return UnauthenticatedStatus("the call was not checked");
  auto session = parts_.sessions.Find(identity->names, identity->token);
  if (!session.ok()) return ToFlightStatus(session.status());
  Caller caller{context, *identity, std::move(*session), method};
  return ToFlightStatus(answer(caller));
}

arrow::Result<FlightCommand> FlightService::CommandOf(const flight::FlightDescriptor& request) {
  if (request.type == flight::FlightDescriptor::CMD) return ParseFlightCommand(request.cmd);
  if (request.type != flight::FlightDescriptor::PATH || request.path.size() < 2) {
    return arrow::Status::Invalid(
        "expected a command, or the path of a table: a namespace's parts and a name");
  }
  TableName name;
  name.namespace_parts.assign(request.path.begin(), request.path.end() - 1);
  return FlightCommand(
      StatementCommand{SelectAll(name.Namespace(), request.path.back()), {}, false});
}

arrow::Status FlightService::GetFlightInfo(const CallContext& context,
                                           const flight::FlightDescriptor& request,
                                           std::unique_ptr<flight::FlightInfo>* info) {
  return Answer(context, "GetFlightInfo", [&](Caller& caller) {
    ARROW_ASSIGN_OR_RAISE(const auto described, Describe(caller, request, true));
    flight::FlightEndpoint endpoint;
    endpoint.ticket = described.ticket;
    ARROW_ASSIGN_OR_RAISE(
        auto made, flight::FlightInfo::Make(*described.schema, request, {endpoint}, -1, -1, true));
    *info = std::make_unique<flight::FlightInfo>(std::move(made));
    return arrow::Status::OK();
  });
}

arrow::Status FlightService::PollFlightInfo(const CallContext& context,
                                            const flight::FlightDescriptor& request,
                                            std::unique_ptr<flight::PollInfo>* info) {
  std::unique_ptr<flight::FlightInfo> whole;
  ARROW_RETURN_NOT_OK(GetFlightInfo(context, request, &whole));
  *info = std::make_unique<flight::PollInfo>(std::move(whole), std::nullopt, 1.0, std::nullopt);
  return arrow::Status::OK();
}

arrow::Status FlightService::GetSchema(const CallContext& context,
                                       const flight::FlightDescriptor& request,
                                       std::unique_ptr<flight::SchemaResult>* schema) {
  return Answer(context, "GetSchema", [&](Caller& caller) {
    ARROW_ASSIGN_OR_RAISE(const auto described, Describe(caller, request, false));
    return flight::SchemaResult::Make(*described.schema).Value(schema);
  });
}

arrow::Status FlightService::DoGet(const CallContext& context, const flight::Ticket& request,
                                   std::unique_ptr<flight::FlightDataStream>* stream) {
  return Answer(context, "DoGet", [&](Caller& caller) {
    ARROW_ASSIGN_OR_RAISE(auto rows, Rows(caller, request.ticket));
    *stream = std::make_unique<flight::RecordBatchStream>(std::move(rows));
    return arrow::Status::OK();
  });
}

arrow::Result<FlightService::Described> FlightService::Describe(
    Caller& caller, const flight::FlightDescriptor& request, bool executes) {
  ARROW_ASSIGN_OR_RAISE(const auto command, CommandOf(request));
  if (const auto* statement = std::get_if<StatementCommand>(&command)) {
    return DescribeStatement(caller, *statement, executes);
  }
  if (const auto* prepared = std::get_if<PreparedCommand>(&command)) {
    ARROW_ASSIGN_OR_RAISE(const auto handle,
                          parts_.prepared.Find(caller.identity.token->id, prepared->handle));
    if (handle->kind != StatementKind::kRows) return Described{ChangedSchema(), {request.cmd}};
    ARROW_ASSIGN_OR_RAISE(const auto asked, AskedOf(caller, *prepared));
    if (asked.parameters == nullptr || !HasUnknownColumn(*handle->schema)) {
      return Described{handle->schema, {request.cmd}};
    }
    ARROW_ASSIGN_OR_RAISE(auto bound, BoundSchema(caller, asked));
    return Described{std::move(bound), {request.cmd}};
  }
  ARROW_ASSIGN_OR_RAISE(auto schema, SchemaOf(command));
  return Described{std::move(schema), {request.cmd}};
}

arrow::Result<std::shared_ptr<arrow::Schema>> FlightService::SchemaOf(
    const FlightCommand& command) {
  return std::visit(
      [](const auto& each) -> arrow::Result<std::shared_ptr<arrow::Schema>> {
        using Command = std::decay_t<decltype(each)>;
        if constexpr (std::is_same_v<Command, SqlInfoCommand>) return SqlInfoSchema();
        if constexpr (std::is_same_v<Command, TypeInfoCommand>) return TypeInfoSchema();
        if constexpr (std::is_same_v<Command, CatalogsCommand>) return CatalogsSchema();
        if constexpr (std::is_same_v<Command, SchemasCommand>) return SchemasSchema();
        if constexpr (std::is_same_v<Command, TablesCommand>)
          return TablesSchema(each.include_schema);
        if constexpr (std::is_same_v<Command, TableTypesCommand>) return TableTypesSchema();
        if constexpr (std::is_same_v<Command, KeysCommand>) return KeysSchema(each.kind);
        if constexpr (std::is_same_v<Command, SubstraitCommand>)
          return NoRows("Substrait plans are not taken");
        return NoRows("the command gives no rows");
      },
      command);
}

BatchResult FlightService::MetadataBatch(Caller& caller, const FlightCommand& command) {
  auto& catalog = caller.session->catalog();
  return std::visit(
      [&](const auto& each) -> BatchResult {
        using Command = std::decay_t<decltype(each)>;
        if constexpr (std::is_same_v<Command, SqlInfoCommand>)
          return SqlInfoBatch(each.ids, InfoFacts(caller));
        if constexpr (std::is_same_v<Command, TypeInfoCommand>)
          return TypeInfoBatch(each.data_type);
        if constexpr (std::is_same_v<Command, CatalogsCommand>) return CatalogsBatch();
        if constexpr (std::is_same_v<Command, SchemasCommand>) return SchemasBatch(catalog, each);
        if constexpr (std::is_same_v<Command, TablesCommand>) return Tables(caller, each);
        if constexpr (std::is_same_v<Command, TableTypesCommand>) return TableTypesBatch();
        if constexpr (std::is_same_v<Command, KeysCommand>) return KeysBatch(catalog, each);
        return NoRows("the ticket stands for no rows");
      },
      command);
}

BatchResult FlightService::Tables(Caller& caller, const TablesCommand& command) {
  std::unique_ptr<SqlLease> lease;
  if (command.include_schema) {
    ARROW_ASSIGN_OR_RAISE(lease, caller.session->Lease());
  }
  return TablesBatch(caller.session->catalog(), command,
                     [&](const TableName& name) -> arrow::Result<std::shared_ptr<arrow::Schema>> {
                       ARROW_ASSIGN_OR_RAISE(
                           const auto prepared,
                           lease->sql().Prepare(SelectAll(name.Namespace(), name.name)));
                       return prepared->schema();
                     });
}

arrow::Result<std::shared_ptr<arrow::RecordBatchReader>> FlightService::Rows(
    Caller& caller, const std::string& ticket) {
  ARROW_ASSIGN_OR_RAISE(const auto command, ParseFlightCommand(ticket));
  if (const auto* statement = std::get_if<StatementTicket>(&command)) {
    if (statement->rows_changed) return OneBatch(ChangedBatch(*statement->rows_changed));
    return Query(caller, {statement->id, statement->query, statement->transaction_id, nullptr});
  }
  if (const auto* statement = std::get_if<StatementCommand>(&command)) {
    ARROW_ASSIGN_OR_RAISE(const auto described, DescribeStatement(caller, *statement, true));
    return Rows(caller, described.ticket.ticket);
  }
  if (const auto* prepared = std::get_if<PreparedCommand>(&command)) {
    ARROW_ASSIGN_OR_RAISE(const auto handle,
                          parts_.prepared.Find(caller.identity.token->id, prepared->handle));
    ARROW_ASSIGN_OR_RAISE(const auto asked, AskedOf(caller, *prepared));
    if (handle->kind == StatementKind::kRows) return Query(caller, asked);
    ARROW_ASSIGN_OR_RAISE(const int64_t changed, Update(caller, asked));
    return OneBatch(ChangedBatch(changed));
  }
  return OneBatch(MetadataBatch(caller, command));
}

}  // namespace artemis
