// Loads and pins, once per transaction.
#include "artemis/sql/sql_transaction.h"

#include <algorithm>
#include <utility>

#include "artemis/base/error.h"
#include "artemis/base/near_match.h"
#include "artemis/sql/at_clause.h"
#include "artemis/sql/error_wall.h"
#include "artemis/sql/session_context.h"
#include "artemis/sql/sql_schema.h"

namespace artemis {

SqlTransaction::SqlTransaction(duckdb::TransactionManager& owner, duckdb::ClientContext& client,
                               std::shared_ptr<SessionState> state)
    : Transaction(owner, client),
      state_(std::move(state)),
      changes_(state_->catalog(), state_->principal(), state_->options().events) {}

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
  if (StagedTable* staged = is_shown_ ? nullptr : changes_.Find(table)) {
    ShowStaged(*staged);
    is_shown_ = true;
  }
  auto found = loaded_.find(table);
  if (found == loaded_.end()) {
    found = loaded_.emplace(table, UnwrapOrThrow(*state_, state_->catalog().Load(table))).first;
  }
  return found->second;
}

const LoadedTable& SqlTransaction::Loaded(const TableName& table) {
  std::lock_guard lock(mutex_);
  return Load(table);
}

std::vector<std::pair<TableName, PinnedSnapshot>> SqlTransaction::Pins() {
  std::lock_guard lock(mutex_);
  std::vector<std::pair<TableName, PinnedSnapshot>> pins;
  for (const auto& [key, entry] : entries_) pins.emplace_back(std::get<0>(key), entry->pin());
  return pins;
}

SqlTable& SqlTransaction::Pin(SqlSchema& schema, const TableName& table, const ReplayTarget& target,
                              ProjectionMode mode) {
  std::lock_guard lock(mutex_);
  const LoadedTable& loaded = Load(table);
  PinnedSnapshot pin = UnwrapOrThrow(*state_, Resolve(state_->catalog(), loaded, target, mode));
  state_->NotePin({table.ToString(), pin.view.snapshot_id, pin.view.schema->id});
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

void SqlTransaction::RequireWritable() const {
  if (state_->is_read_only()) {
    ThrowStatus(*state_, PermissionDeniedError(state_->read_only_reason()));
  }
  const auto client = context.lock();
  if (!client || std::holds_alternative<std::monostate>(DefaultTargetOf(*client))) return;
  ThrowStatus(*state_,
              arrow::Status::Invalid("the setting artemis.as_of is of another moment, and what was "
                                     "cannot be changed; RESET artemis.as_of goes back to now"));
}

StagedTable& SqlTransaction::StagedOf(const TableName& table) {
  RequireWritable();
  if (StagedTable* staged = changes_.Find(table)) return *staged;
  return *UnwrapOrThrow(*state_, changes_.Stage(Load(table)));
}

void SqlTransaction::ShowStaged(StagedTable& staged) {
  loaded_.insert_or_assign(staged.name(), UnwrapOrThrow(*state_, staged.State()));
}

LoadedTable SqlTransaction::StagedState(const TableName& table) {
  std::lock_guard lock(mutex_);
  return UnwrapOrThrow(*state_, StagedOf(table).State());
}

int64_t SqlTransaction::FirstUnsettledRowId(const TableName& table) {
  std::lock_guard lock(mutex_);
  return StagedOf(table).base().metadata->next_row_id;
}

void SqlTransaction::Stage(const TableName& table, std::vector<DataFile> files,
                           const std::map<std::string, std::vector<int64_t>>& deleted,
                           const std::vector<BoundPredicate>& reads) {
  std::lock_guard lock(mutex_);
  StagedTable& staged = StagedOf(table);
  if (!files.empty()) staged.AddFiles(std::move(files));
  for (const auto& read : reads) staged.NoteRead(read);
  if (!deleted.empty()) {
    const arrow::Status status = staged.DeleteRows(deleted);
    if (!status.ok()) ThrowStatus(*state_, status);
  }
  is_shown_ = false;
}

void SqlTransaction::RemoveAllRows(const TableName& table) {
  std::lock_guard lock(mutex_);
  const arrow::Status status = StagedOf(table).DeleteAllRows();
  if (!status.ok()) ThrowStatus(*state_, status);
  is_shown_ = false;
}

arrow::Result<std::unique_ptr<TableWriter>> SqlTransaction::MakeWriter(
    std::shared_ptr<const TableMetadata> metadata) const {
  TableWriterOptions options;
  options.buffer_bytes = state_->options().write_buffer_bytes;
  options.spill_dir = state_->options().temp_folder;
  return MakeTableWriter(std::move(metadata), state_->catalog().files(), options);
}

void SqlTransaction::ChangeMetadata(const TableName& table, MetadataChange change) {
  std::lock_guard lock(mutex_);
  const arrow::Status status = StagedOf(table).ChangeMetadata(std::move(change));
  if (!status.ok()) ThrowStatus(*state_, status);
  is_shown_ = false;
}

void SqlTransaction::Create(const TableName& table, TableMetadata metadata) {
  std::lock_guard lock(mutex_);
  RequireWritable();
  StagedTable* staged = UnwrapOrThrow(*state_, changes_.Create(table, std::move(metadata)));
  Tables(table.Namespace());
  tables_[table.Namespace()].push_back(table);
  ShowStaged(*staged);
}

void SqlTransaction::Forget() {
  std::lock_guard lock(mutex_);
  namespaces_.reset();
  tables_.clear();
}

arrow::Status SqlTransaction::Commit() {
  std::lock_guard lock(mutex_);
  return changes_.Commit();
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
  auto& ours = transaction.Cast<SqlTransaction>();
  duckdb::ErrorData failure;
  try {
    const arrow::Status status = ours.Commit();
    if (!status.ok()) ThrowStatus(*ours.session(), status);
  } catch (const std::exception& exception) {
    failure = duckdb::ErrorData(exception);
  }
  End(transaction);
  return failure;
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
