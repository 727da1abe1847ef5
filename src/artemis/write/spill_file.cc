// An unnamed file, written and read at offsets.
#include "artemis/write/spill_file.h"

#include <fcntl.h>
#include <unistd.h>

#include <cerrno>
#include <filesystem>
#include <system_error>

#include <arrow/buffer.h>
#include <arrow/io/memory.h>
#include <arrow/ipc/dictionary.h>
#include <arrow/ipc/options.h>
#include <arrow/ipc/reader.h>
#include <arrow/ipc/writer.h>
#include <stdlib.h>

namespace artemis {
namespace {

arrow::Status SpillError(int error, const std::string& what, const std::string& folder) {
  return ErrnoStatus(error, what, "a temporary file in " + folder);
}

arrow::Result<std::string> SpillFolder(const std::string& asked) {
  if (!asked.empty()) return asked;
  std::error_code error;
  const auto folder = std::filesystem::temp_directory_path(error);
  if (error) return SpillError(error.value(), "cannot make", folder.string());
  return folder.string();
}

// A file system without O_TMPFILE gets a name for the moment in which it is unlinked.
arrow::Result<int> OpenUnnamed(const std::string& folder) {
  int fd = ::open(folder.c_str(), O_TMPFILE | O_RDWR | O_CLOEXEC, 0600);
  if (fd >= 0) return fd;
  if (errno != EOPNOTSUPP && errno != EISDIR && errno != EINVAL) {
    return SpillError(errno, "cannot make", folder);
  }
  std::string name = folder + "/artemis-spill-XXXXXX";
  fd = ::mkostemp(name.data(), O_CLOEXEC);
  if (fd < 0) return SpillError(errno, "cannot make", folder);
  ::unlink(name.c_str());
  return fd;
}

arrow::Status WriteAt(int fd, const arrow::Buffer& bytes, int64_t offset,
                      const std::string& folder) {
  for (int64_t done = 0; done < bytes.size();) {
    const ssize_t wrote =
        ::pwrite(fd, bytes.data() + done, static_cast<size_t>(bytes.size() - done), offset + done);
    if (wrote < 0 && errno == EINTR) continue;
    if (wrote < 0) return SpillError(errno, "cannot write to", folder);
    done += wrote;
  }
  return arrow::Status::OK();
}

arrow::Status ReadAt(int fd, uint8_t* bytes, int64_t size, int64_t offset,
                     const std::string& folder) {
  for (int64_t done = 0; done < size;) {
    const ssize_t read = ::pread(fd, bytes + done, static_cast<size_t>(size - done), offset + done);
    if (read < 0 && errno == EINTR) continue;
    if (read <= 0) return SpillError(read < 0 ? errno : EIO, "cannot read", folder);
    done += read;
  }
  return arrow::Status::OK();
}

}  // namespace

arrow::Result<std::unique_ptr<SpillFile>> SpillFile::Create(const std::string& folder,
                                                            std::shared_ptr<arrow::Schema> schema,
                                                            arrow::MemoryPool* pool) {
  ARROW_ASSIGN_OR_RAISE(std::string place, SpillFolder(folder));
  ARROW_ASSIGN_OR_RAISE(const int fd, OpenUnnamed(place));
  return std::unique_ptr<SpillFile>(new SpillFile(fd, std::move(place), std::move(schema), pool));
}

arrow::Result<SpilledBatch> SpillFile::Write(const arrow::RecordBatch& batch) {
  auto options = arrow::ipc::IpcWriteOptions::Defaults();
  options.memory_pool = pool_;
  options.use_threads = false;
  ARROW_ASSIGN_OR_RAISE(const auto bytes, arrow::ipc::SerializeRecordBatch(batch, options));
  SpilledBatch place{0, bytes->size(), batch.num_rows()};
  {
    std::lock_guard lock(mutex_);
    place.offset = end_;
    end_ += place.bytes;
  }
  ARROW_RETURN_NOT_OK(WriteAt(fd_.get(), *bytes, place.offset, folder_));
  return place;
}

arrow::Result<std::shared_ptr<arrow::RecordBatch>> SpillFile::Read(
    const SpilledBatch& batch) const {
  ARROW_ASSIGN_OR_RAISE(std::shared_ptr<arrow::Buffer> bytes,
                        arrow::AllocateBuffer(batch.bytes, pool_));
  ARROW_RETURN_NOT_OK(ReadAt(fd_.get(), bytes->mutable_data(), batch.bytes, batch.offset, folder_));
  auto options = arrow::ipc::IpcReadOptions::Defaults();
  options.memory_pool = pool_;
  options.use_threads = false;
  arrow::io::BufferReader reader(std::move(bytes));
  const arrow::ipc::DictionaryMemo no_dictionaries;
  return arrow::ipc::ReadRecordBatch(schema_, &no_dictionaries, options, &reader);
}

void SpillFile::Release(const SpilledBatch& batch) {
#if defined(FALLOC_FL_PUNCH_HOLE)
  static_cast<void>(::fallocate(fd_.get(), FALLOC_FL_PUNCH_HOLE | FALLOC_FL_KEEP_SIZE, batch.offset,
                                batch.bytes));
#else
  static_cast<void>(batch);
#endif
}

int64_t SpillFile::bytes_written() const {
  std::lock_guard lock(mutex_);
  return end_;
}

}  // namespace artemis
