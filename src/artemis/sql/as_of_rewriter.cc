// Finds the clauses in the token list and writes the text anew around them.
#include "artemis/sql/as_of_rewriter.h"

#include <optional>
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

class AsOfRewriter {
 public:
  explicit AsOfRewriter(std::string_view sql) : sql_(sql), tokens_(LexSql(sql)) {}

  arrow::Result<std::string> Run() {
    bool statement_start = true;
    for (size_t i = 0; i < tokens_.size(); ++i) {
      if (statement_start) RewriteShowIn(i);
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

arrow::Result<std::string> RewriteAsOf(std::string_view sql) { return AsOfRewriter(sql).Run(); }

}  // namespace artemis
