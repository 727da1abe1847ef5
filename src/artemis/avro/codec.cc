// Block codecs over libdeflate, libzstd and Arrow's snappy.
#include "artemis/avro/codec.h"

#include <algorithm>
#include <cstring>
#include <optional>

#include <arrow/util/compression.h>
#include <libdeflate.h>
#include <zstd.h>

namespace artemis {

namespace {

constexpr size_t kSnappyChecksumBytes = 4;

// Snappy begins with the raw size as a varint; nullopt when it is none of 32 bits.
std::optional<uint64_t> SnappyRawBytes(std::string_view block) {
  uint64_t size = 0;
  for (size_t i = 0; i < block.size() && i < 5; ++i) {
    const auto byte = static_cast<uint8_t>(block[i]);
    size |= uint64_t{byte & 0x7Fu} << (7 * i);
    if (byte < 0x80) return size <= UINT32_MAX ? std::optional(size) : std::nullopt;
  }
  return std::nullopt;
}

const uint8_t* BytesAt(std::string_view text) {
  return reinterpret_cast<const uint8_t*>(text.data());
}

std::string SnappyChecksum(std::string_view raw) {
  const uint32_t checksum = libdeflate_crc32(0, raw.data(), raw.size());
  std::string bytes;
  for (int shift = 24; shift >= 0; shift -= 8) bytes += static_cast<char>(checksum >> shift);
  return bytes;
}

arrow::Result<std::string> CompressSnappy(std::string_view raw) {
  ARROW_ASSIGN_OR_RAISE(const auto codec, arrow::util::Codec::Create(arrow::Compression::SNAPPY));
  const auto raw_size = static_cast<int64_t>(raw.size());
  std::string out(static_cast<size_t>(codec->MaxCompressedLen(raw_size, BytesAt(raw))), '\0');
  ARROW_ASSIGN_OR_RAISE(const int64_t size,
                        codec->Compress(raw_size, BytesAt(raw), static_cast<int64_t>(out.size()),
                                        reinterpret_cast<uint8_t*>(out.data())));
  out.resize(static_cast<size_t>(size));
  return out + SnappyChecksum(raw);
}

}  // namespace

const char* AvroCodecName(AvroCodec codec) {
  switch (codec) {
    case AvroCodec::kDeflate:
      return "deflate";
    case AvroCodec::kZstandard:
      return "zstandard";
    case AvroCodec::kSnappy:
      return "snappy";
    default:
      return "null";
  }
}

arrow::Result<AvroCodec> ParseAvroCodec(std::string_view name) {
  if (name.empty() || name == "null") return AvroCodec::kNull;
  if (name == "deflate") return AvroCodec::kDeflate;
  if (name == "zstandard") return AvroCodec::kZstandard;
  if (name == "snappy") return AvroCodec::kSnappy;
  return arrow::Status::NotImplemented("Avro codec '", name,
                                       "': null, deflate, zstandard and snappy are read");
}

BlockCompressor::BlockCompressor(AvroCodec codec, int level) : codec_(codec), level_(level) {
  if (codec == AvroCodec::kDeflate) {
    deflate_ = libdeflate_alloc_compressor(std::clamp(level, 1, 12));
  }
}

BlockCompressor::~BlockCompressor() {
  if (deflate_ != nullptr) libdeflate_free_compressor(deflate_);
}

arrow::Result<std::string> BlockCompressor::Compress(std::string_view raw) {
  if (codec_ == AvroCodec::kNull) return std::string(raw);
  if (codec_ == AvroCodec::kSnappy) return CompressSnappy(raw);
  std::string out;
  size_t size = 0;
  if (codec_ == AvroCodec::kDeflate) {
    if (deflate_ == nullptr) return arrow::Status::OutOfMemory("deflate");
    out.resize(libdeflate_deflate_compress_bound(deflate_, raw.size()));
    size = libdeflate_deflate_compress(deflate_, raw.data(), raw.size(), out.data(), out.size());
    if (size == 0) return arrow::Status::OutOfMemory("deflate");
  } else {
    out.resize(ZSTD_compressBound(raw.size()));
    size = ZSTD_compress(out.data(), out.size(), raw.data(), raw.size(), std::clamp(level_, 1, 19));
    if (ZSTD_isError(size)) return arrow::Status::OutOfMemory(ZSTD_getErrorName(size));
  }
  out.resize(size);
  return out;
}

BlockDecompressor::BlockDecompressor(AvroCodec codec) : codec_(codec) {
  if (codec == AvroCodec::kDeflate) deflate_ = libdeflate_alloc_decompressor();
}

BlockDecompressor::~BlockDecompressor() {
  if (deflate_ != nullptr) libdeflate_free_decompressor(deflate_);
}

arrow::Result<std::string_view> BlockDecompressor::Decompress(std::string_view block,
                                                              size_t raw_bytes_max) {
  switch (codec_) {
    case AvroCodec::kDeflate:
      return Inflate(block, raw_bytes_max);
    case AvroCodec::kZstandard:
      return DecompressZstd(block, raw_bytes_max);
    case AvroCodec::kSnappy:
      return DecompressSnappy(block, raw_bytes_max);
    default:
      if (block.size() > raw_bytes_max) {
        return arrow::Status::Invalid("raw block over ", raw_bytes_max, " bytes");
      }
      return block;
  }
}

arrow::Result<std::string_view> BlockDecompressor::Inflate(std::string_view block,
                                                           size_t raw_bytes_max) {
  if (deflate_ == nullptr) return arrow::Status::OutOfMemory("inflate");
  size_t wanted = std::max<size_t>({size_t{4096}, capacity_, block.size() * 8});
  while (true) {
    Reserve(std::min(wanted, raw_bytes_max), 0);
    size_t size = 0;
    const auto result = libdeflate_deflate_decompress(deflate_, block.data(), block.size(),
                                                      buffer_.get(), capacity_, &size);
    if (result == LIBDEFLATE_SUCCESS) return std::string_view(buffer_.get(), size);
    if (result != LIBDEFLATE_INSUFFICIENT_SPACE) {
      return arrow::Status::Invalid("broken deflate stream");
    }
    if (capacity_ >= raw_bytes_max) {
      return arrow::Status::Invalid("raw block over ", raw_bytes_max, " bytes");
    }
    wanted = capacity_ * 2;
  }
}

arrow::Result<std::string_view> BlockDecompressor::DecompressZstd(std::string_view block,
                                                                  size_t raw_bytes_max) {
  std::unique_ptr<ZSTD_DCtx, size_t (*)(ZSTD_DCtx*)> context(ZSTD_createDCtx(), ZSTD_freeDCtx);
  if (context == nullptr) return arrow::Status::OutOfMemory("zstd");
  Reserve(std::min(std::max<size_t>(4096, block.size() * 8), raw_bytes_max), 0);
  ZSTD_inBuffer in{block.data(), block.size(), 0};
  ZSTD_outBuffer out{buffer_.get(), capacity_, 0};
  while (true) {
    const size_t left = ZSTD_decompressStream(context.get(), &out, &in);
    if (ZSTD_isError(left)) return arrow::Status::Invalid("broken zstd: ", ZSTD_getErrorName(left));
    if (left == 0 && in.pos == in.size) return std::string_view(buffer_.get(), out.pos);
    if (out.pos < out.size) {
      if (in.pos == in.size) return arrow::Status::Invalid("zstd stream ends early");
      continue;
    }
    if (capacity_ >= raw_bytes_max) {
      return arrow::Status::Invalid("raw block over ", raw_bytes_max, " bytes");
    }
    Reserve(std::min(capacity_ * 2, raw_bytes_max), out.pos);
    out.dst = buffer_.get();
    out.size = capacity_;
  }
}

arrow::Result<std::string_view> BlockDecompressor::DecompressSnappy(std::string_view block,
                                                                    size_t raw_bytes_max) {
  if (block.size() < kSnappyChecksumBytes) return arrow::Status::Invalid("snappy block ends early");
  const std::string_view checksum = block.substr(block.size() - kSnappyChecksumBytes);
  block.remove_suffix(kSnappyChecksumBytes);
  const auto raw_bytes = SnappyRawBytes(block);
  if (!raw_bytes) return arrow::Status::Invalid("broken snappy block");
  if (*raw_bytes > raw_bytes_max) {
    return arrow::Status::Invalid("raw block over ", raw_bytes_max, " bytes");
  }
  Reserve(std::max<size_t>(*raw_bytes, 1), 0);
  ARROW_ASSIGN_OR_RAISE(const auto codec, arrow::util::Codec::Create(arrow::Compression::SNAPPY));
  const auto size = codec->Decompress(static_cast<int64_t>(block.size()), BytesAt(block),
                                      static_cast<int64_t>(*raw_bytes),
                                      reinterpret_cast<uint8_t*>(buffer_.get()));
  if (!size.ok() || *size != static_cast<int64_t>(*raw_bytes)) {
    return arrow::Status::Invalid("broken snappy block");
  }
  const std::string_view raw(buffer_.get(), static_cast<size_t>(*size));
  if (SnappyChecksum(raw) != checksum) {
    return arrow::Status::Invalid("snappy block does not match its checksum");
  }
  return raw;
}

void BlockDecompressor::Reserve(size_t size, size_t keep) {
  if (size <= capacity_) return;
  auto grown = std::make_unique_for_overwrite<char[]>(size);
  if (keep > 0) std::memcpy(grown.get(), buffer_.get(), keep);
  buffer_ = std::move(grown);
  capacity_ = size;
}

}  // namespace artemis
