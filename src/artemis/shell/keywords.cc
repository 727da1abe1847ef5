// Lists of words.
#include "artemis/shell/keywords.h"

#include <algorithm>

namespace artemis {

namespace {

bool HoldsWord(const std::vector<std::string>& sorted, std::string_view word) {
  return std::binary_search(sorted.begin(), sorted.end(), AsciiUpperCopy(word));
}

}  // namespace

const std::vector<std::string>& SqlKeywords() {
  static const std::vector<std::string> words = {
      "ADD",        "ALL",          "ALTER",       "ANALYZE",   "AND",         "ANTI",
      "ANY",        "AS",           "ASC",         "ASOF",      "AT",          "ATTACH",
      "BEGIN",      "BETWEEN",      "BIGINT",      "BLOB",      "BOOLEAN",     "BY",
      "CALL",       "CASE",         "CAST",        "COLUMN",    "COLUMNS",     "COMMENT",
      "COMMIT",     "COPY",         "CREATE",      "CROSS",     "CUBE",        "CURRENT",
      "DATE",       "DEALLOCATE",   "DECIMAL",     "DEFAULT",   "DELETE",      "DESC",
      "DESCRIBE",   "DETACH",       "DISTINCT",    "DOUBLE",    "DROP",        "ELSE",
      "END",        "EXCEPT",       "EXCLUDE",     "EXECUTE",   "EXISTS",      "EXPLAIN",
      "EXTRACT",    "FALSE",        "FILTER",      "FIRST",     "FLOAT",       "FOLLOWING",
      "FOR",        "FROM",         "FULL",        "GROUP",     "GROUPING",    "HAVING",
      "IF",         "ILIKE",        "IN",          "INNER",     "INSERT",      "INTEGER",
      "INTERSECT",  "INTERVAL",     "INTO",        "IS",        "JOIN",        "LAST",
      "LATERAL",    "LEFT",         "LIKE",        "LIMIT",     "LIST",        "MAP",
      "MATCHED",    "MATERIALIZED", "MERGE",       "NAME",      "NATURAL",     "NOT",
      "NULL",       "NULLS",        "OF",          "OFFSET",    "ON",          "OR",
      "ORDER",      "OUTER",        "OVER",        "PARTITION", "PARTITIONED", "PIVOT",
      "POSITIONAL", "PRAGMA",       "PRECEDING",   "PREPARE",   "QUALIFY",     "RANGE",
      "RECURSIVE",  "RENAME",       "REPLACE",     "RESET",     "RIGHT",       "ROLLBACK",
      "ROLLUP",     "ROWS",         "SAMPLE",      "SCHEMA",    "SCHEMAS",     "SELECT",
      "SEMI",       "SET",          "SETS",        "SHOW",      "SNAPSHOT",    "SORTED",
      "STRUCT",     "SUMMARIZE",    "TABLE",       "TABLES",    "TEMP",        "THEN",
      "TIME",       "TIMESTAMP",    "TIMESTAMPTZ", "TO",        "TRANSACTION", "TRUE",
      "TRY_CAST",   "TYPE",         "UNBOUNDED",   "UNION",     "UNPIVOT",     "UPDATE",
      "USE",        "USING",        "UUID",        "VALUES",    "VARCHAR",     "VERSION",
      "VIEW",       "WHEN",         "WHERE",       "WINDOW",    "WITH"};
  return words;
}

const std::vector<std::string>& SqlStatementWords() {
  static const std::vector<std::string> words = {
      "ALTER",      "ATTACH", "BEGIN",     "CALL",    "COMMENT", "COMMIT",  "COPY",     "CREATE",
      "DEALLOCATE", "DELETE", "DESCRIBE",  "DETACH",  "DROP",    "EXECUTE", "EXPLAIN",  "FROM",
      "INSERT",     "MERGE",  "PIVOT",     "PRAGMA",  "PREPARE", "RESET",   "ROLLBACK", "SELECT",
      "SET",        "SHOW",   "SUMMARIZE", "UNPIVOT", "UPDATE",  "USE",     "VALUES",   "WITH"};
  return words;
}

const std::vector<std::string>& LowerClauseKeywords() {
  static const std::vector<std::string> words = {
      "alter",    "begin",     "between",  "commit", "copy",  "create", "delete",   "describe",
      "distinct", "drop",      "explain",  "from",   "group", "having", "insert",   "intersect",
      "into",     "join",      "left",     "limit",  "merge", "offset", "order",    "pragma",
      "qualify",  "reset",     "rollback", "select", "set",   "show",   "snapshot", "summarize",
      "table",    "timestamp", "union",    "update", "using", "values", "where",    "with"};
  return words;
}

bool IsSqlKeyword(std::string_view word) { return HoldsWord(SqlKeywords(), word); }

bool IsReservedWord(std::string_view word) {
  static const std::vector<std::string> words = {
      "ALL",     "ANALYZE",    "AND",     "ANTI",     "ANY",        "AS",        "ASC",
      "ASOF",    "CASE",       "CAST",    "CHECK",    "COLLATE",    "COLUMN",    "CONSTRAINT",
      "CREATE",  "CROSS",      "DEFAULT", "DESC",     "DESCRIBE",   "DISTINCT",  "DO",
      "ELSE",    "END",        "EXCEPT",  "FALSE",    "FETCH",      "FOR",       "FOREIGN",
      "FROM",    "FULL",       "GLOB",    "GROUP",    "HAVING",     "ILIKE",     "IN",
      "INNER",   "INTERSECT",  "INTO",    "IS",       "ISNULL",     "JOIN",      "LATERAL",
      "LEFT",    "LIKE",       "LIMIT",   "NATURAL",  "NOT",        "NOTNULL",   "NULL",
      "OFFSET",  "ON",         "ONLY",    "OR",       "ORDER",      "OUTER",     "PIVOT",
      "PLACING", "POSITIONAL", "PRIMARY", "QUALIFY",  "REFERENCES", "RETURNING", "RIGHT",
      "SELECT",  "SEMI",       "SHOW",    "SIMILAR",  "SOME",       "SUMMARIZE", "SYMMETRIC",
      "TABLE",   "THEN",       "TO",      "TRAILING", "TRUE",       "TRY_CAST",  "UNION",
      "UNIQUE",  "UNPIVOT",    "USING",   "VARIADIC", "WHEN",       "WHERE",     "WINDOW",
      "WITH"};
  return HoldsWord(words, word);
}

std::string AsciiUpperCopy(std::string_view text) {
  std::string upper(text);
  for (char& c : upper) {
    if (c >= 'a' && c <= 'z') c = static_cast<char>(c - 'a' + 'A');
  }
  return upper;
}

}  // namespace artemis
