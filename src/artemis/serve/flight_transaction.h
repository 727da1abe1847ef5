// A client's transaction: one SQL session in which BEGIN was run, used by one statement at a time.
#pragma once

#include <chrono>
#include <condition_variable>
#include <memory>
#include <mutex>

#include <arrow/result.h>

#include "artemis/serve/flight_session.h"

namespace artemis {

// Thread-safe. Rolled back when it is destroyed without End.
class FlightTransaction : public std::enable_shared_from_this<FlightTransaction> {
 public:
  explicit FlightTransaction(std::shared_ptr<FlightSession> session)
      : session_(std::move(session)) {}

  // The SQL session, once the statement before is done; its tables are as they stood at their first use. BEGIN is run at the first
  // lease. Invalid when the statement before is still running, or its rows not read, after five seconds; or when it has ended.
  arrow::Result<std::unique_ptr<SqlLease>> Lease();

  // Commits or rolls back; Invalid as above. A commit that fails has ended it, too.
  arrow::Status End(bool commit);
  bool has_ended() const;

 private:
  arrow::Status Take();
  // Opens the SQL session where there is none, and brings its settings to those of the client's session.
  arrow::Status Prepare();
  void GiveBack();

  const std::shared_ptr<FlightSession> session_;
  mutable std::mutex mutex_;
  std::condition_variable free_;
  bool taken_ = false;
  bool ended_ = false;
  // Null before the first lease; used by who has taken it alone.
  std::shared_ptr<SqlSession> sql_;
  SessionSettings settings_;
};

}  // namespace artemis
