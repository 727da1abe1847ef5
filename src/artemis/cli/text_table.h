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

// Columns on the screen: code points of UTF-8, each counted as one.
size_t DisplayWidth(std::string_view text);

// `text` on one line: control characters as "\n", "\t", "\x1b"; at most `width_max` columns, the
// last of which is then an ellipsis.
std::string DisplayCell(std::string_view text, size_t width_max);

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
