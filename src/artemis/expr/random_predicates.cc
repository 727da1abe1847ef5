// Random values, predicates, tables and partition specs.
#include "artemis/expr/random_predicates.h"

#include <algorithm>
#include <limits>

#include "artemis/expr/expr_test_schema.h"

namespace artemis {
namespace {

using enum PredicateOp;

template <typename T>
const T& Pick(RandomExpr& random, const std::vector<T>& from) {
  return from[static_cast<size_t>(random.Below(std::ssize(from)))];
}

void SortUniqueNaively(std::vector<LiteralValue>& values) {
  std::sort(values.begin(), values.end(),
            [](const auto& a, const auto& b) { return ReferenceCompare(a, b) < 0; });
  values.erase(
      std::unique(values.begin(), values.end(),
                  [](const auto& a, const auto& b) { return ReferenceCompare(a, b) == 0; }),
      values.end());
}

template <typename T>
T EdgeFloat(RandomExpr& random) {
  using Limits = std::numeric_limits<T>;
  return Pick<T>(random, {Limits::quiet_NaN(), -Limits::infinity(), Limits::infinity(), T{-0.0},
                          T{0.0}, T{1.0}, T{-1.5}, T{2.5}, Limits::max(), Limits::denorm_min()});
}

template <typename T>
T EdgeInteger(RandomExpr& random) {
  if (random.OneIn(8)) {
    const T end = random.OneIn(2) ? std::numeric_limits<T>::min() : std::numeric_limits<T>::max();
    const auto step = static_cast<T>(random.Below(4));
    return end < 0 ? static_cast<T>(end + step) : static_cast<T>(end - step);
  }
  return static_cast<T>(random.Below(41) - 20);
}

bool IsTimeUnit(const Transform& transform, const Type& source) {
  using enum TransformKind;
  const bool unit = transform.kind == kYear || transform.kind == kMonth || transform.kind == kDay ||
                    transform.kind == kHour;
  return unit && !(transform.kind == kDay && source.kind == TypeKind::kDate);
}

LiteralValue OneLess(const LiteralValue& value) {
  if (const auto* held = std::get_if<int32_t>(&value)) return *held - 1;
  return std::get<int64_t>(value) - 1;
}

// As an early writer did it: a time before 1970 that is no whole unit goes one unit too far up.
std::optional<LiteralValue> TruncatedTowardsZero(const Transform& transform, const Type& source,
                                                 const LiteralValue& value) {
  const auto floored = ApplyTransform(transform, source, value);
  if (!IsTimeUnit(transform, source)) return floored;
  const bool whole = ApplyTransform(transform, source, OneLess(value)) != floored;
  const int32_t unit = std::get<int32_t>(*floored);
  return unit < 0 && !whole ? LiteralValue(unit + 1) : *floored;
}

}  // namespace

RandomExpr::RandomExpr(uint64_t seed) : random_(seed) {
  for (const auto& field : ExprTestSchema().fields) {
    if (field.type.is_primitive() && field.type.kind != TypeKind::kUnknown) {
      columns_.push_back(field);
    }
  }
}

void RandomExpr::KeepColumns(size_t count) {
  std::shuffle(columns_.begin(), columns_.end(), random_);
  columns_.resize(std::min(count, columns_.size()));
}

int64_t RandomExpr::Below(int64_t bound) {
  return static_cast<int64_t>(random_() % static_cast<uint64_t>(bound));
}

std::string RandomExpr::Text(const std::vector<std::string>& alphabet, int64_t max_length) {
  std::string text;
  for (int64_t i = Below(max_length + 1); i > 0; --i) text += Pick(*this, alphabet);
  return text;
}

LiteralValue RandomExpr::Timestamp(int64_t ticks_per_second) {
  const int64_t hour = 3'600 * ticks_per_second;
  const int64_t unit = Pick<int64_t>(*this, {1, hour, 24 * hour, 31 * 24 * hour, 365 * 24 * hour});
  return (Below(9) - 4) * unit + Below(3) - 1;
}

LiteralValue RandomExpr::Decimal(const Type& type) {
  if (!OneIn(8)) return arrow::Decimal128(Below(61) - 30);
  const arrow::Decimal128 greatest(std::string(static_cast<size_t>(type.precision), '9'));
  return OneIn(2) ? greatest : arrow::Decimal128(-greatest);
}

LiteralValue RandomExpr::Value(const Type& type) {
  switch (type.kind) {
    case TypeKind::kBoolean:
      return OneIn(2);
    case TypeKind::kInt:
      return EdgeInteger<int32_t>(*this);
    case TypeKind::kLong:
      return EdgeInteger<int64_t>(*this);
    case TypeKind::kFloat:
      return EdgeFloat<float>(*this);
    case TypeKind::kDouble:
      return EdgeFloat<double>(*this);
    case TypeKind::kDecimal:
      return Decimal(type);
    case TypeKind::kDate:
      return static_cast<int32_t>((Below(9) - 4) * Pick<int64_t>(*this, {1, 31, 365}) + Below(3) -
                                  1);
    case TypeKind::kTime:
      return Below(3) * 3'600'000'000 + Below(3);
    case TypeKind::kTimestamp:
    case TypeKind::kTimestamptz:
      return Timestamp(1'000'000);
    case TypeKind::kTimestampNs:
    case TypeKind::kTimestamptzNs:
      return Timestamp(1'000'000'000);
    case TypeKind::kString:
      return Text({"a", "b", "é", "\xf0\x9f\x9b\xb0"}, 5);
    case TypeKind::kUuid:
      return std::string(15, 'u') + Pick<std::string>(*this, {"a", "\x7f", "\xff"});
    case TypeKind::kFixed:
      return std::string(OneIn(2) ? "a" : "\xff") + (OneIn(2) ? "bb" : "bc");
    default:
      return Text({"a", std::string(1, '\0'), "\xff"}, 4);
  }
}

std::optional<LiteralValue> RandomExpr::NullableValue(const Type& type) {
  if (OneIn(6)) return std::nullopt;
  return Value(type);
}

ReferenceRow RandomExpr::Row() {
  ReferenceRow row;
  for (const auto& field : columns_) row[field.id] = NullableValue(field.type);
  return row;
}

PredicateOp RandomExpr::LeafOp(const Type& type) {
  const bool floating = type.kind == TypeKind::kFloat || type.kind == TypeKind::kDouble;
  const bool text = type.kind == TypeKind::kString || type.kind == TypeKind::kBinary;
  if (floating && OneIn(6)) return OneIn(2) ? kIsNaN : kNotNaN;
  if (text && OneIn(3)) return OneIn(2) ? kStartsWith : kNotStartsWith;
  return Pick<PredicateOp>(*this, {kIsNull, kNotNull, kEq, kNe, kLt, kLe, kGt, kGe, kIn, kNotIn,
                                   kEq, kLt, kLe, kGt, kGe});
}

BoundPredicate RandomExpr::Leaf() {
  const Field& field = Pick(*this, columns_);
  BoundPredicate leaf;
  leaf.field_id = field.id;
  leaf.type = field.type;
  leaf.op = LeafOp(field.type);
  int64_t count = leaf.op >= kEq ? 1 : 0;
  if (leaf.op == kIn || leaf.op == kNotIn) count = OneIn(8) ? 14 : Below(4);
  for (; count > 0; --count) leaf.values.push_back(Value(field.type));
  SortUniqueNaively(leaf.values);
  return leaf;
}

BoundPredicate RandomExpr::Tree(int depth) {
  if (depth == 0 || OneIn(3)) return OneIn(20) ? BoundPredicate::True() : Leaf();
  const PredicateOp op = Pick<PredicateOp>(*this, {kAnd, kOr, kNot, kAnd, kOr});
  std::vector<BoundPredicate> args;
  for (int64_t i = op == kNot ? 1 : Below(3) + 1; i > 0; --i) args.push_back(Tree(depth - 1));
  return TestNode(op, std::move(args));
}

Transform RandomExpr::AnyTransform() {
  using enum TransformKind;
  Transform transform;
  transform.kind = Pick<TransformKind>(
      *this, {kIdentity, kBucket, kTruncate, kYear, kMonth, kDay, kHour, kVoid, kUnknown});
  if (transform.kind == kBucket) transform.parameter = Pick<int32_t>(*this, {1, 2, 5});
  if (transform.kind == kTruncate) transform.parameter = Pick<int32_t>(*this, {1, 2, 3, 10, 16});
  if (transform.kind == kUnknown) transform.unknown_text = "zorder";
  return transform;
}

PartitionSpec RandomExpr::Spec() {
  PartitionSpec spec;
  const int64_t count = Below(3) + 1;
  while (std::ssize(spec.fields) < count) {
    const Field& source = Pick(*this, columns_);
    const Transform transform = AnyTransform();
    if (!TransformResultType(transform, source.type).ok()) continue;
    const auto id = static_cast<int32_t>(1000 + spec.fields.size());
    spec.fields.push_back({.source_id = source.id,
                           .field_id = FieldId(id),
                           .name = "p" + std::to_string(id),
                           .transform = transform});
  }
  return spec;
}

PartitionTuple TupleOf(const ReferenceRow& row, const PartitionSpec& spec,
                       const std::vector<Field>& columns, WriterAge age) {
  PartitionTuple tuple;
  for (const auto& field : spec.fields) {
    const auto source = std::find_if(columns.begin(), columns.end(), [&](const Field& column) {
      return column.id == field.source_id;
    });
    const auto& value = row.at(field.source_id);
    if (field.transform.kind == TransformKind::kUnknown) {
      tuple.emplace_back(std::string("anything"));
    } else if (!value) {
      tuple.emplace_back();
    } else if (age == WriterAge::kEarly) {
      tuple.push_back(TruncatedTowardsZero(field.transform, source->type, *value));
    } else {
      tuple.push_back(ApplyTransform(field.transform, source->type, *value));
    }
  }
  return tuple;
}

}  // namespace artemis
