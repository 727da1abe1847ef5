// Strings and binary values, read by our own decoders: the same as Arrow reads, in every encoding, whatever is asked for at a time.
#include "artemis/parquet/byte_array_column.h"

#include <random>

#include <parquet/arrow/reader.h>
#include <parquet/arrow/writer.h>
#include <parquet/exception.h>
#include <parquet/metadata.h>

#include "artemis/base/error.h"
#include "artemis/parquet/delta_lengths.h"
#include "artemis/parquet/parquet_test_support.h"

namespace artemis {
namespace {

enum class Values : uint8_t { kFew, kLong, kRising, kEmpty, kAny };

// `nulls` in ten rows are null.
std::shared_ptr<arrow::Array> MakeText(const std::shared_ptr<arrow::DataType>& type, Values values,
                                       int64_t rows, int nulls, uint32_t seed) {
  std::mt19937 random(seed);
  arrow::BinaryBuilder builder;
  for (int64_t row = 0; row < rows; ++row) {
    if (static_cast<int>(random() % 10) < nulls) {
      EXPECT_TRUE(builder.AppendNull().ok());
      continue;
    }
    std::string text;
    switch (values) {
      case Values::kFew:
        text = "channel-" + std::to_string(random() % 40);
        break;
      case Values::kLong:
        text.assign(random() % 300, static_cast<char>('a' + random() % 26));
        break;
      case Values::kRising:
        text = "s3://archive/2024/03/" + std::to_string(1'000'000 + row) + ".bin";
        break;
      case Values::kEmpty:
        break;
      case Values::kAny:
        for (size_t left = random() % 40; left > 0; --left)
          text += static_cast<char>(random() % 256);
    }
    EXPECT_TRUE(builder.Append(text).ok());
  }
  return builder.Finish().ValueOrDie()->View(type).ValueOrDie();
}

struct FileOptions {
  parquet::Encoding::type encoding = parquet::Encoding::PLAIN;
  bool dictionary = false;
  parquet::ParquetDataPageVersion version = parquet::ParquetDataPageVersion::V1;
  arrow::Compression::type codec = arrow::Compression::UNCOMPRESSED;
  int64_t page_rows = 3'000;
  int64_t dictionary_bytes = 1 << 20;
};

// The column "text" and its row numbers.
std::shared_ptr<arrow::Buffer> WriteText(const std::shared_ptr<arrow::Array>& text,
                                         const FileOptions& options) {
  arrow::Int64Builder numbers;
  for (int64_t row = 0; row < text->length(); ++row) EXPECT_TRUE(numbers.Append(row).ok());
  const auto schema = arrow::schema({arrow::field("text", text->type(), text->null_count() > 0),
                                     arrow::field("row", arrow::int64(), false)});
  const auto table = arrow::Table::Make(schema, {text, numbers.Finish().ValueOrDie()});
  parquet::WriterProperties::Builder properties;
  properties.data_page_version(options.version)->compression(options.codec);
  properties.max_rows_per_page(options.page_rows)->write_batch_size(100);
  properties.dictionary_pagesize_limit(options.dictionary_bytes);
  properties.enable_write_page_index();
  if (options.dictionary) {
    properties.enable_dictionary();
  } else {
    properties.disable_dictionary()->encoding("text", options.encoding);
  }
  auto output = arrow::io::BufferOutputStream::Create().ValueOrDie();
  EXPECT_TRUE(parquet::arrow::WriteTable(*table, arrow::system_memory_pool(), output,
                                         text->length() / 2 + 1, properties.build())
                  .ok());
  return output->Finish().ValueOrDie();
}

arrow::Result<std::shared_ptr<arrow::Table>> ReadText(const std::shared_ptr<arrow::Buffer>& bytes,
                                                      const ParquetReadOptions& options) {
  auto file = std::make_shared<arrow::io::BufferReader>(bytes);
  ARROW_ASSIGN_OR_RAISE(const auto footer, ReadFooter(file, "text.parquet"));
  ARROW_ASSIGN_OR_RAISE(const auto batches, OpenParquet(file, footer, options));
  std::vector<std::shared_ptr<arrow::RecordBatch>> all;
  while (true) {
    ARROW_ASSIGN_OR_RAISE(auto batch, batches->Next());
    if (batch == nullptr) break;
    EXPECT_TRUE(batch->ValidateFull().ok()) << batch->ValidateFull();
    arrow::ArrayVector columns = batch->columns();
    for (auto& column : columns) {
      if (column->type_id() != arrow::Type::DICTIONARY) continue;
      ARROW_ASSIGN_OR_RAISE(column,
                            ExpandDictionary(static_cast<const arrow::DictionaryArray&>(*column),
                                             arrow::system_memory_pool()));
    }
    all.push_back(arrow::RecordBatch::Make(batches->schema(), batch->num_rows(), columns));
  }
  return arrow::Table::FromRecordBatches(batches->schema(), all);
}

void ExpectReadsAs(const std::shared_ptr<arrow::Array>& text, const FileOptions& file,
                   const ParquetReadOptions& options) {
  const auto read = ReadText(WriteText(text, file), options);
  ASSERT_TRUE(read.ok()) << read.status();
  ASSERT_TRUE((*read)->ValidateFull().ok());
  EXPECT_TRUE((*read)->column(0)->Equals(arrow::ChunkedArray(text)));
  const auto& rows = *(*read)->column(1);
  EXPECT_EQ(rows.length(), text->length());
}

TEST(ByteArrayColumn, GivesWhatWasWrittenInEveryEncoding) {
  const parquet::Encoding::type encodings[] = {
      parquet::Encoding::PLAIN, parquet::Encoding::DELTA_LENGTH_BYTE_ARRAY,
      parquet::Encoding::DELTA_BYTE_ARRAY, parquet::Encoding::RLE_DICTIONARY};
  uint32_t seed = 1;
  for (const auto encoding : encodings) {
    for (const auto values :
         {Values::kFew, Values::kLong, Values::kRising, Values::kEmpty, Values::kAny}) {
      for (const int nulls : {0, 3, 10}) {
        FileOptions file;
        file.encoding = encoding;
        file.dictionary = encoding == parquet::Encoding::RLE_DICTIONARY;
        file.version = seed % 2 == 0 ? parquet::ParquetDataPageVersion::V1
                                     : parquet::ParquetDataPageVersion::V2;
        file.codec = seed % 3 == 0 ? arrow::Compression::ZSTD : arrow::Compression::UNCOMPRESSED;
        ParquetReadOptions options;
        options.batch_rows = seed % 4 == 0 ? 777 : 65'536;
        options.dictionaries = seed % 5 == 0;
        SCOPED_TRACE(parquet::EncodingToString(encoding) + " " +
                     std::to_string(static_cast<int>(values)) + " " + std::to_string(nulls));
        const auto type = values == Values::kAny ? arrow::binary() : arrow::utf8();
        ExpectReadsAs(MakeText(type, values, 9'000, nulls, seed++), file, options);
      }
    }
  }
}

// Writers give a dictionary up in the middle of a column chunk.
TEST(ByteArrayColumn, GoesOnWherePagesFallBackToPlain) {
  FileOptions file;
  file.dictionary = true;
  file.dictionary_bytes = 2'000;
  file.page_rows = 500;
  for (const bool dictionaries : {false, true}) {
    ParquetReadOptions options;
    options.dictionaries = dictionaries;
    ExpectReadsAs(MakeText(arrow::utf8(), Values::kRising, 6'000, 1, 5), file, options);
  }
}

TEST(ByteArrayColumn, CutsBatchesAtBytesAndKeepsColumnsTogether) {
  const auto text = MakeText(arrow::utf8(), Values::kLong, 5'000, 2, 6);
  for (const bool dictionary : {false, true}) {
    FileOptions file;
    file.dictionary = dictionary;
    const auto bytes = WriteText(text, file);
    ParquetReadOptions options;
    options.batch_bytes = 4'000;
    options.dictionaries = dictionary;
    const auto read = ReadText(bytes, options);
    ASSERT_TRUE(read.ok()) << read.status();
    EXPECT_TRUE((*read)->column(0)->Equals(arrow::ChunkedArray(text)));
    const auto& chunks = (*read)->column(0)->chunks();
    EXPECT_GT(chunks.size(), 5'000u * 120 / 4'000 / 2);
    for (const auto& chunk : chunks) {
      const auto& values = static_cast<const arrow::StringArray&>(*chunk);
      EXPECT_LE(values.total_values_length(), 4'000 + 300);
    }
    int64_t row = 0;
    for (const auto& chunk : (*read)->column(1)->chunks()) {
      const auto& rows = static_cast<const arrow::Int64Array&>(*chunk);
      for (int64_t i = 0; i < rows.length(); ++i) ASSERT_EQ(rows.Value(i), row++);
    }
  }
}

TEST(ByteArrayColumn, KeepsADictionaryOnlyWhereAllPagesHaveIt) {
  const auto text = MakeText(arrow::utf8(), Values::kFew, 4'000, 1, 7);
  ParquetReadOptions options;
  options.dictionaries = true;
  options.batch_rows = 300;
  const auto type_of = [&](const FileOptions& file) {
    const auto bytes = WriteText(text, file);
    auto input = std::make_shared<arrow::io::BufferReader>(bytes);
    const auto footer = ReadFooter(input, "text.parquet").ValueOrDie();
    const auto batches = OpenParquet(input, footer, options).ValueOrDie();
    const auto first = batches->Next().ValueOrDie();
    const auto second = batches->Next().ValueOrDie();
    EXPECT_EQ(first->schema()->field(0)->type()->ToString(), first->column(0)->type()->ToString());
    if (first->column(0)->type_id() == arrow::Type::DICTIONARY) {
      const auto dictionary_of = [](const arrow::RecordBatch& batch) {
        return static_cast<const arrow::DictionaryArray&>(*batch.column(0)).dictionary();
      };
      EXPECT_EQ(dictionary_of(*first)->data()->buffers[2],
                dictionary_of(*second)->data()->buffers[2]);
      EXPECT_EQ(dictionary_of(*first)->length(), 40);
    }
    return first->column(0)->type_id();
  };
  FileOptions file;
  file.dictionary = true;
  EXPECT_EQ(type_of(file), arrow::Type::DICTIONARY);
  file.dictionary_bytes = 100;
  EXPECT_EQ(type_of(file), arrow::Type::STRING);
  file.dictionary = false;
  EXPECT_EQ(type_of(file), arrow::Type::STRING);
}

TEST(ByteArrayColumn, LeavesPagesOut) {
  const auto text = MakeText(arrow::utf8(), Values::kRising, 8'000, 1, 8);
  FileOptions file;
  file.encoding = parquet::Encoding::DELTA_BYTE_ARRAY;
  file.page_rows = 500;
  ParquetReadOptions options;
  options.row_groups = std::vector<int>{0, 1};
  options.row_ranges = {{{600, 10}, {2'000, 400}}, {{3'900, 50}}};
  const auto read = ReadText(WriteText(text, file), options).ValueOrDie();
  const auto& rows = *read->column(1);
  // Pages of 500 rows; the second row group begins at row 4,001.
  EXPECT_EQ(rows.length(), 500 + 500 + 499);
  int64_t at = 0;
  for (const auto& chunk : rows.chunks()) {
    for (int64_t i = 0; i < chunk->length(); ++i, ++at) {
      const int64_t row = static_cast<const arrow::Int64Array&>(*chunk).Value(i);
      const auto expected = text->GetScalar(row).ValueOrDie();
      ASSERT_TRUE(read->column(0)->GetScalar(at).ValueOrDie()->Equals(*expected)) << row;
    }
  }
}

// No checksums: whatever the bytes say, reading ends, in bounds.
TEST(ByteArrayColumn, EndsWithAnErrorOrRowsWhereBytesAreBroken) {
  std::mt19937 random(9);
  const auto text = MakeText(arrow::binary(), Values::kRising, 1'500, 1, 9);
  int failures = 0;
  for (int run = 0; run < 400; ++run) {
    FileOptions file;
    file.page_rows = 200;
    file.dictionary = run % 4 == 0;
    file.encoding = run % 4 == 1   ? parquet::Encoding::DELTA_BYTE_ARRAY
                    : run % 4 == 2 ? parquet::Encoding::DELTA_LENGTH_BYTE_ARRAY
                                   : parquet::Encoding::PLAIN;
    auto bytes = arrow::Buffer::FromString(WriteText(text, file)->ToString());
    for (int flip = 0; flip < 3; ++flip) {
      const size_t at = 4 + random() % static_cast<size_t>(bytes->size() * 3 / 4);
      const_cast<uint8_t*>(bytes->data())[at] = static_cast<uint8_t>(random());
    }
    ParquetReadOptions options;
    options.dictionaries = run % 8 == 0;
    const auto read = ReadText(bytes, options);
    if (!read.ok()) {
      ++failures;
      EXPECT_NE(FindDetail<CorruptFile>(read.status()), nullptr) << read.status();
    }
  }
  EXPECT_GT(failures, 50);
}

TEST(ExpandDictionary, KeepsNullsAndSlicesAndRefusesStrayIndices) {
  const auto values =
      JsonArray(arrow::utf8(), R"(["", "a long value, longer than 32 bytes at any rate", "c"])");
  const auto indices = JsonArray(arrow::int32(), "[1, null, 0, 2, 1, 2]");
  const auto whole =
      arrow::DictionaryArray(arrow::dictionary(arrow::int32(), arrow::utf8()), indices, values);
  const auto slice = whole.Slice(1, 4);
  const auto expanded = ExpandDictionary(static_cast<const arrow::DictionaryArray&>(*slice),
                                         arrow::system_memory_pool())
                            .ValueOrDie();
  ASSERT_TRUE(expanded->ValidateFull().ok());
  EXPECT_TRUE(expanded->Equals(JsonArray(
      arrow::utf8(), R"([null, "", "c", "a long value, longer than 32 bytes at any rate"])")));
  const auto stray = arrow::DictionaryArray(arrow::dictionary(arrow::int32(), arrow::utf8()),
                                            JsonArray(arrow::int32(), "[3]"), values);
  EXPECT_TRUE(ExpandDictionary(stray, arrow::system_memory_pool()).status().IsInvalid());
}

// Worked by hand from Encodings.md: blocks of 128 in 4 miniblocks; 5 values, first 7; least delta -2, deltas 0, 3, 0, 1 over it in 2 bits.
TEST(DecodeLengths, ReadsABlockWorkedByHand) {
  const std::vector<uint8_t> bytes = {0x80,          0x01, 4, 5, 14, 3, 2, 0, 0,   0,
                                      0b01'00'11'00, 0,    0, 0, 0,  0, 0, 0, 0xAB};
  std::vector<int32_t> lengths;
  EXPECT_EQ(DecodeLengths(bytes.data(), static_cast<int64_t>(bytes.size()), 5, &lengths), 18);
  EXPECT_EQ(lengths, (std::vector<int32_t>{7, 5, 6, 4, 3}));
}

TEST(DecodeLengths, RefusesWhatNoLengthsAre) {
  std::vector<int32_t> lengths;
  const auto refuses = [&](std::vector<uint8_t> bytes, int64_t count_max) {
    EXPECT_THROW(
        DecodeLengths(bytes.data(), static_cast<int64_t>(bytes.size()), count_max, &lengths),
        parquet::ParquetException);
  };
  refuses({}, 1);
  // Of a block of 0, of miniblocks of 16, of more values than the page, cut off, negative.
  refuses({0, 4, 1, 0}, 1);
  refuses({0x80, 0x01, 8, 1, 0}, 1);
  refuses({0x80, 0x01, 4, 3, 0}, 2);
  refuses({0x80, 0x01, 4, 3, 0, 0, 2, 0, 0, 0, 0}, 3);
  refuses({0x80, 0x01, 4, 1, 1}, 1);
}

}  // namespace
}  // namespace artemis
