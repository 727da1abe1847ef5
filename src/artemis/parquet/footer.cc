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
#include <parquet/metadata.h>

#include "artemis/base/error.h"
#include "artemis/parquet/file_reader.h"
#include "artemis/parquet/page_index.h"
#include "artemis/parquet/parquet_error.h"

namespace artemis {
namespace {

constexpr int64_t kFooterBytesMax = int64_t{64} << 20;
constexpr int64_t kTailBytes = 8;
constexpr int64_t kFileBytesMin = 12;
// A parsed footer takes about so many times its bytes in the file, and so much besides.
constexpr int64_t kFooterGrowth = 6;
constexpr int64_t kFooterAlone = 1024;

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

int RowGroupCount(const ParquetFooter& footer) { return footer.metadata->num_row_groups(); }

int64_t FooterMemory(const ParquetFooter& footer) {
  int64_t bytes = kFooterAlone + static_cast<int64_t>(footer.path.size());
  if (footer.metadata != nullptr) bytes += kFooterGrowth * int64_t{footer.metadata->size()};
  if (footer.pages != nullptr) bytes += footer.pages->MemoryBytes();
  return bytes;
}

struct FooterCache::Impl {
  struct Entry {
    std::shared_ptr<const ParquetFooter> footer;
    int64_t bytes = 0;
  };
  using Order = std::list<Entry>;

  explicit Impl(int64_t most) : bytes_max(most) {}

  void Weigh(Entry* entry) {
    const int64_t now = FooterMemory(*entry->footer);
    bytes += now - entry->bytes;
    entry->bytes = now;
  }
  void DropOldest() {
    while (bytes > bytes_max && !latest_first.empty()) {
      bytes -= latest_first.back().bytes;
      by_path.erase(latest_first.back().footer->path);
      latest_first.pop_back();
    }
  }

  const int64_t bytes_max;
  std::mutex mutex;
  int64_t bytes = 0;
  Order latest_first;
  std::unordered_map<std::string, Order::iterator> by_path;
};

FooterCache::FooterCache(int64_t bytes_max) : impl_(std::make_unique<Impl>(bytes_max)) {}
FooterCache::~FooterCache() = default;

std::shared_ptr<const ParquetFooter> FooterCache::Find(const std::string& path) {
  std::lock_guard lock(impl_->mutex);
  const auto found = impl_->by_path.find(path);
  if (found == impl_->by_path.end()) return nullptr;
  impl_->latest_first.splice(impl_->latest_first.begin(), impl_->latest_first, found->second);
  auto footer = found->second->footer;
  impl_->Weigh(&*found->second);
  impl_->DropOldest();
  return footer;
}

void FooterCache::Insert(std::shared_ptr<const ParquetFooter> footer) {
  std::lock_guard lock(impl_->mutex);
  if (impl_->by_path.contains(footer->path)) return;
  impl_->latest_first.push_front({std::move(footer), 0});
  const auto entry = impl_->latest_first.begin();
  impl_->by_path.emplace(entry->footer->path, entry);
  impl_->Weigh(&*entry);
  impl_->DropOldest();
}

int64_t FooterCache::MemoryBytes() const {
  std::lock_guard lock(impl_->mutex);
  return impl_->bytes;
}

}  // namespace artemis
