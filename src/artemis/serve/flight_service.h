// The Flight and Flight SQL calls of a server (Arrow Flight RPC and Flight SQL specifications).
//
// Besides Flight SQL it answers what simple clients send: GetFlightInfo and DoGet with the text of a statement or {"sql": "..."}, and
// GetFlightInfo for a path, which is a table ("sda", "observations").
//
// Statements without rows run when they are first asked for, in GetFlightInfo, since clients need not ask for rows that are none; those
// with rows run at DoGet, each time anew. Tickets hold the statement itself and are good for whoever may run it. Each upload changes
// tables at once or not at all: an upload whose client is gone before its end, as far as gRPC lets a server know, changes nothing.
#pragma once

#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include <arrow/flight/server.h>

#include "artemis/serve/call_identity.h"
#include "artemis/serve/flight_command.h"
#include "artemis/serve/flight_parts.h"
#include "artemis/serve/metadata_batches.h"
#include "artemis/serve/sql_info.h"

namespace artemis {

// Thread-safe. `parts` must outlive it.
class FlightService : public arrow::flight::FlightServerBase {
 public:
  explicit FlightService(FlightParts& parts) : parts_(parts) {}

  using CallContext = arrow::flight::ServerCallContext;

  arrow::Status GetFlightInfo(const CallContext& context,
                              const arrow::flight::FlightDescriptor& request,
                              std::unique_ptr<arrow::flight::FlightInfo>* info) override;
  // The whole info at once: nothing is computed behind the client's back.
  arrow::Status PollFlightInfo(const CallContext& context,
                               const arrow::flight::FlightDescriptor& request,
                               std::unique_ptr<arrow::flight::PollInfo>* info) override;
  arrow::Status GetSchema(const CallContext& context,
                          const arrow::flight::FlightDescriptor& request,
                          std::unique_ptr<arrow::flight::SchemaResult>* schema) override;
  arrow::Status DoGet(const CallContext& context, const arrow::flight::Ticket& request,
                      std::unique_ptr<arrow::flight::FlightDataStream>* stream) override;
  arrow::Status DoPut(const CallContext& context,
                      std::unique_ptr<arrow::flight::FlightMessageReader> reader,
                      std::unique_ptr<arrow::flight::FlightMetadataWriter> writer) override;
  arrow::Status DoAction(const CallContext& context, const arrow::flight::Action& action,
                         std::unique_ptr<arrow::flight::ResultStream>* result) override;
  arrow::Status ListActions(const CallContext& context,
                            std::vector<arrow::flight::ActionType>* actions) override;

 private:
  // One call of a checked client.
  struct Caller {
    const CallContext& context;
    const CallIdentity& identity;
    std::shared_ptr<FlightSession> session;
    const char* method;
  };
  struct Described {
    std::shared_ptr<arrow::Schema> schema;
    arrow::flight::Ticket ticket;
  };
  // A statement, and how it is run.
  struct Asked {
    std::string id;
    std::string sql;
    std::string transaction_id;
    std::shared_ptr<arrow::RecordBatch> parameters;
  };

  // flight_service.cc
  arrow::Status Answer(const CallContext& context, const char* method,
                       const std::function<arrow::Status(Caller&)>& answer);
  arrow::Result<FlightCommand> CommandOf(const arrow::flight::FlightDescriptor& request);
  arrow::Result<Described> Describe(Caller& caller, const arrow::flight::FlightDescriptor& request,
                                    bool executes);
  arrow::Result<std::shared_ptr<arrow::Schema>> SchemaOf(const FlightCommand& command);
  BatchResult MetadataBatch(Caller& caller, const FlightCommand& command);
  BatchResult Tables(Caller& caller, const TablesCommand& command);
  arrow::Result<std::shared_ptr<arrow::RecordBatchReader>> Rows(Caller& caller,
                                                                const std::string& ticket);

  // flight_statements.cc
  StatementFacts FactsOf(const Caller& caller, const Asked& asked, bool executes) const;
  arrow::Result<std::unique_ptr<SqlLease>> Lease(const Caller& caller,
                                                 const std::string& transaction_id);
  // Prepares and drops it: its kind, schema and parameters.
  struct Facts {
    StatementKind kind = StatementKind::kRows;
    StatementEffect effect = StatementEffect::kNone;
    std::string statement;
    std::shared_ptr<arrow::Schema> schema;
    std::shared_ptr<arrow::Schema> parameters;
  };
  arrow::Result<Facts> Inspect(Caller& caller, const Asked& asked);
  // The columns of a prepared statement whose types only its parameters tell: it begins to run, and is given up.
  arrow::Result<std::shared_ptr<arrow::Schema>> BoundSchema(Caller& caller, const Asked& asked);
  arrow::Result<Described> DescribeStatement(Caller& caller, const StatementCommand& command,
                                             bool executes);
  arrow::Result<std::shared_ptr<arrow::RecordBatchReader>> Query(Caller& caller,
                                                                 const Asked& asked);
  // Runs a statement to its end, once for each row of the parameters, all of them in one transaction; rows that were changed.
  arrow::Result<int64_t> Update(Caller& caller, const Asked& asked);
  arrow::Result<int64_t> RunForEachRow(StatementRun& run, SqlSession& sql, const Asked& asked);
  arrow::Result<int64_t> ChangeSetting(Caller& caller, const Asked& asked,
                                       const SettingChange& change);
  arrow::Result<Asked> AskedOf(Caller& caller, const PreparedCommand& command);
  arrow::Result<std::string> Upload(Caller& caller, arrow::flight::FlightMessageReader& reader);
  arrow::Result<std::shared_ptr<arrow::RecordBatch>> ReadParameters(
      const Caller& caller, arrow::flight::FlightMessageReader& reader) const;

  // flight_ingest.cc
  // Takes the rows of an upload into a table, in one commit; how many.
  arrow::Result<int64_t> Ingest(Caller& caller, const IngestCommand& command,
                                arrow::flight::FlightMessageReader& reader);

  // flight_actions.cc
  // nullopt: the action has no result, which is not the same as an empty one.
  using Body = arrow::Result<std::optional<std::string>>;
  Body Act(Caller& caller, const std::string& type, const std::string& body);
  Body CreatePrepared(Caller& caller, const std::string& body);
  Body ClosePrepared(Caller& caller, const std::string& body);
  Body BeginTransaction(Caller& caller, const std::string& body);
  Body EndTransaction(Caller& caller, const std::string& body);
  Body CancelInfo(Caller& caller, const std::string& body);
  Body CancelQuery(Caller& caller, const std::string& body);
  Body RenewEndpoint(Caller& caller, const std::string& body);
  Body SetOptions(Caller& caller, const std::string& body);
  Body GetOptions(Caller& caller, const std::string& body);
  Body CloseSession(Caller& caller, const std::string& body);
  CancelOutcome Cancel(Caller& caller, const arrow::flight::FlightInfo& info);
  SqlInfoFacts InfoFacts(const Caller& caller) const;

  FlightParts& parts_;
};

// The rows that tell how many rows a statement has changed: one column, rows_changed.
std::shared_ptr<arrow::Schema> ChangedSchema();

}  // namespace artemis
