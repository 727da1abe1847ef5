// An output stream over a file descriptor, for standard output, pipes and devices.
#pragma once

#include <string>

#include <arrow/buffer.h>
#include <arrow/io/interfaces.h>

namespace artemis {

// Gathers small writes. Not thread-safe. The descriptor is closed with the stream when owned.
class DescriptorOutput : public arrow::io::OutputStream {
 public:
  DescriptorOutput(int descriptor, bool owned, std::string name)
      : descriptor_(descriptor), owned_(owned), name_(std::move(name)) {}
  ~DescriptorOutput() override;

  // Writes out what is gathered; does not fsync.
  arrow::Status Flush() override;
  arrow::Status Close() override;
  bool closed() const override { return closed_; }
  arrow::Result<int64_t> Tell() const override { return written_; }

  // EPIPE is ClosedPipeError (base/program_error.h); other failures are IOError naming `name`.
  arrow::Status Write(const void* data, int64_t bytes) override;
  using arrow::io::Writable::Write;

 private:
  arrow::Status WriteOut(const char* data, int64_t bytes);

  const int descriptor_;
  const bool owned_;
  const std::string name_;
  std::string gathered_;
  int64_t written_ = 0;
  bool closed_ = false;
};

}  // namespace artemis
