// read(2) until enough bytes have come.
#include "artemis/ingest/descriptor_stream.h"

#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <cstring>

#include <arrow/buffer.h>
#include <arrow/memory_pool.h>
#include <arrow/util/io_util.h>

namespace artemis {

arrow::Result<int64_t> DescriptorStream::ReadFully(int64_t byte_count, uint8_t* out) {
  int64_t done = 0;
  while (done < byte_count) {
    const ssize_t got = ::read(descriptor_, out + done, static_cast<size_t>(byte_count - done));
    if (got < 0 && errno == EINTR) continue;
    if (got < 0) return arrow::internal::IOErrorFromErrno(errno, "cannot read");
    if (got == 0) break;
    done += got;
  }
  return done;
}

arrow::Result<std::string> DescriptorStream::PeekBytes(size_t count) {
  const size_t before = peeked_.size();
  if (before < count) {
    peeked_.resize(count);
    ARROW_ASSIGN_OR_RAISE(const int64_t got,
                          ReadFully(static_cast<int64_t>(count - before),
                                    reinterpret_cast<uint8_t*>(peeked_.data()) + before));
    peeked_.resize(before + static_cast<size_t>(got));
  }
  return peeked_.substr(0, count);
}

arrow::Result<int64_t> DescriptorStream::Read(int64_t byte_count, void* out) {
  auto* bytes = static_cast<uint8_t*>(out);
  const size_t from_peeked = std::min(peeked_.size(), static_cast<size_t>(byte_count));
  std::memcpy(bytes, peeked_.data(), from_peeked);
  peeked_.erase(0, from_peeked);
  const auto first = static_cast<int64_t>(from_peeked);
  ARROW_ASSIGN_OR_RAISE(const int64_t rest, ReadFully(byte_count - first, bytes + first));
  position_ += first + rest;
  return first + rest;
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
