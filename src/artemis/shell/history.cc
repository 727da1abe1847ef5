// The file is locked while it is written; readers need no lock, as it is renamed or appended to.
#include "artemis/shell/history.h"

#include <fcntl.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <sstream>

#include <arrow/util/io_util.h>

#include "artemis/base/near_match.h"
#include "artemis/sql/sql_lexer.h"

namespace artemis {

namespace {

constexpr std::string_view kLibeditHeader = "_HiStOrY_V2_";

constexpr std::array<std::string_view, 21> kSecretNames = {
    "password",    "passwd",     "pwd",           "passphrase",    "secret",      "secrets",
    "token",       "auth_token", "access_token",  "api_key",       "apikey",      "private_key",
    "key_id",      "secret_key", "bearer",        "session_token", "credentials", "access_key",
    "account_key", "sas",        "encryption_key"};

bool IsSecretName(std::string_view word) {
  const std::string lower = AsciiLower(word);
  return std::any_of(kSecretNames.begin(), kSecretNames.end(), [&](std::string_view name) {
    return lower == name || (lower.ends_with(name) && lower[lower.size() - name.size() - 1] == '_');
  });
}

// "postgresql://me:pw@host", "host=db password=pw".
bool IsSecretText(std::string_view text) {
  const std::string lower = AsciiLower(text);
  for (const auto& name : kSecretNames) {
    for (size_t at = lower.find(name); at != std::string::npos; at = lower.find(name, at + 1)) {
      const size_t behind = lower.find_first_not_of(" \"'", at + name.size());
      if (behind != std::string::npos && (lower[behind] == '=' || lower[behind] == ':'))
        return true;
    }
  }
  const size_t scheme = lower.find("://");
  if (scheme == std::string::npos) return false;
  const size_t host_end = lower.find_first_of("/ '", scheme + 3);
  const std::string authority = lower.substr(scheme + 3, host_end - scheme - 3);
  const size_t at = authority.rfind('@');
  return at != std::string::npos && authority.find(':') < at;
}

bool MakesSecret(std::string_view sql, const std::vector<SqlToken>& tokens, size_t i) {
  if (!IsSqlWord(sql, tokens[i], "CREATE") && !IsSqlWord(sql, tokens[i], "ALTER")) return false;
  const size_t end = std::min(i + 6, tokens.size());
  for (size_t k = i + 1; k < end; ++k) {
    if (IsSqlWord(sql, tokens[k], "SECRET")) return true;
  }
  return false;
}

// name = '…', name := '…', name '…', name: '…', SET name TO '…'
bool GivesSecret(std::string_view sql, const std::vector<SqlToken>& tokens, size_t i) {
  if (tokens[i].kind != SqlToken::Kind::kWord && tokens[i].kind != SqlToken::Kind::kQuotedName &&
      tokens[i].kind != SqlToken::Kind::kString) {
    return false;
  }
  std::string_view name = sql.substr(tokens[i].begin, tokens[i].end - tokens[i].begin);
  if (name.size() > 1 && (name[0] == '"' || name[0] == '\''))
    name = name.substr(1, name.size() - 2);
  if (!IsSecretName(name)) return false;
  for (size_t k = i + 1; k < std::min(i + 5, tokens.size()); ++k) {
    const auto& token = tokens[k];
    if (token.kind == SqlToken::Kind::kString || token.kind == SqlToken::Kind::kNumber) return true;
    const bool joins = token.kind == SqlToken::Kind::kSymbol &&
                       std::string_view("=:>(").find(sql[token.begin]) != std::string_view::npos;
    if (!joins && !IsSqlWord(sql, token, "TO")) return false;
  }
  return false;
}

std::string Escaped(std::string_view entry) {
  std::string line;
  for (const char c : entry) {
    if (c == '\n') {
      line += "\\n";
    } else if (c == '\\') {
      line += "\\\\";
    } else if (c != '\r') {
      line += c;
    }
  }
  return line + "\n";
}

bool IsOctal(std::string_view digits) {
  return digits.size() == 3 && digits.find_first_not_of("01234567") == std::string_view::npos;
}

std::string Unescaped(std::string_view line, bool is_libedit) {
  std::string entry;
  for (size_t i = 0; i < line.size(); ++i) {
    if (line[i] != '\\' || i + 1 == line.size()) {
      entry += line[i];
    } else if (is_libedit && IsOctal(line.substr(i + 1, 3))) {
      entry +=
          static_cast<char>(std::strtol(std::string(line.substr(i + 1, 3)).c_str(), nullptr, 8));
      i += 3;
    } else {
      ++i;
      entry += line[i] == 'n' && !is_libedit ? '\n' : line[i];
    }
  }
  return entry;
}

std::string ReadWhole(const std::string& file) {
  std::ifstream in(file, std::ios::binary);
  std::ostringstream text;
  text << in.rdbuf();
  return text.str();
}

// The lines of the newest entries within the limits, unescaped.
std::vector<std::string> Newest(const std::string& text, size_t entries_max, size_t bytes_max) {
  const bool is_libedit = text.starts_with(kLibeditHeader);
  std::vector<std::string> entries;
  std::istringstream lines(text);
  for (std::string line; std::getline(lines, line);) {
    if (is_libedit && line == kLibeditHeader) continue;
    if (!line.empty()) entries.push_back(Unescaped(line, is_libedit));
  }
  size_t bytes = 0;
  size_t first = entries.size();
  while (first > 0 && entries.size() - first < entries_max &&
         bytes + entries[first - 1].size() <= bytes_max) {
    bytes += entries[--first].size();
  }
  entries.erase(entries.begin(), entries.begin() + static_cast<std::ptrdiff_t>(first));
  return entries;
}

arrow::Status WriteOut(int descriptor, std::string_view text, const std::string& file) {
  while (!text.empty()) {
    const ssize_t written = ::write(descriptor, text.data(), text.size());
    if (written < 0 && errno == EINTR) continue;
    if (written < 0) return arrow::internal::IOErrorFromErrno(errno, "cannot write ", file);
    text.remove_prefix(static_cast<size_t>(written));
  }
  return arrow::Status::OK();
}

// Puts half of what the limits allow in place of a file that is over them, or that libedit wrote.
arrow::Status Shorten(int descriptor, const std::string& file, const HistoryLimits& limits) {
  const std::string text = ReadWhole(file);
  const auto lines = static_cast<size_t>(std::count(text.begin(), text.end(), '\n'));
  const bool is_over = text.size() > limits.bytes_max || lines >= limits.entries_max;
  if (!is_over && !text.starts_with(kLibeditHeader)) return arrow::Status::OK();
  const size_t part = is_over ? 2 : 1;
  std::string kept;
  for (const auto& entry : Newest(text, limits.entries_max / part, limits.bytes_max / part)) {
    kept += Escaped(entry);
  }
  if (::ftruncate(descriptor, 0) != 0) {
    return arrow::internal::IOErrorFromErrno(errno, "cannot shorten ", file);
  }
  return WriteOut(descriptor, kept, file);
}

// Folders that are missing are made for their owner alone.
void MakePrivateFolders(const std::filesystem::path& folder) {
  std::error_code failed;
  if (folder.empty() || std::filesystem::exists(folder, failed)) return;
  MakePrivateFolders(folder.parent_path());
  ::mkdir(folder.c_str(), 0700);
}

}  // namespace

std::string SqlHistoryFile() {
  namespace fs = std::filesystem;
  const char* state = std::getenv("XDG_STATE_HOME");
  const char* home = std::getenv("HOME");
  fs::path folder;
  if (state != nullptr && *state == '/') {
    folder = state;
  } else if (home != nullptr && *home != '\0') {
    folder = fs::path(home) / ".local" / "state";
  } else {
    return "";
  }
  return (folder / "artemis" / "sql_history").string();
}

std::vector<std::string> LoadSqlHistory(const std::string& file, const HistoryLimits& limits) {
  if (file.empty()) return {};
  return Newest(ReadWhole(file), limits.entries_max, limits.bytes_max);
}

arrow::Status AppendSqlHistory(const std::string& file, const std::string& entry,
                               const HistoryLimits& limits) {
  if (file.empty() || !IsKeptInHistory(entry) || entry.size() > limits.entry_bytes_max) {
    return arrow::Status::OK();
  }
  MakePrivateFolders(std::filesystem::path(file).parent_path());
  const int descriptor = ::open(file.c_str(), O_RDWR | O_CREAT | O_APPEND | O_CLOEXEC, 0600);
  if (descriptor < 0) return arrow::internal::IOErrorFromErrno(errno, "cannot open ", file);
  ::fchmod(descriptor, 0600);
  ::flock(descriptor, LOCK_EX);
  auto status = Shorten(descriptor, file, limits);
  if (status.ok()) status = WriteOut(descriptor, Escaped(entry), file);
  ::close(descriptor);
  return status;
}

bool IsKeptInHistory(std::string_view entry) {
  return !entry.empty() && entry[0] != ' ' && !HoldsSecret(entry);
}

bool HoldsSecret(std::string_view sql) {
  const auto tokens = LexSql(sql);
  for (size_t i = 0; i < tokens.size(); ++i) {
    if (MakesSecret(sql, tokens, i) || GivesSecret(sql, tokens, i)) return true;
    const auto text = sql.substr(tokens[i].begin, tokens[i].end - tokens[i].begin);
    if (tokens[i].kind == SqlToken::Kind::kString && IsSecretText(text)) return true;
  }
  return false;
}

}  // namespace artemis
