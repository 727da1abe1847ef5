// Predicates from the command line.
#include "artemis/cli/where_text.h"

#include "artemis/base/error.h"
#include "artemis/base/program_error.h"
#include "artemis/cli/command_context.h"
#include "artemis/cli/sql_parts.h"

namespace artemis {

namespace {

arrow::Result<Predicate> ParseSqlPredicate(const std::string& text, const SqlParts* sql) {
  if (sql == nullptr) return arrow::Status::Invalid("expected JSON, found: ", text);
  return sql->parse_predicate(text);
}

}  // namespace

arrow::Result<Predicate> ParseWhere(const std::string& text, const CommandContext& context) {
  const size_t begin = text.find_first_not_of(" \t\r\n");
  const bool is_json = begin != std::string::npos && text[begin] == '{';
  auto predicate = is_json ? PredicateFromJson(text) : ParseSqlPredicate(text, context.sql_parts());
  if (!predicate.ok()) return AsUsageError(WithContext(predicate.status(), "--where"));
  return predicate;
}

}  // namespace artemis
