// The tokens in force in a running server: checked on every call, read anew when their file changes.
#pragma once

#include <sys/stat.h>

#include <map>
#include <memory>
#include <mutex>
#include <string>
#include <string_view>
#include <utility>

#include <arrow/result.h>

#include "artemis/serve/token.h"

namespace artemis {

class Clock;

// Thread-safe.
class TokenStore {
 public:
  // Reads the file; failures as ReadTokenFile.
  static arrow::Result<std::unique_ptr<TokenStore>> Open(const std::string& path,
                                                         const Clock& clock);

  // The token of this text. Null when there is none, or it is revoked or expired; which of these is not told apart. Costs one HMAC,
  // also for an id that is not there.
  std::shared_ptr<const Token> Verify(std::string_view text) const;

  // Whether the token of this id is in force now, by the tokens last read.
  bool IsValid(const std::string& id) const;

  // Reads the file again. A file that cannot be read leaves the tokens as they are, and is the error.
  arrow::Status Reload();
  // Reload when the file is another than the one last read.
  arrow::Status ReloadIfChanged();

  size_t size() const;

 private:
  TokenStore(std::string path, const Clock& clock) : path_(std::move(path)), clock_(clock) {}
  struct stat Stat() const;

  const std::string path_;
  const Clock& clock_;
  mutable std::mutex mutex_;
  std::string key_;
  std::map<std::string, std::shared_ptr<const Token>, std::less<>> tokens_;
  struct stat read_ = {};
};

}  // namespace artemis
