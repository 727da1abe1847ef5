// Predicates from the command line.
#include "artemis/cli/where_text.h"

#include "artemis/base/error.h"
#include "artemis/cli/exit_code.h"
#include "artemis/sql/predicate_sql.h"

namespace artemis {

arrow::Result<Predicate> ParseWhere(const std::string& text) {
  const size_t begin = text.find_first_not_of(" \t\r\n");
  const bool is_json = begin != std::string::npos && text[begin] == '{';
  auto predicate = is_json ? PredicateFromJson(text) : PredicateFromSql(text);
  if (!predicate.ok()) return AsUsageError(WithContext(predicate.status(), "--where"));
  return predicate;
}

}  // namespace artemis
