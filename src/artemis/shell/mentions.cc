// One pass over the tokens.
#include "artemis/shell/mentions.h"

#include <algorithm>
#include <array>

#include "artemis/shell/keywords.h"

namespace artemis {

namespace {

constexpr std::array<std::string_view, 7> kTableWords = {"FROM",  "JOIN",     "INTO",     "UPDATE",
                                                         "TABLE", "DESCRIBE", "SUMMARIZE"};

class MentionReader {
 public:
  explicit MentionReader(std::string_view sql) : sql_(sql), tokens_(LexSql(sql)) {}

  std::vector<MentionedTable> Run() {
    while (at_ < tokens_.size()) {
      const bool begins = std::any_of(kTableWords.begin(), kTableWords.end(),
                                      [&](std::string_view word) { return IsWord(word); });
      ++at_;
      if (begins) ReadList();
    }
    return std::move(tables_);
  }

 private:
  bool IsWord(std::string_view word) const {
    return at_ < tokens_.size() && IsSqlWord(sql_, tokens_[at_], word);
  }
  bool IsMark(char mark) const {
    return at_ < tokens_.size() && IsSqlSymbol(sql_, tokens_[at_], mark);
  }
  // A name that is no keyword in a place of names.
  bool IsFreeName() const {
    if (at_ >= tokens_.size() || !IsName(tokens_[at_])) return false;
    if (tokens_[at_].kind == SqlToken::Kind::kQuotedName) return true;
    return !IsSqlKeyword(NameOf(sql_, tokens_[at_]));
  }

  void ReadList() {
    while (ReadTable() && IsMark(',')) ++at_;
  }

  bool ReadTable() {
    if (!IsFreeName()) return false;
    MentionedTable table;
    table.path.push_back(NameOf(sql_, tokens_[at_++]));
    while (IsMark('.') && at_ + 1 < tokens_.size() && IsName(tokens_[at_ + 1])) {
      table.path.push_back(NameOf(sql_, tokens_[at_ + 1]));
      at_ += 2;
    }
    if (IsMark('(')) return false;
    ReadAlias(&table);
    SkipTime();
    ReadAlias(&table);
    tables_.push_back(std::move(table));
    return true;
  }

  void ReadAlias(MentionedTable* table) {
    if (IsWord("AS") && at_ + 1 < tokens_.size() && IsName(tokens_[at_ + 1]) &&
        !IsSqlWord(sql_, tokens_[at_ + 1], "OF")) {
      ++at_;
      table->alias = NameOf(sql_, tokens_[at_++]);
    } else if (IsFreeName()) {
      table->alias = NameOf(sql_, tokens_[at_++]);
    }
  }

  // AS OF TIMESTAMP '…', AS OF SNAPSHOT 4, AS OF 'ref'
  void SkipTime() {
    if (!IsWord("AS") || at_ + 1 >= tokens_.size() || !IsSqlWord(sql_, tokens_[at_ + 1], "OF"))
      return;
    at_ += 2;
    if (IsWord("TIMESTAMP") || IsWord("SNAPSHOT")) ++at_;
    if (at_ < tokens_.size()) ++at_;
  }

  const std::string_view sql_;
  const std::vector<SqlToken> tokens_;
  size_t at_ = 0;
  std::vector<MentionedTable> tables_;
};

}  // namespace

std::vector<MentionedTable> MentionedTables(std::string_view sql) {
  return MentionReader(sql).Run();
}

std::vector<std::string> DefinedNames(std::string_view sql) {
  const auto tokens = LexSql(sql);
  std::vector<std::string> names;
  for (size_t i = 0; i + 3 < tokens.size(); ++i) {
    // WITH name AS (…, or a name behind a comma or behind RECURSIVE.
    const bool may_define = IsSqlWord(sql, tokens[i], "WITH") ||
                            IsSqlWord(sql, tokens[i], "RECURSIVE") ||
                            IsSqlSymbol(sql, tokens[i], ',');
    if (!may_define || !IsName(tokens[i + 1]) || !IsSqlWord(sql, tokens[i + 2], "AS")) continue;
    const bool opens =
        IsSqlSymbol(sql, tokens[i + 3], '(') || IsSqlWord(sql, tokens[i + 3], "MATERIALIZED");
    if (opens) names.push_back(NameOf(sql, tokens[i + 1]));
  }
  return names;
}

std::string NameOf(std::string_view sql, const SqlToken& token) {
  const std::string_view text = sql.substr(token.begin, token.end - token.begin);
  if (token.kind != SqlToken::Kind::kQuotedName) return std::string(text);
  std::string name;
  for (size_t i = 1; i < text.size(); ++i) {
    if (text[i] == '"') {
      if (i + 1 >= text.size() || text[i + 1] != '"') break;
      ++i;
    }
    name += text[i];
  }
  return name;
}

bool IsName(const SqlToken& token) {
  return token.kind == SqlToken::Kind::kWord || token.kind == SqlToken::Kind::kQuotedName;
}

}  // namespace artemis
