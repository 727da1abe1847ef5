// What of the programs needs DuckDB or Arrow Flight, as a table of functions: `main` of artemis-sql
// hands it to Run, and `artemis` is linked without it (hand_over.h).
#pragma once

#include <string_view>

#include <arrow/result.h>

#include "artemis/expr/predicate.h"

namespace CLI {
class App;
}

namespace artemis {

class CommandBuilder;

struct SqlParts {
  // Set up the programs (command_line_builder.h).
  void (*set_up_sql)(CommandBuilder& builder, CLI::App& app);
  void (*set_up_flight)(CommandBuilder& builder, CLI::App& app);
  // Reads a predicate that is SQL text (sql/predicate_sql.h).
  arrow::Result<Predicate> (*parse_predicate)(std::string_view text);
};

// All of them. A program that calls this is linked with DuckDB and Flight.
const SqlParts& LinkedSqlParts();

}  // namespace artemis
