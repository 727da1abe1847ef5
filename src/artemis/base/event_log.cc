// The event log.
#include "artemis/base/event_log.h"

#include <fcntl.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <cstring>

#include "artemis/base/json_text.h"
#include "artemis/base/time_text.h"

namespace artemis {

namespace {

const char* LevelName(EventLevel level) {
  switch (level) {
    case EventLevel::kInfo:
      return "info";
    case EventLevel::kWarning:
      return "warning";
    case EventLevel::kError:
      return "error";
  }
  return "info";
}

// JSON always; as text, plain words go without quotes.
std::string EventText(const std::string& value, bool quoted) {
  const bool plain =
      std::all_of(value.begin(), value.end(), [](unsigned char c) { return c > ' ' && c != 0x7F; });
  return quoted || !plain ? JsonString(value) : value;
}

template <typename T, typename ToText>
std::string EventList(const std::vector<T>& values, const ToText& to_text) {
  std::string list = "[";
  for (const T& value : values) list += (list.size() > 1 ? "," : "") + to_text(value);
  return list + "]";
}

std::string ValueText(const EventValue& value, bool quoted) {
  return std::visit(
      [&](const auto& v) -> std::string {
        using V = std::decay_t<decltype(v)>;
        if constexpr (std::is_same_v<V, std::string>) {
          return EventText(v, quoted);
        } else if constexpr (std::is_same_v<V, bool>) {
          return v ? "true" : "false";
        } else if constexpr (std::is_same_v<V, double>) {
          return JsonNumber(v);
        } else if constexpr (std::is_same_v<V, int64_t>) {
          return std::to_string(v);
        } else if constexpr (std::is_same_v<V, std::vector<int64_t>>) {
          return EventList(v, [](int64_t each) { return std::to_string(each); });
        } else if constexpr (std::is_same_v<V, std::vector<std::string>>) {
          return EventList(v, [](const std::string& each) { return JsonString(each); });
        } else {
          return v.json;
        }
      },
      value);
}

}  // namespace

arrow::Result<std::unique_ptr<EventLog>> EventLog::Open(const std::string& sink, EventFormat format,
                                                        const Clock& clock) {
  if (sink.empty() || sink == "off")
    return std::unique_ptr<EventLog>(new EventLog(-1, false, format, clock));
  if (sink == "stderr")
    return std::unique_ptr<EventLog>(new EventLog(STDERR_FILENO, false, format, clock));
  const int descriptor = ::open(sink.c_str(), O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC, 0644);
  if (descriptor < 0)
    return arrow::Status::IOError("cannot open log ", sink, ": ", std::strerror(errno));
  return std::unique_ptr<EventLog>(new EventLog(descriptor, true, format, clock));
}

EventLog::~EventLog() {
  if (owned_) ::close(descriptor_);
}

void EventLog::Write(EventLevel level, std::string_view event, const EventFields& fields) {
  if (descriptor_ < 0) return;
  const bool json = format_ == EventFormat::kJson;
  const std::string time = FormatTime(clock_.Now());
  std::string line = json ? "{\"ts\":\"" + time + "\",\"level\":\"" + LevelName(level) +
                                "\",\"event\":" + JsonString(event)
                          : time + " " + LevelName(level) + " " + std::string(event);
  for (const auto& [name, value] : fields) {
    line += json ? "," + JsonString(name) + ":" + ValueText(value, true)
                 : " " + name + "=" + ValueText(value, false);
  }
  line += json ? "}\n" : "\n";
  (void)!::write(descriptor_, line.data(), line.size());
}

}  // namespace artemis
