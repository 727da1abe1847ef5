// Facts of our encoder of dictionary columns, read back by Arrow's reader and from the footer.
#include "artemis/parquet/dictionary_writer.h"

#include <cmath>
#include <random>

#include <arrow/compute/api_vector.h>
#include <arrow/compute/cast.h>
#include <parquet/arrow/reader.h>
#include <parquet/file_reader.h>
#include <parquet/metadata.h>
#include <parquet/page_index.h>
#include <parquet/statistics.h>

#include "artemis/parquet/parquet_test_support.h"

namespace artemis {
namespace {

using SharedArray = std::shared_ptr<arrow::Array>;

std::shared_ptr<arrow::Table> ByArrow(const FileInMemory& file) {
  auto reader = parquet::arrow::OpenFile(file.Open(), arrow::system_memory_pool()).ValueOrDie();
  return reader->ReadTable().ValueOrDie();
}

// `rows` of `distinct` values in runs and alone, a tenth of them null where asked.
SharedArray Values(const std::shared_ptr<arrow::DataType>& type, int64_t rows, int64_t distinct,
                   bool with_nulls, uint64_t seed) {
  std::mt19937_64 random(seed);
  arrow::Int64Builder builder;
  for (int64_t i = 0; i < rows;) {
    const auto value = static_cast<int64_t>(random() % static_cast<uint64_t>(distinct));
    const bool null = with_nulls && random() % 10 == 0;
    for (int64_t run = random() % 4 == 0 ? static_cast<int64_t>(random() % 30) : 1;
         run > 0 && i < rows; --run, ++i) {
      EXPECT_TRUE((null ? builder.AppendNull() : builder.Append(value - distinct / 2)).ok());
    }
  }
  return arrow::compute::Cast(*builder.Finish().ValueOrDie(), type,
                              arrow::compute::CastOptions::Unsafe())
      .ValueOrDie();
}

ParquetWriterOptions InDictionaries() {
  ParquetWriterOptions options;
  options.encodings = {{"c", ColumnEncoding::kDictionary}};
  return options;
}

FileInMemory WriteColumn(const SharedArray& values, const ParquetWriterOptions& options,
                         int64_t batch_rows = 7001) {
  const auto field = FieldWithId("c", values->type(), 1);
  std::vector<std::shared_ptr<arrow::RecordBatch>> batches;
  for (int64_t row = 0; row < values->length(); row += batch_rows) {
    batches.push_back(OneColumn(field, values->Slice(row, batch_rows)));
  }
  return WriteInMemory(batches, options);
}

const std::vector<std::shared_ptr<arrow::DataType>>& EncodedTypes() {
  static const std::vector<std::shared_ptr<arrow::DataType>> types = {
      arrow::int8(),    arrow::int16(),   arrow::int32(), arrow::int64(), arrow::date32(),
      arrow::float32(), arrow::float64(), arrow::utf8(),  arrow::binary()};
  return types;
}

SharedArray ValuesOf(const std::shared_ptr<arrow::DataType>& type, int64_t rows, int64_t distinct,
                     bool with_nulls, uint64_t seed) {
  if (type->id() == arrow::Type::DATE32) {
    return Values(arrow::int32(), rows, distinct, with_nulls, seed)->View(type).ValueOrDie();
  }
  if (type->id() != arrow::Type::BINARY) return Values(type, rows, distinct, with_nulls, seed);
  return Values(arrow::utf8(), rows, distinct, with_nulls, seed)->View(type).ValueOrDie();
}

TEST(DictionaryWriter, GivesBackValuesOfEveryType) {
  for (const auto& type : EncodedTypes()) {
    for (const int64_t distinct : {1, 2, 100}) {
      for (const bool with_nulls : {false, true}) {
        const auto values = ValuesOf(type, 50'000, distinct, with_nulls, 3);
        const auto file = WriteColumn(values, InDictionaries());
        const auto read = ByArrow(file)->column(0);
        ASSERT_TRUE(read->Equals(arrow::ChunkedArray(values))) << type->ToString() << distinct;
        const auto footer = file.Footer();
        const auto group = footer->metadata->RowGroup(0);
        const auto chunk = group->ColumnChunk(0);
        EXPECT_TRUE(chunk->has_dictionary_page());
        EXPECT_EQ(chunk->statistics()->null_count(), values->null_count());
      }
    }
  }
}

TEST(DictionaryWriter, GoesOnInPlainOnceTheDictionaryReachesItsLimit) {
  auto options = InDictionaries();
  options.dictionary_bytes = 4000;
  for (const auto& type : {arrow::int32(), arrow::int64(), arrow::float64(), arrow::utf8()}) {
    const auto values = ValuesOf(type, 60'000, 3000, true, 5);
    const auto file = WriteColumn(values, options);
    ASSERT_TRUE(ByArrow(file)->column(0)->Equals(arrow::ChunkedArray(values))) << type->ToString();
    EXPECT_EQ(file.written.summary.columns[0].fallback_row_groups, 1) << type->ToString();
    const auto footer = file.Footer();
    const auto group = footer->metadata->RowGroup(0);
    const auto chunk = group->ColumnChunk(0);
    EXPECT_TRUE(chunk->has_dictionary_page());
    EXPECT_EQ(chunk->num_values(), values->length());
    EXPECT_EQ(chunk->statistics()->null_count(), values->null_count());
  }
}

TEST(DictionaryWriter, KeepsBothZerosAndEveryNaN) {
  arrow::DoubleBuilder builder;
  for (int i = 0; i < 100; ++i) {
    ASSERT_TRUE(builder.AppendValues({0.0, -0.0, 1.5, std::nan(""), -std::nan("7")}).ok());
  }
  const auto values = builder.Finish().ValueOrDie();
  const auto read = ByArrow(WriteColumn(values, InDictionaries()))->column(0)->chunk(0);
  EXPECT_TRUE(
      values->View(arrow::int64()).ValueOrDie()->Equals(read->View(arrow::int64()).ValueOrDie()));
}

// Pages end at 20,000 rows: one of nulls alone, bounds of each of its own values.
TEST(DictionaryWriter, TellsTheBoundsOfEachPage) {
  arrow::Int32Builder numbers;
  ASSERT_TRUE(numbers.AppendNulls(20'000).ok());
  for (int32_t i = 0; i < 40'000; ++i) ASSERT_TRUE(numbers.Append(i / 20'000 * 1000 + i % 10).ok());
  const auto values = numbers.Finish().ValueOrDie();
  const auto texts = arrow::compute::Cast(*values, arrow::utf8()).ValueOrDie();
  const auto coded = arrow::compute::DictionaryEncode(texts).ValueOrDie().make_array();
  for (const auto& column : {values, texts, coded}) {
    const auto field = FieldWithId("c", column == coded ? arrow::utf8() : column->type(), 1);
    const auto schema = arrow::schema({field});
    const auto rows = arrow::schema({field->WithType(column->type())});
    auto sink = arrow::io::BufferOutputStream::Create().ValueOrDie();
    auto writer = MakeParquetWriter(sink, "memory.parquet", schema, InDictionaries()).ValueOrDie();
    ASSERT_TRUE(writer->Write(*arrow::RecordBatch::Make(rows, column->length(), {column})).ok());
    const auto written = writer->Close().ValueOrDie();
    const FileInMemory file{written, sink->Finish().ValueOrDie()};
    auto reader = parquet::ParquetFileReader::Open(file.Open());
    const auto index = reader->GetPageIndexReader()->RowGroup(0)->GetColumnIndex(0);
    EXPECT_EQ(index->null_pages(), (std::vector<bool>{true, false, false}));
    EXPECT_EQ(index->null_counts(), (std::vector<int64_t>{20'000, 0, 0}));
    const bool is_text = field->type()->id() == arrow::Type::STRING;
    const auto bound = [&](int32_t number) {
      return is_text ? std::to_string(number)
                     : std::string(reinterpret_cast<const char*>(&number), 4);
    };
    EXPECT_EQ(index->encoded_min_values()[1], bound(0));
    EXPECT_EQ(index->encoded_max_values()[1], bound(9));
    EXPECT_EQ(index->encoded_min_values()[2], bound(1000));
    EXPECT_EQ(index->encoded_max_values()[2], bound(1009));
  }
}

// Rows as texts, and as dictionary arrays whose dictionaries differ from batch to batch and hold values that no row has.
struct CodedRows {
  SharedArray texts;
  arrow::ArrayVector coded;
};

CodedRows MakeCodedRows(int64_t distinct) {
  CodedRows rows;
  arrow::ArrayVector pieces;
  for (uint64_t batch = 0; batch < 5; ++batch) {
    pieces.push_back(Values(arrow::utf8(), 9000, distinct, true, batch));
    const auto more =
        arrow::Concatenate({JsonArray(arrow::utf8(), R"(["zzz unused"])"), pieces.back()})
            .ValueOrDie();
    rows.coded.push_back(
        arrow::compute::DictionaryEncode(more).ValueOrDie().make_array()->Slice(1));
  }
  rows.texts = arrow::Concatenate(pieces).ValueOrDie();
  return rows;
}

FileInMemory WriteCoded(const arrow::ArrayVector& coded, const ParquetWriterOptions& options) {
  const auto field = FieldWithId("c", arrow::utf8(), 1);
  auto sink = arrow::io::BufferOutputStream::Create().ValueOrDie();
  auto writer =
      MakeParquetWriter(sink, "memory.parquet", arrow::schema({field}), options).ValueOrDie();
  for (const auto& array : coded) {
    const auto schema = arrow::schema({field->WithType(array->type())});
    EXPECT_TRUE(writer->Write(*arrow::RecordBatch::Make(schema, array->length(), {array})).ok());
  }
  auto written = writer->Close().ValueOrDie();
  return {std::move(written), sink->Finish().ValueOrDie()};
}

TEST(DictionaryWriter, StoresDictionaryArraysAsTheTextsThatTheyStandFor) {
  const auto rows = MakeCodedRows(500);
  for (const int64_t dictionary_bytes : {1 << 20, 1000}) {
    for (const auto encoding : {ColumnEncoding::kDictionary, ColumnEncoding::kDeltaByteArray}) {
      ParquetWriterOptions options;
      options.encodings = {{"c", encoding}};
      options.dictionary_bytes = dictionary_bytes;
      const auto file = WriteCoded(rows.coded, options);
      ASSERT_TRUE(ByArrow(file)->column(0)->Equals(arrow::ChunkedArray(rows.texts)));
      const auto plain = WriteColumn(rows.texts, options, 9000);
      EXPECT_EQ(file.written.metrics[0].lower_bound, plain.written.metrics[0].lower_bound);
      EXPECT_EQ(file.written.metrics[0].upper_bound, plain.written.metrics[0].upper_bound);
      EXPECT_EQ(file.written.metrics[0].null_count, plain.written.metrics[0].null_count);
      EXPECT_EQ(file.written.metrics[0].value_count, 45'000);
    }
  }
}

// "zzz unused" would be the greatest.
TEST(DictionaryWriter, LeavesOutWhatNoRowHas) {
  const auto rows = MakeCodedRows(50);
  const auto file = WriteCoded(rows.coded, InDictionaries());
  const auto footer = file.Footer();
  const auto group = footer->metadata->RowGroup(0);
  const auto chunk = group->ColumnChunk(0);
  const auto statistics = chunk->statistics();
  EXPECT_EQ(statistics->EncodeMax(), "9");

  EXPECT_EQ(file.bytes->ToString().find("zzz unused"), std::string::npos);
}

TEST(DictionaryWriter, RefusesNullsInARequiredColumn) {
  for (const auto& type : {arrow::int32(), arrow::utf8()}) {
    const auto field = FieldWithId("c", type, 1, /*nullable=*/false);
    auto sink = arrow::io::BufferOutputStream::Create().ValueOrDie();
    auto writer =
        MakeParquetWriter(sink, "memory.parquet", arrow::schema({field}), InDictionaries())
            .ValueOrDie();
    arrow::Status status =
        writer->Write(*OneColumn(field, arrow::MakeArrayOfNull(type, 3).ValueOrDie()));
    if (status.ok()) status = writer->Close().status();
    EXPECT_TRUE(status.IsInvalid()) << status;
  }
}

}  // namespace
}  // namespace artemis
