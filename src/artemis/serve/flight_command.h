// What Flight SQL clients ask for, as plain values, from and to the bytes of descriptors, tickets and action bodies.
//
// Specification: Arrow Flight SQL (FlightSql.proto); the messages are those of flight_sql.proto.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

#include <arrow/result.h>

#include "artemis/sql/sql_ingest.h"

namespace artemis {

struct SqlInfoCommand {
  // Empty: all.
  std::vector<uint32_t> ids;
};
struct TypeInfoCommand {
  std::optional<int32_t> data_type;
};
struct CatalogsCommand {};
struct SchemasCommand {
  std::optional<std::string> catalog;
  std::optional<std::string> schema_pattern;
};
struct TablesCommand {
  std::optional<std::string> catalog;
  std::optional<std::string> schema_pattern;
  std::optional<std::string> table_pattern;
  // Empty: all.
  std::vector<std::string> table_types;
  bool include_schema = false;
};
struct TableTypesCommand {};
enum class KeyKind : uint8_t { kPrimary, kExported, kImported, kCrossReference };
// The table is not kept for kCrossReference: there are no foreign keys.
struct KeysCommand {
  KeyKind kind = KeyKind::kPrimary;
  std::optional<std::string> catalog;
  std::optional<std::string> schema;
  std::string table;
};
struct StatementCommand {
  std::string query;
  std::string transaction_id;  // empty: none
  bool update = false;
};
struct PreparedCommand {
  std::string handle;
  bool update = false;
};
struct IngestCommand {
  IngestTarget target;
  std::optional<std::string> catalog;
  bool temporary = false;
  std::string transaction_id;  // empty: none
};
struct SubstraitCommand {};
// The ticket of a statement: what a StatementHandle says.
struct StatementTicket {
  std::string id;
  std::string query;
  std::string transaction_id;
  // Set when the statement ran already.
  std::optional<int64_t> rows_changed;
};

using FlightCommand =
    std::variant<SqlInfoCommand, TypeInfoCommand, CatalogsCommand, SchemasCommand, TablesCommand,
                 TableTypesCommand, KeysCommand, StatementCommand, PreparedCommand, IngestCommand,
                 SubstraitCommand, StatementTicket>;

// Reads a descriptor's command or a ticket. Besides the messages of Flight SQL it takes what simple clients send: a JSON object
// {"sql": "..."}, and the text of a statement itself; both are a StatementCommand.
//
// Invalid: neither, or a message that is cut off. NotImplemented names a message of Flight SQL that is not known.
arrow::Result<FlightCommand> ParseFlightCommand(std::string_view bytes);

// The ticket of a statement.
std::string TicketBytes(const StatementTicket& ticket);

// Bodies of actions. Packed ones are taken with their type URL alone; Invalid names what was expected.
arrow::Result<StatementCommand> ParseCreatePrepared(std::string_view body);
arrow::Result<std::string> ParseClosePrepared(std::string_view body);
struct EndTransaction {
  std::string transaction_id;
  bool commit = false;
};
arrow::Result<EndTransaction> ParseEndTransaction(std::string_view body);
// The bytes of the FlightInfo that is to be cancelled.
arrow::Result<std::string> ParseCancelQuery(std::string_view body);

// Results of actions, packed, and of uploads, bare.
struct CreatedPrepared {
  std::string handle;
  // Encapsulated IPC messages; empty for a statement without rows.
  std::string dataset_schema;
  std::string parameter_schema;
  bool is_update = false;
};
std::string CreatePreparedBytes(const CreatedPrepared& created);
std::string BeginTransactionBytes(const std::string& transaction_id);
enum class CancelOutcome : uint8_t { kCancelled = 1, kCancelling = 2, kNotCancellable = 3 };
std::string CancelQueryBytes(CancelOutcome outcome);
std::string UpdateResultBytes(int64_t record_count);
std::string PreparedResultBytes(const std::string& handle);

}  // namespace artemis
