// The file system over POSIX calls: fsync where durability is promised, O_EXCL where "new" is.
#include <fcntl.h>
#include <linux/fs.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <unistd.h>

#include <cerrno>
#include <cstring>
#include <filesystem>
#include <vector>

#include <arrow/buffer.h>
#include <arrow/io/file.h>
#include <arrow/util/io_util.h>

#include "artemis/base/error.h"
#include "artemis/io/file_system.h"
#include "artemis/io/location.h"

namespace artemis {

namespace {

arrow::Status ErrnoStatus(int error, const std::string& what, const std::string& path) {
  const std::string message = what + " " + path + ": " + std::strerror(error);
  if (error == EACCES || error == EPERM || error == EROFS) return PermissionDeniedError(message);
  if (error == EEXIST) return arrow::Status::AlreadyExists(path, " exists");
  return arrow::Status(arrow::StatusCode::IOError, message,
                       arrow::internal::StatusDetailFromErrno(error));
}

arrow::Result<std::string> Local(const std::string& location) {
  const std::string path = LocalPath(location);
  const auto scheme = SchemeOf(path);
  if (!scheme.empty()) {
    return arrow::Status::NotImplemented("location ", location, " has the scheme '", scheme,
                                         "': expected a local path or file:");
  }
  if (path.empty()) return arrow::Status::Invalid("empty location");
  return path;
}

// Closes a descriptor at the end of its scope.
class Descriptor {
 public:
  explicit Descriptor(int fd) : fd_(fd) {}
  ~Descriptor() {
    if (fd_ >= 0) ::close(fd_);
  }
  Descriptor(const Descriptor&) = delete;
  Descriptor& operator=(const Descriptor&) = delete;
  int get() const { return fd_; }
  int release() { return std::exchange(fd_, -1); }

 private:
  int fd_;
};

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

// A file whose Close is fsync and close; writes are gathered in a buffer.
class DurableOutput : public arrow::io::OutputStream {
 public:
  DurableOutput(int fd, std::string path) : fd_(fd), path_(std::move(path)) {
    set_mode(arrow::io::FileMode::WRITE);
    buffer_.reserve(kBufferBytes);
  }

  arrow::Status Write(const void* data, int64_t size) override {
    if (closed_) return arrow::Status::Invalid(path_, " is closed");
    position_ += size;
    if (static_cast<int64_t>(buffer_.size()) + size > kBufferBytes) ARROW_RETURN_NOT_OK(Flush());
    if (size >= kBufferBytes) return WriteFully(fd_.get(), data, size, path_);
    buffer_.append(static_cast<const char*>(data), static_cast<size_t>(size));
    return arrow::Status::OK();
  }
  using arrow::io::OutputStream::Write;

  arrow::Status Flush() override {
    const auto status =
        WriteFully(fd_.get(), buffer_.data(), static_cast<int64_t>(buffer_.size()), path_);
    buffer_.clear();
    return status;
  }

  arrow::Status Close() override {
    if (closed_) return arrow::Status::OK();
    closed_ = true;
    ARROW_RETURN_NOT_OK(Flush());
    if (::fsync(fd_.get()) != 0) return ErrnoStatus(errno, "cannot sync", path_);
    if (::close(fd_.release()) != 0) return ErrnoStatus(errno, "cannot close", path_);
    return arrow::Status::OK();
  }

  arrow::Status Abort() override {
    closed_ = true;
    return arrow::Status::OK();
  }

  arrow::Result<int64_t> Tell() const override { return position_; }
  bool closed() const override { return closed_; }

 private:
  static constexpr int64_t kBufferBytes = int64_t{1} << 20;

  Descriptor fd_;
  const std::string path_;
  std::string buffer_;
  int64_t position_ = 0;
  bool closed_ = false;
};

arrow::Result<int> CreateExclusive(const std::string& path) {
  const int fd = ::open(path.c_str(), O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0644);
  if (fd < 0) return ErrnoStatus(errno, "cannot create", path);
  return fd;
}

class PosixFileSystem : public FileSystem {
 public:
  arrow::Result<std::string> ReadAll(const std::string& location, int64_t limit_bytes) override {
    ARROW_ASSIGN_OR_RAISE(const std::string path, Local(location));
    const Descriptor fd(::open(path.c_str(), O_RDONLY | O_CLOEXEC));
    if (fd.get() < 0) return ErrnoStatus(errno, "cannot open", path);
    struct stat status = {};
    if (::fstat(fd.get(), &status) != 0) return ErrnoStatus(errno, "cannot stat", path);
    if (S_ISDIR(status.st_mode))
      return arrow::Status::IOError(path, " is a folder: expected a file");
    if (status.st_size > limit_bytes) {
      return LimitExceededError(path + " has " + std::to_string(status.st_size) +
                                " bytes, the limit is " + std::to_string(limit_bytes));
    }
    std::string bytes(static_cast<size_t>(status.st_size), '\0');
    size_t done = 0;
    while (done < bytes.size()) {
      const ssize_t got = ::read(fd.get(), bytes.data() + done, bytes.size() - done);
      if (got < 0 && errno == EINTR) continue;
      if (got < 0) return ErrnoStatus(errno, "cannot read", path);
      if (got == 0) break;
      done += static_cast<size_t>(got);
    }
    bytes.resize(done);
    return bytes;
  }

  arrow::Result<std::shared_ptr<arrow::io::RandomAccessFile>> OpenInput(
      const std::string& location) override {
    ARROW_ASSIGN_OR_RAISE(const std::string path, Local(location));
    const int fd = ::open(path.c_str(), O_RDONLY | O_CLOEXEC);
    if (fd < 0) return ErrnoStatus(errno, "cannot open", path);
    struct stat status = {};
    if (::fstat(fd, &status) == 0 && S_ISDIR(status.st_mode)) {
      ::close(fd);
      return arrow::Status::IOError(path, " is a folder: expected a file");
    }
    return arrow::io::ReadableFile::Open(fd);
  }

  arrow::Result<std::shared_ptr<arrow::io::OutputStream>> OpenOutput(
      const std::string& location) override {
    ARROW_ASSIGN_OR_RAISE(const std::string path, Local(location));
    ARROW_RETURN_NOT_OK(CreateFolders(std::filesystem::path(path).parent_path().string()));
    ARROW_ASSIGN_OR_RAISE(const int fd, CreateExclusive(path));
    return std::make_shared<DurableOutput>(fd, path);
  }

  arrow::Status WriteNew(const std::string& location, std::string_view bytes) override {
    ARROW_ASSIGN_OR_RAISE(const std::string path, Local(location));
    ARROW_RETURN_NOT_OK(CreateFolders(std::filesystem::path(path).parent_path().string()));
    ARROW_ASSIGN_OR_RAISE(const int created, CreateExclusive(path));
    Descriptor fd(created);
    auto status = WriteFully(fd.get(), bytes.data(), static_cast<int64_t>(bytes.size()), path);
    if (status.ok() && ::fsync(fd.get()) != 0) status = ErrnoStatus(errno, "cannot sync", path);
    if (!status.ok()) (void)::unlink(path.c_str());
    return status;
  }

  arrow::Status SyncFolder(const std::string& location) override {
    ARROW_ASSIGN_OR_RAISE(const std::string path, Local(location));
    const Descriptor fd(::open(path.c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC));
    if (fd.get() < 0) return ErrnoStatus(errno, "cannot open folder", path);
    if (::fsync(fd.get()) != 0) return ErrnoStatus(errno, "cannot sync folder", path);
    return arrow::Status::OK();
  }

  arrow::Status CreateFolders(const std::string& location) override {
    if (location.empty()) return arrow::Status::OK();
    ARROW_ASSIGN_OR_RAISE(const std::string path, Local(location));
    struct stat status = {};
    if (::stat(path.c_str(), &status) == 0) {
      return S_ISDIR(status.st_mode) ? arrow::Status::OK()
                                     : arrow::Status::IOError(path, " is no folder");
    }
    const std::string parent = std::filesystem::path(path).parent_path().string();
    ARROW_RETURN_NOT_OK(CreateFolders(parent));
    if (::mkdir(path.c_str(), 0755) != 0 && errno != EEXIST)
      return ErrnoStatus(errno, "cannot make folder", path);
    return SyncFolder(parent.empty() ? "." : parent);
  }

  arrow::Status RenameNoReplace(const std::string& from, const std::string& to) override {
    ARROW_ASSIGN_OR_RAISE(const std::string source, Local(from));
    ARROW_ASSIGN_OR_RAISE(const std::string target, Local(to));
    if (::syscall(SYS_renameat2, AT_FDCWD, source.c_str(), AT_FDCWD, target.c_str(),
                  RENAME_NOREPLACE) == 0) {
      return arrow::Status::OK();
    }
    if (errno != EINVAL && errno != ENOSYS) return ErrnoStatus(errno, "cannot rename to", target);
    // File systems without RENAME_NOREPLACE: a hard link fails where the name is taken.
    if (::link(source.c_str(), target.c_str()) != 0)
      return ErrnoStatus(errno, "cannot rename to", target);
    if (::unlink(source.c_str()) != 0) return ErrnoStatus(errno, "cannot remove", source);
    return arrow::Status::OK();
  }

  arrow::Status RenameReplace(const std::string& from, const std::string& to) override {
    ARROW_ASSIGN_OR_RAISE(const std::string source, Local(from));
    ARROW_ASSIGN_OR_RAISE(const std::string target, Local(to));
    if (::rename(source.c_str(), target.c_str()) != 0)
      return ErrnoStatus(errno, "cannot rename to", target);
    return arrow::Status::OK();
  }

  arrow::Status Delete(const std::string& location) override {
    ARROW_ASSIGN_OR_RAISE(const std::string path, Local(location));
    if (::unlink(path.c_str()) != 0) return ErrnoStatus(errno, "cannot remove", path);
    return arrow::Status::OK();
  }

  arrow::Result<int64_t> FileSize(const std::string& location) override {
    ARROW_ASSIGN_OR_RAISE(const std::string path, Local(location));
    struct stat status = {};
    if (::stat(path.c_str(), &status) != 0) return ErrnoStatus(errno, "cannot stat", path);
    return int64_t{status.st_size};
  }

  arrow::Result<bool> Exists(const std::string& location) override {
    ARROW_ASSIGN_OR_RAISE(const std::string path, Local(location));
    struct stat status = {};
    if (::stat(path.c_str(), &status) == 0) return true;
    if (errno == ENOENT || errno == ENOTDIR) return false;
    return ErrnoStatus(errno, "cannot stat", path);
  }
};

}  // namespace

FileSystem& LocalFileSystem() {
  static PosixFileSystem files;
  return files;
}

bool IsFileNotFound(const arrow::Status& status) {
  const int error = arrow::internal::ErrnoFromStatus(status);
  return error == ENOENT || error == ENOTDIR;
}

}  // namespace artemis
