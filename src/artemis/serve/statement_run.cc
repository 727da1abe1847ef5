// Running statements and their watcher.
#include "artemis/serve/statement_run.h"

#include <vector>

#include <arrow/flight/server.h>
#include <arrow/util/byte_size.h>

#include "artemis/base/error.h"
#include "artemis/serve/flight_status.h"
#include "artemis/serve/rechunk.h"
#include "artemis/serve/token_store.h"
#include "artemis/sql/sql_ingest.h"

namespace artemis {

namespace {

namespace flight = arrow::flight;
using std::chrono::milliseconds;
using std::chrono::steady_clock;

constexpr auto kWatchPause = milliseconds(25);

int64_t MsBetween(steady_clock::time_point from, steady_clock::time_point to) {
  return std::chrono::duration_cast<milliseconds>(to - from).count();
}

arrow::Status CancelledStatus(const std::string& message) {
  return flight::MakeFlightError(flight::FlightStatusCode::Cancelled, message);
}

}  // namespace

// The rows of a run, as long as the call's thread wants them.
class RunStream : public arrow::RecordBatchReader {
 public:
  RunStream(std::shared_ptr<StatementRun> run, std::shared_ptr<arrow::Schema> schema)
      : run_(std::move(run)), schema_(std::move(schema)) {}
  ~RunStream() override {
    run_->ForgetContext();
    (void)run_->Finish(CancelledStatus("the client has not read all rows"));
  }

  std::shared_ptr<arrow::Schema> schema() const override { return schema_; }
  arrow::Status ReadNext(std::shared_ptr<arrow::RecordBatch>* batch) override {
    return run_->Next(batch);
  }

 private:
  const std::shared_ptr<StatementRun> run_;
  const std::shared_ptr<arrow::Schema> schema_;
};

StatementRun::StatementRun(StatementRuns& runs, StatementFacts facts,
                           const flight::ServerCallContext& context)
    : runs_(runs),
      facts_(std::move(facts)),
      started_(steady_clock::now()),
      context_(&context),
      active_(started_) {}

StatementRun::~StatementRun() { (void)Finish(CancelledStatus("the statement was given up")); }

arrow::Result<SqlSession*> StatementRun::Use(std::unique_ptr<SqlLease> lease) {
  const std::lock_guard lock(state_mutex_);
  if (stopped_) return *stopped_;
  lease_ = std::move(lease);
  return &lease_->sql();
}

std::shared_ptr<arrow::RecordBatchReader> StatementRun::Stream(
    std::shared_ptr<arrow::RecordBatchReader> rows) {
  auto schema = rows->schema();
  const std::lock_guard work(work_mutex_);
  rows_ = Rechunk(std::move(rows));
  return std::make_shared<RunStream>(shared_from_this(), std::move(schema));
}

arrow::Status StatementRun::Next(std::shared_ptr<arrow::RecordBatch>* batch) {
  const std::lock_guard work(work_mutex_);
  *batch = nullptr;
  {
    const std::lock_guard lock(state_mutex_);
    if (finished_) return *finished_;
  }
  const auto status = rows_->ReadNext(batch);
  if (!status.ok() || *batch == nullptr) {
    *batch = nullptr;
    return FinishHoldingWork(status);
  }
  const int64_t bytes = arrow::util::ReferencedBufferSize(**batch).ValueOr(0);
  row_count_ += (*batch)->num_rows();
  byte_count_ += bytes;
  runs_.budgets_.Sent(*facts_.token, bytes);
  const std::lock_guard lock(state_mutex_);
  active_ = steady_clock::now();
  return arrow::Status::OK();
}

arrow::Status StatementRun::Take(std::unique_ptr<SqlIngest> ingest) {
  const std::lock_guard work(work_mutex_);
  ARROW_RETURN_NOT_OK(CheckRunning());
  ingest_ = std::move(ingest);
  return arrow::Status::OK();
}

arrow::Status StatementRun::Write(const arrow::RecordBatch& batch) {
  const std::lock_guard work(work_mutex_);
  ARROW_RETURN_NOT_OK(CheckRunning());
  ARROW_RETURN_NOT_OK(ingest_->Write(batch));
  const int64_t bytes = arrow::util::ReferencedBufferSize(batch).ValueOr(0);
  row_count_ += batch.num_rows();
  byte_count_ += bytes;
  runs_.budgets_.Sent(*facts_.token, bytes);
  const std::lock_guard lock(state_mutex_);
  active_ = steady_clock::now();
  return arrow::Status::OK();
}

arrow::Result<int64_t> StatementRun::Commit() {
  const std::lock_guard work(work_mutex_);
  if (const auto why = ReasonToStop(steady_clock::now())) return *why;
  ARROW_RETURN_NOT_OK(CheckRunning());
  ARROW_ASSIGN_OR_RAISE(changed_count_, ingest_->Finish());
  return changed_count_;
}

arrow::Status StatementRun::CheckRunning() {
  const std::lock_guard lock(state_mutex_);
  if (finished_) {
    return finished_->ok() ? arrow::Status::Invalid("the statement has ended") : *finished_;
  }
  return stopped_ ? *stopped_ : arrow::Status::OK();
}

void StatementRun::NoteChanged(int64_t rows) {
  const std::lock_guard work(work_mutex_);
  changed_count_ = rows;
}

arrow::Status StatementRun::Finish(const arrow::Status& status) {
  const std::lock_guard work(work_mutex_);
  return FinishHoldingWork(status);
}

arrow::Status StatementRun::FinishHoldingWork(const arrow::Status& status) {
  arrow::Status end;
  {
    const std::lock_guard lock(state_mutex_);
    if (finished_) return *finished_;
    // An interrupted statement says why it was interrupted, but never that it is undone where that is not known.
    const bool is_unknown = FindDetail<CommitUnknown>(status) != nullptr;
    end = stopped_ && !status.ok() && !is_unknown ? *stopped_ : status;
    finished_ = ToFlightStatus(end);
  }
  rows_.reset();
  ingest_.reset();
  std::unique_ptr<SqlLease> lease;
  {
    const std::lock_guard lock(state_mutex_);
    lease = std::move(lease_);
  }
  lease.reset();
  runs_.End(*this, end);
  return *finished_;
}

void StatementRun::Stop(const arrow::Status& why) {
  {
    const std::lock_guard lock(state_mutex_);
    if (finished_) return;
    if (!stopped_) stopped_ = why;
    if (lease_) lease_->sql().Interrupt();
  }
  // Where no thread works for it, nobody but us would notice.
  const std::unique_lock work(work_mutex_, std::try_to_lock);
  if (work && HoldsWork()) (void)FinishHoldingWork(why);
}

void StatementRun::ForgetContext() {
  const std::lock_guard lock(state_mutex_);
  context_ = nullptr;
}

std::optional<arrow::Status> StatementRun::ReasonToStop(Time now) {
  const std::lock_guard lock(state_mutex_);
  if (finished_) return std::nullopt;
  if (stopped_) return stopped_;
  if (context_ != nullptr && context_->is_cancelled()) {
    return CancelledStatus("the client has gone or cancelled");
  }
  const auto& limits = runs_.limits_;
  if (limits.timeout_ms > 0 && MsBetween(started_, now) >= limits.timeout_ms) {
    return flight::MakeFlightError(
        flight::FlightStatusCode::TimedOut,
        "the statement took longer than " + std::to_string(limits.timeout_ms) + " ms");
  }
  if (!runs_.tokens_.IsValid(facts_.token->id)) {
    return UnauthenticatedStatus("the token is not valid any more");
  }
  return std::nullopt;
}

void StatementRun::Watch(Time now) {
  auto why = ReasonToStop(now);
  if (!why) {
    const std::unique_lock work(work_mutex_, std::try_to_lock);
    if (!work || !HoldsWork()) return;
    const std::lock_guard lock(state_mutex_);
    if (MsBetween(active_, now) < runs_.limits_.stall_ms) return;
    why = CancelledStatus("the client has " + std::string(ingest_ ? "sent" : "taken") +
                          " no rows for " + std::to_string(runs_.limits_.stall_ms) + " ms");
  }
  Stop(*why);
}

StatementRuns::StatementRuns(Budgets& budgets, const TokenStore& tokens, EventLog& events,
                             MetricsRegistry& metrics, const StatementLimits& limits)
    : budgets_(budgets),
      tokens_(tokens),
      events_(events),
      metrics_(metrics),
      limits_(limits),
      watcher_([this](const std::stop_token& stop) { WatchAll(stop); }) {}

StatementRuns::~StatementRuns() = default;

arrow::Result<std::shared_ptr<StatementRun>> StatementRuns::Begin(
    StatementFacts facts, const flight::ServerCallContext& context) {
  arrow::Status refused;
  if (draining_) {
    refused = RetryAfterStatus("the server is shutting down", 1000);
  } else if (const auto refusal = budgets_.BeginStatement(*facts.token)) {
    refused = RetryAfterStatus("too many statements run at once", refusal.retry_after_ms);
    context.AddHeader("retry-after-ms", std::to_string(refusal.retry_after_ms));
    metrics_
        .Counter("artemis_flight_throttled_total", "Calls over a token's budget.",
                 {{"budget", refusal.what}})
        .Add(1);
  }
  if (!refused.ok()) {
    WriteEvent(facts, OutcomeOf(refused), refused, {});
    return refused;
  }
  std::shared_ptr<StatementRun> run(new StatementRun(*this, std::move(facts), context));
  const std::lock_guard lock(mutex_);
  running_.emplace(run.get(), run);
  return run;
}

std::vector<std::shared_ptr<StatementRun>> StatementRuns::Running() const {
  const std::lock_guard lock(mutex_);
  std::vector<std::shared_ptr<StatementRun>> all;
  for (const auto& [key, weak] : running_) all.push_back(weak.lock());
  return all;
}

bool StatementRuns::Cancel(const std::string& token_id, const std::string& id) {
  bool any = false;
  for (const auto& run : Running()) {
    if (!run || run->facts().id != id || run->facts().token->id != token_id) continue;
    run->Stop(CancelledStatus("the client has cancelled"));
    any = true;
  }
  return any;
}

void StatementRuns::Drain() { draining_ = true; }

bool StatementRuns::WaitUntilNone(int64_t timeout_ms) {
  std::unique_lock lock(mutex_);
  return ended_.wait_for(lock, milliseconds(timeout_ms), [this] { return running_.empty(); });
}

void StatementRuns::StopAll(const arrow::Status& why) {
  for (const auto& run : Running()) {
    if (run) run->Stop(why);
  }
}

int64_t StatementRuns::running() const {
  const std::lock_guard lock(mutex_);
  return static_cast<int64_t>(running_.size());
}

void StatementRuns::WatchAll(const std::stop_token& stop) {
  while (!stop.stop_requested()) {
    const auto now = steady_clock::now();
    for (const auto& run : Running()) {
      if (run) run->Watch(now);
    }
    std::this_thread::sleep_for(kWatchPause);
  }
}

void StatementRuns::End(StatementRun& run, const arrow::Status& status) {
  const auto& facts = run.facts_;
  budgets_.EndStatement(*facts.token);
  if (facts.executes || !status.ok()) {
    WriteEvent(facts, OutcomeOfBegun(status), status,
               {run.row_count_, run.byte_count_, run.changed_count_,
                MsBetween(run.started_, steady_clock::now())});
  }
  const std::lock_guard lock(mutex_);
  running_.erase(&run);
  ended_.notify_all();
}

void StatementRuns::WriteEvent(const StatementFacts& facts, const std::string& outcome,
                               const arrow::Status& status, const Counts& counts) {
  EventFields fields = {{"statement_id", facts.id},
                        {"principal", facts.token->principal},
                        {"token_id", facts.token->id},
                        {"peer", facts.peer},
                        {"method", facts.method},
                        {"sql_sha256", Sha256Hex(facts.sql)},
                        {"rows", counts.rows},
                        {"bytes", counts.bytes},
                        {"rows_changed", counts.rows_changed},
                        {"elapsed_ms", counts.elapsed_ms},
                        {"outcome", outcome}};
  if (!facts.table.empty()) fields.emplace_back("table", facts.table);
  if (!status.ok()) fields.emplace_back("error", status.message());
  events_.Write(status.ok() ? EventLevel::kInfo : EventLevel::kWarning, "flight_statement", fields);
  metrics_
      .Counter("artemis_flight_statements_total", "Statements that ended.", {{"outcome", outcome}})
      .Add(1);
  metrics_.Counter("artemis_flight_rows_total", "Rows sent, or taken.")
      .Add(static_cast<double>(counts.rows));
  metrics_.Counter("artemis_flight_sent_bytes", "Bytes of rows sent, or taken.")
      .Add(static_cast<double>(counts.bytes));
  metrics_.Counter("artemis_flight_statement_seconds", "Time that statements took.")
      .Add(static_cast<double>(counts.elapsed_ms) / 1000);
}

}  // namespace artemis
