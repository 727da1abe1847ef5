// Takes scripts apart by their tokens.
#include "artemis/shell/script.h"

#include <algorithm>
#include <optional>

#include "artemis/output/text_table.h"
#include "artemis/sql/sql_lexer.h"

namespace artemis {

namespace {

// Behind every text: a semicolon that is a token of its own tells that nothing before swallowed it.
constexpr std::string_view kProbe = "\n;";

struct ProbedText {
  std::string text;
  std::vector<SqlToken> tokens;
  bool is_swallowed = false;

  explicit ProbedText(std::string_view sql) : text(sql) {
    text += kProbe;
    tokens = LexSql(text);
    is_swallowed = tokens.empty() || tokens.back().begin + 1 != text.size();
    if (!is_swallowed) tokens.pop_back();
  }
};

bool BeginsLine(std::string_view text, size_t offset) {
  while (offset > 0 && (text[offset - 1] == ' ' || text[offset - 1] == '\t')) --offset;
  return offset == 0 || text[offset - 1] == '\n' || text[offset - 1] == '\r';
}

class ScriptSplitter {
 public:
  explicit ScriptSplitter(std::string_view text) : text_(text) {}

  std::vector<ScriptItem> Run() {
    std::optional<size_t> at = 0;
    while (at) at = RunFrom(*at);
    return std::move(items_);
  }

 private:
  // Reads statements up to a dot command, whose line is no SQL, and returns where that ends.
  std::optional<size_t> RunFrom(size_t start) {
    const std::string_view rest = text_.substr(start);
    std::optional<size_t> begin;
    size_t end = 0;
    for (const SqlToken& token : LexSql(rest)) {
      if (IsSqlSymbol(rest, token, ';')) {
        if (begin) AddStatement(start + *begin, start + end);
        begin.reset();
        continue;
      }
      if (!begin && IsSqlSymbol(rest, token, '.') && BeginsLine(text_, start + token.begin)) {
        return AddCommand(start + token.begin);
      }
      if (!begin) begin = token.begin;
      end = token.end;
    }
    if (begin) AddStatement(start + *begin, start + end);
    return std::nullopt;
  }

  void AddStatement(size_t begin, size_t end) { Add(ScriptItem::Kind::kStatement, begin, end); }

  size_t AddCommand(size_t begin) {
    const size_t end = std::min(text_.find_first_of("\r\n", begin), text_.size());
    Add(ScriptItem::Kind::kDotCommand, begin, end);
    return end;
  }

  void Add(ScriptItem::Kind kind, size_t begin, size_t end) {
    line_ += static_cast<int>(std::count(text_.begin() + static_cast<std::ptrdiff_t>(counted_),
                                         text_.begin() + static_cast<std::ptrdiff_t>(begin), '\n'));
    counted_ = begin;
    items_.push_back({kind, std::string(text_.substr(begin, end - begin)), begin, line_});
  }

  const std::string_view text_;
  std::vector<ScriptItem> items_;
  // Lines up to `counted_`.
  int line_ = 1;
  size_t counted_ = 0;
};

OpenPart Swallower(const ProbedText& probed) {
  if (probed.tokens.empty() || probed.tokens.back().end < probed.text.size()) {
    return OpenPart::kComment;
  }
  return probed.tokens.back().kind == SqlToken::Kind::kQuotedName ? OpenPart::kName
                                                                  : OpenPart::kString;
}

}  // namespace

std::vector<ScriptItem> SplitScript(std::string_view text) { return ScriptSplitter(text).Run(); }

OpenPart OpenPartOf(std::string_view text) {
  const ProbedText probed(text);
  if (probed.is_swallowed) return Swallower(probed);
  if (probed.tokens.empty()) return OpenPart::kNothing;
  int depth = 0;
  for (const SqlToken& token : probed.tokens) {
    if (IsSqlSymbol(probed.text, token, '(')) ++depth;
    if (IsSqlSymbol(probed.text, token, ')')) --depth;
    if (IsSqlSymbol(probed.text, token, ';')) depth = 0;
  }
  if (IsSqlSymbol(probed.text, probed.tokens.back(), ';')) return OpenPart::kNothing;
  return depth > 0 ? OpenPart::kParenthesis : OpenPart::kStatement;
}

bool EndsStatement(std::string_view text) {
  const ProbedText probed(text);
  return !probed.is_swallowed && !probed.tokens.empty() &&
         IsSqlSymbol(probed.text, probed.tokens.back(), ';');
}

TextPlace PlaceOf(std::string_view text, size_t offset) {
  const std::string_view before = text.substr(0, offset);
  const size_t line_break = before.rfind('\n');
  const std::string_view line =
      line_break == std::string_view::npos ? before : before.substr(line_break + 1);
  return {1 + static_cast<int>(std::count(before.begin(), before.end(), '\n')),
          1 + static_cast<int>(CodePoints(line))};
}

}  // namespace artemis
