// Takes apart postgresql:// URIs; libpq understands what is left of them.
#include "artemis/catalog/postgres_uri.h"

#include <algorithm>
#include <array>
#include <charconv>
#include <memory>
#include <string_view>

#include "artemis/base/near_match.h"
#include "artemis/catalog/libpq.h"

namespace artemis {

namespace {

constexpr std::array<std::string_view, 18> kPassedOn = {"application_name",
                                                        "channel_binding",
                                                        "connect_timeout",
                                                        "dbname",
                                                        "gssencmode",
                                                        "host",
                                                        "hostaddr",
                                                        "passfile",
                                                        "port",
                                                        "requirepeer",
                                                        "sslcert",
                                                        "sslcrl",
                                                        "sslkey",
                                                        "sslmode",
                                                        "sslrootcert",
                                                        "sslsni",
                                                        "target_session_attrs",
                                                        "user"};
constexpr char kNoPassword[] =
    "a password has no place in a catalog's URI: put it into the file that PGPASSFILE names "
    "(~/.pgpass), or into the variable PGPASSWORD";

struct QueryPart {
  std::string raw;
  std::string key;
  std::string value;
};

arrow::Result<std::string> PercentDecoded(std::string_view text) {
  std::string decoded;
  for (size_t i = 0; i < text.size(); ++i) {
    if (text[i] != '%') {
      decoded += text[i];
      continue;
    }
    unsigned byte = 0;
    const auto hex = text.substr(i + 1, 2);
    const auto parsed = std::from_chars(hex.data(), hex.data() + hex.size(), byte, 16);
    if (hex.size() != 2 || parsed.ptr != hex.data() + 2 || byte == 0) {
      return arrow::Status::Invalid("a catalog's URI has '%' without two hexadecimal digits");
    }
    decoded += static_cast<char>(byte);
    i += 2;
  }
  return decoded;
}

arrow::Result<std::vector<QueryPart>> SplitQuery(std::string_view query) {
  std::vector<QueryPart> parts;
  while (!query.empty()) {
    const auto raw = query.substr(0, query.find('&'));
    query.remove_prefix(std::min(query.size(), raw.size() + 1));
    if (raw.empty()) continue;
    const size_t equals = raw.find('=');
    QueryPart part;
    part.raw = std::string(raw);
    ARROW_ASSIGN_OR_RAISE(part.key, PercentDecoded(raw.substr(0, equals)));
    if (equals != std::string_view::npos) {
      ARROW_ASSIGN_OR_RAISE(part.value, PercentDecoded(raw.substr(equals + 1)));
    }
    parts.push_back(std::move(part));
  }
  return parts;
}

bool IsSecretKey(const std::string& key) {
  const std::string lower = AsciiLower(key);
  return lower.find("password") != std::string::npos || lower == "options";
}

arrow::Status UnknownKey(const std::string& key) {
  std::vector<std::string> known(kPassedOn.begin(), kPassedOn.end());
  known.insert(known.end(), {"name", "warehouse", "statement_timeout_ms"});
  return arrow::Status::Invalid("a PostgreSQL catalog's URI has the unknown key '", key, "'",
                                DidYouMean(key, known));
}

arrow::Status TakeKey(const QueryPart& part, PostgresUri& uri, std::string& kept) {
  if (part.key == "name") {
    uri.name = part.value;
    if (uri.name.empty()) return arrow::Status::Invalid("empty name in a catalog's URI");
    return arrow::Status::OK();
  }
  if (part.key == "warehouse") {
    uri.warehouse = part.value;
  } else if (part.key == "statement_timeout_ms") {
    const auto end = part.value.data() + part.value.size();
    const auto parsed = std::from_chars(part.value.data(), end, uri.statement_timeout_ms);
    if (parsed.ec != std::errc() || parsed.ptr != end || uri.statement_timeout_ms < 1 ||
        uri.statement_timeout_ms > 86'400'000) {
      return arrow::Status::Invalid("statement_timeout_ms in a catalog's URI is '", part.value,
                                    "': expected 1 to 86400000");
    }
  } else if (std::find(kPassedOn.begin(), kPassedOn.end(), part.key) != kPassedOn.end()) {
    kept += (kept.empty() ? "?" : "&") + part.raw;
  } else {
    return UnknownKey(part.key);
  }
  uri.text += (uri.text.find('?') == std::string::npos ? "?" : "&") + part.raw;
  return arrow::Status::OK();
}

struct ConninfoDeleter {
  void operator()(PQconninfoOption* options) const { Pq().conninfoFree(options); }
};

arrow::Status ParseForLibpq(const std::string& text, PostgresUri& uri) {
  ARROW_RETURN_NOT_OK(LoadLibpq());
  char* message = nullptr;
  const std::unique_ptr<PQconninfoOption, ConninfoDeleter> options(
      Pq().conninfoParse(text.c_str(), &message));
  if (options == nullptr) {
    std::string said = message != nullptr ? message : "out of memory";
    Pq().freemem(message);
    std::replace(said.begin(), said.end(), '\n', ' ');
    return arrow::Status::Invalid("a PostgreSQL catalog's URI is not understood: ", said);
  }
  bool has_database = false;
  for (const auto* option = options.get(); option->keyword != nullptr; ++option) {
    if (option->val == nullptr) continue;
    if (IsSecretKey(option->keyword)) return arrow::Status::Invalid(kNoPassword);
    has_database = has_database || std::string_view(option->keyword) == "dbname";
    uri.parameters.emplace_back(option->keyword, option->val);
  }
  if (has_database) return arrow::Status::OK();
  return arrow::Status::Invalid(
      "a PostgreSQL catalog's URI names no database: expected postgresql://user@host/database");
}

}  // namespace

arrow::Result<PostgresUri> ParsePostgresUri(const std::string& uri) {
  const size_t begin = uri.find("://") + 3;
  const size_t question = std::min(uri.find('?', begin), uri.size());
  const std::string rest = uri.substr(begin, question - begin);
  const std::string authority = rest.substr(0, rest.find('/'));
  const size_t at = authority.rfind('@');
  if (at != std::string::npos && authority.find(':') < at) {
    return arrow::Status::Invalid(kNoPassword);
  }
  // A slash in a password would end the authority before its '@'.
  if (at == std::string::npos && rest.find('@') != std::string::npos) {
    return arrow::Status::Invalid(kNoPassword);
  }
  PostgresUri parsed;
  parsed.text = "postgresql://" + rest;
  std::string kept;
  ARROW_ASSIGN_OR_RAISE(
      const auto parts,
      SplitQuery(std::string_view(uri).substr(std::min(question + 1, uri.size()))));
  for (const auto& part : parts) {
    if (IsSecretKey(part.key)) {
      return arrow::Status::Invalid(
          part.key == "options" ? "'options' is not accepted in a catalog's URI" : kNoPassword);
    }
    ARROW_RETURN_NOT_OK(TakeKey(part, parsed, kept));
  }
  ARROW_RETURN_NOT_OK(ParseForLibpq("postgresql://" + rest + kept, parsed));
  return parsed;
}

std::string WithoutPassword(const std::string& text) {
  const size_t at = text.rfind('@');
  const size_t question = text.find('?');
  std::string shown = text.substr(0, question);
  if (at != std::string::npos) {
    const size_t slashes = text.find("//");
    const size_t begin = slashes == std::string::npos ? 0 : slashes + 2;
    shown = text.substr(0, std::min(begin, at)) + "***" + text.substr(at);
    if (const size_t query = shown.find('?'); query != std::string::npos) shown.resize(query);
  }
  return question == std::string::npos ? shown : shown + "?***";
}

}  // namespace artemis
