#include "artemis/replay/schema_difference.h"

#include <gtest/gtest.h>

#include "artemis/scan/table_fixture.h"

namespace artemis {
namespace {

Schema SchemaOf(std::vector<Field> fields) {
  Schema schema;
  schema.fields = std::move(fields);
  return schema;
}

std::vector<std::string> Sentences(const Schema& older, const Schema& newer) {
  std::vector<std::string> sentences;
  for (const auto& each : CompareSchemas(older, newer)) sentences.push_back(each.Sentence());
  return sentences;
}

TEST(CompareSchemas, FollowsColumnsByTheirIds) {
  const auto older =
      SchemaOf({MakeField(1, "id", TypeKind::kInt, true), MakeField(2, "voltage", TypeKind::kFloat),
                MakeField(3, "price", TypeKind::kLong)});
  const auto newer =
      SchemaOf({MakeField(2, "panel_voltage", TypeKind::kDouble),
                MakeField(1, "id", TypeKind::kLong), MakeField(4, "price", TypeKind::kLong)});
  EXPECT_EQ(Sentences(older, newer),
            (std::vector<std::string>{
                "column id int was widened and made optional: id long",
                "column voltage float was renamed and widened: panel_voltage double",
                "column price long was dropped", "column price long was added"}));
  EXPECT_EQ(CompareSchemas(older, newer)[1].Describe(), "renamed and widened");
}

TEST(CompareSchemas, LooksIntoStructsButTellsWhatCameWithThemOnce) {
  const auto point = [](std::vector<Field> fields) { return Type::Struct(std::move(fields)); };
  const auto older = SchemaOf({MakeField(1, "p", point({MakeField(2, "x", TypeKind::kInt)})),
                               MakeField(3, "q", point({MakeField(4, "x", TypeKind::kInt)}))});
  const auto newer = SchemaOf(
      {MakeField(1, "place",
                 point({MakeField(2, "x", TypeKind::kInt), MakeField(5, "y", TypeKind::kInt)})),
       MakeField(6, "r", point({MakeField(7, "x", TypeKind::kInt)}))});
  const auto sentences = Sentences(older, newer);
  ASSERT_EQ(sentences.size(), 4u);
  EXPECT_EQ(sentences[0].substr(0, 9), "column p ");
  EXPECT_EQ(sentences[1].substr(0, 9), "column q ");
  EXPECT_EQ(sentences[2], "column place.y int was added");
  EXPECT_EQ(sentences[3].substr(0, 9), "column r ");
}

TEST(CompareSchemas, FindsNoDifferenceInAnotherOrder) {
  const auto a = MakeField(1, "a", TypeKind::kInt), b = MakeField(2, "b", TypeKind::kInt);
  EXPECT_TRUE(CompareSchemas(SchemaOf({a, b}), SchemaOf({b, a})).empty());
}

}  // namespace
}  // namespace artemis
