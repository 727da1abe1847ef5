// Opens the rows of a session.
#include "artemis/replay/replay_session.h"

#include <utility>

#include "artemis/replay/pinned_stream.h"
#include "artemis/replay/replay_deadline.h"

namespace artemis {

arrow::Result<std::shared_ptr<arrow::RecordBatchReader>> ReplaySession::Rows(
    std::shared_ptr<ReadCounters> counters) const {
  if (options_.explain) return arrow::Status::Invalid("a session that explains has no rows");
  ReadOptions read = options_.read;
  read.stop = deadline_->token();
  ARROW_ASSIGN_OR_RAISE(auto rows, ReadPlan(*plan_, catalog_->files(), read, std::move(counters)));
  const PinGuard guard(*catalog_, table_, pin_);
  return ReplayDeadline::Watch(deadline_, guard.Watch(std::move(rows)));
}

}  // namespace artemis
