// From lines to statements.
#include "artemis/shell/prompt.h"

#include <unistd.h>

#include <array>
#include <cstdlib>
#include <filesystem>
#include <utility>

#include "artemis/base/near_match.h"
#include "artemis/base/program_error.h"
#include "artemis/output/print.h"
#include "artemis/output/text_table.h"
#include "artemis/shell/history.h"
#include "artemis/shell/line_editor.h"
#include "artemis/shell/names.h"
#include "artemis/shell/screen.h"

namespace artemis {

namespace {

std::string_view TrimmedWord(std::string_view text) {
  const size_t begin = text.find_first_not_of(" \t\r\n");
  if (begin == std::string_view::npos) return "";
  const size_t end = text.find_last_not_of(" \t\r\n;");
  return end == std::string_view::npos || end < begin ? "" : text.substr(begin, end + 1 - begin);
}

class Prompt {
 public:
  Prompt(const ShellWorld& world, SqlShell& shell, SqlSession& session,
         std::shared_ptr<Catalog> catalog)
      : world_(world),
        shell_(shell),
        names_(std::move(catalog), session),
        history_file_(SqlHistoryFile()),
        editor_("artemis", world.signals, Callbacks()) {
    for (const auto& entry : LoadSqlHistory(history_file_)) editor_.Remember(entry);
  }

  arrow::Status Run() {
    while (!shell_.has_quit()) {
      lead_ = shell_.PromptLead();
      auto input = editor_.Read(lead_ + "> ");
      if (input.kind == EditorInput::Kind::kEnd) return arrow::Status::OK();
      if (input.kind == EditorInput::Kind::kCancelled || TrimmedWord(input.text).empty()) continue;
      Remember(input.text);
      if (const auto command = AsDotCommand(input.text)) input.text = *command;
      ARROW_RETURN_NOT_OK(Execute(input.text));
    }
    return arrow::Status::OK();
  }

 private:
  EditorCallbacks Callbacks() {
    return {.complete = [this](std::string_view text, size_t cursor,
                               bool again) { return CompleteSql(text, cursor, names_, again); },
            .continuation =
                [this](const std::string& text) { return ContinuationPrompt(text, lead_); }};
  }

  // Only a closed output ends the prompt.
  arrow::Status Execute(const std::string& text) {
    world_.signals.Arm();
    const auto status = shell_.RunTyped(text);
    world_.signals.Arm();
    names_.Forget();
    if (IsClosedPipe(status)) return status;
    if (status.ok()) return status;
    PrintNote(status.IsCancelled() ? "interrupted" : Printable(world_.error_line(status)));
    if (!shell_.mark().empty()) {
      PrintNote(shell_.mark().substr(0, shell_.mark().size() - 1));
    }
    return arrow::Status::OK();
  }

  void Remember(const std::string& text) {
    if (!IsKeptInHistory(text)) return;
    editor_.Remember(text);
    const auto status = AppendSqlHistory(history_file_, text);
    if (status.ok() || std::exchange(has_warned_, true)) return;
    PrintNote("warning: the history is not kept: " + world_.error_line(status));
  }

  const ShellWorld& world_;
  SqlShell& shell_;
  SqlNames names_;
  const std::string history_file_;
  std::string lead_ = "artemis";
  bool has_warned_ = false;
  LineEditor editor_;
};

}  // namespace

arrow::Status RunSqlPrompt(const ShellWorld& world, SqlShell& shell, SqlSession& session,
                           std::shared_ptr<Catalog> catalog) {
  world.signals.KeepArmed();
  if (::isatty(STDOUT_FILENO) == 1) {
    ARROW_RETURN_NOT_OK(PrintText("artemis-sql: .help explains, .quit leaves\n"));
  }
  return Prompt(world, shell, session, std::move(catalog)).Run();
}

std::optional<std::string> ContinuationPrompt(std::string_view text, std::string_view lead) {
  if (AsDotCommand(text)) return std::nullopt;
  const auto items = SplitScript(text);
  const OpenPart open = OpenPartOf(items.empty() ? text : text.substr(items.back().offset));
  if (!items.empty() && items.back().kind == ScriptItem::Kind::kDotCommand) return std::nullopt;
  std::string mark = "-> ";
  switch (open) {
    case OpenPart::kNothing:
      return std::nullopt;
    case OpenPart::kStatement:
      break;
    case OpenPart::kParenthesis:
      mark = "(> ";
      break;
    case OpenPart::kString:
      mark = "'> ";
      break;
    case OpenPart::kName:
      mark = "\"> ";
      break;
    case OpenPart::kComment:
      mark = "*> ";
      break;
  }
  const size_t width = DisplayWidth(lead) + 2;
  return std::string(width > mark.size() ? width - mark.size() : 0, ' ') + mark;
}

std::optional<std::string> AsDotCommand(std::string_view text) {
  const std::string_view word = TrimmedWord(text);
  if (word.find('\n') != std::string_view::npos) return std::nullopt;
  const std::string lower = AsciiLower(word);
  if (lower == "exit" || lower == "quit" || lower == "\\q") return ".quit";
  if (lower == "help" || lower == "\\?" || lower == "\\h") return ".help";
  if (lower == "\\d" || lower == "\\dt") return ".tables";
  if (lower.starts_with("\\d ")) return ".schema " + std::string(word.substr(3));
  if (lower == "\\timing") return ".timer on";
  return std::nullopt;
}

std::string FindInitFile() {
  namespace fs = std::filesystem;
  std::vector<fs::path> candidates;
  const char* home = std::getenv("HOME");
  const char* config = std::getenv("XDG_CONFIG_HOME");
  const bool has_home = home != nullptr && *home != '\0';
  if (has_home) candidates.push_back(fs::path(home) / ".artemisrc");
  if (config != nullptr && *config == '/') {
    candidates.push_back(fs::path(config) / "artemis" / "artemisrc");
  } else if (has_home) {
    candidates.push_back(fs::path(home) / ".config" / "artemis" / "artemisrc");
  }
  std::error_code unknown;
  for (const auto& file : candidates) {
    if (fs::is_regular_file(file, unknown)) return file.string();
  }
  return "";
}

}  // namespace artemis
