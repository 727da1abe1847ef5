// Engines and sessions, as their headers promise them.
#include "artemis/sql/session.h"

#include <utility>

#include "artemis/sql/error_wall.h"
#include "artemis/sql/session_core.h"
#include "artemis/sql/sql_engine.h"

namespace artemis {

SqlEngine::SqlEngine(std::shared_ptr<EngineCore> core) : core_(std::move(core)) {}
SqlEngine::~SqlEngine() = default;

arrow::Result<std::unique_ptr<SqlEngine>> SqlEngine::Open(std::shared_ptr<Catalog> catalog,
                                                          const SqlOptions& options) {
  auto core = std::make_shared<EngineCore>(std::move(catalog), options);
  ARROW_RETURN_NOT_OK(core->Start());
  return std::unique_ptr<SqlEngine>(new SqlEngine(std::move(core)));
}

arrow::Result<std::unique_ptr<SqlSession>> SqlEngine::Connect(const SqlSessionOptions& options) {
  ARROW_RETURN_NOT_OK(core_->CheckUsable());
  auto core = std::make_shared<SessionCore>(core_, options);
  ARROW_RETURN_NOT_OK(core->Start());
  return std::unique_ptr<SqlSession>(new SqlSession(std::move(core)));
}

bool SqlEngine::usable() const { return core_->CheckUsable().ok(); }

SqlSession::SqlSession(std::shared_ptr<SessionCore> core) : core_(std::move(core)) {}
SqlSession::~SqlSession() = default;

arrow::Result<std::unique_ptr<SqlSession>> SqlSession::Open(std::shared_ptr<Catalog> catalog,
                                                            const SqlOptions& options) {
  ARROW_ASSIGN_OR_RAISE(const auto engine, SqlEngine::Open(std::move(catalog), options));
  return engine->Connect();
}

arrow::Result<std::unique_ptr<SqlResult>> SqlSession::Execute(std::string_view sql) {
  ARROW_ASSIGN_OR_RAISE(SqlStatements statements, core_->Parse(sql));
  if (statements.size() != 1) {
    return arrow::Status::Invalid("expected one SQL statement, found ", statements.size());
  }
  return core_->Send(std::move(statements[0]));
}

arrow::Status SqlSession::ExecuteAll(
    std::string_view sql, const std::function<arrow::Status(std::unique_ptr<SqlResult>)>& consume) {
  ARROW_ASSIGN_OR_RAISE(SqlStatements statements, core_->Parse(sql));
  for (auto& statement : statements) {
    ARROW_ASSIGN_OR_RAISE(auto result, core_->Send(std::move(statement)));
    ARROW_RETURN_NOT_OK(consume(std::move(result)));
  }
  return arrow::Status::OK();
}

arrow::Result<std::unique_ptr<SqlPrepared>> SqlSession::Prepare(std::string_view sql) {
  ARROW_ASSIGN_OR_RAISE(SqlStatements statements, core_->Parse(sql));
  if (statements.size() != 1) {
    return arrow::Status::Invalid("expected one SQL statement, found ", statements.size());
  }
  return core_->Prepare(std::move(statements[0]));
}

void SqlSession::Interrupt() { core_->connection().Interrupt(); }

double SqlSession::Progress() const {
  const double percent = core_->connection().GetQueryProgress();
  return percent < 0 ? percent : percent / 100;
}

std::vector<std::string> SqlSession::TakeWarnings() { return core_->state()->TakeWarnings(); }

}  // namespace artemis
