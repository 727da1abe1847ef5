// Schemas, and how DuckDB gets to know the catalog.
#include "artemis/sql/sql_catalog.h"

#include <utility>

#include <duckdb/catalog/entry_lookup_info.hpp>
#include <duckdb/parser/parsed_data/create_schema_info.hpp>
#include <duckdb/storage/storage_extension.hpp>

#include "artemis/base/near_match.h"
#include "artemis/sql/at_clause.h"
#include "artemis/sql/error_wall.h"
#include "artemis/sql/session_context.h"
#include "artemis/sql/sql_ddl.h"
#include "artemis/sql/sql_transaction.h"

namespace artemis {
namespace {

struct SqlStorageInfo : public duckdb::StorageExtensionInfo {
  explicit SqlStorageInfo(std::shared_ptr<SessionState> the_state) : state(std::move(the_state)) {}
  const std::shared_ptr<SessionState> state;
};

std::shared_ptr<SessionState> StateOf(duckdb::optional_ptr<duckdb::StorageExtensionInfo> info) {
  return static_cast<SqlStorageInfo&>(*info).state;
}

class SqlStorage : public duckdb::StorageExtension {
 public:
  explicit SqlStorage(std::shared_ptr<SessionState> state) {
    attach = [](duckdb::optional_ptr<duckdb::StorageExtensionInfo> info, duckdb::ClientContext&,
                duckdb::AttachedDatabase& database, const std::string&, duckdb::AttachInfo&,
                duckdb::AttachOptions&) -> duckdb::unique_ptr<duckdb::Catalog> {
      return duckdb::make_uniq<SqlCatalog>(database, StateOf(info));
    };
    create_transaction_manager =
        [](duckdb::optional_ptr<duckdb::StorageExtensionInfo> info,
           duckdb::AttachedDatabase& database,
           duckdb::Catalog&) -> duckdb::unique_ptr<duckdb::TransactionManager> {
      return duckdb::make_uniq<SqlTransactionManager>(database, StateOf(info));
    };
    storage_info = duckdb::make_shared_ptr<SqlStorageInfo>(std::move(state));
  }
};

}  // namespace

void RegisterSqlCatalog(duckdb::DBConfig& config, std::shared_ptr<SessionState> state) {
  duckdb::StorageExtension::Register(config, "artemis",
                                     duckdb::make_shared_ptr<SqlStorage>(std::move(state)));
  AddSessionSettings(config);
}

duckdb::CatalogLookupBehavior SqlCatalog::CatalogTypeLookupRule(duckdb::CatalogType type) const {
  switch (type) {
    case duckdb::CatalogType::TABLE_ENTRY:
    case duckdb::CatalogType::VIEW_ENTRY:
    case duckdb::CatalogType::SCHEMA_ENTRY:
    case duckdb::CatalogType::TABLE_FUNCTION_ENTRY:
      return duckdb::CatalogLookupBehavior::STANDARD;
    default:
      return duckdb::CatalogLookupBehavior::NEVER_LOOKUP;
  }
}

SqlSchema& SqlCatalog::SchemaFor(const std::string& namespace_name) {
  std::lock_guard lock(mutex_);
  auto& schema = schemas_[namespace_name];
  if (!schema) {
    duckdb::CreateSchemaInfo info;
    info.schema = namespace_name;
    schema = std::make_unique<SqlSchema>(*this, info);
  }
  return *schema;
}

duckdb::optional_ptr<duckdb::CatalogEntry> SqlCatalog::CreateSchema(
    duckdb::CatalogTransaction transaction, duckdb::CreateSchemaInfo& info) {
  CreateSqlSchema(transaction.GetContext(), *this, info);
  return &SchemaFor(info.schema);
}

void SqlCatalog::DropSchema(duckdb::ClientContext& context, duckdb::DropInfo& info) {
  DropSqlSchema(context, *this, info);
}

duckdb::optional_ptr<duckdb::SchemaCatalogEntry> SqlCatalog::LookupSchema(
    duckdb::CatalogTransaction transaction, const duckdb::EntryLookupInfo& lookup,
    duckdb::OnEntryNotFound if_not_found) {
  const std::string& asked = lookup.GetEntryName();
  const std::string lower = AsciiLower(asked);
  const std::string* match = nullptr;
  if (transaction.context) {
    for (const std::string& name : SqlTransaction::Get(*transaction.context, *this).Namespaces()) {
      if (name == asked) return &SchemaFor(name);
      if (AsciiLower(name) == lower) match = &name;
    }
  }
  if (match != nullptr) return &SchemaFor(*match);
  if (lower == DEFAULT_SCHEMA) return &SchemaFor(DEFAULT_SCHEMA);
  if (transaction.context) SessionOf(*transaction.context, state_)->NoteMissingTable(asked, asked);
  if (if_not_found == duckdb::OnEntryNotFound::RETURN_NULL) return nullptr;
  std::string hint;
  if (transaction.context) {
    hint = DidYouMean(asked, SqlTransaction::Get(*transaction.context, *this).Namespaces());
  }
  throw duckdb::CatalogException(
      lookup.GetErrorContext(), "Schema with name \"%s\" does not exist in artemis%s", asked, hint);
}

void SqlCatalog::ScanSchemas(duckdb::ClientContext& context,
                             std::function<void(duckdb::SchemaCatalogEntry&)> callback) {
  for (const std::string& name : SqlTransaction::Get(context, *this).Namespaces()) {
    callback(SchemaFor(name));
  }
}

}  // namespace artemis
