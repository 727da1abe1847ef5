// The event log: one JSON object a line, {"ts":…,"level":…,"event":…,<fields>} (docs/observability.md lists the events).
#pragma once

#include <cstdint>
#include <memory>
#include <mutex>
#include <string>
#include <string_view>
#include <utility>
#include <variant>
#include <vector>

#include <arrow/result.h>

#include "artemis/base/clock.h"

namespace artemis {

enum class EventLevel : uint8_t { kInfo, kWarning, kError };
enum class EventFormat : uint8_t { kJson, kText };

// A value that is JSON text already: an object or a list of objects. Must be one valid JSON value without line breaks.
struct EventJson {
  std::string json;
};

using EventValue = std::variant<std::string, int64_t, double, bool, std::vector<int64_t>,
                                std::vector<std::string>, EventJson>;
// In the order they are written. Units are in the names.
using EventFields = std::vector<std::pair<std::string, EventValue>>;

// Thread-safe; each event is one write to a descriptor opened for appending, so that lines of several processes do not mix.
// A failing write is dropped: logging never fails the work it reports.
class EventLog {
 public:
  // "off" (or empty), "stderr", or a path that is appended to. IOError names the path.
  static arrow::Result<std::unique_ptr<EventLog>> Open(const std::string& sink,
                                                       EventFormat format = EventFormat::kJson,
                                                       const Clock& clock = SystemClock());
  ~EventLog();
  EventLog(const EventLog&) = delete;
  EventLog& operator=(const EventLog&) = delete;

  // As text, a value with blanks or control characters is written as a JSON string, so that an event stays one line.
  void Write(EventLevel level, std::string_view event, const EventFields& fields);

 private:
  EventLog(int descriptor, bool owned, EventFormat format, const Clock& clock)
      : descriptor_(descriptor), owned_(owned), format_(format), clock_(clock) {}

  const int descriptor_;  // -1: off
  const bool owned_;
  const EventFormat format_;
  const Clock& clock_;
};

}  // namespace artemis
