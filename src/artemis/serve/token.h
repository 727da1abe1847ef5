// A bearer token: who holds it, what it may see, how much it may ask for. Its secret is shown once and never stored.
//
//   art_<12 hex digits: the id>_<64 hex digits: 256 random bits>
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include <arrow/result.h>

#include "artemis/base/ids.h"

namespace artemis {

// What a token may see and change.
struct TokenScope {
  // A namespace stands for itself and all below it. Empty: every namespace.
  std::vector<std::string> namespaces;
  bool write = false;

  bool operator==(const TokenScope&) const = default;
  // Whether `namespace_name` ("ground.eu") may be seen.
  bool Allows(std::string_view namespace_name) const;
};

// What a token may use. A rate is refilled continuously, and what was not used is kept for one `burst`.
struct TokenBudget {
  double requests_per_s = 100;
  // Requests that may come at once.
  int64_t request_burst = 200;
  // Statements that run at once.
  int64_t statements = 8;
  // Bytes of rows sent per second; one second's worth may be sent at once. 0: no limit.
  int64_t bytes_per_s = 0;

  bool operator==(const TokenBudget&) const = default;
};

struct Token {
  std::string id;
  std::string principal;
  // HMAC-SHA-256 of the token's whole text, in hex.
  std::string hash;
  TimestampMs created;
  std::optional<TimestampMs> expires;
  std::optional<TimestampMs> revoked;
  TokenScope scope;
  TokenBudget budget;

  bool operator==(const Token&) const = default;
  // Neither revoked nor expired at `now`.
  bool ValidAt(TimestampMs now) const;
};

// A key for hashes, or a token's secret: `bytes` random bytes in hex, from the operating system. IOError when it gives none.
arrow::Result<std::string> RandomHex(int bytes);

// The text of a new token: its id and secret are new.
arrow::Result<std::string> NewTokenText();
// The id within a token's text; nullopt when the text has not the shape of one.
std::optional<std::string> TokenIdOf(std::string_view text);

// HMAC-SHA-256 of `text` under `key`, in hex.
std::string KeyedHash(std::string_view key, std::string_view text);
// Takes the same time wherever two texts of one length differ.
bool EqualInConstantTime(std::string_view a, std::string_view b);
// SHA-256 in hex.
std::string Sha256Hex(std::string_view text);

// The user and password of an "authorization: Basic ..." header; nullopt when it is none. A value of over 4 KiB is none.
struct BasicCredentials {
  std::string user;
  std::string password;
};
std::optional<BasicCredentials> ParseBasic(std::string_view header);
// What follows "Bearer ", else nullopt.
std::optional<std::string> ParseBearer(std::string_view header);

}  // namespace artemis
