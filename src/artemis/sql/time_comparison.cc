// Moves the cast from the column to the constant.
#include "artemis/sql/time_comparison.h"

#include <limits>
#include <utility>

#include "artemis/base/calendar.h"
#include "artemis/sql/duck_types.h"

namespace artemis {
namespace {

using duckdb::LogicalTypeId;

// A number of the field's kind.
LiteralValue Number(const Field& field, int64_t value) {
  if (field.type.kind == TypeKind::kInt || field.type.kind == TypeKind::kDate) {
    return static_cast<int32_t>(value);
  }
  return value;
}

// The column lies in [begin, end) exactly where what is compared equals a value.
std::optional<BoundPredicate> CompareInterval(const Field& field, PredicateOp op, int64_t begin,
                                              int64_t end) {
  const LiteralValue first = Number(field, begin);
  const LiteralValue next = Number(field, end);
  switch (op) {
    case PredicateOp::kEq:
      return And({BoundLeaf(PredicateOp::kGe, field, {first}),
                  BoundLeaf(PredicateOp::kLt, field, {next})});
    case PredicateOp::kNe:
      return Or({BoundLeaf(PredicateOp::kLt, field, {first}),
                 BoundLeaf(PredicateOp::kGe, field, {next})});
    case PredicateOp::kLt:
      return BoundLeaf(PredicateOp::kLt, field, {first});
    case PredicateOp::kLe:
      return BoundLeaf(PredicateOp::kLt, field, {next});
    case PredicateOp::kGt:
      return BoundLeaf(PredicateOp::kGe, field, {next});
    case PredicateOp::kGe:
      return BoundLeaf(PredicateOp::kGe, field, {first});
    default:
      return std::nullopt;
  }
}

// The least value of the source whose transform is `ordinal`; nullopt where it does not fit, or the transform has no intervals.
std::optional<int64_t> IntervalBegin(const Transform& transform, const Type& source,
                                     int64_t ordinal) {
  constexpr int64_t kYearsMax = 100'000;
  int64_t hours = 0;
  switch (transform.kind) {
    case TransformKind::kYear:
      if (ordinal > kYearsMax || ordinal < -kYearsMax) return std::nullopt;
      hours = DaysFromCivil({1970 + ordinal, 1, 1}) * 24;
      break;
    case TransformKind::kMonth: {
      if (ordinal > kYearsMax * 12 || ordinal < -kYearsMax * 12) return std::nullopt;
      const int64_t year = FloorDiv(ordinal, 12);
      hours = DaysFromCivil({1970 + year, static_cast<int32_t>(ordinal - year * 12) + 1, 1}) * 24;
      break;
    }
    case TransformKind::kDay:
      hours = ordinal * 24;
      break;
    case TransformKind::kHour:
      hours = ordinal;
      break;
    default:
      return std::nullopt;
  }
  int64_t unit = 0;
  switch (source.kind) {
    case TypeKind::kDate:
      if (hours % 24 != 0) return std::nullopt;
      hours /= 24;
      return hours >= std::numeric_limits<int32_t>::min() &&
                     hours <= std::numeric_limits<int32_t>::max()
                 ? std::optional(hours)
                 : std::nullopt;
    case TypeKind::kTimestamp:
    case TypeKind::kTimestamptz:
      unit = int64_t{3'600} * 1'000'000;
      break;
    case TypeKind::kTimestampNs:
    case TypeKind::kTimestamptzNs:
      unit = int64_t{3'600} * 1'000'000'000;
      break;
    default:
      return std::nullopt;
  }
  int64_t begin = 0;
  if (__builtin_mul_overflow(hours, unit, &begin)) return std::nullopt;
  return begin;
}

}  // namespace

BoundPredicate BoundLeaf(PredicateOp op, const Field& field, std::vector<LiteralValue> values) {
  BoundPredicate leaf;
  leaf.op = op;
  leaf.field_id = field.id;
  leaf.type = field.type;
  leaf.values = std::move(values);
  return leaf;
}

std::optional<BoundPredicate> CompareAsDate(const Field& field, PredicateOp op,
                                            const duckdb::Value& day_value) {
  if (day_value.IsNull() || day_value.type().id() != LogicalTypeId::DATE) return std::nullopt;
  const int64_t day = day_value.GetValueUnsafe<duckdb::date_t>().days;
  constexpr int64_t kDayLimit = std::numeric_limits<int64_t>::max() / kMicrosPerDay - 1;
  if (day > kDayLimit || day < -kDayLimit) return std::nullopt;
  return CompareInterval(field, op, day * kMicrosPerDay, (day + 1) * kMicrosPerDay);
}

std::optional<BoundPredicate> CompareAsTimestamp(const Field& field, PredicateOp op,
                                                 const duckdb::Value& time) {
  if (time.IsNull() || (time.type().id() != LogicalTypeId::TIMESTAMP &&
                        time.type().id() != LogicalTypeId::TIMESTAMP_TZ)) {
    return std::nullopt;
  }
  const int64_t micros = time.GetValueUnsafe<duckdb::timestamp_t>().value;
  int64_t day = micros / kMicrosPerDay;
  if (micros % kMicrosPerDay < 0) --day;
  const bool midnight = day * kMicrosPerDay == micros;
  const LiteralValue floor = static_cast<int32_t>(day);
  switch (op) {
    case PredicateOp::kEq:
      return midnight ? BoundLeaf(op, field, {floor}) : BoundPredicate::False();
    case PredicateOp::kNe:
      return midnight ? BoundLeaf(op, field, {floor}) : BoundLeaf(PredicateOp::kNotNull, field);
    case PredicateOp::kLt:
      return BoundLeaf(midnight ? PredicateOp::kLt : PredicateOp::kLe, field, {floor});
    case PredicateOp::kLe:
      return BoundLeaf(PredicateOp::kLe, field, {floor});
    case PredicateOp::kGt:
      return BoundLeaf(PredicateOp::kGt, field, {floor});
    case PredicateOp::kGe:
      return BoundLeaf(midnight ? PredicateOp::kGe : PredicateOp::kGt, field, {floor});
    default:
      return std::nullopt;
  }
}

std::optional<BoundPredicate> CompareTransformed(const Transform& transform, const Field& source,
                                                 PredicateOp op, const duckdb::Value& value) {
  if (value.IsNull()) return std::nullopt;
  if (transform.kind == TransformKind::kIdentity) {
    auto literal = ToLiteral(source.type, value);
    if (!literal) return std::nullopt;
    return BoundLeaf(op, source, {*std::move(literal)});
  }
  if (value.type().id() != LogicalTypeId::DATE && !value.type().IsIntegral()) return std::nullopt;
  const int64_t ordinal = value.type().id() == LogicalTypeId::DATE
                              ? value.GetValueUnsafe<duckdb::date_t>().days
                              : value.GetValue<int64_t>();
  const auto begin = IntervalBegin(transform, source.type, ordinal);
  const auto end = IntervalBegin(transform, source.type, ordinal + 1);
  if (!begin || !end) return std::nullopt;
  return CompareInterval(source, op, *begin, *end);
}

}  // namespace artemis
