// The file of tokens: JSON, mode 0600, replaced as a whole; beside it <file>.key, the key of the hashes.
//
//   {"version": 1, "tokens": [{"id": …, "principal": …, "hash": …, "created_ms": …, "expires_ms": …, "revoked_ms": …,
//     "namespaces": […], "write": false, "requests_per_s": …, "request_burst": …, "statements": …, "bytes_per_s": …}]}
//
// The file alone lets nobody check a guess, the key alone names nobody: back them up apart.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include <arrow/result.h>

#include "artemis/serve/token.h"

namespace artemis {

class Clock;

struct TokenFile {
  // Hex digits; never leaves the machine.
  std::string key;
  std::vector<Token> tokens;
};

// Reads both files. IOError (IsFileNotFound) when one is absent; CorruptFile says what is wrong with which;
// PermissionDenied when the key or the tokens are for others to read.
arrow::Result<TokenFile> ReadTokenFile(const std::string& path);

struct NewToken {
  std::string principal;
  std::optional<TimestampMs> expires;
  TokenScope scope;
  TokenBudget budget;
};
// Makes a token, adds it to the file and returns its text, which is kept nowhere. Makes the files where they are absent. Changes of
// several processes wait for each other, up to five seconds. Invalid: the principal is empty or longer than 128 bytes or holds
// control characters, a colon or a quote; a budget is not positive.
arrow::Result<std::string> AddToken(const std::string& path, const NewToken& token,
                                    const Clock& clock);

// Marks a token as revoked from now on; it stays listed. KeyError when there is none of that id.
arrow::Status RevokeToken(const std::string& path, const std::string& id, const Clock& clock);

}  // namespace artemis
