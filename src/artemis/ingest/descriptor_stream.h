// Reads a file descriptor from front to back.
#pragma once

#include <memory>

#include <arrow/io/interfaces.h>
#include <arrow/result.h>

namespace artemis {

// A stream over `descriptor`, which it closes at its end when it owns it. One thread at a time.
class DescriptorStream : public arrow::io::InputStream {
 public:
  DescriptorStream(int descriptor, bool owned) : descriptor_(descriptor), owned_(owned) {}
  ~DescriptorStream() override;

  using arrow::io::InputStream::Read;
  arrow::Result<int64_t> Read(int64_t byte_count, void* out) override;
  arrow::Result<std::shared_ptr<arrow::Buffer>> Read(int64_t byte_count) override;
  arrow::Result<int64_t> Tell() const override { return position_; }
  arrow::Status Close() override;
  bool closed() const override { return closed_; }

 private:
  const int descriptor_;
  const bool owned_;
  int64_t position_ = 0;
  bool closed_ = false;
};

}  // namespace artemis
