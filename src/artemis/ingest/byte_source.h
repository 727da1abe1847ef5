// Bytes of an input from front to back: as they are, or unpacked from gzip (RFC 1952, any number of members) or zstd (RFC 8878, any
// number of frames). Memory is bounded by the buffers, not by the input.
#pragma once

#include <cstdint>
#include <memory>
#include <string>
#include <string_view>

#include <arrow/io/interfaces.h>
#include <arrow/result.h>

namespace artemis {

enum class Packing : uint8_t { kNone, kGzip, kZstd };

// What the first bytes of an input say: 1F 8B is gzip, 28 B5 2F FD zstd.
Packing PackingOf(std::string_view first_bytes);

// One thread at a time.
class ByteSource {
 public:
  virtual ~ByteSource() = default;
  // Up to `size` bytes into `out`; 0 only at the end. Requires size > 0. IOError from the input; Invalid, without the input's
  // name, for packed bytes that are broken or cut off.
  virtual arrow::Result<int64_t> Read(uint8_t* out, int64_t size) = 0;
};

std::unique_ptr<ByteSource> MakeByteSource(std::shared_ptr<arrow::io::InputStream> input);

// What `input`, packed as `packing` says, unpacks to. LimitExceeded when zstd asks for a window of more than 128 MiB.
arrow::Result<std::unique_ptr<ByteSource>> MakeUnpacker(std::unique_ptr<ByteSource> input,
                                                        Packing packing);

// A source whose next bytes can be looked at. One thread at a time.
class PeekedSource final : public ByteSource {
 public:
  explicit PeekedSource(std::unique_ptr<ByteSource> inner) : inner_(std::move(inner)) {}

  // The next `count` bytes, or fewer at the end, without consuming them.
  arrow::Result<std::string_view> Peek(size_t count);
  arrow::Result<int64_t> Read(uint8_t* out, int64_t size) override;

 private:
  std::unique_ptr<ByteSource> inner_;
  std::string peeked_;
};

// The source as one of Arrow's streams.
std::shared_ptr<arrow::io::InputStream> ToInputStream(std::unique_ptr<ByteSource> source);

}  // namespace artemis
