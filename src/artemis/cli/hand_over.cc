// Decides by the words of the command line alone, before anything is parsed or opened.
#include "artemis/cli/hand_over.h"

#include <unistd.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <cstdio>
#include <cstring>
#include <filesystem>
#include <string_view>

#include "artemis/cli/exit_code.h"

namespace artemis {

namespace {

constexpr std::array<std::string_view, 5> kWithoutSql = {"telemetry", "write", "table", "replay",
                                                         "partition-bench"};

bool IsWithoutSql(std::string_view name) {
  return std::find(kWithoutSql.begin(), kWithoutSql.end(), name) != kWithoutSql.end();
}

bool IsJsonPredicate(std::string_view text) {
  const size_t begin = text.find_first_not_of(" \t\r\n");
  return begin != std::string_view::npos && text[begin] == '{';
}

// A word that follows any option counts: at worst a command is handed over that need not be.
bool HasSqlPredicate(const std::vector<std::string>& arguments) {
  constexpr std::string_view kOption = "--where";
  for (size_t i = 0; i < arguments.size(); ++i) {
    const std::string_view word = arguments[i];
    if (!word.starts_with(kOption)) continue;
    if (word == kOption) {
      if (i + 1 < arguments.size() && !IsJsonPredicate(arguments[i + 1])) return true;
    } else if (word[kOption.size()] == '=' && !IsJsonPredicate(word.substr(kOption.size() + 1))) {
      return true;
    }
  }
  return false;
}

}  // namespace

std::string ProgramName(const char* argv0) {
  const std::string path = argv0 != nullptr ? argv0 : "artemis";
  return path.substr(path.rfind('/') + 1);
}

bool NeedsSqlParts(const std::string& program, const std::vector<std::string>& arguments) {
  const std::string alias = program.substr(std::min(program.size(), program.find('-') + 1));
  const bool named = IsWithoutSql(alias) || IsWithoutSql(program);
  if (!named && (arguments.empty() || !IsWithoutSql(arguments.front()))) return true;
  return HasSqlPredicate(arguments);
}

int HandOver(char** argv) {
  constexpr char kSelf[] = "/proc/self/exe";
  std::error_code error;
  const std::string path = std::filesystem::read_symlink(kSelf, error).string() + "-sql";
  std::string reason = "it is this program again";
  if (error || !std::filesystem::equivalent(kSelf, path, error)) {
    ::execv(path.c_str(), argv);
    reason = std::strerror(errno);
  }
  std::fprintf(stderr, "%s: cannot start %s, which SQL needs: %s\n", ProgramName(argv[0]).c_str(),
               path.c_str(), reason.c_str());
  return kExitFailed;
}

}  // namespace artemis
