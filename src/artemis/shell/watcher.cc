// Looks fifty times a second, and draws ten times.
#include "artemis/shell/watcher.h"

#include <unistd.h>

#include <algorithm>
#include <cmath>
#include <cstdio>
#include <utility>

#include "artemis/output/facts.h"

namespace artemis {

namespace {

constexpr auto kLook = std::chrono::milliseconds(20);
constexpr int kLooksPerDraw = 5;
constexpr auto kDrawnAfter = std::chrono::milliseconds(500);
constexpr int kBarWidth = 40;

void WriteToTerminal(const std::string& text) {
  (void)!::write(STDERR_FILENO, text.data(), text.size());
}

}  // namespace

std::string ProgressBarText(double progress, int64_t elapsed_ms, int64_t rows_counted) {
  const std::string elapsed = std::to_string(elapsed_ms / 1000) + " s";
  if (rows_counted > 0) return "counting: " + CountOf(rows_counted, "row") + ", " + elapsed;
  if (progress <= 0) return "running: " + elapsed;
  const double part = std::min(progress, 1.0);
  const int filled = static_cast<int>(std::floor(part * kBarWidth));
  char percent[8];
  std::snprintf(percent, sizeof(percent), "%3d", static_cast<int>(std::floor(part * 100)));
  return std::string(percent) + " % [" + std::string(static_cast<size_t>(filled), '=') +
         std::string(static_cast<size_t>(kBarWidth - filled), ' ') + "] " + elapsed;
}

SqlWatcher::SqlWatcher(SqlSession& session, arrow::StopToken stop, bool shows_progress)
    : session_(session),
      stop_(std::move(stop)),
      shows_(shows_progress),
      thread_([this](const std::stop_token& ended) { Run(ended); }) {}

SqlWatcher::~SqlWatcher() {
  thread_.request_stop();
  thread_.join();
  Hide();
}

void SqlWatcher::Hide() {
  const std::lock_guard lock(mutex_);
  shows_ = false;
  if (std::exchange(is_drawn_, false)) WriteToTerminal("\r\033[K");
}

void SqlWatcher::Show() {
  const std::lock_guard lock(mutex_);
  shows_ = true;
}

void SqlWatcher::Run(const std::stop_token& ended) {
  for (int look = 0; !ended.stop_requested(); ++look) {
    if (stop_.IsStopRequested()) session_.Interrupt();
    if (look % kLooksPerDraw == 0) Draw();
    std::this_thread::sleep_for(kLook);
  }
}

void SqlWatcher::Draw() {
  const auto elapsed = std::chrono::steady_clock::now() - begun_;
  const std::lock_guard lock(mutex_);
  if (!shows_ || elapsed < kDrawnAfter) return;
  const int64_t elapsed_ms = std::chrono::duration_cast<std::chrono::milliseconds>(elapsed).count();
  WriteToTerminal("\r" + ProgressBarText(session_.Progress(), elapsed_ms, rows_counted_) +
                  "\033[K");
  is_drawn_ = true;
}

}  // namespace artemis
