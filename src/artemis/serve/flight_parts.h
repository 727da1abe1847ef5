// What the parts of a Flight server share, whichever port its calls come through.
#pragma once

#include <algorithm>
#include <cstdint>
#include <deque>
#include <memory>
#include <mutex>
#include <string>
#include <utility>

#include <arrow/record_batch.h>
#include <arrow/type.h>

#include "artemis/base/event_log.h"
#include "artemis/base/metrics.h"
#include "artemis/serve/budget.h"
#include "artemis/serve/flight_limits.h"
#include "artemis/serve/flight_session.h"
#include "artemis/serve/flight_transaction.h"
#include "artemis/serve/held_refusals.h"
#include "artemis/serve/live_engine.h"
#include "artemis/serve/owned_handles.h"
#include "artemis/serve/statement_run.h"
#include "artemis/serve/token_store.h"

namespace artemis {

// A prepared statement of a client. It is prepared again for each run: only its text is kept, and the parameters last bound.
struct PreparedHandle {
  std::shared_ptr<FlightSession> session;
  std::string sql;
  std::string transaction_id;
  StatementKind kind = StatementKind::kRows;
  StatementEffect effect = StatementEffect::kNone;
  std::shared_ptr<arrow::Schema> schema;
  std::shared_ptr<arrow::Schema> parameters;

  std::shared_ptr<arrow::RecordBatch> bound() const {
    const std::lock_guard lock(mutex);
    return bound_parameters;
  }
  void Bind(std::shared_ptr<arrow::RecordBatch> to) {
    const std::lock_guard lock(mutex);
    bound_parameters = std::move(to);
  }

  mutable std::mutex mutex;
  std::shared_ptr<arrow::RecordBatch> bound_parameters;
};

// Ids of statements that were cancelled before they began; the oldest are forgotten. Thread-safe.
class CancelledIds {
 public:
  void Add(const std::string& id) {
    const std::lock_guard lock(mutex_);
    ids_.push_back(id);
    if (ids_.size() > kIdsMax) ids_.pop_front();
  }
  bool Has(const std::string& id) const {
    const std::lock_guard lock(mutex_);
    return std::find(ids_.begin(), ids_.end(), id) != ids_.end();
  }

 private:
  static constexpr size_t kIdsMax = 1024;
  mutable std::mutex mutex_;
  std::deque<std::string> ids_;
};

// Thread-safe. Destroyed in the reverse order: the statements first.
struct FlightParts {
  FlightParts(std::unique_ptr<TokenStore> the_tokens, std::unique_ptr<LiveEngine> the_engine,
              std::shared_ptr<Catalog> catalog, EventLog& the_events, MetricsRegistry& the_metrics,
              const FlightLimits& the_limits, bool allows_writes)
      : limits(the_limits),
        events(the_events),
        metrics(the_metrics),
        tokens(std::move(the_tokens)),
        engine(std::move(the_engine)),
        budgets(the_limits.statements_max),
        held(the_limits.holds),
        sessions(*engine, std::move(catalog), the_limits.sessions_max, allows_writes),
        prepared("prepared statement", the_limits.prepared_max),
        transactions("transaction", the_limits.transactions_max),
        runs(budgets, *tokens, the_events, the_metrics, the_limits.statements) {}

  const FlightLimits limits;
  EventLog& events;
  MetricsRegistry& metrics;
  const std::unique_ptr<TokenStore> tokens;
  const std::unique_ptr<LiveEngine> engine;
  Budgets budgets;
  HeldRefusals held;
  FlightSessions sessions;
  OwnedHandles<PreparedHandle> prepared;
  OwnedHandles<FlightTransaction> transactions;
  CancelledIds cancelled;
  StatementRuns runs;
};

}  // namespace artemis
