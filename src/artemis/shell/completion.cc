// Looks at the tokens before the cursor: the name that is being typed, what stands before it, and the string it may stand in.
#include "artemis/shell/completion.h"

#include <algorithm>
#include <array>
#include <functional>

#include "artemis/base/near_match.h"
#include "artemis/shell/dot_completion.h"
#include "artemis/shell/keywords.h"
#include "artemis/shell/mentions.h"
#include "artemis/shell/script.h"

namespace artemis {

namespace {

constexpr std::string_view kCatalogName = "artemis";

bool BeginsWith(std::string_view name, const std::string& lower_prefix) {
  return name.size() >= lower_prefix.size() &&
         AsciiLower(name.substr(0, lower_prefix.size())) == lower_prefix;
}

// Also in one of a line, which the end of the line would end.
bool EndsInComment(std::string_view sql) {
  const std::string probed = std::string(sql) + ";";
  const auto tokens = LexSql(probed);
  return tokens.empty() || tokens.back().end < probed.size();
}

class Completer {
 public:
  Completer(std::string_view text, size_t cursor, CompletionNames& names, bool all)
      : before_(text.substr(0, cursor)), after_(text.substr(cursor)), names_(names), all_(all) {
    tokens_ = LexSql(before_);
    done_.begin = cursor;
  }

  Completion Run() {
    if (EndsInComment(before_)) return Finished();
    if (OpenPartOf(before_) == OpenPart::kString) {
      CompleteString();
      return Finished();
    }
    TakePath();
    CompletePath();
    return Finished();
  }

 private:
  // The name under the cursor and the parts before it: a.b.c| or a.b.|
  void TakePath() {
    const bool touches = !tokens_.empty() && tokens_.back().end == before_.size();
    if (touches && IsName(tokens_.back())) {
      const SqlToken& token = tokens_.back();
      is_quoted_ = token.kind == SqlToken::Kind::kQuotedName;
      prefix_ = AsciiLower(NameOf(before_, token));
      typed_ = before_.substr(token.begin);
      done_.begin = token.begin;
      tokens_.pop_back();
    }
    path_begin_ = done_.begin;
    while (tokens_.size() > 1 && IsSqlSymbol(before_, tokens_.back(), '.') &&
           IsName(tokens_[tokens_.size() - 2]) &&
           tokens_[tokens_.size() - 2].end == tokens_.back().begin) {
      tokens_.pop_back();
      path_.insert(path_.begin(), NameOf(before_, tokens_.back()));
      path_begin_ = tokens_.back().begin;
      tokens_.pop_back();
    }
  }

  // What stands `back` tokens before the name; false where there are not so many.
  bool Follows(std::string_view word, size_t back = 1) const {
    return tokens_.size() >= back && IsSqlWord(before_, tokens_[tokens_.size() - back], word);
  }
  bool FollowsMark(char mark, size_t back = 1) const {
    return tokens_.size() >= back && IsSqlSymbol(before_, tokens_[tokens_.size() - back], mark);
  }
  bool BeginsStatement() const { return tokens_.empty() || FollowsMark(';'); }

  bool WantsTable() const {
    constexpr std::array<std::string_view, 8> words = {"FROM",  "JOIN",     "INTO",      "UPDATE",
                                                       "TABLE", "DESCRIBE", "SUMMARIZE", "USING"};
    for (const auto word : words) {
      if (Follows(word)) return true;
    }
    if (Follows("EXISTS") && Follows("TABLE", 3)) return true;
    return FollowsMark(',') && IsInFrom();
  }

  // Whether the last clause word before a comma was FROM or JOIN, at this depth of parentheses.
  bool IsInFrom() const {
    int depth = 0;
    for (size_t i = tokens_.size(); i-- > 0;) {
      if (IsSqlSymbol(before_, tokens_[i], ')')) ++depth;
      if (IsSqlSymbol(before_, tokens_[i], '(') && depth-- == 0) return false;
      if (depth > 0 || tokens_[i].kind != SqlToken::Kind::kWord) continue;
      if (IsSqlWord(before_, tokens_[i], "FROM") || IsSqlWord(before_, tokens_[i], "JOIN"))
        return true;
      for (const std::string_view word :
           {"SELECT", "WHERE", "GROUP", "ORDER", "SET", "ON", "VALUES"}) {
        if (IsSqlWord(before_, tokens_[i], word)) return false;
      }
    }
    return false;
  }

  void CompletePath() {
    if (Follows("USE") ||
        ((Follows("IN") || Follows("FROM")) && (Follows("TABLES", 2) || Follows("SCHEMAS", 2)))) {
      CompleteSchema();
    } else if (Follows("SET") && IsSetting()) {
      CompleteSetting();
    } else if (Follows("RESET")) {
      CompleteSetting();
    } else if (WantsTable()) {
      CompleteTable();
    } else if (!path_.empty()) {
      CompleteMember();
    } else if (Follows("OF") && Follows("AS", 2)) {
      AddKeywords({"SNAPSHOT", "TIMESTAMP"});
    } else if (BeginsStatement()) {
      AddKeywords(SqlStatementWords());
    } else if (Follows("SHOW")) {
      AddKeywords({"ALL TABLES", "SCHEMAS", "TABLES", "TABLES FROM"});
    } else {
      CompleteExpression();
    }
  }

  // SET at the beginning of a statement, not that of an UPDATE.
  bool IsSetting() const { return tokens_.size() < 2 || FollowsMark(';', 2); }

  void CompleteSetting() {
    // A setting's name has dots of its own.
    std::string prefix = prefix_;
    for (auto part = path_.rbegin(); part != path_.rend(); ++part)
      prefix = AsciiLower(*part) + "." + prefix;
    const size_t begin = done_.begin - (prefix.size() - prefix_.size());
    for (const auto& name : names_.Settings()) {
      if (BeginsWith(name, prefix)) done_.candidates.push_back(name);
    }
    done_.begin = begin;
    typed_ = before_.substr(begin);
    done_.ends_word = true;
  }

  void CompleteSchema() {
    if (path_.empty()) {
      Add(std::string(kCatalogName), ".");
      Add("memory", "");
    } else if (path_.size() == 1 && AsciiLower(path_[0]) == kCatalogName) {
      AddAll(names_.Namespaces());
      done_.ends_word = true;
    }
  }

  void CompleteTable() {
    const DefaultSchema standing = names_.Default();
    if (path_.empty()) {
      for (const auto& name : DefinedNames(before_)) Add(name);
      for (const auto& table : names_.LocalTables()) Add(table.name);
      if (standing.database == kCatalogName) AddAll(names_.Tables(standing.schema));
      if (standing.database == kCatalogName && all_) AddAll(names_.Namespaces(), ".");
      Add(std::string(kCatalogName), ".");
      if (all_ || done_.candidates.empty()) AddAll(names_.TableFunctions(), "(");
      return;
    }
    const std::string first = AsciiLower(path_[0]);
    if (first == kCatalogName && path_.size() == 1) {
      AddAll(names_.Namespaces(), ".");
      AddAll(CatalogFunctionNames(), "(");
    } else if (first == kCatalogName) {
      AddAll(names_.Tables(path_[1]));
    } else if (standing.database == kCatalogName && path_.size() == 1) {
      AddAll(names_.Tables(path_[0]));
    }
    for (const auto& table : names_.LocalTables()) {
      if (table.database == first || table.schema == first) Add(table.name);
    }
    done_.ends_word = true;
  }

  // A column behind an alias or a table's name; else a table's name itself, as in a column's whole name.
  void CompleteMember() {
    const std::string owner = AsciiLower(path_.back());
    for (const auto& table : Mentioned()) {
      const bool is_meant = AsciiLower(table.alias) == owner ||
                            (!table.path.empty() && AsciiLower(table.path.back()) == owner);
      if (is_meant) AddAll(ColumnsOf(table));
    }
    done_.ends_word = true;
  }

  void CompleteExpression() {
    for (const auto& table : Mentioned()) {
      AddAll(ColumnsOf(table));
      if (!table.alias.empty()) Add(table.alias, ".");
    }
    const bool fits = !done_.candidates.empty();
    done_.ends_word = fits;
    if (fits && !all_) return;
    AddKeywords(SqlKeywords());
    if (!prefix_.empty()) AddAll(names_.Functions(), "(");
    done_.ends_word = done_.candidates.size() == 1 && !done_.candidates[0].ends_with('(');
  }

  std::vector<MentionedTable> Mentioned() const {
    // Without what is being typed, which would be taken for an alias.
    std::string whole(before_.substr(0, path_begin_));
    whole += after_.empty() ? "" : " " + std::string(after_);
    // Only of the statement that the cursor is in.
    const auto statements = SplitScript(whole);
    for (auto item = statements.rbegin(); item != statements.rend(); ++item) {
      if (item->offset <= path_begin_) return MentionedTables(item->text);
    }
    return {};
  }

  std::vector<std::string> ColumnsOf(const MentionedTable& table) {
    const auto& path = table.path;
    const DefaultSchema standing = names_.Default();
    for (const auto& local : names_.LocalTables()) {
      if (AsciiLower(local.name) == AsciiLower(path.back()) &&
          (path.size() == 1 || AsciiLower(path[0]) != kCatalogName)) {
        return local.columns;
      }
    }
    if (path.size() == 3 && AsciiLower(path[0]) == kCatalogName)
      return names_.Columns(path[1], path[2]);
    if (standing.database != kCatalogName) return {};
    if (path.size() == 2) return names_.Columns(path[0], path[1]);
    return path.size() == 1 ? names_.Columns(standing.schema, path[0]) : std::vector<std::string>();
  }

  // Within '…': a table's name for our functions, else a file.
  void CompleteString() {
    const SqlToken string = tokens_.back();
    tokens_.pop_back();
    const size_t quote = before_.find('\'', string.begin);
    if (quote == std::string_view::npos) return;
    typed_ = before_.substr(quote + 1);
    prefix_ = AsciiLower(typed_);
    done_.begin = quote + 1;
    if (FollowsMark('(') && tokens_.size() >= 2) {
      const std::string function = AsciiLower(NameOf(before_, tokens_[tokens_.size() - 2]));
      const auto& ours = CatalogFunctionNames();
      if (std::find(ours.begin(), ours.end(), function) != ours.end()) return CompleteTableText();
    }
    if (Follows("OF") || Follows("TIMESTAMP") || FollowsMark('=')) return;
    done_.candidates = names_.Files(std::string(typed_));
  }

  void CompleteTableText() {
    const size_t dot = typed_.rfind('.');
    if (dot == std::string_view::npos) {
      for (const auto& name : names_.Namespaces()) {
        if (BeginsWith(name, prefix_)) done_.candidates.push_back(name + ".");
      }
      return;
    }
    const std::string space(typed_.substr(0, dot));
    for (const auto& table : names_.Tables(space)) {
      const std::string name = space + "." + table;
      if (BeginsWith(name, prefix_)) done_.candidates.push_back(name);
    }
  }

  void Add(const std::string& name, std::string_view behind = "") {
    if (!BeginsWith(name, prefix_)) return;
    std::string text = QuotedSqlName(name);
    if (is_quoted_ && text[0] != '"') text = "\"" + text + "\"";
    done_.candidates.push_back(text + std::string(behind));
  }

  // Names are sorted: those that fit stand together.
  void AddAll(const std::vector<std::string>& names, std::string_view behind = "") {
    for (const auto& name : names) Add(name, behind);
  }

  void AddKeywords(const std::vector<std::string>& words) {
    if (is_quoted_) return;
    const bool is_lower = !typed_.empty() && typed_.back() >= 'a' && typed_.back() <= 'z';
    for (const auto& word : words) {
      if (BeginsWith(word, prefix_)) done_.candidates.push_back(is_lower ? AsciiLower(word) : word);
    }
    done_.ends_word = true;
  }

  Completion Finished() {
    auto& found = done_.candidates;
    std::sort(found.begin(), found.end());
    found.erase(std::unique(found.begin(), found.end()), found.end());
    done_.common = CommonBeginning(found, typed_);
    if (found.size() == 1 &&
        std::string_view("./(").find(found[0].back()) != std::string_view::npos) {
      done_.ends_word = false;
    }
    return std::move(done_);
  }

  const std::string_view before_;
  const std::string_view after_;
  CompletionNames& names_;
  const bool all_;
  std::vector<SqlToken> tokens_;
  std::vector<std::string> path_;
  std::string prefix_;
  std::string_view typed_;
  size_t path_begin_ = 0;
  bool is_quoted_ = false;
  Completion done_;
};

bool IsPlainName(std::string_view name) {
  if (name.empty() || (name[0] >= '0' && name[0] <= '9')) return false;
  return std::all_of(name.begin(), name.end(), [](char c) {
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '_';
  });
}

}  // namespace

Completion CompleteSql(std::string_view text, size_t cursor, CompletionNames& names, bool all) {
  const std::string_view before = text.substr(0, cursor);
  if (IsDotCommand(before)) return CompleteDotCommand(before, names);
  return Completer(text, cursor, names, all).Run();
}

std::string QuotedSqlName(std::string_view name) {
  if (IsPlainName(name) && !IsReservedWord(name)) return std::string(name);
  std::string quoted = "\"";
  for (const char c : name) {
    if (c == '"') quoted += '"';
    quoted += c;
  }
  return quoted + "\"";
}

}  // namespace artemis
