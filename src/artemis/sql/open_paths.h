// The data files a confined engine may open: those that plans name, under a prefix nobody can guess (guarded_files.h).
#pragma once

#include <map>
#include <mutex>
#include <string>
#include <vector>

namespace artemis {

// The paths that plans name, each as often as a plan that is alive names it. Thread-safe.
class OpenPaths {
 public:
  // With a prefix of 122 random bits.
  OpenPaths();

  // "artemis://<secret>", to be followed by a path that begins with a slash.
  const std::string& prefix() const { return prefix_; }

  void Add(const std::vector<std::string>& paths);
  void Remove(const std::vector<std::string>& paths);
  bool Contains(const std::string& path) const;

  // `text` without the prefix, wherever it stands.
  std::string Hide(std::string text) const;

 private:
  const std::string prefix_;
  mutable std::mutex mutex_;
  std::map<std::string, int> paths_;
};

}  // namespace artemis
