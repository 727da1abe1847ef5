// Messages of Flight SQL against bytes made by hand from the specification's field numbers.
#include "artemis/serve/flight_command.h"

#include <gtest/gtest.h>

namespace artemis {

namespace {

// A field of wire type 2 (length-delimited); lengths below 128 only.
std::string BytesField(int number, const std::string& bytes) {
  EXPECT_LT(bytes.size(), 128u);
  return std::string(1, static_cast<char>(number << 3 | 2)) + static_cast<char>(bytes.size()) +
         bytes;
}

// The same with a length of two bytes.
std::string LongBytesField(int number, const std::string& bytes) {
  return std::string(1, static_cast<char>(number << 3 | 2)) +
         static_cast<char>(bytes.size() % 128 | 128) + static_cast<char>(bytes.size() / 128) +
         bytes;
}

std::string VarintField(int number, int value) {
  EXPECT_LT(value, 128);
  return std::string(1, static_cast<char>(number << 3)) + static_cast<char>(value);
}

// google.protobuf.Any: type_url = 1, value = 2.
std::string PackedBytes(const std::string& name, const std::string& value) {
  return BytesField(1, "type.googleapis.com/arrow.flight.protocol.sql." + name) +
         LongBytesField(2, value);
}

template <typename Command>
Command ReadAs(const std::string& bytes) {
  const auto command = ParseFlightCommand(bytes);
  EXPECT_TRUE(command.ok()) << command.status().ToString();
  if (!command.ok()) return Command();
  EXPECT_TRUE(std::holds_alternative<Command>(*command)) << command->index();
  const auto* found = std::get_if<Command>(&*command);
  return found != nullptr ? *found : Command();
}

}  // namespace

TEST(FlightCommand, ReadsAStatementQuery) {
  const auto command = ReadAs<StatementCommand>(
      PackedBytes("CommandStatementQuery", BytesField(1, "SELECT 1") + BytesField(2, "tx")));
  EXPECT_EQ(command.query, "SELECT 1");
  EXPECT_EQ(command.transaction_id, "tx");
  EXPECT_FALSE(command.update);
}

TEST(FlightCommand, ReadsAStatementUpdate) {
  const auto command =
      ReadAs<StatementCommand>(PackedBytes("CommandStatementUpdate", BytesField(1, "DELETE")));
  EXPECT_TRUE(command.update);
  EXPECT_EQ(command.transaction_id, "");
}

TEST(FlightCommand, ReadsPreparedStatements) {
  EXPECT_EQ(
      ReadAs<PreparedCommand>(PackedBytes("CommandPreparedStatementQuery", BytesField(1, "h")))
          .handle,
      "h");
  EXPECT_TRUE(
      ReadAs<PreparedCommand>(PackedBytes("CommandPreparedStatementUpdate", BytesField(1, "h")))
          .update);
}

TEST(FlightCommand, ReadsTheIdsOfSqlInfo) {
  // Packed, as proto3 writes repeated numbers: 8, and 500 in two bytes of seven bits.
  const auto packed =
      ReadAs<SqlInfoCommand>(PackedBytes("CommandGetSqlInfo", BytesField(1, "\x08\xf4\x03")));
  EXPECT_EQ(packed.ids, (std::vector<uint32_t>{8, 500}));
  const auto single = ReadAs<SqlInfoCommand>(PackedBytes("CommandGetSqlInfo", VarintField(1, 8)));
  EXPECT_EQ(single.ids, (std::vector<uint32_t>{8}));
  EXPECT_TRUE(ReadAs<SqlInfoCommand>(PackedBytes("CommandGetSqlInfo", "")).ids.empty());
}

TEST(FlightCommand, ReadsWhatTablesAreAskedFor) {
  const auto command = ReadAs<TablesCommand>(PackedBytes(
      "CommandGetTables", BytesField(1, "artemis") + BytesField(2, "s%") + BytesField(3, "t_") +
                              BytesField(4, "TABLE") + BytesField(4, "VIEW") + VarintField(5, 1)));
  EXPECT_EQ(command.catalog, "artemis");
  EXPECT_EQ(command.schema_pattern, "s%");
  EXPECT_EQ(command.table_pattern, "t_");
  EXPECT_EQ(command.table_types, (std::vector<std::string>{"TABLE", "VIEW"}));
  EXPECT_TRUE(command.include_schema);
}

TEST(FlightCommand, TellsAnEmptyFilterFromNone) {
  const auto none = ReadAs<TablesCommand>(PackedBytes("CommandGetTables", ""));
  EXPECT_EQ(none.catalog, std::nullopt);
  EXPECT_EQ(none.table_pattern, std::nullopt);
  EXPECT_FALSE(none.include_schema);
  const auto empty = ReadAs<TablesCommand>(PackedBytes("CommandGetTables", BytesField(1, "")));
  EXPECT_EQ(empty.catalog, "");
}

TEST(FlightCommand, ReadsQuestionsAboutSchemas) {
  const auto command = ReadAs<SchemasCommand>(
      PackedBytes("CommandGetDbSchemas", BytesField(1, "artemis") + BytesField(2, "g%")));
  EXPECT_EQ(command.catalog, "artemis");
  EXPECT_EQ(command.schema_pattern, "g%");
}

TEST(FlightCommand, ReadsQuestionsAboutKeys) {
  const std::string fields =
      BytesField(1, "artemis") + BytesField(2, "sda") + BytesField(3, "observations");
  const std::pair<const char*, KeyKind> kinds[] = {{"CommandGetPrimaryKeys", KeyKind::kPrimary},
                                                   {"CommandGetExportedKeys", KeyKind::kExported},
                                                   {"CommandGetImportedKeys", KeyKind::kImported}};
  for (const auto& [name, kind] : kinds) {
    const auto command = ReadAs<KeysCommand>(PackedBytes(name, fields));
    EXPECT_EQ(command.kind, kind);
    EXPECT_EQ(command.schema, "sda");
    EXPECT_EQ(command.table, "observations");
  }
  EXPECT_EQ(ReadAs<KeysCommand>(
                PackedBytes("CommandGetCrossReference", BytesField(3, "a") + BytesField(6, "b")))
                .kind,
            KeyKind::kCrossReference);
}

TEST(FlightCommand, ReadsTheQuestionsWithoutFields) {
  ReadAs<CatalogsCommand>(PackedBytes("CommandGetCatalogs", ""));
  ReadAs<TableTypesCommand>(PackedBytes("CommandGetTableTypes", ""));
  ReadAs<SubstraitCommand>(PackedBytes("CommandStatementSubstraitPlan", ""));
  EXPECT_EQ(
      ReadAs<TypeInfoCommand>(PackedBytes("CommandGetXdbcTypeInfo", VarintField(1, 12))).data_type,
      12);
  EXPECT_EQ(ReadAs<TypeInfoCommand>(PackedBytes("CommandGetXdbcTypeInfo", "")).data_type,
            std::nullopt);
}

// FlightSql.proto, CommandStatementIngest: table_definition_options = 1, table = 2, schema = 3, catalog = 4, temporary = 5,
// transaction_id = 6.
TEST(FlightCommand, ReadsAnIngest) {
  const auto ingest = [](int if_missing, int if_exists) {
    return PackedBytes("CommandStatementIngest",
                       BytesField(1, VarintField(1, if_missing) + VarintField(2, if_exists)) +
                           BytesField(2, "t") + BytesField(3, "sda") + BytesField(4, "artemis") +
                           VarintField(5, 1) + BytesField(6, "tx"));
  };
  const auto command = ReadAs<IngestCommand>(ingest(1, 3));
  EXPECT_EQ(command.target.table, "t");
  EXPECT_EQ(command.target.schema, "sda");
  EXPECT_EQ(command.target.if_missing, IfMissing::kCreate);
  EXPECT_EQ(command.target.if_exists, IfExists::kReplace);
  EXPECT_EQ(command.catalog, "artemis");
  EXPECT_TRUE(command.temporary);
  EXPECT_EQ(command.transaction_id, "tx");
  EXPECT_EQ(ReadAs<IngestCommand>(ingest(2, 1)).target.if_exists, IfExists::kFail);
  EXPECT_EQ(ReadAs<IngestCommand>(ingest(2, 2)).target.if_exists, IfExists::kAppend);
  EXPECT_TRUE(ParseFlightCommand(ingest(0, 2)).status().IsInvalid());
  EXPECT_TRUE(ParseFlightCommand(ingest(1, 4)).status().IsInvalid());
}

TEST(FlightCommand, AppendsWhereAnIngestDoesNotSay) {
  const auto command =
      ReadAs<IngestCommand>(PackedBytes("CommandStatementIngest", BytesField(2, "t")));
  EXPECT_EQ(command.target.if_missing, IfMissing::kFail);
  EXPECT_EQ(command.target.if_exists, IfExists::kAppend);
  EXPECT_EQ(command.catalog, std::nullopt);
  EXPECT_FALSE(command.temporary);
}

TEST(FlightCommand, SkipsFieldsThatItDoesNotKnow) {
  const auto command = ReadAs<StatementCommand>(
      PackedBytes("CommandStatementQuery", BytesField(1, "SELECT 1") + BytesField(9, "later")));
  EXPECT_EQ(command.query, "SELECT 1");
}

TEST(FlightCommand, NamesAMessageItDoesNotKnow) {
  const auto command = ParseFlightCommand(PackedBytes("CommandGetWeather", ""));
  EXPECT_TRUE(command.status().IsNotImplemented());
  EXPECT_NE(command.status().message().find("CommandGetWeather"), std::string::npos);
}

TEST(FlightCommand, RefusesMessagesThatAreCutOff) {
  const std::string whole = BytesField(1, "SELECT 1");
  for (size_t size = 1; size < whole.size(); ++size) {
    EXPECT_TRUE(ParseFlightCommand(PackedBytes("CommandStatementQuery", whole.substr(0, size)))
                    .status()
                    .IsInvalid())
        << size;
  }
}

TEST(FlightCommand, RefusesTextThatIsNotUtf8) {
  EXPECT_TRUE(ParseFlightCommand(PackedBytes("CommandStatementQuery", BytesField(1, "\xff\xfe")))
                  .status()
                  .IsInvalid());
}

TEST(FlightCommand, TakesTheTextOfAStatement) {
  EXPECT_EQ(ReadAs<StatementCommand>("SELECT 1").query, "SELECT 1");
  EXPECT_EQ(ReadAs<StatementCommand>("\n  WITH a AS (SELECT 1)\n SELECT * FROM a").query,
            "\n  WITH a AS (SELECT 1)\n SELECT * FROM a");
}

TEST(FlightCommand, TakesAJsonTicket) {
  EXPECT_EQ(ReadAs<StatementCommand>(R"({"sql": "SELECT \"a\""})").query, "SELECT \"a\"");
}

TEST(FlightCommand, RefusesOtherJsonAndOtherBytes) {
  for (const std::string& bad :
       {std::string("{}"), std::string("{\"sql\": 7}"), std::string("{\"sql\": \"SELECT"),
        std::string(), std::string("   \n"), std::string("\x01\x02\x03"),
        std::string("SELECT 1\0", 9)}) {
    EXPECT_TRUE(ParseFlightCommand(bad).status().IsInvalid()) << bad;
  }
}

TEST(FlightTicket, GivesBackItsStatement) {
  const auto ticket =
      ReadAs<StatementTicket>(TicketBytes({"id-1", "SELECT 1", "tx", std::nullopt}));
  EXPECT_EQ(ticket.id, "id-1");
  EXPECT_EQ(ticket.query, "SELECT 1");
  EXPECT_EQ(ticket.transaction_id, "tx");
  EXPECT_EQ(ticket.rows_changed, std::nullopt);
  EXPECT_EQ(ReadAs<StatementTicket>(TicketBytes({"id-2", "SET", "", 0})).rows_changed, 0);
}

TEST(FlightTicket, IsAPackedTicketStatementQuery) {
  const auto bytes = TicketBytes({"i", "q", "", std::nullopt});
  const std::string url = "type.googleapis.com/arrow.flight.protocol.sql.TicketStatementQuery";
  EXPECT_EQ(bytes.substr(0, 2 + url.size()), BytesField(1, url));
}

TEST(FlightAction, BodiesAreRead) {
  const auto created = ParseCreatePrepared(PackedBytes(
      "ActionCreatePreparedStatementRequest", BytesField(1, "SELECT ?") + BytesField(2, "tx")));
  ASSERT_TRUE(created.ok());
  EXPECT_EQ(created->query, "SELECT ?");
  EXPECT_EQ(created->transaction_id, "tx");
  EXPECT_EQ(
      ParseClosePrepared(PackedBytes("ActionClosePreparedStatementRequest", BytesField(1, "h")))
          .ValueOr(""),
      "h");
  const auto ended = ParseEndTransaction(
      PackedBytes("ActionEndTransactionRequest", BytesField(1, "tx") + VarintField(2, 2)));
  ASSERT_TRUE(ended.ok());
  EXPECT_EQ(ended->transaction_id, "tx");
  EXPECT_FALSE(ended->commit);
  EXPECT_EQ(
      ParseCancelQuery(PackedBytes("ActionCancelQueryRequest", BytesField(1, "info"))).ValueOr(""),
      "info");
}

TEST(FlightAction, BodiesOfAnotherActionAreRefused) {
  const auto other = PackedBytes("ActionBeginTransactionRequest", "");
  EXPECT_TRUE(ParseCreatePrepared(other).status().IsInvalid());
  EXPECT_TRUE(ParseClosePrepared("").status().IsInvalid());
  EXPECT_TRUE(ParseEndTransaction(PackedBytes("ActionEndTransactionRequest", BytesField(1, "tx")))
                  .status()
                  .IsInvalid());
  EXPECT_TRUE(ParseCancelQuery("x").status().IsInvalid());
}

TEST(FlightAction, ResultsAreWrittenAsSpecified) {
  CreatedPrepared created;
  created.handle = "h";
  created.dataset_schema = "d";
  created.parameter_schema = "p";
  created.is_update = true;
  const std::string url = "type.googleapis.com/arrow.flight.protocol.sql.";
  EXPECT_EQ(CreatePreparedBytes(created),
            BytesField(1, url + "ActionCreatePreparedStatementResult") +
                BytesField(2, BytesField(1, "h") + BytesField(2, "d") + BytesField(3, "p") +
                                  VarintField(4, 1)));
  EXPECT_EQ(BeginTransactionBytes("tx"), BytesField(1, url + "ActionBeginTransactionResult") +
                                             BytesField(2, BytesField(1, "tx")));
  EXPECT_EQ(CancelQueryBytes(CancelOutcome::kCancelled),
            BytesField(1, url + "ActionCancelQueryResult") + BytesField(2, VarintField(1, 1)));
  // Bare, without a type URL.
  EXPECT_EQ(UpdateResultBytes(7), VarintField(1, 7));
  EXPECT_EQ(PreparedResultBytes("h"), BytesField(1, "h"));
}

}  // namespace artemis
