// Predicates as people read them, in SQL's words.
#include <algorithm>
#include <charconv>

#include "artemis/expr/predicate.h"
#include "artemis/schema/literal.h"

namespace artemis {
namespace {

std::string QuoteWith(char quote, std::string_view text) {
  std::string result(1, quote);
  for (const char c : text) {
    if (c == quote) result += quote;
    result += c;
  }
  return result + quote;
}

std::string FormatColumn(std::string_view name) {
  const auto plain = [](char c) {
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '_' ||
           c == '.';
  };
  const bool is_plain = !name.empty() && !(name[0] >= '0' && name[0] <= '9') &&
                        std::all_of(name.begin(), name.end(), plain);
  return is_plain ? std::string(name) : QuoteWith('"', name);
}

std::string FormatUnboundValue(const UnboundValue& value) {
  if (const auto* flag = std::get_if<bool>(&value)) return *flag ? "TRUE" : "FALSE";
  if (const auto* number = std::get_if<int64_t>(&value)) return std::to_string(*number);
  if (const auto* text = std::get_if<std::string>(&value)) return QuoteWith('\'', *text);
  char buffer[32];
  const auto end = std::to_chars(buffer, buffer + sizeof buffer, std::get<double>(value)).ptr;
  return std::string(buffer, end);
}

std::string FormatBoundValue(const Type& type, const LiteralValue& value) {
  std::string text = FormatLiteral(type, value);
  const bool bare = type.kind <= TypeKind::kDecimal;
  return bare ? text : QuoteWith('\'', text);
}

std::string JoinTexts(const std::vector<std::string>& parts, std::string_view separator) {
  std::string result;
  for (const auto& part : parts) {
    if (!result.empty()) result += separator;
    result += part;
  }
  return result;
}

const char* ComparisonSign(PredicateOp op) {
  switch (op) {
    case PredicateOp::kEq:
      return " = ";
    case PredicateOp::kNe:
      return " != ";
    case PredicateOp::kLt:
      return " < ";
    case PredicateOp::kLe:
      return " <= ";
    case PredicateOp::kGt:
      return " > ";
    default:
      return " >= ";
  }
}

std::string FormatLeaf(PredicateOp op, const std::string& column,
                       const std::vector<std::string>& values) {
  const std::string first = values.empty() ? "" : values.front();
  switch (op) {
    case PredicateOp::kIsNull:
      return column + " IS NULL";
    case PredicateOp::kNotNull:
      return column + " IS NOT NULL";
    case PredicateOp::kIsNaN:
      return "isnan(" + column + ")";
    case PredicateOp::kNotNaN:
      return "NOT isnan(" + column + ")";
    case PredicateOp::kIn:
      return column + " IN (" + JoinTexts(values, ", ") + ")";
    case PredicateOp::kNotIn:
      return column + " NOT IN (" + JoinTexts(values, ", ") + ")";
    case PredicateOp::kStartsWith:
      return "starts_with(" + column + ", " + first + ")";
    case PredicateOp::kNotStartsWith:
      return "NOT starts_with(" + column + ", " + first + ")";
    default:
      return column + ComparisonSign(op) + first;
  }
}

// Formats either form; `leaf` gives the text of one leaf.
template <typename Node, typename LeafFormat>
std::string FormatNode(const Node& node, const LeafFormat& leaf) {
  if (IsLeafOp(node.op)) return leaf(node);
  if (node.op == PredicateOp::kTrue) return "TRUE";
  if (node.op == PredicateOp::kFalse) return "FALSE";
  std::vector<std::string> parts;
  for (const auto& arg : node.args) parts.push_back(FormatNode(arg, leaf));
  if (node.op == PredicateOp::kNot) return "NOT (" + JoinTexts(parts, ", ") + ")";
  const bool is_and = node.op == PredicateOp::kAnd;
  if (parts.empty()) return is_and ? "TRUE" : "FALSE";
  return "(" + JoinTexts(parts, is_and ? " AND " : " OR ") + ")";
}

}  // namespace

std::string FormatPredicate(const Predicate& predicate) {
  return FormatNode(predicate, [](const Predicate& leaf) {
    std::vector<std::string> values;
    for (const auto& value : leaf.values) values.push_back(FormatUnboundValue(value));
    return FormatLeaf(leaf.op, FormatColumn(leaf.column), values);
  });
}

std::string FormatPredicate(const BoundPredicate& predicate, const Schema& schema) {
  return FormatNode(predicate, [&](const BoundPredicate& leaf) {
    std::vector<std::string> values;
    for (const auto& value : leaf.values) values.push_back(FormatBoundValue(leaf.type, value));
    std::string name = schema.FullName(leaf.field_id);
    if (name.empty()) name = "field " + ToString(leaf.field_id);
    return FormatLeaf(leaf.op, FormatColumn(name), values);
  });
}

}  // namespace artemis
