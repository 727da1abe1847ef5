// Words of a line.
#include "artemis/shell/dot_completion.h"

#include <algorithm>
#include <cstdlib>
#include <filesystem>

#include "artemis/base/near_match.h"

namespace artemis {

namespace {

constexpr std::string_view kCommandBlanks = " \t";

void AddBeginning(const std::vector<std::string>& names, const std::string& lower_prefix,
                  std::string_view behind, Completion* done) {
  for (const auto& name : names) {
    if (AsciiLower(name).starts_with(lower_prefix)) {
      done->candidates.push_back(name + std::string(behind));
    }
  }
}

std::vector<std::string> CommandNames(std::string_view lead) {
  std::vector<std::string> names = {std::string(lead) + "exit"};
  for (const auto& info : DotCommands())
    names.push_back(std::string(lead) + std::string(info.name));
  return names;
}

// namespace.table, without quotes.
void AddTables(const std::string& prefix, CompletionNames& names, Completion* done) {
  const size_t dot = prefix.rfind('.');
  if (dot == std::string::npos) {
    AddBeginning(names.Namespaces(), prefix, ".", done);
    for (const auto& table : names.LocalTables()) AddBeginning({table.name}, prefix, "", done);
    return;
  }
  const std::string space = prefix.substr(0, dot);
  std::vector<std::string> tables;
  for (const auto& table : names.Tables(space)) tables.push_back(space + "." + table);
  AddBeginning(tables, prefix, "", done);
}

void AddArguments(DotArgument argument, const std::string& prefix, CompletionNames& names,
                  Completion* done) {
  const std::string lower = AsciiLower(prefix);
  switch (argument) {
    case DotArgument::kNothing:
      return;
    case DotArgument::kCommand:
      return AddBeginning(CommandNames(""), lower, "", done);
    case DotArgument::kTable:
      return AddTables(lower, names, done);
    case DotArgument::kMode:
      return AddBeginning(
          {"arrow", "box", "csv", "json", "jsonl", "line", "markdown", "parquet", "table", "tsv"},
          lower, "", done);
    case DotArgument::kOnOff:
      return AddBeginning({"off", "on"}, lower, "", done);
    case DotArgument::kFile:
      done->candidates = names.Files(prefix);
      return;
    case DotArgument::kRows:
      return AddBeginning({"all"}, lower, "", done);
    case DotArgument::kTime:
      return AddBeginning({"off"}, lower, "", done);
  }
}

std::string ExpandedHome(const std::string& path) {
  const char* home = std::getenv("HOME");
  return path.starts_with("~/") && home != nullptr ? home + path.substr(1) : path;
}

}  // namespace

Completion CompleteDotCommand(std::string_view line, CompletionNames& names) {
  Completion done;
  const size_t dot = line.find('.');
  const size_t word_end = line.find_first_of(kCommandBlanks, dot);
  std::string typed(line.substr(dot));
  if (word_end == std::string_view::npos) {
    done.begin = dot;
    AddBeginning(CommandNames("."), AsciiLower(typed), "", &done);
  } else {
    const auto last = line.find_last_of(kCommandBlanks);
    typed = line.substr(last + 1);
    if (!typed.empty() && (typed[0] == '\'' || typed[0] == '"')) typed.erase(0, 1);
    done.begin = line.size() - typed.size();
    const std::string name = AsciiLower(line.substr(dot + 1, word_end - dot - 1));
    for (const auto& info : DotCommands()) {
      if (info.name == name) AddArguments(info.argument, typed, names, &done);
    }
  }
  std::sort(done.candidates.begin(), done.candidates.end());
  done.common = CommonBeginning(done.candidates, typed);
  done.ends_word = done.candidates.size() == 1 && done.candidates[0].back() != '/' &&
                   done.candidates[0].back() != '.';
  return done;
}

std::vector<std::string> FilesThatBegin(const std::string& prefix, size_t limit) {
  namespace fs = std::filesystem;
  const size_t slash = prefix.rfind('/');
  const std::string folder = slash == std::string::npos ? "" : prefix.substr(0, slash + 1);
  const std::string begin = prefix.substr(folder.size());
  std::vector<std::string> files;
  std::error_code failed;
  for (fs::directory_iterator entry(folder.empty() ? "." : ExpandedHome(folder), failed), end;
       !failed && entry != end && files.size() < limit; entry.increment(failed)) {
    const std::string name = entry->path().filename().string();
    if (!name.starts_with(begin) || (name[0] == '.' && begin.empty())) continue;
    std::error_code unknown;
    files.push_back(folder + name + (entry->is_directory(unknown) ? "/" : ""));
  }
  std::sort(files.begin(), files.end());
  return files;
}

std::string CommonBeginning(const std::vector<std::string>& candidates, std::string_view typed) {
  if (candidates.empty()) return std::string(typed);
  std::string common = candidates.front();
  for (const auto& candidate : candidates) {
    size_t same = 0;
    const size_t end = std::min(common.size(), candidate.size());
    while (same < end &&
           AsciiLower(common.substr(same, 1)) == AsciiLower(candidate.substr(same, 1))) {
      ++same;
    }
    common.resize(same);
  }
  // A character is not cut in two.
  const std::string& first = candidates.front();
  while (!common.empty() && common.size() < first.size() &&
         (static_cast<unsigned char>(first[common.size()]) & 0xC0) == 0x80) {
    common.pop_back();
  }
  return common.size() < typed.size() ? std::string(typed) : common;
}

}  // namespace artemis
