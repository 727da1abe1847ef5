// A statement from its start until its last row is read: its time limit, and the event that tells of it. Only for sql/.
#pragma once

#include <atomic>
#include <chrono>
#include <cstdint>
#include <memory>
#include <mutex>
#include <optional>
#include <string>
#include <thread>

#include <arrow/status.h>
#include <duckdb.hpp>

#include "artemis/sql/engine_core.h"
#include "artemis/sql/session_state.h"

namespace artemis {

// The most that DuckDB's buffers and spilled data took while a statement ran, other statements of the engine included.
struct StatementResources {
  int64_t peak_bytes = 0;
  int64_t spilled_bytes = 0;
};

// Looks at what DuckDB takes every few milliseconds, on a thread of its own, as long as it lives. (DuckDB's profiler adds up peaks
// where it should keep the highest.)
class ResourceSampler {
 public:
  explicit ResourceSampler(duckdb::shared_ptr<duckdb::ClientContext> context);

  StatementResources Peak();

 private:
  void Sample();

  const duckdb::shared_ptr<duckdb::ClientContext> context_;
  std::mutex mutex_;
  StatementResources peak_;
  std::jthread thread_;
};

// Ends once: at Finish, or with the object, as closed.
class RunningStatement {
 public:
  // Interrupts `context` when the session's time limit passes. `measured`: also where no event tells of it.
  RunningStatement(std::shared_ptr<EngineCore> engine, std::shared_ptr<SessionState> state,
                   duckdb::shared_ptr<duckdb::ClientContext> context, std::string sql,
                   bool measured);
  ~RunningStatement();

  RunningStatement(const RunningStatement&) = delete;
  RunningStatement& operator=(const RunningStatement&) = delete;

  // `status`, which the statement ended or failed with; Cancelled with StatementTimeout when that was for the time limit.
  arrow::Status Finish(const arrow::Status& status, int64_t rows);
  // What it took so far; nullopt where it is not measured.
  std::optional<StatementResources> Resources();
  // Ends it where it has not ended: its rows were not wanted.
  void Abandon(int64_t rows) { End("closed", rows); }

 private:
  void End(const std::string& outcome, int64_t rows);

  const std::shared_ptr<EngineCore> engine_;
  const std::shared_ptr<SessionState> state_;
  const duckdb::shared_ptr<duckdb::ClientContext> context_;
  const std::string sql_;
  const std::chrono::steady_clock::time_point begun_ = std::chrono::steady_clock::now();
  std::optional<int64_t> timer_;
  std::unique_ptr<ResourceSampler> sampler_;
  std::atomic<bool> expired_ = false;
  bool ended_ = false;
};

}  // namespace artemis
