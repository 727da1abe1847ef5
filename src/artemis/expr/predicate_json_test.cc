// The JSON form of predicates, there and back.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "artemis/base/error.h"
#include "artemis/expr/predicate.h"

namespace artemis {
namespace {

using ::testing::HasSubstr;

Predicate JsonLeaf(PredicateOp op, std::string column, std::vector<UnboundValue> values = {}) {
  return {.op = op, .args = {}, .column = std::move(column), .values = std::move(values)};
}

std::string Repeated(int count, const std::string& text) {
  std::string result;
  for (int i = 0; i < count; ++i) result += text;
  return result;
}

std::string Nots(int count) {
  return Repeated(count, R"({"op":"not","args":[)") + R"({"op":"is_null","column":"a"})" +
         Repeated(count, "]}");
}

TEST(PredicateFromJson, ReadsEveryLeaf) {
  using enum PredicateOp;
  const std::vector<std::pair<std::string, Predicate>> cases = {
      {R"({"op":"eq","column":"a","value":5})", JsonLeaf(kEq, "a", {int64_t{5}})},
      {R"({"op":"ne","column":"a","value":2.5})", JsonLeaf(kNe, "a", {2.5})},
      {R"({"op":"lt","column":"a","value":"x"})", JsonLeaf(kLt, "a", {std::string("x")})},
      {R"({"op":"le","column":"a","value":true})", JsonLeaf(kLe, "a", {true})},
      {R"({"op":"gt","column":"p.lat","value":-1})", JsonLeaf(kGt, "p.lat", {int64_t{-1}})},
      {R"({"op":"ge","column":"a","value":0})", JsonLeaf(kGe, "a", {int64_t{0}})},
      {R"({"op":"in","column":"a","values":[1,"b"]})",
       JsonLeaf(kIn, "a", {int64_t{1}, std::string("b")})},
      {R"({"op":"not_in","column":"a","values":[]})", JsonLeaf(kNotIn, "a")},
      {R"({"op":"is_null","column":"a"})", JsonLeaf(kIsNull, "a")},
      {R"({"op":"not_null","column":"a"})", JsonLeaf(kNotNull, "a")},
      {R"({"op":"is_nan","column":"a"})", JsonLeaf(kIsNaN, "a")},
      {R"({"op":"not_nan","column":"a"})", JsonLeaf(kNotNaN, "a")},
      {R"({"op":"starts_with","column":"a","value":"x"})",
       JsonLeaf(kStartsWith, "a", {std::string("x")})},
      {R"({"op":"not_starts_with","column":"a","value":"x"})",
       JsonLeaf(kNotStartsWith, "a", {std::string("x")})},
  };
  for (const auto& [json, expected] : cases) {
    const auto read = PredicateFromJson(json);
    ASSERT_TRUE(read.ok()) << json << ": " << read.status();
    EXPECT_EQ(*read, expected) << json;
    const auto again = PredicateFromJson(PredicateToJson(*read));
    ASSERT_TRUE(again.ok()) << PredicateToJson(*read) << ": " << again.status();
    EXPECT_EQ(*again, expected) << json;
  }
}

TEST(PredicateFromJson, TurnsBetweenIntoTwoComparisons) {
  const auto read = PredicateFromJson(R"({"op":"between","column":"a","lo":1,"hi":3})");
  ASSERT_TRUE(read.ok()) << read.status();
  EXPECT_EQ(read->op, PredicateOp::kAnd);
  EXPECT_EQ(read->args, (std::vector<Predicate>{JsonLeaf(PredicateOp::kGe, "a", {int64_t{1}}),
                                                JsonLeaf(PredicateOp::kLe, "a", {int64_t{3}})}));
}

TEST(PredicateFromJson, ReadsTreesAndWritesThemBack) {
  const std::string json =
      R"({"args":[{"args":[{"column":"a","op":"is_null"}],"op":"not"},)"
      R"({"args":[{"column":"b","op":"eq","value":1}],"op":"or"}],"op":"and"})";
  const auto read = PredicateFromJson(json);
  ASSERT_TRUE(read.ok()) << read.status();
  EXPECT_EQ(read->args[0].op, PredicateOp::kNot);
  EXPECT_EQ(PredicateToJson(*read), json);
}

TEST(PredicateFromJson, ReadsConstantsAsEmptyAndAndOr) {
  for (const auto op : {PredicateOp::kTrue, PredicateOp::kFalse}) {
    const Predicate constant{.op = op, .args = {}, .column = {}, .values = {}};
    const auto read = PredicateFromJson(PredicateToJson(constant));
    ASSERT_TRUE(read.ok()) << read.status();
    EXPECT_EQ(read->op, op);
  }
}

TEST(PredicateFromJson, ReadsNumbersPast64BitsAsDoubles) {
  const auto read = PredicateFromJson(R"({"op":"lt","column":"a","value":9223372036854775808})");
  ASSERT_TRUE(read.ok()) << read.status();
  EXPECT_EQ(std::get<double>(read->values[0]), 9223372036854775808.0);
}

TEST(PredicateFromJson, NamesWhatIsWrong) {
  const std::vector<std::pair<std::string, std::string>> cases = {
      {"{", "not JSON"},
      {"[]", "expected an object, found []"},
      {R"({"column":"a"})", "expected a text \"op\""},
      {R"({"op":"like","column":"a","value":"x"})", "unknown op \"like\""},
      {R"({"op":"eq","value":1})", "expected \"column\""},
      {R"({"op":"eq","column":3,"value":1})", "expected a text \"column\""},
      {R"({"op":"eq","column":"a"})", "expected \"value\""},
      {R"({"op":"eq","column":"a","value":null})", "use is_null"},
      {R"({"op":"eq","column":"a","value":[1]})", "found [1]"},
      {R"({"op":"eq","column":"a","value":1,"vlaue":2})", "unexpected \"vlaue\""},
      {R"({"op":"in","column":"a","values":3})", "expected an array of \"values\""},
      {R"({"op":"between","column":"a","lo":3})", "expected \"hi\""},
      {R"({"op":"not","args":[]})", "\"not\" takes one of \"args\", found 0"},
      {R"({"op":"and","args":{}})", "expected an array of \"args\""},
      {R"({"op":"and"})", "expected \"args\""},
  };
  for (const auto& [json, message] : cases) {
    const auto read = PredicateFromJson(json);
    ASSERT_FALSE(read.ok()) << json;
    EXPECT_TRUE(read.status().IsInvalid()) << json;
    EXPECT_THAT(read.status().message(), HasSubstr(message)) << json;
  }
}

TEST(PredicateFromJson, TakesNestingUpToItsLimit) {
  EXPECT_TRUE(PredicateFromJson(Nots(63)).ok());
  const auto deeper = PredicateFromJson(Nots(64));
  ASSERT_FALSE(deeper.ok());
  EXPECT_NE(FindDetail<LimitExceeded>(deeper.status()), nullptr);
  for (const std::string& endless : {Nots(200'000), Repeated(200'000, "["),
                                     R"({"op":"eq","column":"a","value":)" +
                                         Repeated(200'000, "[") + Repeated(200'000, "]") + "}"}) {
    EXPECT_NE(FindDetail<LimitExceeded>(PredicateFromJson(endless).status()), nullptr);
  }
}

TEST(PredicateFromJson, DoesNotCountBracketsInsideText) {
  const std::string brackets = Repeated(500, "[{\\\"");
  const auto read = PredicateFromJson(R"({"op":"eq","column":"a","value":")" + brackets + R"("})");
  ASSERT_TRUE(read.ok()) << read.status();
  EXPECT_EQ(std::get<std::string>(read->values[0]), Repeated(500, "[{\""));
}

TEST(PredicateFromJson, TakesValuesUpToItsLimit) {
  const auto in_of = [](int count) {
    std::string json = R"({"op":"in","column":"a","values":[)";
    for (int i = 0; i < count; ++i) json += (i == 0 ? "" : ",") + std::to_string(i);
    return json + "]}";
  };
  EXPECT_TRUE(PredicateFromJson(in_of(10'000)).ok());
  const auto more = PredicateFromJson(in_of(10'001));
  ASSERT_FALSE(more.ok());
  EXPECT_NE(FindDetail<LimitExceeded>(more.status()), nullptr);
}

}  // namespace
}  // namespace artemis
