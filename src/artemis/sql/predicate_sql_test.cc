// The predicates that SQL text means, and the parts that are refused by name.
#include "artemis/sql/predicate_sql.h"

#include <string>
#include <vector>

#include <gtest/gtest.h>

#include "artemis/base/error.h"

namespace artemis {
namespace {

Predicate Cmp(PredicateOp op, std::string column, std::vector<UnboundValue> values = {}) {
  Predicate p;
  p.op = op;
  p.column = std::move(column);
  p.values = std::move(values);
  return p;
}

Predicate Tree(PredicateOp op, std::vector<Predicate> args) {
  Predicate p;
  p.op = op;
  p.args = std::move(args);
  return p;
}

struct PredicateCase {
  std::string sql;
  Predicate predicate;
};

void ExpectPredicates(const std::vector<PredicateCase>& cases) {
  for (const PredicateCase& c : cases) {
    auto predicate = PredicateFromSql(c.sql);
    ASSERT_TRUE(predicate.ok()) << c.sql << ": " << predicate.status().ToString();
    EXPECT_TRUE(*predicate == c.predicate) << c.sql;
  }
}

using Op = PredicateOp;

TEST(PredicateFromSql, TakesComparisonsFromEitherSide) {
  ExpectPredicates({
      {"a = 3", Cmp(Op::kEq, "a", {int64_t{3}})},
      {"a <> -3", Cmp(Op::kNe, "a", {int64_t{-3}})},
      {"a != 3", Cmp(Op::kNe, "a", {int64_t{3}})},
      {"a < 1.5", Cmp(Op::kLt, "a", {1.5})},
      {"3 <= a", Cmp(Op::kGe, "a", {int64_t{3}})},
      {"3 > a", Cmp(Op::kLt, "a", {int64_t{3}})},
      {"a >= -2.5e3", Cmp(Op::kGe, "a", {-2500.0})},
      {"a = 'x''y'", Cmp(Op::kEq, "a", {std::string("x'y")})},
      {"a = true", Cmp(Op::kEq, "a", {true})},
      {"\"My Col\" = 1", Cmp(Op::kEq, "My Col", {int64_t{1}})},
      {"position.lat > 1", Cmp(Op::kGt, "position.lat", {int64_t{1}})},
      {"a = -9223372036854775808", Cmp(Op::kEq, "a", {std::numeric_limits<int64_t>::min()})},
  });
}

TEST(PredicateFromSql, TakesTheOtherLeaves) {
  ExpectPredicates({
      {"a IS NULL", Cmp(Op::kIsNull, "a")},
      {"a IS NOT NULL", Cmp(Op::kNotNull, "a")},
      {"a IN (1, 2)", Cmp(Op::kIn, "a", {int64_t{1}, int64_t{2}})},
      {"a NOT IN ('x')", Cmp(Op::kNotIn, "a", {std::string("x")})},
      {"a LIKE 'abc%'", Cmp(Op::kStartsWith, "a", {std::string("abc")})},
      {"a NOT LIKE 'abc%'", Cmp(Op::kNotStartsWith, "a", {std::string("abc")})},
      {"a LIKE 'abc'", Cmp(Op::kEq, "a", {std::string("abc")})},
      {"starts_with(a, 'x')", Cmp(Op::kStartsWith, "a", {std::string("x")})},
      {"isnan(a)", Cmp(Op::kIsNaN, "a")},
      {"flag", Cmp(Op::kEq, "flag", {true})},
      {"TRUE", Tree(Op::kTrue, {})},
      {"false", Tree(Op::kFalse, {})},
  });
}

TEST(PredicateFromSql, TakesLiteralsAndCasts) {
  ExpectPredicates({
      {"d = DATE '2024-03-15'", Cmp(Op::kEq, "d", {std::string("2024-03-15")})},
      {"d = '2024-03-15'::DATE", Cmp(Op::kEq, "d", {std::string("2024-03-15")})},
      {"t < TIMESTAMP '2024-03-15 07:00:00'",
       Cmp(Op::kLt, "t", {std::string("2024-03-15 07:00:00")})},
      {"t < TIMESTAMPTZ '2024-03-15T07:00:00+01:00'",
       Cmp(Op::kLt, "t", {std::string("2024-03-15T07:00:00+01:00")})},
      {"a = CAST('7' AS BIGINT)", Cmp(Op::kEq, "a", {int64_t{7}})},
      {"a = 12345678901234567890.5", Cmp(Op::kEq, "a", {std::string("12345678901234567890.5")})},
  });
}

TEST(PredicateFromSql, CombinesWithAndOrNotAndBetween) {
  const Predicate one = Cmp(Op::kEq, "a", {int64_t{1}});
  const Predicate two = Cmp(Op::kEq, "b", {int64_t{2}});
  const Predicate three = Cmp(Op::kEq, "c", {int64_t{3}});
  const Predicate between =
      Tree(Op::kAnd, {Cmp(Op::kGe, "a", {int64_t{1}}), Cmp(Op::kLe, "a", {int64_t{9}})});
  ExpectPredicates({
      {"a = 1 AND b = 2 AND c = 3", Tree(Op::kAnd, {one, two, three})},
      {"a = 1 OR b = 2 AND c = 3", Tree(Op::kOr, {one, Tree(Op::kAnd, {two, three})})},
      {"NOT a = 1", Cmp(Op::kNe, "a", {int64_t{1}})},
      {"NOT (a = 1 AND b = 2)", Tree(Op::kNot, {Tree(Op::kAnd, {one, two})})},
      {"a BETWEEN 1 AND 9", between},
      {"a NOT BETWEEN 1 AND 9", Tree(Op::kNot, {between})},
      {"(a = 1)", one},
  });
}

TEST(PredicateFromSql, RefusesTheRestAndNamesThePart) {
  struct Refused {
    std::string sql;
    std::string part;
  };
  for (const Refused& c : std::vector<Refused>{
           {"a = b", "b"},
           {"a + 1 = 3", "a + 1"},
           {"1 = 1", "1 = 1"},
           {"a = NULL", "IS NULL"},
           {"a LIKE '%x'", "LIKE"},
           {"a LIKE 'a_c'", "LIKE"},
           {"upper(a) = 'X'", "upper"},
           {"regexp_matches(a, 'x')", "regexp_matches"},
           {"a = (SELECT 1)", "SELECT"},
           {"CASE WHEN a THEN b END", "CASE"},
           {"a IS DISTINCT FROM 1", "DISTINCT"},
           {"CAST(a AS DATE) = DATE '2024-01-01'", "CAST(a AS"},
           {"a = DATE 'yesterday'", "yesterday"},
           {"a = 1, b = 2", "2 expressions"},
           {"a = 1 x", "alias"},
           {"a = ", "parse"},
           {"", "parse"},
       }) {
    const auto predicate = PredicateFromSql(c.sql);
    ASSERT_FALSE(predicate.ok()) << c.sql;
    EXPECT_TRUE(predicate.status().IsInvalid()) << c.sql;
    EXPECT_NE(predicate.status().message().find(c.part), std::string::npos)
        << c.sql << ": " << predicate.status().message();
  }
}

TEST(PredicateFromSql, RefusesDeepNesting) {
  std::string sql = "a = 1";
  for (int i = 0; i < 100; ++i) sql = "(a = 1 AND (a = 1 OR " + sql + "))";
  EXPECT_NE(FindDetail<LimitExceeded>(PredicateFromSql(sql).status()), nullptr);
}

}  // namespace
}  // namespace artemis
