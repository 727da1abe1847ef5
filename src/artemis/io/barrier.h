// Named points in a protocol at which tests hold processes until several have come there.
#pragma once

#include <string>
#include <string_view>

#include <arrow/status.h>

namespace artemis {

class Barriers {
 public:
  virtual ~Barriers() = default;
  // Returns when the point is passed. Thread-safe.
  virtual arrow::Status Reach(std::string_view point) = 0;
};

// Holds nobody: what the product uses. Lives as long as the program.
Barriers& NoBarriers();

}  // namespace artemis
