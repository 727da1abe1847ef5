// Finds the clauses in the token list and writes the text anew around them.
#include "artemis/sql/as_of_rewriter.h"

#include <algorithm>
#include <optional>
#include <utility>
#include <vector>

#include <duckdb/parser/keyword_helper.hpp>
#include <duckdb/parser/parser.hpp>

#include "artemis/sql/sql_lexer.h"

namespace artemis {
namespace {

using TokenKind = SqlToken::Kind;

// Words that may be a table's alias without AS, by the grammar's ColId.
bool IsAliasWord(std::string_view word) {
  switch (duckdb::Parser::IsKeyword(std::string(word))) {
    case duckdb::KeywordCategory::KEYWORD_NONE:
    case duckdb::KeywordCategory::KEYWORD_UNRESERVED:
    case duckdb::KeywordCategory::KEYWORD_COL_NAME:
      return true;
    default:
      return false;
  }
}

constexpr size_t kOperatorMax = 64;

bool IsOperatorCharacter(char c) {
  return std::string_view("~!@#^&|`?+-*/%<>=").find(c) != std::string_view::npos;
}

arrow::Status CheckOperators(std::string_view sql, const std::vector<SqlToken>& tokens) {
  size_t length = 0;
  size_t end = 0;
  for (const SqlToken& token : tokens) {
    const bool continues = token.begin == end && length > 0;
    const bool is_operator =
        token.kind == TokenKind::kSymbol && IsOperatorCharacter(sql[token.begin]);
    length = is_operator ? (continues ? length : 0) + 1 : 0;
    end = token.end;
    if (length > kOperatorMax) {
      return arrow::Status::Invalid("an operator of more than ", kOperatorMax,
                                    " characters: ", sql.substr(token.end - length, 16), "…");
    }
  }
  return arrow::Status::OK();
}

// The index behind the block comment that begins at `at`; npos where it is not closed. `nested`: another one lies within.
size_t BlockCommentEnd(std::string_view text, size_t at, bool* nested) {
  int depth = 0;
  *nested = false;
  while (at + 1 < text.size()) {
    if (text[at] == '/' && text[at + 1] == '*') {
      *nested = ++depth > 1 || *nested;
      at += 2;
    } else if (text[at] == '*' && text[at + 1] == '/') {
      at += 2;
      if (--depth == 0) return at;
    } else {
      ++at;
    }
  }
  return std::string_view::npos;
}

// Blanks the nested comments of text[begin, end), which holds comments and white space alone.
arrow::Status BlankNestedComments(size_t begin, size_t end, std::string* text) {
  for (size_t at = begin; at + 1 < end;) {
    if (text->compare(at, 2, "--") == 0) {
      at = std::min(text->find_first_of("\r\n", at), end);
      continue;
    }
    if (text->compare(at, 2, "/*") != 0) {
      ++at;
      continue;
    }
    bool nested = false;
    const size_t length = BlockCommentEnd(std::string_view(*text).substr(at, end - at), 0, &nested);
    if (length == std::string_view::npos) {
      if (nested) return arrow::Status::Invalid("a comment within a comment is not closed");
      return arrow::Status::OK();
    }
    for (size_t i = at; nested && i < at + length; ++i) {
      if ((*text)[i] != '\n' && (*text)[i] != '\r') (*text)[i] = ' ';
    }
    at += length;
  }
  return arrow::Status::OK();
}

arrow::Result<std::string> WithoutNestedComments(std::string_view sql,
                                                 const std::vector<SqlToken>& tokens) {
  std::string text(sql);
  size_t end = 0;
  for (const SqlToken& token : tokens) {
    ARROW_RETURN_NOT_OK(BlankNestedComments(end, token.begin, &text));
    end = token.end;
  }
  ARROW_RETURN_NOT_OK(BlankNestedComments(end, text.size(), &text));
  return text;
}

class AsOfRewriter {
 public:
  // `tokens` are those of `sql`, which stays alive.
  AsOfRewriter(std::string_view sql, std::vector<SqlToken> tokens)
      : sql_(sql), tokens_(std::move(tokens)) {}

  arrow::Result<std::string> Run() {
    bool statement_start = true;
    for (size_t i = 0; i < tokens_.size(); ++i) {
      if (statement_start) {
        RewriteShowIn(i);
        RewriteDescribe(i);
      }
      statement_start = Symbol(i, ';');
      if (!Word(i, "AS") || !Word(i + 1, "OF")) continue;
      ARROW_ASSIGN_OR_RAISE(auto clause, MatchClause(i + 2));
      if (!clause) continue;
      const size_t end = AliasEnd(clause->end);
      Keep(tokens_[i].begin);
      if (end > clause->end) {
        out_ += sql_.substr(tokens_[clause->end].begin,
                            tokens_[end - 1].end - tokens_[clause->end].begin);
        out_ += ' ';
      }
      out_ += "AT (" + clause->unit + " => " + clause->value + ")";
      copied_ = tokens_[end - 1].end;
      i = end - 1;
    }
    Keep(sql_.size());
    return std::move(out_);
  }

 private:
  struct Clause {
    std::string unit;
    std::string value;
    size_t end;  // index behind the last token
  };

  bool Has(size_t i) const { return i < tokens_.size(); }
  bool Word(size_t i, std::string_view upper) const {
    return Has(i) && IsSqlWord(sql_, tokens_[i], upper);
  }
  bool Symbol(size_t i, char c) const { return Has(i) && IsSqlSymbol(sql_, tokens_[i], c); }
  bool Is(size_t i, TokenKind kind) const { return Has(i) && tokens_[i].kind == kind; }
  std::string_view Text(size_t i) const {
    return sql_.substr(tokens_[i].begin, tokens_[i].end - tokens_[i].begin);
  }

  void Keep(size_t until) {
    out_ += sql_.substr(copied_, until - copied_);
    copied_ = until;
  }

  void RewriteShowIn(size_t i) {
    if (!Word(i, "SHOW")) return;
    size_t at = i + 1;
    if (Word(at, "ALL")) ++at;
    if (!Word(at, "TABLES") && !Word(at, "SCHEMAS")) return;
    if (!Word(at + 1, "IN")) return;
    Keep(tokens_[at + 1].begin);
    out_ += "FROM";
    copied_ = tokens_[at + 1].end;
  }

  // DESCRIBE takes a name or a query, and only in a query may a name have a clause.
  void RewriteDescribe(size_t i) {
    if (!Word(i, "DESCRIBE") && !Word(i, "DESC") && !Word(i, "SUMMARIZE")) return;
    const size_t name = Word(i + 1, "TABLE") ? i + 2 : i + 1;
    size_t at = name;
    while (Is(at, TokenKind::kWord) || Is(at, TokenKind::kQuotedName)) {
      ++at;
      if (!Symbol(at, '.')) break;
      ++at;
    }
    if (at == name || !Word(at, "AS") || !Word(at + 1, "OF")) return;
    Keep(tokens_[i].end);
    out_ += " FROM ";
    copied_ = tokens_[name].begin;
  }

  // The clause whose value begins at token `i` (behind AS OF); nullopt when this AS OF is none of ours.
  arrow::Result<std::optional<Clause>> MatchClause(size_t i) const {
    if (Is(i, TokenKind::kString)) return Clause{"VERSION", std::string(Text(i)), i + 1};
    const bool timestamp = Word(i, "TIMESTAMP");
    if (!timestamp && !Word(i, "SNAPSHOT")) {
      if (Is(i, TokenKind::kParameter)) return Clause{"VERSION", std::string(Text(i)), i + 1};
      return std::nullopt;
    }
    const std::string unit = timestamp ? "TIMESTAMP" : "VERSION";
    const size_t at = i + 1;
    if (Is(at, timestamp ? TokenKind::kString : TokenKind::kNumber) ||
        Is(at, TokenKind::kParameter)) {
      return Clause{unit, std::string(Text(at)), at + 1};
    }
    if (const size_t end = BalancedEnd(at); end > at) {
      return Clause{
          unit,
          std::string(sql_.substr(tokens_[at].begin, tokens_[end - 1].end - tokens_[at].begin)),
          end};
    }
    return arrow::Status::Invalid(
        timestamp
            ? "AS OF TIMESTAMP takes a time in quotes, a parameter or an expression in parentheses"
            : "AS OF SNAPSHOT takes a snapshot id, a parameter or an expression in parentheses",
        Has(at) ? ", found: " + std::string(Text(at)) : ", found the end of the text");
  }

  // The index behind the parenthesis that closes the one at `i`; `i` when there is none.
  size_t BalancedEnd(size_t i) const {
    if (!Symbol(i, '(')) return i;
    int depth = 0;
    for (size_t at = i; at < tokens_.size(); ++at) {
      if (Symbol(at, '(')) ++depth;
      if (Symbol(at, ')') && --depth == 0) return at + 1;
    }
    return i;
  }

  // The index behind the alias (with its column names) that begins at token `i`; `i` when there is none.
  size_t AliasEnd(size_t i) const {
    size_t at = i;
    if (Word(at, "AS") && !Word(at + 1, "OF") && Has(at + 1)) {
      at += 2;
    } else if (Is(at, TokenKind::kQuotedName) ||
               (Is(at, TokenKind::kWord) && IsAliasWord(Text(at)))) {
      at += 1;
    } else {
      return i;
    }
    return BalancedEnd(at);
  }

  std::string_view sql_;
  std::vector<SqlToken> tokens_;
  std::string out_;
  size_t copied_ = 0;
};

}  // namespace

arrow::Result<std::string> RewriteAsOf(std::string_view sql) {
  std::vector<SqlToken> tokens = LexSql(sql);
  ARROW_RETURN_NOT_OK(CheckOperators(sql, tokens));
  ARROW_ASSIGN_OR_RAISE(const std::string text, WithoutNestedComments(sql, tokens));
  return AsOfRewriter(text, std::move(tokens)).Run();
}

}  // namespace artemis
