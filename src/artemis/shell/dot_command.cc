// One table says all of it.
#include "artemis/shell/dot_command.h"

#include <algorithm>

#include "artemis/base/near_match.h"
#include "artemis/base/program_error.h"

namespace artemis {

namespace {

using enum DotArgument;

constexpr std::string_view kDotBlanks = " \t\r\n";

std::string UsageOf(const DotCommandInfo& info) {
  std::string usage = "." + std::string(info.name);
  if (!info.usage.empty()) usage += " " + std::string(info.usage);
  return usage;
}

std::string NamesOf(const std::vector<const DotCommandInfo*>& infos) {
  std::string names;
  for (const auto* info : infos) {
    names += (names.empty() ? "." : ", .") + std::string(info->name);
  }
  return names;
}

arrow::Result<const DotCommandInfo*> FindDotCommand(std::string_view word) {
  std::string name = AsciiLower(word);
  if (name.starts_with('.')) name.erase(0, 1);
  if (name == "exit") name = "quit";
  std::vector<const DotCommandInfo*> found;
  std::vector<std::string> names = {"exit"};
  for (const auto& info : DotCommands()) {
    if (info.name == name) return &info;
    if (!name.empty() && info.name.starts_with(name)) found.push_back(&info);
    names.emplace_back(info.name);
  }
  if (found.size() == 1) return found[0];
  if (found.size() > 1) {
    return UsageError("." + name + " may be one of " + NamesOf(found));
  }
  const auto near = NearMatch(name, names);
  return UsageError("unknown command ." + name +
                    (near ? " (did you mean ." + *near + "?)" : std::string()) +
                    "; .help lists the commands");
}

std::string_view TrimDotLine(std::string_view text, std::string_view blanks) {
  const size_t begin = text.find_first_not_of(kDotBlanks);
  if (begin == std::string_view::npos) return "";
  const size_t end = text.find_last_not_of(blanks);
  return end == std::string_view::npos || end < begin ? "" : text.substr(begin, end + 1 - begin);
}

arrow::Result<std::vector<std::string>> SplitArguments(std::string_view text) {
  std::vector<std::string> words;
  for (size_t at = 0; at < text.size();) {
    if (kDotBlanks.find(text[at]) != std::string_view::npos) {
      ++at;
      continue;
    }
    std::string word;
    while (at < text.size() && kDotBlanks.find(text[at]) == std::string_view::npos) {
      const char c = text[at];
      if (c != '\'' && c != '"') {
        word += c;
        ++at;
        continue;
      }
      const size_t end = text.find(c, at + 1);
      if (end == std::string_view::npos) {
        return UsageError(std::string("a quote is not closed: ") + std::string(text.substr(at)));
      }
      word += text.substr(at + 1, end - at - 1);
      at = end + 1;
    }
    words.push_back(std::move(word));
  }
  return words;
}

}  // namespace

const std::vector<DotCommandInfo>& DotCommands() {
  static const std::vector<DotCommandInfo> commands = {
      {DotCommand::kAsOf, "as_of", "[TIME|off]", kTime, 0, 1, true,
       "show every table as of one instant, or say which",
       "TIME is RFC 3339 (2024-03-15T10:00Z), milliseconds since 1970, or -2h, -1d12h before now.\n"
       "The prompt shows it. A clause AS OF in a statement wins. The same as SET artemis.as_of."},
      {DotCommand::kHelp, "help", "[COMMAND]", kCommand, 0, 1, false,
       "list the commands, or explain one", ""},
      {DotCommand::kMaxRows, "maxrows", "[N|all]", kRows, 0, 1, false,
       "how many rows of a result the screen shows",
       "Of longer results the first N are shown, the others are counted. What goes to a file, and\n"
       "csv, tsv, json and jsonl, are never shortened."},
      {DotCommand::kMode, "mode", "[MODE]", kMode, 0, 1, false, "how results are written",
       "table     aligned columns, fitted to the window        box       the same in a frame\n"
       "line      a line for each column                       markdown  a table for documents\n"
       "csv       RFC 4180; null is an empty cell              tsv       tabs; null is \\N\n"
       "json      an array of objects                          jsonl     an object a line\n"
       "arrow, parquet   to a file only: see .output"},
      {DotCommand::kOutput, "output", "[FILE]", kFile, 0, 1, false,
       "write results to a file, without one to the screen",
       "The file is begun anew. Each result follows the one before it; in the modes arrow and\n"
       "parquet each makes the file anew."},
      {DotCommand::kPager, "pager", "[on|off|COMMAND]", kOnOff, 0, 1, true,
       "what shows results that are longer than the screen",
       "on is $PAGER, by default less. Only on a terminal."},
      {DotCommand::kQuit, "quit", "", kNothing, 0, 0, false, "leave; also .exit and Ctrl-D", ""},
      {DotCommand::kRead, "read", "FILE", kFile, 1, 1, false,
       "run the statements and commands of a file",
       "Stops at the first that fails, and says where it stands. Files may read others."},
      {DotCommand::kSchema, "schema", "[TABLE]", kTable, 0, 1, false,
       "show a table's columns, partitioning and order as CREATE TABLE",
       "As of .as_of, where it is set. Without a table: all tables, where they are not many."},
      {DotCommand::kTables, "tables", "[PATTERN]", kTable, 0, 1, false, "list tables",
       "PATTERN is a namespace (sda), a part of a name (obs), or has stars (sda.*_2024)."},
      {DotCommand::kTimer, "timer", "[on|off]", kOnOff, 0, 1, false,
       "after each statement, say how long it took",
       "Elapsed time, until its first row came, and of the processor."},
  };
  return commands;
}

bool IsDotCommand(std::string_view line) {
  const size_t begin = line.find_first_not_of(kDotBlanks);
  return begin != std::string_view::npos && line[begin] == '.';
}

arrow::Result<ParsedDotCommand> ParseDotCommand(std::string_view line) {
  const std::string_view text = TrimDotLine(line, " \t\r\n;");
  const size_t word_end = std::min(text.find_first_of(kDotBlanks), text.size());
  ARROW_ASSIGN_OR_RAISE(const DotCommandInfo* info, FindDotCommand(text.substr(0, word_end)));
  ParsedDotCommand parsed{info->command, {}};
  const std::string_view rest = TrimDotLine(text.substr(word_end), kDotBlanks);
  if (!info->takes_line) {
    ARROW_ASSIGN_OR_RAISE(parsed.arguments, SplitArguments(rest));
  } else if (!rest.empty()) {
    parsed.arguments.emplace_back(rest);
  }
  const int count = static_cast<int>(parsed.arguments.size());
  if (count < info->arguments_min || count > info->arguments_max) {
    return UsageError("usage: " + UsageOf(*info));
  }
  return parsed;
}

std::string DotCommandsHelp() {
  constexpr size_t kWidth = 26;
  std::string help;
  for (const auto& info : DotCommands()) {
    std::string usage = UsageOf(info);
    usage.resize(std::max(usage.size() + 2, kWidth), ' ');
    help += usage + std::string(info.summary) + "\n";
  }
  return help;
}

arrow::Result<std::string> DotCommandHelp(std::string_view name) {
  ARROW_ASSIGN_OR_RAISE(const DotCommandInfo* info, FindDotCommand(name));
  std::string help = UsageOf(*info) + "\n" + std::string(info->summary) + "\n";
  if (!info->details.empty()) help += "\n" + std::string(info->details) + "\n";
  return help;
}

arrow::Result<bool> ParseOnOff(const std::string& text) {
  const std::string lower = AsciiLower(text);
  if (lower == "on") return true;
  if (lower == "off") return false;
  return UsageError("expected on or off, found '" + text + "'");
}

}  // namespace artemis
