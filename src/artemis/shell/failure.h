// How the prompt shows what a statement failed with: the message, the line it is about with a mark under the place, and a hint.
//
//   Parser Error: syntax error at or near "x"
//   LINE 2: FORM x
//                ^
//   did you mean FROM instead of FORM?
#pragma once

#include <cstddef>
#include <optional>
#include <string>
#include <string_view>

namespace artemis {

// The line of `sql` that byte `offset` is in, and below it a mark under the token there. A line longer than `width` columns is cut on
// both sides. What a terminal would obey is shown as output/text_table.h says. Requires offset <= sql.size().
std::string MarkedLine(std::string_view sql, size_t offset, size_t width);

// For a syntax error at `offset`: the word there or one of the two before it that is no keyword but nearly one.
std::optional<std::string> KeywordHint(std::string_view sql, size_t offset);

}  // namespace artemis
