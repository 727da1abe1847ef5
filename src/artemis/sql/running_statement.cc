// The timer only sets a flag and interrupts; what came of it is decided when the statement ends.
#include "artemis/sql/running_statement.h"

#include <utility>

namespace artemis {

RunningStatement::RunningStatement(std::shared_ptr<EngineCore> engine,
                                   std::shared_ptr<SessionState> state,
                                   duckdb::shared_ptr<duckdb::ClientContext> context,
                                   std::string sql)
    : engine_(std::move(engine)),
      state_(std::move(state)),
      context_(std::move(context)),
      sql_(std::move(sql)) {
  const auto timeout_ms = state_->statement_timeout_ms();
  if (!timeout_ms) return;
  timer_ = engine_->timer().Arm(*timeout_ms, [this] {
    expired_ = true;
    context_->Interrupt();
  });
}

RunningStatement::~RunningStatement() { End("abandoned", 0); }

arrow::Status RunningStatement::Finish(const arrow::Status& status, int64_t rows) {
  arrow::Status outcome = status;
  if (expired_ && status.IsCancelled()) {
    const int64_t timeout_ms = *state_->statement_timeout_ms();
    outcome = arrow::Status(
        arrow::StatusCode::Cancelled,
        "the statement took longer than its limit of " + std::to_string(timeout_ms) + " ms",
        std::make_shared<StatementTimeout>(timeout_ms));
  }
  End(outcome.ok()            ? "ok"
      : outcome.IsCancelled() ? (outcome.detail() != nullptr ? "timeout" : "cancelled")
                              : "failed",
      rows);
  return outcome;
}

void RunningStatement::End(const std::string&, int64_t) {
  if (std::exchange(ended_, true)) return;
  if (timer_) engine_->timer().Disarm(*timer_);
}

}  // namespace artemis
