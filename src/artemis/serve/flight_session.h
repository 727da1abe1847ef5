// One client's session: its settings, and the SQL sessions its statements run in.
//
// Flight has no connections that a server sees. A session is named by what the call brings, in this order: the suffix of the bearer
// that a login was answered with, the cookie artemis_session, the peer's address; and always by the token as well. A client gets a
// session of its own by logging in or by keeping cookies; clients that do neither share one when they share a token and a connection.
#pragma once

#include <chrono>
#include <cstdint>
#include <deque>
#include <functional>
#include <map>
#include <memory>
#include <mutex>
#include <string>
#include <utility>
#include <vector>

#include <arrow/result.h>

#include "artemis/serve/live_engine.h"
#include "artemis/serve/session_settings.h"
#include "artemis/serve/token.h"

namespace artemis {

class Catalog;

// A SQL session that is one statement's alone until this is destroyed.
class SqlLease {
 public:
  SqlLease(std::shared_ptr<SqlSession> sql, std::function<void()> give_back)
      : sql_(std::move(sql)), give_back_(std::move(give_back)) {}
  ~SqlLease() { give_back_(); }
  SqlLease(const SqlLease&) = delete;
  SqlLease& operator=(const SqlLease&) = delete;

  SqlSession& sql() { return *sql_; }

 private:
  const std::shared_ptr<SqlSession> sql_;
  const std::function<void()> give_back_;
};

// Runs the statements that turn the settings `have` of a SQL session into `wanted`, and keeps `have` as far as they went.
arrow::Status ChangeSettings(SqlSession& sql, SessionSettings& have, const SessionSettings& wanted);

// Thread-safe. Statements of one session run side by side, each in a SQL session of its own with the session's settings.
class FlightSession : public std::enable_shared_from_this<FlightSession> {
 public:
  // `catalog` is what the token may see. `engine` must outlive the session.
  FlightSession(LiveEngine& engine, std::shared_ptr<Catalog> catalog,
                std::shared_ptr<const Token> token, bool server_writes);

  const Token& token() const { return *token_; }
  const std::shared_ptr<const Token>& shared_token() const { return token_; }
  Catalog& catalog() { return *catalog_; }
  // Whether both the token and the server let it change tables.
  bool may_write() const { return server_writes_ && token_->scope.write; }

  // A SQL session with the settings as they are now: one kept from an earlier statement, or a new one.
  arrow::Result<std::unique_ptr<SqlLease>> Lease();
  // A new SQL session without settings that is not given to anybody else: for a transaction, or to try something.
  arrow::Result<EngineConnection> Connect();

  SessionSettings settings() const;
  // Changes a setting for the statements that are begun from now on; fails as SQL does when it takes no such value.
  arrow::Status Change(const SettingChange& change);
  // Back to a fresh session's settings.
  void Reset();

 private:
  struct Kept {
    EngineConnection connection;
    SessionSettings settings;
  };
  void GiveBack(Kept kept);

  LiveEngine& engine_;
  const std::shared_ptr<Catalog> catalog_;
  const std::shared_ptr<const Token> token_;
  const bool server_writes_;
  mutable std::mutex mutex_;
  SessionSettings settings_;
  std::vector<Kept> kept_;
};

// What a call says of its session.
struct SessionNames {
  std::string token_id;
  // "" where the call brings none.
  std::string login;
  std::string cookie;
  std::string peer;
};

// All sessions. Thread-safe.
class FlightSessions {
 public:
  using Time = std::chrono::steady_clock::time_point;

  // `server_writes` false: no session changes tables, whatever its token may.
  FlightSessions(LiveEngine& engine, std::shared_ptr<Catalog> catalog, int64_t per_token_max,
                 bool server_writes)
      : engine_(engine),
        catalog_(std::move(catalog)),
        per_token_max_(per_token_max),
        server_writes_(server_writes) {}

  // The session of these names, made where there is none. Beyond the limit of a token the session that was idle for longest goes.
  // KeyError: the session had settings of its own and was idle for too long; it is not replaced by one without them in silence.
  arrow::Result<std::shared_ptr<FlightSession>> Find(const SessionNames& names,
                                                     const std::shared_ptr<const Token>& token);
  // Lets a session that is named by its peer be found by a cookie, too.
  void AddCookie(const SessionNames& names, const std::string& cookie);
  // Ends the session; false when there is none.
  bool Close(const SessionNames& names);
  // Ends those that nobody used since `before`.
  void Expire(Time before);
  // Ends those of tokens for which `gone` is true.
  void RemoveTokens(const std::function<bool(const std::string& token_id)>& gone);
  size_t size() const;

 private:
  struct Held {
    std::shared_ptr<FlightSession> session;
    Time used;
  };
  static std::string KeyOf(const SessionNames& names);
  void End(std::map<std::string, Held>::iterator held, bool expired);
  void MakeRoom(const std::string& token_id);

  LiveEngine& engine_;
  const std::shared_ptr<Catalog> catalog_;
  const int64_t per_token_max_;
  const bool server_writes_;
  mutable std::mutex mutex_;
  std::map<std::string, Held> sessions_;
  // Sessions with settings that expired: the oldest are forgotten.
  std::deque<std::string> expired_;
};

}  // namespace artemis
