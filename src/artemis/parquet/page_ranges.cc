// Chooses pages, and hides the others from Arrow's reader.
#include "artemis/parquet/page_ranges.h"

#include <algorithm>
#include <iterator>

#include <parquet/column_reader.h>

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
  GroupOfPages(std::shared_ptr<parquet::RowGroupReader> group, const PageChoice* choice,
               const parquet::ReaderProperties& properties)
      : group_(std::move(group)), choice_(choice), properties_(properties) {}

  std::unique_ptr<parquet::PageReader> GetColumnPageReader(int leaf) override {
    auto pages = group_->GetColumnPageReader(leaf);
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
  const parquet::ReaderProperties* properties() const override { return &properties_; }

 private:
  const std::shared_ptr<parquet::RowGroupReader> group_;
  const PageChoice* const choice_;
  const parquet::ReaderProperties properties_;
};

class FileOfPages final : public parquet::ParquetFileReader::Contents {
 public:
  FileOfPages(std::unique_ptr<parquet::ParquetFileReader::Contents> file,
              const PageChoices* choices, const parquet::ReaderProperties& properties)
      : file_(std::move(file)), choices_(choices), properties_(properties) {}

  void Close() override { file_->Close(); }
  std::shared_ptr<parquet::RowGroupReader> GetRowGroup(int i) override {
    auto group = file_->GetRowGroup(i);
    const auto choice = choices_->find(i);
    if (choice == choices_->end()) return group;
    return std::make_shared<parquet::RowGroupReader>(
        std::make_unique<GroupOfPages>(std::move(group), &choice->second, properties_));
  }
  std::shared_ptr<parquet::FileMetaData> metadata() const override { return file_->metadata(); }
  std::shared_ptr<parquet::PageIndexReader> GetPageIndexReader() override {
    return file_->GetPageIndexReader();
  }
  parquet::BloomFilterReader& GetBloomFilterReader() override {
    return file_->GetBloomFilterReader();
  }

 private:
  const std::unique_ptr<parquet::ParquetFileReader::Contents> file_;
  const PageChoices* const choices_;
  const parquet::ReaderProperties properties_;
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
    std::unique_ptr<parquet::ParquetFileReader::Contents> file, const PageChoices* choices,
    const parquet::ReaderProperties& properties) {
  auto reader = std::make_unique<parquet::ParquetFileReader>();
  reader->Open(std::make_unique<FileOfPages>(std::move(file), choices, properties));
  return reader;
}

}  // namespace artemis
