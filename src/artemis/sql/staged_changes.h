// What one DuckDB transaction changes in our catalog: at most one table, staged until the transaction commits. Only for sql/.
#pragma once

#include <functional>
#include <memory>
#include <string>

#include <arrow/status.h>

#include "artemis/rewrite/staged_table.h"

namespace artemis {

// Not thread-safe: the transaction's lock guards it. The catalog must outlive it.
class StagedChanges {
 public:
  // Commits are by `principal`, and written to `events` (may be null).
  StagedChanges(Catalog& catalog, std::string principal, EventLog* events)
      : catalog_(catalog), principal_(std::move(principal)), events_(events) {}

  // The table's changes so far; null when it has none.
  StagedTable* Find(const TableName& table) const;
  // The changes of `base`, none at first. Invalid where another table has some.
  arrow::Result<StagedTable*> Stage(const LoadedTable& base);
  // A new table: AlreadyExists is the caller's to find out. Invalid as above.
  arrow::Result<StagedTable*> Create(const TableName& table, TableMetadata metadata);
  // Called with the one table that is to be made, if there is one.
  const TableName* NewTable() const;

  // Commits; a conflict says to run the transaction again. Nothing staged: OK.
  arrow::Status Commit();
  void Discard() { table_.reset(); }

 private:
  arrow::Status CheckAlone(const TableName& table) const;
  CommitOptions Options() const;

  Catalog& catalog_;
  const std::string principal_;
  EventLog* const events_;
  std::unique_ptr<StagedTable> table_;
};

}  // namespace artemis
