// Which files that need not exist a predicate keeps.
#include "artemis/advise/laid_out_files.h"

#include <gtest/gtest.h>

#include "artemis/expr/lift.h"
#include "artemis/scan/table_fixture.h"

namespace artemis {
namespace {

Schema MissionAndSize() {
  Schema schema;
  schema.fields = {MakeField(1, "mission", TypeKind::kString),
                   MakeField(2, "size", TypeKind::kLong)};
  return schema;
}

ColumnRange Between(int64_t lower, int64_t upper) {
  ColumnRange range;
  range.has_null = range.has_nan = Ternary::kNo;
  range.lower = lower;
  range.upper = upper;
  return range;
}

// Mission a: sizes 0-9 and 10-19; mission b: four files with sizes 0-19 each.
LaidOutFiles TwoMissions() {
  const Schema schema = MissionAndSize();
  const auto spec = ParsePartitionSpec("mission", schema).ValueOrDie();
  auto files = LaidOutFiles::Make(spec, schema, {schema.fields[1]}).ValueOrDie();
  files.AddTuple({LiteralValue(std::string("a"))});
  files.AddCell({1, 100, 1, 100}, {Between(0, 9)});
  files.AddCell({1, 50, 1, 80}, {Between(10, 19)});
  files.AddTuple({LiteralValue(std::string("b"))});
  files.AddCell({4, 1000, 8, 1000}, {Between(0, 19)});
  files.Seal();
  return files;
}

FileAmount Kept(const std::string& json) {
  const auto files = TwoMissions();
  const Schema schema = MissionAndSize();
  const auto predicate = Bind(PredicateFromJson(json).ValueOrDie(), schema).ValueOrDie();
  return files.Kept(ProjectInclusive(predicate, files.spec(), schema), predicate, schema);
}

TEST(LaidOutFiles, AreKeptByTupleAndByBounds) {
  EXPECT_EQ(TwoMissions().total(), (FileAmount{6, 1150, 10, 1180}));
  EXPECT_EQ(Kept(R"({"op":"and","args":[]})"), (FileAmount{6, 1150, 10, 1180}));
  EXPECT_EQ(Kept(R"({"op":"eq","column":"mission","value":"a"})"), (FileAmount{2, 150, 2, 180}));
  EXPECT_EQ(Kept(R"({"op":"eq","column":"size","value":12})"), (FileAmount{5, 1050, 9, 1080}));
  EXPECT_EQ(Kept(R"({"op":"and","args":[{"op":"eq","column":"mission","value":"a"},
                                        {"op":"ge","column":"size","value":10}]})"),
            (FileAmount{1, 50, 1, 80}));
  EXPECT_EQ(Kept(R"({"op":"eq","column":"mission","value":"c"})"), FileAmount());
  EXPECT_EQ(Kept(R"({"op":"gt","column":"size","value":19})"), FileAmount());
}

TEST(LaidOutFiles, JudgeFewFilesOfManyAsTheyJudgeAll) {
  // With one partition of many kept, cells are judged one by one; the result is the same.
  const Schema schema = MissionAndSize();
  const auto spec = ParsePartitionSpec("mission", schema).ValueOrDie();
  auto files = LaidOutFiles::Make(spec, schema, {schema.fields[1]}).ValueOrDie();
  for (int64_t mission = 0; mission < 500; ++mission) {
    files.AddTuple({LiteralValue("m" + std::to_string(mission))});
    for (int64_t file = 0; file < 4; ++file) {
      files.AddCell({1, 10, 1, 10}, {Between(file * 10, file * 10 + 9)});
    }
  }
  files.Seal();
  const auto predicate = Bind(PredicateFromJson(R"({"op":"and","args":[
      {"op":"eq","column":"mission","value":"m77"},{"op":"lt","column":"size","value":15}]})")
                                  .ValueOrDie(),
                              schema)
                             .ValueOrDie();
  EXPECT_EQ(files.Kept(ProjectInclusive(predicate, spec, schema), predicate, schema),
            (FileAmount{2, 20, 2, 20}));
}

TEST(RangeUnion, SpansAllSets) {
  RangeUnion all;
  all.Add(Between(5, 9));
  all.Add(Between(-3, 6));
  EXPECT_EQ(all.Range().lower, LiteralValue(int64_t{-3}));
  EXPECT_EQ(all.Range().upper, LiteralValue(int64_t{9}));
  EXPECT_EQ(all.Range().has_null, Ternary::kNo);
}

TEST(RangeUnion, IsUnboundedWhereOneSetIs) {
  RangeUnion all;
  all.Add(Between(5, 9));
  all.Add(std::nullopt);
  EXPECT_FALSE(all.Range().lower || all.Range().upper);
  EXPECT_EQ(all.Range().has_null, Ternary::kUnknown);
}

TEST(RangeUnion, TakesNoBoundsFromSetsOfNulls) {
  ColumnRange nulls;
  nulls.has_null = Ternary::kYes;
  nulls.has_nan = Ternary::kNo;
  nulls.all_null = true;
  RangeUnion all;
  all.Add(nulls);
  EXPECT_TRUE(all.Range().all_null);
  all.Add(Between(5, 9));
  all.Add(nulls);
  EXPECT_EQ(all.Range().lower, LiteralValue(int64_t{5}));
  EXPECT_EQ(all.Range().upper, LiteralValue(int64_t{9}));
  EXPECT_EQ(all.Range().has_null, Ternary::kYes);
  EXPECT_FALSE(all.Range().all_null);
}

}  // namespace
}  // namespace artemis
