// Facts of row groups: where they end, what is told of them, and that threads change nothing in the file.
#include <filesystem>
#include <fstream>
#include <map>
#include <sstream>

#include <arrow/array/builder_binary.h>
#include <arrow/array/builder_primitive.h>
#include <gmock/gmock.h>
#include <parquet/bloom_filter.h>
#include <parquet/bloom_filter_reader.h>
#include <parquet/column_reader.h>
#include <parquet/file_reader.h>
#include <parquet/metadata.h>
#include <parquet/page_index.h>

#include "artemis/base/event_log.h"
#include "artemis/parquet/parquet_test_support.h"

namespace artemis {
namespace {

uint64_t NextNoise(uint64_t* state) {
  *state ^= *state << 13;
  *state ^= *state >> 7;
  return *state ^= *state << 17;
}

// Telemetry's columns in the types and shapes that matter to encodings.
std::shared_ptr<arrow::RecordBatch> TelemetryLike(int64_t first, int64_t rows) {
  uint64_t state = 88172645463325252ull + static_cast<uint64_t>(first);
  arrow::Int64Builder times;
  arrow::StringBuilder missions;
  arrow::DoubleBuilder voltages;
  arrow::UInt8Builder flags;
  arrow::StringBuilder paths;
  arrow::StringBuilder notes;
  for (int64_t i = first; i < first + rows; ++i) {
    EXPECT_TRUE(times
                    .Append(1'700'000'000'000'000'000 + i * 1'000'000 +
                            static_cast<int64_t>(NextNoise(&state) % 5000))
                    .ok());
    EXPECT_TRUE(missions.Append("mission-" + std::to_string(i % 3)).ok());
    EXPECT_TRUE(voltages.Append(static_cast<double>(NextNoise(&state)) * 1e-18).ok());
    EXPECT_TRUE(flags.Append(static_cast<uint8_t>(i % 2)).ok());
    EXPECT_TRUE(paths.Append("apollo/2024/" + std::to_string(i) + ".bin").ok());
    if (i % 3 == 0) {
      EXPECT_TRUE(notes.AppendNull().ok());
    } else {
      EXPECT_TRUE(notes.Append("note " + std::to_string(NextNoise(&state))).ok());
    }
  }
  const auto time = arrow::timestamp(arrow::TimeUnit::NANO);
  return arrow::RecordBatch::Make(
      arrow::schema(
          {arrow::field("sample_timestamp_ns", time), arrow::field("mission_id", arrow::utf8()),
           arrow::field("panel_voltage", arrow::float64()),
           arrow::field("quality_flag", arrow::uint8()), arrow::field("object_path", arrow::utf8()),
           arrow::field("notes", arrow::utf8())}),
      rows,
      {times.Finish().ValueOrDie()->View(time).ValueOrDie(), missions.Finish().ValueOrDie(),
       voltages.Finish().ValueOrDie(), flags.Finish().ValueOrDie(), paths.Finish().ValueOrDie(),
       notes.Finish().ValueOrDie()});
}

std::vector<std::shared_ptr<arrow::RecordBatch>> Batches(int64_t rows, int64_t batch_rows) {
  // Made once: what is tested is the writer.
  static const auto all = TelemetryLike(0, 200'000);
  std::vector<std::shared_ptr<arrow::RecordBatch>> batches;
  for (int64_t row = 0; row < rows; row += batch_rows) {
    batches.push_back(all->Slice(row % all->num_rows(), std::min(batch_rows, rows - row)));
  }
  return batches;
}

std::vector<int64_t> RowGroupRows(const parquet::FileMetaData& footer) {
  std::vector<int64_t> rows;
  for (int g = 0; g < footer.num_row_groups(); ++g) rows.push_back(footer.RowGroup(g)->num_rows());
  return rows;
}

TEST(RowGroups, PassTheTargetByAnEighthAtMost) {
  ParquetWriterOptions options;
  for (const int64_t target : {200'000, 2'000'000}) {
    options.row_group_bytes = target;
    const auto footer = WriteInMemory(Batches(target == 200'000 ? 60'000 : 200'000, 5'000), options)
                            .Footer()
                            ->metadata;
    EXPECT_GE(footer->num_row_groups(), 4) << target;
    for (int g = 0; g + 1 < footer->num_row_groups(); ++g) {
      // The footer counts page headers and whole level runs, which are not yet known when a group is measured.
      EXPECT_GE(footer->RowGroup(g)->total_byte_size(), target * 95 / 100) << target;
      EXPECT_LE(footer->RowGroup(g)->total_byte_size(), target * 120 / 100) << target;
    }
  }
}

// 20 bits of index a row, with the dictionary's 1 MiB: what waits for its dictionary is counted as it will be stored, not as it
// is compressed. All indices are equal for long, so that they compress to nothing.
TEST(RowGroups, CountPagesThatWaitForTheirDictionaryBeforeCompression) {
  arrow::Int32Builder builder;
  for (int32_t i = 0; i < 1'000'000; ++i) ASSERT_TRUE(builder.Append(i / 4 % 1000).ok());
  ParquetWriterOptions options;
  options.row_group_bytes = 200'000;
  options.encodings = {{"c", ColumnEncoding::kDictionary}};
  const auto field = arrow::field("c", arrow::int32());
  const auto array = builder.Finish().ValueOrDie();
  std::vector<std::shared_ptr<arrow::RecordBatch>> batches;
  for (int64_t row = 0; row < array->length(); row += 5'000) {
    batches.push_back(OneColumn(field, array->Slice(row, 5'000)));
  }
  const auto footer = WriteInMemory(batches, options).Footer()->metadata;
  // 10 bits a row: 1.25 MB in all.
  EXPECT_GE(footer->num_row_groups(), 5);
  EXPECT_LE(footer->num_row_groups(), 8);
}

TEST(RowGroups, AreTheSameOnAnyNumberOfThreads) {
  const auto batches = Batches(120'000, 7'000);
  ParquetWriterOptions options;
  options.row_group_bytes = 500'000;
  options.threads = 1;
  const auto expected = WriteInMemory(batches, options);
  EXPECT_GT(expected.written.summary.row_groups, 3);
  for (const int threads : {2, 3, 16}) {
    options.threads = threads;
    EXPECT_TRUE(WriteInMemory(batches, options).bytes->Equals(*expected.bytes)) << threads;
  }
}

TEST(RowGroups, CutBatchesThatAreLargerThanThey) {
  ParquetWriterOptions options;
  options.row_group_bytes = 500'000;
  const auto batch = TelemetryLike(0, 150'000);
  const auto file = WriteInMemory({batch}, options);
  EXPECT_GT(file.written.summary.row_groups, 5);
  EXPECT_TRUE(ReadInMemory(file)->Equals(*arrow::Table::FromRecordBatches({batch}).ValueOrDie()));
}

// Of the mandated map, in every row group: delta alone, byte stream split alone, a dictionary.
TEST(RowGroups, HaveTheMandatedEncodingsInEachOne) {
  ParquetWriterOptions options;
  options.row_group_bytes = 1'000'000;
  const auto footer = WriteInMemory(Batches(200'000, 20'000), options).Footer()->metadata;
  ASSERT_GE(footer->num_row_groups(), 3);
  using parquet::Encoding;
  for (int g = 0; g < footer->num_row_groups(); ++g) {
    const auto encodings = [&](int column) {
      return footer->RowGroup(g)->ColumnChunk(column)->encodings();
    };
    EXPECT_THAT(encodings(0),
                ::testing::UnorderedElementsAre(Encoding::RLE, Encoding::DELTA_BINARY_PACKED));
    EXPECT_THAT(encodings(2),
                ::testing::UnorderedElementsAre(Encoding::RLE, Encoding::BYTE_STREAM_SPLIT));
    EXPECT_THAT(encodings(1), ::testing::Contains(Encoding::RLE_DICTIONARY));
    EXPECT_TRUE(footer->RowGroup(g)->ColumnChunk(1)->has_dictionary_page());
    EXPECT_THAT(encodings(4),
                ::testing::UnorderedElementsAre(Encoding::RLE, Encoding::DELTA_BYTE_ARRAY));
  }
}

struct LoggedFile {
  FileInMemory file;
  std::vector<std::string> lines;
};

LoggedFile WriteLogged(const std::vector<std::shared_ptr<arrow::RecordBatch>>& batches,
                       ParquetWriterOptions options) {
  const std::string path = ::testing::TempDir() + "/row_groups_" + std::to_string(::getpid()) +
                           "_" + ::testing::UnitTest::GetInstance()->current_test_info()->name();
  std::filesystem::remove(path);
  auto log = EventLog::Open(path).ValueOrDie();
  options.events = log.get();
  LoggedFile logged;
  logged.file = WriteInMemory(batches, options);
  log.reset();
  std::ifstream text(path);
  for (std::string line; std::getline(text, line);) logged.lines.push_back(line);
  std::filesystem::remove(path);
  return logged;
}

bool Holds(const std::string& line, const std::string& part) {
  return line.find(part) != std::string::npos;
}

int64_t NumberIn(const std::string& line, const std::string& key) {
  const size_t at = line.find("\"" + key + "\":");
  return at == std::string::npos ? -1 : std::stoll(line.substr(at + key.size() + 3));
}

TEST(RowGroups, AreEachToldOnceWithTheFootersFigures) {
  ParquetWriterOptions options;
  options.row_group_bytes = 1'000'000;
  const LoggedFile logged = WriteLogged(Batches(200'000, 20'000), options);
  const auto footer = logged.file.Footer()->metadata;
  int group = 0;
  for (const std::string& line : logged.lines) {
    if (!Holds(line, "\"event\":\"row_group_flush\"")) continue;
    ASSERT_LT(group, footer->num_row_groups());
    EXPECT_EQ(NumberIn(line, "rg_idx"), group);
    EXPECT_EQ(NumberIn(line, "rows"), footer->RowGroup(group)->num_rows());
    EXPECT_EQ(NumberIn(line, "compressed_bytes"), footer->RowGroup(group)->total_compressed_size());
    EXPECT_GE(NumberIn(line, "elapsed_ms"), 0);
    EXPECT_TRUE(Holds(line, "\"path\":\"memory.parquet\""));
    ++group;
  }
  EXPECT_EQ(group, footer->num_row_groups());
}

// 1 MiB of dictionary is some 45,000 different notes; a row group of 2 MB has fewer, one of 8 MB more.
TEST(RowGroups, TellOfEachDictionaryGivenUp) {
  ParquetWriterOptions options;
  options.row_group_bytes = 8'000'000;
  const LoggedFile logged = WriteLogged(Batches(400'000, 20'000), options);
  const auto& fallbacks = logged.file.written.summary.fallbacks;
  std::vector<DictionaryFallback> told;
  for (const std::string& line : logged.lines) {
    if (!Holds(line, "\"event\":\"dictionary_fallback\"")) continue;
    EXPECT_TRUE(Holds(line, "\"column\":\"notes\""));
    told.push_back({"notes", static_cast<int>(NumberIn(line, "row_group"))});
  }
  EXPECT_EQ(told, fallbacks);
  ASSERT_GE(fallbacks.size(), 2u);
  EXPECT_EQ(static_cast<int64_t>(fallbacks.size()),
            logged.file.written.summary.columns[5].fallback_row_groups);
  // The footer says the same of each group.
  const auto footer = logged.file.Footer()->metadata;
  for (const DictionaryFallback& fallback : fallbacks) {
    EXPECT_THAT(
        footer->RowGroup(fallback.row_group)->ColumnChunk(5)->encodings(),
        ::testing::IsSupersetOf({parquet::Encoding::RLE_DICTIONARY, parquet::Encoding::PLAIN}));
  }
  ParquetWriterOptions small;
  small.row_group_bytes = 1'000'000;
  const LoggedFile kept = WriteLogged(Batches(100'000, 20'000), small);
  EXPECT_TRUE(kept.file.written.summary.fallbacks.empty());
  for (const std::string& line : kept.lines) {
    EXPECT_FALSE(Holds(line, "\"event\":\"dictionary_fallback\""));
  }
}

TEST(RowGroups, HaveStatisticsPageIndexAndChecksums) {
  ParquetWriterOptions options;
  options.row_group_bytes = 1'000'000;
  const auto file = WriteInMemory(Batches(100'000, 20'000), options);
  parquet::ReaderProperties checked = parquet::default_reader_properties();
  checked.set_page_checksum_verification(true);
  const auto reader = parquet::ParquetFileReader::Open(file.Open(), checked);
  const auto index = reader->GetPageIndexReader();
  for (int g = 0; g < reader->metadata()->num_row_groups(); ++g) {
    const auto group_index = index->RowGroup(g);
    for (int c = 0; c < reader->metadata()->num_columns(); ++c) {
      EXPECT_TRUE(reader->metadata()->RowGroup(g)->ColumnChunk(c)->is_stats_set());
      const auto offsets = group_index->GetOffsetIndex(c);
      const auto columns = group_index->GetColumnIndex(c);
      ASSERT_NE(offsets, nullptr);
      ASSERT_NE(columns, nullptr);
      EXPECT_EQ(offsets->page_locations().size(), columns->null_pages().size());
      // Pages lie in the chunk, one after the other.
      int64_t end = 0;
      for (const auto& page : offsets->page_locations()) {
        EXPECT_GE(page.offset, end);
        end = page.offset + page.compressed_page_size;
      }
    }
  }
  // A flipped bit in a page is found by its checksum.
  auto bytes = file.bytes->ToString();
  const int64_t offset = reader->metadata()->RowGroup(0)->ColumnChunk(2)->data_page_offset();
  bytes[static_cast<size_t>(offset) + 200] ^= 1;
  const auto broken = parquet::ParquetFileReader::Open(
      std::make_shared<arrow::io::BufferReader>(arrow::Buffer::FromString(bytes)), checked);
  EXPECT_THROW(
      {
        const auto pages = broken->RowGroup(0)->GetColumnPageReader(2);
        while (pages->NextPage() != nullptr) {
        }
      },
      parquet::ParquetException);
}

TEST(BloomFilters, HoldEveryValueOfTheirRowGroup) {
  ParquetWriterOptions options;
  options.row_group_bytes = 1'000'000;
  options.bloom_filter_columns = {"mission_id", "notes"};
  options.bloom_filter_ndv = 50'000;
  options.bloom_filter_fpp = 0.01;
  const auto batches = Batches(100'000, 20'000);
  const auto file = WriteInMemory(batches, options);
  const auto plain = WriteInMemory(batches, [] {
    ParquetWriterOptions without;
    without.row_group_bytes = 1'000'000;
    return without;
  }());
  EXPECT_EQ(RowGroupRows(*file.Footer()->metadata), RowGroupRows(*plain.Footer()->metadata));
  const auto reader = parquet::ParquetFileReader::Open(file.Open());
  ASSERT_GE(reader->metadata()->num_row_groups(), 3);
  for (int g = 0; g < reader->metadata()->num_row_groups(); ++g) {
    auto group = reader->GetBloomFilterReader().RowGroup(g);
    EXPECT_EQ(group->GetColumnBloomFilter(2), nullptr);
    const auto missions = group->GetColumnBloomFilter(1);
    ASSERT_NE(missions, nullptr);
    const auto has = [](const parquet::BloomFilter& filter, std::string_view text) {
      const parquet::ByteArray value(text);
      return filter.FindHash(filter.Hash(&value));
    };
    EXPECT_TRUE(has(*missions, "mission-2"));
    int absent = 0;
    for (int i = 0; i < 1'000; ++i) absent += has(*missions, "absent-" + std::to_string(i));
    EXPECT_LE(absent, 50);
    const auto notes = group->GetColumnBloomFilter(5);
    ASSERT_NE(notes, nullptr);
    ParquetReadOptions read;
    read.row_groups = {{g}};
    read.columns = {{5}};
    const auto table = ReadInMemory(file, read);
    for (const auto& chunk : table->column(0)->chunks()) {
      const auto& texts = static_cast<const arrow::StringArray&>(*chunk);
      for (int64_t i = 0; i < texts.length(); ++i) {
        if (texts.IsValid(i)) {
          ASSERT_TRUE(has(*notes, texts.GetView(i)));
        }
      }
    }
  }
  EXPECT_EQ(ReadInMemory(file)->num_rows(), 100'000);
}

TEST(BloomFilters, AreRefusedByName) {
  const auto schema =
      arrow::schema({arrow::field("ok", arrow::boolean()), arrow::field("n", arrow::int64())});
  const auto refuse = [&](const ParquetWriterOptions& options) {
    return CheckParquetSchema(*schema, options);
  };
  ParquetWriterOptions options;
  options.bloom_filter_columns = {"ok"};
  EXPECT_TRUE(refuse(options).IsTypeError());
  EXPECT_NE(refuse(options).message().find("column 'ok'"), std::string::npos);
  options.bloom_filter_columns = {"absent"};
  EXPECT_TRUE(refuse(options).IsInvalid());
  EXPECT_NE(refuse(options).message().find("column 'absent'"), std::string::npos);
  options.bloom_filter_columns = {"n"};
  EXPECT_TRUE(refuse(options).ok());
  for (const double share : {0.0, 1.0, -1.0}) {
    options.bloom_filter_fpp = share;
    EXPECT_TRUE(refuse(options).IsInvalid()) << share;
  }
}

// A writer that is let go of without Close, and one whose stream fails, write no footer.
TEST(ParquetWriterLife, WritesNoFooterWithoutClose) {
  auto output = arrow::io::BufferOutputStream::Create().ValueOrDie();
  {
    ParquetWriterOptions options;
    options.row_group_bytes = 500'000;
    options.threads = 2;
    const auto batch = TelemetryLike(0, 50'000);
    auto writer = MakeParquetWriter(output, "f", batch->schema(), options).ValueOrDie();
    ASSERT_TRUE(writer->Write(*batch).ok());
  }
  const auto bytes = output->Finish().ValueOrDie();
  EXPECT_GT(bytes->size(), 500'000 / 3);
  EXPECT_FALSE(ReadFooter(std::make_shared<arrow::io::BufferReader>(bytes), "f").ok());
}

}  // namespace
}  // namespace artemis
