// Turns our clauses into what DuckDB's parser takes:
//
//   t AS OF TIMESTAMP '2024-03-15T07:00:00Z'  ->  t AT (TIMESTAMP => '2024-03-15T07:00:00Z')
//   t AS OF SNAPSHOT 4729                     ->  t AT (VERSION => 4729)
//   t AS OF 'before-fix'                      ->  t AT (VERSION => 'before-fix')      a tag or a branch
//   SHOW TABLES IN artemis.sda                ->  SHOW TABLES FROM artemis.sda        also SHOW SCHEMAS IN
//   DESCRIBE t AS OF 'v1'                     ->  DESCRIBE FROM t AT (VERSION => 'v1')   also DESC and SUMMARIZE
//
// A time, a snapshot or a name may also be a parameter (?, $1, $name); a time or a snapshot also an expression in
// parentheses. The alias of the table may stand before the clause or behind it; DuckDB wants it before.
//
// Works on tokens, so strings, comments and quoted names stay as they are. Neither form is SQL that DuckDB would take
// otherwise: no other statement changes its meaning.
//
// DuckDB's own lexer takes quadratic time, and cannot be interrupted, for comments within comments and for long operators: the former
// become blanks of the same length (line breaks stay), the latter are refused, as DuckDB would at last.
#pragma once

#include <string>
#include <string_view>

#include <arrow/result.h>

namespace artemis {

// The rewritten text; text without our clauses and nested comments comes back byte for byte. Invalid when AS OF TIMESTAMP or
// AS OF SNAPSHOT is followed by something else than a value, for an operator of more than 64 characters, and for nested comments
// that are not closed. Any number of statements. Thread-safe.
arrow::Result<std::string> RewriteAsOf(std::string_view sql);

}  // namespace artemis
