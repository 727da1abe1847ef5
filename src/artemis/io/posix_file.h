// What the file system and the atomic file share over POSIX: descriptors, errors that name the path, a durable stream.
#pragma once

#include <cstdint>
#include <memory>
#include <string>
#include <utility>

#include <arrow/io/interfaces.h>
#include <arrow/result.h>

namespace artemis {

// The status of a failed call, "cannot open /x: No such file or directory". EACCES, EPERM and EROFS carry PermissionDenied,
// EEXIST is AlreadyExists, the others are IOErrors that keep the errno (IsFileNotFound).
arrow::Status ErrnoStatus(int error, const std::string& what, const std::string& path);

// The local path of a location. NotImplemented: another scheme, or another host in a file: location, by name. Invalid: empty,
// or with a zero byte.
arrow::Result<std::string> LocalPathOf(const std::string& location);

// Closes a descriptor at the end of its scope.
class Descriptor {
 public:
  explicit Descriptor(int fd) : fd_(fd) {}
  ~Descriptor();
  Descriptor(const Descriptor&) = delete;
  Descriptor& operator=(const Descriptor&) = delete;

  int get() const { return fd_; }
  int release() { return std::exchange(fd_, -1); }

 private:
  int fd_;
};

// Writes all bytes, through interrupts and short writes.
arrow::Status WriteFully(int fd, const void* data, int64_t size, const std::string& path);

// fsync of a folder: makes the names in it durable.
arrow::Status SyncLocalFolder(const std::string& path);

// rename that fails with AlreadyExists where the target is there. Paths are local.
arrow::Status RenameLocalNoReplace(const std::string& from, const std::string& to);

// A stream into the file at the local `path`, as FileSystem::OpenLocked promises it; its folder must be there.
arrow::Result<std::shared_ptr<arrow::io::OutputStream>> OpenLockedOutput(const std::string& path);

// A stream into a descriptor whose Close is flush, fsync and close; writes are gathered in a buffer of 1 MiB. After a failed
// write everything fails, Close included. One thread at a time.
class DurableOutput : public arrow::io::OutputStream {
 public:
  // Owns the descriptor. The path is for messages.
  DurableOutput(int fd, std::string path);

  arrow::Status Write(const void* data, int64_t size) override;
  using arrow::io::OutputStream::Write;
  arrow::Status Flush() override;
  arrow::Status Close() override;
  arrow::Status Abort() override;
  arrow::Result<int64_t> Tell() const override { return position_; }
  bool closed() const override { return closed_; }

 private:
  arrow::Status WriteThrough(const void* data, int64_t size);

  Descriptor fd_;
  const std::string path_;
  std::string buffer_;
  arrow::Status failure_;
  int64_t position_ = 0;
  bool closed_ = false;
};

}  // namespace artemis
