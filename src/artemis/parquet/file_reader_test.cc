// Facts of reading Parquet: footers, statistics, positions, and how damage is told.
#include "artemis/parquet/file_reader.h"

#include <parquet/metadata.h>

#include "artemis/base/error.h"
#include "artemis/parquet/page_index.h"
#include "artemis/parquet/parquet_test_support.h"
#include "artemis/schema/literal.h"

namespace artemis {
namespace {

// Four row groups of 100, 100, 100 and 50 rows: 0 .. 349 in column "a", its double in "b".
FileInMemory FourGroups() {
  const auto schema =
      arrow::schema({arrow::field("a", arrow::int64()), arrow::field("b", arrow::float64())});
  auto output = arrow::io::BufferOutputStream::Create().ValueOrDie();
  auto writer = MakeParquetWriter(output, "f", schema).ValueOrDie();
  for (int64_t first = 0; first < 350; first += 100) {
    arrow::Int64Builder a;
    arrow::DoubleBuilder b;
    for (int64_t i = first; i < std::min<int64_t>(first + 100, 350); ++i) {
      EXPECT_TRUE(a.Append(i).ok());
      EXPECT_TRUE(b.Append(2.0 * static_cast<double>(i)).ok());
    }
    const int64_t rows = a.length();
    EXPECT_TRUE(writer
                    ->Write(*arrow::RecordBatch::Make(
                        schema, rows, {a.Finish().ValueOrDie(), b.Finish().ValueOrDie()}))
                    .ok());
    EXPECT_TRUE(writer->FlushRowGroup().ok());
  }
  FileInMemory file;
  file.written = writer->Close().ValueOrDie();
  file.bytes = output->Finish().ValueOrDie();
  return file;
}

arrow::Status ReadAllRows(const std::shared_ptr<arrow::Buffer>& bytes) {
  auto file = std::make_shared<arrow::io::BufferReader>(bytes);
  ARROW_ASSIGN_OR_RAISE(const auto footer, ReadFooter(file, "broken.parquet"));
  ARROW_ASSIGN_OR_RAISE(auto batches, OpenParquet(file, footer));
  while (true) {
    ARROW_ASSIGN_OR_RAISE(const auto batch, batches->Next());
    if (batch == nullptr) return arrow::Status::OK();
  }
}

void ExpectCorrupt(const arrow::Status& status, const std::string& part) {
  const auto* corrupt = FindDetail<CorruptFile>(status);
  ASSERT_NE(corrupt, nullptr) << status;
  EXPECT_EQ(corrupt->path, "broken.parquet");
  EXPECT_NE(corrupt->what.find(part), std::string::npos) << corrupt->what;
}

std::shared_ptr<arrow::Buffer> Text(const std::string& text) {
  return arrow::Buffer::FromString(text);
}

TEST(ParquetReader, GivesAllRowsInOrderWithTheirPositions) {
  const FileInMemory file = FourGroups();
  ParquetReadOptions options;
  options.batch_rows = 30;
  auto batches = OpenParquet(file.Open(), file.Footer(), options).ValueOrDie();
  int64_t expected = 0;
  int64_t first_row = -1;
  while (auto batch = batches->Next(&first_row).ValueOrDie()) {
    EXPECT_EQ(first_row, expected);
    EXPECT_LE(batch->num_rows(), 30);
    const auto& a = static_cast<const arrow::Int64Array&>(*batch->column(0));
    for (int64_t i = 0; i < a.length(); ++i) EXPECT_EQ(a.Value(i), expected++);
  }
  EXPECT_EQ(expected, 350);
}

TEST(ParquetReader, ReadsChosenRowGroupsWithFilePositions) {
  const FileInMemory file = FourGroups();
  ParquetReadOptions options;
  options.row_groups = std::vector<int>{3, 1};
  auto batches = OpenParquet(file.Open(), file.Footer(), options).ValueOrDie();
  std::vector<int64_t> starts;
  int64_t first_row = -1;
  while (auto batch = batches->Next(&first_row).ValueOrDie()) {
    starts.push_back(first_row);
    EXPECT_EQ(static_cast<const arrow::Int64Array&>(*batch->column(0)).Value(0), first_row);
  }
  EXPECT_EQ(starts, (std::vector<int64_t>{300, 100}));
}

TEST(ParquetReader, ReadsChosenColumnsInTheAskedOrder) {
  const FileInMemory file = FourGroups();
  ParquetReadOptions options;
  options.columns = std::vector<int>{1, 0};
  const auto swapped = ReadInMemory(file, options);
  EXPECT_EQ(swapped->schema()->field(0)->name(), "b");
  EXPECT_EQ(static_cast<const arrow::DoubleArray&>(*swapped->column(0)->chunk(0)).Value(7), 14.0);
  EXPECT_EQ(static_cast<const arrow::Int64Array&>(*swapped->column(1)->chunk(0)).Value(7), 7);

  options.columns = std::vector<int>{};
  EXPECT_EQ(ReadInMemory(file, options)->num_rows(), 350);
  EXPECT_EQ(ReadInMemory(file, options)->num_columns(), 0);
}

TEST(ParquetReader, RefusesRowGroupsAndColumnsThatAreNotThere) {
  const FileInMemory file = FourGroups();
  ParquetReadOptions options;
  options.row_groups = std::vector<int>{4};
  EXPECT_TRUE(OpenParquet(file.Open(), file.Footer(), options).status().IsInvalid());
  options.row_groups.reset();
  options.columns = std::vector<int>{2};
  EXPECT_TRUE(OpenParquet(file.Open(), file.Footer(), options).status().IsInvalid());
}

TEST(ParquetReader, NamesWhatIsNoParquetFile) {
  ExpectCorrupt(ReadAllRows(Text("")), "at least 12 bytes, this one has 0");
  ExpectCorrupt(ReadAllRows(Text("hello, this is no parquet file")), "PAR1");
  ExpectCorrupt(
      ReadAllRows(Text(std::string("PAR1") + std::string("\x00\x01\x00\x00", 4) + "PAR1")),
      "footer's length of 256");
  ExpectCorrupt(
      ReadAllRows(Text(std::string("PAR1garbage!") + std::string("\x08\0\0\0", 4) + "PAR1")), "");
}

TEST(ParquetReader, RefusesAHugeFooterBeforeReadingIt) {
  const auto status =
      ReadAllRows(Text(std::string("PAR1") + std::string("\x00\x00\x00\x05", 4) + "PAR1"));
  EXPECT_NE(FindDetail<LimitExceeded>(status), nullptr) << status;
}

TEST(ParquetReader, NoticesACutFile) {
  const auto bytes = FourGroups().bytes;
  for (int64_t size : {bytes->size() - 1, bytes->size() / 2, int64_t{100}}) {
    ExpectCorrupt(ReadAllRows(arrow::SliceBuffer(bytes, 0, size)), "PAR1");
  }
}

TEST(ParquetReader, NoticesEveryFlippedBitOfAPage) {
  const FileInMemory file = FourGroups();
  // The first page's bytes after its header; the checksum covers them.
  const std::string good = file.bytes->ToString();
  const auto chunk = file.Footer()->metadata->RowGroup(0)->ColumnChunk(0);
  const auto end = static_cast<size_t>(chunk->data_page_offset() + chunk->total_compressed_size());
  for (size_t at = end - 8; at < end; ++at) {
    std::string bad = good;
    bad[at] = static_cast<char>(bad[at] ^ 0x10);
    ExpectCorrupt(ReadAllRows(Text(bad)), "");
  }
}

TEST(FooterCache, KeepsTheLatestUsed) {
  const auto footer = [](const std::string& path) {
    auto made = std::make_shared<ParquetFooter>();
    made->path = path;
    return made;
  };
  // Room for two.
  FooterCache cache(FooterMemory(*footer("a")) * 5 / 2);
  cache.Insert(footer("a"));
  cache.Insert(footer("b"));
  EXPECT_NE(cache.Find("a"), nullptr);
  cache.Insert(footer("c"));
  EXPECT_EQ(cache.Find("b"), nullptr);
  EXPECT_NE(cache.Find("a"), nullptr);
  EXPECT_NE(cache.Find("c"), nullptr);
}

TEST(FooterCache, HoldsNoMoreBytesThanItMayHoweverManyFootersCome) {
  const auto written = FourGroups().Footer();
  const int64_t one = FooterMemory(*written);
  // A parsed footer takes a multiple of its bytes.
  EXPECT_GT(one, 2 * int64_t{written->metadata->size()});
  FooterCache cache(10 * one);
  for (int i = 0; i < 1000; ++i) {
    auto footer = std::make_shared<ParquetFooter>(*written);
    footer->path = "file " + std::to_string(i);
    cache.Insert(footer);
    ASSERT_LE(cache.MemoryBytes(), 10 * one);
  }
  EXPECT_GE(cache.MemoryBytes(), 8 * one);
  EXPECT_EQ(cache.Find("file 0"), nullptr);
  EXPECT_NE(cache.Find("file 999"), nullptr);
  FooterCache none(0);
  none.Insert(written);
  EXPECT_EQ(none.MemoryBytes(), 0);
  EXPECT_EQ(none.Find(written->path), nullptr);
}

TEST(FooterCache, CountsThePageIndexesThatWereReadSince) {
  const auto footer = std::make_shared<ParquetFooter>();
  footer->path = "paged";
  footer->pages = std::make_shared<PageIndexMemory>();
  FooterCache cache(1 << 20);
  cache.Insert(footer);
  const int64_t before = cache.MemoryBytes();
  auto pages = std::make_shared<LeafPages>();
  pages->first_rows.resize(1000);
  footer->pages->Insert(0, 0, pages);
  EXPECT_NE(cache.Find("paged"), nullptr);
  EXPECT_GE(cache.MemoryBytes(), before + 8000);
  // One that takes more than all may is given a last time, and leaves.
  pages = std::make_shared<LeafPages>();
  pages->first_rows.resize(200'000);
  footer->pages->Insert(0, 1, pages);
  EXPECT_NE(cache.Find("paged"), nullptr);
  EXPECT_EQ(cache.Find("paged"), nullptr);
  EXPECT_EQ(cache.MemoryBytes(), 0);
}

LeafStatistics StatisticsOf(const std::shared_ptr<arrow::Array>& array) {
  const auto file = WriteInMemory({OneColumn(arrow::field("c", array->type()), array)});
  const auto all = RowGroupStatistics(*file.Footer(), 0);
  EXPECT_EQ(all.size(), 1u);
  return all.at(0);
}

TEST(RowGroupStatistics, GivesCountsAndBoundsPerRowGroup) {
  const auto footer = FourGroups().Footer();
  const auto all = RowGroupStatistics(*footer, 2);
  ASSERT_EQ(all.size(), 2u);
  EXPECT_EQ(all[0].leaf_index, 0);
  EXPECT_EQ(all[0].value_count, 100);
  EXPECT_EQ(all[0].null_count, 0);
  EXPECT_EQ(all[0].lower, ToBytes(Type::Of(TypeKind::kLong), LiteralValue(int64_t{200})));
  EXPECT_EQ(all[0].upper, ToBytes(Type::Of(TypeKind::kLong), LiteralValue(int64_t{299})));
  EXPECT_EQ(all[1].upper, ToBytes(Type::Of(TypeKind::kDouble), LiteralValue(598.0)));
}

TEST(RowGroupStatistics, WidensZerosAndHasNoNaNBounds) {
  const LeafStatistics zero = StatisticsOf(JsonArray(arrow::float64(), "[0.0, null]"));
  EXPECT_EQ(zero.null_count, 1);
  EXPECT_EQ(zero.lower, ToBytes(Type::Of(TypeKind::kDouble), LiteralValue(-0.0)));
  EXPECT_EQ(zero.upper, ToBytes(Type::Of(TypeKind::kDouble), LiteralValue(0.0)));
  const LeafStatistics nan = StatisticsOf(JsonArray(arrow::float64(), "[NaN]"));
  EXPECT_EQ(nan.lower, std::nullopt);
  EXPECT_EQ(nan.upper, std::nullopt);
}

TEST(RowGroupStatistics, ComparesUnsignedNumbersAsSuch) {
  const LeafStatistics narrow = StatisticsOf(JsonArray(arrow::uint32(), "[1, 4294967295]"));
  EXPECT_EQ(narrow.lower, ToBytes(Type::Of(TypeKind::kLong), LiteralValue(int64_t{1})));
  EXPECT_EQ(narrow.upper, ToBytes(Type::Of(TypeKind::kLong), LiteralValue(int64_t{4294967295})));
  // No long can say 2^64-1.
  const LeafStatistics wide = StatisticsOf(JsonArray(arrow::uint64(), "[1, 18446744073709551615]"));
  EXPECT_EQ(wide.lower, ToBytes(Type::Of(TypeKind::kLong), LiteralValue(int64_t{1})));
  EXPECT_EQ(wide.upper, std::nullopt);
}

TEST(RowGroupStatistics, BoundsStringsDecimalsAndBooleans) {
  const LeafStatistics text = StatisticsOf(JsonArray(arrow::utf8(), R"(["z", "é", null])"));
  EXPECT_EQ(text.lower, "z");
  EXPECT_EQ(text.upper, "é");
  for (int32_t precision : {9, 18, 38}) {
    const LeafStatistics decimal =
        StatisticsOf(JsonArray(arrow::decimal128(precision, 2), R"(["-1.23", "300.00"])"));
    EXPECT_EQ(decimal.lower, "\x85") << precision;
    EXPECT_EQ(decimal.upper, "\x75\x30") << precision;
  }
  const LeafStatistics boolean = StatisticsOf(JsonArray(arrow::boolean(), "[true, true]"));
  EXPECT_EQ(boolean.lower, std::string("\1", 1));
}

}  // namespace
}  // namespace artemis
