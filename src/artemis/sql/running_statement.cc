// The timer only sets a flag and interrupts; what came of it is decided when the statement ends.
#include "artemis/sql/running_statement.h"

#include <algorithm>
#include <condition_variable>
#include <utility>

#include <duckdb/storage/buffer_manager.hpp>

#include "artemis/base/event_log.h"
#include "artemis/base/json_text.h"
#include "artemis/base/sha256.h"
#include "artemis/base/uuid.h"

namespace artemis {
namespace {

constexpr auto kSampleEvery = std::chrono::milliseconds(5);

std::string PinsJson(const std::vector<PinnedTable>& pins) {
  std::string json = "[";
  for (const PinnedTable& pin : pins) {
    json += json.size() > 1 ? "," : "";
    json += "{\"table\":" + JsonString(pin.table) +
            ",\"snapshot_id\":" + (pin.snapshot_id ? ToString(*pin.snapshot_id) : "-1") +
            ",\"schema_id\":" + ToString(pin.schema_id) + "}";
  }
  return json + "]";
}

}  // namespace

ResourceSampler::ResourceSampler(duckdb::shared_ptr<duckdb::ClientContext> context)
    : context_(std::move(context)), thread_([this](const std::stop_token& stop) {
        std::mutex waiting;
        std::condition_variable_any ended;
        std::unique_lock lock(waiting);
        while (!stop.stop_requested()) {
          Sample();
          ended.wait_for(lock, stop, kSampleEvery, [] { return false; });
        }
      }) {}

void ResourceSampler::Sample() {
  auto& buffers = duckdb::BufferManager::GetBufferManager(*context_);
  const auto used = static_cast<int64_t>(buffers.GetUsedMemory());
  const auto spilled = static_cast<int64_t>(buffers.GetUsedSwap());
  std::lock_guard lock(mutex_);
  peak_.peak_bytes = std::max(peak_.peak_bytes, used);
  peak_.spilled_bytes = std::max(peak_.spilled_bytes, spilled);
}

StatementResources ResourceSampler::Peak() {
  Sample();
  std::lock_guard lock(mutex_);
  return peak_;
}

RunningStatement::RunningStatement(std::shared_ptr<EngineCore> engine,
                                   std::shared_ptr<SessionState> state,
                                   duckdb::shared_ptr<duckdb::ClientContext> context,
                                   std::string sql, bool measured)
    : engine_(std::move(engine)),
      state_(std::move(state)),
      context_(std::move(context)),
      sql_(std::move(sql)) {
  if (measured || state_->options().events != nullptr) {
    sampler_ = std::make_unique<ResourceSampler>(context_);
  }
  const auto timeout_ms = state_->statement_timeout_ms();
  if (!timeout_ms) return;
  timer_ = engine_->timer().Arm(*timeout_ms, [this] {
    expired_ = true;
    context_->Interrupt();
  });
}

RunningStatement::~RunningStatement() { End("closed", 0); }

arrow::Status RunningStatement::Finish(const arrow::Status& status, int64_t rows) {
  arrow::Status outcome = status;
  if (expired_ && status.IsCancelled()) {
    const int64_t timeout_ms = *state_->statement_timeout_ms();
    outcome = arrow::Status(
        arrow::StatusCode::Cancelled,
        "the statement took longer than its limit of " + std::to_string(timeout_ms) + " ms",
        std::make_shared<StatementTimeout>(timeout_ms));
  }
  End(outcome.ok()            ? "done"
      : outcome.IsCancelled() ? (outcome.detail() != nullptr ? "timeout" : "cancelled")
                              : "failed",
      rows);
  return outcome;
}

std::optional<StatementResources> RunningStatement::Resources() {
  if (sampler_ == nullptr) return std::nullopt;
  return sampler_->Peak();
}

void RunningStatement::End(const std::string& outcome, int64_t rows) {
  if (std::exchange(ended_, true)) return;
  if (timer_) engine_->timer().Disarm(*timer_);
  const StatementResources resources = Resources().value_or(StatementResources());
  sampler_.reset();
  EventLog* events = state_->options().events;
  if (events == nullptr) return;
  const auto elapsed = std::chrono::steady_clock::now() - begun_;
  events->Write(outcome == "failed" ? EventLevel::kError : EventLevel::kInfo, "query",
                {{"query_id", RandomUuid()},
                 {"principal", state_->principal()},
                 {"sql_sha256", HexOf(Sha256Of(sql_))},
                 {"pins", EventJson{PinsJson(state_->pins())}},
                 {"rows", rows},
                 {"peak_bytes", resources.peak_bytes},
                 {"spilled_bytes", resources.spilled_bytes},
                 {"elapsed_ms",
                  int64_t{std::chrono::duration_cast<std::chrono::milliseconds>(elapsed).count()}},
                 {"outcome", outcome}});
}

}  // namespace artemis
