// An unlinked file, written and read at offsets.
#include "artemis/io/unnamed_file.h"

#include <fcntl.h>
#include <unistd.h>

#include <cerrno>
#include <cstdlib>
#include <filesystem>
#include <system_error>

#include "artemis/io/file_system.h"

namespace artemis {
namespace {

// A folder that is missing must not pass for a missing file of what is being read.
arrow::Status UnnamedFileError(int error, const std::string& what, const std::string& folder) {
  const auto status = ErrnoStatus(error, what, "a temporary file in " + folder);
  return IsFileNotFound(status) ? arrow::Status::IOError(status.message()) : status;
}

std::string NamedTemporaryFolder() {
  const char* const named = std::getenv("TMPDIR");
  return named != nullptr ? named : "/tmp";
}

// A file system without O_TMPFILE gets a name for the moment in which it is unlinked.
arrow::Result<int> OpenWithoutName(const std::string& folder) {
  int fd = ::open(folder.c_str(), O_TMPFILE | O_RDWR | O_CLOEXEC, 0600);
  if (fd >= 0) return fd;
  if (errno != EOPNOTSUPP && errno != EISDIR && errno != EINVAL) {
    return UnnamedFileError(errno, "cannot make", folder);
  }
  std::string name = folder + "/artemis-spill-XXXXXX";
  fd = ::mkostemp(name.data(), O_CLOEXEC);
  if (fd < 0) return UnnamedFileError(errno, "cannot make", folder);
  ::unlink(name.c_str());
  return fd;
}

}  // namespace

arrow::Result<std::unique_ptr<UnnamedFile>> UnnamedFile::Create(const std::string& folder) {
  std::string place = folder;
  if (place.empty()) {
    std::error_code error;
    place = std::filesystem::temp_directory_path(error).string();
    if (error) return UnnamedFileError(error.value(), "cannot make", NamedTemporaryFolder());
  }
  ARROW_ASSIGN_OR_RAISE(const int fd, OpenWithoutName(place));
  return std::unique_ptr<UnnamedFile>(new UnnamedFile(fd, std::move(place)));
}

arrow::Result<int64_t> UnnamedFile::Append(const arrow::Buffer& bytes) {
  int64_t offset = 0;
  {
    std::lock_guard lock(mutex_);
    offset = end_;
    end_ += bytes.size();
  }
  for (int64_t done = 0; done < bytes.size();) {
    const ssize_t wrote = ::pwrite(fd_.get(), bytes.data() + done,
                                   static_cast<size_t>(bytes.size() - done), offset + done);
    if (wrote < 0 && errno == EINTR) continue;
    if (wrote < 0) return UnnamedFileError(errno, "cannot write to", folder_);
    done += wrote;
  }
  return offset;
}

arrow::Result<std::shared_ptr<arrow::Buffer>> UnnamedFile::Read(int64_t offset, int64_t size,
                                                                arrow::MemoryPool* pool) const {
  ARROW_ASSIGN_OR_RAISE(std::shared_ptr<arrow::Buffer> bytes, arrow::AllocateBuffer(size, pool));
  for (int64_t done = 0; done < size;) {
    const ssize_t got = ::pread(fd_.get(), bytes->mutable_data() + done,
                                static_cast<size_t>(size - done), offset + done);
    if (got < 0 && errno == EINTR) continue;
    if (got <= 0) return UnnamedFileError(got < 0 ? errno : EIO, "cannot read", folder_);
    done += got;
  }
  return bytes;
}

void UnnamedFile::Release(int64_t offset, int64_t size) {
#if defined(FALLOC_FL_PUNCH_HOLE)
  static_cast<void>(
      ::fallocate(fd_.get(), FALLOC_FL_PUNCH_HOLE | FALLOC_FL_KEEP_SIZE, offset, size));
#else
  static_cast<void>(offset + size);
#endif
}

int64_t UnnamedFile::size() const {
  std::lock_guard lock(mutex_);
  return end_;
}

}  // namespace artemis
