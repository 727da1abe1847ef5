// Reads a file descriptor from front to back, after bytes that were read from it before.
#pragma once

#include <memory>
#include <string>

#include <arrow/io/interfaces.h>
#include <arrow/result.h>

namespace artemis {

// A stream over `descriptor`, which stays open. One thread at a time.
class DescriptorStream : public arrow::io::InputStream {
 public:
  explicit DescriptorStream(int descriptor) : descriptor_(descriptor) {}

  // The next `count` bytes, or fewer at the end, without consuming them.
  arrow::Result<std::string> PeekBytes(size_t count);

  using arrow::io::InputStream::Read;
  arrow::Result<int64_t> Read(int64_t byte_count, void* out) override;
  arrow::Result<std::shared_ptr<arrow::Buffer>> Read(int64_t byte_count) override;
  arrow::Result<int64_t> Tell() const override { return position_; }
  arrow::Status Close() override;
  bool closed() const override { return closed_; }

 private:
  // As many of `byte_count` bytes as there are before the end.
  arrow::Result<int64_t> ReadFully(int64_t byte_count, uint8_t* out);

  const int descriptor_;
  std::string peeked_;
  int64_t position_ = 0;
  bool closed_ = false;
};

}  // namespace artemis
