// What queries test, how they are classed, and which do not fit.
#include "artemis/advise/bound_log.h"

#include <gtest/gtest.h>

#include "artemis/scan/table_fixture.h"

namespace artemis {
namespace {

Schema TwoColumns() {
  Schema schema;
  schema.fields = {MakeField(1, "name", TypeKind::kString), MakeField(2, "size", TypeKind::kLong)};
  return schema;
}

ColumnTests TestsOfText(const std::string& json) {
  const auto bound = Bind(PredicateFromJson(json).ValueOrDie(), TwoColumns());
  EXPECT_TRUE(bound.ok()) << bound.status();
  return bound.ok() ? TestsOf(*bound) : ColumnTests();
}

LoggedQuery Query(const std::string& id, const std::string& json,
                  std::vector<std::string> columns = {}) {
  LoggedQuery query;
  query.id = id;
  query.predicate = PredicateFromJson(json).ValueOrDie();
  query.columns = std::move(columns);
  return query;
}

constexpr char kNameIsA[] = R"({"op":"eq","column":"name","value":"a"})";
constexpr char kSizeOver5[] = R"({"op":"gt","column":"size","value":5})";

TEST(ColumnTests, AreWhatEveryMatchingRowPasses) {
  const auto both =
      TestsOfText(std::string(R"({"op":"and","args":[)") + kNameIsA + "," + kSizeOver5 + "]}");
  EXPECT_EQ(both, (ColumnTests{{FieldId(1), kTestsEquality}, {FieldId(2), kTestsRange}}));
}

TEST(ColumnTests, OfAnOrAreThoseOfEachBranch) {
  const std::string first =
      std::string(R"({"op":"and","args":[)") + kNameIsA + "," + kSizeOver5 + "]}";
  const auto tests = TestsOfText(std::string(R"({"op":"or","args":[)") + first +
                                 R"(,{"op":"eq","column":"size","value":1}]})");
  EXPECT_EQ(tests, (ColumnTests{{FieldId(2), kTestsRange | kTestsEquality}}))
      << "the second branch does not test the name";
}

TEST(BoundLog, NamesShapesByTheTestsOfColumns) {
  QueryLog log;
  log.queries = {
      Query("q1", std::string(R"({"op":"and","args":[)") + kSizeOver5 + "," + kNameIsA + "]}"),
      Query("q2", R"({"op":"starts_with","column":"name","value":"ab"})"),
      Query("q3", R"({"op":"and","args":[]})")};
  const auto bound = BindLog(log, TwoColumns());
  ASSERT_EQ(bound.queries.size(), 3u);
  EXPECT_EQ(bound.queries[0].shape, "name =, size range");
  EXPECT_EQ(bound.queries[1].shape, "name prefix");
  EXPECT_EQ(bound.queries[2].shape, "all rows");
}

TEST(BoundLog, SkipsWhatDoesNotFitTheSchema) {
  QueryLog log;
  log.queries = {Query("q1", kNameIsA), Query("q2", R"({"op":"eq","column":"naem","value":"a"})"),
                 Query("q3", R"({"op":"eq","column":"size","value":"tall"})"),
                 Query("q4", kNameIsA, {"name", "colour"})};
  for (size_t i = 0; i < log.queries.size(); ++i) log.queries[i].line = static_cast<int64_t>(i + 1);
  log.Skip(9, "no query");
  const auto bound = BindLog(log, TwoColumns());
  EXPECT_EQ(bound.queries.size(), 1u);
  EXPECT_EQ(bound.skipped_count, 4);
  ASSERT_EQ(bound.skipped.size(), 4u);
  EXPECT_EQ(bound.skipped[0].line, 2);
  EXPECT_NE(bound.skipped[0].reason.find("naem"), std::string::npos);
  EXPECT_NE(bound.skipped[1].reason.find("tall"), std::string::npos);
  EXPECT_NE(bound.skipped[2].reason.find("colour"), std::string::npos);
  EXPECT_EQ(bound.skipped[3], (SkippedLine{9, "no query"}));
}

TEST(BoundLog, NamesTheFieldsThatAreTested) {
  QueryLog log;
  log.queries = {Query("q1", kSizeOver5, {"name"})};
  const auto fields = FieldsOf(BindLog(log, TwoColumns()), TwoColumns());
  ASSERT_EQ(fields.size(), 1u);
  EXPECT_EQ(fields.front().name, "size");
}

}  // namespace
}  // namespace artemis
