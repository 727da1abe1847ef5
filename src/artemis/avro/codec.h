// The codecs of Avro blocks: null, deflate (raw, RFC 1951), zstandard, and snappy (followed by the CRC-32 of the raw bytes, 4 bytes,
// big-endian).
#pragma once

#include <cstdint>
#include <memory>
#include <string>
#include <string_view>

#include <arrow/result.h>

struct libdeflate_compressor;
struct libdeflate_decompressor;

namespace artemis {

enum class AvroCodec : uint8_t { kNull, kDeflate, kZstandard, kSnappy };

// The name in "avro.codec".
const char* AvroCodecName(AvroCodec codec);
// An empty name is null. NotImplemented names any other codec (bzip2, xz).
arrow::Result<AvroCodec> ParseAvroCodec(std::string_view name);

// Compresses blocks, one after the other. Not thread-safe.
class BlockCompressor {
 public:
  // `level`: 1 to 12 for deflate, 1 to 19 for zstandard; values outside are moved to the nearest. snappy has none.
  BlockCompressor(AvroCodec codec, int level);
  ~BlockCompressor();
  BlockCompressor(const BlockCompressor&) = delete;
  BlockCompressor& operator=(const BlockCompressor&) = delete;

  // Fails only without memory.
  arrow::Result<std::string> Compress(std::string_view raw);

 private:
  AvroCodec codec_;
  int level_;
  libdeflate_compressor* deflate_ = nullptr;
};

// Decompresses blocks, one after the other, into one buffer that grows as needed. Not thread-safe.
class BlockDecompressor {
 public:
  explicit BlockDecompressor(AvroCodec codec);
  ~BlockDecompressor();
  BlockDecompressor(const BlockDecompressor&) = delete;
  BlockDecompressor& operator=(const BlockDecompressor&) = delete;

  // The raw bytes; valid until the next call (with codec null, as long as `block`). Bytes after the
  // end of a deflate stream are ignored, since some writers leave part of a checksum there.
  // Invalid when the stream is broken or its raw size is over `raw_bytes_max`.
  arrow::Result<std::string_view> Decompress(std::string_view block, size_t raw_bytes_max);

 private:
  arrow::Result<std::string_view> Inflate(std::string_view block, size_t raw_bytes_max);
  arrow::Result<std::string_view> DecompressZstd(std::string_view block, size_t raw_bytes_max);
  arrow::Result<std::string_view> DecompressSnappy(std::string_view block, size_t raw_bytes_max);
  void Reserve(size_t size, size_t keep);

  AvroCodec codec_;
  libdeflate_decompressor* deflate_ = nullptr;
  std::unique_ptr<char[]> buffer_;
  size_t capacity_ = 0;
};

}  // namespace artemis
