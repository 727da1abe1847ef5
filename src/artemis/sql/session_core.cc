// Statements of a session.
#include "artemis/sql/session_core.h"

#include <algorithm>
#include <utility>

#include <duckdb/main/client_config.hpp>
#include <duckdb/parser/keyword_helper.hpp>
#include <duckdb/parser/statement/explain_statement.hpp>
#include <duckdb/parser/statement/prepare_statement.hpp>

#include "artemis/sql/arrow_result.h"
#include "artemis/sql/as_of_rewriter.h"
#include "artemis/sql/confinement.h"
#include "artemis/sql/error_wall.h"
#include "artemis/sql/prepared_statement.h"
#include "artemis/sql/session_context.h"
#include "artemis/sql/session_inspector.h"
#include "artemis/sql/sql_lexer.h"

namespace artemis {
namespace {

// Whether the parser failed at a clause AT that only the rewriting has put there.
bool IsAboutOurAt(std::string_view message, std::string_view sql) {
  if (message.find("syntax error at or near \"AT\"") == std::string_view::npos) return false;
  const auto tokens = LexSql(sql);
  return std::none_of(tokens.begin(), tokens.end(),
                      [&](const SqlToken& token) { return IsSqlWord(sql, token, "AT"); });
}

}  // namespace

SessionCore::SessionCore(std::shared_ptr<EngineCore> engine, const SqlSessionOptions& options)
    : engine_(std::move(engine)),
      state_(std::make_shared<SessionState>(*engine_->state(), options)) {}

arrow::Status SessionCore::Start() {
  return CatchDuckDb(*state_, [&]() -> arrow::Status {
    connection_ = std::make_unique<duckdb::Connection>(engine_->database());
    SetSession(*connection_->context, state_);
    auto& config = duckdb::ClientConfig::GetConfig(*connection_->context);
    config.enable_progress_bar = true;
    config.print_progress_bar = false;
    ARROW_ASSIGN_OR_RAISE(const std::string zone,
                          EngineZoneName(state_->timezone().value_or("UTC")));
    if (zone == state_->engine_zone()) return arrow::Status::OK();
    state_->set_engine_zone(zone);
    const auto result = connection_->Query("SET SESSION TimeZone = " +
                                           duckdb::KeywordHelper::WriteQuoted(zone, '\''));
    if (result->HasError()) return StatusFromError(*state_, result->GetErrorObject());
    return arrow::Status::OK();
  });
}

arrow::Result<SqlStatements> SessionCore::Parse(std::string_view sql) {
  ARROW_RETURN_NOT_OK(engine_->CheckUsable());
  state_->NoteFailedAt("");
  text_ = sql;
  ARROW_ASSIGN_OR_RAISE(rewritten_, RewriteAsOf(sql));
  auto statements = ParseRewritten();
  if (statements.ok() || !IsAboutOurAt(statements.status().message(), sql)) return statements;
  return arrow::Status::Invalid(
      "Parser Error: AS OF stands behind the name of a table (FROM t AS OF 'v1' a), once for each");
}

arrow::Result<SqlStatements> SessionCore::ParseRewritten() {
  return CatchDuckDb(*state_, [&]() -> arrow::Result<SqlStatements> {
    SqlStatements statements = connection_->ExtractStatements(rewritten_);
    if (state_->options().confined) {
      for (const auto& statement : statements) {
        ARROW_RETURN_NOT_OK(CheckConfined(*statement, *state_));
      }
    }
    return statements;
  });
}

std::optional<size_t> SessionCore::FailedAt() const {
  const auto offset = MarkedOffset(rewritten_, state_->failed_at());
  return offset ? OriginalOffset(text_, rewritten_, *offset) : std::nullopt;
}

std::shared_ptr<RunningStatement> SessionCore::Begin(std::string sql, bool measured) {
  if (const auto before = running_.lock()) before->Abandon(0);
  state_->BeginStatement();
  auto running = std::make_shared<RunningStatement>(engine_, state_, connection_->context,
                                                    std::move(sql), measured);
  running_ = running;
  return running;
}

arrow::Result<std::unique_ptr<SqlResult>> SessionCore::Finish(
    std::shared_ptr<RunningStatement> running,
    arrow::Result<duckdb::unique_ptr<duckdb::QueryResult>> result) {
  if (!result.ok()) return running->Finish(result.status(), 0);
  if ((*result)->HasError()) {
    return running->Finish(StatusFromError(*state_, (*result)->GetErrorObject()), 0);
  }
  return MakeSqlResult(shared_from_this(), state_, std::move(running),
                       std::move(result).ValueUnsafe());
}

arrow::Result<std::unique_ptr<SqlResult>> SessionCore::Send(
    duckdb::unique_ptr<duckdb::SQLStatement> statement) {
  ARROW_RETURN_NOT_OK(engine_->CheckUsable());
  using Result = arrow::Result<duckdb::unique_ptr<duckdb::QueryResult>>;
  auto running =
      Begin(statement->query, statement->type == duckdb::StatementType::EXPLAIN_STATEMENT);
  auto result = CatchDuckDb(*state_, [&]() -> Result {
    if (!state_->options().confined) return connection_->SendQuery(std::move(statement));
    ARROW_RETURN_NOT_OK(CheckChanges(*statement));
    return connection_->SendQuery(std::move(statement));
  });
  return Finish(std::move(running), std::move(result));
}

arrow::Status SessionCore::CheckChanges(const duckdb::SQLStatement& statement) {
  switch (statement.type) {
    case duckdb::StatementType::SELECT_STATEMENT:
    case duckdb::StatementType::CREATE_STATEMENT:
    case duckdb::StatementType::DROP_STATEMENT:
    case duckdb::StatementType::INSERT_STATEMENT:
    case duckdb::StatementType::UPDATE_STATEMENT:
    case duckdb::StatementType::DELETE_STATEMENT:
    case duckdb::StatementType::MERGE_INTO_STATEMENT:
    case duckdb::StatementType::ALTER_STATEMENT:
      break;
    case duckdb::StatementType::EXPLAIN_STATEMENT:
      return CheckChanges(*statement.Cast<duckdb::ExplainStatement>().stmt);
    case duckdb::StatementType::PREPARE_STATEMENT:
      return CheckChanges(*statement.Cast<duckdb::PrepareStatement>().statement);
    default:
      return arrow::Status::OK();
  }
  const auto prepared = connection_->Prepare(statement.Copy());
  if (prepared->HasError()) return StatusFromError(*state_, prepared->GetErrorObject());
  return CheckChangesConfined(prepared->GetStatementProperties(), *state_);
}

arrow::Result<std::unique_ptr<SqlPrepared>> SessionCore::Prepare(
    duckdb::unique_ptr<duckdb::SQLStatement> statement) {
  ARROW_RETURN_NOT_OK(engine_->CheckUsable());
  state_->BeginStatement();
  return CatchDuckDb(*state_, [&]() -> arrow::Result<std::unique_ptr<SqlPrepared>> {
    std::string sql = statement->query;
    const bool wraps = statement->type == duckdb::StatementType::PREPARE_STATEMENT ||
                       statement->type == duckdb::StatementType::EXPLAIN_STATEMENT;
    if (wraps && state_->options().confined) ARROW_RETURN_NOT_OK(CheckChanges(*statement));
    auto prepared = connection_->Prepare(std::move(statement));
    if (prepared->HasError()) return StatusFromError(*state_, prepared->GetErrorObject());
    if (state_->options().confined) {
      ARROW_RETURN_NOT_OK(CheckChangesConfined(prepared->GetStatementProperties(), *state_));
    }
    return MakePreparedStatement(shared_from_this(), std::move(prepared), std::move(sql));
  });
}

}  // namespace artemis
