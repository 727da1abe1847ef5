// One table at a time.
#include "artemis/sql/staged_changes.h"

#include <utility>

#include "artemis/base/error.h"

namespace artemis {

CommitOptions StagedChanges::Options() const {
  CommitOptions options;
  options.author = principal_;
  options.events = events_;
  return options;
}

arrow::Status StagedChanges::CheckAlone(const TableName& table) const {
  if (!table_ || table_->name() == table) return arrow::Status::OK();
  return arrow::Status::Invalid("this transaction changes ", table_->name().ToString(),
                                " and cannot change ", table.ToString(),
                                " too: a transaction changes one table; COMMIT first");
}

StagedTable* StagedChanges::Find(const TableName& table) const {
  return table_ && table_->name() == table ? table_.get() : nullptr;
}

arrow::Result<StagedTable*> StagedChanges::Stage(const LoadedTable& base) {
  ARROW_RETURN_NOT_OK(CheckAlone(base.name));
  if (!table_) table_ = std::make_unique<StagedTable>(catalog_, base, Options());
  return table_.get();
}

arrow::Result<StagedTable*> StagedChanges::Create(const TableName& table, TableMetadata metadata) {
  ARROW_RETURN_NOT_OK(CheckAlone(table));
  table_ = StagedTable::OfNewTable(catalog_, table, std::move(metadata), Options());
  return table_.get();
}

const TableName* StagedChanges::NewTable() const {
  return table_ && table_->is_new() ? &table_->name() : nullptr;
}

arrow::Status StagedChanges::Commit() {
  if (!table_) return arrow::Status::OK();
  const auto table = std::exchange(table_, nullptr);
  const arrow::Status status = table->Commit().status();
  if (FindDetail<CommitConflict>(status) == nullptr) return status;
  return WithContext(status, "another writer came first; run the transaction again");
}

}  // namespace artemis
