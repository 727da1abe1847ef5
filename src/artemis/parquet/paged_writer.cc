// Levels are kept only from a page's first null on.
#include "artemis/parquet/paged_writer.h"

#include <cstring>
#include <utility>

#include <parquet/exception.h>

#include "artemis/parquet/hybrid_runs.h"

namespace artemis {

void PagedColumnWriter::AddLevels(int64_t rows, int64_t nulls, const int32_t* is_valid) {
  if (nulls > 0 && page_nulls_ == 0) levels_.assign(static_cast<size_t>(page_rows_), 1);
  page_rows_ += rows;
  page_nulls_ += nulls;
  rows_written_ += rows;
  if (page_nulls_ == 0) return;
  if (nulls == 0) {
    levels_.resize(static_cast<size_t>(page_rows_), 1);
  } else {
    levels_.insert(levels_.end(), is_valid, is_valid + rows);
  }
}

void PagedColumnWriter::PutLevels() {
  if (!is_optional_) return;
  page_.resize(4);
  if (page_nulls_ == 0) {
    AppendRepeated(1, page_rows_, 1, &page_);
  } else {
    AppendHybridRuns(levels_, 1, &page_);
  }
  const auto bytes = static_cast<uint32_t>(page_.size() - 4);
  std::memcpy(page_.data(), &bytes, 4);
}

parquet::SizeStatistics PagedColumnWriter::SizeStatisticsOfPage(
    std::optional<int64_t> text_bytes) const {
  parquet::SizeStatistics sizes = *parquet::SizeStatistics::Make(descr());
  auto& levels = sizes.definition_level_histogram;
  if (levels.size() == 2) {
    levels = {page_nulls_, page_rows_ - page_nulls_};
  } else if (levels.size() == 1) {
    levels[0] = page_rows_;
  }
  if (sizes.repetition_level_histogram.size() == 1) {
    sizes.repetition_level_histogram[0] = page_rows_;
  }
  sizes.unencoded_byte_array_data_bytes = text_bytes;
  return sizes;
}

std::shared_ptr<arrow::Buffer> PagedColumnWriter::PageBytes() {
  arrow::MemoryPool* pool = properties_->memory_pool();
  const arrow::Buffer raw(reinterpret_cast<const uint8_t*>(page_.data()),
                          static_cast<int64_t>(page_.size()));
  if (!pages_->has_compressor()) {
    PARQUET_ASSIGN_OR_THROW(auto copy, raw.CopySlice(0, raw.size(), pool));
    return copy;
  }
  PARQUET_ASSIGN_OR_THROW(auto compressed, arrow::AllocateResizableBuffer(0, pool));
  pages_->Compress(raw, compressed.get());
  PARQUET_THROW_NOT_OK(compressed->Resize(compressed->size(), /*shrink_to_fit=*/true));
  return compressed;
}

void PagedColumnWriter::EndPage(parquet::Encoding::type encoding, bool waits,
                                parquet::EncodedStatistics statistics,
                                std::optional<int64_t> text_bytes) {
  statistics.ApplyStatSizeLimits(properties_->max_statistics_size(descr()->path()));
  statistics.set_is_signed(descr()->sort_order() == parquet::SortOrder::SIGNED);
  parquet::SizeStatistics sizes;
  if (properties_->size_statistics_level() != parquet::SizeStatisticsLevel::None) {
    sizes = SizeStatisticsOfPage(text_bytes);
    if (size_statistics_ == nullptr) {
      size_statistics_ = std::make_unique<parquet::SizeStatistics>(sizes);
    } else {
      size_statistics_->Merge(sizes);
    }
    if (properties_->size_statistics_level() != parquet::SizeStatisticsLevel::PageAndColumnChunk) {
      sizes = {};
    }
  }
  auto page = std::make_unique<parquet::DataPageV1>(
      PageBytes(), static_cast<int32_t>(page_rows_), encoding, parquet::Encoding::RLE,
      parquet::Encoding::RLE, static_cast<int64_t>(page_.size()), std::move(statistics),
      rows_written_ - page_rows_, std::move(sizes));
  page_.clear();
  levels_.clear();
  page_rows_ = 0;
  page_nulls_ = 0;
  if (waits) {
    waiting_bytes_ += page->size();
    waiting_.push_back(std::move(page));
  } else {
    bytes_written_ += pages_->WriteDataPage(*page);
  }
}

void PagedColumnWriter::WriteWaitingPages(const std::string& dictionary, int32_t values) {
  const parquet::DictionaryPage page(
      std::make_shared<arrow::Buffer>(reinterpret_cast<const uint8_t*>(dictionary.data()),
                                      static_cast<int64_t>(dictionary.size())),
      values, properties_->dictionary_page_encoding());
  bytes_written_ += pages_->WriteDictionaryPage(page);
  for (auto& waiting : waiting_) {
    bytes_written_ += pages_->WriteDataPage(*waiting);
    waiting.reset();
  }
  waiting_.clear();
  waiting_bytes_ = 0;
}

void PagedColumnWriter::EndChunk(parquet::EncodedStatistics statistics, bool fell_back) {
  statistics.ApplyStatSizeLimits(properties_->max_statistics_size(descr()->path()));
  statistics.set_is_signed(descr()->sort_order() == parquet::SortOrder::SIGNED);
  if (rows_written_ > 0 && statistics.is_set()) metadata_->SetStatistics(statistics);
  if (size_statistics_ != nullptr) metadata_->SetSizeStatistics(*size_statistics_);
  pages_->Close(/*has_dictionary=*/true, fell_back);
}

}  // namespace artemis
