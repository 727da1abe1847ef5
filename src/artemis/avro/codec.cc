// Block codecs over libdeflate and libzstd.
#include "artemis/avro/codec.h"

#include <algorithm>
#include <cstring>

#include <libdeflate.h>
#include <zstd.h>

namespace artemis {

const char* AvroCodecName(AvroCodec codec) {
  switch (codec) {
    case AvroCodec::kDeflate:
      return "deflate";
    case AvroCodec::kZstandard:
      return "zstandard";
    default:
      return "null";
  }
}

arrow::Result<AvroCodec> ParseAvroCodec(std::string_view name) {
  if (name.empty() || name == "null") return AvroCodec::kNull;
  if (name == "deflate") return AvroCodec::kDeflate;
  if (name == "zstandard") return AvroCodec::kZstandard;
  return arrow::Status::NotImplemented("Avro codec '", name,
                                       "': null, deflate and zstandard are read");
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

void BlockDecompressor::Reserve(size_t size, size_t keep) {
  if (size <= capacity_) return;
  auto grown = std::make_unique_for_overwrite<char[]>(size);
  if (keep > 0) std::memcpy(grown.get(), buffer_.get(), keep);
  buffer_ = std::move(grown);
  capacity_ = size;
}

}  // namespace artemis
