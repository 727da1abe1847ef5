// Flight SQL's messages through protobuf.
#include "artemis/serve/flight_command.h"

#include <utility>

#include <nlohmann/json.hpp>

#include "flight_sql.pb.h"

namespace artemis {

namespace {

constexpr std::string_view kTypePrefix = "type.googleapis.com/arrow.flight.protocol.sql.";

std::string Pack(std::string_view name, const google::protobuf::MessageLite& message) {
  flightsql::PackedMessage packed;
  packed.set_type_url(std::string(kTypePrefix) + std::string(name));
  packed.set_value(message.SerializeAsString());
  return packed.SerializeAsString();
}

// The message's name and bytes; nullopt when the bytes are no packed message of Flight SQL.
struct Packed {
  std::string name;
  std::string value;
};

std::optional<Packed> Unpack(std::string_view bytes) {
  flightsql::PackedMessage packed;
  if (!packed.ParseFromArray(bytes.data(), static_cast<int>(bytes.size()))) return std::nullopt;
  if (!packed.type_url().starts_with(kTypePrefix)) return std::nullopt;
  return Packed{packed.type_url().substr(kTypePrefix.size()), packed.value()};
}

template <typename Message>
arrow::Result<Message> Parse(const Packed& packed) {
  Message message;
  if (message.ParseFromString(packed.value)) return message;
  return arrow::Status::Invalid("the message ", packed.name, " of Flight SQL is cut off or broken");
}

template <typename Message>
arrow::Result<Message> ParseBody(std::string_view body, std::string_view name) {
  const auto packed = Unpack(body);
  if (packed && packed->name == name) return Parse<Message>(*packed);
  return arrow::Status::Invalid("the action's body is no message ", name, " of Flight SQL");
}

template <typename Message, typename Make>
arrow::Result<FlightCommand> Read(const Packed& packed, Make make) {
  ARROW_ASSIGN_OR_RAISE(const auto message, Parse<Message>(packed));
  return FlightCommand(make(message));
}

// The value of an optional field.
#define ARTEMIS_OPTIONAL(message, field) \
  ((message).has_##field() ? std::optional((message).field()) : std::nullopt)

arrow::Result<FlightCommand> ReadKeys(const Packed& packed, KeyKind kind) {
  if (kind == KeyKind::kCrossReference) return FlightCommand(KeysCommand{kind, {}, {}, {}});
  return Read<flightsql::CommandGetKeys>(packed, [kind](const auto& message) {
    return KeysCommand{kind, ARTEMIS_OPTIONAL(message, catalog),
                       ARTEMIS_OPTIONAL(message, db_schema), message.table()};
  });
}

arrow::Result<FlightCommand> ReadStatement(const Packed& packed, bool update) {
  return Read<flightsql::CommandStatement>(packed, [update](const auto& message) {
    return StatementCommand{message.query(), message.transaction_id(), update};
  });
}

arrow::Result<FlightCommand> ReadPrepared(const Packed& packed, bool update) {
  return Read<flightsql::PreparedStatement>(packed, [update](const auto& message) {
    return PreparedCommand{message.prepared_statement_handle(), update};
  });
}

arrow::Result<FlightCommand> ReadTicket(const Packed& packed) {
  ARROW_ASSIGN_OR_RAISE(const auto ticket, Parse<flightsql::TicketStatementQuery>(packed));
  return Read<flightsql::StatementHandle>(
      {"StatementHandle", ticket.statement_handle()}, [](const auto& handle) {
        return StatementTicket{handle.id(), handle.query(), handle.transaction_id(),
                               ARTEMIS_OPTIONAL(handle, rows_changed)};
      });
}

arrow::Result<FlightCommand> ReadSchemas(const Packed& packed) {
  return Read<flightsql::CommandGetDbSchemas>(packed, [](const auto& message) {
    return SchemasCommand{ARTEMIS_OPTIONAL(message, catalog),
                          ARTEMIS_OPTIONAL(message, db_schema_filter_pattern)};
  });
}

arrow::Result<FlightCommand> ReadTables(const Packed& packed) {
  return Read<flightsql::CommandGetTables>(packed, [](const auto& message) {
    return TablesCommand{ARTEMIS_OPTIONAL(message, catalog),
                         ARTEMIS_OPTIONAL(message, db_schema_filter_pattern),
                         ARTEMIS_OPTIONAL(message, table_name_filter_pattern),
                         {message.table_types().begin(), message.table_types().end()},
                         message.include_schema()};
  });
}

arrow::Result<FlightCommand> ReadInfo(const Packed& packed) {
  return Read<flightsql::CommandGetSqlInfo>(packed, [](const auto& message) {
    return SqlInfoCommand{{message.info().begin(), message.info().end()}};
  });
}

arrow::Result<FlightCommand> ReadTypes(const Packed& packed) {
  return Read<flightsql::CommandGetXdbcTypeInfo>(packed, [](const auto& message) {
    return TypeInfoCommand{ARTEMIS_OPTIONAL(message, data_type)};
  });
}

arrow::Result<IngestTarget> TargetOf(const flightsql::CommandStatementIngest& message) {
  IngestTarget target{message.schema(), message.table(), IfMissing::kFail, IfExists::kAppend};
  if (!message.has_table_definition_options()) return target;
  const auto& options = message.table_definition_options();
  switch (options.if_not_exist()) {
    case 1:
      target.if_missing = IfMissing::kCreate;
      break;
    case 2:
      target.if_missing = IfMissing::kFail;
      break;
    default:
      return arrow::Status::Invalid("if_not_exist is create (1) or fail (2), not ",
                                    options.if_not_exist());
  }
  switch (options.if_exists()) {
    case 1:
      target.if_exists = IfExists::kFail;
      break;
    case 2:
      target.if_exists = IfExists::kAppend;
      break;
    case 3:
      target.if_exists = IfExists::kReplace;
      break;
    default:
      return arrow::Status::Invalid("if_exists is fail (1), append (2) or replace (3), not ",
                                    options.if_exists());
  }
  return target;
}

arrow::Result<FlightCommand> ReadIngest(const Packed& packed) {
  ARROW_ASSIGN_OR_RAISE(const auto message, Parse<flightsql::CommandStatementIngest>(packed));
  ARROW_ASSIGN_OR_RAISE(auto target, TargetOf(message));
  return FlightCommand(IngestCommand{std::move(target), ARTEMIS_OPTIONAL(message, catalog),
                                     message.temporary(), message.transaction_id()});
}

struct Known {
  const char* name;
  arrow::Result<FlightCommand> (*read)(const Packed&);
};

constexpr Known kKnown[] = {
    {"CommandGetSqlInfo", ReadInfo},
    {"CommandGetXdbcTypeInfo", ReadTypes},
    {"CommandGetCatalogs",
     [](const Packed&) -> arrow::Result<FlightCommand> { return CatalogsCommand(); }},
    {"CommandGetDbSchemas", ReadSchemas},
    {"CommandGetTables", ReadTables},
    {"CommandGetTableTypes",
     [](const Packed&) -> arrow::Result<FlightCommand> { return TableTypesCommand(); }},
    {"CommandGetPrimaryKeys",
     [](const Packed& packed) { return ReadKeys(packed, KeyKind::kPrimary); }},
    {"CommandGetExportedKeys",
     [](const Packed& packed) { return ReadKeys(packed, KeyKind::kExported); }},
    {"CommandGetImportedKeys",
     [](const Packed& packed) { return ReadKeys(packed, KeyKind::kImported); }},
    {"CommandGetCrossReference",
     [](const Packed& packed) { return ReadKeys(packed, KeyKind::kCrossReference); }},
    {"CommandStatementQuery", [](const Packed& packed) { return ReadStatement(packed, false); }},
    {"CommandStatementUpdate", [](const Packed& packed) { return ReadStatement(packed, true); }},
    {"CommandPreparedStatementQuery",
     [](const Packed& packed) { return ReadPrepared(packed, false); }},
    {"CommandPreparedStatementUpdate",
     [](const Packed& packed) { return ReadPrepared(packed, true); }},
    {"CommandStatementIngest", ReadIngest},
    {"CommandStatementSubstraitPlan",
     [](const Packed&) -> arrow::Result<FlightCommand> { return SubstraitCommand(); }},
    {"TicketStatementQuery", ReadTicket},
};

arrow::Result<FlightCommand> ReadJson(std::string_view text) {
  const auto json = nlohmann::json::parse(text, nullptr, false);
  if (json.is_object() && json.contains("sql") && json["sql"].is_string()) {
    return FlightCommand(StatementCommand{json["sql"].get<std::string>(), {}, false});
  }
  return arrow::Status::Invalid("the JSON ticket is not {\"sql\": \"...\"}");
}

bool IsText(std::string_view bytes) {
  for (const char c : bytes) {
    const auto byte = static_cast<unsigned char>(c);
    if (byte < 0x20 && c != '\n' && c != '\r' && c != '\t') return false;
  }
  return bytes.find_first_not_of(" \t\r\n") != std::string_view::npos;
}

}  // namespace

arrow::Result<FlightCommand> ParseFlightCommand(std::string_view bytes) {
  if (const auto packed = Unpack(bytes)) {
    for (const auto& known : kKnown) {
      if (packed->name == known.name) return known.read(*packed);
    }
    return arrow::Status::NotImplemented("the message ", packed->name,
                                         " of Flight SQL is not known");
  }
  if (!IsText(bytes)) {
    return arrow::Status::Invalid(
        "expected a message of Flight SQL, the text of a statement or a JSON object {\"sql\": "
        "\"...\"}, found other bytes");
  }
  if (bytes[bytes.find_first_not_of(" \t\r\n")] == '{') return ReadJson(bytes);
  return FlightCommand(StatementCommand{std::string(bytes), {}, false});
}

std::string TicketBytes(const StatementTicket& ticket) {
  flightsql::StatementHandle handle;
  handle.set_id(ticket.id);
  handle.set_query(ticket.query);
  if (!ticket.transaction_id.empty()) handle.set_transaction_id(ticket.transaction_id);
  if (ticket.rows_changed) handle.set_rows_changed(*ticket.rows_changed);
  flightsql::TicketStatementQuery message;
  message.set_statement_handle(handle.SerializeAsString());
  return Pack("TicketStatementQuery", message);
}

arrow::Result<StatementCommand> ParseCreatePrepared(std::string_view body) {
  ARROW_ASSIGN_OR_RAISE(const auto message, ParseBody<flightsql::CommandStatement>(
                                                body, "ActionCreatePreparedStatementRequest"));
  return StatementCommand{message.query(), message.transaction_id(), false};
}

arrow::Result<std::string> ParseClosePrepared(std::string_view body) {
  ARROW_ASSIGN_OR_RAISE(const auto message, ParseBody<flightsql::PreparedStatement>(
                                                body, "ActionClosePreparedStatementRequest"));
  return message.prepared_statement_handle();
}

arrow::Result<EndTransaction> ParseEndTransaction(std::string_view body) {
  ARROW_ASSIGN_OR_RAISE(const auto message, ParseBody<flightsql::ActionEndTransactionRequest>(
                                                body, "ActionEndTransactionRequest"));
  if (message.action() != 1 && message.action() != 2) {
    return arrow::Status::Invalid("a transaction ends by commit (1) or rollback (2), not by ",
                                  message.action());
  }
  return EndTransaction{message.transaction_id(), message.action() == 1};
}

arrow::Result<std::string> ParseCancelQuery(std::string_view body) {
  ARROW_ASSIGN_OR_RAISE(const auto message, ParseBody<flightsql::ActionCancelQueryRequest>(
                                                body, "ActionCancelQueryRequest"));
  return message.info();
}

std::string CreatePreparedBytes(const CreatedPrepared& created) {
  flightsql::ActionCreatePreparedStatementResult message;
  message.set_prepared_statement_handle(created.handle);
  message.set_dataset_schema(created.dataset_schema);
  message.set_parameter_schema(created.parameter_schema);
  message.set_is_update(created.is_update);
  return Pack("ActionCreatePreparedStatementResult", message);
}

std::string BeginTransactionBytes(const std::string& transaction_id) {
  flightsql::ActionBeginTransactionResult message;
  message.set_transaction_id(transaction_id);
  return Pack("ActionBeginTransactionResult", message);
}

std::string CancelQueryBytes(CancelOutcome outcome) {
  flightsql::ActionCancelQueryResult message;
  message.set_result(static_cast<int32_t>(outcome));
  return Pack("ActionCancelQueryResult", message);
}

std::string UpdateResultBytes(int64_t record_count) {
  flightsql::DoPutUpdateResult message;
  message.set_record_count(record_count);
  return message.SerializeAsString();
}

std::string PreparedResultBytes(const std::string& handle) {
  flightsql::PreparedStatement message;
  message.set_prepared_statement_handle(handle);
  return message.SerializeAsString();
}

#undef ARTEMIS_OPTIONAL

}  // namespace artemis
