// A file without a name, for what is put aside on disk: gone with its process, however that ends.
//
// It is made unlinked (O_TMPFILE, else unlinked as soon as it is made), so that the kernel removes it and no start ever finds one to
// clean up.
#pragma once

#include <cstdint>
#include <memory>
#include <mutex>
#include <string>

#include <arrow/buffer.h>
#include <arrow/memory_pool.h>
#include <arrow/result.h>

#include "artemis/io/posix_file.h"

namespace artemis {

// Thread-safe. Errors are IOErrors that name the folder, and none is IsFileNotFound.
class UnnamedFile {
 public:
  // In `folder`, which is there; empty: the system's folder for temporary files (TMPDIR, else /tmp).
  static arrow::Result<std::unique_ptr<UnnamedFile>> Create(const std::string& folder);

  // Writes at the end; gives the offset of the first byte. IOError when the disk is full.
  arrow::Result<int64_t> Append(const arrow::Buffer& bytes);
  // IOError when there are fewer bytes.
  arrow::Result<std::shared_ptr<arrow::Buffer>> Read(int64_t offset, int64_t size,
                                                     arrow::MemoryPool* pool) const;
  // Gives disk space back where the file system can; these bytes are not read again.
  void Release(int64_t offset, int64_t size);

  // All that was ever appended.
  int64_t size() const;

 private:
  UnnamedFile(int fd, std::string folder) : fd_(fd), folder_(std::move(folder)) {}

  const Descriptor fd_;
  const std::string folder_;
  mutable std::mutex mutex_;
  int64_t end_ = 0;  // guarded by mutex_
};

}  // namespace artemis
