// Tables of text as people read them: columns padded to their widest cell, two blanks between them.
//
//   mission_id  day             rows
//   ----------  ----------  --------
//   apollo-7    2024-03-11    95 238
#pragma once

#include <cstddef>
#include <string>
#include <string_view>
#include <vector>

namespace artemis {

// How many code points of UTF-8 a text has.
size_t CodePoints(std::string_view text);

// Columns on the screen: none for a combining mark, two for a wide character (East Asian, most emoji), one for others.
size_t DisplayWidth(std::string_view text);

// `text` without what a terminal would obey: control characters as "\n", "\t", "\x1b", those above ASCII and marks that turn the
// direction of writing as "\u{202e}", bytes that are no UTF-8 as "\xff". `keep` names ASCII characters that stay ("\n\t").
std::string Printable(std::string_view text, std::string_view keep = "");

// `text` on one line, as Printable; at most `width_max` columns, the last of which is then an ellipsis.
std::string DisplayCell(std::string_view text, size_t width_max);
// The same of a text that is printable.
std::string CutToWidth(const std::string& text, size_t width_max);

struct TextTableLayout {
  std::vector<size_t> widths;
  std::vector<bool> right_aligned;

  // Widens the columns so that `cells` fit. Requires one cell a column.
  void Fit(const std::vector<std::string>& cells);
  // Appends a row and its line break; cells wider than their column push the rest to the right.
  // A row does not end in blanks.
  void AppendRow(const std::vector<std::string>& cells, std::string* out) const;
  // Appends the line of dashes under the headings.
  void AppendRule(std::string* out) const;
};

}  // namespace artemis
