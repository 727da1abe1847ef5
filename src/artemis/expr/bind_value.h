// Places a user's value among the values of a column's type.
#pragma once

#include <optional>

#include <arrow/result.h>

#include "artemis/expr/predicate.h"

namespace artemis {

// Either a value of the type, or a place between two neighbouring values of it. `below` is the
// greatest value of the type that is less, absent when every value is greater; `above` is the least
// that is greater, absent when every value is less.
struct PlacedValue {
  std::optional<LiteralValue> exact;
  std::optional<LiteralValue> below;
  std::optional<LiteralValue> above;
};

// Requires a primitive type. Invalid when `value` is not comparable with `type`; the message names
// type and value.
arrow::Result<PlacedValue> PlaceValue(const Type& type, const UnboundValue& value);

}  // namespace artemis
