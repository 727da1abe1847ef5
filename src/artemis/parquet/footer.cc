// Reads footers and keeps them.
//
// A Parquet file ends with its footer, the footer's length (4 bytes, little-endian) and "PAR1".
#include <cstring>
#include <list>
#include <mutex>
#include <unordered_map>

#include <arrow/util/ubsan.h>
#include <parquet/arrow/schema.h>
#include <parquet/file_reader.h>

#include "artemis/base/error.h"
#include "artemis/parquet/file_reader.h"
#include "artemis/parquet/page_index.h"
#include "artemis/parquet/parquet_error.h"

namespace artemis {
namespace {

constexpr int64_t kFooterBytesMax = int64_t{64} << 20;
constexpr int64_t kTailBytes = 8;
constexpr int64_t kFileBytesMin = 12;

// Checks what the last eight bytes say before anything is allocated for it.
arrow::Status CheckTail(arrow::io::RandomAccessFile* file, const std::string& path) {
  ARROW_ASSIGN_OR_RAISE(const int64_t size, file->GetSize());
  if (size < kFileBytesMin) {
    return CorruptFileError(
        path, "a Parquet file has at least 12 bytes, this one has " + std::to_string(size));
  }
  ARROW_ASSIGN_OR_RAISE(const auto tail, file->ReadAt(size - kTailBytes, kTailBytes));
  if (tail->size() != kTailBytes) {
    return CorruptFileError(path, "the file became shorter while it was read");
  }
  const std::string_view magic(reinterpret_cast<const char*>(tail->data()) + 4, 4);
  if (magic == "PARE") {
    return arrow::Status::NotImplemented(path, ": Parquet files with an encrypted footer");
  }
  if (magic != "PAR1") {
    return CorruptFileError(path, "does not end in 'PAR1': no Parquet file, or cut off");
  }
  const auto footer_bytes = arrow::util::SafeLoadAs<uint32_t>(tail->data());
  if (footer_bytes > kFooterBytesMax) {
    return LimitExceededError(path + ": the footer has " + std::to_string(footer_bytes) +
                              " bytes, more than the limit of " + std::to_string(kFooterBytesMax));
  }
  if (footer_bytes > size - kFileBytesMin) {
    return CorruptFileError(path, "the footer's length of " + std::to_string(footer_bytes) +
                                      " bytes is more than the file of " + std::to_string(size) +
                                      " holds");
  }
  return arrow::Status::OK();
}

arrow::Result<std::shared_ptr<const ParquetFooter>> ParseFooter(
    std::shared_ptr<arrow::io::RandomAccessFile> file, const std::string& path) {
  const auto reader = parquet::ParquetFileReader::Open(
      std::move(file), parquet::ReaderProperties(arrow::system_memory_pool()));
  auto footer = std::make_shared<ParquetFooter>();
  footer->path = path;
  footer->metadata = reader->metadata();
  footer->pages = std::make_shared<PageIndexMemory>();
  ARROW_RETURN_NOT_OK(parquet::arrow::FromParquetSchema(
      footer->metadata->schema(), parquet::ArrowReaderProperties(),
      footer->metadata->key_value_metadata(), &footer->arrow_schema));
  return footer;
}

}  // namespace

arrow::Result<std::shared_ptr<const ParquetFooter>> ReadFooter(
    std::shared_ptr<arrow::io::RandomAccessFile> file, const std::string& path) {
  const arrow::Status tail = CheckTail(file.get(), path);
  if (!tail.ok()) return tail.detail() != nullptr ? tail : ReadError(path, tail);
  auto footer = CatchParquet([&] { return ParseFooter(std::move(file), path); });
  if (!footer.ok()) return ReadError(path, footer.status());
  return footer;
}

struct FooterCache::Impl {
  using Order = std::list<std::shared_ptr<const ParquetFooter>>;

  explicit Impl(int64_t entries) : entries_max(entries) {}

  const int64_t entries_max;
  std::mutex mutex;
  Order latest_first;
  std::unordered_map<std::string, Order::iterator> by_path;
};

FooterCache::FooterCache(int64_t entries_max) : impl_(std::make_unique<Impl>(entries_max)) {}
FooterCache::~FooterCache() = default;

std::shared_ptr<const ParquetFooter> FooterCache::Find(const std::string& path) {
  std::lock_guard lock(impl_->mutex);
  const auto found = impl_->by_path.find(path);
  if (found == impl_->by_path.end()) return nullptr;
  impl_->latest_first.splice(impl_->latest_first.begin(), impl_->latest_first, found->second);
  return *found->second;
}

void FooterCache::Insert(std::shared_ptr<const ParquetFooter> footer) {
  std::lock_guard lock(impl_->mutex);
  if (impl_->entries_max <= 0 || impl_->by_path.contains(footer->path)) return;
  if (static_cast<int64_t>(impl_->by_path.size()) >= impl_->entries_max) {
    impl_->by_path.erase(impl_->latest_first.back()->path);
    impl_->latest_first.pop_back();
  }
  impl_->latest_first.push_front(std::move(footer));
  impl_->by_path.emplace(impl_->latest_first.front()->path, impl_->latest_first.begin());
}

}  // namespace artemis
