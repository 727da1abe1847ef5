// Statements that run: each holds a slot of its token's budget, and is watched until it ends.
//
// A watcher ends a statement whose client has gone or reads nothing, whose time is up or whose token was revoked. Its rows, its memory
// and its slot are then free even while the call's thread still waits for the network. Every statement ends with one event.
#pragma once

#include <atomic>
#include <chrono>
#include <condition_variable>
#include <cstdint>
#include <map>
#include <memory>
#include <mutex>
#include <optional>
#include <string>
#include <thread>
#include <utility>
#include <vector>

#include <arrow/record_batch.h>
#include <arrow/result.h>

#include "artemis/base/event_log.h"
#include "artemis/base/metrics.h"
#include "artemis/serve/budget.h"
#include "artemis/serve/flight_limits.h"
#include "artemis/serve/flight_session.h"

namespace arrow::flight {
class ServerCallContext;
}

namespace artemis {

class SqlIngest;
class StatementRuns;
class TokenStore;

struct StatementFacts {
  // What clients cancel it by; not unique: a statement may be run twice.
  std::string id;
  std::string sql;
  std::string peer;
  // "DoGet", "DoPut", …
  std::string method;
  std::shared_ptr<const Token> token;
  // False: an event is written only when it fails, because the statement's rows are asked for later.
  bool executes = true;
  // Where rows are ingested, the table; else empty.
  std::string table = {};
};

// One statement. Thread-safe.
class StatementRun : public std::enable_shared_from_this<StatementRun> {
 public:
  ~StatementRun();

  // Gives it the SQL session it runs in. Fails with why it was stopped, where it was.
  arrow::Result<SqlSession*> Use(std::unique_ptr<SqlLease> lease);
  // Makes it a stream of `rows`, in even batches. `context` is asked whether the client is still there until the stream is destroyed.
  std::shared_ptr<arrow::RecordBatchReader> Stream(std::shared_ptr<arrow::RecordBatchReader> rows);
  // Makes it one that takes rows of its client: `ingest` belongs to it, and is gone when it ends.
  arrow::Status Take(std::unique_ptr<SqlIngest> ingest);
  // Hands rows on. Fails with why the run has ended, where it has.
  arrow::Status Write(const arrow::RecordBatch& batch);
  // Commits what was taken, unless the run is to stop or its client is gone; the rows.
  arrow::Result<int64_t> Commit();
  // Fails with why it is to stop, where it is: to be asked between parts of the work.
  arrow::Status CheckRunning();
  // Tells its event how many rows it has changed.
  void NoteChanged(int64_t rows);

  // Ends it, with what it did; what came first counts. Returns that, as a status of Flight.
  arrow::Status Finish(const arrow::Status& status);

  // Ends it soon, from any thread.
  void Stop(const arrow::Status& why);
  const StatementFacts& facts() const { return facts_; }

 private:
  friend class StatementRuns;
  friend class RunStream;
  using Time = std::chrono::steady_clock::time_point;

  StatementRun(StatementRuns& runs, StatementFacts facts,
               const arrow::flight::ServerCallContext& context);
  arrow::Status Next(std::shared_ptr<arrow::RecordBatch>* batch);
  arrow::Status FinishHoldingWork(const arrow::Status& status);
  bool HoldsWork() const { return rows_ != nullptr || ingest_ != nullptr; }
  // What the watcher does at each look.
  void Watch(Time now);
  std::optional<arrow::Status> ReasonToStop(Time now);
  void ForgetContext();

  StatementRuns& runs_;
  const StatementFacts facts_;
  const Time started_;
  // Held while SQL works for it. Before state_mutex_.
  std::mutex work_mutex_;
  std::shared_ptr<arrow::RecordBatchReader> rows_;  // under work_mutex_
  std::unique_ptr<SqlIngest> ingest_;               // under work_mutex_
  int64_t row_count_ = 0;                           // under work_mutex_
  int64_t changed_count_ = 0;                       // under work_mutex_
  int64_t byte_count_ = 0;                          // under work_mutex_
  // Short.
  std::mutex state_mutex_;
  const arrow::flight::ServerCallContext* context_;  // null once the call may be over
  std::unique_ptr<SqlLease> lease_;
  std::optional<arrow::Status> stopped_;
  std::optional<arrow::Status> finished_;
  Time active_;
};

// All statements that run. Thread-safe. What it is given must outlive it.
class StatementRuns {
 public:
  StatementRuns(Budgets& budgets, const TokenStore& tokens, EventLog& events,
                MetricsRegistry& metrics, const StatementLimits& limits);
  // Waits for nothing: all statements must have ended.
  ~StatementRuns();

  // Begins a statement. Unavailable when its token has no slot left, or the server none, or is to stop.
  arrow::Result<std::shared_ptr<StatementRun>> Begin(
      StatementFacts facts, const arrow::flight::ServerCallContext& context);

  // Stops the statements of this token and id; false when there is none.
  bool Cancel(const std::string& token_id, const std::string& id);
  // From now on nothing is begun.
  void Drain();
  bool draining() const { return draining_; }
  // Whether all have ended before `timeout_ms` is over.
  bool WaitUntilNone(int64_t timeout_ms);
  void StopAll(const arrow::Status& why);
  int64_t running() const;

  struct Counts {
    // Sent to the client, or taken from it.
    int64_t rows = 0;
    int64_t bytes = 0;
    int64_t rows_changed = 0;
    int64_t elapsed_ms = 0;
  };
  // Writes the event of a statement that has ended, or was refused before it began. `outcome` is a word of OutcomeOf.
  void WriteEvent(const StatementFacts& facts, const std::string& outcome,
                  const arrow::Status& status, const Counts& counts);

 private:
  friend class StatementRun;
  void WatchAll(const std::stop_token& stop);
  // Null for one that is about to end. To be let go of without mutex_: the last one to do so ends the statement.
  std::vector<std::shared_ptr<StatementRun>> Running() const;
  void End(StatementRun& run, const arrow::Status& status);

  Budgets& budgets_;
  const TokenStore& tokens_;
  EventLog& events_;
  MetricsRegistry& metrics_;
  const StatementLimits limits_;
  std::atomic<bool> draining_ = false;
  mutable std::mutex mutex_;
  std::condition_variable ended_;
  std::map<const StatementRun*, std::weak_ptr<StatementRun>> running_;
  std::jthread watcher_;
};

}  // namespace artemis
