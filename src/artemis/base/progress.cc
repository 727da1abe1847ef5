// Carriage return, text, erase to the end of the line.
#include "artemis/base/progress.h"

#include <unistd.h>

#include <utility>

namespace artemis {

arrow::Result<ProgressMode> ParseProgressMode(std::string_view text) {
  if (text == "auto") return ProgressMode::kAuto;
  if (text == "on") return ProgressMode::kOn;
  if (text == "off") return ProgressMode::kOff;
  return arrow::Status::Invalid("progress: expected auto, on or off, found '", text, "'");
}

ProgressLine::ProgressLine(ProgressMode mode, std::string what, int descriptor)
    : what_(std::move(what)),
      descriptor_(descriptor),
      terminal_(::isatty(descriptor) == 1),
      shown_(mode == ProgressMode::kOn || (mode == ProgressMode::kAuto && terminal_)) {}

ProgressLine::~ProgressLine() { Finish(); }

void ProgressLine::Update(int64_t done, std::optional<int64_t> total, std::string_view unit) {
  if (!shown_) return;
  const std::lock_guard<std::mutex> lock(mutex_);
  if (finished_) return;
  line_ = what_ + ": " + std::to_string(done);
  if (total) line_ += " of " + std::to_string(*total);
  line_ += " " + std::string(unit);
  if (total && *total > 0) {
    const auto percent =
        static_cast<int64_t>(100.0 * static_cast<double>(done) / static_cast<double>(*total));
    line_ += " (" + std::to_string(percent) + " %)";
  }
  line_is_shown_ = false;
  const auto now = std::chrono::steady_clock::now();
  if (now < next_) return;
  next_ = now + std::chrono::milliseconds(terminal_ ? 100 : 1'000);
  Show();
}

void ProgressLine::Finish() {
  if (!shown_) return;
  const std::lock_guard<std::mutex> lock(mutex_);
  if (finished_) return;
  finished_ = true;
  if (!line_is_shown_) Show();
  if (terminal_ && anything_shown_) (void)!::write(descriptor_, "\n", 1);
}

void ProgressLine::Show() {
  const std::string text = terminal_ ? "\r" + line_ + "\x1b[K" : line_ + "\n";
  (void)!::write(descriptor_, text.data(), text.size());
  line_is_shown_ = true;
  anything_shown_ = true;
}

}  // namespace artemis
