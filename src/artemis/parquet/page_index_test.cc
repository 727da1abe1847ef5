// Facts of the page index: what it says of pages, when it is not believed, and reading by it.
#include "artemis/parquet/page_index.h"

#include <cmath>
#include <cstdlib>
#include <iostream>
#include <random>

#include <arrow/builder.h>
#include <arrow/io/memory.h>
#include <arrow/table.h>
#include <gtest/gtest.h>
#include <parquet/arrow/writer.h>
#include <parquet/metadata.h>

#include "artemis/parquet/page_ranges.h"
#include "artemis/parquet/parquet_test_support.h"
#include "artemis/schema/literal.h"

namespace artemis {
namespace {

struct PagedFile {
  std::shared_ptr<arrow::Buffer> bytes;
  std::shared_ptr<const ParquetFooter> footer;

  std::shared_ptr<arrow::io::RandomAccessFile> Open() const {
    return std::make_shared<arrow::io::BufferReader>(bytes);
  }
  LeafPages Pages(int row_group, int leaf) const {
    auto pages = ReadLeafPages(*footer, row_group, leaf, [&] { return Open(); });
    EXPECT_TRUE(pages.ok()) << pages.status();
    return pages.ok() ? **pages : LeafPages();
  }
};

PagedFile Paged(std::shared_ptr<arrow::Buffer> bytes) {
  PagedFile file{std::move(bytes), nullptr};
  file.footer = ReadFooter(file.Open(), "memory.parquet").ValueOrDie();
  return file;
}

struct PageOptions {
  int64_t page_rows = 10;
  int64_t page_bytes = 1 << 20;
  int64_t group_rows = 1 << 20;
  bool index = true;
  bool dictionary = false;
  bool version_2 = false;
};

PagedFile WritePaged(const std::shared_ptr<arrow::Table>& table, const PageOptions& options = {}) {
  parquet::WriterProperties::Builder builder;
  builder.max_rows_per_page(options.page_rows)
      ->write_batch_size(1)
      ->data_pagesize(options.page_bytes)
      ->max_row_group_length(options.group_rows);
  options.index ? builder.enable_write_page_index() : builder.disable_write_page_index();
  options.dictionary ? builder.enable_dictionary() : builder.disable_dictionary();
  builder.data_page_version(options.version_2 ? parquet::ParquetDataPageVersion::V2
                                              : parquet::ParquetDataPageVersion::V1);
  const auto output = arrow::io::BufferOutputStream::Create().ValueOrDie();
  const auto written =
      parquet::arrow::WriteTable(*table, arrow::default_memory_pool(), output, options.group_rows,
                                 builder.build(), parquet::default_arrow_writer_properties());
  EXPECT_TRUE(written.ok()) << written;
  return Paged(output->Finish().ValueOrDie());
}

std::shared_ptr<arrow::Table> TableOf(
    std::vector<std::pair<std::string, std::shared_ptr<arrow::Array>>> columns) {
  arrow::FieldVector fields;
  arrow::ArrayVector arrays;
  for (auto& [name, array] : columns) {
    fields.push_back(arrow::field(name, array->type()));
    arrays.push_back(std::move(array));
  }
  return arrow::Table::Make(arrow::schema(std::move(fields)), arrays);
}

std::shared_ptr<arrow::Array> Longs(int64_t first, int64_t count) {
  arrow::Int64Builder builder;
  for (int64_t i = 0; i < count; ++i) EXPECT_TRUE(builder.Append(first + i).ok());
  return builder.Finish().ValueOrDie();
}

std::string LongBound(int64_t value) {
  return ToBytes(Type::Of(TypeKind::kLong), LiteralValue(value));
}

TEST(PageIndex, SaysWherePagesBeginAndWhatTheyHold) {
  const auto file = WritePaged(TableOf({{"n", Longs(100, 35)}}));
  ASSERT_TRUE(HasPageBounds(*file.footer, 0, 0));
  const LeafPages pages = file.Pages(0, 0);
  EXPECT_EQ(pages.first_rows, (std::vector<int64_t>{0, 10, 20, 30}));
  ASSERT_EQ(pages.statistics.size(), 4u);
  EXPECT_EQ(pages.statistics[1].lower, LongBound(110));
  EXPECT_EQ(pages.statistics[1].upper, LongBound(119));
  EXPECT_EQ(pages.statistics[1].null_count, 0);
  EXPECT_EQ(pages.statistics[1].value_count, 10);
  EXPECT_EQ(pages.statistics[3].value_count, 5);
  EXPECT_EQ(pages.statistics[3].upper, LongBound(134));
}

TEST(PageIndex, IsOfNoUseForOnePage) {
  EXPECT_FALSE(HasPageBounds(*WritePaged(TableOf({{"n", Longs(0, 10)}})).footer, 0, 0));
  EXPECT_TRUE(HasPageBounds(*WritePaged(TableOf({{"n", Longs(0, 11)}})).footer, 0, 0));
}

TEST(PageIndex, CountsRowsWithinTheirRowGroup) {
  PageOptions options;
  options.group_rows = 25;
  const auto file = WritePaged(TableOf({{"n", Longs(0, 50)}}), options);
  const LeafPages pages = file.Pages(1, 0);
  EXPECT_EQ(pages.first_rows, (std::vector<int64_t>{0, 10, 20}));
  EXPECT_EQ(pages.statistics.at(2).lower, LongBound(45));
}

TEST(PageIndex, KnowsPagesOfNullsAlone) {
  arrow::Int64Builder builder;
  ASSERT_TRUE(builder.AppendNulls(10).ok());
  for (int64_t i = 0; i < 10; ++i) {
    ASSERT_TRUE((i % 2 == 0 ? builder.Append(i) : builder.AppendNull()).ok());
  }
  const auto file = WritePaged(TableOf({{"n", builder.Finish().ValueOrDie()}}));
  const LeafPages pages = file.Pages(0, 0);
  ASSERT_EQ(pages.statistics.size(), 2u);
  EXPECT_EQ(pages.statistics[0].null_count, 10);
  EXPECT_EQ(pages.statistics[0].lower, std::nullopt);
  EXPECT_EQ(pages.statistics[1].null_count, 5);
  EXPECT_EQ(pages.statistics[1].lower, LongBound(0));
  EXPECT_EQ(pages.statistics[1].upper, LongBound(8));
}

TEST(PageIndex, NeverTakesNaNForABound) {
  arrow::DoubleBuilder builder;
  for (int i = 0; i < 20; ++i) ASSERT_TRUE(builder.Append(i % 3 == 0 ? std::nan("") : i).ok());
  for (int i = 0; i < 10; ++i) ASSERT_TRUE(builder.Append(std::nan("")).ok());
  const auto file = WritePaged(TableOf({{"x", builder.Finish().ValueOrDie()}}));
  const LeafPages pages = file.Pages(0, 0);
  EXPECT_EQ(pages.first_rows, (std::vector<int64_t>{0, 10, 20}));
  for (const auto& page : pages.statistics) {
    for (const auto& bound : {page.lower, page.upper}) {
      if (!bound) continue;
      EXPECT_FALSE(IsNaN(FromBytes(Type::Of(TypeKind::kDouble), *bound).ValueOrDie()));
    }
  }
}

TEST(PageIndex, SaysNothingWhereTheFileHasNone) {
  PageOptions options;
  options.index = false;
  const auto file = WritePaged(TableOf({{"n", Longs(0, 35)}}), options);
  EXPECT_FALSE(HasPageBounds(*file.footer, 0, 0));
  const auto pages = ReadLeafPages(
      *file.footer, 0, 0, []() -> arrow::Result<std::shared_ptr<arrow::io::RandomAccessFile>> {
        return arrow::Status::IOError("opened for nothing");
      });
  ASSERT_TRUE(pages.ok()) << pages.status();
  EXPECT_TRUE((*pages)->first_rows.empty());
  EXPECT_TRUE((*pages)->statistics.empty());
}

TEST(PageIndex, SaysNothingOfValuesInLists) {
  const auto lists = JsonArray(arrow::list(arrow::int64()), "[[1, 2], [3], [], [4, 5, 6]]");
  PageOptions options;
  options.page_rows = 2;
  const auto file = WritePaged(TableOf({{"l", lists}}), options);
  const LeafPages pages = file.Pages(0, 0);
  EXPECT_EQ(pages.first_rows, (std::vector<int64_t>{0, 2}));
  EXPECT_TRUE(pages.statistics.empty());
}

TEST(PageIndex, IsReadOnceAndKeptWithItsFooter) {
  const auto file = WritePaged(TableOf({{"n", Longs(0, 35)}}));
  int opened = 0;
  const OpenFile open = [&]() -> arrow::Result<std::shared_ptr<arrow::io::RandomAccessFile>> {
    ++opened;
    return file.Open();
  };
  const auto first = ReadLeafPages(*file.footer, 0, 0, open).ValueOrDie();
  const auto second = ReadLeafPages(*file.footer, 0, 0, open).ValueOrDie();
  EXPECT_EQ(opened, 1);
  EXPECT_EQ(first, second);
}

TEST(PageIndex, TellsOfAFileThatCannotBeRead) {
  const auto file = WritePaged(TableOf({{"n", Longs(0, 35)}}));
  const auto pages = ReadLeafPages(
      *file.footer, 0, 0, []() -> arrow::Result<std::shared_ptr<arrow::io::RandomAccessFile>> {
        return arrow::Status::IOError("no such disk");
      });
  EXPECT_TRUE(pages.status().IsIOError());
}

// Where the column index and the offset index of a leaf lie in the file.
std::vector<std::pair<int64_t, int64_t>> IndexPlacesOf(const PagedFile& file) {
  const auto chunk = file.footer->metadata->RowGroup(0)->ColumnChunk(0);
  const auto column = chunk->GetColumnIndexLocation();
  const auto offset = chunk->GetOffsetIndexLocation();
  return {{column->offset, column->length}, {offset->offset, offset->length}};
}

TEST(PageIndex, IsNotBelievedWhereItsBytesAreNoIndex) {
  const auto whole = WritePaged(TableOf({{"n", Longs(0, 35)}}));
  for (const auto& [offset, length] : IndexPlacesOf(whole)) {
    for (const char filler : {'\0', '\xff', '\x5a'}) {
      std::string bytes = whole.bytes->ToString();
      std::fill_n(bytes.begin() + offset, length, filler);
      const PagedFile broken = Paged(arrow::Buffer::FromString(bytes));
      const LeafPages pages = broken.Pages(0, 0);
      EXPECT_TRUE(pages.statistics.empty()) << offset << " " << static_cast<int>(filler);
    }
  }
}

// Whatever single byte is wrong: no crash, and the pages begin at rows that ascend within the row group.
TEST(PageIndex, StaysWithinItsRowGroupWhateverItsBytes) {
  const auto whole = WritePaged(TableOf({{"n", Longs(0, 35)}}));
  for (const auto& [offset, length] : IndexPlacesOf(whole)) {
    for (int64_t at = offset; at < offset + length; ++at) {
      for (const int flip : {0x01, 0x80, 0xff}) {
        std::string bytes = whole.bytes->ToString();
        bytes[static_cast<size_t>(at)] = static_cast<char>(bytes[static_cast<size_t>(at)] ^ flip);
        const LeafPages pages = Paged(arrow::Buffer::FromString(bytes)).Pages(0, 0);
        EXPECT_TRUE(pages.statistics.empty() || pages.statistics.size() == pages.first_rows.size());
        for (size_t i = 0; i < pages.first_rows.size(); ++i) {
          EXPECT_GE(pages.first_rows[i], i == 0 ? 0 : pages.first_rows[i - 1] + 1);
          EXPECT_LT(pages.first_rows[i], 35);
        }
      }
    }
  }
}

TEST(ChoosePages, WidensRowsToWhereAllColumnsBeginAPage) {
  // Pages of 10 rows and of 15: together they begin at 0, 30 and 60.
  const std::map<int, std::vector<int64_t>> starts = {{0, {0, 10, 20, 30, 40, 50, 60, 70, 80}},
                                                      {1, {0, 15, 30, 45, 60, 75}}};
  const auto choice = ChoosePages({{31, 2}, {62, 1}}, 90, starts);
  ASSERT_TRUE(choice.has_value());
  EXPECT_EQ(choice->rows, (std::vector<RowRange>{{30, 60}}));
  EXPECT_EQ(choice->pages.at(0),
            (std::vector<bool>{false, false, false, true, true, true, true, true, true}));
  EXPECT_EQ(choice->pages.at(1), (std::vector<bool>{false, false, true, true, true, true}));
}

TEST(ChoosePages, LeavesNothingOutWhereItCannot) {
  EXPECT_FALSE(ChoosePages({{3, 1}}, 90, {}));
  EXPECT_FALSE(ChoosePages({{3, 1}}, 90, {{0, {0, 10}}, {1, {}}}));
  EXPECT_FALSE(ChoosePages({{3, 1}}, 90, {{0, {0, 10}}, {1, {0, 15}}}));
  EXPECT_FALSE(ChoosePages({{3, 1}, {80, 1}}, 90, {{0, {0, 45}}}));
}

// Rows of a batch stream by their position in the file: the value of column 0 at each.
std::map<int64_t, int64_t> ValuesByPosition(const PagedFile& file,
                                            const ParquetReadOptions& options) {
  std::map<int64_t, int64_t> values;
  auto batches = OpenParquet(file.Open(), file.footer, options).ValueOrDie();
  while (true) {
    int64_t first = 0;
    const auto batch = batches->Next(&first);
    EXPECT_TRUE(batch.ok()) << batch.status();
    if (!batch.ok() || *batch == nullptr) return values;
    EXPECT_TRUE((*batch)->ValidateFull().ok());
    const auto& column = static_cast<const arrow::Int64Array&>(*(*batch)->column(0));
    for (int64_t i = 0; i < column.length(); ++i) {
      EXPECT_TRUE(values.emplace(first + i, column.Value(i)).second);
    }
  }
}

TEST(PageRanges, ReadJustThePagesOfTheRowsWanted) {
  for (const bool dictionary : {false, true}) {
    for (const bool version_2 : {false, true}) {
      PageOptions write;
      write.dictionary = dictionary;
      write.version_2 = version_2;
      write.group_rows = 50;
      const auto file = WritePaged(TableOf({{"n", Longs(0, 100)}, {"m", Longs(500, 100)}}), write);
      ParquetReadOptions read;
      read.row_groups = {{0, 1}};
      read.row_ranges = {{{12, 3}, {41, 1}}, {}};
      const auto values = ValuesByPosition(file, read);
      std::map<int64_t, int64_t> expected;
      for (int64_t i = 0; i < 100; ++i) {
        if (i >= 50 || (i >= 10 && i < 20) || (i >= 40 && i < 50)) expected[i] = i;
      }
      EXPECT_EQ(values, expected);
    }
  }
}

uint64_t PageSeed() {
  const char* text = std::getenv("ARTEMIS_TEST_SEED");
  const uint64_t seed = text != nullptr ? std::strtoull(text, nullptr, 10) : 20240315;
  std::cout << "seed " << seed << std::endl;
  return seed;
}

TEST(PageRanges, GiveEveryWantedRowWithItsPosition) {
  std::mt19937_64 random(PageSeed());
  const auto below = [&](int64_t bound) {
    return static_cast<int64_t>(random() % static_cast<uint64_t>(bound));
  };
  int64_t read_rows = 0;
  int64_t all_rows = 0;
  for (int round = 0; round < 60; ++round) {
    const int64_t rows = below(400) + 1;
    arrow::StringBuilder texts;
    arrow::ListBuilder lists(arrow::default_memory_pool(), std::make_shared<arrow::Int64Builder>());
    for (int64_t i = 0; i < rows; ++i) {
      ASSERT_TRUE((below(4) == 0 ? texts.AppendNull()
                                 : texts.Append(std::string(static_cast<size_t>(below(40)), 'x')))
                      .ok());
      ASSERT_TRUE(lists.Append().ok());
      for (int64_t n = below(3); n > 0; --n) {
        ASSERT_TRUE(static_cast<arrow::Int64Builder*>(lists.value_builder())->Append(i).ok());
      }
    }
    PageOptions write;
    write.page_rows = below(20) + 1;
    write.page_bytes = below(3) == 0 ? 200 : 1 << 20;
    write.group_rows = below(2) == 0 ? rows : below(rows) + 1;
    write.dictionary = below(2) == 0;
    write.version_2 = below(2) == 0;
    const auto file = WritePaged(TableOf({{"n", Longs(7'000, rows)},
                                          {"t", texts.Finish().ValueOrDie()},
                                          {"l", lists.Finish().ValueOrDie()}}),
                                 write);
    ParquetReadOptions read;
    read.batch_rows = below(30) + 1;
    read.row_groups.emplace();
    std::vector<int64_t> wanted;
    int64_t start = 0;
    for (int g = 0; g < file.footer->metadata->num_row_groups(); ++g) {
      const int64_t count = file.footer->metadata->RowGroup(g)->num_rows();
      std::vector<RowRange> ranges;
      for (int64_t at = below(count + 1); at < count; at += below(40) + 1) {
        const int64_t length = std::min(below(5) + 1, count - at);
        ranges.push_back({at, length});
        at += length;
      }
      if (!ranges.empty()) {
        read.row_groups->push_back(g);
        for (const auto& range : ranges) {
          for (int64_t i = range.first; i < range.end(); ++i) wanted.push_back(start + i);
        }
        read.row_ranges.push_back(std::move(ranges));
      }
      start += count;
    }
    if (below(2) == 0) read.columns = {{0, 2}};
    const auto values = ValuesByPosition(file, read);
    for (const int64_t position : wanted) {
      ASSERT_TRUE(values.contains(position)) << "round " << round << ", row " << position;
    }
    for (const auto& [position, value] : values) EXPECT_EQ(value, 7'000 + position);
    read_rows += std::ssize(values);
    all_rows += rows;
  }
  EXPECT_LT(read_rows, all_rows);
}

}  // namespace
}  // namespace artemis
