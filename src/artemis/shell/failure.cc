// Marks places in statements.
#include "artemis/shell/failure.h"

#include <algorithm>
#include <vector>

#include "artemis/base/near_match.h"
#include "artemis/output/text_table.h"
#include "artemis/shell/keywords.h"
#include "artemis/shell/script.h"
#include "artemis/sql/sql_lexer.h"

namespace artemis {

namespace {

constexpr size_t kExcerptWidthMin = 40;

struct TextSpan {
  size_t begin = 0;
  size_t end = 0;
};

TextSpan LineAround(std::string_view text, size_t offset) {
  const size_t before = offset == 0 ? std::string_view::npos : text.rfind('\n', offset - 1);
  return {before == std::string_view::npos ? 0 : before + 1,
          std::min(text.find('\n', offset), text.size())};
}

// The end of the token that `offset` is in; of one byte where there is none.
size_t TokenEnd(std::string_view sql, size_t offset) {
  for (const SqlToken& token : LexSql(sql)) {
    if (offset >= token.begin && offset < token.end) return token.end;
  }
  return offset + 1;
}

bool BeginsCharacter(std::string_view text, size_t offset) {
  return offset >= text.size() || (static_cast<unsigned char>(text[offset]) & 0xC0) != 0x80;
}

// Narrows a line to `width` columns around a place.
TextSpan Narrowed(std::string_view text, TextSpan line, size_t offset, size_t width) {
  const size_t bytes = std::max(width, kExcerptWidthMin);
  if (line.end - line.begin <= bytes) return line;
  if (offset - line.begin > bytes / 2) line.begin = offset - bytes / 2;
  while (!BeginsCharacter(text, line.begin)) ++line.begin;
  line.end = std::min(line.end, line.begin + bytes);
  while (!BeginsCharacter(text, line.end)) --line.end;
  return line;
}

}  // namespace

std::string MarkedLine(std::string_view sql, size_t offset, size_t width) {
  const std::string lead = "LINE " + std::to_string(PlaceOf(sql, offset).line) + ": ";
  const TextSpan whole = LineAround(sql, offset);
  const TextSpan part =
      Narrowed(sql, whole, offset, width > lead.size() + 8 ? width - lead.size() - 8 : 0);
  const size_t end = std::max(std::min(TokenEnd(sql, offset), part.end), offset);
  const std::string before = (part.begin > whole.begin ? "..." : "") +
                             Printable(sql.substr(part.begin, offset - part.begin));
  const std::string marked = Printable(sql.substr(offset, end - offset));
  const std::string after =
      Printable(sql.substr(end, part.end - end)) + (part.end < whole.end ? "..." : "");
  return lead + before + marked + after + "\n" +
         std::string(DisplayWidth(lead) + DisplayWidth(before), ' ') +
         std::string(std::max<size_t>(DisplayWidth(marked), 1), '^') + "\n";
}

std::optional<std::string> KeywordHint(std::string_view sql, size_t offset) {
  std::vector<std::string> words;
  for (const SqlToken& token : LexSql(sql)) {
    if (token.begin > offset) break;
    const bool is_word = token.kind == SqlToken::Kind::kWord && token.end - token.begin > 2;
    words.push_back(is_word ? std::string(sql.substr(token.begin, token.end - token.begin)) : "");
  }
  const size_t first = words.size() > 3 ? words.size() - 3 : 0;
  for (size_t i = words.size(); i-- > first;) {
    if (words[i].empty() || IsSqlKeyword(words[i])) continue;
    if (const auto near = NearMatch(AsciiLower(words[i]), LowerClauseKeywords())) {
      return "did you mean " + AsciiUpperCopy(*near) + " instead of " + Printable(words[i]) + "?";
    }
  }
  return std::nullopt;
}

}  // namespace artemis
