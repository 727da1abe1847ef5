// Tables of text.
#include "artemis/output/text_table.h"

#include <algorithm>
#include <cstdint>
#include <cstdio>

#include <locale.h>
#include <wchar.h>

namespace artemis {

namespace {

// Of the C library's tables of UTF-8, whatever the user's locale is.
int ColumnsOf(wchar_t point) {
  static const locale_t utf8 = ::newlocale(LC_CTYPE_MASK, "C.UTF-8", nullptr);
  if (utf8 == nullptr) return 1;
  const locale_t before = ::uselocale(utf8);
  const int columns = ::wcwidth(point);
  ::uselocale(before);
  return columns;
}

struct CodePoint {
  uint32_t value = 0;
  size_t bytes = 1;
  bool is_valid = true;
};

// The code point at the beginning of `text`, which is not empty; a byte that begins none is one by itself.
CodePoint FirstCodePoint(std::string_view text) {
  const auto lead = static_cast<unsigned char>(text[0]);
  if (lead < 0x80) return {lead, 1, true};
  const size_t bytes = lead >= 0xF0 ? 4 : lead >= 0xE0 ? 3 : 2;
  const CodePoint broken{lead, 1, false};
  if (lead < 0xC2 || lead > 0xF4 || text.size() < bytes) return broken;
  uint32_t value = lead & (0x7Fu >> bytes);
  for (size_t i = 1; i < bytes; ++i) {
    const auto next = static_cast<unsigned char>(text[i]);
    if ((next & 0xC0) != 0x80) return broken;
    value = value << 6 | (next & 0x3Fu);
  }
  constexpr uint32_t kLeast[] = {0, 0, 0x80, 0x800, 0x10000};
  const bool is_surrogate = value >= 0xD800 && value < 0xE000;
  if (value < kLeast[bytes] || value > 0x10FFFF || is_surrogate) return broken;
  return {value, bytes, true};
}

// What is no character on the screen but changes what others are.
bool IsCommand(uint32_t point) {
  return point < 0x20 || (point >= 0x7f && point < 0xA0) || point == 0x61C ||
         (point >= 0x200E && point <= 0x200F) || (point >= 0x2028 && point <= 0x202E) ||
         (point >= 0x2066 && point <= 0x2069);
}

void AppendCommand(uint32_t point, std::string* out) {
  switch (point) {
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
  char text[16];
  std::snprintf(text, sizeof(text), point < 0x80 ? "\\x%02x" : "\\u{%x}", point);
  *out += text;
}

size_t WidthOf(const CodePoint& point) {
  if (point.value < 0x80 || !point.is_valid) return 1;
  return static_cast<size_t>(std::max(ColumnsOf(static_cast<wchar_t>(point.value)), 0));
}

bool IsPlainAscii(std::string_view text) {
  return std::all_of(text.begin(), text.end(), [](char c) { return c >= 0x20 && c < 0x7f; });
}

}  // namespace

size_t CodePoints(std::string_view text) {
  return static_cast<size_t>(std::count_if(text.begin(), text.end(), [](char c) {
    return (static_cast<unsigned char>(c) & 0xC0) != 0x80;
  }));
}

size_t DisplayWidth(std::string_view text) {
  if (IsPlainAscii(text)) return text.size();
  size_t width = 0;
  while (!text.empty()) {
    const CodePoint point = FirstCodePoint(text);
    width += WidthOf(point);
    text.remove_prefix(point.bytes);
  }
  return width;
}

std::string Printable(std::string_view text, std::string_view keep) {
  if (IsPlainAscii(text)) return std::string(text);
  std::string printable;
  while (!text.empty()) {
    const CodePoint point = FirstCodePoint(text);
    const bool is_kept = keep.find(text[0]) != std::string_view::npos;
    if (!point.is_valid) {
      char hex[8];
      std::snprintf(hex, sizeof(hex), "\\x%02x", point.value);
      printable += hex;
    } else if (IsCommand(point.value) && !is_kept) {
      AppendCommand(point.value, &printable);
    } else {
      printable += text.substr(0, point.bytes);
    }
    text.remove_prefix(point.bytes);
  }
  return printable;
}

std::string CutToWidth(const std::string& text, size_t width_max) {
  if (DisplayWidth(text) <= width_max) return text;
  size_t end = 0;
  for (size_t width = 0; end < text.size();) {
    const CodePoint point = FirstCodePoint(std::string_view(text).substr(end));
    width += WidthOf(point);
    if (width + 1 > width_max) break;
    end += point.bytes;
  }
  return text.substr(0, end) + "…";
}

std::string DisplayCell(std::string_view text, size_t width_max) {
  return CutToWidth(Printable(text), width_max);
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
