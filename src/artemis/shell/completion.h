// What Tab completes at the prompt of artemis-sql, worked out from the text alone and the names that a source knows.
//
//   SEL                       keywords, in the letters' case that was typed
//   FROM artemis.sda.ob       namespaces, tables, functions on tables; unqualified names after USE; temporary tables, CTEs
//   WHERE temp                columns of the tables that the statement names, before and behind the cursor
//   o.temp                    those of the table with that alias
//   SET artem                 settings
//   snapshots('sda.ob         tables by text, in functions on tables
//   read_parquet('da          files
//   .mode cs                  dot commands and their arguments
#pragma once

#include <cstddef>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "artemis/sql/session_inspector.h"

namespace artemis {

// Names to complete from; asked only for those that the place calls for. One thread at a time.
class CompletionNames {
 public:
  virtual ~CompletionNames() = default;

  // Of the catalog; sorted without regard to case (AsciiLower).
  virtual const std::vector<std::string>& Namespaces() = 0;
  virtual const std::vector<std::string>& Tables(const std::string& namespace_name) = 0;
  // Of a table of the catalog; empty where there is none.
  virtual std::vector<std::string> Columns(const std::string& namespace_name,
                                           const std::string& table) = 0;
  virtual const std::vector<LocalTable>& LocalTables() = 0;
  virtual DefaultSchema Default() = 0;
  virtual const std::vector<std::string>& Functions() = 0;
  virtual const std::vector<std::string>& TableFunctions() = 0;
  virtual const std::vector<std::string>& Settings() = 0;
  // Paths that begin with `prefix`; folders end in '/'.
  virtual std::vector<std::string> Files(const std::string& prefix) = 0;
};

struct Completion {
  // The bytes before the cursor, from `begin` on, that a candidate takes the place of.
  size_t begin = 0;
  // Whole replacements, quoted where they must be; sorted, each once.
  std::vector<std::string> candidates;
  // What the candidates have in common, without regard to case; not shorter than what was typed.
  std::string common;
  // Whether a lone candidate is a whole word, to be followed by a blank.
  bool ends_word = false;

  bool operator==(const Completion&) const = default;
};

// `all`: also what is less likely, such as functions where columns fit: for whoever presses Tab again.
Completion CompleteSql(std::string_view text, size_t cursor, CompletionNames& names,
                       bool all = false);

// A name as it is written in SQL: in double quotes where it has to be.
std::string QuotedSqlName(std::string_view name);

}  // namespace artemis
