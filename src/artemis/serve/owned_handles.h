// What clients hold by a name they cannot guess: bounded for each owner, and forgotten when idle.
#pragma once

#include <chrono>
#include <cstdint>
#include <map>
#include <memory>
#include <mutex>
#include <string>
#include <utility>

#include <arrow/result.h>

#include "artemis/base/error.h"
#include "artemis/serve/token.h"

namespace artemis {

// Thread-safe. Values are shared with those who use them: removing one does not end its use.
template <typename Value>
class OwnedHandles {
 public:
  using Time = std::chrono::steady_clock::time_point;

  // `what` names one in messages: "prepared statement".
  OwnedHandles(const char* what, int64_t per_owner_max)
      : what_(what), per_owner_max_(per_owner_max) {}

  // Keeps `value` for `owner` and returns its new name. LimitExceeded when the owner has too many.
  arrow::Result<std::string> Add(const std::string& owner, std::shared_ptr<Value> value) {
    ARROW_ASSIGN_OR_RAISE(auto handle, RandomHex(16));
    const std::lock_guard lock(mutex_);
    auto& count = counts_[owner];
    if (count >= per_owner_max_) {
      return LimitExceededError("too many of one kind are open: the limit is " +
                                std::to_string(per_owner_max_) + " for each token (" + what_ + ")");
    }
    ++count;
    held_[handle] = {owner, std::move(value), std::chrono::steady_clock::now()};
    return handle;
  }

  // KeyError when there is none, or it is another owner's.
  arrow::Result<std::shared_ptr<Value>> Find(const std::string& owner, const std::string& handle) {
    const std::lock_guard lock(mutex_);
    const auto found = held_.find(handle);
    if (found == held_.end() || found->second.owner != owner) return NotThere();
    found->second.used = std::chrono::steady_clock::now();
    return found->second.value;
  }

  // Takes it out; KeyError as above.
  arrow::Result<std::shared_ptr<Value>> Remove(const std::string& owner,
                                               const std::string& handle) {
    const std::lock_guard lock(mutex_);
    const auto found = held_.find(handle);
    if (found == held_.end() || found->second.owner != owner) return NotThere();
    auto value = std::move(found->second.value);
    Forget(found);
    return value;
  }

  // Forgets what nobody asked for since `before`, and nobody else holds.
  void Expire(Time before) {
    const std::lock_guard lock(mutex_);
    for (auto each = held_.begin(); each != held_.end();) {
      const auto next = std::next(each);
      if (each->second.used < before && each->second.value.use_count() == 1) Forget(each);
      each = next;
    }
  }

  // Forgets all of those owners for which `gone` is true.
  template <typename Gone>
  void RemoveOwners(Gone gone) {
    const std::lock_guard lock(mutex_);
    for (auto each = held_.begin(); each != held_.end();) {
      const auto next = std::next(each);
      if (gone(each->second.owner)) Forget(each);
      each = next;
    }
  }

  size_t size() const {
    const std::lock_guard lock(mutex_);
    return held_.size();
  }

 private:
  struct Held {
    std::string owner;
    std::shared_ptr<Value> value;
    Time used;
  };

  arrow::Status NotThere() const {
    return arrow::Status::KeyError("there is no such ", what_,
                                   ": it was closed, or idle for too long");
  }
  void Forget(typename std::map<std::string, Held>::iterator held) {
    if (--counts_[held->second.owner] == 0) counts_.erase(held->second.owner);
    held_.erase(held);
  }

  const char* const what_;
  const int64_t per_owner_max_;
  mutable std::mutex mutex_;
  std::map<std::string, Held> held_;
  std::map<std::string, int64_t> counts_;
};

}  // namespace artemis
