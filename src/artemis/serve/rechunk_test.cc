// The shape of batches.
#include "artemis/serve/rechunk.h"

#include <numeric>

#include <arrow/array.h>
#include <arrow/builder.h>
#include <arrow/table.h>
#include <arrow/util/byte_size.h>
#include <gtest/gtest.h>

namespace artemis {

namespace {

std::shared_ptr<arrow::RecordBatch> Numbers(int64_t from, int64_t count) {
  arrow::Int64Builder builder;
  for (int64_t i = 0; i < count; ++i) EXPECT_TRUE(builder.Append(from + i).ok());
  return arrow::RecordBatch::Make(arrow::schema({arrow::field("n", arrow::int64())}), count,
                                  {builder.Finish().ValueOrDie()});
}

std::vector<std::shared_ptr<arrow::RecordBatch>> Rechunked(arrow::RecordBatchVector batches) {
  const auto schema = batches.front()->schema();
  const auto reader =
      Rechunk(arrow::RecordBatchReader::Make(std::move(batches), schema).ValueOrDie());
  std::vector<std::shared_ptr<arrow::RecordBatch>> all;
  std::shared_ptr<arrow::RecordBatch> batch;
  while (reader->ReadNext(&batch).ok() && batch != nullptr) all.push_back(batch);
  return all;
}

std::vector<int64_t> RowCounts(const std::vector<std::shared_ptr<arrow::RecordBatch>>& batches) {
  std::vector<int64_t> counts;
  for (const auto& batch : batches) counts.push_back(batch->num_rows());
  return counts;
}

}  // namespace

TEST(RowsPerBatch, IsAPowerOfTwoThatFitsTwoMebibytes) {
  // 20 columns of 8 bytes and their null bits are 162.5 bytes: 12,905 rows fit.
  arrow::FieldVector fields;
  for (int i = 0; i < 20; ++i)
    fields.push_back(arrow::field("c" + std::to_string(i), arrow::float64()));
  EXPECT_EQ(RowsPerBatch(arrow::Schema(fields)), 8192);
}

TEST(RowsPerBatch, HasBounds) {
  EXPECT_EQ(RowsPerBatch(arrow::Schema({arrow::field("b", arrow::boolean())})), 65536);
  EXPECT_EQ(RowsPerBatch(arrow::Schema(arrow::FieldVector())), 65536);
  EXPECT_EQ(RowsPerBatch(arrow::Schema({arrow::field("f", arrow::fixed_size_binary(1 << 20))})),
            64);
}

TEST(RowsPerBatch, AssumesAWidthForTexts) {
  // 32 bytes and a bit for each of 1000 columns: 65 rows fit.
  arrow::FieldVector fields(1000, arrow::field("t", arrow::utf8()));
  EXPECT_EQ(RowsPerBatch(arrow::Schema(fields)), 64);
}

TEST(Rechunk, GivesTheSameShapeWhateverComes) {
  const int64_t total = 200'000;
  const int64_t rows = RowsPerBatch(*Numbers(0, 1)->schema());
  ASSERT_EQ(rows, 65536);
  const std::vector<int64_t> expected = {rows, rows, rows, total - 3 * rows};
  for (const int64_t size :
       {int64_t{1000}, int64_t{2048}, int64_t{65536}, int64_t{70'001}, total}) {
    arrow::RecordBatchVector batches;
    for (int64_t from = 0; from < total; from += size)
      batches.push_back(Numbers(from, std::min(size, total - from)));
    EXPECT_EQ(RowCounts(Rechunked(batches)), expected) << size;
  }
}

TEST(Rechunk, KeepsTheRowsInTheirOrder) {
  arrow::RecordBatchVector batches;
  int64_t from = 0;
  for (const int64_t size : {70'000, 1, 0, 65'535, 12, 130'000}) {
    batches.push_back(Numbers(from, size));
    from += size;
  }
  const auto schema = batches.front()->schema();
  const auto table = arrow::Table::FromRecordBatches(Rechunked(batches)).ValueOrDie();
  const auto expected = arrow::Table::FromRecordBatches({Numbers(0, from)}).ValueOrDie();
  EXPECT_TRUE(table->Equals(*expected));
}

TEST(Rechunk, OfNoRowsGivesNoBatch) { EXPECT_TRUE(Rechunked({Numbers(0, 0)}).empty()); }

TEST(Rechunk, KeepsEveryMessageUnderFourMebibytes) {
  arrow::StringBuilder builder;
  for (int i = 0; i < 3000; ++i) ASSERT_TRUE(builder.Append(std::string(10'000, 'x')).ok());
  const auto batch = arrow::RecordBatch::Make(arrow::schema({arrow::field("t", arrow::utf8())}),
                                              3000, {builder.Finish().ValueOrDie()});
  int64_t rows = 0;
  for (const auto& each : Rechunked({batch})) {
    EXPECT_LE(arrow::util::ReferencedBufferSize(*each).ValueOrDie(), kFlightBatchBytesMax);
    rows += each->num_rows();
  }
  EXPECT_EQ(rows, 3000);
}

TEST(Rechunk, SendsARowThatIsLargerAlone) {
  arrow::StringBuilder builder;
  for (int i = 0; i < 2; ++i) ASSERT_TRUE(builder.Append(std::string(6 << 20, 'x')).ok());
  const auto batch = arrow::RecordBatch::Make(arrow::schema({arrow::field("t", arrow::utf8())}), 2,
                                              {builder.Finish().ValueOrDie()});
  EXPECT_EQ(RowCounts(Rechunked({batch})), (std::vector<int64_t>{1, 1}));
}

}  // namespace artemis
