// A window that moves.
#include "artemis/parquet/chunk_stream.h"

#include <algorithm>
#include <cstring>

#include <arrow/buffer.h>
#include <parquet/exception.h>
#include <parquet/metadata.h>

namespace artemis {
namespace {

// Old writers of C++ left the dictionary's header out of the chunk's length (PARQUET-816).
constexpr int64_t kHeaderLeftOut = 100;

class ChunkStream final : public arrow::io::InputStream {
 public:
  ChunkStream(std::shared_ptr<arrow::io::RandomAccessFile> file, const ChunkPlace& place,
              int64_t window_bytes, arrow::MemoryPool* pool)
      : file_(std::move(file)),
        begin_(place.begin),
        bytes_(place.bytes),
        window_bytes_(window_bytes),
        pool_(pool) {}

  arrow::Status Close() override {
    is_closed_ = true;
    window_.reset();
    return arrow::Status::OK();
  }
  bool closed() const override { return is_closed_; }
  arrow::Result<int64_t> Tell() const override { return at_; }

  arrow::Result<std::string_view> Peek(int64_t bytes) override {
    bytes = std::min(bytes, bytes_ - at_);
    if (bytes > InWindow()) ARROW_RETURN_NOT_OK(MoveWindow(std::max(bytes, window_bytes_)));
    bytes = std::min(bytes, InWindow());
    if (bytes == 0) return std::string_view();
    return std::string_view(reinterpret_cast<const char*>(Here()), static_cast<size_t>(bytes));
  }

  arrow::Result<int64_t> Read(int64_t bytes, void* out) override {
    ARROW_ASSIGN_OR_RAISE(const auto read, Read(bytes));
    if (read->size() > 0) std::memcpy(out, read->data(), static_cast<size_t>(read->size()));
    return read->size();
  }

  arrow::Result<std::shared_ptr<arrow::Buffer>> Read(int64_t bytes) override {
    bytes = std::min(bytes, bytes_ - at_);
    if (bytes > InWindow()) ARROW_RETURN_NOT_OK(MoveWindow(bytes));
    bytes = std::min(bytes, InWindow());
    if (bytes == 0) return std::make_shared<arrow::Buffer>(nullptr, 0);
    auto read = arrow::SliceBuffer(window_, at_ - window_at_, bytes);
    at_ += bytes;
    return read;
  }

 private:
  int64_t InWindow() const {
    return window_ == nullptr ? 0 : std::max<int64_t>(0, window_at_ + window_->size() - at_);
  }
  const uint8_t* Here() const { return window_->data() + (at_ - window_at_); }

  // The window begins here, with what of it has been read already.
  arrow::Status MoveWindow(int64_t bytes) {
    bytes = std::min(bytes, bytes_ - at_);
    const int64_t known = InWindow();
    ARROW_ASSIGN_OR_RAISE(auto next, arrow::AllocateResizableBuffer(bytes, pool_));
    if (known > 0) std::memcpy(next->mutable_data(), Here(), static_cast<size_t>(known));
    ARROW_ASSIGN_OR_RAISE(const int64_t read, file_->ReadAt(begin_ + at_ + known, bytes - known,
                                                            next->mutable_data() + known));
    if (known + read < bytes) ARROW_RETURN_NOT_OK(next->Resize(known + read));
    window_ = std::move(next);
    window_at_ = at_;
    return arrow::Status::OK();
  }

  const std::shared_ptr<arrow::io::RandomAccessFile> file_;
  const int64_t begin_;
  const int64_t bytes_;
  const int64_t window_bytes_;
  arrow::MemoryPool* const pool_;
  bool is_closed_ = false;
  // Counted from the chunk's begin.
  int64_t at_ = 0;
  int64_t window_at_ = 0;
  std::shared_ptr<arrow::Buffer> window_;
};

}  // namespace

ChunkPlace PlaceOfChunk(const parquet::FileMetaData& file,
                        const parquet::ColumnChunkMetaData& chunk, int64_t file_bytes) {
  ChunkPlace place{chunk.data_page_offset(), chunk.total_compressed_size()};
  if (chunk.has_dictionary_page() && chunk.dictionary_page_offset() > 0) {
    place.begin = std::min(place.begin, chunk.dictionary_page_offset());
  }
  if (place.begin < 0 || place.bytes < 0 || place.bytes > file_bytes - place.begin) {
    throw parquet::ParquetException("a column chunk lies outside of the file");
  }
  if (file.writer_version().VersionLt(parquet::ApplicationVersion::PARQUET_816_FIXED_VERSION())) {
    place.bytes += std::min(kHeaderLeftOut, file_bytes - place.begin - place.bytes);
  }
  return place;
}

std::shared_ptr<arrow::io::InputStream> OpenChunkStream(
    std::shared_ptr<arrow::io::RandomAccessFile> file, const ChunkPlace& place,
    int64_t window_bytes, arrow::MemoryPool* pool) {
  return std::make_shared<ChunkStream>(std::move(file), place, window_bytes, pool);
}

}  // namespace artemis
