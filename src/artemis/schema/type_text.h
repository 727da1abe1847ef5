// The names of primitive types: the specification's own. The looser names that people type are ParseType's (evolution.h).
#pragma once

#include <string_view>

#include <arrow/result.h>

#include "artemis/schema/type.h"

namespace artemis {

// "long", "decimal(9,2)", "decimal(9, 2)", "fixed[16]", … exactly as the specification spells them, blanks allowed within
// the parentheses; variant, geometry and geography as types that are not supported. Invalid for other names, decimals beyond 38 digits or with a scale over the precision, fixed[0].
arrow::Result<Type> ParseTypeName(std::string_view name);

}  // namespace artemis
