// Facts of what is written and read again: every Arrow type that Parquet holds, bit by bit, in every shape a batch comes in.
#include <bit>
#include <cstring>

#include <arrow/array/builder_binary.h>
#include <arrow/array/builder_primitive.h>
#include <arrow/array/concatenate.h>
#include <arrow/extension/json.h>
#include <arrow/extension/uuid.h>
#include <gmock/gmock.h>
#include <parquet/arrow/reader.h>
#include <parquet/metadata.h>

#include "artemis/parquet/parquet_test_support.h"

namespace artemis {
namespace {

using DataTypes = std::vector<std::shared_ptr<arrow::DataType>>;

struct TypeCase {
  std::shared_ptr<arrow::DataType> type;
  // Six values with nulls.
  std::string json;
};

// A type, and what it is read back as.
struct StoredAs {
  std::shared_ptr<arrow::DataType> type;
  std::shared_ptr<arrow::DataType> stored;
};

std::vector<TypeCase> NumberCases() {
  std::vector<TypeCase> cases;
  for (const auto& type :
       DataTypes{arrow::int8(), arrow::int16(), arrow::int32(), arrow::int64()}) {
    cases.push_back({type, "[0, null, -1, 127, -128, null]"});
  }
  for (const auto& type :
       DataTypes{arrow::uint8(), arrow::uint16(), arrow::uint32(), arrow::uint64()}) {
    cases.push_back({type, "[0, null, 1, 255, 128, null]"});
  }
  for (const auto& type : DataTypes{arrow::float16(), arrow::float32(), arrow::float64()}) {
    cases.push_back({type, "[0, null, 1.5, -2, 65504, null]"});
  }
  cases.push_back({arrow::uint64(), "[18446744073709551615, null, 0, 1, 2, null]"});
  cases.push_back({arrow::boolean(), "[true, null, false, true, true, null]"});
  cases.push_back({arrow::null(), "[null, null, null, null, null, null]"});
  for (const auto& type :
       DataTypes{arrow::decimal32(9, 2), arrow::decimal64(18, 2), arrow::decimal128(9, 2),
                 arrow::decimal128(18, 2), arrow::decimal128(38, 2), arrow::decimal256(9, 2),
                 arrow::decimal256(76, 2)}) {
    cases.push_back({type, R"(["1.23", null, "-9999999.99", "0.00", "-0.01", null])"});
  }
  return cases;
}

std::vector<TypeCase> TimeCases() {
  std::vector<TypeCase> cases = {
      {arrow::date32(), "[0, null, -1, 19000, 1, null]"},
      {arrow::time32(arrow::TimeUnit::MILLI), "[0, null, 1, 2, 3, null]"},
      {arrow::time64(arrow::TimeUnit::MICRO), "[0, null, 1, 2, 3, null]"},
      {arrow::time64(arrow::TimeUnit::NANO), "[0, null, 1, 2, 3, null]"}};
  for (const auto unit : {arrow::TimeUnit::MILLI, arrow::TimeUnit::MICRO, arrow::TimeUnit::NANO}) {
    for (const char* zone : {"", "UTC", "Europe/Berlin"}) {
      cases.push_back({arrow::timestamp(unit, zone), "[0, null, -1, 1700000000000, 2, null]"});
    }
  }
  for (const auto unit : {arrow::TimeUnit::SECOND, arrow::TimeUnit::MILLI, arrow::TimeUnit::MICRO,
                          arrow::TimeUnit::NANO}) {
    cases.push_back({arrow::duration(unit), "[0, null, -1, 1700000000000, 2, null]"});
  }
  return cases;
}

std::vector<TypeCase> BytesCases() {
  std::vector<TypeCase> cases;
  const std::string json = R"(["", null, "ab", "longer than twelve bytes", "äöü", null])";
  for (const auto& type : DataTypes{arrow::utf8(), arrow::large_utf8(), arrow::utf8_view(),
                                    arrow::binary(), arrow::large_binary(), arrow::binary_view(),
                                    arrow::dictionary(arrow::int8(), arrow::utf8())}) {
    cases.push_back({type, json});
  }
  cases.push_back({arrow::fixed_size_binary(3), R"(["abc", null, "   ", "xyz", "abc", null])"});
  return cases;
}

std::vector<TypeCase> NestedCases() {
  const std::string lists = "[[1, null], null, [], [2, 3], [4], null]";
  std::vector<TypeCase> cases;
  for (const auto& type :
       DataTypes{arrow::list(arrow::int32()), arrow::large_list(arrow::int32()),
                 arrow::list_view(arrow::int32()), arrow::large_list_view(arrow::int32())}) {
    cases.push_back({type, lists});
  }
  cases.push_back({arrow::fixed_size_list(arrow::int32(), 2),
                   "[[1, null], null, [5, 6], [2, 3], [4, 4], null]"});
  cases.push_back(
      {arrow::struct_({arrow::field("a", arrow::int32()), arrow::field("b", arrow::utf8()),
                       arrow::field("c", arrow::list(arrow::float64()))}),
       R"([{"a": 1, "b": null, "c": [1.5]}, null, {"a": null, "b": "x", "c": null},)"
       R"({"a": 2, "b": "", "c": []}, {"a": 3, "b": "y", "c": [null]}, null])"});
  cases.push_back({arrow::map(arrow::utf8(), arrow::int32()),
                   R"([[["k", 1]], null, [], [["a", null], ["b", 2]], [["c", 3]], null])"});
  cases.push_back(
      {arrow::map(arrow::utf8(), arrow::list(arrow::struct_({arrow::field("x", arrow::int8())}))),
       R"([[["k", [{"x": 1}, null]]], null, [], [["a", null]], [["c", []]], null])"});
  cases.push_back({arrow::list(arrow::list(arrow::utf8())),
                   R"([[["a"], null, []], null, [], [[]], [[null]], null])"});
  cases.push_back({arrow::list(arrow::dictionary(arrow::int8(), arrow::utf8())),
                   R"([["a", null], null, [], ["b"], ["a", "a"], null])"});
  cases.push_back(
      {arrow::struct_({arrow::field("d", arrow::dictionary(arrow::int8(), arrow::utf8()))}),
       R"([{"d": "a"}, null, {"d": null}, {"d": "b"}, {"d": "a"}, null])"});
  cases.push_back({arrow::list(arrow::null()), "[[null], null, [], [null, null], [null], null]"});
  return cases;
}

std::vector<TypeCase> AllCases() {
  std::vector<TypeCase> all;
  for (auto cases : {NumberCases(), TimeCases(), BytesCases(), NestedCases()}) {
    all.insert(all.end(), cases.begin(), cases.end());
  }
  return all;
}

// The rows by Arrow's own reader.
std::shared_ptr<arrow::Table> ReadByArrow(const FileInMemory& file) {
  auto reader = parquet::arrow::OpenFile(file.Open(), arrow::system_memory_pool()).ValueOrDie();
  return reader->ReadTable().ValueOrDie();
}

// Both readers give these arrays, joined, of this type.
void ExpectValues(const FileInMemory& file, const arrow::ArrayVector& arrays,
                  const std::shared_ptr<arrow::DataType>& type) {
  const arrow::ChunkedArray expected(arrays, type);
  for (const auto& table : {ReadInMemory(file), ReadByArrow(file)}) {
    ASSERT_TRUE(table->ValidateFull().ok());
    EXPECT_TRUE(table->column(0)->type()->Equals(*type)) << table->column(0)->type()->ToString();
    EXPECT_TRUE(table->column(0)->Equals(expected)) << table->column(0)->ToString();
  }
}

FileInMemory WriteArrays(const arrow::ArrayVector& arrays,
                         const ParquetWriterOptions& options = {}) {
  std::vector<std::shared_ptr<arrow::RecordBatch>> batches;
  for (const auto& array : arrays) {
    batches.push_back(OneColumn(arrow::field("c", array->type()), array));
  }
  return WriteInMemory(batches, options);
}

TEST(RoundTrip, KeepsEveryType) {
  for (const TypeCase& one : AllCases()) {
    SCOPED_TRACE(one.type->ToString());
    const auto array = JsonArray(one.type, one.json);
    ExpectValues(WriteArrays({array}), {array}, one.type);
  }
}

// Offsets into values, validity and children that do not start on a byte.
TEST(RoundTrip, KeepsSlicesAndEmptyBatchesOfEveryType) {
  for (const TypeCase& one : AllCases()) {
    SCOPED_TRACE(one.type->ToString());
    const auto array = JsonArray(one.type, one.json);
    const arrow::ArrayVector slices = {array->Slice(0, 0), array->Slice(3, 2), array->Slice(1, 4),
                                       array->Slice(5),    array->Slice(6),    array->Slice(1, 1)};
    ExpectValues(WriteArrays(slices), slices, one.type);
  }
}

TEST(RoundTrip, KeepsEveryTypeWithoutRows) {
  for (const TypeCase& one : AllCases()) {
    SCOPED_TRACE(one.type->ToString());
    const auto array = JsonArray(one.type, "[]");
    const FileInMemory file = WriteArrays({array});
    EXPECT_EQ(file.written.summary.rows, 0);
    ExpectValues(file, {array}, one.type);
  }
}

// Whole columns of every type side by side, in several row groups and on several threads.
TEST(RoundTrip, KeepsEveryTypeInOneFile) {
  arrow::FieldVector fields;
  arrow::ArrayVector columns;
  for (const TypeCase& one : AllCases()) {
    fields.push_back(arrow::field("c" + std::to_string(fields.size()), one.type));
    const auto array = JsonArray(one.type, one.json);
    columns.push_back(arrow::Concatenate(arrow::ArrayVector(100, array)).ValueOrDie());
  }
  const auto batch = arrow::RecordBatch::Make(arrow::schema(fields), columns[0]->length(), columns);
  ParquetWriterOptions options;
  options.threads = 3;
  options.row_group_bytes = 32 << 10;
  const FileInMemory file = WriteInMemory({batch, batch, batch}, options);
  EXPECT_GT(file.written.summary.row_groups, 1);
  const auto expected = arrow::Table::FromRecordBatches({batch, batch, batch}).ValueOrDie();
  const auto read = ReadInMemory(file);
  ASSERT_EQ(read->num_columns(), expected->num_columns());
  for (int c = 0; c < read->num_columns(); ++c) {
    EXPECT_TRUE(read->column(c)->Equals(expected->column(c))) << fields[static_cast<size_t>(c)];
  }
}

TEST(RoundTrip, KeepsExtensionTypes) {
  const auto uuids = arrow::ExtensionType::WrapArray(
      arrow::extension::uuid(),
      JsonArray(arrow::fixed_size_binary(16), R"(["0123456789abcdef", null])"));
  const auto texts = arrow::ExtensionType::WrapArray(arrow::extension::json(arrow::utf8()),
                                                     JsonArray(arrow::utf8(), R"(["{}", null])"));
  for (const auto& array : {uuids, texts}) {
    SCOPED_TRACE(array->type()->ToString());
    ExpectValues(WriteArrays({array}), {array}, array->type());
  }
}

// Parquet has no seconds, no date64 and, for Arrow's reader, dictionaries of strings alone: the values stay.
TEST(RoundTrip, StoresTypesThatParquetDoesNotHaveAsOnesThatItHas) {
  const std::vector<std::pair<TypeCase, TypeCase>> cases = {
      {{arrow::timestamp(arrow::TimeUnit::SECOND, "UTC"), "[1, null, -1]"},
       {arrow::timestamp(arrow::TimeUnit::MILLI, "UTC"), "[1000, null, -1000]"}},
      {{arrow::time32(arrow::TimeUnit::SECOND), "[1, null]"},
       {arrow::time32(arrow::TimeUnit::MILLI), "[1000, null]"}},
      {{arrow::date64(), "[86400000, null, -86400000]"}, {arrow::date32(), "[1, null, -1]"}},
      {{arrow::dictionary(arrow::int32(), arrow::int64()), "[7, null, 7]"},
       {arrow::int64(), "[7, null, 7]"}},
      {{arrow::dictionary(arrow::int8(), arrow::float64()), "[0.5, null, 2]"},
       {arrow::float64(), "[0.5, null, 2]"}},
      {{arrow::dictionary(arrow::int8(), arrow::decimal128(5, 2)), R"(["1.23", null])"},
       {arrow::decimal128(5, 2), R"(["1.23", null])"}},
  };
  for (const auto& [given, stored] : cases) {
    SCOPED_TRACE(given.type->ToString());
    ExpectValues(WriteArrays({JsonArray(given.type, given.json)}),
                 {JsonArray(stored.type, stored.json)}, stored.type);
  }
}

TEST(RoundTrip, RefusesADate64ThatIsNoWholeDay) {
  const auto field = arrow::field("d", arrow::list(arrow::date64()));
  auto output = arrow::io::BufferOutputStream::Create().ValueOrDie();
  auto writer = MakeParquetWriter(output, "f", arrow::schema({field})).ValueOrDie();
  const auto status =
      writer->Write(*OneColumn(field, JsonArray(field->type(), "[[86400000], [1]]")));
  EXPECT_TRUE(status.IsInvalid());
  EXPECT_NE(status.message().find("column 'd'"), std::string::npos) << status;
  EXPECT_NE(status.message().find("row 1"), std::string::npos) << status;
}

TEST(RoundTrip, RefusesEveryTypeThatParquetCannotHoldBeforeAnythingIsWritten) {
  const DataTypes refused = {
      arrow::month_interval(),
      arrow::day_time_interval(),
      arrow::month_day_nano_interval(),
      arrow::dense_union({arrow::field("a", arrow::int32())}),
      arrow::sparse_union({arrow::field("a", arrow::int32())}),
      arrow::run_end_encoded(arrow::int32(), arrow::utf8()),
      arrow::struct_(arrow::FieldVector{}),
      arrow::fixed_size_binary(0),
      arrow::fixed_size_list(arrow::int32(), 0),
      arrow::decimal128(5, -2),
      arrow::dictionary(arrow::int32(), arrow::list(arrow::int32())),
      arrow::dictionary(arrow::int32(), arrow::utf8_view()),
      arrow::list(arrow::month_interval()),
      arrow::struct_({arrow::field("u", arrow::sparse_union({arrow::field("a", arrow::int8())}))}),
  };
  for (const auto& type : refused) {
    SCOPED_TRACE(type->ToString());
    auto output = arrow::io::BufferOutputStream::Create().ValueOrDie();
    const auto schema =
        arrow::schema({arrow::field("fine", arrow::int64()), arrow::field("odd", type)});
    const auto status = MakeParquetWriter(output, "f", schema).status();
    EXPECT_TRUE(status.IsTypeError()) << status;
    EXPECT_NE(status.message().find("column 'odd'"), std::string::npos) << status;
    EXPECT_EQ(output->Tell().ValueOrDie(), 0);
    EXPECT_TRUE(CheckParquetSchema(*schema).IsTypeError());
  }
}

// Floats whose bits differ where comparisons say they are equal, or say nothing.
TEST(RoundTrip, KeepsNaNPayloadsAndSignedZerosInEveryEncoding) {
  const std::vector<uint64_t> bits = {0x7ff8000000000001,
                                      0xfff8dead00000000,
                                      0x7ff0000000000001,
                                      0x8000000000000000,
                                      0,
                                      0x7ff0000000000000,
                                      0xfff0000000000000,
                                      1,
                                      0x7ff8000000000001};
  arrow::DoubleBuilder doubles;
  arrow::FloatBuilder floats;
  for (const uint64_t b : bits) {
    ASSERT_TRUE(doubles.Append(std::bit_cast<double>(b)).ok());
    ASSERT_TRUE(floats.Append(std::bit_cast<float>(static_cast<uint32_t>(b >> 32 | (b & 1)))).ok());
  }
  const arrow::ArrayVector arrays = {doubles.Finish().ValueOrDie(), floats.Finish().ValueOrDie()};
  for (const auto encoding :
       {ColumnEncoding::kPlain, ColumnEncoding::kDictionary, ColumnEncoding::kByteStreamSplit}) {
    for (const auto& array : arrays) {
      SCOPED_TRACE(array->type()->ToString());
      ParquetWriterOptions options;
      options.encodings = {{"c", encoding}};
      const auto file = WriteArrays({array}, options);
      for (const auto& table : {ReadInMemory(file), ReadByArrow(file)}) {
        const auto& read = *table->column(0)->chunk(0)->data();
        ASSERT_EQ(read.length, array->length());
        EXPECT_EQ(std::memcmp(read.buffers[1]->data(), array->data()->buffers[1]->data(),
                              static_cast<size_t>(array->length()) *
                                  static_cast<size_t>(array->type()->byte_width())),
                  0);
      }
    }
  }
}

// A dictionary of doubles keeps a NaN's bits only if it does not take all NaNs for one.
TEST(RoundTrip, KeepsEveryEncodingOfEveryTypeItFits) {
  const std::vector<std::pair<ColumnEncoding, std::vector<TypeCase>>> cases = {
      {ColumnEncoding::kDelta,
       {{arrow::int8(), "[1, null, -128]"},
        {arrow::uint64(), "[18446744073709551615, 0, null]"},
        {arrow::int64(), "[-9223372036854775808, 9223372036854775807, null]"},
        {arrow::date32(), "[1, -1, null]"},
        {arrow::duration(arrow::TimeUnit::NANO), "[1, -1, null]"},
        {arrow::decimal32(9, 2), R"(["1.23", null])"},
        {arrow::decimal128(18, 2), R"(["1.23", null])"},
        {arrow::decimal256(18, 2), R"(["1.23", null])"},
        {arrow::timestamp(arrow::TimeUnit::NANO), "[1, -1, null]"}}},
      {ColumnEncoding::kByteStreamSplit,
       {{arrow::int32(), "[1, null, -5]"},
        {arrow::int64(), "[1, null, -5]"},
        {arrow::float16(), "[1, null, -5]"},
        {arrow::fixed_size_binary(3), R"(["abc", null])"},
        {arrow::decimal128(9, 2), R"(["1.23", null])"},
        {arrow::decimal128(38, 2), R"(["1.23", null])"},
        {arrow::decimal256(76, 2), R"(["1.23", null])"}}},
      {ColumnEncoding::kDeltaByteArray,
       {{arrow::utf8(), R"(["", "aa", null, "aab"])"},
        {arrow::large_binary(), R"(["", "aa", null, "aab"])"},
        {arrow::utf8_view(), R"(["", "aa", null, "a string out of line"])"}}},
      {ColumnEncoding::kPlain,
       {{arrow::int8(), "[1, null]"},
        {arrow::boolean(), "[true, null]"},
        {arrow::utf8(), R"(["a", null])"}}}};
  for (const auto& [encoding, types] : cases) {
    for (const TypeCase& one : types) {
      SCOPED_TRACE(one.type->ToString());
      ParquetWriterOptions options;
      options.encodings = {{"c", encoding}};
      const auto array = JsonArray(one.type, one.json);
      ExpectValues(WriteArrays({array}, options), {array}, one.type);
    }
  }
}

TEST(RoundTrip, KeepsEveryCodec) {
  const auto array = JsonArray(arrow::utf8(), R"(["a", null, "b", "a"])");
  for (const auto& [codec, format] :
       {std::pair{CompressionCodec::kZstd, parquet::Compression::ZSTD},
        {CompressionCodec::kSnappy, parquet::Compression::SNAPPY},
        {CompressionCodec::kGzip, parquet::Compression::GZIP},
        {CompressionCodec::kLz4, parquet::Compression::LZ4},
        {CompressionCodec::kUncompressed, parquet::Compression::UNCOMPRESSED}}) {
    ParquetWriterOptions options;
    options.codec = codec;
    const auto file = WriteArrays({array}, options);
    EXPECT_EQ(file.Footer()->metadata->RowGroup(0)->ColumnChunk(0)->compression(), format);
    ExpectValues(file, {array}, arrow::utf8());
  }
}

// A column whose strings come to more than 2^31 bytes, which no array of 32-bit offsets holds.
TEST(RoundTrip, SplitsMoreThanTwoGigabytesOfStringsOverRowGroups) {
  constexpr int64_t kValueBytes = int64_t{1} << 20;
  constexpr int64_t kValues = 2100;
  arrow::LargeStringBuilder one;
  const std::string text(kValueBytes, 'x');
  ASSERT_TRUE(one.Append(text).ok());
  // All rows but the last are one buffer of 1 MiB: what is written has 2 GiB, what is held has not.
  const auto value = one.Finish().ValueOrDie();
  const auto field = arrow::field("blob", arrow::large_utf8());
  auto output = arrow::io::BufferOutputStream::Create().ValueOrDie();
  ParquetWriterOptions options;
  options.row_group_bytes = int64_t{64} << 20;
  options.encodings = {{"blob", ColumnEncoding::kPlain}};
  auto writer = MakeParquetWriter(output, "f", arrow::schema({field}), options).ValueOrDie();
  for (int64_t i = 0; i < kValues; ++i) ASSERT_TRUE(writer->Write(*OneColumn(field, value)).ok());
  FileInMemory file;
  file.written = writer->Close().ValueOrDie();
  file.bytes = output->Finish().ValueOrDie();
  EXPECT_EQ(file.written.summary.rows, kValues);
  // 64 values pass 64 MiB; a value more may wait for its page.
  EXPECT_GE(file.written.summary.row_groups, kValues / 73);
  const auto footer = file.Footer()->metadata;
  int64_t uncompressed = 0;
  for (int g = 0; g < footer->num_row_groups(); ++g) {
    EXPECT_LE(footer->RowGroup(g)->total_byte_size(), (int64_t{64} << 20) * 9 / 8 + kValueBytes);
    uncompressed += footer->RowGroup(g)->total_byte_size();
  }
  EXPECT_GT(uncompressed, int64_t{1} << 31);
  ParquetReadOptions last;
  last.row_groups = {{footer->num_row_groups() - 1}};
  const auto read = ReadInMemory(file, last);
  ASSERT_GT(read->num_rows(), 0);
  EXPECT_EQ(static_cast<const arrow::LargeStringArray&>(*read->column(0)->chunk(0)).GetView(0),
            text);
}

}  // namespace
}  // namespace artemis
