// libpq behind Status.
#include "artemis/catalog/postgres_connection.h"

#include <poll.h>

#include <algorithm>
#include <cerrno>
#include <chrono>
#include <cstring>
#include <string_view>

#include "artemis/base/error.h"
#include "artemis/catalog/libpq.h"

namespace artemis {

namespace {

constexpr int64_t kGraceMs = 5000;
// Types of results, as pg_type numbers them.
constexpr Oid kBoolOid = 16, kInt8Oid = 20, kInt2Oid = 21, kInt4Oid = 23;

int64_t PostgresNowMs() {
  return std::chrono::duration_cast<std::chrono::milliseconds>(
             std::chrono::steady_clock::now().time_since_epoch())
      .count();
}

std::string OneLine(const char* text) {
  std::string line = text != nullptr ? text : "";
  std::replace(line.begin(), line.end(), '\n', ' ');
  while (!line.empty() && line.back() == ' ') line.pop_back();
  return line;
}

// PostgreSQL numbers its parameters $1, $2, ….
std::string WithDollars(std::string sql) {
  std::replace(sql.begin(), sql.end(), '?', '$');
  return sql;
}

SqlValue CellOf(const PGresult* result, int row, int column) {
  if (Pq().getisnull(result, row, column) != 0) return std::monostate{};
  const char* text = Pq().getvalue(result, row, column);
  switch (Pq().ftype(result, column)) {
    case kInt8Oid:
    case kInt4Oid:
    case kInt2Oid:
      return int64_t{std::strtoll(text, nullptr, 10)};
    case kBoolOid:
      return int64_t{text[0] == 't'};
    default:
      return std::string(text, static_cast<size_t>(Pq().getlength(result, row, column)));
  }
}

std::string SessionSettings(int64_t timeout_ms, bool read_only) {
  std::string sql = "SET client_encoding TO 'UTF8'; SET standard_conforming_strings TO on; ";
  sql += "SET statement_timeout TO " + std::to_string(timeout_ms) + "; ";
  sql += "SET idle_in_transaction_session_timeout TO " + std::to_string(timeout_ms) + "; ";
  sql += "SET default_transaction_isolation TO 'read committed'; ";
  if (read_only) sql += "SET default_transaction_read_only TO on; ";
  sql +=
      "SELECT set_config('synchronous_commit', 'on', false) "
      "WHERE current_setting('synchronous_commit') = 'off'";
  return sql;
}

struct Keywords {
  std::vector<const char*> names;
  std::vector<const char*> values;
  void Add(const char* name, const char* value) {
    names.push_back(name);
    values.push_back(value);
  }
};

Keywords KeywordsOf(const PostgresUri& uri, bool read_only) {
  Keywords keywords;
  // Ours first: what the URI says comes later and counts.
  keywords.Add("fallback_application_name", "artemis");
  keywords.Add("connect_timeout", "10");
  keywords.Add("keepalives_idle", "30");
  keywords.Add("keepalives_interval", "10");
  keywords.Add("keepalives_count", "3");
  keywords.Add("tcp_user_timeout", "30000");
  if (!read_only) keywords.Add("target_session_attrs", "read-write");
  for (const auto& [name, value] : uri.parameters) keywords.Add(name.c_str(), value.c_str());
  keywords.Add(nullptr, nullptr);
  return keywords;
}

}  // namespace

std::string PostgresLabel(const PostgresUri& uri) { return uri.text.substr(0, uri.text.find('?')); }

void PostgresConnection::ResultDeleter::operator()(pg_result* result) const { Pq().clear(result); }

PostgresConnection::~PostgresConnection() { Pq().finish(connection_); }

arrow::Result<std::unique_ptr<PostgresConnection>> PostgresConnection::Connect(
    const PostgresUri& uri, bool read_only) {
  ARROW_RETURN_NOT_OK(LoadLibpq());
  const Keywords keywords = KeywordsOf(uri, read_only);
  std::unique_ptr<PostgresConnection> opened(
      new PostgresConnection(Pq().connectdbParams(keywords.names.data(), keywords.values.data(), 0),
                             PostgresLabel(uri), uri.statement_timeout_ms));
  PGconn* connection = opened->connection_;
  if (Pq().status(connection) != CONNECTION_OK) {
    const std::string message = "catalog " + opened->label_ +
                                " cannot be reached: " + OneLine(Pq().errorMessage(connection));
    return Pq().connectionNeedsPassword(connection) != 0 ||
                   Pq().connectionUsedPassword(connection) != 0
               ? PermissionDeniedError(message)
               : arrow::Status::IOError(message);
  }
  Pq().setNoticeProcessor(
      connection, [](void*, const char*) {}, nullptr);
  const Result ready(
      Pq().exec(connection, SessionSettings(uri.statement_timeout_ms, read_only).c_str()));
  if (Pq().resultStatus(ready.get()) != PGRES_TUPLES_OK) return opened->ErrorOf(ready.get());
  return opened;
}

bool PostgresConnection::in_transaction() const {
  return Pq().transactionStatus(connection_) != PQTRANS_IDLE;
}

arrow::Status PostgresConnection::LostError(const std::string& what) {
  lost_ = true;
  return arrow::Status::IOError("catalog ", label_, ": the connection is lost: ", what);
}

arrow::Status PostgresConnection::ErrorOf(const pg_result* result) const {
  const char* state = Pq().resultErrorField(result, PG_DIAG_SQLSTATE);
  const std::string_view code = state != nullptr ? state : "";
  const char* primary = Pq().resultErrorField(result, PG_DIAG_MESSAGE_PRIMARY);
  std::string message = "catalog " + label_ + ": " +
                        OneLine(primary != nullptr ? primary : Pq().errorMessage(connection_));
  if (!code.empty()) message += " (" + std::string(code) + ")";
  if (code == "23505") return arrow::Status::AlreadyExists(message);
  if (code == "40001" || code == "40P01") return CommitConflictError(message);
  if (code == "42501" || code == "25006" || code.starts_with("28")) {
    return PermissionDeniedError(message);
  }
  return arrow::Status::IOError(message);
}

arrow::Status PostgresConnection::AwaitInput(int64_t deadline_ms) {
  pollfd waiting = {Pq().socket(connection_), POLLIN, 0};
  while (true) {
    const int64_t left = deadline_ms - PostgresNowMs();
    if (left <= 0) return LostError("the server did not answer in time");
    const int ready = ::poll(&waiting, 1, static_cast<int>(left));
    if (ready > 0) break;
    if (ready < 0 && errno != EINTR) return LostError(std::strerror(errno));
  }
  if (Pq().consumeInput(connection_) == 0)
    return LostError(OneLine(Pq().errorMessage(connection_)));
  return arrow::Status::OK();
}

arrow::Result<PostgresConnection::Result> PostgresConnection::AwaitResult() {
  const int64_t deadline_ms = PostgresNowMs() + timeout_ms_ + kGraceMs;
  Result last;
  while (true) {
    while (Pq().isBusy(connection_) != 0) ARROW_RETURN_NOT_OK(AwaitInput(deadline_ms));
    Result next(Pq().getResult(connection_));
    if (next == nullptr) break;
    last = std::move(next);
  }
  if (Pq().status(connection_) != CONNECTION_OK) {
    return LostError(OneLine(Pq().errorMessage(connection_)));
  }
  if (last == nullptr) return LostError("the server gave no result");
  return last;
}

arrow::Result<PostgresConnection::Result> PostgresConnection::Execute(
    const std::string& sql, const std::vector<SqlValue>& parameters) {
  if (lost_) return LostError("it was before");
  std::vector<std::string> texts(parameters.size());
  std::vector<const char*> values(parameters.size(), nullptr);
  for (size_t i = 0; i < parameters.size(); ++i) {
    if (std::holds_alternative<std::monostate>(parameters[i])) continue;
    texts[i] = SqlRow{{parameters[i]}}.Text(0);
    if (texts[i].find('\0') != std::string::npos) {
      return arrow::Status::Invalid("a text with a zero byte cannot be stored in ", label_);
    }
    values[i] = texts[i].c_str();
  }
  if (Pq().sendQueryParams(connection_, WithDollars(sql).c_str(), static_cast<int>(values.size()),
                           nullptr, values.data(), nullptr, nullptr, 0) == 0) {
    return LostError(OneLine(Pq().errorMessage(connection_)));
  }
  ARROW_ASSIGN_OR_RAISE(Result result, AwaitResult());
  const auto status = Pq().resultStatus(result.get());
  if (status != PGRES_TUPLES_OK && status != PGRES_COMMAND_OK) return ErrorOf(result.get());
  return result;
}

arrow::Result<std::vector<SqlRow>> PostgresConnection::Query(
    const std::string& sql, const std::vector<SqlValue>& parameters) {
  ARROW_ASSIGN_OR_RAISE(const Result result, Execute(sql, parameters));
  std::vector<SqlRow> rows(static_cast<size_t>(Pq().ntuples(result.get())));
  for (int row = 0; row < Pq().ntuples(result.get()); ++row) {
    for (int column = 0; column < Pq().nfields(result.get()); ++column) {
      rows[static_cast<size_t>(row)].values.push_back(CellOf(result.get(), row, column));
    }
  }
  return rows;
}

arrow::Result<int64_t> PostgresConnection::Run(const std::string& sql,
                                               const std::vector<SqlValue>& parameters) {
  ARROW_ASSIGN_OR_RAISE(const Result result, Execute(sql, parameters));
  return int64_t{std::strtoll(Pq().cmdTuples(result.get()), nullptr, 10)};
}

arrow::Status PostgresConnection::Commit() {
  const auto result = Execute("COMMIT", {});
  if (result.ok()) {
    if (std::string_view(Pq().cmdStatus(result->get())) == "COMMIT") return arrow::Status::OK();
    return arrow::Status::IOError("catalog ", label_, ": the transaction was rolled back");
  }
  // The server itself says that it rolled back; whatever else goes wrong may come after it committed.
  const auto& status = result.status();
  if (!lost_ && (status.IsAlreadyExists() || FindDetail<CommitConflict>(status) != nullptr)) {
    return status;
  }
  lost_ = true;
  return CommitUnknownError(status.message());
}

}  // namespace artemis
