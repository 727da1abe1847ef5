// Statements: described, run for rows, run to their end.
#include <utility>

#include <arrow/util/byte_size.h>

#include "artemis/base/error.h"
#include "artemis/base/uuid.h"
#include "artemis/serve/flight_service.h"
#include "artemis/serve/flight_status.h"
#include "artemis/serve/upload_end.h"

namespace artemis {

namespace {

namespace flight = arrow::flight;

arrow::Result<int64_t> DrainResult(SqlResult& result) {
  std::shared_ptr<arrow::RecordBatch> batch;
  do {
    ARROW_RETURN_NOT_OK(result.ReadNext(&batch));
  } while (batch != nullptr);
  return result.rows_changed().value_or(0);
}

// What keeps something in a SQL session that is another one at the next statement.
arrow::Status CheckKeepsNothing(StatementEffect effect, const std::string& statement,
                                bool in_transaction) {
  if (effect != StatementEffect::kSession) return arrow::Status::OK();
  if (statement == "TRANSACTION") {
    return arrow::Status::NotImplemented(
        "BEGIN, COMMIT and ROLLBACK are calls of Flight SQL: turn the client's autocommit off");
  }
  if (in_transaction) return arrow::Status::OK();
  return arrow::Status::NotImplemented(
      statement, " keeps nothing outside a transaction: turn the client's autocommit off");
}

// Parameters of a type that nobody knows are declared as text: drivers have no way to bind a null type.
std::shared_ptr<arrow::Schema> DeclaredParameters(const arrow::Schema& parameters) {
  arrow::FieldVector fields;
  for (const auto& field : parameters.fields()) {
    const bool unknown = field->type()->id() == arrow::Type::NA;
    fields.push_back(unknown ? field->WithType(arrow::utf8()) : field);
  }
  return arrow::schema(std::move(fields));
}

}  // namespace

StatementFacts FlightService::FactsOf(const Caller& caller, const Asked& asked,
                                      bool executes) const {
  return {asked.id, asked.sql, caller.context.peer(), caller.method, caller.identity.token,
          executes};
}

arrow::Result<std::unique_ptr<SqlLease>> FlightService::Lease(const Caller& caller,
                                                              const std::string& transaction_id) {
  if (transaction_id.empty()) return caller.session->Lease();
  ARROW_ASSIGN_OR_RAISE(const auto transaction,
                        parts_.transactions.Find(caller.identity.token->id, transaction_id));
  return transaction->Lease();
}

arrow::Result<FlightService::Facts> FlightService::Inspect(Caller& caller, const Asked& asked) {
  if (ParseSetting(asked.sql)) {
    return Facts{StatementKind::kNothing, StatementEffect::kSession, "SET",
                 arrow::schema(arrow::FieldVector()), arrow::schema(arrow::FieldVector())};
  }
  ARROW_ASSIGN_OR_RAISE(const auto run,
                        parts_.runs.Begin(FactsOf(caller, asked, false), caller.context));
  Facts facts;
  const auto work = [&]() -> arrow::Status {
    ARROW_ASSIGN_OR_RAISE(auto lease, Lease(caller, asked.transaction_id));
    ARROW_ASSIGN_OR_RAISE(auto* sql, run->Use(std::move(lease)));
    ARROW_ASSIGN_OR_RAISE(const auto prepared, sql->Prepare(asked.sql));
    facts = {prepared->kind(), prepared->effect(), prepared->statement(), prepared->schema(),
             DeclaredParameters(*prepared->parameters())};
    return CheckKeepsNothing(facts.effect, facts.statement, !asked.transaction_id.empty());
  };
  ARROW_RETURN_NOT_OK(run->Finish(work()));
  return facts;
}

arrow::Result<std::shared_ptr<arrow::Schema>> FlightService::BoundSchema(Caller& caller,
                                                                         const Asked& asked) {
  ARROW_ASSIGN_OR_RAISE(const auto run,
                        parts_.runs.Begin(FactsOf(caller, asked, false), caller.context));
  std::shared_ptr<arrow::Schema> schema;
  const auto work = [&]() -> arrow::Status {
    ARROW_ASSIGN_OR_RAISE(auto lease, Lease(caller, asked.transaction_id));
    ARROW_ASSIGN_OR_RAISE(auto* sql, run->Use(std::move(lease)));
    ARROW_ASSIGN_OR_RAISE(const auto prepared, sql->Prepare(asked.sql));
    ARROW_ASSIGN_OR_RAISE(const auto result, prepared->Execute(asked.parameters));
    schema = result->schema();
    return result->Close();
  };
  ARROW_RETURN_NOT_OK(run->Finish(work()));
  return schema;
}

arrow::Result<FlightService::Described> FlightService::DescribeStatement(
    Caller& caller, const StatementCommand& command, bool executes) {
  const Asked asked{RandomUuid(), command.query, command.transaction_id, nullptr};
  ARROW_ASSIGN_OR_RAISE(const auto facts, Inspect(caller, asked));
  StatementTicket ticket{asked.id, asked.sql, asked.transaction_id, std::nullopt};
  if (facts.kind == StatementKind::kRows) return Described{facts.schema, {TicketBytes(ticket)}};
  if (executes) {
    ARROW_ASSIGN_OR_RAISE(ticket.rows_changed, Update(caller, asked));
  }
  return Described{ChangedSchema(), {TicketBytes(ticket)}};
}

arrow::Result<std::shared_ptr<arrow::RecordBatchReader>> FlightService::Query(Caller& caller,
                                                                              const Asked& asked) {
  if (parts_.cancelled.Has(asked.id))
    return arrow::Status::Cancelled("the statement was cancelled");
  ARROW_ASSIGN_OR_RAISE(const auto run,
                        parts_.runs.Begin(FactsOf(caller, asked, true), caller.context));
  std::shared_ptr<arrow::RecordBatchReader> stream;
  const auto work = [&]() -> arrow::Status {
    ARROW_ASSIGN_OR_RAISE(auto lease, Lease(caller, asked.transaction_id));
    ARROW_ASSIGN_OR_RAISE(auto* sql, run->Use(std::move(lease)));
    ARROW_ASSIGN_OR_RAISE(const auto prepared, sql->Prepare(asked.sql));
    if (asked.parameters && asked.parameters->num_rows() != 1) {
      return arrow::Status::Invalid("a query takes one row of parameters, not ",
                                    asked.parameters->num_rows());
    }
    ARROW_ASSIGN_OR_RAISE(auto result, prepared->Execute(asked.parameters));
    stream = run->Stream(std::shared_ptr<arrow::RecordBatchReader>(std::move(result)));
    return arrow::Status::OK();
  };
  if (const auto status = work(); !status.ok()) return run->Finish(status);
  return stream;
}

arrow::Result<int64_t> FlightService::ChangeSetting(Caller& caller, const Asked& asked,
                                                    const SettingChange& change) {
  ARROW_ASSIGN_OR_RAISE(const auto run,
                        parts_.runs.Begin(FactsOf(caller, asked, true), caller.context));
  const auto work = [&]() -> arrow::Status {
    ARROW_ASSIGN_OR_RAISE(auto lease, Lease(caller, asked.transaction_id));
    ARROW_ASSIGN_OR_RAISE(auto* sql, run->Use(std::move(lease)));
    // What is no setting of a session is refused here, as SQL refuses it.
    ARROW_RETURN_NOT_OK(sql->Prepare(asked.sql));
    return caller.session->Change(change);
  };
  ARROW_RETURN_NOT_OK(run->Finish(work()));
  return 0;
}

arrow::Result<int64_t> FlightService::RunForEachRow(StatementRun& run, SqlSession& sql,
                                                    const Asked& asked) {
  ARROW_ASSIGN_OR_RAISE(const auto prepared, sql.Prepare(asked.sql));
  ARROW_RETURN_NOT_OK(
      CheckKeepsNothing(prepared->effect(), prepared->statement(), !asked.transaction_id.empty()));
  const int64_t times = asked.parameters ? asked.parameters->num_rows() : 1;
  if (times > 1 && prepared->takes_all_rows()) return prepared->ExecuteAll(asked.parameters);
  int64_t changed = 0;
  for (int64_t row = 0; row < times; ++row) {
    ARROW_RETURN_NOT_OK(run.CheckRunning());
    ARROW_ASSIGN_OR_RAISE(const auto result, prepared->Execute(asked.parameters, row));
    ARROW_ASSIGN_OR_RAISE(const int64_t rows, DrainResult(*result));
    changed += rows;
  }
  return changed;
}

arrow::Result<int64_t> FlightService::Update(Caller& caller, const Asked& asked) {
  if (const auto change = ParseSetting(asked.sql)) return ChangeSetting(caller, asked, *change);
  ARROW_ASSIGN_OR_RAISE(const auto run,
                        parts_.runs.Begin(FactsOf(caller, asked, true), caller.context));
  int64_t changed = 0;
  const auto work = [&]() -> arrow::Status {
    ARROW_ASSIGN_OR_RAISE(auto lease, Lease(caller, asked.transaction_id));
    ARROW_ASSIGN_OR_RAISE(auto* sql, run->Use(std::move(lease)));
    const bool many = asked.parameters && asked.parameters->num_rows() > 1;
    const bool own_transaction = many && asked.transaction_id.empty();
    if (own_transaction) ARROW_RETURN_NOT_OK(sql->Execute("BEGIN TRANSACTION"));
    auto rows = RunForEachRow(*run, *sql, asked);
    arrow::Status status = rows.status();
    if (own_transaction) {
      // The failure that comes first is the one to tell.
      const auto ended = sql->Execute(status.ok() ? "COMMIT" : "ROLLBACK").status();
      if (status.ok()) status = ended;
    }
    ARROW_RETURN_NOT_OK(status);
    changed = *rows;
    run->NoteChanged(changed);
    return arrow::Status::OK();
  };
  ARROW_RETURN_NOT_OK(run->Finish(work()));
  return changed;
}

arrow::Result<FlightService::Asked> FlightService::AskedOf(Caller& caller,
                                                           const PreparedCommand& command) {
  ARROW_ASSIGN_OR_RAISE(const auto handle,
                        parts_.prepared.Find(caller.identity.token->id, command.handle));
  caller.session = handle->session;
  return Asked{command.handle, handle->sql, handle->transaction_id, handle->bound()};
}

arrow::Result<std::shared_ptr<arrow::RecordBatch>> FlightService::ReadParameters(
    const Caller& caller, flight::FlightMessageReader& reader) const {
  arrow::RecordBatchVector batches;
  int64_t bytes = 0;
  while (true) {
    ARROW_ASSIGN_OR_RAISE(const auto chunk, reader.Next());
    if (chunk.data == nullptr && chunk.app_metadata == nullptr) break;
    if (chunk.data == nullptr) continue;
    // What is built from bytes of others is checked before anything is done with it.
    ARROW_RETURN_NOT_OK(chunk.data->ValidateFull());
    bytes += arrow::util::TotalBufferSize(*chunk.data);
    if (bytes > parts_.limits.parameter_bytes_max) {
      return LimitExceededError("the parameters are larger than " +
                                std::to_string(parts_.limits.parameter_bytes_max) + " bytes");
    }
    batches.push_back(chunk.data);
  }
  if (batches.empty()) return nullptr;
  if (batches.size() > 1 || batches.front()->num_rows() > 1) {
    ARROW_RETURN_NOT_OK(CheckUploadIsWhole(caller.context));
  }
  return batches.size() == 1 ? batches.front() : arrow::ConcatenateRecordBatches(batches);
}

arrow::Result<std::string> FlightService::Upload(Caller& caller,
                                                 flight::FlightMessageReader& reader) {
  ARROW_ASSIGN_OR_RAISE(const auto command, CommandOf(reader.descriptor()));
  if (const auto* statement = std::get_if<StatementCommand>(&command)) {
    const Asked asked{RandomUuid(), statement->query, statement->transaction_id, nullptr};
    ARROW_ASSIGN_OR_RAISE(const int64_t changed, Update(caller, asked));
    return UpdateResultBytes(changed);
  }
  if (const auto* prepared = std::get_if<PreparedCommand>(&command)) {
    ARROW_ASSIGN_OR_RAISE(const auto handle,
                          parts_.prepared.Find(caller.identity.token->id, prepared->handle));
    std::shared_ptr<arrow::RecordBatch> parameters;
    if (handle->parameters->num_fields() > 0) {
      ARROW_ASSIGN_OR_RAISE(parameters, ReadParameters(caller, reader));
    }
    if (!prepared->update) {
      handle->Bind(std::move(parameters));
      return PreparedResultBytes(prepared->handle);
    }
    ARROW_ASSIGN_OR_RAISE(auto asked, AskedOf(caller, *prepared));
    asked.parameters = std::move(parameters);
    ARROW_ASSIGN_OR_RAISE(const int64_t changed, Update(caller, asked));
    return UpdateResultBytes(changed);
  }
  if (const auto* ingest = std::get_if<IngestCommand>(&command)) {
    ARROW_ASSIGN_OR_RAISE(const int64_t taken, Ingest(caller, *ingest, reader));
    return UpdateResultBytes(taken);
  }
  return arrow::Status::NotImplemented("the command takes no upload");
}

arrow::Status FlightService::DoPut(const CallContext& context,
                                   std::unique_ptr<flight::FlightMessageReader> reader,
                                   std::unique_ptr<flight::FlightMetadataWriter> writer) {
  return Answer(context, "DoPut", [&](Caller& caller) {
    ARROW_ASSIGN_OR_RAISE(auto reply, Upload(caller, *reader));
    return writer->WriteMetadata(*arrow::Buffer::FromString(std::move(reply)));
  });
}

}  // namespace artemis
