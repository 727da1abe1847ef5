// Moves the cast from the column to the constant.
#include "artemis/sql/time_comparison.h"

#include <limits>
#include <utility>

namespace artemis {
namespace {

using duckdb::LogicalTypeId;

constexpr int64_t kMicrosPerDay = int64_t{86'400} * 1'000'000;

}  // namespace

BoundPredicate BoundLeaf(PredicateOp op, const Field& field, std::vector<LiteralValue> values) {
  BoundPredicate leaf;
  leaf.op = op;
  leaf.field_id = field.id;
  leaf.type = field.type;
  leaf.values = std::move(values);
  return leaf;
}

BoundPredicate CompareAsDate(const Field& field, PredicateOp op, const duckdb::Value& day_value) {
  if (day_value.IsNull() || day_value.type().id() != LogicalTypeId::DATE) {
    return BoundPredicate::True();
  }
  const int64_t day = day_value.GetValueUnsafe<duckdb::date_t>().days;
  constexpr int64_t kDayLimit = std::numeric_limits<int64_t>::max() / kMicrosPerDay - 1;
  if (day > kDayLimit || day < -kDayLimit) return BoundPredicate::True();
  const LiteralValue begin = day * kMicrosPerDay;
  const LiteralValue next = (day + 1) * kMicrosPerDay;
  switch (op) {
    case PredicateOp::kEq:
      return And({BoundLeaf(PredicateOp::kGe, field, {begin}),
                  BoundLeaf(PredicateOp::kLt, field, {next})});
    case PredicateOp::kNe:
      return Or({BoundLeaf(PredicateOp::kLt, field, {begin}),
                 BoundLeaf(PredicateOp::kGe, field, {next})});
    case PredicateOp::kLt:
      return BoundLeaf(PredicateOp::kLt, field, {begin});
    case PredicateOp::kLe:
      return BoundLeaf(PredicateOp::kLt, field, {next});
    case PredicateOp::kGt:
      return BoundLeaf(PredicateOp::kGe, field, {next});
    case PredicateOp::kGe:
      return BoundLeaf(PredicateOp::kGe, field, {begin});
    default:
      return BoundPredicate::True();
  }
}

BoundPredicate CompareAsTimestamp(const Field& field, PredicateOp op, const duckdb::Value& time) {
  if (time.IsNull() || (time.type().id() != LogicalTypeId::TIMESTAMP &&
                        time.type().id() != LogicalTypeId::TIMESTAMP_TZ)) {
    return BoundPredicate::True();
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
      return midnight ? BoundLeaf(op, field, {floor}) : BoundPredicate::True();
    case PredicateOp::kLt:
      return BoundLeaf(midnight ? PredicateOp::kLt : PredicateOp::kLe, field, {floor});
    case PredicateOp::kLe:
      return BoundLeaf(PredicateOp::kLe, field, {floor});
    case PredicateOp::kGt:
      return BoundLeaf(PredicateOp::kGt, field, {floor});
    case PredicateOp::kGe:
      return BoundLeaf(midnight ? PredicateOp::kGe : PredicateOp::kGt, field, {floor});
    default:
      return BoundPredicate::True();
  }
}

}  // namespace artemis
