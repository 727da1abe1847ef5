// Predicates as people read them.
#include <gtest/gtest.h>

#include "artemis/expr/predicate.h"

namespace artemis {
namespace {

Predicate TextLeaf(PredicateOp op, std::string column, std::vector<UnboundValue> values = {}) {
  return {.op = op, .args = {}, .column = std::move(column), .values = std::move(values)};
}

Predicate TextNode(PredicateOp op, std::vector<Predicate> args) {
  return {.op = op, .args = std::move(args), .column = {}, .values = {}};
}

TEST(FormatPredicate, WritesSqlsWords) {
  using enum PredicateOp;
  const std::vector<std::pair<Predicate, std::string>> cases = {
      {TextNode(kAnd, {TextLeaf(kGe, "payload_id", {int64_t{3}}),
                       TextLeaf(kEq, "sensor_kind", {std::string("thermal")})}),
       "(payload_id >= 3 AND sensor_kind = 'thermal')"},
      {TextNode(kNot, {TextLeaf(kIsNull, "a")}), "NOT (a IS NULL)"},
      {TextNode(kOr, {TextLeaf(kNotNull, "a"), TextLeaf(kIsNaN, "b")}),
       "(a IS NOT NULL OR isnan(b))"},
      {TextLeaf(kNotNaN, "p.lat"), "NOT isnan(p.lat)"},
      {TextLeaf(kIn, "a", {int64_t{1}, 2.5}), "a IN (1, 2.5)"},
      {TextLeaf(kNotIn, "a", {true}), "a NOT IN (TRUE)"},
      {TextLeaf(kStartsWith, "a", {std::string("it's")}), "starts_with(a, 'it''s')"},
      {TextLeaf(kNotStartsWith, "odd name", {std::string("x")}),
       "NOT starts_with(\"odd name\", 'x')"},
      {TextLeaf(kNe, "a", {0.1}), "a != 0.1"},
      {TextNode(kAnd, {}), "TRUE"},
      {TextNode(kOr, {}), "FALSE"},
      {TextNode(kFalse, {}), "FALSE"},
  };
  for (const auto& [predicate, text] : cases) EXPECT_EQ(FormatPredicate(predicate), text);
}

TEST(FormatPredicate, WritesBoundValuesByTheirType) {
  Schema schema;
  schema.fields = {
      {.id = FieldId(1),
       .name = "day",
       .required = false,
       .type = Type::Of(TypeKind::kDate),
       .doc = {},
       .initial_default = {},
       .write_default = {}},
  };
  BoundPredicate leaf;
  leaf.op = PredicateOp::kLt;
  leaf.field_id = FieldId(1);
  leaf.type = Type::Of(TypeKind::kDate);
  leaf.values = {int32_t{1}};
  EXPECT_EQ(FormatPredicate(leaf, schema), "day < '1970-01-02'");

  leaf.field_id = FieldId(1000);
  leaf.type = Type::Of(TypeKind::kInt);
  EXPECT_EQ(FormatPredicate(leaf, schema), "\"field 1000\" < 1");
}

}  // namespace
}  // namespace artemis
