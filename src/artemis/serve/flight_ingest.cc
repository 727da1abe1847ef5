// Uploads of rows (CommandStatementIngest).
#include <utility>

#include "artemis/base/uuid.h"
#include "artemis/serve/flight_service.h"
#include "artemis/serve/upload_end.h"

namespace artemis {

namespace {

namespace flight = arrow::flight;

arrow::Status CheckIngest(const IngestCommand& command) {
  if (command.target.table.empty()) return arrow::Status::Invalid("an ingest names no table");
  if (command.catalog && *command.catalog != kFlightCatalog) {
    return arrow::Status::Invalid("there is no catalog ", *command.catalog, ": it is ",
                                  kFlightCatalog);
  }
  if (!command.temporary) return arrow::Status::OK();
  return arrow::Status::NotImplemented(
      "rows are not ingested into temporary tables: CREATE TEMP TABLE makes them in a transaction");
}

std::string TableText(const IngestTarget& target) {
  return target.schema.empty() ? target.table : target.schema + "." + target.table;
}

arrow::Status TakeRows(StatementRun& run, flight::FlightMessageReader& reader) {
  while (true) {
    ARROW_ASSIGN_OR_RAISE(const auto chunk, reader.Next());
    if (chunk.data == nullptr && chunk.app_metadata == nullptr) return arrow::Status::OK();
    if (chunk.data == nullptr) continue;
    // What is built from bytes of others is checked before anything is done with it.
    ARROW_RETURN_NOT_OK(chunk.data->ValidateFull());
    ARROW_RETURN_NOT_OK(run.Write(*chunk.data));
  }
}

}  // namespace

arrow::Result<int64_t> FlightService::Ingest(Caller& caller, const IngestCommand& command,
                                             flight::FlightMessageReader& reader) {
  const auto table = TableText(command.target);
  const Asked asked{RandomUuid(), "INGEST INTO " + table, command.transaction_id, nullptr};
  auto facts = FactsOf(caller, asked, true);
  facts.table = table;
  ARROW_ASSIGN_OR_RAISE(const auto run, parts_.runs.Begin(std::move(facts), caller.context));
  int64_t taken = 0;
  const auto work = [&]() -> arrow::Status {
    ARROW_RETURN_NOT_OK(CheckIngest(command));
    ARROW_ASSIGN_OR_RAISE(auto lease, Lease(caller, asked.transaction_id));
    ARROW_ASSIGN_OR_RAISE(auto* sql, run->Use(std::move(lease)));
    ARROW_ASSIGN_OR_RAISE(const auto schema, reader.GetSchema());
    ARROW_ASSIGN_OR_RAISE(auto ingest, sql->Ingest(command.target, schema));
    ARROW_RETURN_NOT_OK(run->Take(std::move(ingest)));
    ARROW_RETURN_NOT_OK(TakeRows(*run, reader));
    ARROW_RETURN_NOT_OK(CheckUploadIsWhole(caller.context));
    ARROW_ASSIGN_OR_RAISE(taken, run->Commit());
    return arrow::Status::OK();
  };
  ARROW_RETURN_NOT_OK(run->Finish(work()));
  return taken;
}

}  // namespace artemis
