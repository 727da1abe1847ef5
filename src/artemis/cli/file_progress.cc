// Shares and the time that is left.
#include "artemis/cli/file_progress.h"

#include <algorithm>
#include <string>
#include <utility>

#include "artemis/output/facts.h"

namespace artemis {

FileProgress::FileProgress(std::shared_ptr<const ReadProgress> read, int64_t files,
                           int64_t file_bytes, std::optional<int64_t> limit)
    : read_(std::move(read)), files_(files), file_bytes_(file_bytes), limit_(limit) {}

RowProgress FileProgress::At(int64_t rows) const {
  const int64_t bytes = read_->file_bytes;
  double share =
      file_bytes_ == 0 ? 1 : static_cast<double>(bytes) / static_cast<double>(file_bytes_);
  if (limit_ && *limit_ > 0) {
    share = std::max(share, static_cast<double>(rows) / static_cast<double>(*limit_));
  }
  RowProgress progress{read_->files, std::nullopt, ""};
  progress.text = "of " + CountOf(files_, "file") + ", " + HumanBytes(bytes) + " of " +
                  HumanBytes(file_bytes_) + ", " + CountOf(rows, "row");
  if (share > 0 && share < 1) {
    const auto elapsed_ms = static_cast<double>(watch_.ElapsedMs());
    progress.text +=
        ", " + HumanDuration(static_cast<int64_t>(elapsed_ms / share - elapsed_ms)) + " left";
  }
  progress.text += " (" + std::to_string(static_cast<int64_t>(100 * std::min(1.0, share))) + " %)";
  return progress;
}

}  // namespace artemis
