// Which layouts are worth a try.
#include "artemis/advise/layout_candidate.h"

#include <algorithm>

#include <gtest/gtest.h>

#include "artemis/scan/table_fixture.h"

namespace artemis {
namespace {

Schema Observations() {
  Schema schema;
  schema.fields = {
      MakeField(1, "mission", TypeKind::kString), MakeField(2, "at", TypeKind::kTimestamp),
      MakeField(3, "payload", TypeKind::kLong), MakeField(4, "note", TypeKind::kString)};
  return schema;
}

BoundLog LogOf(const std::vector<std::string>& predicates) {
  QueryLog log;
  for (const auto& json : predicates) {
    LoggedQuery query;
    query.id = "q";
    query.predicate = PredicateFromJson(json).ValueOrDie();
    log.queries.push_back(query);
  }
  return BindLog(log, Observations());
}

ColumnUse Use(int32_t field, int64_t equality, int64_t range, int64_t distinct) {
  ColumnUse use;
  use.field = *Observations().FindField(FieldId(field));
  use.name = use.field.name;
  use.equality = equality;
  use.range = range;
  use.any = equality + range;
  use.distinct = distinct;
  use.width = static_cast<double>(distinct);
  return use;
}

std::vector<std::string> SpecTexts(const std::vector<ColumnUse>& uses) {
  std::vector<std::string> texts;
  for (const auto& spec : CandidateSpecs(uses, Observations())) {
    texts.push_back(PartitionText(spec, Observations()));
  }
  return texts;
}

bool Holds(const std::vector<std::string>& texts, const std::string& text) {
  return std::find(texts.begin(), texts.end(), text) != texts.end();
}

TEST(UsedColumns, AreThoseOfEnoughQueriesTheMostUsedFirst) {
  std::vector<std::string> predicates(30, R"({"op":"eq","column":"mission","value":"a"})");
  for (int i = 0; i < 60; ++i) predicates.push_back(R"({"op":"gt","column":"payload","value":3})");
  predicates.push_back(R"({"op":"eq","column":"note","value":"x"})");
  const auto uses = UsedColumns(LogOf(predicates), Observations());
  ASSERT_EQ(uses.size(), 2u) << "one query in 91 is too few";
  EXPECT_EQ(uses[0].name, "payload");
  EXPECT_EQ(uses[0].range, 60);
  EXPECT_EQ(uses[0].equality, 0);
  EXPECT_EQ(uses[1].equality, 30);
}

TEST(UsedColumns, KnowTheShortestPrefix) {
  const auto uses = UsedColumns(LogOf({R"({"op":"starts_with","column":"note","value":"abcd"})",
                                       R"({"op":"starts_with","column":"note","value":"xyz"})"}),
                                Observations());
  ASSERT_EQ(uses.size(), 1u);
  EXPECT_EQ(uses[0].prefix, 2);
  EXPECT_EQ(uses[0].prefix_length, 3);
}

TEST(CandidateSpecs, SuitTheTestsOfColumns) {
  const auto texts = SpecTexts({Use(2, 0, 90, 50'000), Use(1, 80, 0, 40)});
  for (const char* expected :
       {"", "day(at)", "month(at)", "hour(at)", "mission", "bucket(16, mission)",
        "day(at), mission", "hour(at), bucket(16, mission)"}) {
    EXPECT_TRUE(Holds(texts, expected)) << expected;
  }
  EXPECT_EQ(texts.size(), 1u + 3 + 2 + 3 * 2);
}

TEST(CandidateSpecs, TakeNoValuesForPartitionsWhereThereAreTooMany) {
  const auto texts = SpecTexts({Use(3, 50, 0, kIdentityValuesMax + 1)});
  EXPECT_FALSE(Holds(texts, "payload"));
  EXPECT_TRUE(Holds(texts, "bucket(16, payload)"));
}

TEST(CandidateSpecs, CutRangesOfNumbers) {
  // 6400 over 32 parts is 200.
  EXPECT_TRUE(Holds(SpecTexts({Use(3, 0, 50, 6'400)}), "truncate(200, payload)"));
}

TEST(PartitionsOf, MultipliesWhatTransformsMakeOfColumns) {
  const Schema schema = Observations();
  std::vector<ColumnUse> uses = {Use(2, 0, 90, 50'000), Use(1, 80, 0, 40)};
  uses[0].width = 9.5 * 86'400e6;  // nine and a half days of microseconds
  const auto count = [&](const char* text) {
    return PartitionsOf(ParsePartitionSpec(text, schema).ValueOrDie(), uses);
  };
  EXPECT_EQ(count(""), 1);
  EXPECT_EQ(count("mission"), 40);
  EXPECT_EQ(count("bucket(16, mission)"), 16);
  EXPECT_EQ(count("day(at)"), 10.5);
  EXPECT_EQ(count("mission, hour(at)"), 40 * (1 + 9.5 * 24));
}

TEST(CandidateOrders, LeaveOutWhatAPartitionHasOneValueOf) {
  const Schema schema = Observations();
  const std::vector<ColumnUse> uses = {Use(2, 0, 90, 50'000), Use(1, 80, 0, 40),
                                       Use(3, 50, 0, 128)};
  const auto spec = ParsePartitionSpec("mission, day(at)", schema).ValueOrDie();
  std::vector<std::string> texts;
  for (const auto& order : CandidateOrders(uses, spec)) texts.push_back(OrderText(order, schema));
  EXPECT_EQ(texts, (std::vector<std::string>{"", "at", "payload", "at, payload", "payload, at",
                                             "zorder(at, payload)", "hilbert(at, payload)"}));
}

TEST(PartitionsAlike, WhateverTheirNamesAndOrder) {
  const Schema schema = Observations();
  const auto spec = [&](const char* text) { return ParsePartitionSpec(text, schema).ValueOrDie(); };
  EXPECT_TRUE(PartitionsAlike(spec("mission, day(at) as d"), spec("day(at), mission")));
  EXPECT_FALSE(PartitionsAlike(spec("mission, day(at)"), spec("mission, hour(at)")));
  EXPECT_FALSE(PartitionsAlike(spec("mission"), spec("")));
}

}  // namespace
}  // namespace artemis
