// Which tables a statement names, as far as tokens tell: for completing their columns while it is being typed.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "artemis/sql/sql_lexer.h"

namespace artemis {

struct MentionedTable {
  // The parts of its name, without quotes.
  std::vector<std::string> path;
  std::string alias;  // empty where there is none

  bool operator==(const MentionedTable&) const = default;
};

// Tables after FROM, JOIN, INTO, UPDATE, TABLE, DESCRIBE and SUMMARIZE, and behind a comma in a FROM clause, with their aliases (before or
// behind an AS OF clause).
std::vector<MentionedTable> MentionedTables(std::string_view sql);

// Names that WITH defines.
std::vector<std::string> DefinedNames(std::string_view sql);

// A token's name, without quotes; also of a quoted name that is not closed.
std::string NameOf(std::string_view sql, const SqlToken& token);
bool IsName(const SqlToken& token);

}  // namespace artemis
