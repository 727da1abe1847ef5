// Tables of text.
#include "artemis/cli/text_table.h"

#include <algorithm>
#include <cstdio>

namespace artemis {

namespace {

bool BeginsCodePoint(char c) { return (static_cast<unsigned char>(c) & 0xC0) != 0x80; }

void AppendEscaped(char c, std::string* out) {
  switch (c) {
    case '\n':
      *out += "\\n";
      return;
    case '\r':
      *out += "\\r";
      return;
    case '\t':
      *out += "\\t";
      return;
    default:
      break;
  }
  const auto byte = static_cast<unsigned char>(c);
  if (byte >= 0x20 && byte != 0x7f) {
    *out += c;
    return;
  }
  char hex[8];
  std::snprintf(hex, sizeof(hex), "\\x%02x", byte);
  *out += hex;
}

}  // namespace

size_t DisplayWidth(std::string_view text) {
  return static_cast<size_t>(std::count_if(text.begin(), text.end(), BeginsCodePoint));
}

std::string DisplayCell(std::string_view text, size_t width_max) {
  std::string cell;
  for (const char c : text) AppendEscaped(c, &cell);
  if (DisplayWidth(cell) <= width_max) return cell;
  size_t end = 0;
  for (size_t width = 0; end < cell.size(); ++end) {
    if (BeginsCodePoint(cell[end]) && ++width == width_max) break;
  }
  cell.resize(end);
  return cell + "…";
}

void TextTableLayout::Fit(const std::vector<std::string>& cells) {
  widths.resize(std::max(widths.size(), cells.size()));
  right_aligned.resize(widths.size());
  for (size_t i = 0; i < cells.size(); ++i) widths[i] = std::max(widths[i], DisplayWidth(cells[i]));
}

void TextTableLayout::AppendRow(const std::vector<std::string>& cells, std::string* out) const {
  for (size_t i = 0; i < cells.size(); ++i) {
    const size_t width = DisplayWidth(cells[i]);
    const size_t padding = width < widths[i] ? widths[i] - width : 0;
    if (i > 0) *out += "  ";
    if (right_aligned[i]) out->append(padding, ' ');
    *out += cells[i];
    if (!right_aligned[i] && i + 1 < cells.size()) out->append(padding, ' ');
  }
  while (!out->empty() && out->back() == ' ') out->pop_back();
  *out += '\n';
}

void TextTableLayout::AppendRule(std::string* out) const {
  for (size_t i = 0; i < widths.size(); ++i) {
    if (i > 0) *out += "  ";
    out->append(std::max<size_t>(widths[i], 1), '-');
  }
  *out += '\n';
}

}  // namespace artemis
