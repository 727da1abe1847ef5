// Calls with their errors translated.
#include "artemis/io/posix_file.h"

#include <fcntl.h>
#include <linux/fs.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <unistd.h>

#include <cerrno>
#include <cstring>

#include <arrow/util/io_util.h>

#include "artemis/base/error.h"
#include "artemis/io/location.h"

namespace artemis {
namespace {

constexpr int64_t kOutputBufferBytes = int64_t{1} << 20;
constexpr int kLockAttempts = 100;

// Whether `path` still names the open file: its last writer may have renamed or removed it before we had the lock.
bool StillNames(const std::string& path, int fd) {
  struct stat named = {};
  struct stat opened = {};
  return ::stat(path.c_str(), &named) == 0 && ::fstat(fd, &opened) == 0 &&
         named.st_dev == opened.st_dev && named.st_ino == opened.st_ino;
}

arrow::Result<int> LockFile(const std::string& path) {
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

arrow::Status ErrnoStatus(int error, const std::string& what, const std::string& path) {
  const std::string message = what + " " + path + ": " + std::strerror(error);
  if (error == EACCES || error == EPERM || error == EROFS) return PermissionDeniedError(message);
  if (error == EEXIST) return arrow::Status::AlreadyExists(path, " exists");
  return arrow::Status(arrow::StatusCode::IOError, message,
                       arrow::internal::StatusDetailFromErrno(error));
}

arrow::Result<std::string> LocalPathOf(const std::string& location) {
  const std::string path = LocalPath(location);
  const std::string_view scheme = SchemeOf(path);
  if (!scheme.empty() && scheme != "file") {
    return arrow::Status::NotImplemented("location ", location, " has the scheme '", scheme,
                                         "': expected a local path or file:");
  }
  if (!scheme.empty()) {
    return arrow::Status::NotImplemented("location ", location, " names another host");
  }
  if (path.empty()) return arrow::Status::Invalid("empty location");
  if (path.find('\0') != std::string::npos) {
    return arrow::Status::Invalid("location ", path.c_str(), " has a zero byte");
  }
  return path;
}

Descriptor::~Descriptor() {
  if (fd_ >= 0) ::close(fd_);
}

arrow::Status WriteFully(int fd, const void* data, int64_t size, const std::string& path) {
  const char* at = static_cast<const char*>(data);
  while (size > 0) {
    const ssize_t written = ::write(fd, at, static_cast<size_t>(size));
    if (written < 0) {
      if (errno == EINTR) continue;
      return ErrnoStatus(errno, "cannot write", path);
    }
    at += written;
    size -= written;
  }
  return arrow::Status::OK();
}

arrow::Status SyncLocalFolder(const std::string& path) {
  const Descriptor fd(::open(path.c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC));
  if (fd.get() < 0) return ErrnoStatus(errno, "cannot open folder", path);
  if (::fsync(fd.get()) != 0) return ErrnoStatus(errno, "cannot sync folder", path);
  return arrow::Status::OK();
}

arrow::Status RenameLocalNoReplace(const std::string& from, const std::string& to) {
  if (::syscall(SYS_renameat2, AT_FDCWD, from.c_str(), AT_FDCWD, to.c_str(), RENAME_NOREPLACE) ==
      0) {
    return arrow::Status::OK();
  }
  if (errno != EINVAL && errno != ENOSYS) return ErrnoStatus(errno, "cannot rename to", to);
  // File systems without RENAME_NOREPLACE: a hard link fails where the name is taken.
  if (::link(from.c_str(), to.c_str()) != 0) return ErrnoStatus(errno, "cannot rename to", to);
  if (::unlink(from.c_str()) != 0) return ErrnoStatus(errno, "cannot remove", from);
  return arrow::Status::OK();
}

// The lock belongs to the open file, which the stream's own descriptor shares: closing the stream does not release it.
arrow::Result<std::shared_ptr<arrow::io::OutputStream>> OpenLockedOutput(const std::string& path) {
  class LockedOutput final : public DurableOutput {
   public:
    LockedOutput(int lock, int fd, const std::string& name)
        : DurableOutput(fd, name), lock_(lock) {}

   private:
    const Descriptor lock_;
  };
  ARROW_ASSIGN_OR_RAISE(const int held, LockFile(path));
  Descriptor lock(held);
  const int duplicate = ::fcntl(held, F_DUPFD_CLOEXEC, 0);
  if (duplicate < 0) {
    const int error = errno;
    (void)::unlink(path.c_str());
    return ErrnoStatus(error, "cannot open", path);
  }
  return std::make_shared<LockedOutput>(lock.release(), duplicate, path);
}

DurableOutput::DurableOutput(int fd, std::string path) : fd_(fd), path_(std::move(path)) {
  set_mode(arrow::io::FileMode::WRITE);
}

arrow::Status DurableOutput::WriteThrough(const void* data, int64_t size) {
  if (failure_.ok()) failure_ = WriteFully(fd_.get(), data, size, path_);
  return failure_;
}

arrow::Status DurableOutput::Write(const void* data, int64_t size) {
  if (closed_) return arrow::Status::Invalid(path_, " is closed");
  position_ += size;
  if (static_cast<int64_t>(buffer_.size()) + size > kOutputBufferBytes) {
    ARROW_RETURN_NOT_OK(Flush());
  }
  if (size >= kOutputBufferBytes) return WriteThrough(data, size);
  buffer_.append(static_cast<const char*>(data), static_cast<size_t>(size));
  return failure_;
}

arrow::Status DurableOutput::Flush() {
  const auto status = WriteThrough(buffer_.data(), static_cast<int64_t>(buffer_.size()));
  buffer_.clear();
  return status;
}

arrow::Status DurableOutput::Close() {
  if (closed_) return failure_;
  closed_ = true;
  ARROW_RETURN_NOT_OK(Flush());
  if (::fsync(fd_.get()) != 0) failure_ = ErrnoStatus(errno, "cannot sync", path_);
  if (::close(fd_.release()) != 0 && failure_.ok()) {
    failure_ = ErrnoStatus(errno, "cannot close", path_);
  }
  return failure_;
}

arrow::Status DurableOutput::Abort() {
  closed_ = true;
  return arrow::Status::OK();
}

}  // namespace artemis
