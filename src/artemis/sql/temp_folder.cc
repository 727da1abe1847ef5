// The lock comes before the folder and goes after it, so a folder without a held lock is nobody's.
#include "artemis/sql/temp_folder.h"

#include <fcntl.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

#include <atomic>
#include <cerrno>
#include <cstring>
#include <filesystem>

namespace artemis {
namespace {

namespace fs = std::filesystem;

constexpr char kLockSuffix[] = ".lock";

// Whether `fd` is still the file called `path`: a sweep may have removed it between open and flock.
bool IsStill(int fd, const std::string& path) {
  struct stat by_fd {};
  struct stat by_path {};
  return fstat(fd, &by_fd) == 0 && stat(path.c_str(), &by_path) == 0 &&
         by_fd.st_ino == by_path.st_ino && by_fd.st_dev == by_path.st_dev;
}

// The held lock, or -1 when it is held elsewhere or cannot be had.
int TakeLock(const std::string& path, int flags) {
  const int fd = open(path.c_str(), flags | O_CLOEXEC, 0600);
  if (fd < 0) return -1;
  if (flock(fd, LOCK_EX | LOCK_NB) == 0 && IsStill(fd, path)) return fd;
  close(fd);
  return -1;
}

void RemoveLocked(const std::string& folder, int fd) {
  std::error_code ignored;
  fs::remove_all(folder, ignored);
  fs::remove(folder + kLockSuffix, ignored);
  close(fd);
}

void SweepDead(const fs::path& root) {
  std::error_code error;
  for (fs::directory_iterator at(root, error), end; !error && at != end; at.increment(error)) {
    const fs::path& path = at->path();
    if (path.extension() != kLockSuffix) continue;
    const int fd = TakeLock(path.string(), O_RDWR);
    if (fd >= 0) RemoveLocked((path.parent_path() / path.stem()).string(), fd);
  }
}

}  // namespace

arrow::Result<std::unique_ptr<TempFolder>> TempFolder::Make(const std::string& root) {
  static std::atomic<uint64_t> sequence{0};
  std::error_code error;
  const fs::path base =
      root.empty() ? fs::temp_directory_path(error) / "artemis-sql" : fs::path(root);
  fs::create_directories(base, error);
  if (error) {
    return arrow::Status::IOError("cannot make the temporary folder ", base.string(), ": ",
                                  error.message());
  }
  SweepDead(base);
  for (int attempt = 0; attempt < 100; ++attempt) {
    const std::string path =
        (base / (std::to_string(getpid()) + "-" + std::to_string(sequence++))).string();
    const int fd = TakeLock(path + kLockSuffix, O_RDWR | O_CREAT);
    if (fd < 0) continue;
    if (fs::create_directory(path, error))
      return std::unique_ptr<TempFolder>(new TempFolder(path, fd));
    RemoveLocked(path, fd);
  }
  return arrow::Status::IOError("cannot make a temporary folder in ", base.string(), ": ",
                                error ? error.message() : std::strerror(errno));
}

TempFolder::~TempFolder() { RemoveLocked(path_, lock_fd_); }

}  // namespace artemis
