// Predicates on columns: the unbound form that users write, and the bound form that everything else
// evaluates.
//
// One meaning everywhere (pruning, replay, SQL): NaN equals NaN and is greater than every number,
// -0.0 = 0.0, strings compare by bytes, comparison with null is null, and rows are kept only where
// the whole is true (three-valued logic). kIsNaN and kNotNaN of null are null as well, as SQL's
// isnan is (Iceberg's own notNaN(null) is true).
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

#include <arrow/result.h>

#include "artemis/schema/schema.h"

namespace artemis {

enum class PredicateOp : uint8_t {
  kTrue,
  kFalse,
  kAnd,  // of all args; true when there are none
  kOr,   // of all args; false when there are none
  kNot,  // of one arg
  kIsNull,
  kNotNull,
  kIsNaN,
  kNotNaN,
  kEq,
  kNe,
  kLt,
  kLe,
  kGt,
  kGe,
  kIn,
  kNotIn,
  kStartsWith,
  kNotStartsWith,
};

// A value as written by a user, before the column's type is known. Text is parsed by ParseLiteral
// when bound.
using UnboundValue = std::variant<bool, int64_t, double, std::string>;

// Whether `op` tests a column: anything but the constants and kAnd, kOr, kNot.
bool IsLeafOp(PredicateOp op);
// The operator that is true where `op` is false, and null where it is null. Requires that `op` is
// not kNot.
PredicateOp NegateOp(PredicateOp op);

// Limits of PredicateFromJson and Bind; a predicate past one is LimitExceeded.
inline constexpr int kPredicateDepthMax = 64;
inline constexpr int64_t kPredicateValuesMax = 10'000;

struct Predicate {
  PredicateOp op = PredicateOp::kTrue;
  std::vector<Predicate> args;       // kAnd, kOr, kNot
  std::string column;                // leaves: full name, "position.lat"
  std::vector<UnboundValue> values;  // one, or many for kIn and kNotIn

  bool operator==(const Predicate&) const = default;
};

// A predicate whose leaves name a field by id and hold values of the field's type. Bind makes no
// kNot; the evaluators of this folder take it all the same.
struct BoundPredicate {
  PredicateOp op = PredicateOp::kTrue;
  std::vector<BoundPredicate> args;
  FieldId field_id;                  // leaves
  Type type;                         // leaves: the field's (primitive) type
  std::vector<LiteralValue> values;  // sorted and unique for kIn and kNotIn

  bool operator==(const BoundPredicate&) const = default;

  static BoundPredicate True() { return {}; }
  static BoundPredicate False();
  bool is_true() const { return op == PredicateOp::kTrue; }
  bool is_false() const { return op == PredicateOp::kFalse; }
  bool is_leaf() const { return IsLeafOp(op); }
};

// And/Or that flatten, drop neutral members and short-cut on the dominating one.
BoundPredicate And(std::vector<BoundPredicate> args);
BoundPredicate Or(std::vector<BoundPredicate> args);

// Parses the JSON form of predicates.
//
//   {"op":"and" | "or" | "not", "args":[...]}         "not" takes one; nothing: and true, or false
//   {"op":"eq" | "ne" | "lt" | "le" | "gt" | "ge" | "starts_with" | "not_starts_with",
//    "column":"...", "value":v}                       v: true, 5, 2.5, "text"
//   {"op":"in" | "not_in", "column":"...", "values":[...]}
//   {"op":"between", "column":"...", "lo":a, "hi":b}  becomes ge and le
//   {"op":"is_null" | "not_null" | "is_nan" | "not_nan", "column":"..."}
//
// LimitExceeded: kPredicateDepthMax, kPredicateValuesMax (in all leaves together). Invalid, naming
// the offending part: anything else, unknown keys too. A whole number past 64 bits is read as a
// double: write long decimals as text.
arrow::Result<Predicate> PredicateFromJson(std::string_view json);
std::string PredicateToJson(const Predicate& predicate);
// For people, in SQL's words: (payload_id >= 3 AND sensor_kind = 'thermal'). A field that is not in
// `schema` is written "field 1000"; for a projected predicate pass a schema of the fields of
// PartitionType.
std::string FormatPredicate(const Predicate& predicate);
std::string FormatPredicate(const BoundPredicate& predicate, const Schema& schema);

// Binds names to the fields of `schema`, converts values to the fields' types, removes NOT by De
// Morgan and simplifies:
// - a number outside the type's range makes the comparison true-for-non-null, or false (int column
//   > 3e9 is false, != 3e9 is IS NOT NULL);
// - a number between two values of the type moves to its neighbours (int < 2.5 is <= 2): fractions
//   against integers, digits past a decimal's scale, integers that a float or double cannot hold;
// - a double against a float column is rounded to the nearest float, as its text would be;
// - comparisons with NaN become kIsNaN, kNotNaN, kNotNull or kFalse; -0.0 becomes 0.0;
// - kIn and kNotIn of one value become kEq and kNe; kIn of nothing is false, kNotIn true.
// The result keeps exactly the rows that `predicate` keeps. It may be false where `predicate` is
// null, so put a NOT before binding; Negate of the result may keep rows with nulls.
//
// Values: boolean takes bool only; int, long, float, double and decimal take numbers and their
// text; all other types take text (dates and times too: a bare number has no unit). kIsNaN and
// kNotNaN need float or double; kStartsWith and kNotStartsWith need string or binary.
//
// Invalid: unknown column (with a near match), non-primitive types, columns in lists and maps
// (fields of structs are fine), a value that is not of the type (names column, type, value), a
// wrong number of args or values. LimitExceeded: kPredicateDepthMax, kPredicateValuesMax.
arrow::Result<BoundPredicate> Bind(const Predicate& predicate, const Schema& schema);

// The logical negation, without kNot: De Morgan, comparisons turned round. Exact for rows whose
// columns are null as well: the negation of null is null.
BoundPredicate Negate(const BoundPredicate& predicate);

// The fields used by the leaves, sorted, unique.
std::vector<FieldId> ReferencedFields(const BoundPredicate& predicate);

}  // namespace artemis
