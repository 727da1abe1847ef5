// Binds queries and names their shapes.
#include "artemis/advise/bound_log.h"

#include <algorithm>
#include <set>
#include <utility>

namespace artemis {

namespace {

uint8_t TestOf(PredicateOp op) {
  switch (op) {
    case PredicateOp::kEq:
    case PredicateOp::kIn:
      return kTestsEquality;
    case PredicateOp::kLt:
    case PredicateOp::kLe:
    case PredicateOp::kGt:
    case PredicateOp::kGe:
      return kTestsRange;
    case PredicateOp::kStartsWith:
      return kTestsPrefix;
    default:
      return kTestsOther;
  }
}

// What all branches test, however each does.
ColumnTests CommonTests(const std::vector<BoundPredicate>& branches) {
  ColumnTests common;
  for (size_t i = 0; i < branches.size(); ++i) {
    const ColumnTests tests = TestsOf(branches[i]);
    if (i == 0) {
      common = tests;
      continue;
    }
    std::erase_if(common, [&](const auto& member) { return !tests.contains(member.first); });
    for (auto& [field, test] : common) test |= tests.at(field);
  }
  return common;
}

std::string TestText(uint8_t tests) {
  std::string text;
  const auto add = [&](ColumnTest test, const char* word) {
    if ((tests & test) != 0) text += std::string(" ") + word;
  };
  add(kTestsEquality, "=");
  add(kTestsRange, "range");
  add(kTestsPrefix, "prefix");
  add(kTestsOther, "other");
  return text;
}

std::string ShapeOf(const ColumnTests& tests, const Schema& schema) {
  std::string shape;
  for (const auto& [field, kinds] : tests) {
    shape += (shape.empty() ? "" : ", ") + schema.FullName(field) + TestText(kinds);
  }
  return shape.empty() ? "all rows" : shape;
}

arrow::Result<BoundQuery> BindQuery(const LoggedQuery& query, const Schema& schema) {
  BoundQuery bound;
  bound.id = query.id;
  bound.line = query.line;
  ARROW_ASSIGN_OR_RAISE(bound.predicate, Bind(query.predicate, schema));
  for (const auto& column : query.columns) {
    ARROW_RETURN_NOT_OK(RequireField(schema, column).status());
  }
  bound.tests = TestsOf(bound.predicate);
  bound.shape = ShapeOf(bound.tests, schema);
  return bound;
}

}  // namespace

ColumnTests TestsOf(const BoundPredicate& predicate) {
  if (predicate.op == PredicateOp::kOr) return CommonTests(predicate.args);
  ColumnTests tests;
  if (predicate.is_leaf()) tests[predicate.field_id] = TestOf(predicate.op);
  if (predicate.op == PredicateOp::kAnd) {
    for (const auto& arg : predicate.args) {
      for (const auto& [field, test] : TestsOf(arg)) tests[field] |= test;
    }
  }
  return tests;
}

BoundLog BindLog(const QueryLog& log, const Schema& schema) {
  QueryLog skipped;
  skipped.skipped = log.skipped;
  skipped.skipped_count = log.skipped_count;
  BoundLog bound;
  for (size_t i = 0; i < log.queries.size(); ++i) {
    const auto& query = log.queries[i];
    auto next = BindQuery(query, schema);
    if (next.ok()) {
      next->number = i;
      bound.queries.push_back(std::move(*next));
    } else {
      skipped.Skip(query.line, next.status().message());
    }
  }
  bound.skipped = std::move(skipped.skipped);
  bound.skipped_count = skipped.skipped_count;
  std::stable_sort(bound.skipped.begin(), bound.skipped.end(),
                   [](const auto& a, const auto& b) { return a.line < b.line; });
  return bound;
}

std::vector<Field> FieldsOf(const BoundLog& log, const Schema& schema) {
  std::set<FieldId> ids;
  for (const auto& query : log.queries) {
    for (const FieldId id : ReferencedFields(query.predicate)) ids.insert(id);
  }
  std::vector<Field> fields;
  for (const FieldId id : ids) {
    const Field* field = schema.FindField(id);
    if (field != nullptr && field->type.kind != TypeKind::kUnknown) fields.push_back(*field);
  }
  return fields;
}

}  // namespace artemis
