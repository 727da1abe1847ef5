// Statements about tables as a whole.
#include "artemis/sql/sql_ddl.h"

#include <utility>

#include <duckdb/main/client_context.hpp>
#include <duckdb/parser/parsed_data/alter_table_info.hpp>

#include "artemis/base/error.h"
#include "artemis/sql/error_wall.h"
#include "artemis/sql/new_tables.h"
#include "artemis/sql/sql_transaction.h"
#include "artemis/sql/table_alterations.h"

namespace artemis {
namespace {

void Check(SqlTransaction& transaction, const arrow::Status& status) {
  if (!status.ok()) ThrowStatus(*transaction.session(), status);
}

// What is not part of a transaction must not look as if it were.
void RequireAlone(duckdb::ClientContext& context, SqlTransaction& transaction,
                  const std::string& what) {
  transaction.RequireWritable();
  if (context.transaction.IsAutoCommit()) return;
  Check(transaction,
        arrow::Status::Invalid(what,
                               " takes effect at once and cannot be rolled back: run it "
                               "outside BEGIN … COMMIT"));
}

std::optional<TableName> FindOrMiss(SqlTransaction& transaction, const SqlSchema& schema,
                                    const std::string& name, duckdb::OnEntryNotFound if_not_found) {
  auto table = transaction.FindTable(schema.name, name);
  if (!table && if_not_found == duckdb::OnEntryNotFound::THROW_EXCEPTION) {
    Check(transaction, NoSuchTableError(schema.name + "." + name));
  }
  return table;
}

}  // namespace

void CreateSqlSchema(duckdb::ClientContext& context, duckdb::Catalog& catalog,
                     const duckdb::CreateSchemaInfo& info) {
  auto& transaction = SqlTransaction::Get(context, catalog);
  RequireAlone(context, transaction, "CREATE SCHEMA");
  const arrow::Status status = transaction.session()->catalog().CreateNamespace(info.schema);
  transaction.Forget();
  const bool may_exist = info.on_conflict == duckdb::OnCreateConflict::IGNORE_ON_CONFLICT;
  if (!(status.IsAlreadyExists() && may_exist)) Check(transaction, status);
}

void DropSqlSchema(duckdb::ClientContext& context, duckdb::Catalog& catalog,
                   const duckdb::DropInfo& info) {
  auto& transaction = SqlTransaction::Get(context, catalog);
  RequireAlone(context, transaction, "DROP SCHEMA");
  if (info.cascade) {
    Check(transaction,
          arrow::Status::NotImplemented("DROP SCHEMA … CASCADE is refused: drop the tables first"));
  }
  const arrow::Status status = transaction.session()->catalog().DropNamespace(info.name);
  transaction.Forget();
  const bool may_miss = info.if_not_found == duckdb::OnEntryNotFound::RETURN_NULL;
  if (!(FindDetail<NoSuchTable>(status) != nullptr && may_miss)) Check(transaction, status);
}

duckdb::optional_ptr<duckdb::CatalogEntry> CreateSqlTable(duckdb::ClientContext& context,
                                                          SqlSchema& schema,
                                                          const duckdb::CreateTableInfo& info) {
  auto& transaction = SqlTransaction::Get(context, schema.catalog);
  transaction.RequireWritable();
  if (info.on_conflict == duckdb::OnCreateConflict::REPLACE_ON_CONFLICT) {
    Check(transaction, arrow::Status::NotImplemented(
                           "CREATE OR REPLACE TABLE is refused: the table's history would end "
                           "there; DELETE its rows, or DROP it first"));
  }
  const bool if_not_exists = info.on_conflict == duckdb::OnCreateConflict::IGNORE_ON_CONFLICT;
  return CreateNewTable(context, schema, info.table, if_not_exists,
                        [&info] { return NewTableOf(info); });
}

duckdb::optional_ptr<duckdb::CatalogEntry> CreateNewTable(
    duckdb::ClientContext& context, SqlSchema& schema, const std::string& name, bool if_not_exists,
    const std::function<arrow::Result<NewTable>()>& describe) {
  auto& transaction = SqlTransaction::Get(context, schema.catalog);
  transaction.RequireWritable();
  if (transaction.FindTable(schema.name, name)) {
    if (if_not_exists) return nullptr;
    Check(transaction,
          arrow::Status::AlreadyExists("there is a table ", schema.name, ".", name, " already"));
  }
  auto& session = *transaction.session();
  const TableName full_name{SplitNamespace(schema.name), name};
  Check(transaction, CheckTableName(full_name));
  NewTable table = UnwrapOrThrow(session, describe());
  table.location = session.catalog().DefaultLocation(full_name);
  transaction.Create(
      full_name, UnwrapOrThrow(session, MakeTableMetadata(table, session.catalog().clock().Now())));
  return &transaction.Pin(schema, full_name, ReplayTarget(), ProjectionMode::kSnapshotTime);
}

void DropSqlTable(duckdb::ClientContext& context, SqlSchema& schema, const duckdb::DropInfo& info) {
  auto& transaction = SqlTransaction::Get(context, schema.catalog);
  if (info.type != duckdb::CatalogType::TABLE_ENTRY) {
    Check(transaction, arrow::Status::NotImplemented(
                           "DROP ", duckdb::CatalogTypeToString(info.type), " is refused"));
  }
  RequireAlone(context, transaction, "DROP TABLE");
  const auto table = FindOrMiss(transaction, schema, info.name, info.if_not_found);
  if (!table) return;
  const arrow::Status status = transaction.session()->catalog().Drop(*table);
  transaction.Forget();
  Check(transaction, status);
}

void AlterSqlTable(duckdb::ClientContext& context, SqlSchema& schema,
                   const duckdb::AlterInfo& info) {
  auto& transaction = SqlTransaction::Get(context, schema.catalog);
  const auto table = FindOrMiss(transaction, schema, info.name, info.if_not_found);
  if (!table) return;
  const auto* rename = dynamic_cast<const duckdb::RenameTableInfo*>(&info);
  if (rename == nullptr) {
    transaction.ChangeMetadata(*table, UnwrapOrThrow(*transaction.session(), AlterationOf(info)));
    return;
  }
  RequireAlone(context, transaction, "RENAME TABLE");
  const TableName to{table->namespace_parts, rename->new_table_name};
  Check(transaction, CheckTableName(to));
  const arrow::Status status = transaction.session()->catalog().Rename(*table, to);
  transaction.Forget();
  Check(transaction, status);
}

}  // namespace artemis
