// artemis-sql.
#include "artemis/cli/sql_command.h"

#include <unistd.h>

#include <chrono>
#include <iterator>
#include <thread>
#include <utility>

#include <arrow/io/stdio.h>

#include "artemis/base/error.h"
#include "artemis/catalog/write_on_demand.h"
#include "artemis/cli/commit_options.h"
#include "artemis/cli/exit_code.h"
#include "artemis/cli/mapped_scan_source.h"
#include "artemis/cli/opened_table.h"
#include "artemis/cli/sql_prompt.h"
#include "artemis/io/file_system.h"
#include "artemis/scan/plan_caches.h"
#include "artemis/sql/session.h"
#include "artemis/sql/sql_engine.h"

namespace artemis {

namespace {

constexpr int64_t kScriptBytesMax = 64 << 20;
constexpr auto kStopCheck = std::chrono::milliseconds(20);

// Interrupts the session's statement when the user asks to stop; ends with the object.
class StopWatcher {
 public:
  StopWatcher(SqlSession& session, arrow::StopToken stop)
      : thread_([&session, stop](const std::stop_token& ended) {
          while (!ended.stop_requested()) {
            if (stop.IsStopRequested()) {
              session.Interrupt();
            }
            std::this_thread::sleep_for(kStopCheck);
          }
        }) {}

 private:
  std::jthread thread_;
};

arrow::Result<std::string> ReadStandardInput() {
  std::string text;
  char buffer[65536];
  while (true) {
    const ssize_t got = ::read(STDIN_FILENO, buffer, sizeof(buffer));
    if (got < 0) return arrow::Status::IOError("cannot read standard input");
    if (got == 0) return text;
    text.append(buffer, static_cast<size_t>(got));
    if (static_cast<int64_t>(text.size()) > kScriptBytesMax) {
      return arrow::Status::Invalid("standard input is longer than ", kScriptBytesMax, " bytes");
    }
  }
}

class SqlRunner {
 public:
  SqlRunner(const SqlCommandOptions& options, CommandContext& context, SqlSession& session)
      : options_(options), context_(context), session_(session) {}

  // Runs a text of statements, whose results go to one output.
  arrow::Status Run(const std::string& text, bool with_counts) {
    const StopWatcher watcher(session_, context_.stop());
    watch_ = Stopwatch();
    const auto status = session_.ExecuteAll(
        text, [&](std::unique_ptr<SqlResult> result) { return Consume(*result, with_counts); });
    for (const auto& warning : session_.TakeWarnings()) context_.Note("warning: " + warning);
    // Nobody interrupted it: a statement that ran out of time has failed.
    if (FindDetail<StatementTimeout>(status) != nullptr) {
      return arrow::Status::ExecutionError(status.message());
    }
    return WithMapHint(status, context_);
  }

 private:
  arrow::Status Consume(SqlResult& result, bool with_counts) {
    if (result.kind() == StatementKind::kNothing) return Drain(result);
    if (result.kind() == StatementKind::kChanged) {
      ARROW_RETURN_NOT_OK(Drain(result));
      context_.Note(CountOf(result.rows_changed().value_or(0), "row") + " changed");
      return arrow::Status::OK();
    }
    ARROW_ASSIGN_OR_RAISE(const RowFormat format, ChosenFormat(options_.output));
    if (++results_ > 1 && (options_.output.output || IsBinary(format))) {
      return UsageError(
          "the statements give several results: name one output for each, or use a "
          "text format on standard output");
    }
    if (results_ > 1 && format == RowFormat::kTable) ARROW_RETURN_NOT_OK(context_.Print("\n"));
    ARROW_ASSIGN_OR_RAISE(auto output, RowOutput::Open(options_.output, result.schema(), context_));
    ARROW_RETURN_NOT_OK(output->WriteAll(result));
    ARROW_RETURN_NOT_OK(output->Finish());
    if (with_counts) {
      context_.Note("(" + CountOf(output->rows(), "row") + ", " +
                    HumanDuration(watch_.ElapsedMs()) + ")");
    }
    watch_ = Stopwatch();
    return arrow::Status::OK();
  }

  static arrow::Status Drain(SqlResult& result) {
    std::shared_ptr<arrow::RecordBatch> batch;
    do {
      ARROW_RETURN_NOT_OK(result.ReadNext(&batch));
    } while (batch != nullptr);
    return arrow::Status::OK();
  }

  const SqlCommandOptions& options_;
  CommandContext& context_;
  SqlSession& session_;
  int results_ = 0;
  // Since the statement began, planning included: the result before it is printed already.
  Stopwatch watch_;
};

arrow::Result<std::string> StatementText(const SqlCommandOptions& options,
                                         CommandContext& context) {
  if (!options.query.empty()) return options.query;
  if (options.file.empty() || options.file == "-") return ReadStandardInput();
  return context.files().ReadAll(options.file, kScriptBytesMax);
}

arrow::Result<std::unique_ptr<SqlSession>> OpenSession(const SqlCommandOptions& options,
                                                       CommandContext& context) {
  SqlOptions sql;
  sql.read_only = options.read_only;
  ARROW_ASSIGN_OR_RAISE(auto catalog, context.OpenToRead());
  catalog = MakeWriteOnDemand(std::move(catalog), [&context] { return context.OpenToWrite(); });
  sql.memory_limit_bytes = options.memory_limit_bytes;
  sql.temp_limit_bytes = options.temp_limit_bytes;
  sql.temp_folder = options.temp_folder;
  if (options.statement_timeout_ms > 0) sql.statement_timeout_ms = options.statement_timeout_ms;
  if (context.common().log != "off") sql.events = &context.events();
  sql.threads = options.threads;
  sql.timezone = options.timezone;
  if (!context.path_map().empty()) {
    sql.scan_source = [&tables = *catalog, map = context.path_map(),
                       caches = std::make_shared<PlanCaches>()](const LoadedTable&,
                                                                const PinnedSnapshot& pin) {
      return MakeMappedScanSource(MakeScanSource(tables, pin, caches), map);
    };
  }
  ARROW_ASSIGN_OR_RAISE(const auto engine, SqlEngine::Open(std::move(catalog), sql));
  SqlSessionOptions session;
  session.principal = UserName();
  return engine->Connect(session);
}

}  // namespace

arrow::Status RunSql(const SqlCommandOptions& options, CommandContext& context) {
  if (!options.query.empty() && !options.file.empty()) {
    return UsageError("--query and -f exclude each other");
  }
  ARROW_RETURN_NOT_OK(ChosenFormat(options.output).status());
  const bool at_prompt =
      options.query.empty() && options.file.empty() && ::isatty(STDIN_FILENO) == 1;
  std::string text;
  if (!at_prompt) {
    ARROW_ASSIGN_OR_RAISE(text, StatementText(options, context));
  }
  ARROW_ASSIGN_OR_RAISE(const auto session, OpenSession(options, context));
  if (!at_prompt) return SqlRunner(options, context, *session).Run(text, false);
  return RunSqlPrompt(context, [&](const std::string& statement) {
    return SqlRunner(options, context, *session).Run(statement, true);
  });
}

}  // namespace artemis
