// A statement from its start until its last row is read: its time limit, and the event that tells of it. Only for sql/.
#pragma once

#include <atomic>
#include <chrono>
#include <cstdint>
#include <memory>
#include <optional>
#include <string>

#include <arrow/status.h>
#include <duckdb.hpp>

#include "artemis/sql/engine_core.h"
#include "artemis/sql/session_state.h"

namespace artemis {

// Ends once: at Finish, or with the object, as abandoned.
class RunningStatement {
 public:
  // Interrupts `context` when the session's time limit passes.
  RunningStatement(std::shared_ptr<EngineCore> engine, std::shared_ptr<SessionState> state,
                   duckdb::shared_ptr<duckdb::ClientContext> context, std::string sql);
  ~RunningStatement();

  RunningStatement(const RunningStatement&) = delete;
  RunningStatement& operator=(const RunningStatement&) = delete;

  // `status`, which the statement ended or failed with; Cancelled with StatementTimeout when that was for the time limit.
  arrow::Status Finish(const arrow::Status& status, int64_t rows);
  // Ends it where it has not ended: its rows were not wanted.
  void Abandon(int64_t rows) { End("abandoned", rows); }

 private:
  void End(const std::string& outcome, int64_t rows);

  const std::shared_ptr<EngineCore> engine_;
  const std::shared_ptr<SessionState> state_;
  const duckdb::shared_ptr<duckdb::ClientContext> context_;
  const std::string sql_;
  const std::chrono::steady_clock::time_point begun_ = std::chrono::steady_clock::now();
  std::optional<int64_t> timer_;
  std::atomic<bool> expired_ = false;
  bool ended_ = false;
};

}  // namespace artemis
