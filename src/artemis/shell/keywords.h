// The keywords that artemis-sql completes and offers for misspelt ones: those that statements are made of, not all that DuckDB
// reserves.
#pragma once

#include <string>
#include <string_view>
#include <vector>

namespace artemis {

// In capitals, sorted.
const std::vector<std::string>& SqlKeywords();
// Those a statement begins with; in capitals, sorted.
const std::vector<std::string>& SqlStatementWords();
// Those that begin a clause or a statement, of three letters or more; in small letters.
const std::vector<std::string>& LowerClauseKeywords();

// Without regard to case.
bool IsSqlKeyword(std::string_view word);
// Whether a name spelled so has to be quoted: a keyword that DuckDB takes for no name.
bool IsReservedWord(std::string_view word);

std::string AsciiUpperCopy(std::string_view text);

}  // namespace artemis
