// What a prompt asks of a session between its statements: names to complete, what to show in the prompt, and where the last text
// failed.
#pragma once

#include <cstddef>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include <arrow/status.h>

namespace artemis {

class SessionCore;
class SqlSession;

// A table or view of DuckDB's own: in memory, temporary or of an attached database.
struct LocalTable {
  std::string database;
  std::string schema;
  std::string name;
  bool is_view = false;
  std::vector<std::string> columns;

  bool operator==(const LocalTable&) const = default;
};

// The database and schema that USE has set; "memory" and "main" at first.
struct DefaultSchema {
  std::string database;
  std::string schema;

  bool operator==(const DefaultSchema&) const = default;
};

// On the session's thread, while none of its statements runs. None of its calls is a statement: nothing is logged, and an open
// transaction stays as it is. Where DuckDB fails (a transaction that was aborted), lists are empty.
class SessionInspector {
 public:
  // Keeps the session's inside alive.
  explicit SessionInspector(const SqlSession& session);

  // The tables of every database but `artemis`, whose tables the catalog lists without loading them.
  std::vector<LocalTable> LocalTables() const;
  // Functions and macros by name, without operators; sorted. Those on tables (artemis.snapshots, …) are not among them.
  std::vector<std::string> Functions() const;
  // What FROM takes: range, read_parquet, …; sorted.
  std::vector<std::string> TableFunctions() const;
  // Names that SET takes; sorted.
  std::vector<std::string> Settings() const;

  DefaultSchema Default() const;
  // A setting's value as text; nullopt where there is none of the name, or it is not set.
  std::optional<std::string> Setting(const std::string& name) const;
  // Between BEGIN and COMMIT or ROLLBACK.
  bool InTransaction() const;

  // Parses a text of statements and runs nothing. Fails as SqlSession::Execute does.
  arrow::Status CheckSyntax(std::string_view sql) const;
  // Where in the text that was executed or checked last its failure lies, in bytes; nullopt where that is not known.
  std::optional<size_t> FailedAt() const;

 private:
  const std::shared_ptr<SessionCore> core_;
};

// Functions on tables, which stand in every namespace: artemis.snapshots('sda.obs').
const std::vector<std::string>& CatalogFunctionNames();

// The byte of `sql` that DuckDB's excerpt of it ("LINE 2: … FROM t\n        ^") marks; nullopt where the excerpt does not fit.
std::optional<size_t> MarkedOffset(std::string_view sql, std::string_view excerpt);

// The byte of `original` that is byte `offset` of what RewriteAsOf made of it: the place of the same token, by its number among
// those that are spelled alike. nullopt where the rewriting has added or taken such tokens.
std::optional<size_t> OriginalOffset(std::string_view original, std::string_view rewritten,
                                     size_t offset);

}  // namespace artemis
