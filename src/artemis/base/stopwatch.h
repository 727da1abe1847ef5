// Milliseconds since it was made.
#pragma once

#include <chrono>
#include <cstdint>

namespace artemis {

class Stopwatch {
 public:
  int64_t ElapsedMs() const {
    const auto elapsed = std::chrono::steady_clock::now() - begun_;
    return std::chrono::duration_cast<std::chrono::milliseconds>(elapsed).count();
  }

 private:
  std::chrono::steady_clock::time_point begun_ = std::chrono::steady_clock::now();
};

}  // namespace artemis
