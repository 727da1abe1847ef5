// Lists and statements.
#include "artemis/shell/tables.h"

#include <algorithm>

#include "artemis/base/near_match.h"
#include "artemis/shell/completion.h"

namespace artemis {

namespace {

// A star stands for any text, as short as it may be; texts behind it are looked for from the left.
bool FitsStars(std::string_view text, std::string_view pattern) {
  size_t at = 0;
  size_t star = std::string_view::npos;
  size_t resume = 0;
  size_t k = 0;
  while (at < text.size()) {
    if (k < pattern.size() && pattern[k] == '*') {
      star = k++;
      resume = at;
    } else if (k < pattern.size() && pattern[k] == text[at]) {
      ++k;
      ++at;
    } else if (star != std::string_view::npos) {
      k = star + 1;
      at = ++resume;
    } else {
      return false;
    }
  }
  return pattern.find_first_not_of('*', k) == std::string_view::npos;
}

std::string ColumnsText(const std::vector<DescribedColumn>& columns) {
  std::string text;
  for (size_t i = 0; i < columns.size(); ++i) {
    text += std::string(i == 0 ? "\n" : ",\n") + "  " + QuotedSqlName(columns[i].name) + " " +
            columns[i].type + (columns[i].required ? " NOT NULL" : "");
  }
  return text;
}

std::string QuotedSqlText(const std::string& text) {
  std::string quoted = "'";
  for (const char c : text) quoted += c == '\'' ? std::string("''") : std::string(1, c);
  return quoted + "'";
}

}  // namespace

bool FitsTablePattern(std::string_view name, std::string_view pattern) {
  const std::string lower = AsciiLower(name);
  std::string wanted = AsciiLower(pattern);
  if (wanted.starts_with("artemis.")) wanted.erase(0, 8);
  if (wanted.find('*') != std::string::npos) return FitsStars(lower, wanted);
  return lower.find(wanted) != std::string::npos;
}

arrow::Result<std::vector<std::string>> TableNames(Catalog& catalog,
                                                   const std::vector<LocalTable>& locals,
                                                   std::string_view pattern) {
  ARROW_ASSIGN_OR_RAISE(const auto spaces, catalog.ListNamespaces());
  std::optional<std::string> space;
  for (const auto& each : spaces) {
    if (AsciiLower(each) == AsciiLower(pattern)) space = each;
  }
  ARROW_ASSIGN_OR_RAISE(const auto tables, catalog.ListTables(space));
  std::vector<std::string> names;
  for (const auto& table : tables) {
    const std::string name = table.ToString();
    if (space || FitsTablePattern(name, pattern)) names.push_back(name);
  }
  std::vector<std::string> own;
  for (const auto& local : locals) {
    if (!space && FitsTablePattern(local.name, pattern)) own.push_back(local.name);
  }
  std::sort(own.begin(), own.end());
  names.insert(names.end(), own.begin(), own.end());
  return names;
}

std::string CreateTableText(const std::string& table, const std::vector<DescribedColumn>& columns,
                            const std::string& partitioning, const std::string& sorting) {
  if (sorting.empty() && partitioning.find(" as ") == std::string::npos) {
    const std::string parts = partitioning.empty() ? "" : " PARTITIONED BY (" + partitioning + ")";
    return "CREATE TABLE " + table + " (" + ColumnsText(columns) + "\n)" + parts + ";\n";
  }
  std::string text = "CALL artemis.create_table(" + QuotedSqlText(table) +
                     ",\n  columns := " + QuotedSqlText(ColumnsText(columns) + "\n  ");
  if (!partitioning.empty()) text += ",\n  partition := " + QuotedSqlText(partitioning);
  if (!sorting.empty()) text += ",\n  sort_order := " + QuotedSqlText(sorting);
  return text + ");\n";
}

}  // namespace artemis
