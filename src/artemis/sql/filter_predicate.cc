// NOT is carried downwards as a flag, so that a weakened leaf is never negated: both the leaf and its negation weaken to true.
#include "artemis/sql/filter_predicate.h"

#include <algorithm>
#include <optional>

#include <duckdb/function/scalar/struct_utils.hpp>
#include <duckdb/planner/expression/list.hpp>
#include <duckdb/planner/expression_iterator.hpp>
#include <duckdb/planner/filter/expression_filter.hpp>
#include <duckdb/planner/filter/list.hpp>

#include "artemis/schema/literal.h"
#include "artemis/sql/duck_types.h"
#include "artemis/sql/time_comparison.h"
#include "artemis/sql/virtual_columns.h"

namespace artemis {
namespace {

using duckdb::Expression;
using duckdb::ExpressionClass;
using duckdb::ExpressionType;
using duckdb::LogicalTypeId;

// A column as a comparison sees it.
struct ColumnSide {
  enum class Via : uint8_t { kPlain, kTimestampAsDate, kDateAsTimestamp, kTransform };
  const Field* field = nullptr;
  Via via = Via::kPlain;
  bool nested = false;
  const Transform* transform = nullptr;
};

std::optional<PredicateOp> OpOf(ExpressionType type) {
  switch (type) {
    case ExpressionType::COMPARE_EQUAL:
      return PredicateOp::kEq;
    case ExpressionType::COMPARE_NOTEQUAL:
      return PredicateOp::kNe;
    case ExpressionType::COMPARE_LESSTHAN:
      return PredicateOp::kLt;
    case ExpressionType::COMPARE_LESSTHANOREQUALTO:
      return PredicateOp::kLe;
    case ExpressionType::COMPARE_GREATERTHAN:
      return PredicateOp::kGt;
    case ExpressionType::COMPARE_GREATERTHANOREQUALTO:
      return PredicateOp::kGe;
    default:
      return std::nullopt;
  }
}

PredicateOp NegatedOp(PredicateOp op) {
  switch (op) {
    case PredicateOp::kEq:
      return PredicateOp::kNe;
    case PredicateOp::kNe:
      return PredicateOp::kEq;
    case PredicateOp::kLt:
      return PredicateOp::kGe;
    case PredicateOp::kLe:
      return PredicateOp::kGt;
    case PredicateOp::kGt:
      return PredicateOp::kLe;
    default:
      return PredicateOp::kLt;
  }
}

bool IsTimestamp(TypeKind kind) {
  return kind == TypeKind::kTimestamp || kind == TypeKind::kTimestamptz;
}

// Whether a cast from the field's type keeps every value and its order, so that constants can be brought back.
bool IsWidening(const Type& from, const duckdb::LogicalType& to, bool utc) {
  switch (from.kind) {
    case TypeKind::kInt:
    case TypeKind::kLong:
      return to.IsIntegral() && to.id() != LogicalTypeId::UTINYINT &&
             to.id() != LogicalTypeId::USMALLINT && to.id() != LogicalTypeId::UINTEGER &&
             to.id() != LogicalTypeId::UBIGINT && to.id() != LogicalTypeId::UHUGEINT &&
             to.id() != LogicalTypeId::TINYINT && to.id() != LogicalTypeId::SMALLINT &&
             !(from.kind == TypeKind::kLong && to.id() == LogicalTypeId::INTEGER);
    case TypeKind::kFloat:
      return to.id() == LogicalTypeId::DOUBLE;
    case TypeKind::kTimestamp:
      return utc && to.id() == LogicalTypeId::TIMESTAMP_TZ;
    case TypeKind::kTimestamptz:
      return utc && to.id() == LogicalTypeId::TIMESTAMP;
    default:
      return false;
  }
}

class FilterTranslator {
 public:
  explicit FilterTranslator(const FilterContext& context) : context_(context) {}

  BoundPredicate Translate(const Expression& expression, bool negated) const {
    switch (expression.GetExpressionClass()) {
      case ExpressionClass::BOUND_CONJUNCTION:
        return Conjunction(expression.Cast<duckdb::BoundConjunctionExpression>(), negated);
      case ExpressionClass::BOUND_COMPARISON:
        return Comparison(expression.Cast<duckdb::BoundComparisonExpression>(), negated);
      case ExpressionClass::BOUND_BETWEEN:
        return Between(expression.Cast<duckdb::BoundBetweenExpression>(), negated);
      case ExpressionClass::BOUND_OPERATOR:
        return Operator(expression.Cast<duckdb::BoundOperatorExpression>(), negated);
      case ExpressionClass::BOUND_FUNCTION:
        return Function(expression.Cast<duckdb::BoundFunctionExpression>(), negated);
      case ExpressionClass::BOUND_CONSTANT: {
        const auto& value = expression.Cast<duckdb::BoundConstantExpression>().value;
        if (value.type().id() != LogicalTypeId::BOOLEAN) return Weakened();
        if (value.IsNull()) return BoundPredicate::False();
        return value.GetValue<bool>() != negated ? BoundPredicate::True() : BoundPredicate::False();
      }
      default:
        return BooleanColumn(expression, negated);
    }
  }

  // `column` op `value`; true where this cannot be said exactly.
  BoundPredicate Compare(const ColumnSide& column, PredicateOp op,
                         const duckdb::Value& value) const {
    switch (column.via) {
      case ColumnSide::Via::kTimestampAsDate:
        return OrWeakened(CompareAsDate(*column.field, op, value));
      case ColumnSide::Via::kDateAsTimestamp:
        return OrWeakened(CompareAsTimestamp(*column.field, op, value));
      case ColumnSide::Via::kTransform:
        return OrWeakened(CompareTransformed(*column.transform, *column.field, op, value));
      case ColumnSide::Via::kPlain:
        break;
    }
    auto literal = ToLiteral(column.field->type, SameKindOfTime(column.field->type, value));
    if (!literal) return Weakened();
    return BoundLeaf(op, *column.field, {*std::move(literal)});
  }

  // Whether all that was translated keeps the rows that its filter keeps.
  bool is_equivalent() const { return !weakened_; }

 private:
  // What takes the place of what cannot be said.
  BoundPredicate Weakened() const {
    weakened_ = true;
    return BoundPredicate::True();
  }
  BoundPredicate OrWeakened(std::optional<BoundPredicate> predicate) const {
    return predicate ? *std::move(predicate) : Weakened();
  }

  BoundPredicate Conjunction(const duckdb::BoundConjunctionExpression& conjunction,
                             bool negated) const {
    const bool is_and = conjunction.GetExpressionType() == ExpressionType::CONJUNCTION_AND;
    std::vector<BoundPredicate> args;
    for (const auto& child : conjunction.children) args.push_back(Translate(*child, negated));
    return is_and != negated ? And(std::move(args)) : Or(std::move(args));
  }

  BoundPredicate Comparison(const duckdb::BoundComparisonExpression& comparison,
                            bool negated) const {
    const bool constant_right =
        comparison.right->GetExpressionClass() == ExpressionClass::BOUND_CONSTANT;
    const Expression& column = constant_right ? *comparison.left : *comparison.right;
    const Expression& constant = constant_right ? *comparison.right : *comparison.left;
    const ExpressionType type =
        constant_right ? comparison.GetExpressionType()
                       : duckdb::FlipComparisonExpression(comparison.GetExpressionType());
    return CompareExpressions(column, type, constant, negated);
  }

  BoundPredicate CompareExpressions(const Expression& column, ExpressionType type,
                                    const Expression& constant, bool negated) const {
    if (constant.GetExpressionClass() != ExpressionClass::BOUND_CONSTANT) {
      return Weakened();
    }
    const auto side = SideOf(column);
    const auto op = OpOf(type);
    if (!side || !op) return Weakened();
    return Compare(*side, negated ? NegatedOp(*op) : *op,
                   constant.Cast<duckdb::BoundConstantExpression>().value);
  }

  BoundPredicate Between(const duckdb::BoundBetweenExpression& between, bool negated) const {
    BoundPredicate low =
        CompareExpressions(*between.input, between.LowerComparisonType(), *between.lower, negated);
    BoundPredicate high =
        CompareExpressions(*between.input, between.UpperComparisonType(), *between.upper, negated);
    return negated ? Or({std::move(low), std::move(high)}) : And({std::move(low), std::move(high)});
  }

  BoundPredicate Operator(const duckdb::BoundOperatorExpression& op, bool negated) const {
    switch (op.GetExpressionType()) {
      case ExpressionType::OPERATOR_NOT:
        return Translate(*op.children[0], !negated);
      case ExpressionType::OPERATOR_IS_NULL:
        return NullCheck(*op.children[0], !negated);
      case ExpressionType::OPERATOR_IS_NOT_NULL:
        return NullCheck(*op.children[0], negated);
      case ExpressionType::COMPARE_IN:
        return In(op, negated);
      case ExpressionType::COMPARE_NOT_IN:
        return In(op, !negated);
      default:
        return Weakened();
    }
  }

  // A struct that is null makes its fields null without being counted as such by every writer: only plain columns.
  BoundPredicate NullCheck(const Expression& column, bool is_null) const {
    const auto side = SideOf(column);
    if (!side || side->nested || !side->field->type.is_primitive()) return Weakened();
    if (side->via == ColumnSide::Via::kTransform && side->transform->kind == TransformKind::kVoid) {
      return Weakened();
    }
    return BoundLeaf(is_null ? PredicateOp::kIsNull : PredicateOp::kNotNull, *side->field);
  }

  BoundPredicate In(const duckdb::BoundOperatorExpression& in, bool negated) const {
    const auto side = SideOf(*in.children[0]);
    if (!side) return Weakened();
    std::vector<BoundPredicate> equals;
    for (size_t i = 1; i < in.children.size(); ++i) {
      if (in.children[i]->GetExpressionClass() != ExpressionClass::BOUND_CONSTANT) {
        return Weakened();
      }
      const auto& value = in.children[i]->Cast<duckdb::BoundConstantExpression>().value;
      if (value.IsNull()) {
        // x NOT IN (1, NULL) is never true.
        if (negated) weakened_ = true;
        continue;
      }
      equals.push_back(Compare(*side, negated ? PredicateOp::kNe : PredicateOp::kEq, value));
    }
    return Gather(*side->field, std::move(equals), negated);
  }

  // x = a OR x = b becomes x IN (a, b), and likewise for <> and NOT IN.
  static BoundPredicate Gather(const Field& field, std::vector<BoundPredicate> leaves,
                               bool negated) {
    const PredicateOp single = negated ? PredicateOp::kNe : PredicateOp::kEq;
    const bool plain = std::all_of(leaves.begin(), leaves.end(),
                                   [&](const BoundPredicate& leaf) { return leaf.op == single; });
    if (!plain || leaves.size() < 2)
      return negated ? And(std::move(leaves)) : Or(std::move(leaves));
    std::vector<LiteralValue> values;
    for (BoundPredicate& leaf : leaves) values.push_back(std::move(leaf.values[0]));
    std::sort(values.begin(), values.end(),
              [](const LiteralValue& a, const LiteralValue& b) { return CompareValues(a, b) < 0; });
    values.erase(std::unique(values.begin(), values.end(),
                             [](const LiteralValue& a, const LiteralValue& b) {
                               return CompareValues(a, b) == 0;
                             }),
                 values.end());
    return BoundLeaf(negated ? PredicateOp::kNotIn : PredicateOp::kIn, field, std::move(values));
  }

  BoundPredicate Function(const duckdb::BoundFunctionExpression& function, bool negated) const {
    const std::string& name = function.function.name;
    if (name == "isnan" && function.children.size() == 1) {
      const auto side = SideOf(*function.children[0]);
      if (!side || side->via != ColumnSide::Via::kPlain) return Weakened();
      return BoundLeaf(negated ? PredicateOp::kNotNaN : PredicateOp::kIsNaN, *side->field);
    }
    const bool starts = name == "prefix" || name == "starts_with" || name == "^@";
    if ((starts || name == "~~" || name == "!~~") && function.children.size() == 2) {
      return Prefix(function, /*like=*/!starts, negated != (name == "!~~"));
    }
    return BooleanColumn(function, negated);
  }

  BoundPredicate Prefix(const duckdb::BoundFunctionExpression& function, bool like,
                        bool negated) const {
    const auto side = SideOf(*function.children[0]);
    if (!side || side->via != ColumnSide::Via::kPlain ||
        side->field->type.kind != TypeKind::kString ||
        function.children[1]->GetExpressionClass() != ExpressionClass::BOUND_CONSTANT) {
      return Weakened();
    }
    const auto& value = function.children[1]->Cast<duckdb::BoundConstantExpression>().value;
    if (value.IsNull() || value.type().id() != LogicalTypeId::VARCHAR) return Weakened();
    std::string prefix = duckdb::StringValue::Get(value);
    if (like) {
      const size_t wildcard = prefix.find_first_of("%_");
      const bool exact =
          wildcard != std::string::npos && prefix[wildcard] == '%' && wildcard + 1 == prefix.size();
      if (negated && !exact) return Weakened();
      if (!exact) weakened_ = true;
      prefix.resize(std::min(wildcard, prefix.size()));
    }
    if (prefix.empty()) return Weakened();
    return BoundLeaf(negated ? PredicateOp::kNotStartsWith : PredicateOp::kStartsWith, *side->field,
                     {std::move(prefix)});
  }

  BoundPredicate BooleanColumn(const Expression& expression, bool negated) const {
    const auto side = SideOf(expression);
    if (!side || side->via != ColumnSide::Via::kPlain ||
        side->field->type.kind != TypeKind::kBoolean) {
      return Weakened();
    }
    return BoundLeaf(PredicateOp::kEq, *side->field, {!negated});
  }

  std::optional<ColumnSide> SideOf(const Expression& expression) const {
    switch (expression.GetExpressionClass()) {
      case ExpressionClass::BOUND_COLUMN_REF:
      case ExpressionClass::BOUND_REF: {
        if (const Field* field = context_.field_of(expression)) return ColumnSide{field};
        return PartitionSide(expression);
      }
      case ExpressionClass::BOUND_FUNCTION:
        return StructField(expression.Cast<duckdb::BoundFunctionExpression>());
      case ExpressionClass::BOUND_CAST:
        return CastSide(expression.Cast<duckdb::BoundCastExpression>());
      default:
        return std::nullopt;
    }
  }

  std::optional<ColumnSide> PartitionSide(const Expression& expression) const {
    if (!context_.virtual_column_of) return std::nullopt;
    const VirtualColumn* column = context_.virtual_column_of(expression);
    if (column == nullptr || column->kind != VirtualColumn::Kind::kPartitionField) {
      return std::nullopt;
    }
    return ColumnSide{&column->source, ColumnSide::Via::kTransform, false,
                      &column->field.transform};
  }

  std::optional<ColumnSide> StructField(const duckdb::BoundFunctionExpression& function) const {
    const std::string& name = function.function.name;
    if ((name != "struct_extract" && name != "struct_extract_at") || !function.bind_info ||
        function.children.empty()) {
      return std::nullopt;
    }
    auto side = SideOf(*function.children[0]);
    const size_t index = function.bind_info->Cast<duckdb::StructExtractBindData>().index;
    if (!side || side->field->type.kind != TypeKind::kStruct ||
        index >= side->field->type.fields.size()) {
      return std::nullopt;
    }
    side->field = &side->field->type.fields[index];
    side->nested = true;
    return side;
  }

  std::optional<ColumnSide> CastSide(const duckdb::BoundCastExpression& cast) const {
    auto side = SideOf(*cast.child);
    if (!side || side->via != ColumnSide::Via::kPlain || cast.try_cast) return std::nullopt;
    const Type& from = side->field->type;
    const duckdb::LogicalType& to = cast.return_type;
    if (ToDuckType(from) != cast.child->return_type) return std::nullopt;
    if (IsWidening(from, to, context_.utc)) return side;
    const bool zone_plays =
        from.kind == TypeKind::kTimestamptz || to.id() == LogicalTypeId::TIMESTAMP_TZ;
    if (zone_plays && !context_.utc) return std::nullopt;
    if (IsTimestamp(from.kind) && to.id() == LogicalTypeId::DATE) {
      side->via = ColumnSide::Via::kTimestampAsDate;
      return side;
    }
    if (from.kind == TypeKind::kDate &&
        (to.id() == LogicalTypeId::TIMESTAMP || to.id() == LogicalTypeId::TIMESTAMP_TZ)) {
      side->via = ColumnSide::Via::kDateAsTimestamp;
      return side;
    }
    return std::nullopt;
  }

  // Under UTC a zoned and an unzoned time with the same number are the same moment.
  duckdb::Value SameKindOfTime(const Type& type, const duckdb::Value& value) const {
    if (!context_.utc || value.IsNull()) return value;
    if (type.kind == TypeKind::kTimestamp && value.type().id() == LogicalTypeId::TIMESTAMP_TZ) {
      return duckdb::Value::TIMESTAMP(
          duckdb::timestamp_t(value.GetValueUnsafe<duckdb::timestamp_t>().value));
    }
    if (type.kind == TypeKind::kTimestamptz && value.type().id() == LogicalTypeId::TIMESTAMP) {
      return duckdb::Value::TIMESTAMPTZ(
          duckdb::timestamp_tz_t(value.GetValueUnsafe<duckdb::timestamp_t>().value));
    }
    return value;
  }

  const FilterContext& context_;
  mutable bool weakened_ = false;
};

template <typename Filter, typename Combine>
BoundPredicate CombineFilters(const Filter& conjunction, const Field& field, bool utc,
                              Combine combine) {
  std::vector<BoundPredicate> args;
  for (const auto& child : conjunction.child_filters) {
    args.push_back(PredicateFromFilter(*child, field, utc));
  }
  return combine(std::move(args));
}

BoundPredicate FromConstantFilter(const duckdb::ConstantFilter& filter, const Field& field,
                                  const FilterTranslator& translator) {
  const auto op = OpOf(filter.comparison_type);
  if (!op) return BoundPredicate::True();
  return translator.Compare(ColumnSide{&field}, *op, filter.constant);
}

BoundPredicate FromInFilter(const duckdb::InFilter& filter, const Field& field,
                            const FilterTranslator& translator) {
  std::vector<BoundPredicate> equals;
  for (const duckdb::Value& value : filter.values) {
    equals.push_back(translator.Compare(ColumnSide{&field}, PredicateOp::kEq, value));
  }
  return Or(std::move(equals));
}

BoundPredicate FromDynamicFilter(const duckdb::DynamicFilter& filter, const Field& field,
                                 bool utc) {
  if (!filter.filter_data) return BoundPredicate::True();
  std::lock_guard lock(filter.filter_data->lock);
  if (!filter.filter_data->initialized || !filter.filter_data->filter)
    return BoundPredicate::True();
  return PredicateFromFilter(*filter.filter_data->filter, field, utc);
}

}  // namespace

TranslatedFilter TranslateFilter(const Expression& expression, const FilterContext& context) {
  const FilterTranslator translator(context);
  TranslatedFilter filter;
  filter.predicate = translator.Translate(expression, /*negated=*/false);
  filter.is_equivalent = translator.is_equivalent();
  return filter;
}

bool RefersToVirtualColumn(const Expression& expression, const FilterContext& context) {
  if (context.virtual_column_of(expression) != nullptr) return true;
  bool found = false;
  duckdb::ExpressionIterator::EnumerateChildren(expression, [&](const Expression& child) {
    found = found || RefersToVirtualColumn(child, context);
  });
  return found;
}

BoundPredicate PredicateFromExpression(const Expression& expression, const FilterContext& context) {
  return TranslateFilter(expression, context).predicate;
}

BoundPredicate PredicateFromFilter(const duckdb::TableFilter& filter, const Field& field,
                                   bool utc) {
  const FilterContext context{[&field](const Expression&) { return &field; }, {}, utc};
  const FilterTranslator translator(context);
  using duckdb::TableFilterType;
  switch (filter.filter_type) {
    case TableFilterType::CONSTANT_COMPARISON:
      return FromConstantFilter(filter.Cast<duckdb::ConstantFilter>(), field, translator);
    case TableFilterType::IN_FILTER:
      return FromInFilter(filter.Cast<duckdb::InFilter>(), field, translator);
    case TableFilterType::IS_NULL:
      return field.type.is_primitive() ? BoundLeaf(PredicateOp::kIsNull, field)
                                       : BoundPredicate::True();
    case TableFilterType::IS_NOT_NULL:
      return field.type.is_primitive() ? BoundLeaf(PredicateOp::kNotNull, field)
                                       : BoundPredicate::True();
    case TableFilterType::CONJUNCTION_AND:
      return CombineFilters(filter.Cast<duckdb::ConjunctionAndFilter>(), field, utc, And);
    case TableFilterType::CONJUNCTION_OR:
      return CombineFilters(filter.Cast<duckdb::ConjunctionOrFilter>(), field, utc, Or);
    case TableFilterType::OPTIONAL_FILTER: {
      const auto& child = filter.Cast<duckdb::OptionalFilter>().child_filter;
      return child ? PredicateFromFilter(*child, field, utc) : BoundPredicate::True();
    }
    case TableFilterType::DYNAMIC_FILTER:
      return FromDynamicFilter(filter.Cast<duckdb::DynamicFilter>(), field, utc);
    case TableFilterType::EXPRESSION_FILTER:
      return PredicateFromExpression(*filter.Cast<duckdb::ExpressionFilter>().expr, context);
    default:
      return BoundPredicate::True();
  }
}

}  // namespace artemis
