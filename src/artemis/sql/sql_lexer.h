// Splits SQL text into tokens, as far as rewriting clauses needs it: where words, strings, quoted names and comments begin
// and end. The lexical rules are DuckDB's (those of PostgreSQL): '' inside '…', "" inside "…", E'…' with backslashes,
// $tag$…$tag$, -- comments, nested /* */ comments.
#pragma once

#include <cstddef>
#include <cstdint>
#include <string_view>
#include <vector>

namespace artemis {

struct SqlToken {
  enum class Kind : uint8_t {
    kWord,        // a keyword or a name without quotes
    kQuotedName,  // "name"
    kString,      // 'text', E'text', $$text$$
    kNumber,
    kParameter,  // ?, $1, $name
    kSymbol,     // one byte of punctuation
  };
  Kind kind = Kind::kSymbol;
  // Byte range in the text.
  size_t begin = 0;
  size_t end = 0;

  bool operator==(const SqlToken&) const = default;
};

// The tokens of `sql`, without comments and white space. A string, name or comment that is not closed reaches to the end.
std::vector<SqlToken> LexSql(std::string_view sql);

// Whether the token is a word equal to `upper` (ASCII capitals) in any case.
bool IsSqlWord(std::string_view sql, const SqlToken& token, std::string_view upper);

// Whether the token is the punctuation mark `symbol`.
bool IsSqlSymbol(std::string_view sql, const SqlToken& token, char symbol);

}  // namespace artemis
