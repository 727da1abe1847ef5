// Finding tables.
#include "artemis/sql/sql_schema.h"

#include <duckdb/catalog/entry_lookup_info.hpp>
#include <duckdb/catalog/similar_catalog_entry.hpp>
#include <duckdb/common/string_util.hpp>
#include <duckdb/planner/parsed_data/bound_create_table_info.hpp>

#include "artemis/base/error.h"
#include "artemis/sql/at_clause.h"
#include "artemis/sql/error_wall.h"
#include "artemis/sql/sql_catalog.h"
#include "artemis/sql/sql_ddl.h"
#include "artemis/sql/sql_transaction.h"

namespace artemis {

void RefuseChange(const std::string& what) {
  throw duckdb::NotImplementedException(
      "%s is refused: the catalog artemis holds tables alone; such things live in memory.main",
      what);
}

void SqlSchema::Scan(duckdb::ClientContext& context, duckdb::CatalogType entry_type,
                     const EntryCallback& callback) {
  if (entry_type != duckdb::CatalogType::TABLE_ENTRY) return;
  auto& transaction = SqlTransaction::Get(context, catalog);
  const std::shared_ptr<SessionState>& state = transaction.session();
  const ProjectionMode mode = ProjectionModeOf(context);
  const ReplayTarget target = DefaultTargetOf(context);
  const bool as_of = !std::holds_alternative<std::monostate>(target);
  for (const TableName& table : transaction.Tables(name)) {
    SqlTable* entry = nullptr;
    try {
      entry = &transaction.Pin(*this, table, target, mode);
    } catch (const std::exception& exception) {
      const auto status = StatusFromError(*state, duckdb::ErrorData(exception));
      // Under artemis.as_of a listing is of the tables of then.
      if (!as_of || FindDetail<NoSuchTable>(status) == nullptr) {
        state->Warn("table " + table.ToString() + " is left out: " + status.message());
      }
      continue;
    }
    callback(*entry);
  }
}

SqlSchema::EntryPtr SqlSchema::LookupEntry(duckdb::CatalogTransaction transaction,
                                           const duckdb::EntryLookupInfo& lookup) {
  if (lookup.GetCatalogType() == duckdb::CatalogType::TABLE_FUNCTION_ENTRY) {
    return catalog.Cast<SqlCatalog>().functions().Find(*this, lookup.GetEntryName());
  }
  if (lookup.GetCatalogType() != duckdb::CatalogType::TABLE_ENTRY || !transaction.context) {
    return nullptr;
  }
  duckdb::ClientContext& context = *transaction.context;
  auto& ours = SqlTransaction::Get(context, catalog);
  const auto table = ours.FindTable(name, lookup.GetEntryName());
  if (!table) {
    ours.session()->NoteMissingTable(lookup.GetEntryName(), name + "." + lookup.GetEntryName());
    return nullptr;
  }
  ReplayTarget target = DefaultTargetOf(context);
  if (const auto at = lookup.GetAtClause()) {
    target = UnwrapOrThrow(*ours.session(), TargetOf(*at, context, *ours.session()));
  }
  return &ours.Pin(*this, *table, target, ProjectionModeOf(context));
}

duckdb::SimilarCatalogEntry SqlSchema::GetSimilarEntry(duckdb::CatalogTransaction transaction,
                                                       const duckdb::EntryLookupInfo& lookup) {
  duckdb::SimilarCatalogEntry similar;
  if (lookup.GetCatalogType() != duckdb::CatalogType::TABLE_ENTRY || !transaction.context) {
    return similar;
  }
  auto& ours = SqlTransaction::Get(*transaction.context, catalog);
  for (const TableName& table : ours.Tables(name)) {
    const double score = duckdb::StringUtil::SimilarityRating(table.name, lookup.GetEntryName());
    if (score <= similar.score) continue;
    similar.score = score;
    similar.name = table.name;
    similar.schema = this;
  }
  return similar;
}

SqlSchema::EntryPtr SqlSchema::CreateTable(duckdb::CatalogTransaction transaction,
                                           duckdb::BoundCreateTableInfo& info) {
  return CreateSqlTable(transaction.GetContext(), *this,
                        info.Base().Cast<duckdb::CreateTableInfo>());
}

void SqlSchema::DropEntry(duckdb::ClientContext& context, duckdb::DropInfo& info) {
  DropSqlTable(context, *this, info);
}

void SqlSchema::Alter(duckdb::CatalogTransaction transaction, duckdb::AlterInfo& info) {
  AlterSqlTable(transaction.GetContext(), *this, info);
}

}  // namespace artemis
