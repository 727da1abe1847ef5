// The token file as JSON.
#include "artemis/serve/token_file.h"

#include <sys/stat.h>

#include <chrono>
#include <functional>
#include <thread>
#include <utility>

#include <nlohmann/json.hpp>

#include "artemis/base/clock.h"
#include "artemis/base/error.h"
#include "artemis/io/atomic_file.h"
#include "artemis/io/file_system.h"

namespace artemis {

namespace {

using Json = nlohmann::json;

constexpr int64_t kTokenFileBytesMax = 16 << 20;
constexpr int kTokenKeyBytes = 32;
constexpr int64_t kTokenFileVersion = 1;
constexpr size_t kPrincipalBytesMax = 128;

std::string KeyPath(const std::string& path) { return path + ".key"; }

arrow::Status CheckPrivate(const std::string& path) {
  struct stat found = {};
  if (::stat(path.c_str(), &found) != 0) return arrow::Status::OK();
  if ((found.st_mode & 077) == 0) return arrow::Status::OK();
  return PermissionDeniedError(path + " may be read or changed by others: chmod 600 it");
}

template <typename Value>
void SetIf(Json& json, const char* name, const std::optional<Value>& value) {
  if (value) json[name] = value->value;
}

Json ToJson(const Token& token) {
  Json json = {{"id", token.id},
               {"principal", token.principal},
               {"hash", token.hash},
               {"created_ms", token.created.value},
               {"namespaces", token.scope.namespaces},
               {"write", token.scope.write},
               {"requests_per_s", token.budget.requests_per_s},
               {"request_burst", token.budget.request_burst},
               {"statements", token.budget.statements},
               {"bytes_per_s", token.budget.bytes_per_s}};
  SetIf(json, "expires_ms", token.expires);
  SetIf(json, "revoked_ms", token.revoked);
  return json;
}

std::optional<TimestampMs> TimeIn(const Json& json, const char* name) {
  if (!json.contains(name)) return std::nullopt;
  return TimestampMs(json.at(name).get<int64_t>());
}

// Throws what nlohmann throws.
Token TokenFromJson(const Json& json) {
  Token token;
  token.id = json.at("id").get<std::string>();
  token.principal = json.at("principal").get<std::string>();
  token.hash = json.at("hash").get<std::string>();
  token.created = TimestampMs(json.at("created_ms").get<int64_t>());
  token.expires = TimeIn(json, "expires_ms");
  token.revoked = TimeIn(json, "revoked_ms");
  token.scope.namespaces = json.at("namespaces").get<std::vector<std::string>>();
  token.scope.write = json.at("write").get<bool>();
  token.budget.requests_per_s = json.at("requests_per_s").get<double>();
  token.budget.request_burst = json.at("request_burst").get<int64_t>();
  token.budget.statements = json.at("statements").get<int64_t>();
  token.budget.bytes_per_s = json.at("bytes_per_s").get<int64_t>();
  return token;
}

arrow::Result<std::vector<Token>> ParseTokens(const std::string& path, const std::string& text) {
  try {
    const auto json = Json::parse(text);
    if (const auto version = json.at("version").get<int64_t>(); version != kTokenFileVersion) {
      return CorruptFileError(path, "expected version 1, found " + std::to_string(version));
    }
    std::vector<Token> tokens;
    for (const auto& each : json.at("tokens")) tokens.push_back(TokenFromJson(each));
    return tokens;
  } catch (const Json::exception& error) {
    return CorruptFileError(path, std::string("expected a file of tokens: ") + error.what());
  }
}

std::string TokensText(const std::vector<Token>& tokens) {
  Json list = Json::array();
  for (const auto& token : tokens) list.push_back(ToJson(token));
  return Json{{"version", kTokenFileVersion}, {"tokens", std::move(list)}}.dump(1) + "\n";
}

arrow::Result<std::string> ReadKey(const std::string& path) {
  ARROW_RETURN_NOT_OK(CheckPrivate(path));
  ARROW_ASSIGN_OR_RAISE(auto key, LocalFileSystem().ReadAll(path, 1024));
  while (key.ends_with('\n')) key.pop_back();
  if (key.size() == 2 * kTokenKeyBytes) return key;
  return CorruptFileError(path,
                          "expected 64 hex digits, found " + std::to_string(key.size()) + " bytes");
}

arrow::Result<std::vector<Token>> ReadTokens(const std::string& path) {
  ARROW_RETURN_NOT_OK(CheckPrivate(path));
  ARROW_ASSIGN_OR_RAISE(const auto text, LocalFileSystem().ReadAll(path, kTokenFileBytesMax));
  return ParseTokens(path, text);
}

// Holds the lock on a file that is replaced as a whole, readable for its owner alone from the first byte on.
arrow::Result<std::unique_ptr<AtomicFile>> OpenPrivate(const std::string& path) {
  constexpr int kAttempts = 50;
  constexpr auto kPause = std::chrono::milliseconds(100);
  arrow::Result<std::unique_ptr<AtomicFile>> file;
  for (int attempt = 0; attempt < kAttempts; ++attempt) {
    file = AtomicFile::Open(path, {true, nullptr});
    if (file.ok() || file.status().ToString().find("another process") == std::string::npos) break;
    std::this_thread::sleep_for(kPause);
  }
  ARROW_RETURN_NOT_OK(file);
  if (::chmod((path + ".inprogress").c_str(), 0600) != 0) {
    return arrow::Status::IOError("cannot make ", path, " private");
  }
  return file;
}

arrow::Result<std::string> EnsureKey(const std::string& path) {
  ARROW_ASSIGN_OR_RAISE(const bool there, LocalFileSystem().Exists(path));
  if (there) return ReadKey(path);
  ARROW_ASSIGN_OR_RAISE(auto key, RandomHex(kTokenKeyBytes));
  ARROW_ASSIGN_OR_RAISE(const auto file, OpenPrivate(path));
  ARROW_RETURN_NOT_OK(file->stream()->Write(key + "\n"));
  ARROW_RETURN_NOT_OK(file->Commit());
  return key;
}

// Reads, changes and replaces the tokens under the lock.
arrow::Status ChangeTokens(const std::string& path, bool create,
                           const std::function<arrow::Status(TokenFile&)>& change) {
  ARROW_ASSIGN_OR_RAISE(const auto file, OpenPrivate(path));
  TokenFile tokens;
  auto read = ReadTokens(path);
  if (read.ok()) {
    tokens.tokens = std::move(*read);
  } else if (!create || !IsFileNotFound(read.status())) {
    return read.status();
  }
  ARROW_ASSIGN_OR_RAISE(tokens.key, EnsureKey(KeyPath(path)));
  ARROW_RETURN_NOT_OK(change(tokens));
  ARROW_RETURN_NOT_OK(file->stream()->Write(TokensText(tokens.tokens)));
  return file->Commit();
}

arrow::Status CheckNewToken(const NewToken& token) {
  const auto& name = token.principal;
  const bool plain =
      name.find_first_of(":\"'\\") == std::string::npos &&
      std::none_of(name.begin(), name.end(), [](unsigned char c) { return c < 0x20 || c == 0x7f; });
  if (name.empty() || name.size() > kPrincipalBytesMax || !plain) {
    return arrow::Status::Invalid(
        "a principal is a name of 1 to 128 bytes without colons, quotes and control characters");
  }
  const auto& budget = token.budget;
  if (!(budget.requests_per_s > 0) || budget.request_burst < 1 || budget.statements < 1 ||
      budget.bytes_per_s < 0) {
    return arrow::Status::Invalid("a token's budget must be positive");
  }
  return arrow::Status::OK();
}

}  // namespace

arrow::Result<TokenFile> ReadTokenFile(const std::string& path) {
  TokenFile file;
  ARROW_ASSIGN_OR_RAISE(file.tokens, ReadTokens(path));
  ARROW_ASSIGN_OR_RAISE(file.key, ReadKey(KeyPath(path)));
  return file;
}

arrow::Result<std::string> AddToken(const std::string& path, const NewToken& token,
                                    const Clock& clock) {
  ARROW_RETURN_NOT_OK(CheckNewToken(token));
  ARROW_ASSIGN_OR_RAISE(auto text, NewTokenText());
  ARROW_RETURN_NOT_OK(ChangeTokens(path, true, [&](TokenFile& file) {
    Token added;
    added.id = *TokenIdOf(text);
    added.principal = token.principal;
    added.hash = KeyedHash(file.key, text);
    added.created = clock.Now();
    added.expires = token.expires;
    added.scope = token.scope;
    added.budget = token.budget;
    file.tokens.push_back(std::move(added));
    return arrow::Status::OK();
  }));
  return text;
}

arrow::Status RevokeToken(const std::string& path, const std::string& id, const Clock& clock) {
  return ChangeTokens(path, false, [&](TokenFile& file) {
    for (auto& token : file.tokens) {
      if (token.id != id) continue;
      if (!token.revoked) token.revoked = clock.Now();
      return arrow::Status::OK();
    }
    return arrow::Status::KeyError("there is no token ", id, " in ", path);
  });
}

}  // namespace artemis
