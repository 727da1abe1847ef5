// read(2) until enough bytes have come.
#include "artemis/ingest/descriptor_stream.h"

#include <unistd.h>

#include <cerrno>

#include <arrow/buffer.h>
#include <arrow/memory_pool.h>
#include <arrow/util/io_util.h>

namespace artemis {

DescriptorStream::~DescriptorStream() {
  if (owned_) ::close(descriptor_);
}

arrow::Result<int64_t> DescriptorStream::Read(int64_t byte_count, void* out) {
  auto* bytes = static_cast<uint8_t*>(out);
  int64_t done = 0;
  while (done < byte_count) {
    const ssize_t got = ::read(descriptor_, bytes + done, static_cast<size_t>(byte_count - done));
    if (got < 0 && errno == EINTR) continue;
    if (got < 0) return arrow::internal::IOErrorFromErrno(errno, "cannot read");
    if (got == 0) break;
    done += got;
  }
  position_ += done;
  return done;
}

arrow::Result<std::shared_ptr<arrow::Buffer>> DescriptorStream::Read(int64_t byte_count) {
  ARROW_ASSIGN_OR_RAISE(auto buffer,
                        arrow::AllocateResizableBuffer(byte_count, arrow::system_memory_pool()));
  ARROW_ASSIGN_OR_RAISE(const int64_t got, Read(byte_count, buffer->mutable_data()));
  ARROW_RETURN_NOT_OK(buffer->Resize(got));
  buffer->ZeroPadding();
  return std::shared_ptr<arrow::Buffer>(std::move(buffer));
}

arrow::Status DescriptorStream::Close() {
  closed_ = true;
  return arrow::Status::OK();
}

}  // namespace artemis
