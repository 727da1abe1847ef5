// A session's own folder for spilled data, and the sweep of folders whose processes died.
//
// Each folder <root>/<pid>-<n> has a lock file <root>/<pid>-<n>.lock beside it, held with flock as long as its session lives.
#pragma once

#include <memory>
#include <string>

#include <arrow/result.h>

namespace artemis {

class TempFolder {
 public:
  // Makes a new folder under `root` (made when absent; empty: "artemis-sql" in the system's temporary folder), after removing
  // those of dead sessions. IOError with the path.
  static arrow::Result<std::unique_ptr<TempFolder>> Make(const std::string& root);
  // Removes the folder and its lock.
  ~TempFolder();

  TempFolder(const TempFolder&) = delete;
  TempFolder& operator=(const TempFolder&) = delete;

  const std::string& path() const { return path_; }

 private:
  TempFolder(std::string path, int lock_fd) : path_(std::move(path)), lock_fd_(lock_fd) {}

  const std::string path_;
  const int lock_fd_;
};

}  // namespace artemis
