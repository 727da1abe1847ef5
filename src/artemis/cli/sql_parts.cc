// The one place that names everything of cli_sql.
#include "artemis/cli/sql_parts.h"

#include "artemis/sql/predicate_sql.h"

namespace artemis {

void SetUpSql(CommandBuilder& builder, CLI::App& app);
void SetUpFlight(CommandBuilder& builder, CLI::App& app);

const SqlParts& LinkedSqlParts() {
  static constexpr SqlParts kParts = {SetUpSql, SetUpFlight, PredicateFromSql};
  return kParts;
}

}  // namespace artemis
