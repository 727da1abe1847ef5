// Loads and pins, once per transaction.
#include "artemis/sql/sql_transaction.h"

#include <algorithm>
#include <utility>

#include "artemis/base/error.h"
#include "artemis/base/near_match.h"
#include "artemis/sql/error_wall.h"
#include "artemis/sql/session_context.h"
#include "artemis/sql/sql_schema.h"

namespace artemis {

SqlTransaction::SqlTransaction(duckdb::TransactionManager& owner, duckdb::ClientContext& client,
                               std::shared_ptr<SessionState> state)
    : Transaction(owner, client), state_(std::move(state)) {}

SqlTransaction& SqlTransaction::Get(duckdb::ClientContext& context, duckdb::Catalog& catalog) {
  return Transaction::Get(context, catalog).Cast<SqlTransaction>();
}

const std::vector<std::string>& SqlTransaction::Namespaces() {
  std::lock_guard lock(mutex_);
  if (!namespaces_) namespaces_ = UnwrapOrThrow(*state_, state_->catalog().ListNamespaces());
  return *namespaces_;
}

const std::vector<TableName>& SqlTransaction::Tables(const std::string& namespace_name) {
  std::lock_guard lock(mutex_);
  auto found = tables_.find(namespace_name);
  if (found == tables_.end()) {
    auto tables = state_->catalog().ListTables(namespace_name);
    if (!tables.ok() && FindDetail<NoSuchTable>(tables.status())) tables = std::vector<TableName>();
    found = tables_.emplace(namespace_name, UnwrapOrThrow(*state_, std::move(tables))).first;
  }
  return found->second;
}

std::optional<TableName> SqlTransaction::FindTable(const std::string& namespace_name,
                                                   const std::string& name) {
  const std::vector<TableName>& tables = Tables(namespace_name);
  const std::string lower = AsciiLower(name);
  const TableName* match = nullptr;
  for (const TableName& table : tables) {
    if (table.name == name) return table;
    if (AsciiLower(table.name) != lower) continue;
    if (match != nullptr) {
      ThrowStatus(*state_, arrow::Status::Invalid("more than one table is called ", name,
                                                  " without regard to case: ", match->ToString(),
                                                  " and ", table.ToString()));
    }
    match = &table;
  }
  return match == nullptr ? std::nullopt : std::optional(*match);
}

const LoadedTable& SqlTransaction::Load(const TableName& table) {
  auto found = loaded_.find(table);
  if (found == loaded_.end()) {
    found = loaded_.emplace(table, UnwrapOrThrow(*state_, state_->catalog().Load(table))).first;
  }
  return found->second;
}

SqlTable& SqlTransaction::Pin(SqlSchema& schema, const TableName& table, const ReplayTarget& target,
                              ProjectionMode mode) {
  std::lock_guard lock(mutex_);
  const LoadedTable& loaded = Load(table);
  PinnedSnapshot pin = UnwrapOrThrow(*state_, Resolve(state_->catalog(), loaded, target, mode));
  const EntryKey key{table, pin.view.snapshot_id, pin.view.schema->id};
  auto& entry = entries_[key];
  if (!entry) {
    auto scan = std::make_shared<TableScan>();
    scan->state = state_;
    scan->table = table;
    scan->columns = ToDuckColumns(*pin.view.schema);
    scan->virtual_columns = UnwrapOrThrow(*state_, VirtualColumnsOf(pin.view));
    scan->source = state_->options().scan_source
                       ? state_->options().scan_source(loaded, pin)
                       : MakeScanSource(state_->catalog(), std::move(pin), state_->caches());
    entry = SqlTable::Make(schema, std::move(scan));
  }
  return *entry;
}

duckdb::Transaction& SqlTransactionManager::StartTransaction(duckdb::ClientContext& context) {
  auto transaction = std::make_unique<SqlTransaction>(*this, context, SessionOf(context, state_));
  std::lock_guard lock(mutex_);
  auto* raw = transaction.get();
  transactions_[raw] = std::move(transaction);
  return *raw;
}

duckdb::ErrorData SqlTransactionManager::CommitTransaction(duckdb::ClientContext&,
                                                           duckdb::Transaction& transaction) {
  End(transaction);
  return {};
}

void SqlTransactionManager::RollbackTransaction(duckdb::Transaction& transaction) {
  End(transaction);
}

void SqlTransactionManager::End(duckdb::Transaction& transaction) {
  std::unique_ptr<SqlTransaction> ended;
  std::lock_guard lock(mutex_);
  const auto found = transactions_.find(&transaction);
  if (found == transactions_.end()) return;
  ended = std::move(found->second);
  transactions_.erase(found);
}

}  // namespace artemis
