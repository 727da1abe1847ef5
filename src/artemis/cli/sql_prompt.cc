// The prompt of artemis-sql, with libedit.
#include "artemis/cli/sql_prompt.h"

#include <cstdio>
#include <cstdlib>
#include <filesystem>

#include <editline/readline.h>

#include "artemis/cli/exit_code.h"
#include "artemis/cli/signal_stop.h"

namespace artemis {

namespace {

constexpr int kHistoryMax = 1000;

constexpr std::string_view kPromptHelp =
    "Statements end with a semicolon.\n"
    "  SHOW TABLES IN artemis.sda;\n"
    "  SELECT count(*) FROM artemis.sda.observations;\n"
    "  SELECT count(*) FROM artemis.sda.observations AS OF TIMESTAMP '2024-03-15T07:00:00Z';\n"
    "  \\d  lists the tables     \\?  this help     \\q  leaves\n";

std::string HistoryFile() {
  namespace fs = std::filesystem;
  const char* state = std::getenv("XDG_STATE_HOME");
  const char* home = std::getenv("HOME");
  fs::path folder;
  if (state != nullptr && *state != '\0') {
    folder = state;
  } else if (home != nullptr && *home != '\0') {
    folder = fs::path(home) / ".local" / "state";
  } else {
    return "";
  }
  std::error_code failed;
  fs::create_directories(folder / "artemis", failed);
  return failed ? "" : (folder / "artemis" / "sql_history").string();
}

// A line without its break; nullopt at the end of the input.
std::optional<std::string> ReadLine(const char* prompt) {
  char* line = ::readline(prompt);
  if (line == nullptr) return std::nullopt;
  std::string text = line;
  std::free(line);
  return text;
}

std::string Trimmed(const std::string& text) {
  const size_t begin = text.find_first_not_of(" \t");
  if (begin == std::string::npos) return "";
  return text.substr(begin, text.find_last_not_of(" \t;") + 1 - begin);
}

// What a lone word at the prompt stands for; nullopt for the beginning of a statement.
enum class PromptWord { kLeave, kHelp, kTables, kNothing };
std::optional<PromptWord> AsPromptWord(const std::string& line) {
  const std::string word = Trimmed(line);
  if (word.empty()) return PromptWord::kNothing;
  if (word == "\\q" || word == "exit" || word == "quit" || word == ".quit") {
    return PromptWord::kLeave;
  }
  if (word == "\\?" || word == "help" || word == ".help") return PromptWord::kHelp;
  if (word == "\\d" || word == ".tables") return PromptWord::kTables;
  return std::nullopt;
}

class Prompt {
 public:
  Prompt(CommandContext& context, const std::function<arrow::Status(const std::string&)>& execute)
      : context_(context), execute_(execute), history_file_(HistoryFile()) {
    ::using_history();
    ::stifle_history(kHistoryMax);
    if (!history_file_.empty()) ::read_history(history_file_.c_str());
  }

  arrow::Status Run() {
    std::string statement;
    while (auto line = ReadLine(statement.empty() ? "artemis> " : "      -> ")) {
      if (statement.empty()) {
        if (const auto word = AsPromptWord(*line)) {
          if (*word == PromptWord::kLeave) return arrow::Status::OK();
          ARROW_RETURN_NOT_OK(Obey(*word));
          continue;
        }
      }
      statement += (statement.empty() ? "" : "\n") + *line;
      if (!EndsStatement(statement)) continue;
      Remember(statement);
      ARROW_RETURN_NOT_OK(Execute(statement));
      statement.clear();
    }
    return context_.Print("\n");
  }

 private:
  arrow::Status Obey(PromptWord word) {
    if (word == PromptWord::kHelp) return context_.Print(kPromptHelp);
    if (word == PromptWord::kTables) {
      return Execute(
          "SELECT table_schema || '.' || table_name AS table_name FROM "
          "information_schema.tables WHERE table_catalog = 'artemis' ORDER BY 1");
    }
    return arrow::Status::OK();
  }

  // Only a closed output ends the prompt.
  arrow::Status Execute(const std::string& statement) {
    context_.signals().Arm();
    const auto status = execute_(statement);
    context_.signals().Arm();
    if (IsClosedPipe(status)) return status;
    if (!status.ok()) context_.Note(status.IsCancelled() ? "interrupted" : ErrorLine(status));
    return arrow::Status::OK();
  }

  void Remember(const std::string& statement) {
    ::add_history(statement.c_str());
    if (!history_file_.empty()) ::write_history(history_file_.c_str());
  }

  CommandContext& context_;
  const std::function<arrow::Status(const std::string&)>& execute_;
  const std::string history_file_;
};

}  // namespace

arrow::Status RunSqlPrompt(CommandContext& context,
                           const std::function<arrow::Status(const std::string&)>& execute) {
  return Prompt(context, execute).Run();
}

bool EndsStatement(std::string_view text) {
  bool ended = false;
  for (size_t i = 0; i < text.size(); ++i) {
    const char c = text[i];
    if (c == '\'' || c == '"') {
      const size_t end = text.find(c, i + 1);
      if (end == std::string_view::npos) return false;
      i = end;
      ended = false;
    } else if (text.substr(i, 2) == "--") {
      i = std::min(text.find('\n', i), text.size());
    } else if (text.substr(i, 2) == "/*") {
      const size_t end = text.find("*/", i + 2);
      if (end == std::string_view::npos) return false;
      i = end + 1;
    } else if (c == ';') {
      ended = true;
    } else if (c != ' ' && c != '\t' && c != '\n' && c != '\r') {
      ended = false;
    }
  }
  return ended;
}

}  // namespace artemis
