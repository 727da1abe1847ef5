// What one DuckDB transaction has seen of our catalog: every table is loaded once, so all its uses agree. Only for sql/.
#pragma once

#include <map>
#include <memory>
#include <mutex>
#include <optional>
#include <string>
#include <tuple>
#include <vector>

#include <duckdb/transaction/transaction.hpp>
#include <duckdb/transaction/transaction_manager.hpp>

#include "artemis/sql/sql_table.h"
#include "artemis/sql/staged_changes.h"
#include "artemis/write/table_writer.h"

namespace artemis {

// Thread-safe. Failures are thrown into DuckDB.
class SqlTransaction : public duckdb::Transaction {
 public:
  SqlTransaction(duckdb::TransactionManager& owner, duckdb::ClientContext& client,
                 std::shared_ptr<SessionState> state);

  static SqlTransaction& Get(duckdb::ClientContext& context, duckdb::Catalog& catalog);

  // The session the transaction is of.
  const std::shared_ptr<SessionState>& session() const { return state_; }

  // The namespaces when first asked.
  const std::vector<std::string>& Namespaces();
  // The tables of a namespace when first asked.
  const std::vector<TableName>& Tables(const std::string& namespace_name);

  // The table of this name, without regard to case where that is unambiguous; nullopt when there is none.
  std::optional<TableName> FindTable(const std::string& namespace_name, const std::string& name);

  // The table as it stood when first used.
  const LoadedTable& Loaded(const TableName& table);
  // The tables and snapshots in use so far.
  std::vector<std::pair<TableName, PinnedSnapshot>> Pins();

  // The table pinned to `target`: one entry per table, snapshot, schema and creation, alive until the transaction ends.
  SqlTable& Pin(SqlSchema& schema, const TableName& table, const ReplayTarget& target,
                ProjectionMode mode);

  // Throws where the session may not change tables at all, or sees them as they were (artemis.as_of).
  void RequireWritable() const;
  // The table as this transaction has changed it so far; it is to be changed. One table each transaction.
  LoadedTable StagedState(const TableName& table);
  // Row ids from this one on are of rows that this transaction adds: StagedState has them, the commit gives others (specification, "Row
  // Lineage").
  int64_t FirstUnsettledRowId(const TableName& table);
  // Rows enter in files, rows leave by file and position; `reads`: what was looked for to choose them (StagedTable::NoteRead).
  void Stage(const TableName& table, std::vector<DataFile> files,
             const std::map<std::string, std::vector<int64_t>>& deleted,
             const std::vector<BoundPredicate>& reads);
  // All rows leave, those that this transaction added among them.
  void RemoveAllRows(const TableName& table);
  void ChangeMetadata(const TableName& table, MetadataChange change);
  // Makes a table that nobody else sees before the commit.
  void Create(const TableName& table, TableMetadata metadata);
  // What writes rows of a state of a table to files, with the buffers that the session may have.
  arrow::Result<std::unique_ptr<TableWriter>> MakeWriter(
      std::shared_ptr<const TableMetadata> metadata) const;
  // Namespaces and tables are asked for anew: the catalog was changed.
  void Forget();

  // What was staged becomes visible, or nothing of it.
  arrow::Status Commit();

 private:
  using EntryKey = std::tuple<TableName, std::optional<SnapshotId>, SchemaId>;

  const LoadedTable& Load(const TableName& table);
  StagedTable& StagedOf(const TableName& table);
  // Shows what is staged to the statements that follow.
  void ShowStaged(StagedTable& staged);

  const std::shared_ptr<SessionState> state_;
  std::recursive_mutex mutex_;
  std::optional<std::vector<std::string>> namespaces_;
  std::map<std::string, std::vector<TableName>> tables_;
  std::map<TableName, LoadedTable> loaded_;
  std::map<EntryKey, std::unique_ptr<SqlTable>> entries_;
  StagedChanges changes_;
  // Whether loaded_ has what is staged.
  bool is_shown_ = true;
};

class SqlTransactionManager : public duckdb::TransactionManager {
 public:
  SqlTransactionManager(duckdb::AttachedDatabase& database, std::shared_ptr<SessionState> state)
      : TransactionManager(database), state_(std::move(state)) {}

  duckdb::Transaction& StartTransaction(duckdb::ClientContext& context) override;
  duckdb::ErrorData CommitTransaction(duckdb::ClientContext& context,
                                      duckdb::Transaction& transaction) override;
  void RollbackTransaction(duckdb::Transaction& transaction) override;
  void Checkpoint(duckdb::ClientContext&, bool) override {}

 private:
  void End(duckdb::Transaction& transaction);

  const std::shared_ptr<SessionState> state_;
  std::mutex mutex_;
  std::map<duckdb::Transaction*, std::unique_ptr<SqlTransaction>> transactions_;
};

}  // namespace artemis
