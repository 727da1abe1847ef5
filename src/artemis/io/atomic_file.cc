// The lock belongs to the open file, which the stream's duplicate descriptor shares: closing the
// stream does not release it.
#include "artemis/io/atomic_file.h"

#include <fcntl.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <cstdio>
#include <utility>

#include "artemis/io/file_system.h"
#include "artemis/io/location.h"
#include "artemis/io/posix_file.h"

namespace artemis {
namespace {

constexpr char kUnfinishedSuffix[] = ".inprogress";
constexpr int kLockAttempts = 100;

// Whether `path` still names the open file: its last writer may have renamed or removed it before
// we had the lock.
bool StillNames(const std::string& path, int fd) {
  struct stat named = {};
  struct stat opened = {};
  return ::stat(path.c_str(), &named) == 0 && ::fstat(fd, &opened) == 0 &&
         named.st_dev == opened.st_dev && named.st_ino == opened.st_ino;
}

arrow::Result<int> LockUnfinished(const std::string& path) {
  for (int attempt = 0; attempt < kLockAttempts; ++attempt) {
    Descriptor fd(::open(path.c_str(), O_WRONLY | O_CREAT | O_CLOEXEC, 0644));
    if (fd.get() < 0) return ErrnoStatus(errno, "cannot create", path);
    if (::flock(fd.get(), LOCK_EX | LOCK_NB) != 0) {
      if (errno != EWOULDBLOCK) return ErrnoStatus(errno, "cannot lock", path);
      return arrow::Status::IOError(path, " is being written by another process");
    }
    if (!StillNames(path, fd.get())) continue;
    if (::ftruncate(fd.get(), 0) != 0) return ErrnoStatus(errno, "cannot empty", path);
    return fd.release();
  }
  return arrow::Status::IOError(path, " is being written by other processes over and over");
}

}  // namespace

arrow::Result<std::unique_ptr<AtomicFile>> AtomicFile::Open(const std::string& location,
                                                            const AtomicFileOptions& options) {
  ARROW_ASSIGN_OR_RAISE(std::string path, LocalPathOf(location));
  ARROW_RETURN_NOT_OK(LocalFileSystem().CreateFolders(FolderOf(path)));
  if (!options.replace) {
    ARROW_ASSIGN_OR_RAISE(const bool taken, LocalFileSystem().Exists(path));
    if (taken) return arrow::Status::AlreadyExists(path, " exists");
  }
  ARROW_ASSIGN_OR_RAISE(const int fd, LockUnfinished(path + kUnfinishedSuffix));
  Descriptor lock(fd);
  const int duplicate = ::fcntl(fd, F_DUPFD_CLOEXEC, 0);
  if (duplicate < 0) return ErrnoStatus(errno, "cannot open", path);
  auto stream = std::make_shared<DurableOutput>(duplicate, path + kUnfinishedSuffix);
  return std::unique_ptr<AtomicFile>(
      new AtomicFile(std::move(path), lock.release(), std::move(stream), options.replace));
}

AtomicFile::AtomicFile(std::string path, int lock, std::shared_ptr<arrow::io::OutputStream> stream,
                       bool replace)
    : path_(std::move(path)),
      unfinished_path_(path_ + kUnfinishedSuffix),
      lock_(lock),
      replace_(replace),
      stream_(std::move(stream)) {}

AtomicFile::~AtomicFile() {
  if (!renamed_) (void)::unlink(unfinished_path_.c_str());
  ::close(lock_);
}

arrow::Status AtomicFile::Commit() {
  if (committed_) return arrow::Status::Invalid(path_, " is committed already");
  committed_ = true;
  ARROW_RETURN_NOT_OK(stream_->Close());
  if (!replace_) {
    ARROW_RETURN_NOT_OK(RenameLocalNoReplace(unfinished_path_, path_));
  } else if (::rename(unfinished_path_.c_str(), path_.c_str()) != 0) {
    return ErrnoStatus(errno, "cannot rename to", path_);
  }
  renamed_ = true;
  return SyncLocalFolder(FolderOf(path_));
}

}  // namespace artemis
