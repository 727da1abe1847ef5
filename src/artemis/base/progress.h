// A line on stderr that says how far a long command is.
#pragma once

#include <chrono>
#include <cstdint>
#include <mutex>
#include <optional>
#include <string>
#include <string_view>

#include <arrow/result.h>

namespace artemis {

enum class ProgressMode : uint8_t {
  kAuto,  // only when the descriptor is a terminal
  kOn,
  kOff,
};

// "auto", "on" or "off"; else Invalid.
arrow::Result<ProgressMode> ParseProgressMode(std::string_view text);

// Thread-safe. On a terminal the line is rewritten in place, ten times a second at most; elsewhere a new line is written, once a
// second at most. Failing writes are ignored.
class ProgressLine {
 public:
  // `what` leads the line: "replay". The descriptor is not owned; 2 is stderr.
  ProgressLine(ProgressMode mode, std::string what, int descriptor = 2);
  // Finishes.
  ~ProgressLine();
  ProgressLine(const ProgressLine&) = delete;
  ProgressLine& operator=(const ProgressLine&) = delete;

  bool shown() const { return shown_; }

  // "replay: 3 of 12 files (25 %)", or "replay: 3 files" without a total.
  void Update(int64_t done, std::optional<int64_t> total, std::string_view unit);

  // Shows the last update in full and ends the line; later updates are ignored.
  void Finish();

 private:
  void Show();

  const std::string what_;
  const int descriptor_;
  const bool terminal_;
  const bool shown_;
  std::mutex mutex_;
  std::string line_;
  bool line_is_shown_ = true;
  bool anything_shown_ = false;
  bool finished_ = false;
  std::chrono::steady_clock::time_point next_;
};

}  // namespace artemis
