// Walks DuckDB's parse tree. DuckDB's exceptions end here.
#include "artemis/sql/predicate_sql.h"

#include <string>
#include <utility>

#include <duckdb/parser/expression/list.hpp>
#include <duckdb/parser/parser.hpp>

#include "artemis/base/error.h"

namespace artemis {
namespace {

constexpr int kWhereDepthMax = 100;

using duckdb::ExpressionType;
using duckdb::ParsedExpression;

arrow::Status NotAPredicate(const ParsedExpression& expression, std::string_view expected) {
  return arrow::Status::Invalid("in a predicate, expected ", expected,
                                ", found: ", expression.ToString());
}

Predicate Leaf(PredicateOp op, std::string column, std::vector<UnboundValue> values = {}) {
  Predicate leaf;
  leaf.op = op;
  leaf.column = std::move(column);
  leaf.values = std::move(values);
  return leaf;
}

Predicate Node(PredicateOp op, std::vector<Predicate> args) {
  Predicate node;
  node.op = op;
  node.args = std::move(args);
  return node;
}

// The column an expression names; nullptr-like empty when it is none.
std::string ColumnName(const ParsedExpression& expression) {
  if (expression.GetExpressionClass() != duckdb::ExpressionClass::COLUMN_REF) return {};
  std::string name;
  for (const auto& part : expression.Cast<duckdb::ColumnRefExpression>().column_names) {
    if (!name.empty()) name += '.';
    name += part;
  }
  return name;
}

arrow::Result<std::string> RequireColumn(const ParsedExpression& expression) {
  std::string name = ColumnName(expression);
  if (name.empty()) return NotAPredicate(expression, "a column");
  return name;
}

arrow::Result<UnboundValue> ToUnboundValue(const duckdb::Value& value,
                                           const ParsedExpression& source) {
  using duckdb::LogicalTypeId;
  if (value.IsNull()) return NotAPredicate(source, "a value (use IS NULL for null)");
  switch (value.type().id()) {
    case LogicalTypeId::BOOLEAN:
      return value.GetValue<bool>();
    case LogicalTypeId::TINYINT:
    case LogicalTypeId::SMALLINT:
    case LogicalTypeId::INTEGER:
    case LogicalTypeId::BIGINT:
      return value.GetValue<int64_t>();
    case LogicalTypeId::FLOAT:
    case LogicalTypeId::DOUBLE:
      return value.GetValue<double>();
    case LogicalTypeId::DECIMAL:
      // A double holds 15 digits exactly; more stay text and are parsed for the column's type.
      if (duckdb::DecimalType::GetWidth(value.type()) <= 15) return value.GetValue<double>();
      return value.ToString();
    case LogicalTypeId::VARCHAR:
    case LogicalTypeId::DATE:
    case LogicalTypeId::TIME:
    case LogicalTypeId::TIMESTAMP:
    case LogicalTypeId::TIMESTAMP_NS:
    case LogicalTypeId::HUGEINT:
      return value.ToString();
    default:
      return NotAPredicate(source, "a number, text, date, time or boolean");
  }
}

arrow::Result<duckdb::Value> ConstantValue(const ParsedExpression& expression);

// Zones and the types DuckDB would round are left to the column's own parser: their text goes on as it is.
arrow::Result<duckdb::Value> CastValue(const duckdb::CastExpression& cast) {
  using duckdb::LogicalTypeId;
  ARROW_ASSIGN_OR_RAISE(duckdb::Value value, ConstantValue(*cast.child));
  const duckdb::LogicalType type = cast.cast_type.id() == LogicalTypeId::UNBOUND
                                       ? duckdb::UnboundType::TryDefaultBind(cast.cast_type)
                                       : cast.cast_type;
  switch (type.id()) {
    case LogicalTypeId::TIMESTAMP_TZ:
    case LogicalTypeId::TIMESTAMP_NS:
    case LogicalTypeId::TIME_TZ:
    case LogicalTypeId::UUID:
      return value;
    default:
      break;
  }
  duckdb::Value converted;
  std::string error;
  if (type.IsNested() || type.id() == LogicalTypeId::INVALID ||
      !value.DefaultTryCastAs(type, converted, &error, /*strict=*/false)) {
    return arrow::Status::Invalid("cannot read the constant ", cast.ToString(),
                                  error.empty() ? "" : ": " + error);
  }
  return converted;
}

arrow::Result<duckdb::Value> ConstantValue(const ParsedExpression& expression) {
  switch (expression.GetExpressionClass()) {
    case duckdb::ExpressionClass::CONSTANT:
      return expression.Cast<duckdb::ConstantExpression>().value;
    case duckdb::ExpressionClass::CAST:
      return CastValue(expression.Cast<duckdb::CastExpression>());
    case duckdb::ExpressionClass::FUNCTION: {
      const auto& function = expression.Cast<duckdb::FunctionExpression>();
      if (function.children.size() != 1 ||
          (function.function_name != "-" && function.function_name != "+")) {
        break;
      }
      ARROW_ASSIGN_OR_RAISE(duckdb::Value value, ConstantValue(*function.children[0]));
      if (!value.type().IsNumeric()) break;
      if (function.function_name == "+") return value;
      duckdb::Value negated;
      std::string error;
      const std::string text = value.ToString();
      const std::string turned = text.starts_with('-') ? text.substr(1) : "-" + text;
      if (!duckdb::Value(turned).DefaultTryCastAs(value.type(), negated, &error, false)) break;
      return negated;
    }
    default:
      break;
  }
  return NotAPredicate(expression, "a constant");
}

arrow::Result<UnboundValue> ConstantOperand(const ParsedExpression& expression) {
  ARROW_ASSIGN_OR_RAISE(duckdb::Value value, ConstantValue(expression));
  return ToUnboundValue(value, expression);
}

arrow::Result<std::string> TextOperand(const ParsedExpression& expression) {
  ARROW_ASSIGN_OR_RAISE(duckdb::Value value, ConstantValue(expression));
  if (value.IsNull() || value.type().id() != duckdb::LogicalTypeId::VARCHAR) {
    return NotAPredicate(expression, "a text in quotes");
  }
  return value.GetValue<std::string>();
}

bool ComparisonOp(ExpressionType type, PredicateOp* op) {
  switch (type) {
    case ExpressionType::COMPARE_EQUAL:
      *op = PredicateOp::kEq;
      return true;
    case ExpressionType::COMPARE_NOTEQUAL:
      *op = PredicateOp::kNe;
      return true;
    case ExpressionType::COMPARE_LESSTHAN:
      *op = PredicateOp::kLt;
      return true;
    case ExpressionType::COMPARE_LESSTHANOREQUALTO:
      *op = PredicateOp::kLe;
      return true;
    case ExpressionType::COMPARE_GREATERTHAN:
      *op = PredicateOp::kGt;
      return true;
    case ExpressionType::COMPARE_GREATERTHANOREQUALTO:
      *op = PredicateOp::kGe;
      return true;
    default:
      return false;
  }
}

arrow::Result<Predicate> FromComparison(const duckdb::ComparisonExpression& comparison) {
  const bool swapped = ColumnName(*comparison.left).empty();
  const ExpressionType type = swapped
                                  ? duckdb::FlipComparisonExpression(comparison.GetExpressionType())
                                  : comparison.GetExpressionType();
  PredicateOp op;
  if (!ComparisonOp(type, &op)) return NotAPredicate(comparison, "one of = <> < <= > >=");
  const ParsedExpression& column_side = swapped ? *comparison.right : *comparison.left;
  const ParsedExpression& value_side = swapped ? *comparison.left : *comparison.right;
  if (ColumnName(column_side).empty()) {
    return NotAPredicate(comparison, "a column compared with a constant");
  }
  ARROW_ASSIGN_OR_RAISE(std::string column, RequireColumn(column_side));
  ARROW_ASSIGN_OR_RAISE(UnboundValue value, ConstantOperand(value_side));
  return Leaf(op, std::move(column), {std::move(value)});
}

arrow::Result<Predicate> FromBetween(const duckdb::BetweenExpression& between) {
  ARROW_ASSIGN_OR_RAISE(std::string column, RequireColumn(*between.input));
  ARROW_ASSIGN_OR_RAISE(UnboundValue low, ConstantOperand(*between.lower));
  ARROW_ASSIGN_OR_RAISE(UnboundValue high, ConstantOperand(*between.upper));
  return Node(PredicateOp::kAnd, {Leaf(PredicateOp::kGe, column, {std::move(low)}),
                                  Leaf(PredicateOp::kLe, column, {std::move(high)})});
}

// 'abc%' and nothing else: the text before the one wildcard, at the end.
arrow::Result<Predicate> FromLike(const duckdb::FunctionExpression& like, bool negated) {
  ARROW_ASSIGN_OR_RAISE(std::string column, RequireColumn(*like.children[0]));
  ARROW_ASSIGN_OR_RAISE(std::string pattern, TextOperand(*like.children[1]));
  const size_t wildcard = pattern.find_first_of("%_");
  if (wildcard == std::string::npos) {
    return Leaf(negated ? PredicateOp::kNe : PredicateOp::kEq, std::move(column), {pattern});
  }
  if (pattern[wildcard] != '%' || wildcard + 1 != pattern.size()) {
    return NotAPredicate(like, "a LIKE pattern with one % at its end");
  }
  return Leaf(negated ? PredicateOp::kNotStartsWith : PredicateOp::kStartsWith, std::move(column),
              {pattern.substr(0, wildcard)});
}

arrow::Result<Predicate> FromFunction(const duckdb::FunctionExpression& function) {
  const std::string& name = function.function_name;
  const size_t args = function.children.size();
  if ((name == "~~" || name == "!~~") && args == 2) return FromLike(function, name == "!~~");
  if ((name == "starts_with" || name == "prefix" || name == "^@") && args == 2) {
    ARROW_ASSIGN_OR_RAISE(std::string column, RequireColumn(*function.children[0]));
    ARROW_ASSIGN_OR_RAISE(std::string prefix, TextOperand(*function.children[1]));
    return Leaf(PredicateOp::kStartsWith, std::move(column), {std::move(prefix)});
  }
  if (name == "isnan" && args == 1) {
    ARROW_ASSIGN_OR_RAISE(std::string column, RequireColumn(*function.children[0]));
    return Leaf(PredicateOp::kIsNaN, std::move(column));
  }
  return NotAPredicate(function, "LIKE, starts_with or isnan");
}

arrow::Result<Predicate> FromTree(const ParsedExpression& expression, int depth);

arrow::Result<Predicate> FromOperator(const duckdb::OperatorExpression& op, int depth) {
  switch (op.GetExpressionType()) {
    case ExpressionType::OPERATOR_NOT: {
      ARROW_ASSIGN_OR_RAISE(Predicate child, FromTree(*op.children[0], depth + 1));
      return Node(PredicateOp::kNot, {std::move(child)});
    }
    case ExpressionType::OPERATOR_IS_NULL:
    case ExpressionType::OPERATOR_IS_NOT_NULL: {
      ARROW_ASSIGN_OR_RAISE(std::string column, RequireColumn(*op.children[0]));
      return Leaf(op.GetExpressionType() == ExpressionType::OPERATOR_IS_NULL
                      ? PredicateOp::kIsNull
                      : PredicateOp::kNotNull,
                  std::move(column));
    }
    case ExpressionType::COMPARE_IN:
    case ExpressionType::COMPARE_NOT_IN: {
      ARROW_ASSIGN_OR_RAISE(std::string column, RequireColumn(*op.children[0]));
      std::vector<UnboundValue> values;
      for (size_t i = 1; i < op.children.size(); ++i) {
        ARROW_ASSIGN_OR_RAISE(UnboundValue value, ConstantOperand(*op.children[i]));
        values.push_back(std::move(value));
      }
      return Leaf(op.GetExpressionType() == ExpressionType::COMPARE_IN ? PredicateOp::kIn
                                                                       : PredicateOp::kNotIn,
                  std::move(column), std::move(values));
    }
    default:
      return NotAPredicate(op, "a condition on columns");
  }
}

arrow::Result<Predicate> FromConjunction(const duckdb::ConjunctionExpression& conjunction,
                                         int depth) {
  const bool is_and = conjunction.GetExpressionType() == ExpressionType::CONJUNCTION_AND;
  std::vector<Predicate> args;
  for (const auto& child : conjunction.children) {
    ARROW_ASSIGN_OR_RAISE(Predicate arg, FromTree(*child, depth + 1));
    args.push_back(std::move(arg));
  }
  return Node(is_and ? PredicateOp::kAnd : PredicateOp::kOr, std::move(args));
}

arrow::Result<Predicate> FromTree(const ParsedExpression& expression, int depth) {
  using duckdb::ExpressionClass;
  if (depth > kWhereDepthMax) {
    return LimitExceededError("a predicate is nested deeper than " +
                              std::to_string(kWhereDepthMax));
  }
  switch (expression.GetExpressionClass()) {
    case ExpressionClass::COMPARISON:
      return FromComparison(expression.Cast<duckdb::ComparisonExpression>());
    case ExpressionClass::BETWEEN:
      return FromBetween(expression.Cast<duckdb::BetweenExpression>());
    case ExpressionClass::FUNCTION:
      return FromFunction(expression.Cast<duckdb::FunctionExpression>());
    case ExpressionClass::OPERATOR:
      return FromOperator(expression.Cast<duckdb::OperatorExpression>(), depth);
    case ExpressionClass::CONJUNCTION:
      return FromConjunction(expression.Cast<duckdb::ConjunctionExpression>(), depth);
    case ExpressionClass::COLUMN_REF:
      return Leaf(PredicateOp::kEq, ColumnName(expression), {true});
    case ExpressionClass::CONSTANT:
    case ExpressionClass::CAST: {
      ARROW_ASSIGN_OR_RAISE(duckdb::Value value, ConstantValue(expression));
      if (value.IsNull() || value.type().id() != duckdb::LogicalTypeId::BOOLEAN) break;
      return Node(value.GetValue<bool>() ? PredicateOp::kTrue : PredicateOp::kFalse, {});
    }
    default:
      break;
  }
  return NotAPredicate(expression, "a condition on columns");
}

}  // namespace

arrow::Result<Predicate> PredicateFromSql(std::string_view where_text) {
  try {
    const auto expressions = duckdb::Parser::ParseExpressionList(std::string(where_text));
    if (expressions.size() != 1) {
      return arrow::Status::Invalid("expected one predicate, found ", expressions.size(),
                                    " expressions: ", where_text);
    }
    if (!expressions[0]->GetAlias().empty()) {
      return arrow::Status::Invalid("a predicate takes no alias, found: ", where_text);
    }
    return FromTree(*expressions[0], 0);
  } catch (const std::exception& exception) {
    return arrow::Status::Invalid("cannot parse the predicate: ",
                                  duckdb::ErrorData(exception).RawMessage(), ": ", where_text);
  }
}

}  // namespace artemis
