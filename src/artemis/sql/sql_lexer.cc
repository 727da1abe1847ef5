// A hand-written scanner: one pass, no tables.
#include "artemis/sql/sql_lexer.h"

#include <algorithm>

namespace artemis {
namespace {

bool IsLexSpace(char c) {
  return c == ' ' || c == '\t' || c == '\n' || c == '\r' || c == '\f' || c == '\v';
}
bool IsLexDigit(char c) { return c >= '0' && c <= '9'; }
bool IsNameStart(char c) {
  return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || c == '_' ||
         (static_cast<unsigned char>(c) & 0x80) != 0;
}
bool IsNamePart(char c) { return IsNameStart(c) || IsLexDigit(c) || c == '$'; }
char AsciiUpper(char c) { return c >= 'a' && c <= 'z' ? static_cast<char>(c - 'a' + 'A') : c; }

class SqlScanner {
 public:
  explicit SqlScanner(std::string_view sql) : sql_(sql) {}

  std::vector<SqlToken> Run() {
    while (SkipBlank()) tokens_.push_back(Next());
    return std::move(tokens_);
  }

 private:
  char At(size_t offset) const { return at_ + offset < sql_.size() ? sql_[at_ + offset] : '\0'; }

  // Moves to the next token; false at the end.
  bool SkipBlank() {
    for (;;) {
      while (at_ < sql_.size() && IsLexSpace(sql_[at_])) ++at_;
      if (At(0) == '-' && At(1) == '-') {
        at_ = std::min(sql_.find_first_of("\r\n", at_), sql_.size());
      } else if (At(0) == '/' && At(1) == '*') {
        SkipBlockComment();
      } else {
        return at_ < sql_.size();
      }
    }
  }

  void SkipBlockComment() {
    int depth = 0;
    do {
      if (At(0) == '/' && At(1) == '*') {
        ++depth;
        at_ += 2;
      } else if (At(0) == '*' && At(1) == '/') {
        --depth;
        at_ += 2;
      } else {
        ++at_;
      }
    } while (depth > 0 && at_ < sql_.size());
    at_ = std::min(at_, sql_.size());
  }

  SqlToken Next() {
    const size_t begin = at_;
    const SqlToken::Kind kind = Consume();
    return {kind, begin, at_};
  }

  SqlToken::Kind Consume() {
    const char c = At(0);
    if (c == '\'') return Quoted('\'', /*backslashes=*/false, SqlToken::Kind::kString);
    if (c == '"') return Quoted('"', /*backslashes=*/false, SqlToken::Kind::kQuotedName);
    if ((c == 'e' || c == 'E') && At(1) == '\'') {
      ++at_;
      return Quoted('\'', /*backslashes=*/true, SqlToken::Kind::kString);
    }
    if (c == '$') return Dollar();
    if (c == '?') return Run(SqlToken::Kind::kParameter, IsLexDigit);
    if (IsNameStart(c)) return Run(SqlToken::Kind::kWord, IsNamePart);
    if (IsLexDigit(c) || (c == '.' && IsLexDigit(At(1)))) return Number();
    ++at_;
    return SqlToken::Kind::kSymbol;
  }

  SqlToken::Kind Run(SqlToken::Kind kind, bool (*belongs)(char)) {
    ++at_;
    while (at_ < sql_.size() && belongs(sql_[at_])) ++at_;
    return kind;
  }

  SqlToken::Kind Quoted(char quote, bool backslashes, SqlToken::Kind kind) {
    ++at_;
    while (at_ < sql_.size()) {
      if (backslashes && At(0) == '\\') {
        at_ += 2;
      } else if (At(0) != quote) {
        ++at_;
      } else if (At(1) == quote) {
        at_ += 2;
      } else {
        ++at_;
        return kind;
      }
    }
    at_ = sql_.size();
    return kind;
  }

  SqlToken::Kind Number() {
    while (at_ < sql_.size() && (IsNamePart(sql_[at_]) || sql_[at_] == '.')) {
      const bool exponent = (At(0) == 'e' || At(0) == 'E') && (At(1) == '+' || At(1) == '-');
      at_ += exponent ? 2 : 1;
    }
    return SqlToken::Kind::kNumber;
  }

  SqlToken::Kind Dollar() {
    size_t tag_end = at_ + 1;
    while (tag_end < sql_.size() && IsNamePart(sql_[tag_end]) && sql_[tag_end] != '$') ++tag_end;
    const bool closes = tag_end < sql_.size() && sql_[tag_end] == '$';
    if (!closes || IsLexDigit(At(1))) {
      at_ = tag_end;
      return SqlToken::Kind::kParameter;
    }
    const std::string_view tag = sql_.substr(at_, tag_end + 1 - at_);
    const size_t end = sql_.find(tag, tag_end + 1);
    at_ = end == std::string_view::npos ? sql_.size() : end + tag.size();
    return SqlToken::Kind::kString;
  }

  std::string_view sql_;
  size_t at_ = 0;
  std::vector<SqlToken> tokens_;
};

}  // namespace

std::vector<SqlToken> LexSql(std::string_view sql) { return SqlScanner(sql).Run(); }

bool IsSqlWord(std::string_view sql, const SqlToken& token, std::string_view upper) {
  if (token.kind != SqlToken::Kind::kWord || token.end - token.begin != upper.size()) return false;
  return std::equal(upper.begin(), upper.end(), sql.begin() + token.begin,
                    [](char want, char have) { return want == AsciiUpper(have); });
}

bool IsSqlSymbol(std::string_view sql, const SqlToken& token, char symbol) {
  return token.kind == SqlToken::Kind::kSymbol && sql[token.begin] == symbol;
}

}  // namespace artemis
