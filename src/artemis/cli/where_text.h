// What --where takes: the JSON form of predicates, or the same predicates as SQL text.
#pragma once

#include <string>

#include <arrow/result.h>

#include "artemis/expr/predicate.h"

namespace artemis {

class CommandContext;

// Text that begins with '{' is JSON (expr/predicate.h), other text SQL (sql/predicate_sql.h).
// Usage error naming the part that is not understood.
arrow::Result<Predicate> ParseWhere(const std::string& text, const CommandContext& context);

}  // namespace artemis
