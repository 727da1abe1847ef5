// Facts of moving columns to places.
#include "artemis/layout/scatter_column.h"

#include <algorithm>
#include <numeric>
#include <random>

#include <arrow/api.h>
#include <arrow/compute/api_vector.h>
#include <arrow/compute/cast.h>
#include <gtest/gtest.h>

namespace artemis {
namespace {

using SharedArray = std::shared_ptr<arrow::Array>;

// Rows in pieces of unequal length, each a slice of a longer array, and a permutation of their places.
struct ScatterCase {
  arrow::ArrayVector pieces;
  std::vector<uint32_t> all_places;
  std::vector<std::span<const uint32_t>> places;
  SharedArray expected;

  explicit ScatterCase(const SharedArray& values)
      : all_places(static_cast<size_t>(values->length())) {
    std::iota(all_places.begin(), all_places.end(), 0u);
    std::shuffle(all_places.begin(), all_places.end(), std::mt19937_64(9));
    std::vector<uint32_t> source_of(all_places.size());
    for (uint32_t row = 0; row < all_places.size(); ++row) source_of[all_places[row]] = row;
    const arrow::UInt32Array indices(values->length(), arrow::Buffer::Wrap(source_of));
    expected = arrow::compute::Take(*values, indices).ValueOrDie();
    for (int64_t first = 0, count = 1; first < values->length(); first += count++) {
      pieces.push_back(values->Slice(first, count));
      places.push_back(
          std::span(all_places)
              .subspan(static_cast<size_t>(first), static_cast<size_t>(pieces.back()->length())));
    }
  }

  SharedArray Scatter() const {
    LargeBuffers memory(arrow::default_memory_pool());
    return ScatterColumn(pieces, places, expected->length(), &memory).ValueOrDie();
  }
};

SharedArray InRange(int64_t rows, const std::shared_ptr<arrow::DataType>& type, bool with_nulls) {
  std::mt19937_64 random(2);
  arrow::Int64Builder builder;
  for (int64_t i = 0; i < rows; ++i) {
    const bool null = with_nulls && random() % 5 == 0;
    EXPECT_TRUE(
        (null ? builder.AppendNull() : builder.Append(static_cast<int64_t>(random() % 100))).ok());
  }
  return arrow::compute::Cast(*builder.Finish().ValueOrDie(), type).ValueOrDie();
}

TEST(ScatterColumn, PutsValuesOfAnyTypeInTheirPlaces) {
  for (const auto& type :
       {arrow::int8(), arrow::int16(), arrow::int32(), arrow::int64(), arrow::float64(),
        arrow::boolean(), arrow::timestamp(arrow::TimeUnit::MICRO, "UTC"),
        arrow::decimal128(21, 2)}) {
    for (const bool with_nulls : {false, true}) {
      const ScatterCase one(InRange(2000, type, with_nulls));
      EXPECT_TRUE(one.Scatter()->Equals(*one.expected)) << type->ToString() << with_nulls;
    }
  }
}

TEST(ScatterColumn, PutsFixedBytesAndNestedValuesInTheirPlaces) {
  arrow::FixedSizeBinaryBuilder fixed(arrow::fixed_size_binary(3));
  arrow::ListBuilder lists(arrow::default_memory_pool(), std::make_shared<arrow::Int32Builder>());
  auto& elements = static_cast<arrow::Int32Builder&>(*lists.value_builder());
  for (int i = 0; i < 500; ++i) {
    const std::string text = {char('a' + i % 26), char('a' + i / 26), 'z'};
    ASSERT_TRUE(fixed.Append(text).ok() && lists.Append().ok());
    for (int j = 0; j < i % 4; ++j) ASSERT_TRUE(elements.Append(i + j).ok());
  }
  for (const auto& values : {fixed.Finish().ValueOrDie(), lists.Finish().ValueOrDie()}) {
    const ScatterCase one(values);
    EXPECT_TRUE(one.Scatter()->Equals(*one.expected)) << values->type()->ToString();
  }
}

SharedArray Texts(int64_t rows, int64_t distinct, int64_t length) {
  std::mt19937_64 random(4);
  arrow::StringBuilder builder;
  for (int64_t i = 0; i < rows; ++i) {
    const auto number = static_cast<int64_t>(random() % static_cast<uint64_t>(distinct));
    std::string text = std::to_string(number);
    if (number % 7 == 0) {
      EXPECT_TRUE(builder.AppendNull().ok());
    } else {
      EXPECT_TRUE(
          builder.Append(std::string(static_cast<size_t>(number % length), '-') + text).ok());
    }
  }
  return builder.Finish().ValueOrDie();
}

TEST(ScatterColumn, GivesFewTextsAsADictionary) {
  for (const int64_t distinct : {1, 40, 3000}) {
    const ScatterCase one(Texts(60'000, distinct, 30));
    const SharedArray scattered = one.Scatter();
    ASSERT_EQ(scattered->type_id(), arrow::Type::DICTIONARY) << distinct;
    EXPECT_TRUE(
        arrow::compute::Cast(*scattered, arrow::utf8()).ValueOrDie()->Equals(*one.expected));
  }
}

// 60,000 texts are over the limit of a dictionary; the long ones over its bytes.
TEST(ScatterColumn, MovesTheBytesOfManyTexts) {
  for (const auto& [distinct, length] : {std::pair<int64_t, int64_t>{1'000'000, 12}, {3000, 900}}) {
    const ScatterCase one(Texts(60'000, distinct, length));
    const SharedArray scattered = one.Scatter();
    ASSERT_EQ(scattered->type_id(), arrow::Type::STRING) << distinct;
    EXPECT_TRUE(scattered->Equals(*one.expected));
  }
}

SharedArray AsDictionary(const SharedArray& texts) {
  const auto type = arrow::dictionary(arrow::int16(), arrow::utf8());
  return arrow::compute::Cast(*texts, type).ValueOrDie();
}

// Pieces with dictionaries of their own, in orders of their own; all of them, or all but the first.
TEST(ScatterColumn, PutsTheDictionariesOfPiecesTogether) {
  for (const int64_t distinct : {1, 40, 3000}) {
    for (const size_t first : {0, 1}) {
      ScatterCase one(Texts(60'000, distinct, 30));
      for (size_t p = first; p < one.pieces.size(); ++p) {
        one.pieces[p] = AsDictionary(one.pieces[p]);
      }
      const SharedArray scattered = one.Scatter();
      ASSERT_EQ(scattered->type_id(), arrow::Type::DICTIONARY) << distinct;
      EXPECT_TRUE(
          arrow::compute::Cast(*scattered, arrow::utf8()).ValueOrDie()->Equals(*one.expected));
    }
  }
}

TEST(ScatterColumn, GivesTextsBackWhereTheDictionariesOfPiecesHaveManyTogether) {
  ScatterCase one(Texts(60'000, 1'000'000, 12));
  for (SharedArray& piece : one.pieces) piece = AsDictionary(piece);
  EXPECT_TRUE(one.Scatter()->Equals(*one.expected));
}

// Texts that differ in the middle alone look alike to the dictionary's hash.
TEST(ScatterColumn, IsNotMisledByTextsThatBeginAndEndAlike) {
  arrow::StringBuilder builder;
  for (int i = 0; i < 3000; ++i) {
    ASSERT_TRUE(builder.Append("telemetry/" + std::to_string(100 + i % 200) + "/telemetry").ok());
  }
  const ScatterCase one(builder.Finish().ValueOrDie());
  const SharedArray scattered = one.Scatter();
  EXPECT_TRUE(arrow::compute::Cast(*scattered, arrow::utf8()).ValueOrDie()->Equals(*one.expected));
}

TEST(ScatterColumn, TakesAColumnOfNullsAlone) {
  const ScatterCase one(arrow::MakeArrayOfNull(arrow::utf8(), 100).ValueOrDie());
  EXPECT_TRUE(
      arrow::compute::Cast(*one.Scatter(), arrow::utf8()).ValueOrDie()->Equals(*one.expected));
}

}  // namespace
}  // namespace artemis
