// Facts of the result hash. Its numbers were computed with another implementation of SHA-256, from the formula in the header.
#include "artemis/replay/row_set_hash.h"

#include <limits>

#include <arrow/compute/api.h>
#include <gtest/gtest.h>

#include "artemis/scan/table_fixture.h"

namespace artemis {
namespace {

using arrow::field;

std::shared_ptr<arrow::RecordBatch> Batch(const std::string& rows_json) {
  return JsonBatch(arrow::schema({field("id", arrow::int64()), field("name", arrow::utf8()),
                                  field("value", arrow::float64())}),
                   rows_json);
}

constexpr char kTwoRows[] =
    R"([{"id": 7, "name": "ab", "value": null}, {"id": -1, "name": null, "value": 1.5}])";

std::string HexOfBatches(const std::vector<std::shared_ptr<arrow::RecordBatch>>& batches,
                         int threads = 1) {
  RowSetHash hash(threads);
  for (const auto& batch : batches) EXPECT_TRUE(hash.Add(*batch).ok());
  return hash.Hex();
}

std::string Bytes(std::initializer_list<int> bytes) {
  std::string text;
  for (const int byte : bytes) text += static_cast<char>(byte);
  return text;
}

TEST(RowSetHash, WritesEachTypeAsTheFormulaSays) {
  const auto type_of =
      arrow::struct_({field("flag", arrow::boolean()), field("n", arrow::int32())});
  const auto schema =
      arrow::schema({field("record", type_of), field("tags", arrow::list(arrow::utf8())),
                     field("day", arrow::date32()), field("x", arrow::float32())});
  const auto batch = JsonBatch(
      schema, R"([{"record": {"flag": true, "n": -2}, "tags": ["a", null], "day": 3, "x": -0.0}])");
  EXPECT_EQ(*CanonicalRow(*batch, 0),
            Bytes({1, 1, 1, 1, 254, 255, 255, 255, 255, 255, 255, 255}) +
                Bytes({1, 2, 0, 0, 0, 0, 0, 0, 0, 1, 1, 0, 0, 0, 0, 0, 0, 0, 'a', 0}) +
                Bytes({1, 3, 0, 0, 0, 0, 0, 0, 0}) + Bytes({1, 0, 0, 0, 0x80}));
}

TEST(RowSetHash, AddsTheRowsDigests) {
  const auto batch = Batch(kTwoRows);
  EXPECT_EQ(HexOfBatches({batch}),
            "f6929df588d9ef3807dd9d289e3ced7418a4b10952275e7d0ec631779867f989");
  // Twice a digest over 2^255 leaves the range.
  const auto first = batch->Slice(0, 1);
  EXPECT_EQ(HexOfBatches({first, first}),
            "ce94db4bbc911cfbe08691dc0d4626f099d0978afde17a856aa07166706e388a");
  EXPECT_EQ(HexOfBatches({}), std::string(64, '0'));
}

TEST(RowSetHash, IsTheSameInAnyOrderAndAnyBatches) {
  const auto batch = Batch(kTwoRows);
  const auto whole = HexOfBatches({batch});
  EXPECT_EQ(HexOfBatches({batch->Slice(1, 1), batch->Slice(0, 1)}), whole);
  EXPECT_EQ(HexOfBatches({batch->Slice(0, 0), batch}), whole);
}

TEST(RowSetHash, IsTheSameOnManyThreads) {
  arrow::Int64Builder ids;
  for (int64_t i = 0; i < 30'000; ++i) ASSERT_TRUE(ids.Append(i * i).ok());
  const auto batch = arrow::RecordBatch::Make(arrow::schema({field("id", arrow::int64())}), 30'000,
                                              {*ids.Finish()});
  const auto whole = HexOfBatches({batch});
  EXPECT_EQ(HexOfBatches({batch}, 4), whole);
  EXPECT_EQ(HexOfBatches({batch->Slice(20'001), batch->Slice(0, 20'001)}, 3), whole);
}

TEST(RowSetHash, IsTheSameWithDictionaries) {
  const auto plain = JsonBatch(arrow::schema({field("name", arrow::utf8())}),
                               R"([{"name": "a"}, {"name": null}, {"name": "b"}, {"name": "a"}])");
  const auto encoded = *arrow::compute::DictionaryEncode(plain->column(0));
  const auto batch = arrow::RecordBatch::Make(arrow::schema({field("name", encoded.type())}), 4,
                                              {encoded.make_array()});
  EXPECT_EQ(HexOfBatches({batch}), HexOfBatches({plain}));
}

TEST(RowSetHash, TellsRowsApart) {
  const auto whole = HexOfBatches({Batch(kTwoRows)});
  for (const char* other :
       {R"([{"id": 7, "name": "ab", "value": null}])",
        R"([{"id": 7, "name": "", "value": null}, {"id": -1, "name": null, "value": 1.5}])",
        R"([{"id": 7, "name": null, "value": null}, {"id": -1, "name": "ab", "value": 1.5}])",
        R"([{"id": 7, "name": "ab", "value": 0}, {"id": -1, "name": null, "value": 1.5}])"}) {
    EXPECT_NE(HexOfBatches({Batch(other)}), whole) << other;
  }
  const auto zero = Batch(R"([{"id": 0, "name": "", "value": 0.0}])");
  const auto minus_zero = Batch(R"([{"id": 0, "name": "", "value": -0.0}])");
  EXPECT_NE(HexOfBatches({zero}), HexOfBatches({minus_zero}));
}

TEST(RowSetHash, RefusesTypesOfNoTable) {
  const auto batch = JsonBatch(arrow::schema({field("n", arrow::uint16())}), R"([{"n": 1}])");
  RowSetHash hash;
  EXPECT_TRUE(hash.Add(*batch).IsNotImplemented());
}

}  // namespace
}  // namespace artemis
