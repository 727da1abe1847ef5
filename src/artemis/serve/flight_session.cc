// Sessions of Flight clients.
#include "artemis/serve/flight_session.h"

#include <algorithm>

#include "artemis/serve/scoped_catalog.h"

namespace artemis {

namespace {

// SQL sessions kept for the next statement, for each session.
constexpr size_t kKeptSessionsMax = 2;
constexpr size_t kExpiredNamesMax = 10'000;

arrow::Status RunSetting(SqlSession& sql, const std::string& statement) {
  ARROW_ASSIGN_OR_RAISE(const auto result, sql.Execute(statement));
  std::shared_ptr<arrow::RecordBatch> batch;
  do {
    ARROW_RETURN_NOT_OK(result->ReadNext(&batch));
  } while (batch != nullptr);
  return arrow::Status::OK();
}

std::string TokenPrefix(const std::string& token_id) { return token_id + '|'; }

}  // namespace

FlightSession::FlightSession(LiveEngine& engine, std::shared_ptr<Catalog> catalog,
                             std::shared_ptr<const Token> token, bool server_writes)
    : engine_(engine),
      catalog_(std::move(catalog)),
      token_(std::move(token)),
      server_writes_(server_writes) {}

arrow::Status ChangeSettings(SqlSession& sql, SessionSettings& have,
                             const SessionSettings& wanted) {
  const auto names = have.values;
  for (const auto& [name, value] : names) {
    if (wanted.values.contains(name)) continue;
    const SettingChange reset{name, std::nullopt};
    ARROW_RETURN_NOT_OK(RunSetting(sql, SettingStatement(reset)));
    have.Apply(reset);
  }
  for (const auto& [name, value] : wanted.values) {
    if (const auto found = have.values.find(name);
        found != have.values.end() && found->second == value) {
      continue;
    }
    const SettingChange change{name, value};
    ARROW_RETURN_NOT_OK(RunSetting(sql, SettingStatement(change)));
    have.Apply(change);
  }
  return arrow::Status::OK();
}

arrow::Result<EngineConnection> FlightSession::Connect() {
  SqlSessionOptions options;
  options.principal = token_->principal;
  options.catalog = catalog_;
  options.read_only = !may_write();
  options.read_only_reason =
      server_writes_ ? "the token may only read: changes need one with the right to write"
                     : "the server only reads: it was started without --allow-writes";
  return engine_.Connect(options);
}

arrow::Result<std::unique_ptr<SqlLease>> FlightSession::Lease() {
  auto lent = std::make_shared<Kept>();
  {
    const std::lock_guard lock(mutex_);
    while (lent->connection.sql == nullptr && !kept_.empty()) {
      if (engine_.IsCurrent(kept_.back().connection.generation)) *lent = std::move(kept_.back());
      kept_.pop_back();
    }
  }
  if (lent->connection.sql == nullptr) {
    ARROW_ASSIGN_OR_RAISE(lent->connection, Connect());
  }
  ARROW_RETURN_NOT_OK(ChangeSettings(*lent->connection.sql, lent->settings, settings()));
  return std::make_unique<SqlLease>(lent->connection.sql, [lent, self = weak_from_this()] {
    if (const auto session = self.lock()) session->GiveBack(std::move(*lent));
  });
}

void FlightSession::GiveBack(Kept kept) {
  const std::lock_guard lock(mutex_);
  if (kept_.size() < kKeptSessionsMax) kept_.push_back(std::move(kept));
}

SessionSettings FlightSession::settings() const {
  const std::lock_guard lock(mutex_);
  return settings_;
}

arrow::Status FlightSession::Change(const SettingChange& change) {
  ARROW_ASSIGN_OR_RAISE(const auto tried, Connect());
  if (change.value) ARROW_RETURN_NOT_OK(RunSetting(*tried.sql, SettingStatement(change)));
  const std::lock_guard lock(mutex_);
  settings_.Apply(change);
  return arrow::Status::OK();
}

void FlightSession::Reset() {
  const std::lock_guard lock(mutex_);
  settings_ = {};
  kept_.clear();
}

std::string FlightSessions::KeyOf(const SessionNames& names) {
  const auto prefix = TokenPrefix(names.token_id);
  if (!names.login.empty()) return prefix + "login " + names.login;
  if (!names.cookie.empty()) return prefix + "cookie " + names.cookie;
  return prefix + "peer " + names.peer;
}

arrow::Result<std::shared_ptr<FlightSession>> FlightSessions::Find(
    const SessionNames& names, const std::shared_ptr<const Token>& token) {
  const auto key = KeyOf(names);
  const auto now = std::chrono::steady_clock::now();
  const std::lock_guard lock(mutex_);
  if (const auto found = sessions_.find(key); found != sessions_.end()) {
    // A token whose scope or budget was changed begins anew.
    if (found->second.session->token() == *token) {
      found->second.used = now;
      return found->second.session;
    }
    End(found, false);
  }
  if (std::find(expired_.begin(), expired_.end(), key) != expired_.end()) {
    return arrow::Status::KeyError(
        "the session was idle for too long, and its settings are gone: connect again");
  }
  MakeRoom(names.token_id);
  auto scope = token->scope;
  scope.write = scope.write && server_writes_;
  auto session = std::make_shared<FlightSession>(engine_, ScopeCatalog(catalog_, std::move(scope)),
                                                 token, server_writes_);
  sessions_[key] = {session, now};
  return session;
}

void FlightSessions::AddCookie(const SessionNames& names, const std::string& cookie) {
  const std::lock_guard lock(mutex_);
  const auto found = sessions_.find(KeyOf(names));
  if (found == sessions_.end()) return;
  SessionNames with_cookie = names;
  with_cookie.cookie = cookie;
  const Held held = found->second;
  sessions_.emplace(KeyOf(with_cookie), held);
}

bool FlightSessions::Close(const SessionNames& names) {
  const std::lock_guard lock(mutex_);
  const auto found = sessions_.find(KeyOf(names));
  if (found == sessions_.end()) return false;
  const auto session = found->second.session;
  std::erase_if(sessions_, [&](const auto& each) { return each.second.session == session; });
  session->Reset();
  return true;
}

void FlightSessions::Expire(Time before) {
  const std::lock_guard lock(mutex_);
  for (auto each = sessions_.begin(); each != sessions_.end();) {
    const auto next = std::next(each);
    if (each->second.used < before) End(each, true);
    each = next;
  }
}

void FlightSessions::RemoveTokens(const std::function<bool(const std::string&)>& gone) {
  const std::lock_guard lock(mutex_);
  std::erase_if(sessions_, [&](const auto& each) { return gone(each.second.session->token().id); });
}

size_t FlightSessions::size() const {
  const std::lock_guard lock(mutex_);
  return sessions_.size();
}

void FlightSessions::End(std::map<std::string, Held>::iterator held, bool expired) {
  // One that another name finds is not lost.
  const bool lost = expired && held->second.session.use_count() == 1;
  if (lost && held->second.session->settings() != SessionSettings()) {
    expired_.push_back(held->first);
    if (expired_.size() > kExpiredNamesMax) expired_.pop_front();
  }
  sessions_.erase(held);
}

void FlightSessions::MakeRoom(const std::string& token_id) {
  const auto prefix = TokenPrefix(token_id);
  int64_t count = 0;
  auto oldest = sessions_.end();
  for (auto each = sessions_.lower_bound(prefix);
       each != sessions_.end() && each->first.starts_with(prefix); ++each) {
    ++count;
    if (oldest == sessions_.end() || each->second.used < oldest->second.used) oldest = each;
  }
  if (count >= per_token_max_) End(oldest, true);
}

}  // namespace artemis
