// Watches a statement from beside: interrupts it when the user asks to stop, and shows how far it is.
//
//    43 % [=================                       ] 12 s
#pragma once

#include <atomic>
#include <chrono>
#include <cstdint>
#include <mutex>
#include <string>
#include <thread>

#include <arrow/util/cancel.h>

#include "artemis/sql/session.h"

namespace artemis {

// The line that tells how far a statement is: `progress` is 0..1, or negative where that is not known. A statement that is read on only
// to count its rows shows `rows_counted`; else 0.
std::string ProgressBarText(double progress, int64_t elapsed_ms, int64_t rows_counted);

// A thread of its own, as long as it lives.
class SqlWatcher {
 public:
  // `shows_progress`: standard error is a terminal that nothing else is written to; the line appears after half a second.
  SqlWatcher(SqlSession& session, arrow::StopToken stop, bool shows_progress);
  ~SqlWatcher();
  SqlWatcher(const SqlWatcher&) = delete;
  SqlWatcher& operator=(const SqlWatcher&) = delete;

  // Takes the line from the screen, for good or until Show. Call it before anything is printed.
  void Hide();
  void Show();
  void CountRows(int64_t rows) { rows_counted_ = rows; }

 private:
  void Run(const std::stop_token& ended);
  void Draw();

  SqlSession& session_;
  const arrow::StopToken stop_;
  const std::chrono::steady_clock::time_point begun_ = std::chrono::steady_clock::now();
  std::mutex mutex_;
  bool shows_;
  bool is_drawn_ = false;
  std::atomic<int64_t> rows_counted_ = 0;
  std::jthread thread_;
};

}  // namespace artemis
