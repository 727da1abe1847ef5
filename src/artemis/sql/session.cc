// Starts the engine and runs statements.
#include "artemis/sql/session.h"

#include <cstdlib>
#include <utility>

#include <duckdb.h>
#include <duckdb.hpp>
#include <duckdb/main/valid_checker.hpp>
#include <duckdb/parser/keyword_helper.hpp>

#include "artemis/base/iso_time.h"
#include "artemis/sql/arrow_result.h"
#include "artemis/sql/as_of_rewriter.h"
#include "artemis/sql/error_wall.h"
#include "artemis/sql/session_state.h"
#include "artemis/sql/sql_catalog.h"
#include "artemis/sql/temp_folder.h"

namespace artemis {
namespace {

// The release whose internal headers this folder is written for and compiled with.
constexpr std::string_view kDuckDbVersion = "v1.5.6";

using Statements = duckdb::vector<duckdb::unique_ptr<duckdb::SQLStatement>>;

arrow::Status CheckLibraryVersion() {
  const std::string_view loaded = duckdb_library_version();
  if (loaded == kDuckDbVersion) return arrow::Status::OK();
  return arrow::Status::Invalid("the DuckDB library is another release than its headers: expected ",
                                kDuckDbVersion, ", found ", loaded);
}

void Configure(duckdb::DBConfig& config, const SqlOptions& options,
               const std::string& temp_folder) {
  const auto set = [&](const char* name, duckdb::Value value) {
    config.SetOptionByName(name, value);
  };
  set("memory_limit", duckdb::Value(std::to_string(options.memory_limit_bytes) + "B"));
  if (options.threads > 0) set("threads", duckdb::Value::BIGINT(options.threads));
  set("temp_directory", duckdb::Value(temp_folder));
  set("autoinstall_known_extensions", duckdb::Value::BOOLEAN(false));
  set("autoload_known_extensions", duckdb::Value::BOOLEAN(false));
  set("allow_community_extensions", duckdb::Value::BOOLEAN(false));
}

// The name DuckDB knows a zone by. It has none for offsets other than whole hours.
arrow::Result<std::string> ZoneName(const std::string& zone) {
  const auto offset_s = ParseIsoOffset(zone);
  if (!offset_s) return zone;
  if (*offset_s == 0) return "UTC";
  const int hours = *offset_s / 3600;
  if (hours * 3600 != *offset_s || hours < -12 || hours > 14) {
    return arrow::Status::Invalid(
        "expected a time zone's name or an offset of whole hours, found: ", zone);
  }
  // POSIX counts westwards.
  return "Etc/GMT" + std::string(hours > 0 ? "-" : "+") + std::to_string(std::abs(hours));
}

}  // namespace

struct SqlSession::Impl {
  explicit Impl(std::shared_ptr<SessionState> the_state) : state(std::move(the_state)) {}

  arrow::Status Start() {
    ARROW_ASSIGN_OR_RAISE(temp_folder, TempFolder::Make(state->options().temp_folder));
    return CatchDuckDb(*state, [&]() -> arrow::Status {
      duckdb::DBConfig config;
      Configure(config, state->options(), temp_folder->path());
      RegisterSqlCatalog(config, state);
      database = std::make_unique<duckdb::DuckDB>(nullptr, &config);
      connection = std::make_unique<duckdb::Connection>(*database);
      ARROW_RETURN_NOT_OK(Run("ATTACH 'artemis' AS artemis (TYPE artemis)"));
      ARROW_ASSIGN_OR_RAISE(const std::string zone,
                            ZoneName(state->options().timezone.value_or("UTC")));
      state->set_engine_zone(zone);
      ARROW_RETURN_NOT_OK(
          Run("SET GLOBAL TimeZone = " + duckdb::KeywordHelper::WriteQuoted(zone, '\'')));
      ARROW_RETURN_NOT_OK(Run("SET enable_progress_bar = true"));
      return Run("SET enable_progress_bar_print = false");
    });
  }

  arrow::Status Run(const std::string& sql) {
    const auto result = connection->Query(sql);
    return result->HasError() ? StatusFromError(*state, result->GetErrorObject())
                              : arrow::Status::OK();
  }

  arrow::Result<Statements> Parse(std::string_view sql) {
    ARROW_RETURN_NOT_OK(CheckUsable());
    ARROW_ASSIGN_OR_RAISE(const std::string rewritten, RewriteAsOf(sql));
    return CatchDuckDb(*state, [&]() -> arrow::Result<Statements> {
      return connection->ExtractStatements(rewritten);
    });
  }

  arrow::Status CheckUsable() {
    if (!duckdb::ValidChecker::IsInvalidated(*database->instance)) return arrow::Status::OK();
    return arrow::Status::UnknownError(
        "the SQL engine has failed internally and takes no more statements; open a new session (",
        duckdb::ValidChecker::InvalidatedMessage(*database->instance), ")");
  }

  arrow::Result<std::unique_ptr<SqlResult>> Send(
      const std::shared_ptr<Impl>& self, duckdb::unique_ptr<duckdb::SQLStatement> statement) {
    ARROW_RETURN_NOT_OK(CheckUsable());
    state->ForgetErrors();
    return CatchDuckDb(*state, [&]() -> arrow::Result<std::unique_ptr<SqlResult>> {
      auto result = connection->SendQuery(std::move(statement));
      if (result->HasError()) return StatusFromError(*state, result->GetErrorObject());
      return MakeSqlResult(self, state, std::move(result));
    });
  }

  const std::shared_ptr<SessionState> state;
  std::unique_ptr<TempFolder> temp_folder;
  std::unique_ptr<duckdb::DuckDB> database;
  std::unique_ptr<duckdb::Connection> connection;
};

SqlSession::SqlSession(std::shared_ptr<Impl> impl) : impl_(std::move(impl)) {}
SqlSession::~SqlSession() = default;

arrow::Result<std::unique_ptr<SqlSession>> SqlSession::Open(std::shared_ptr<Catalog> catalog,
                                                            const SqlOptions& options) {
  ARROW_RETURN_NOT_OK(CheckLibraryVersion());
  auto impl = std::make_shared<Impl>(std::make_shared<SessionState>(std::move(catalog), options));
  ARROW_RETURN_NOT_OK(impl->Start());
  return std::unique_ptr<SqlSession>(new SqlSession(std::move(impl)));
}

arrow::Result<std::unique_ptr<SqlResult>> SqlSession::Execute(std::string_view sql) {
  ARROW_ASSIGN_OR_RAISE(Statements statements, impl_->Parse(sql));
  if (statements.size() != 1) {
    return arrow::Status::Invalid("expected one SQL statement, found ", statements.size());
  }
  return impl_->Send(impl_, std::move(statements[0]));
}

arrow::Status SqlSession::ExecuteAll(
    std::string_view sql, const std::function<arrow::Status(std::unique_ptr<SqlResult>)>& consume) {
  ARROW_ASSIGN_OR_RAISE(Statements statements, impl_->Parse(sql));
  for (auto& statement : statements) {
    ARROW_ASSIGN_OR_RAISE(auto result, impl_->Send(impl_, std::move(statement)));
    ARROW_RETURN_NOT_OK(consume(std::move(result)));
  }
  return arrow::Status::OK();
}

void SqlSession::Interrupt() { impl_->connection->Interrupt(); }

double SqlSession::Progress() const {
  const double percent = impl_->connection->GetQueryProgress();
  return percent < 0 ? percent : percent / 100;
}

std::vector<std::string> SqlSession::TakeWarnings() { return impl_->state->TakeWarnings(); }

}  // namespace artemis
