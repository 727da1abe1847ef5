// Facts of --encoding auto: what is small in a sample is chosen, told, and written.
#include "artemis/parquet/encoding_sample.h"

#include <algorithm>
#include <cmath>
#include <map>

#include <arrow/array/builder_binary.h>
#include <arrow/array/builder_primitive.h>
#include <arrow/util/key_value_metadata.h>
#include <gmock/gmock.h>
#include <parquet/metadata.h>

#include "artemis/parquet/parquet_test_support.h"
#include "artemis/parquet/write_summary.h"

namespace artemis {
namespace {

class Noise {
 public:
  uint64_t Next() {
    state_ ^= state_ << 13;
    state_ ^= state_ >> 7;
    return state_ ^= state_ << 17;
  }

 private:
  uint64_t state_ = 88172645463325252ull;
};

template <typename Builder, typename Value>
std::shared_ptr<arrow::Array> Generate(int64_t rows, const Value& value) {
  Builder builder;
  for (int64_t i = 0; i < rows; ++i) EXPECT_TRUE(builder.Append(value(i)).ok());
  return builder.Finish().ValueOrDie();
}

// 12-bit converter readings times a calibration: 4,096 values that share no bytes.
std::shared_ptr<arrow::Array> Readings(int64_t rows) {
  Noise noise;
  return Generate<arrow::DoubleBuilder>(
      rows, [&](int64_t) { return static_cast<double>(noise.Next() % 4096) * 0.0123456789 - 7.1; });
}

// Neighbours in the same thousandth, no two alike: equal high bytes, and no dictionary.
std::shared_ptr<arrow::Array> Smooth(int64_t rows) {
  Noise noise;
  return Generate<arrow::DoubleBuilder>(
      rows, [&](int64_t) { return 100 + static_cast<double>(noise.Next() % (1u << 30)) * 1e-12; });
}

std::shared_ptr<arrow::Array> Counter(int64_t rows) {
  return Generate<arrow::Int64Builder>(rows, [](int64_t i) { return 1'000'000 + 3 * i; });
}

std::shared_ptr<arrow::Array> Paths(int64_t rows) {
  return Generate<arrow::StringBuilder>(
      rows, [](int64_t i) { return "s3://archive/pass/" + std::to_string(10'000'000 + i); });
}

std::shared_ptr<arrow::RecordBatch> ManyShapes(int64_t rows) {
  const auto schema = arrow::schema(
      {arrow::field("panel_voltage", arrow::float64()), arrow::field("smooth", arrow::float64()),
       arrow::field("counter", arrow::int64()), arrow::field("path", arrow::utf8())});
  return arrow::RecordBatch::Make(schema, rows,
                                  {Readings(rows), Smooth(rows), Counter(rows), Paths(rows)});
}

ParquetWriterOptions Auto() {
  ParquetWriterOptions options;
  options.encoding_mode = EncodingMode::kAuto;
  return options;
}

TEST(EncodingSample, ChoosesWhatIsSmallForEachShape) {
  const auto summary = WriteInMemory({ManyShapes(60'000)}, Auto()).written.summary;
  const std::vector<std::string> expected = {"RLE_DICTIONARY", "BYTE_STREAM_SPLIT",
                                             "DELTA_BINARY_PACKED", "DELTA_BYTE_ARRAY"};
  for (size_t i = 0; i < expected.size(); ++i) {
    const WriteSummary::Column& column = summary.columns[i];
    EXPECT_THAT(column.encodings, ::testing::ElementsAre(expected[i])) << column.name;
    EXPECT_EQ(column.chosen_by, "auto");
    const std::map<std::string, int64_t> tried(column.sample_bytes.begin(),
                                               column.sample_bytes.end());
    ASSERT_TRUE(tried.contains(expected[i]));
    for (const auto& [encoding, bytes] : tried) EXPECT_GE(bytes, tried.at(expected[i])) << encoding;
  }
}

// 12 bits a reading in a dictionary; in byte stream split at least as many, and the noise of a product in the low bytes.
TEST(EncodingSample, MakesReadingsFarSmallerThanTheMandatedMap) {
  const auto batch = OneColumn(arrow::field("panel_voltage", arrow::float64()), Readings(200'000));
  const auto by_policy = WriteInMemory({batch}).written.summary.compressed_bytes;
  const auto by_sample = WriteInMemory({batch}, Auto()).written.summary.compressed_bytes;
  EXPECT_LT(by_sample, by_policy / 2);
  EXPECT_LT(by_sample, 200'000 * 13 / 8 + 40'000);
}

TEST(EncodingSample, TellsTheChoiceInTheFile) {
  const auto file = WriteInMemory({ManyShapes(5'000)}, Auto());
  const auto metadata = file.Footer()->metadata->key_value_metadata();
  const std::string told = metadata->Get("artemis.encodings").ValueOrDie();
  EXPECT_NE(told.find(R"("counter":{"encoding":"DELTA_BINARY_PACKED","chosen_by":"auto",)"
                      R"("sample_rows":5000,"sample_bytes":{)"),
            std::string::npos)
      << told;
  EXPECT_NE(WriteSummaryToJson(file.written.summary).find(R"("chosen_by":"auto","sample_bytes":{)"),
            std::string::npos);
}

TEST(EncodingSample, LeavesFilesByPolicyWithoutAWord) {
  const auto file = WriteInMemory({ManyShapes(100)});
  EXPECT_FALSE(file.Footer()->metadata->key_value_metadata()->Contains("artemis.encodings"));
  for (const auto& column : file.written.summary.columns) EXPECT_EQ(column.chosen_by, "policy");
}

TEST(EncodingSample, IsAskedForByColumn) {
  ParquetWriterOptions options;
  options.encodings = {{"panel_voltage", EncodingChoice::Auto()},
                       {"smooth", ColumnEncoding::kPlain}};
  const auto summary = WriteInMemory({ManyShapes(60'000)}, options).written.summary;
  EXPECT_THAT(summary.columns[0].encodings, ::testing::ElementsAre("RLE_DICTIONARY"));
  EXPECT_EQ(summary.columns[0].chosen_by, "auto");
  EXPECT_THAT(summary.columns[1].encodings, ::testing::ElementsAre("PLAIN"));
  EXPECT_EQ(summary.columns[1].chosen_by, "override");
  EXPECT_EQ(summary.columns[2].chosen_by, "policy");
}

TEST(EncodingSample, ChoosesForLeavesOfNestedColumns) {
  const auto type = arrow::struct_(
      {arrow::field("reading", arrow::float64()), arrow::field("step", arrow::int64())});
  const auto array =
      arrow::StructArray::Make({Readings(50'000), Counter(50'000)}, type->fields()).ValueOrDie();
  ParquetWriterOptions options = Auto();
  options.encodings = {{"position.step", ColumnEncoding::kPlain}};
  const auto summary =
      WriteInMemory({OneColumn(arrow::field("position", type), array)}, options).written.summary;
  EXPECT_EQ(summary.columns[0].name, "position.reading");
  EXPECT_THAT(summary.columns[0].encodings, ::testing::ElementsAre("RLE_DICTIONARY"));
  EXPECT_THAT(summary.columns[1].encodings, ::testing::ElementsAre("PLAIN"));
}

// Frames of rows with one time each: by delta a jump costs a block its short numbers, by byte stream split the bytes that change. As
// a frame has more rows, now the one is smaller and now the other, never by much.
TEST(EncodingSample, LeavesThePolicyWhereItIsWithinATenthOfTheSmallest) {
  const auto field = arrow::field("t", arrow::timestamp(arrow::TimeUnit::NANO));
  int against_the_smallest = 0;
  for (const int64_t frame_rows : {10, 14, 20, 24, 32}) {
    Noise noise;
    int64_t time = 1'700'000'000'000'000'000;
    const auto numbers = Generate<arrow::Int64Builder>(60'000, [&](int64_t i) {
      if (i % frame_rows == 0) time += 20'000'000 + static_cast<int64_t>(noise.Next() % 1'000'000);
      return time;
    });
    const auto times = numbers->View(field->type()).ValueOrDie();
    const auto column = WriteInMemory({OneColumn(field, times)}, Auto()).written.summary.columns[0];
    const std::map<std::string, int64_t> tried(column.sample_bytes.begin(),
                                               column.sample_bytes.end());
    const int64_t delta = tried.at("DELTA_BINARY_PACKED");
    const int64_t split = tried.at("BYTE_STREAM_SPLIT");
    ASSERT_LE(10 * delta, 11 * std::min(split, tried.at("PLAIN"))) << "other rows";
    EXPECT_THAT(column.encodings, ::testing::ElementsAre("DELTA_BINARY_PACKED")) << frame_rows;
    against_the_smallest += split < delta;
  }
  EXPECT_GT(against_the_smallest, 0) << "other rows";
}

// One new value of 2,000 bytes in 20 rows: the dictionary would pass its 1 MiB after some 10,000 rows, which a short row group
// does not have and a long one has many times over.
TEST(EncodingSample, ForgoesADictionaryThatWouldPassItsLimit) {
  Noise noise;
  std::vector<std::string> texts(200);
  for (std::string& text : texts) {
    while (text.size() < 2'000) text += std::to_string(noise.Next());
  }
  const auto array = Generate<arrow::StringBuilder>(
      4'000, [&](int64_t i) { return texts[noise.Next() % static_cast<uint64_t>(i / 20 + 1)]; });
  const auto batch = OneColumn(arrow::field("c", arrow::utf8()), array);
  ParquetWriterOptions short_group = Auto();
  short_group.row_group_bytes = 512 << 10;
  EXPECT_THAT(WriteInMemory({batch}, short_group).written.summary.columns[0].encodings,
              ::testing::Contains("RLE_DICTIONARY"));
  EXPECT_THAT(WriteInMemory({batch}, Auto()).written.summary.columns[0].encodings,
              ::testing::Not(::testing::Contains("RLE_DICTIONARY")));
}

TEST(EncodingSample, WritesTheSampledRowsAndAllOthers) {
  ParquetWriterOptions options = Auto();
  options.sample_rows = 1'000;
  const auto batch = ManyShapes(2'500);
  const auto file = WriteInMemory({batch->Slice(0, 0), batch, batch}, options);
  const auto expected =
      arrow::Table::FromRecordBatches(batch->schema(), {batch, batch}).ValueOrDie();
  EXPECT_TRUE(ReadInMemory(file)->Equals(*expected));
}

TEST(EncodingSample, LeavesThePolicyInAFileWithoutRows) {
  const auto file = WriteInMemory({ManyShapes(10)->Slice(0, 0)}, Auto());
  EXPECT_EQ(file.written.summary.rows, 0);
  EXPECT_EQ(ReadInMemory(file)->num_rows(), 0);
}

}  // namespace
}  // namespace artemis
