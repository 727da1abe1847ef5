// A text of SQL statements and dot commands, taken apart: where each begins and ends, and whether it has ended.
//
//   .mode csv                                 a dot command: a line that begins with a dot where no statement is open
//   SELECT ';' FROM t;                        a statement: until its semicolon, or the end of the text
//
// Strings, quoted names, $tag$…$tag$ and comments are DuckDB's (sql/sql_lexer.h): what they hold ends nothing.
#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

namespace artemis {

struct ScriptItem {
  enum class Kind : uint8_t { kStatement, kDotCommand };
  Kind kind = Kind::kStatement;
  // Without the semicolon; begins with its first word.
  std::string text;
  // Of that word: bytes from the beginning of the script, and its line, from 1.
  size_t offset = 0;
  int line = 1;

  bool operator==(const ScriptItem&) const = default;
};

// In order; statements without a word are left out.
std::vector<ScriptItem> SplitScript(std::string_view text);

// What stands open at the end of a text.
enum class OpenPart : uint8_t {
  kNothing,    // no statement: it has ended, or has not begun
  kStatement,  // its semicolon is still to come
  kParenthesis,
  kString,
  kName,
  kComment,
};
OpenPart OpenPartOf(std::string_view text);

// Whether a text holds a statement and the last one has its semicolon; comments may follow.
bool EndsStatement(std::string_view text);

// A place in a text as people count: from 1; the column in code points.
struct TextPlace {
  int line = 1;
  int column = 1;

  bool operator==(const TextPlace&) const = default;
};
TextPlace PlaceOf(std::string_view text, size_t offset);

}  // namespace artemis
