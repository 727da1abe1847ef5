// artemis-sql.
#include "artemis/cli/sql_command.h"

#include <unistd.h>

#include <utility>

#include "artemis/base/clock.h"
#include "artemis/base/program_error.h"
#include "artemis/catalog/write_on_demand.h"
#include "artemis/cli/exit_code.h"
#include "artemis/cli/mapped_scan_source.h"
#include "artemis/cli/opened_table.h"
#include "artemis/output/print.h"
#include "artemis/output/text_table.h"
#include "artemis/scan/plan_caches.h"
#include "artemis/shell/prompt.h"
#include "artemis/shell/screen.h"
#include "artemis/shell/shell.h"
#include "artemis/sql/session.h"
#include "artemis/sql/sql_engine.h"

namespace artemis {

namespace {

constexpr int64_t kScriptBytesMax = 64 << 20;

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

struct OpenedSession {
  std::shared_ptr<Catalog> catalog;
  std::unique_ptr<SqlSession> session;
};

arrow::Result<OpenedSession> OpenSession(const SqlCommandOptions& options,
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
  ARROW_ASSIGN_OR_RAISE(const auto engine, SqlEngine::Open(catalog, sql));
  SqlSessionOptions session;
  session.principal = UserName();
  ARROW_ASSIGN_OR_RAISE(auto connected, engine->Connect(session));
  return OpenedSession{std::move(catalog), std::move(connected)};
}

// `context` must outlive it.
ShellWorld WorldOf(CommandContext& context) {
  return {.files = context.files(),
          .clock = context.clock(),
          .signals = context.signals(),
          .progress = context.common().progress,
          .program = context.program(),
          .error_line = [&context](const arrow::Status& status) {
            return ErrorLine(WithMapHint(status, context));
          }};
}

SqlShell MakeShell(const SqlCommandOptions& options, bool interactive, const ShellWorld& world,
                   const OpenedSession& opened) {
  ShellOptions shell;
  shell.interactive = interactive;
  shell.timezone = options.timezone;
  shell.results.output = options.output;
  shell.results.on_screen = !options.output.output && ::isatty(STDOUT_FILENO) == 1;
  if (interactive && shell.results.on_screen) {
    shell.results.pager = DefaultPager();
  } else {
    shell.results.rows_max = std::nullopt;
  }
  return SqlShell(std::move(shell), world, *opened.session, opened.catalog);
}

// What failed stands marked on a terminal, above the message.
arrow::Status Marked(const arrow::Status& status, const SqlShell& shell) {
  if (!status.ok() && ::isatty(STDERR_FILENO) == 1 && !shell.mark().empty()) {
    (void)!::write(STDERR_FILENO, shell.mark().data(), shell.mark().size());
  }
  return status;
}

arrow::Status RunGivenScript(const SqlCommandOptions& options, SqlShell& shell) {
  if (!options.query.empty()) return shell.RunScript(options.query, "");
  if (!options.file.empty() && options.file != "-") return shell.RunFile(options.file);
  ARROW_ASSIGN_OR_RAISE(const std::string text, ReadStandardInput());
  return shell.RunScript(text, "<stdin>");
}

// A prompt begins also after a file of the user's own that fails.
arrow::Status BeginPrompt(const SqlCommandOptions& options, const ShellWorld& world,
                          SqlShell& shell) {
  const std::string file = options.no_init ? "" : FindInitFile();
  const auto status = options.init_file.empty() && !file.empty() ? shell.RunFile(file)
                      : !options.init_file.empty()               ? shell.RunFile(options.init_file)
                                                                 : arrow::Status::OK();
  if (!status.ok()) PrintNote(Printable(world.error_line(Marked(status, shell))));
  return arrow::Status::OK();
}

}  // namespace

arrow::Status RunSql(const SqlCommandOptions& options, CommandContext& context) {
  if (!options.query.empty() && !options.file.empty()) {
    return UsageError("--query and -f exclude each other");
  }
  if (!options.init_file.empty() && options.no_init) {
    return UsageError("--init and --no-init exclude each other");
  }
  ARROW_RETURN_NOT_OK(ChosenFormat(options.output).status());
  const bool at_prompt =
      options.query.empty() && options.file.empty() && ::isatty(STDIN_FILENO) == 1;
  ARROW_ASSIGN_OR_RAISE(const auto opened, OpenSession(options, context));
  const ShellWorld world = WorldOf(context);
  SqlShell shell = MakeShell(options, at_prompt, world, opened);
  if (at_prompt) {
    ARROW_RETURN_NOT_OK(BeginPrompt(options, world, shell));
    return RunSqlPrompt(world, shell, *opened.session, opened.catalog);
  }
  arrow::Status status;
  if (!options.init_file.empty()) status = shell.RunFile(options.init_file);
  if (status.ok() && !shell.has_quit()) status = RunGivenScript(options, shell);
  if (status.ok() && shell.in_transaction()) {
    status = arrow::Status::Invalid(
        "the script ends within a transaction, which was rolled back: end it with COMMIT, or "
        "ROLLBACK");
  }
  return Marked(WithMapHint(status, context), shell);
}

}  // namespace artemis
