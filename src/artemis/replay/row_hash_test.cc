#include "artemis/replay/row_hash.h"

#include <arrow/builder.h>
#include <gtest/gtest.h>

namespace artemis {
namespace {

std::shared_ptr<arrow::Array> Doubles(const std::vector<double>& values) {
  arrow::DoubleBuilder builder;
  EXPECT_TRUE(builder.AppendValues(values).ok());
  return *builder.Finish();
}

std::shared_ptr<arrow::RecordBatch> BatchOf(std::vector<std::shared_ptr<arrow::Array>> columns) {
  arrow::FieldVector fields;
  for (size_t i = 0; i < columns.size(); ++i)
    fields.push_back(arrow::field(std::to_string(i), columns[i]->type()));
  const int64_t rows = columns[0]->length();
  return arrow::RecordBatch::Make(arrow::schema(fields), rows, std::move(columns));
}

TEST(HashRows, GivesEqualRowsEqualHashesInAnySlice) {
  const auto batch = BatchOf({Doubles({1, 2, 1, 2}), Doubles({5, 6, 5, 7})});
  const auto all = *HashRows(*batch);
  EXPECT_EQ(all[0], all[2]);
  EXPECT_FALSE(all[1] == all[3]);
  const auto tail = *HashRows(*batch->Slice(2, 2));
  EXPECT_EQ(tail[0], all[2]);
  EXPECT_EQ(tail[1], all[3]);
}

TEST(HashRows, TellsColumnsValuesAndNullsApart) {
  const auto ab = *HashRows(*BatchOf({Doubles({1}), Doubles({2})}));
  const auto ba = *HashRows(*BatchOf({Doubles({2}), Doubles({1})}));
  EXPECT_FALSE(ab[0] == ba[0]);
  const auto zero = *HashRows(*BatchOf({Doubles({0.0, -0.0})}));
  EXPECT_FALSE(zero[0] == zero[1]);
  arrow::StringBuilder strings;
  ASSERT_TRUE(strings.AppendValues(std::vector<std::string>{"", "a"}).ok());
  ASSERT_TRUE(strings.AppendNull().ok());
  const auto hashes = *HashRows(*BatchOf({*strings.Finish()}));
  EXPECT_FALSE(hashes[0] == hashes[1]);
  EXPECT_FALSE(hashes[0] == hashes[2]);
}

}  // namespace
}  // namespace artemis
