// Our catalog as DuckDB sees it: namespaces are schemas ("ground.eu" is one schema, to be quoted), read-only, with time travel.
// Only for sql/.
#pragma once

#include <map>
#include <memory>
#include <mutex>
#include <string>

#include <duckdb/catalog/catalog.hpp>
#include <duckdb/main/config.hpp>
#include <duckdb/storage/database_size.hpp>

#include "artemis/sql/session_state.h"
#include "artemis/sql/sql_schema.h"

namespace artemis {

// Makes ATTACH '' AS … (TYPE artemis) open the session's catalog, and adds the setting artemis.projection_mode.
void RegisterSqlCatalog(duckdb::DBConfig& config, std::shared_ptr<SessionState> state);

class SqlCatalog : public duckdb::Catalog {
 public:
  SqlCatalog(duckdb::AttachedDatabase& database, std::shared_ptr<SessionState> state)
      : Catalog(database), state_(std::move(state)) {}

  void Initialize(bool) override {}
  std::string GetCatalogType() override { return "artemis"; }
  bool SupportsTimeTravel() const override { return true; }
  // Functions and types are never ours.
  duckdb::CatalogLookupBehavior CatalogTypeLookupRule(duckdb::CatalogType type) const override;

  duckdb::optional_ptr<duckdb::CatalogEntry> CreateSchema(duckdb::CatalogTransaction,
                                                          duckdb::CreateSchemaInfo&) override {
    RefuseChange("CREATE SCHEMA");
  }
  // "main" is always there, so that USE artemis has a place to stand on; it is listed only where it exists.
  duckdb::optional_ptr<duckdb::SchemaCatalogEntry> LookupSchema(
      duckdb::CatalogTransaction transaction, const duckdb::EntryLookupInfo& lookup,
      duckdb::OnEntryNotFound if_not_found) override;
  void ScanSchemas(duckdb::ClientContext& context,
                   std::function<void(duckdb::SchemaCatalogEntry&)> callback) override;

  duckdb::PhysicalOperator& PlanCreateTableAs(duckdb::ClientContext&,
                                              duckdb::PhysicalPlanGenerator&,
                                              duckdb::LogicalCreateTable&,
                                              duckdb::PhysicalOperator&) override {
    RefuseChange("CREATE TABLE AS");
  }
  duckdb::PhysicalOperator& PlanInsert(duckdb::ClientContext&, duckdb::PhysicalPlanGenerator&,
                                       duckdb::LogicalInsert&,
                                       duckdb::optional_ptr<duckdb::PhysicalOperator>) override {
    RefuseChange("INSERT");
  }
  duckdb::PhysicalOperator& PlanDelete(duckdb::ClientContext&, duckdb::PhysicalPlanGenerator&,
                                       duckdb::LogicalDelete&, duckdb::PhysicalOperator&) override {
    RefuseChange("DELETE");
  }
  duckdb::PhysicalOperator& PlanUpdate(duckdb::ClientContext&, duckdb::PhysicalPlanGenerator&,
                                       duckdb::LogicalUpdate&, duckdb::PhysicalOperator&) override {
    RefuseChange("UPDATE");
  }
  duckdb::PhysicalOperator& PlanMergeInto(duckdb::ClientContext&, duckdb::PhysicalPlanGenerator&,
                                          duckdb::LogicalMergeInto&,
                                          duckdb::PhysicalOperator&) override {
    RefuseChange("MERGE");
  }
  duckdb::unique_ptr<duckdb::LogicalOperator> BindCreateIndex(
      duckdb::Binder&, duckdb::CreateStatement&, duckdb::TableCatalogEntry&,
      duckdb::unique_ptr<duckdb::LogicalOperator>) override {
    RefuseChange("CREATE INDEX");
  }
  duckdb::unique_ptr<duckdb::LogicalOperator> BindAlterAddIndex(
      duckdb::Binder&, duckdb::TableCatalogEntry&, duckdb::unique_ptr<duckdb::LogicalOperator>,
      duckdb::unique_ptr<duckdb::CreateIndexInfo>,
      duckdb::unique_ptr<duckdb::AlterTableInfo>) override {
    RefuseChange("ALTER");
  }
  void DropSchema(duckdb::ClientContext&, duckdb::DropInfo&) override {
    RefuseChange("DROP SCHEMA");
  }
  duckdb::DatabaseSize GetDatabaseSize(duckdb::ClientContext&) override { return {}; }
  bool InMemory() override { return false; }
  std::string GetDBPath() override {
    return state_->options().confined ? std::string() : state_->catalog().Uri();
  }

 private:
  SqlSchema& SchemaFor(const std::string& namespace_name);

  const std::shared_ptr<SessionState> state_;
  std::mutex mutex_;
  std::map<std::string, std::unique_ptr<SqlSchema>> schemas_;
};

}  // namespace artemis
