// Opens the rows of a session.
#include "artemis/replay/replay_session.h"

#include <utility>

#include "artemis/replay/pinned_stream.h"
#include "artemis/replay/replay_deadline.h"
#include "artemis/scan/plan_caches.h"

namespace artemis {

arrow::Result<std::shared_ptr<arrow::RecordBatchReader>> ReplaySession::Rows(
    std::shared_ptr<ReadCounters> counters) const {
  if (options_.explain) return arrow::Status::Invalid("a session that explains has no rows");
  ReadOptions read = options_.read;
  read.stop = deadline_->token();
  read.footers = &caches_->footers;
  std::shared_ptr<arrow::RecordBatchReader> rows;
  if (order_column_) {
    ARROW_ASSIGN_OR_RAISE(rows, ReadOrdered(*plan_, catalog_->files(), read, *order_column_,
                                            options_.order->memory_bytes, std::move(counters)));
  } else {
    ARROW_ASSIGN_OR_RAISE(rows, ReadPlan(*plan_, catalog_->files(), read, std::move(counters)));
  }
  const PinGuard guard(*catalog_, table_, pin_);
  return ReplayDeadline::Watch(deadline_, guard.Watch(std::move(rows)), caches_);
}

}  // namespace artemis
