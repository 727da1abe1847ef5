// zlib and zstd in their streaming forms.
#include "artemis/ingest/byte_source.h"

#include <algorithm>
#include <cstring>
#include <utility>
#include <vector>

#include <arrow/buffer.h>
#include <arrow/memory_pool.h>
#include <zlib.h>
#include <zstd.h>
#include <zstd_errors.h>

#include "artemis/base/error.h"

namespace artemis {
namespace {

constexpr size_t kPackedBytes = size_t{256} << 10;
constexpr int kGzipOnly = 16 + 15;
constexpr int kZstdWindowLogMax = 27;

class StreamSource final : public ByteSource {
 public:
  explicit StreamSource(std::shared_ptr<arrow::io::InputStream> input) : input_(std::move(input)) {}
  arrow::Result<int64_t> Read(uint8_t* out, int64_t size) override {
    return input_->Read(size, out);
  }

 private:
  std::shared_ptr<arrow::io::InputStream> input_;
};

// The packed bytes that an unpacker has not taken yet.
class PackedBytes {
 public:
  explicit PackedBytes(std::unique_ptr<ByteSource> input)
      : input_(std::move(input)), bytes_(kPackedBytes) {}

  // Reads more where there are none; whether there are some.
  arrow::Result<bool> Fill() {
    if (begin_ < end_) return true;
    ARROW_ASSIGN_OR_RAISE(const int64_t got,
                          input_->Read(bytes_.data(), static_cast<int64_t>(bytes_.size())));
    begin_ = 0;
    end_ = static_cast<size_t>(got);
    return got > 0;
  }
  uint8_t* data() { return bytes_.data() + begin_; }
  size_t size() const { return end_ - begin_; }
  void Take(size_t count) { begin_ += count; }

 private:
  std::unique_ptr<ByteSource> input_;
  std::vector<uint8_t> bytes_;
  size_t begin_ = 0;
  size_t end_ = 0;
};

class GzipSource final : public ByteSource {
 public:
  explicit GzipSource(std::unique_ptr<ByteSource> input) : packed_(std::move(input)) {}
  ~GzipSource() override { ::inflateEnd(&zlib_); }

  arrow::Status Start() {
    if (::inflateInit2(&zlib_, kGzipOnly) == Z_OK) return arrow::Status::OK();
    return arrow::Status::OutOfMemory("no memory to unpack gzip");
  }

  arrow::Result<int64_t> Read(uint8_t* out, int64_t size) override {
    const auto wanted = static_cast<uInt>(std::min<int64_t>(size, int64_t{1} << 30));
    zlib_.next_out = out;
    zlib_.avail_out = wanted;
    while (zlib_.avail_out == wanted) {
      ARROW_ASSIGN_OR_RAISE(const bool more, packed_.Fill());
      if (!more && between_members_ && any_member_) return 0;
      if (!more) return arrow::Status::Invalid("the gzip data is cut off");
      if (between_members_ && any_member_ && OnlyZeros()) continue;
      ARROW_RETURN_NOT_OK(Inflate());
    }
    return wanted - zlib_.avail_out;
  }

 private:
  arrow::Status Inflate() {
    zlib_.next_in = packed_.data();
    zlib_.avail_in = static_cast<uInt>(packed_.size());
    between_members_ = false;
    const int result = ::inflate(&zlib_, Z_NO_FLUSH);
    packed_.Take(packed_.size() - zlib_.avail_in);
    if (result == Z_STREAM_END) {
      any_member_ = between_members_ = true;
      ::inflateReset(&zlib_);
      return arrow::Status::OK();
    }
    if (result == Z_OK || result == Z_BUF_ERROR) return arrow::Status::OK();
    const char* why = zlib_.msg != nullptr ? zlib_.msg : "unknown damage";
    return arrow::Status::Invalid("the gzip data is broken: ", why);
  }

  // Some programs fill up the last block of a tape or disk with zeros, which gzip ignores.
  bool OnlyZeros() {
    while (packed_.size() > 0 && *packed_.data() == 0) packed_.Take(1);
    return packed_.size() == 0;
  }

  PackedBytes packed_;
  z_stream zlib_ = {};
  bool between_members_ = true;
  bool any_member_ = false;
};

class ZstdSource final : public ByteSource {
 public:
  explicit ZstdSource(std::unique_ptr<ByteSource> input)
      : packed_(std::move(input)), zstd_(::ZSTD_createDStream()) {}
  ~ZstdSource() override { ::ZSTD_freeDStream(zstd_); }

  arrow::Status Start() {
    if (zstd_ == nullptr) return arrow::Status::OutOfMemory("no memory to unpack zstd");
    ::ZSTD_DCtx_setParameter(zstd_, ZSTD_d_windowLogMax, kZstdWindowLogMax);
    return arrow::Status::OK();
  }

  arrow::Result<int64_t> Read(uint8_t* out, int64_t size) override {
    ZSTD_outBuffer output = {out, static_cast<size_t>(size), 0};
    while (output.pos == 0) {
      ARROW_ASSIGN_OR_RAISE(const bool more, packed_.Fill());
      if (!more && frame_ended_) return 0;
      if (!more && stalled_) return arrow::Status::Invalid("the zstd data is cut off");
      ZSTD_inBuffer input = {packed_.data(), packed_.size(), 0};
      const size_t result = ::ZSTD_decompressStream(zstd_, &output, &input);
      packed_.Take(input.pos);
      if (::ZSTD_isError(result) != 0) return Broken(result);
      frame_ended_ = result == 0;
      stalled_ = !more;
    }
    stalled_ = false;
    return static_cast<int64_t>(output.pos);
  }

 private:
  static arrow::Status Broken(size_t result) {
    if (::ZSTD_getErrorCode(result) == ZSTD_error_frameParameter_windowTooLarge) {
      return LimitExceededError("the zstd data needs a window of more than 128 MiB");
    }
    return arrow::Status::Invalid("the zstd data is broken: ", ::ZSTD_getErrorName(result));
  }

  PackedBytes packed_;
  ZSTD_DStream* zstd_;
  bool frame_ended_ = true;
  // The input has ended, and flushing gave nothing.
  bool stalled_ = false;
};

template <typename Source>
arrow::Result<std::unique_ptr<ByteSource>> Started(std::unique_ptr<ByteSource> input) {
  auto source = std::make_unique<Source>(std::move(input));
  ARROW_RETURN_NOT_OK(source->Start());
  return source;
}

class SourceStream final : public arrow::io::InputStream {
 public:
  explicit SourceStream(std::unique_ptr<ByteSource> source) : source_(std::move(source)) {}

  using arrow::io::InputStream::Read;
  arrow::Result<int64_t> Read(int64_t size, void* out) override {
    int64_t done = 0;
    while (done < size) {
      ARROW_ASSIGN_OR_RAISE(const int64_t got,
                            source_->Read(static_cast<uint8_t*>(out) + done, size - done));
      if (got == 0) break;
      done += got;
    }
    position_ += done;
    return done;
  }
  arrow::Result<std::shared_ptr<arrow::Buffer>> Read(int64_t size) override {
    ARROW_ASSIGN_OR_RAISE(auto buffer,
                          arrow::AllocateResizableBuffer(size, arrow::system_memory_pool()));
    ARROW_ASSIGN_OR_RAISE(const int64_t got, Read(size, buffer->mutable_data()));
    ARROW_RETURN_NOT_OK(buffer->Resize(got));
    return std::shared_ptr<arrow::Buffer>(std::move(buffer));
  }
  arrow::Result<int64_t> Tell() const override { return position_; }
  arrow::Status Close() override {
    closed_ = true;
    return arrow::Status::OK();
  }
  bool closed() const override { return closed_; }

 private:
  std::unique_ptr<ByteSource> source_;
  int64_t position_ = 0;
  bool closed_ = false;
};

}  // namespace

Packing PackingOf(std::string_view first_bytes) {
  if (first_bytes.starts_with("\x1F\x8B")) return Packing::kGzip;
  return first_bytes.starts_with("\x28\xB5\x2F\xFD") ? Packing::kZstd : Packing::kNone;
}

std::unique_ptr<ByteSource> MakeByteSource(std::shared_ptr<arrow::io::InputStream> input) {
  return std::make_unique<StreamSource>(std::move(input));
}

arrow::Result<std::unique_ptr<ByteSource>> MakeUnpacker(std::unique_ptr<ByteSource> input,
                                                        Packing packing) {
  if (packing == Packing::kGzip) return Started<GzipSource>(std::move(input));
  if (packing == Packing::kZstd) return Started<ZstdSource>(std::move(input));
  return input;
}

arrow::Result<std::string_view> PeekedSource::Peek(size_t count) {
  while (peeked_.size() < count) {
    const size_t before = peeked_.size();
    peeked_.resize(count);
    const auto got = inner_->Read(reinterpret_cast<uint8_t*>(peeked_.data()) + before,
                                  static_cast<int64_t>(count - before));
    peeked_.resize(before + (got.ok() ? static_cast<size_t>(*got) : 0));
    if (!got.ok()) return got.status();
    if (*got == 0) break;
  }
  return std::string_view(peeked_).substr(0, count);
}

arrow::Result<int64_t> PeekedSource::Read(uint8_t* out, int64_t size) {
  if (peeked_.empty()) return inner_->Read(out, size);
  const size_t count = std::min(peeked_.size(), static_cast<size_t>(size));
  std::memcpy(out, peeked_.data(), count);
  peeked_.erase(0, count);
  return static_cast<int64_t>(count);
}

std::shared_ptr<arrow::io::InputStream> ToInputStream(std::unique_ptr<ByteSource> source) {
  return std::make_shared<SourceStream>(std::move(source));
}

}  // namespace artemis
