// Chooses pages, and hides the others from Arrow's reader.
#include "artemis/parquet/page_ranges.h"

#include <algorithm>
#include <iterator>

#include <parquet/column_reader.h>
#include <parquet/exception.h>
#include <parquet/metadata.h>

#include "artemis/parquet/chunk_stream.h"

namespace artemis {
namespace {

std::vector<RowRange> Widened(const std::vector<RowRange>& wanted,
                              const std::vector<int64_t>& common) {
  std::vector<RowRange> rows;
  for (const RowRange& range : wanted) {
    const int64_t first = *(std::upper_bound(common.begin(), common.end(), range.first) - 1);
    const int64_t end = *std::lower_bound(common.begin(), common.end(), range.end());
    if (!rows.empty() && first <= rows.back().end()) {
      rows.back().count = std::max(rows.back().end(), end) - rows.back().first;
    } else {
      rows.push_back({first, end - first});
    }
  }
  return rows;
}

bool HoldsRow(const std::vector<RowRange>& rows, int64_t row) {
  return std::any_of(rows.begin(), rows.end(), [&](const RowRange& range) {
    return row >= range.first && row < range.end();
  });
}

class GroupOfPages final : public parquet::RowGroupReader::Contents {
 public:
  // `choice` is null where all pages are read.
  GroupOfPages(std::shared_ptr<parquet::RowGroupReader> group, const PagedFile& file,
               std::shared_ptr<parquet::FileMetaData> footer, const PageChoice* choice)
      : group_(std::move(group)), file_(file), footer_(std::move(footer)), choice_(choice) {}

  std::unique_ptr<parquet::PageReader> GetColumnPageReader(int leaf) override {
    auto pages = PagesOf(leaf);
    if (choice_ == nullptr) return pages;
    const auto kept = choice_->pages.find(leaf);
    if (kept != choice_->pages.end()) {
      pages->set_data_page_filter(
          [kept = kept->second, next = size_t{0}](const parquet::DataPageStats&) mutable {
            const size_t page = next++;
            return page < kept.size() && !kept[page];
          });
    }
    return pages;
  }
  const parquet::RowGroupMetaData* metadata() const override { return group_->metadata(); }
  const parquet::ReaderProperties* properties() const override { return &file_.properties; }

 private:
  std::unique_ptr<parquet::PageReader> PagesOf(int leaf) const {
    const auto chunk = group_->metadata()->ColumnChunk(leaf);
    if (chunk->crypto_metadata() != nullptr) return group_->GetColumnPageReader(leaf);
    PARQUET_ASSIGN_OR_THROW(const int64_t file_bytes, file_.input->GetSize());
    auto stream = OpenChunkStream(file_.input, PlaceOfChunk(*footer_, *chunk, file_bytes),
                                  file_.window_bytes, file_.properties.memory_pool());
    const bool always_compressed = footer_->writer_version().VersionLt(
        parquet::ApplicationVersion::PARQUET_CPP_10353_FIXED_VERSION());
    return parquet::PageReader::Open(std::move(stream), chunk->num_values(), chunk->compression(),
                                     file_.properties, *footer_->schema()->Column(leaf),
                                     always_compressed);
  }

  const std::shared_ptr<parquet::RowGroupReader> group_;
  const PagedFile file_;
  const std::shared_ptr<parquet::FileMetaData> footer_;
  const PageChoice* const choice_;
};

class FileOfPages final : public parquet::ParquetFileReader::Contents {
 public:
  FileOfPages(std::unique_ptr<parquet::ParquetFileReader::Contents> contents, PagedFile file,
              const PageChoices* choices)
      : contents_(std::move(contents)), file_(std::move(file)), choices_(choices) {}

  void Close() override { contents_->Close(); }
  std::shared_ptr<parquet::RowGroupReader> GetRowGroup(int i) override {
    const auto choice = choices_->find(i);
    return std::make_shared<parquet::RowGroupReader>(
        std::make_unique<GroupOfPages>(contents_->GetRowGroup(i), file_, contents_->metadata(),
                                       choice == choices_->end() ? nullptr : &choice->second));
  }
  std::shared_ptr<parquet::FileMetaData> metadata() const override { return contents_->metadata(); }
  std::shared_ptr<parquet::PageIndexReader> GetPageIndexReader() override {
    return contents_->GetPageIndexReader();
  }
  parquet::BloomFilterReader& GetBloomFilterReader() override {
    return contents_->GetBloomFilterReader();
  }

 private:
  const std::unique_ptr<parquet::ParquetFileReader::Contents> contents_;
  const PagedFile file_;
  const PageChoices* const choices_;
};

}  // namespace

std::vector<int64_t> CommonRows(int64_t group_rows,
                                const std::map<int, std::vector<int64_t>>& first_rows) {
  std::vector<int64_t> common = first_rows.begin()->second;
  for (const auto& [leaf, rows] : first_rows) {
    std::vector<int64_t> both;
    std::set_intersection(common.begin(), common.end(), rows.begin(), rows.end(),
                          std::back_inserter(both));
    common = std::move(both);
  }
  common.push_back(group_rows);
  return common;
}

std::optional<PageChoice> ChoosePages(const std::vector<RowRange>& wanted, int64_t group_rows,
                                      const std::map<int, std::vector<int64_t>>& first_rows) {
  const auto is_unknown = [](const auto& leaf) { return leaf.second.empty(); };
  if (first_rows.empty() || std::any_of(first_rows.begin(), first_rows.end(), is_unknown)) {
    return std::nullopt;
  }
  PageChoice choice;
  choice.rows = Widened(wanted, CommonRows(group_rows, first_rows));
  if (choice.rows == std::vector<RowRange>{{0, group_rows}}) return std::nullopt;
  for (const auto& [leaf, rows] : first_rows) {
    auto& kept = choice.pages[leaf];
    for (const int64_t row : rows) kept.push_back(HoldsRow(choice.rows, row));
  }
  return choice;
}

std::unique_ptr<parquet::ParquetFileReader> ReaderOfPages(
    std::unique_ptr<parquet::ParquetFileReader::Contents> contents, PagedFile file,
    const PageChoices* choices) {
  auto reader = std::make_unique<parquet::ParquetFileReader>();
  reader->Open(std::make_unique<FileOfPages>(std::move(contents), std::move(file), choices));
  return reader;
}

}  // namespace artemis
