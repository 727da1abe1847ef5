// A few maps under one lock.
#include "artemis/sql/session_state.h"

#include <algorithm>
#include <string_view>

#include "artemis/base/near_match.h"

namespace artemis {

SessionState::SessionState(const SessionState& engine, SqlSessionOptions session)
    : catalog_(session.catalog ? std::move(session.catalog) : engine.catalog_),
      options_(engine.options_),
      caches_(engine.caches_),
      open_paths_(engine.open_paths_),
      principal_(session.principal.empty() ? engine.options_.principal : session.principal),
      timezone_(session.timezone ? session.timezone : engine.timezone_),
      statement_timeout_ms_(session.statement_timeout_ms ? session.statement_timeout_ms
                                                         : engine.statement_timeout_ms_),
      is_read_only_(session.read_only || engine.is_read_only_),
      read_only_reason_(std::move(session.read_only_reason)),
      engine_zone_(engine.engine_zone_) {}

void SessionState::Warn(const std::string& warning) {
  std::lock_guard lock(mutex_);
  if (warned_.insert(warning).second) warnings_.push_back(warning);
}

std::vector<std::string> SessionState::TakeWarnings() {
  std::lock_guard lock(mutex_);
  return std::exchange(warnings_, {});
}

std::string SessionState::KeepError(const arrow::Status& status) {
  std::lock_guard lock(mutex_);
  std::string key = std::to_string(errors_.size());
  errors_.emplace(key, status);
  return key;
}

std::optional<arrow::Status> SessionState::FindErrorIn(const std::string& message) const {
  constexpr std::string_view kFailedCommit = "Failed to commit: ";
  const size_t found = message.find(kFailedCommit);
  if (found == std::string::npos) return std::nullopt;
  const std::string reason = message.substr(found + kFailedCommit.size());
  std::lock_guard lock(mutex_);
  for (const auto& [key, status] : errors_) {
    if (reason.find(status.message()) != std::string::npos) return status;
  }
  return std::nullopt;
}

std::optional<arrow::Status> SessionState::FindError(const std::string& key) const {
  std::lock_guard lock(mutex_);
  const auto found = errors_.find(key);
  return found == errors_.end() ? std::nullopt : std::optional(found->second);
}

void SessionState::NoteMissingTable(const std::string& name, const std::string& full_name) {
  std::lock_guard lock(mutex_);
  missing_tables_[AsciiLower(name)] = full_name;
}

std::optional<std::string> SessionState::FindMissingTable(const std::string& message) const {
  const std::string lower = AsciiLower(message);
  std::lock_guard lock(mutex_);
  for (const auto& [name, full_name] : missing_tables_) {
    if (lower.find("name " + name + " does not exist") != std::string::npos ||
        lower.find("\"" + name + "\" does not exist") != std::string::npos) {
      return full_name;
    }
  }
  return std::nullopt;
}

void SessionState::NoteFailedAt(std::string excerpt) const {
  std::lock_guard lock(mutex_);
  failed_at_ = std::move(excerpt);
}

std::string SessionState::failed_at() const {
  std::lock_guard lock(mutex_);
  return failed_at_;
}

void SessionState::NotePin(const PinnedTable& pin) {
  std::lock_guard lock(mutex_);
  if (std::find(pins_.begin(), pins_.end(), pin) == pins_.end()) pins_.push_back(pin);
}

std::vector<PinnedTable> SessionState::pins() const {
  std::lock_guard lock(mutex_);
  return pins_;
}

void SessionState::BeginStatement() {
  std::lock_guard lock(mutex_);
  pins_.clear();
  errors_.clear();
  missing_tables_.clear();
}

}  // namespace artemis
