// Tokens in force.
#include "artemis/serve/token_store.h"

#include "artemis/base/clock.h"
#include "artemis/serve/token_file.h"

namespace artemis {

arrow::Result<std::unique_ptr<TokenStore>> TokenStore::Open(const std::string& path,
                                                            const Clock& clock) {
  std::unique_ptr<TokenStore> store(new TokenStore(path, clock));
  ARROW_RETURN_NOT_OK(store->Reload());
  return store;
}

std::shared_ptr<const Token> TokenStore::Verify(std::string_view text) const {
  const auto id = TokenIdOf(text);
  std::string key;
  std::shared_ptr<const Token> token;
  {
    const std::lock_guard lock(mutex_);
    key = key_;
    const auto found = id ? tokens_.find(*id) : tokens_.end();
    if (found != tokens_.end()) token = found->second;
  }
  const auto hash = KeyedHash(key, text);
  const bool same = EqualInConstantTime(hash, token ? token->hash : std::string(hash.size(), '0'));
  if (token == nullptr || !same || !token->ValidAt(clock_.Now())) return nullptr;
  return token;
}

bool TokenStore::IsValid(const std::string& id) const {
  const std::lock_guard lock(mutex_);
  const auto found = tokens_.find(id);
  return found != tokens_.end() && found->second->ValidAt(clock_.Now());
}

arrow::Status TokenStore::Reload() {
  // Taken before the file is read: a change in between is seen at the next look.
  const struct stat before = Stat();
  ARROW_ASSIGN_OR_RAISE(auto file, ReadTokenFile(path_));
  const std::lock_guard lock(mutex_);
  key_ = std::move(file.key);
  tokens_.clear();
  for (auto& token : file.tokens) {
    auto shared = std::make_shared<const Token>(std::move(token));
    tokens_.insert_or_assign(shared->id, std::move(shared));
  }
  read_ = before;
  return arrow::Status::OK();
}

arrow::Status TokenStore::ReloadIfChanged() {
  const struct stat found = Stat();
  {
    const std::lock_guard lock(mutex_);
    if (found.st_ino == read_.st_ino && found.st_size == read_.st_size &&
        found.st_mtim.tv_sec == read_.st_mtim.tv_sec &&
        found.st_mtim.tv_nsec == read_.st_mtim.tv_nsec) {
      return arrow::Status::OK();
    }
    read_ = found;
  }
  return Reload();
}

size_t TokenStore::size() const {
  const std::lock_guard lock(mutex_);
  return tokens_.size();
}

struct stat TokenStore::Stat() const {
  struct stat found = {};
  ::stat(path_.c_str(), &found);
  return found;
}

}  // namespace artemis
