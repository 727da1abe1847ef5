// Our catalog as DuckDB sees it: namespaces are schemas ("ground.eu" is one schema, to be quoted), with time travel.
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
#include "artemis/sql/sql_change.h"
#include "artemis/sql/sql_schema.h"
#include "artemis/sql/table_functions.h"

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
  // PARTITIONED BY, SORTED BY and WITH are looked at where the table is made.
  duckdb::ErrorData SupportsCreateTable(duckdb::BoundCreateTableInfo&) override { return {}; }
  // Of functions only those on tables are ours; types never.
  duckdb::CatalogLookupBehavior CatalogTypeLookupRule(duckdb::CatalogType type) const override;

  duckdb::optional_ptr<duckdb::CatalogEntry> CreateSchema(duckdb::CatalogTransaction transaction,
                                                          duckdb::CreateSchemaInfo& info) override;
  // "main" is always there, so that USE artemis has a place to stand on; it is listed only where it exists.
  duckdb::optional_ptr<duckdb::SchemaCatalogEntry> LookupSchema(
      duckdb::CatalogTransaction transaction, const duckdb::EntryLookupInfo& lookup,
      duckdb::OnEntryNotFound if_not_found) override;
  void ScanSchemas(duckdb::ClientContext& context,
                   std::function<void(duckdb::SchemaCatalogEntry&)> callback) override;

  duckdb::PhysicalOperator& PlanCreateTableAs(duckdb::ClientContext& context,
                                              duckdb::PhysicalPlanGenerator& planner,
                                              duckdb::LogicalCreateTable& create,
                                              duckdb::PhysicalOperator& child) override {
    return PlanSqlCreateTableAs(context, planner, create, child);
  }
  duckdb::PhysicalOperator& PlanInsert(
      duckdb::ClientContext&, duckdb::PhysicalPlanGenerator& planner, duckdb::LogicalInsert& insert,
      duckdb::optional_ptr<duckdb::PhysicalOperator> child) override {
    return PlanSqlInsert(planner, insert, child);
  }
  duckdb::PhysicalOperator& PlanDelete(duckdb::ClientContext&,
                                       duckdb::PhysicalPlanGenerator& planner,
                                       duckdb::LogicalDelete& deletion,
                                       duckdb::PhysicalOperator& child) override {
    return PlanSqlDelete(planner, deletion, child);
  }
  duckdb::PhysicalOperator& PlanUpdate(duckdb::ClientContext&,
                                       duckdb::PhysicalPlanGenerator& planner,
                                       duckdb::LogicalUpdate& update,
                                       duckdb::PhysicalOperator& child) override {
    return PlanSqlUpdate(planner, update, child);
  }
  duckdb::PhysicalOperator& PlanMergeInto(duckdb::ClientContext&,
                                          duckdb::PhysicalPlanGenerator& planner,
                                          duckdb::LogicalMergeInto& merge,
                                          duckdb::PhysicalOperator& child) override {
    return PlanSqlMerge(planner, merge, child);
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
  void DropSchema(duckdb::ClientContext& context, duckdb::DropInfo& info) override;
  duckdb::DatabaseSize GetDatabaseSize(duckdb::ClientContext&) override { return {}; }
  bool InMemory() override { return false; }
  std::string GetDBPath() override {
    return state_->options().confined ? std::string() : state_->catalog().Uri();
  }

  // Functions on tables, in every schema: artemis.snapshots('sda.obs').
  TableFunctions& functions() { return functions_; }

 private:
  SqlSchema& SchemaFor(const std::string& namespace_name);

  const std::shared_ptr<SessionState> state_;
  TableFunctions functions_;
  std::mutex mutex_;
  std::map<std::string, std::unique_ptr<SqlSchema>> schemas_;
};

}  // namespace artemis
