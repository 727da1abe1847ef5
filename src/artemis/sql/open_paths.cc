// A map of counts under a lock.
#include "artemis/sql/open_paths.h"

#include "artemis/base/uuid.h"

namespace artemis {

OpenPaths::OpenPaths() : prefix_("artemis://" + RandomUuid()) {}

void OpenPaths::Add(const std::vector<std::string>& paths) {
  std::lock_guard lock(mutex_);
  for (const std::string& path : paths) ++paths_[path];
}

void OpenPaths::Remove(const std::vector<std::string>& paths) {
  std::lock_guard lock(mutex_);
  for (const std::string& path : paths) {
    const auto found = paths_.find(path);
    if (found != paths_.end() && --found->second == 0) paths_.erase(found);
  }
}

bool OpenPaths::Contains(const std::string& path) const {
  std::lock_guard lock(mutex_);
  return paths_.contains(path);
}

std::string OpenPaths::Hide(std::string text) const {
  for (size_t at = text.find(prefix_); at != std::string::npos; at = text.find(prefix_, at)) {
    text.erase(at, prefix_.size());
  }
  return text;
}

}  // namespace artemis
