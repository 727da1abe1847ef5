// One file per process and point; whoever waits counts them.
#include "artemis/io/file_barriers.h"

#include <charconv>
#include <chrono>
#include <map>
#include <mutex>
#include <string>
#include <thread>
#include <utility>

#include "artemis/base/uuid.h"
#include "artemis/io/file_system.h"
#include "artemis/io/location.h"

namespace artemis {
namespace {

struct BarrierPoint {
  std::string folder;
  int64_t processes = 0;
  bool passed = false;
};

class FileBarriers : public Barriers {
 public:
  FileBarriers(std::map<std::string, BarrierPoint, std::less<>> points, int64_t timeout_ms)
      : points_(std::move(points)), timeout_ms_(timeout_ms) {}

  arrow::Status Reach(std::string_view name) override {
    const std::lock_guard<std::mutex> lock(mutex_);
    const auto found = points_.find(name);
    if (found == points_.end() || found->second.passed) return arrow::Status::OK();
    ARROW_RETURN_NOT_OK(Wait(found->first, found->second));
    found->second.passed = true;
    return arrow::Status::OK();
  }

 private:
  arrow::Status Wait(const std::string& name, const BarrierPoint& point) {
    FileSystem& files = LocalFileSystem();
    const std::string prefix = JoinLocation(point.folder, name + ".");
    ARROW_RETURN_NOT_OK(files.WriteNew(prefix + RandomUuid(), ""));
    const auto deadline = std::chrono::steady_clock::now() + std::chrono::milliseconds(timeout_ms_);
    for (;;) {
      ARROW_ASSIGN_OR_RAISE(const auto entries, files.ListFolder(point.folder));
      int64_t arrived = 0;
      for (const FolderEntry& entry : entries) arrived += entry.path.starts_with(prefix) ? 1 : 0;
      if (arrived >= point.processes) return arrow::Status::OK();
      if (std::chrono::steady_clock::now() >= deadline) {
        return arrow::Status::IOError("barrier ", name, ": expected ", point.processes,
                                      " processes, found ", arrived, " after ", timeout_ms_,
                                      " ms (", point.folder, ")");
      }
      std::this_thread::sleep_for(std::chrono::milliseconds(1));
    }
  }

  std::mutex mutex_;
  std::map<std::string, BarrierPoint, std::less<>> points_;
  const int64_t timeout_ms_;
};

arrow::Result<std::pair<std::string, BarrierPoint>> ParseBarrier(std::string_view text) {
  const size_t colon = text.find(':');
  const size_t slash = text.rfind('/');
  BarrierPoint point;
  const std::string_view number = slash == std::string_view::npos ? "" : text.substr(slash + 1);
  const auto [end, error] =
      std::from_chars(number.data(), number.data() + number.size(), point.processes);
  const bool is_number = error == std::errc() && end == number.data() + number.size();
  if (colon == 0 || colon == std::string_view::npos || slash == std::string_view::npos ||
      slash <= colon + 1 || !is_number || point.processes < 1) {
    return arrow::Status::Invalid("barrier '", text, "': expected point:/folder/processes");
  }
  point.folder = std::string(text.substr(colon + 1, slash - colon - 1));
  return std::pair(std::string(text.substr(0, colon)), std::move(point));
}

}  // namespace

arrow::Result<std::unique_ptr<Barriers>> ParseFileBarriers(std::string_view text,
                                                           int64_t timeout_ms) {
  std::map<std::string, BarrierPoint, std::less<>> points;
  while (!text.empty()) {
    const size_t comma = text.find(',');
    ARROW_ASSIGN_OR_RAISE(auto point, ParseBarrier(text.substr(0, comma)));
    points.insert_or_assign(std::move(point.first), std::move(point.second));
    if (comma == std::string_view::npos) break;
    text.remove_prefix(comma + 1);
  }
  return std::make_unique<FileBarriers>(std::move(points), timeout_ms);
}

}  // namespace artemis
