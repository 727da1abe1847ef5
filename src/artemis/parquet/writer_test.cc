// Facts of the Parquet writer: what it writes is read back bit by bit, in row groups of the asked size, encoded as asked.
#include "artemis/parquet/writer.h"

#include <bit>
#include <cmath>
#include <filesystem>
#include <fstream>
#include <limits>
#include <sstream>

#include <arrow/array/builder_primitive.h>
#include <arrow/extension/uuid.h>
#include <gmock/gmock.h>
#include <parquet/metadata.h>
#include <parquet/schema.h>

#include "artemis/base/event_log.h"
#include "artemis/parquet/parquet_test_support.h"
#include "artemis/parquet/write_summary.h"

namespace artemis {
namespace {

std::shared_ptr<arrow::Array> Doubles(const std::vector<uint64_t>& bits) {
  arrow::DoubleBuilder builder;
  for (uint64_t b : bits) EXPECT_TRUE(builder.Append(std::bit_cast<double>(b)).ok());
  return builder.Finish().ValueOrDie();
}

std::shared_ptr<arrow::Array> Longs(int64_t count, int64_t step) {
  arrow::Int64Builder builder;
  for (int64_t i = 0; i < count; ++i) EXPECT_TRUE(builder.Append(i * step).ok());
  return builder.Finish().ValueOrDie();
}

// Numbers without a pattern that an encoder could use.
std::shared_ptr<arrow::Array> NoisyDoubles(int64_t count) {
  arrow::DoubleBuilder builder;
  uint64_t state = 88172645463325252ull;
  for (int64_t i = 0; i < count; ++i) {
    state ^= state << 13;
    state ^= state >> 7;
    state ^= state << 17;
    EXPECT_TRUE(builder.Append(static_cast<double>(state) * 1e-3).ok());
  }
  return builder.Finish().ValueOrDie();
}

void ExpectRoundTrip(const std::vector<std::shared_ptr<arrow::RecordBatch>>& batches,
                     const ParquetWriterOptions& options = {}) {
  const FileInMemory file = WriteInMemory(batches, options);
  const auto read = ReadInMemory(file);
  const auto expected =
      arrow::Table::FromRecordBatches(batches.at(0)->schema(), batches).ValueOrDie();
  EXPECT_TRUE(read->schema()->Equals(*expected->schema(), false)) << read->schema()->ToString();
  arrow::EqualOptions equal;
  EXPECT_TRUE(read->Equals(*expected, equal.nans_equal(true).signed_zeros_equal(false)))
      << read->ToString();
}

TEST(ParquetWriter, KeepsEveryBitOfFloatingPoint) {
  const std::vector<uint64_t> bits = {0x7ff8000000000001,
                                      0xfff8dead00000000,
                                      0x7ff0000000000001,
                                      0x8000000000000000,
                                      0,
                                      0x7ff0000000000000,
                                      0xfff0000000000000,
                                      1};
  for (const char* name : {"panel_voltage", "plain_double"}) {
    const auto file =
        WriteInMemory({OneColumn(arrow::field(name, arrow::float64()), Doubles(bits))});
    const auto table = ReadInMemory(file);
    const auto& values = static_cast<const arrow::DoubleArray&>(*table->column(0)->chunk(0));
    ASSERT_EQ(values.length(), static_cast<int64_t>(bits.size()));
    for (size_t i = 0; i < bits.size(); ++i) {
      EXPECT_EQ(std::bit_cast<uint64_t>(values.Value(static_cast<int64_t>(i))), bits[i]) << name;
    }
  }
}

TEST(ParquetWriter, KeepsArchiveTypes) {
  const std::vector<std::pair<std::shared_ptr<arrow::DataType>, std::string>> cases = {
      {arrow::boolean(), "[true, null, false]"},
      {arrow::int8(), "[-128, null, 127]"},
      {arrow::uint8(), "[0, 255, null]"},
      {arrow::uint16(), "[0, 65535, null]"},
      {arrow::uint32(), "[0, 4294967295, null]"},
      {arrow::uint64(), "[0, 18446744073709551615, null]"},
      {arrow::int64(), "[-9223372036854775808, 9223372036854775807, null]"},
      {arrow::float32(), "[1.5, null, -0.0]"},
      {arrow::utf8(), R"(["", "a", null, "äöü"])"},
      {arrow::large_utf8(), R"(["", "a", null])"},
      {arrow::binary(), R"(["", "a", null])"},
      {arrow::fixed_size_binary(3), R"(["abc", null])"},
      {arrow::date32(), "[0, -1, null]"},
      {arrow::time64(arrow::TimeUnit::MICRO), "[0, null]"},
      {arrow::timestamp(arrow::TimeUnit::NANO), "[-1, 1, null]"},
      {arrow::timestamp(arrow::TimeUnit::MICRO, "UTC"), "[-1, 1, null]"},
      {arrow::timestamp(arrow::TimeUnit::MILLI, "Europe/Berlin"), "[-1, 1, null]"},
      {arrow::decimal128(9, 2), R"(["1.23", null, "-9999999.99"])"},
      {arrow::decimal128(18, 3), R"(["1.234", null])"},
      {arrow::decimal128(38, 0), R"(["99999999999999999999999999999999999999", null])"},
      {arrow::list(arrow::int32()), "[[1, null], [], null]"},
      {arrow::struct_({arrow::field("lat", arrow::float64())}), R"([{"lat": 1.5}, null])"},
      {arrow::map(arrow::utf8(), arrow::int32()), R"([[["k", 1]], [], null])"},
  };
  for (const auto& [type, json] : cases) {
    SCOPED_TRACE(type->ToString());
    ExpectRoundTrip({OneColumn(arrow::field("c", type), JsonArray(type, json))});
  }
}

TEST(ParquetWriter, WritesSlicesAndEmptyBatches) {
  const auto type = arrow::utf8();
  const auto array = JsonArray(type, R"([null, "a", "b", null, "c", null, "d", null, null, "e"])");
  const auto field = arrow::field("c", type);
  ExpectRoundTrip({OneColumn(field, array->Slice(0, 0)), OneColumn(field, array->Slice(3, 4)),
                   OneColumn(field, array->Slice(9, 1)), OneColumn(field, array->Slice(10, 0))});
}

TEST(ParquetWriter, WritesAFileWithoutRows) {
  const auto field = arrow::field("c", arrow::int64());
  const auto file = WriteInMemory({OneColumn(field, JsonArray(arrow::int64(), "[]"))});
  EXPECT_EQ(file.written.summary.rows, 0);
  EXPECT_EQ(file.written.summary.row_groups, 0);
  EXPECT_EQ(ReadInMemory(file)->num_rows(), 0);
}

TEST(ParquetWriter, KeepsDictionariesOfArchiveFiles) {
  const auto type = arrow::dictionary(arrow::int32(), arrow::utf8());
  const auto array =
      arrow::DictionaryArray::FromArrays(type, JsonArray(arrow::int32(), "[0, 1, null, 0]"),
                                         JsonArray(arrow::utf8(), R"(["x", "y"])"))
          .ValueOrDie();
  const auto table = ReadInMemory(WriteInMemory({OneColumn(arrow::field("c", type), array)}));
  EXPECT_EQ(table->schema()->field(0)->type()->id(), arrow::Type::DICTIONARY);
  const auto& read = static_cast<const arrow::DictionaryArray&>(*table->column(0)->chunk(0));
  const auto& words = static_cast<const arrow::StringArray&>(*read.dictionary());
  EXPECT_EQ(words.GetView(read.GetValueIndex(0)), "x");
  EXPECT_EQ(words.GetView(read.GetValueIndex(1)), "y");
  EXPECT_TRUE(read.IsNull(2));
}

TEST(ParquetWriter, FlushesRowGroupsByEncodedBytes) {
  // 8 bytes a row that neither split nor compress: 64 KiB are 8,192 rows.
  ParquetWriterOptions options;
  options.row_group_bytes = 64 << 10;
  const auto field = arrow::field("panel_voltage", arrow::float64());
  const auto array = NoisyDoubles(100'000);
  const auto file = WriteInMemory({OneColumn(field, array)}, options);
  const auto footer = file.Footer()->metadata;
  EXPECT_GE(footer->num_row_groups(), 10);
  for (int g = 0; g + 1 < footer->num_row_groups(); ++g) {
    EXPECT_GE(footer->RowGroup(g)->num_rows(), 8'192 * 7 / 8) << g;
    EXPECT_LE(footer->RowGroup(g)->num_rows(), 8'192 * 10 / 8) << g;
  }
  EXPECT_EQ(file.written.summary.row_groups, footer->num_row_groups());
  EXPECT_EQ(file.written.split_offsets.size(), static_cast<size_t>(footer->num_row_groups()));
  EXPECT_EQ(file.written.split_offsets[0], 4);
  EXPECT_TRUE(ReadInMemory(file)->column(0)->Equals(arrow::ChunkedArray(array)));
}

TEST(ParquetWriter, MakesTheSameRowGroupsOfSmallBatches) {
  ParquetWriterOptions options;
  options.row_group_bytes = 64 << 10;
  const auto field = arrow::field("panel_voltage", arrow::float64());
  const auto array = NoisyDoubles(100'000);
  std::vector<std::shared_ptr<arrow::RecordBatch>> batches;
  for (int64_t row = 0; row < array->length(); row += 500) {
    batches.push_back(OneColumn(field, array->Slice(row, 500)));
  }
  const auto footer = WriteInMemory(batches, options).Footer()->metadata;
  for (int g = 0; g + 1 < footer->num_row_groups(); ++g) {
    EXPECT_GE(footer->RowGroup(g)->num_rows(), 8'192 * 7 / 8) << g;
    EXPECT_LE(footer->RowGroup(g)->num_rows(), 8'192 * 10 / 8) << g;
  }
}

TEST(ParquetWriter, EncodesTelemetryColumnsByPolicy) {
  const auto times = arrow::timestamp(arrow::TimeUnit::NANO);
  const auto schema = arrow::schema(
      {arrow::field("sample_timestamp_ns", times), arrow::field("panel_voltage", arrow::float64()),
       arrow::field("archive_uri", arrow::utf8()), arrow::field("mission_id", arrow::utf8())});
  const auto batch = arrow::RecordBatch::Make(
      schema, 2,
      {JsonArray(times, "[1, 2]"), JsonArray(arrow::float64(), "[1, 2]"),
       JsonArray(arrow::utf8(), R"(["a/1", "a/2"])"), JsonArray(arrow::utf8(), R"(["m", "m"])")});
  const WriteSummary summary = WriteInMemory({batch}).written.summary;
  const std::vector<std::string> expected = {"DELTA_BINARY_PACKED", "BYTE_STREAM_SPLIT",
                                             "DELTA_BYTE_ARRAY", "RLE_DICTIONARY"};
  ASSERT_EQ(summary.columns.size(), expected.size());
  for (size_t i = 0; i < expected.size(); ++i) {
    EXPECT_EQ(summary.columns[i].name, schema->field(static_cast<int>(i))->name());
    EXPECT_EQ(summary.columns[i].encodings, std::vector<std::string>{expected[i]});
    EXPECT_EQ(summary.columns[i].fallback_row_groups, 0);
    EXPECT_GT(summary.columns[i].compressed_bytes, 0);
  }
}

TEST(ParquetWriter, EncodesAsAskedAndRefusesWhatDoesNotFit) {
  const auto field = arrow::field("c", arrow::float64());
  const auto batch = OneColumn(field, JsonArray(arrow::float64(), "[1, 2]"));
  ParquetWriterOptions options;
  options.encodings = {{"c", ColumnEncoding::kByteStreamSplit}};
  EXPECT_EQ(WriteInMemory({batch}, options).written.summary.columns[0].encodings,
            std::vector<std::string>{"BYTE_STREAM_SPLIT"});

  auto output = arrow::io::BufferOutputStream::Create().ValueOrDie();
  options.encodings = {{"c", ColumnEncoding::kDeltaByteArray}};
  const auto refused = MakeParquetWriter(output, "f", batch->schema(), options).status();
  EXPECT_TRUE(refused.IsTypeError());
  EXPECT_NE(refused.message().find("column 'c'"), std::string::npos);
  options.encodings = {{"d", ColumnEncoding::kPlain}};
  EXPECT_TRUE(MakeParquetWriter(output, "f", batch->schema(), options).status().IsInvalid());
}

TEST(ParquetWriter, CountsDictionaryFallbacks) {
  // 400,000 distinct doubles are 3.2 MB, more than a dictionary page takes.
  const auto field = arrow::field("c", arrow::float64());
  const auto summary = WriteInMemory({OneColumn(field, NoisyDoubles(400'000))}).written.summary;
  EXPECT_EQ(summary.columns[0].fallback_row_groups, 1);
  EXPECT_THAT(summary.columns[0].encodings,
              ::testing::UnorderedElementsAre("RLE_DICTIONARY", "PLAIN"));
}

TEST(ParquetWriter, RefusesTypesThatParquetCannotHold) {
  auto output = arrow::io::BufferOutputStream::Create().ValueOrDie();
  const auto schema = arrow::schema(
      {arrow::field("ok", arrow::int64()), arrow::field("span", arrow::month_day_nano_interval())});
  const auto status = MakeParquetWriter(output, "f", schema).status();
  EXPECT_TRUE(status.IsTypeError());
  EXPECT_NE(status.message().find("column 'span'"), std::string::npos) << status;
  EXPECT_EQ(output->Tell().ValueOrDie(), 0);
}

TEST(ParquetWriter, RefusesBatchesOfAnotherSchemaAndStaysFailed) {
  auto output = arrow::io::BufferOutputStream::Create().ValueOrDie();
  auto writer =
      MakeParquetWriter(output, "f.parquet", arrow::schema({arrow::field("c", arrow::int64())}))
          .ValueOrDie();
  const auto other = OneColumn(arrow::field("c", arrow::int32()), JsonArray(arrow::int32(), "[1]"));
  EXPECT_TRUE(writer->Write(*other).IsInvalid());
  EXPECT_TRUE(writer->Close().status().IsInvalid());
}

TEST(ParquetWriter, WritesFieldIdsAndNoArrowSchemaForTables) {
  const auto element = FieldWithId("element", arrow::int32(), 3);
  const auto schema = arrow::schema({FieldWithId("a", arrow::int64(), 1, false),
                                     FieldWithId("l", arrow::list(element), 2),
                                     FieldWithId("u", arrow::extension::uuid(), 4)});
  const auto uuids = arrow::ExtensionType::WrapArray(
      arrow::extension::uuid(), JsonArray(arrow::fixed_size_binary(16), R"(["0123456789abcdef"])"));
  const auto batch = arrow::RecordBatch::Make(
      schema, 1,
      {JsonArray(arrow::int64(), "[1]"), JsonArray(arrow::list(element), "[[1]]"), uuids});
  const auto footer = WriteInMemory({batch}).Footer();
  const auto& root = *footer->metadata->schema()->group_node();
  EXPECT_EQ(root.field(0)->field_id(), 1);
  EXPECT_EQ(root.field(1)->field_id(), 2);
  EXPECT_EQ(footer->metadata->schema()->Column(1)->schema_node()->field_id(), 3);
  EXPECT_TRUE(root.field(2)->logical_type()->is_UUID());
  EXPECT_EQ(footer->metadata->key_value_metadata(), nullptr);
  EXPECT_EQ(footer->arrow_schema->field(0)->metadata()->Get("PARQUET:field_id").ValueOrDie(), "1");
}

TEST(ParquetWriter, StoresDecimalsAsTheTableFormatAsks) {
  const auto schema = arrow::schema({arrow::field("a", arrow::decimal128(9, 2)),
                                     arrow::field("b", arrow::decimal128(18, 2)),
                                     arrow::field("c", arrow::decimal128(19, 2))});
  const auto batch = arrow::RecordBatch::Make(schema, 1,
                                              {JsonArray(arrow::decimal128(9, 2), R"(["1.23"])"),
                                               JsonArray(arrow::decimal128(18, 2), R"(["1.23"])"),
                                               JsonArray(arrow::decimal128(19, 2), R"(["1.23"])")});
  const auto footer = WriteInMemory({batch}).Footer();
  const auto* columns = footer->metadata->schema();
  EXPECT_EQ(columns->Column(0)->physical_type(), parquet::Type::INT32);
  EXPECT_EQ(columns->Column(1)->physical_type(), parquet::Type::INT64);
  EXPECT_EQ(columns->Column(2)->physical_type(), parquet::Type::FIXED_LEN_BYTE_ARRAY);
}

TEST(ParquetWriter, GivesTheSameBytesOnSeveralThreads) {
  const auto schema =
      arrow::schema({arrow::field("a", arrow::int64()), arrow::field("b", arrow::float64())});
  const auto batch =
      arrow::RecordBatch::Make(schema, 50'000, {Longs(50'000, 3), NoisyDoubles(50'000)});
  ParquetWriterOptions two;
  two.threads = 2;
  EXPECT_TRUE(WriteInMemory({batch}, two).bytes->Equals(*WriteInMemory({batch}).bytes));
}

TEST(ParquetWriter, EstimatesTheSizeOfTheFile) {
  auto output = arrow::io::BufferOutputStream::Create().ValueOrDie();
  const auto field = arrow::field("panel_voltage", arrow::float64());
  auto writer = MakeParquetWriter(output, "f", arrow::schema({field})).ValueOrDie();
  EXPECT_EQ(writer->EstimatedBytes(), 0);
  ASSERT_TRUE(writer->Write(*OneColumn(field, NoisyDoubles(200'000))).ok());
  const int64_t open = writer->EstimatedBytes();
  EXPECT_GE(writer->BufferedBytes(), open);
  ASSERT_TRUE(writer->FlushRowGroup().ok());
  EXPECT_EQ(writer->BufferedBytes(), 0);
  const int64_t flushed = writer->EstimatedBytes();
  const auto size = static_cast<double>(writer->Close().ValueOrDie().summary.compressed_bytes);
  EXPECT_NEAR(static_cast<double>(open) / size, 1, 0.1);
  EXPECT_NEAR(static_cast<double>(flushed) / size, 1, 0.02);
}

TEST(ParquetWriter, LogsRowGroupsAndFallbacksAndLeavesTheCloseToItsOwner) {
  const std::string path = ::testing::TempDir() + "/parquet_writer_events.jsonl";
  std::filesystem::remove(path);
  auto log = EventLog::Open(path).ValueOrDie();
  ParquetWriterOptions options;
  options.events = log.get();
  WriteInMemory({OneColumn(arrow::field("c", arrow::float64()), NoisyDoubles(400'000))}, options);
  log.reset();
  std::stringstream text;
  text << std::ifstream(path).rdbuf();
  for (const char* part :
       {"\"event\":\"row_group_flush\"", "\"rg_idx\":0", "\"rows\":400000",
        "\"event\":\"dictionary_fallback\"", "\"column\":\"c\"", "\"row_group\":0"}) {
    EXPECT_NE(text.str().find(part), std::string::npos) << part;
  }
  EXPECT_EQ(text.str().find("write_closed"), std::string::npos);
}

TEST(WriteSummary, HasStableJsonKeys) {
  WriteSummary summary;
  summary.path = "a\"b.parquet";
  summary.rows = 3;
  summary.compressed_bytes = 100;
  summary.row_groups = 1;
  summary.columns = {{"x", {"RLE_DICTIONARY", "PLAIN"}, 40, 1}};
  summary.fallbacks = {{"x", 0}};
  summary.elapsed_ms = 7;
  EXPECT_EQ(WriteSummaryToJson(summary),
            R"({"path":"a\"b.parquet","rows":3,"compressed_bytes":100,"row_groups":1,"columns":[)"
            R"({"name":"x","encodings":["RLE_DICTIONARY","PLAIN"],"compressed_bytes":40,)"
            R"("fallback_row_groups":1,"chosen_by":"policy"}],)"
            R"("fallbacks":[{"column":"x","row_group":0}],"elapsed_ms":7})");
}

}  // namespace
}  // namespace artemis
