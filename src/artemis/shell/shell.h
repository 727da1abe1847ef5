// What artemis-sql does with statements and dot commands, typed or from scripts.
#pragma once

#include <memory>
#include <optional>
#include <string>
#include <string_view>

#include <arrow/status.h>

#include "artemis/base/stopwatch.h"
#include "artemis/catalog/catalog.h"
#include "artemis/shell/dot_command.h"
#include "artemis/shell/results.h"
#include "artemis/shell/script.h"
#include "artemis/shell/shell_world.h"
#include "artemis/sql/session.h"
#include "artemis/sql/session_inspector.h"

namespace artemis {

struct ShellOptions {
  ResultOptions results;
  // Somebody types: results end with a line on their rows, `.timer` begins as on, and a progress bar shows.
  bool interactive = false;
  std::optional<std::string> timezone;
};

// Scripts read by scripts, deeper than this, are refused.
inline constexpr int kReadDepthMax = 16;

// On one thread. `session` and `world` must outlive it.
class SqlShell {
 public:
  SqlShell(ShellOptions options, const ShellWorld& world, SqlSession& session,
           std::shared_ptr<Catalog> catalog);

  // Runs a text in order and stops at the first failure, or at .quit. All statements are parsed before the first one runs. The failure's
  // message begins with where it happened: "june.sql:12: …", or "line 12: …" without a name and with several lines.
  arrow::Status RunScript(const std::string& text, const std::string& name);
  // The same for a file, which holds 64 MiB at most. IOError, NotFound.
  arrow::Status RunFile(const std::string& path);

  // Runs what was typed; a failure's message stands alone. mark() has more.
  arrow::Status RunTyped(const std::string& text);

  bool has_quit() const { return has_quit_; }
  // Whether a transaction was begun and not ended.
  bool in_transaction() const { return inspector_.InTransaction(); }
  // "artemis", "artemis*" in a transaction, "artemis[as of 2024-03-15T10:00Z]".
  std::string PromptLead() const;
  // Of the last failure, for a terminal: the line with the place marked, and a hint. Empty where nothing is known.
  const std::string& mark() const { return mark_; }

 private:
  arrow::Status RunItem(const ScriptItem& item);
  arrow::Status RunStatement(const std::string& sql);
  arrow::Status Consume(SqlResult& result, SqlWatcher& watcher);
  // The line of the script that a statement failed in.
  int FailedLine(const ScriptItem& item) const;
  void NoteRows(const ResultOutcome& outcome);
  arrow::Status RunQuietly(const std::string& sql);
  void MarkFailure(const std::string& sql, const arrow::Status& status);

  arrow::Status Obey(const ParsedDotCommand& command);
  arrow::Status ObeyAsOf(const ParsedDotCommand& command);
  arrow::Status ObeyHelp(const ParsedDotCommand& command);
  arrow::Status ObeyMaxRows(const ParsedDotCommand& command);
  arrow::Status ObeyMode(const ParsedDotCommand& command);
  arrow::Status ObeyOutput(const ParsedDotCommand& command);
  arrow::Status ObeyPager(const ParsedDotCommand& command);
  arrow::Status ObeyTimer(const ParsedDotCommand& command);
  arrow::Status ShowTables(const ParsedDotCommand& command);
  arrow::Status ShowSchemas(const ParsedDotCommand& command);

  const ShellOptions options_;
  const ShellWorld& world_;
  SqlSession& session_;
  const std::shared_ptr<Catalog> catalog_;
  const SessionInspector inspector_;
  SqlResults results_;
  bool timer_ = false;
  bool has_quit_ = false;
  int depth_ = 0;
  std::string mark_;
  Stopwatch watch_;
  std::optional<int64_t> first_row_ms_;
};

}  // namespace artemis
