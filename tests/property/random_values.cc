// Random values, rows and predicates.
#include "random_values.h"

#include <algorithm>
#include <limits>

#include "artemis/schema/arrow_schema.h"
#include "artemis/schema/literal.h"
#include "artemis/schema/literal_array.h"

namespace artemis {

namespace {

constexpr int64_t kDayUs = 86'400'000'000;

template <typename Float>
std::vector<LiteralValue> FloatDomain() {
  constexpr Float kInfinity = std::numeric_limits<Float>::infinity();
  return {Float{-1.5},
          Float{0.25},
          Float{3},
          Float{1024},
          -kInfinity,
          kInfinity,
          std::numeric_limits<Float>::quiet_NaN()};
}

std::vector<LiteralValue> TimeDomain() {
  std::vector<LiteralValue> values;
  for (const int64_t day : {-2, -1, 0, 20'000}) {
    for (const int64_t shift : {int64_t{-1}, int64_t{0}, int64_t{3'600'000'000}}) {
      values.push_back(day * kDayUs + shift);
    }
  }
  return values;
}

std::vector<LiteralValue> DomainOf(const Type& type) {
  using namespace std::string_literals;
  switch (type.kind) {
    case TypeKind::kBoolean:
      return {false, true};
    case TypeKind::kInt:
      return {-51, -50, -1, 0, 1, 49, 50, 99, INT32_MIN, INT32_MAX};
    case TypeKind::kLong:
      return {int64_t{-51}, int64_t{-1}, int64_t{0},
              int64_t{7},   int64_t{50}, int64_t{INT32_MAX} + 1};
    case TypeKind::kFloat:
      return FloatDomain<float>();
    case TypeKind::kDouble:
      return FloatDomain<double>();
    case TypeKind::kDecimal:
      return {arrow::Decimal128(-150), arrow::Decimal128(0), arrow::Decimal128(1),
              arrow::Decimal128(9999), arrow::Decimal128(999'999'999)};
    case TypeKind::kDate:
      return {-366, -1, 0, 31, 20'000};
    case TypeKind::kTimestamp:
    case TypeKind::kTimestamptz:
      return TimeDomain();
    case TypeKind::kBinary:
      return {""s, "\0"s, "\x01\xff"s, "\xff\xff"s, "kiruna"s};
    default:
      return {"kiruna"s, "kir"s, "svalbard"s, ""s, "punta arenas"s, "\xc3\xa5re"s};
  }
}

UnboundValue AsWritten(const Type& type, const LiteralValue& value) {
  if (const auto* held = std::get_if<bool>(&value)) return *held;
  if (const auto* held = std::get_if<float>(&value)) return double{*held};
  if (const auto* held = std::get_if<double>(&value)) return *held;
  if (type.kind == TypeKind::kInt) return int64_t{std::get<int32_t>(value)};
  if (type.kind == TypeKind::kLong) return std::get<int64_t>(value);
  if (type.kind == TypeKind::kString) return std::get<std::string>(value);
  return FormatLiteral(type, value);
}

bool IsFloating(const Type& type) {
  return type.kind == TypeKind::kFloat || type.kind == TypeKind::kDouble;
}

}  // namespace

arrow::Result<std::shared_ptr<arrow::Array>> CellsOf(const ModelRows& rows, const Field& column) {
  std::vector<std::optional<LiteralValue>> cells;
  for (const ReferenceRow& row : rows) cells.push_back(row.at(column.id));
  return ArrayOfLiterals(column.type, cells);
}

Type RandomValues::ColumnType() {
  static const std::vector<TypeKind> kKinds = {
      TypeKind::kBoolean, TypeKind::kInt,   TypeKind::kLong,      TypeKind::kFloat,
      TypeKind::kDouble,  TypeKind::kDate,  TypeKind::kTimestamp, TypeKind::kTimestamptz,
      TypeKind::kString,  TypeKind::kBinary};
  if (OneIn(8)) return Type::Decimal(9, 2);
  return Type::Of(OneOf(kKinds));
}

LiteralValue RandomValues::Value(const Type& type) { return OneOf(DomainOf(type)); }

std::optional<LiteralValue> RandomValues::NullableValue(const Field& column) {
  if (!column.required && OneIn(6)) return std::nullopt;
  return Value(column.type);
}

RandomPredicate RandomValues::Leaf(const Field& column) {
  static const std::vector<PredicateOp> kOps = {
      PredicateOp::kEq, PredicateOp::kNe,     PredicateOp::kLt,     PredicateOp::kLe,
      PredicateOp::kGt, PredicateOp::kGe,     PredicateOp::kIn,     PredicateOp::kNotIn,
      PredicateOp::kEq, PredicateOp::kIsNull, PredicateOp::kNotNull};
  PredicateOp op = OneOf(kOps);
  if (IsFloating(column.type) && OneIn(5)) {
    op = OneIn(2) ? PredicateOp::kIsNaN : PredicateOp::kNotNaN;
  }
  if (column.type.kind == TypeKind::kString && OneIn(5)) {
    op = OneIn(2) ? PredicateOp::kStartsWith : PredicateOp::kNotStartsWith;
  }
  RandomPredicate leaf;
  leaf.asked.op = leaf.meant.op = op;
  leaf.asked.column = column.name;
  leaf.meant.field_id = column.id;
  leaf.meant.type = column.type;
  const bool takes_none = op == PredicateOp::kIsNull || op == PredicateOp::kNotNull ||
                          op == PredicateOp::kIsNaN || op == PredicateOp::kNotNaN;
  const bool takes_many = op == PredicateOp::kIn || op == PredicateOp::kNotIn;
  for (int64_t n = takes_none ? 0 : takes_many ? 1 + Below(3) : 1; n > 0;) {
    LiteralValue value = Value(column.type);
    if (IsNaN(value)) continue;
    --n;
    leaf.asked.values.push_back(AsWritten(column.type, value));
    leaf.meant.values.push_back(std::move(value));
  }
  return leaf;
}

RandomPredicate RandomValues::PredicateOver(const Columns& columns, int depth) {
  if (depth == 0 || OneIn(3)) return Leaf(OneOf(columns));
  static const std::vector<PredicateOp> kOps = {PredicateOp::kAnd, PredicateOp::kOr,
                                                PredicateOp::kNot};
  RandomPredicate made;
  made.asked.op = made.meant.op = OneOf(kOps);
  for (int i = made.asked.op == PredicateOp::kNot ? 1 : 2; i > 0; --i) {
    RandomPredicate arg = PredicateOver(columns, depth - 1);
    made.asked.args.push_back(std::move(arg.asked));
    made.meant.args.push_back(std::move(arg.meant));
  }
  return made;
}

RandomPredicate RandomValues::NarrowPredicate(const Columns& columns) {
  RandomPredicate made;
  made.asked.op = made.meant.op = PredicateOp::kAnd;
  for (int64_t i = 1 + Below(2); i > 0; --i) {
    RandomPredicate leaf = Leaf(OneOf(columns));
    made.asked.args.push_back(std::move(leaf.asked));
    made.meant.args.push_back(std::move(leaf.meant));
  }
  return made;
}

arrow::Result<std::shared_ptr<arrow::RecordBatch>> RandomValues::Batch(const Columns& columns,
                                                                       int64_t count,
                                                                       ModelRows* rows) {
  rows->assign(count, {});
  Columns order = columns;
  if (OneIn(3)) std::shuffle(order.begin(), order.end(), random_);
  arrow::FieldVector fields;
  arrow::ArrayVector arrays;
  for (const Field& column : order) {
    const bool may_lack = !column.required || column.write_default.has_value();
    const bool is_missing = may_lack && order.size() > 1 && OneIn(8);
    for (ReferenceRow& row : *rows) {
      row[column.id] = is_missing ? column.write_default : NullableValue(column);
    }
    if (is_missing) continue;
    ARROW_ASSIGN_OR_RAISE(auto cells, CellsOf(*rows, column));
    fields.push_back(arrow::field(column.name, ToArrowType(column.type)));
    arrays.push_back(std::move(cells));
  }
  return arrow::RecordBatch::Make(arrow::schema(fields), count, arrays);
}

}  // namespace artemis
