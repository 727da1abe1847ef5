// The file system over POSIX calls: fsync where durability is promised, O_EXCL where "new" is.
#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <cstring>
#include <filesystem>
#include <utility>
#include <vector>

#include <arrow/io/file.h>
#include <arrow/util/io_util.h>

#include "artemis/base/error.h"
#include "artemis/io/file_system.h"
#include "artemis/io/posix_file.h"

namespace artemis {

arrow::Result<std::shared_ptr<arrow::io::OutputStream>> FileSystem::OpenLocked(
    const std::string& path) {
  return arrow::Status::NotImplemented("this file system locks no files: ", path);
}

namespace {

arrow::Result<int> CreateExclusive(const std::string& path) {
  const int fd = ::open(path.c_str(), O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0644);
  if (fd < 0) return ErrnoStatus(errno, "cannot create", path);
  return fd;
}

TimestampMs ModifiedTime(const struct stat& status) {
  return TimestampMs(int64_t{status.st_mtim.tv_sec} * 1'000 + status.st_mtim.tv_nsec / 1'000'000);
}

class PosixFileSystem : public FileSystem {
 public:
  arrow::Result<std::string> ReadAll(const std::string& location, int64_t limit_bytes) override {
    ARROW_ASSIGN_OR_RAISE(const std::string path, LocalPathOf(location));
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
    ARROW_ASSIGN_OR_RAISE(const std::string path, LocalPathOf(location));
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
    ARROW_ASSIGN_OR_RAISE(const std::string path, LocalPathOf(location));
    ARROW_RETURN_NOT_OK(CreateFolders(std::filesystem::path(path).parent_path().string()));
    ARROW_ASSIGN_OR_RAISE(const int fd, CreateExclusive(path));
    return std::make_shared<DurableOutput>(fd, path);
  }

  arrow::Result<std::shared_ptr<arrow::io::OutputStream>> OpenLocked(
      const std::string& location) override {
    ARROW_ASSIGN_OR_RAISE(const std::string path, LocalPathOf(location));
    ARROW_RETURN_NOT_OK(CreateFolders(std::filesystem::path(path).parent_path().string()));
    return OpenLockedOutput(path);
  }

  arrow::Status WriteNew(const std::string& location, std::string_view bytes) override {
    ARROW_ASSIGN_OR_RAISE(const std::string path, LocalPathOf(location));
    ARROW_RETURN_NOT_OK(CreateFolders(std::filesystem::path(path).parent_path().string()));
    ARROW_ASSIGN_OR_RAISE(const int created, CreateExclusive(path));
    Descriptor fd(created);
    auto status = WriteFully(fd.get(), bytes.data(), static_cast<int64_t>(bytes.size()), path);
    if (status.ok() && ::fsync(fd.get()) != 0) status = ErrnoStatus(errno, "cannot sync", path);
    if (!status.ok()) (void)::unlink(path.c_str());
    return status;
  }

  arrow::Status SyncFile(const std::string& location) override {
    ARROW_ASSIGN_OR_RAISE(const std::string path, LocalPathOf(location));
    const Descriptor fd(::open(path.c_str(), O_RDONLY | O_CLOEXEC));
    if (fd.get() < 0) return ErrnoStatus(errno, "cannot open", path);
    // A file system that cannot be written to has nothing to wait for.
    if (::fsync(fd.get()) != 0 && errno != EROFS && errno != EINVAL) {
      return ErrnoStatus(errno, "cannot sync", path);
    }
    return arrow::Status::OK();
  }

  arrow::Status SyncFolder(const std::string& location) override {
    ARROW_ASSIGN_OR_RAISE(const std::string path, LocalPathOf(location));
    return SyncLocalFolder(path);
  }

  arrow::Status CreateFolders(const std::string& location) override {
    if (location.empty()) return arrow::Status::OK();
    ARROW_ASSIGN_OR_RAISE(const std::string path, LocalPathOf(location));
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
    ARROW_ASSIGN_OR_RAISE(const std::string source, LocalPathOf(from));
    ARROW_ASSIGN_OR_RAISE(const std::string target, LocalPathOf(to));
    return RenameLocalNoReplace(source, target);
  }

  arrow::Status RenameReplace(const std::string& from, const std::string& to) override {
    ARROW_ASSIGN_OR_RAISE(const std::string source, LocalPathOf(from));
    ARROW_ASSIGN_OR_RAISE(const std::string target, LocalPathOf(to));
    if (::rename(source.c_str(), target.c_str()) != 0)
      return ErrnoStatus(errno, "cannot rename to", target);
    return arrow::Status::OK();
  }

  arrow::Status Delete(const std::string& location) override {
    ARROW_ASSIGN_OR_RAISE(const std::string path, LocalPathOf(location));
    if (::unlink(path.c_str()) != 0) return ErrnoStatus(errno, "cannot remove", path);
    return arrow::Status::OK();
  }

  arrow::Result<int64_t> FileSize(const std::string& location) override {
    ARROW_ASSIGN_OR_RAISE(const std::string path, LocalPathOf(location));
    struct stat status = {};
    if (::stat(path.c_str(), &status) != 0) return ErrnoStatus(errno, "cannot stat", path);
    return int64_t{status.st_size};
  }

  arrow::Result<bool> Exists(const std::string& location) override {
    ARROW_ASSIGN_OR_RAISE(const std::string path, LocalPathOf(location));
    struct stat status = {};
    if (::stat(path.c_str(), &status) == 0) return true;
    if (errno == ENOENT || errno == ENOTDIR) return false;
    return ErrnoStatus(errno, "cannot stat", path);
  }

  arrow::Result<std::vector<FolderEntry>> ListFolder(const std::string& location) override {
    ARROW_ASSIGN_OR_RAISE(const std::string path, LocalPathOf(location));
    std::error_code error;
    std::filesystem::directory_iterator entries(path, error);
    std::string prefix = location;
    while (prefix.size() > 1 && prefix.back() == '/') prefix.pop_back();
    std::vector<FolderEntry> result;
    for (; !error && entries != std::filesystem::directory_iterator(); entries.increment(error)) {
      struct stat status = {};
      if (::stat(entries->path().c_str(), &status) != 0) continue;
      const bool is_folder = S_ISDIR(status.st_mode);
      result.push_back({prefix + "/" + entries->path().filename().string(), is_folder,
                        is_folder ? 0 : int64_t{status.st_size}, ModifiedTime(status)});
    }
    if (error) return ErrnoStatus(error.value(), "cannot list", path);
    std::sort(result.begin(), result.end(),
              [](const FolderEntry& a, const FolderEntry& b) { return a.path < b.path; });
    return result;
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
