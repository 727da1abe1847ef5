// Writing to descriptors.
#include "artemis/output/descriptor_output.h"

#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <utility>

#include "artemis/base/program_error.h"
#include "artemis/io/posix_file.h"

namespace artemis {

namespace {

constexpr int64_t kGatherBytes = 256 << 10;
constexpr int64_t kWriteBytesMax = 1 << 30;

}  // namespace

DescriptorOutput::~DescriptorOutput() {
  if (!closed_) (void)Close();
}

arrow::Status DescriptorOutput::WriteOut(const char* data, int64_t bytes) {
  while (bytes > 0) {
    const auto size = static_cast<size_t>(std::min(bytes, kWriteBytesMax));
    const ssize_t written = ::write(descriptor_, data, size);
    if (written < 0) {
      if (errno == EINTR) continue;
      if (errno == EPIPE) return ClosedPipeError();
      return ErrnoStatus(errno, "cannot write to", name_);
    }
    data += written;
    bytes -= written;
  }
  return arrow::Status::OK();
}

arrow::Status DescriptorOutput::Write(const void* data, int64_t bytes) {
  written_ += bytes;
  if (static_cast<int64_t>(gathered_.size()) + bytes < kGatherBytes) {
    gathered_.append(static_cast<const char*>(data), static_cast<size_t>(bytes));
    return arrow::Status::OK();
  }
  ARROW_RETURN_NOT_OK(Flush());
  return WriteOut(static_cast<const char*>(data), bytes);
}

arrow::Status DescriptorOutput::Flush() {
  const std::string gathered = std::exchange(gathered_, {});
  return WriteOut(gathered.data(), static_cast<int64_t>(gathered.size()));
}

arrow::Status DescriptorOutput::Close() {
  if (closed_) return arrow::Status::OK();
  closed_ = true;
  auto status = Flush();
  if (owned_ && ::close(descriptor_) != 0 && status.ok()) {
    status = ErrnoStatus(errno, "cannot close", name_);
  }
  return status;
}

}  // namespace artemis
