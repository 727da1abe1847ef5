// Facts of ranks by quantile.
#include "artemis/layout/rank_keys.h"

#include <algorithm>
#include <cmath>
#include <limits>
#include <set>

#include <arrow/api.h>
#include <arrow/json/from_string.h>
#include <gtest/gtest.h>

namespace artemis {
namespace {

std::shared_ptr<arrow::Array> JsonArray(const std::shared_ptr<arrow::DataType>& type,
                                        const std::string& json) {
  return arrow::json::ArrayFromJSONString(type, json).ValueOrDie();
}

std::vector<uint32_t> RanksOf(const arrow::Array& sample, const arrow::Array& values,
                              int bits = 16) {
  std::vector<uint32_t> ranks(static_cast<size_t>(values.length()), 99);
  ColumnRanks::Make(sample, bits).ValueOrDie().Fill(values, ranks);
  return ranks;
}

std::shared_ptr<arrow::Array> Longs(const std::vector<int64_t>& values) {
  arrow::Int64Builder builder;
  EXPECT_TRUE(builder.AppendValues(values).ok());
  return builder.Finish().ValueOrDie();
}

// Each list ascends; ranks must too, strictly.
TEST(ColumnRanks, AscendWithTheValuesOfEveryType) {
  const auto uuid = [](char c) { return "\"" + std::string(16, c) + "\""; };
  const std::vector<std::shared_ptr<arrow::Array>> ascending = {
      JsonArray(arrow::boolean(), "[null, false, true]"),
      JsonArray(arrow::int32(), "[null, -2147483648, -1, 0, 2147483647]"),
      JsonArray(arrow::int64(), "[null, -9223372036854775808, -1, 0, 7, 9223372036854775807]"),
      JsonArray(arrow::float32(), "[null, -Inf, -1.5, 0, 1e-30, 2, Inf, NaN]"),
      JsonArray(arrow::float64(), "[null, -Inf, -1e300, -1e-300, 0, 5, Inf, NaN]"),
      JsonArray(arrow::date32(), "[null, -1, 0, 19793]"),
      JsonArray(arrow::time64(arrow::TimeUnit::MICRO), "[null, 0, 86399999999]"),
      JsonArray(arrow::timestamp(arrow::TimeUnit::MICRO, "UTC"), "[null, -1, 0, 1]"),
      JsonArray(arrow::timestamp(arrow::TimeUnit::NANO), "[null, -1, 0, 1]"),
      JsonArray(
          arrow::decimal128(38, 2),
          R"([null, "-99999999999999999999999999999999.99", "-0.01", "0.00", "0.01", "300.00"])"),
      JsonArray(arrow::utf8(), R"([null, "", "A", "Z", "a", "aa", "b", "é"])"),
      JsonArray(arrow::binary(), R"([null, "", "x", "xy", "y"])"),
      JsonArray(arrow::fixed_size_binary(16),
                "[null, " + uuid('0') + ", " + uuid('7') + ", " + uuid('a') + "]")};
  for (const auto& values : ascending) {
    const auto ranks = RanksOf(*values, *values);
    EXPECT_EQ(ranks[0], 0u) << values->type()->ToString();
    for (size_t i = 1; i < ranks.size(); ++i) {
      EXPECT_LT(ranks[i - 1], ranks[i]) << values->type()->ToString() << ", value " << i;
    }
  }
}

TEST(ColumnRanks, RefuseTypesWithoutAnOrder) {
  EXPECT_TRUE(
      ColumnRanks::Make(*JsonArray(arrow::list(arrow::int32()), "[[1]]"), 8).status().IsInvalid());
}

TEST(ColumnRanks, AreOneForZeroOfBothSignsAndForEveryNan) {
  arrow::DoubleBuilder builder;
  for (const double value : {0.0, -0.0, 1.0, std::nan("1"), -std::nan("2")}) {
    EXPECT_TRUE(builder.Append(value).ok());
  }
  const auto values = builder.Finish().ValueOrDie();
  const auto ranks = RanksOf(*values, *values);
  EXPECT_EQ(ranks[0], ranks[1]);
  EXPECT_EQ(ranks[3], ranks[4]);
}

// Nine rows in ten hold 5; the others 1000, 1001, … : the heavy value shares one rank, the others keep theirs.
TEST(ColumnRanks, TellTheOthersApartBesideAHeavyValue) {
  std::vector<int64_t> values;
  for (int64_t i = 0; i < 10'000; ++i) values.push_back(i % 10 == 0 ? 1000 + i / 10 : 5);
  const auto array = Longs(values);
  const auto ranks = RanksOf(*array, *array);
  std::set<uint32_t> distinct(ranks.begin(), ranks.end());
  EXPECT_EQ(distinct.size(), 1001u);
  EXPECT_EQ(ranks[1], ranks[2]);
  // The heavy one is 90 % of the rows: what follows begins at nine tenths of the ranks.
  EXPECT_NEAR(*std::next(distinct.begin()), 0.9 * 65536, 10);
}

// Exponentially distributed values: each half of the ranks has half of the rows, whatever the values are.
TEST(ColumnRanks, HalveTheRowsWithTheirHighestBitWhateverTheDistribution) {
  std::vector<int64_t> values;
  for (int64_t i = 0; i < 60'000; ++i) values.push_back(int64_t{1} << (i % 60));
  for (int64_t i = 0; i < 60'000; ++i) values.push_back((int64_t{1} << (i % 60)) + i);
  const auto array = Longs(values);
  const auto ranks = RanksOf(*array, *array);
  const auto low = std::count_if(ranks.begin(), ranks.end(), [](uint32_t r) { return r < 32768; });
  EXPECT_NEAR(static_cast<double>(low), 60'000, 1'100);  // one value is 1/120 of the rows
}

TEST(ColumnRanks, PlaceValuesThatAreNotInTheSampleBetweenTheirNeighbours) {
  const auto sample = Longs({10, 20, 30});
  const auto ranks = RanksOf(*sample, *Longs({-5, 10, 15, 20, 29, 30, 31}));
  for (size_t i = 1; i < ranks.size(); ++i) EXPECT_LT(ranks[i - 1], ranks[i]) << i;
  const auto texts = JsonArray(arrow::utf8(), R"(["b", "d"])");
  const auto text_ranks = RanksOf(*texts, *JsonArray(arrow::utf8(), R"(["a","b","c","d","e"])"));
  for (size_t i = 1; i < text_ranks.size(); ++i) EXPECT_LT(text_ranks[i - 1], text_ranks[i]) << i;
}

TEST(ColumnRanks, NeverFallAsValuesGrow) {
  std::vector<int64_t> sample, values;
  uint64_t state = 1;
  for (int64_t i = 0; i < 30'000; ++i) {
    state = state * 6364136223846793005u + 1442695040888963407u;
    const auto value = static_cast<int64_t>(state >> (i % 64));
    (i % 3 == 0 ? sample : values).push_back(value);
  }
  std::sort(values.begin(), values.end());
  for (const int bits : {1, 8, 10, 16, 32}) {
    const auto ranks = RanksOf(*Longs(sample), *Longs(values), bits);
    EXPECT_TRUE(std::is_sorted(ranks.begin(), ranks.end())) << bits;
    EXPECT_LT(ranks.back(), uint64_t{1} << bits);
  }
}

TEST(ColumnRanks, TakeASampleWithoutValues) {
  const auto nulls = JsonArray(arrow::int64(), "[null, null]");
  const auto ranks = RanksOf(*nulls, *JsonArray(arrow::int64(), "[5, null, 7]"));
  EXPECT_EQ(ranks[0], ranks[2]);
  EXPECT_EQ(ranks[1], 0u);
  EXPECT_GT(ranks[0], 0u);
  EXPECT_EQ(RanksOf(*JsonArray(arrow::utf8(), "[]"), *JsonArray(arrow::utf8(), "[null]")),
            std::vector<uint32_t>{0});
}

TEST(ColumnRanks, AreThoseOfTheTextsOfADictionary) {
  const auto sample = JsonArray(arrow::utf8(), R"(["b", "d", "d"])");
  const auto texts = JsonArray(arrow::utf8(), R"(["d", "a", "c", "b", "not there"])");
  const auto expected =
      RanksOf(*sample, *JsonArray(arrow::utf8(), R"(["a", null, "d", "b", "c", "d"])"));
  for (const auto& indices : {arrow::int16(), arrow::int32()}) {
    const auto codes = JsonArray(indices, "[4, 1, null, 0, 3, 2, 0]");
    const auto coded = arrow::DictionaryArray::FromArrays(codes, texts).ValueOrDie();
    EXPECT_EQ(RanksOf(*sample, *coded->Slice(1)), expected) << indices->ToString();
  }
}

TEST(ColumnRanks, RespectSlices) {
  const auto sample = Longs({1, 2, 3, 4});
  const auto all = JsonArray(arrow::int64(), "[9, null, 3, 1, null, 2]");
  EXPECT_EQ(RanksOf(*sample, *all->Slice(2, 3)),
            RanksOf(*sample, *JsonArray(arrow::int64(), "[3, 1, null]")));
}

}  // namespace
}  // namespace artemis
