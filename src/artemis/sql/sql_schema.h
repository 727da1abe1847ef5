// A namespace of our catalog as a schema of DuckDB's. Only for sql/.
#pragma once

#include <memory>
#include <string>

#include <duckdb/catalog/catalog_entry/schema_catalog_entry.hpp>

#include "artemis/sql/session_state.h"

namespace artemis {

// What statements that would make something our catalog has not fail with.
[[noreturn]] void RefuseChange(const std::string& what);

// Lookups go through the transaction, so each table is loaded once. Only tables exist here.
class SqlSchema : public duckdb::SchemaCatalogEntry {
 public:
  SqlSchema(duckdb::Catalog& owner, duckdb::CreateSchemaInfo& info)
      : SchemaCatalogEntry(owner, info) {}

  using EntryCallback = std::function<void(duckdb::CatalogEntry&)>;
  using EntryPtr = duckdb::optional_ptr<duckdb::CatalogEntry>;

  // The current state of every table. Tables that cannot be loaded are left out, with a warning.
  void Scan(duckdb::ClientContext& context, duckdb::CatalogType entry_type,
            const EntryCallback& callback) override;
  void Scan(duckdb::CatalogType, const EntryCallback&) override {}

  EntryPtr LookupEntry(duckdb::CatalogTransaction transaction,
                       const duckdb::EntryLookupInfo& lookup) override;
  // Compares names only: DuckDB's own would load every table to suggest one.
  duckdb::SimilarCatalogEntry GetSimilarEntry(duckdb::CatalogTransaction transaction,
                                              const duckdb::EntryLookupInfo& lookup) override;

  EntryPtr CreateIndex(duckdb::CatalogTransaction, duckdb::CreateIndexInfo&,
                       duckdb::TableCatalogEntry&) override {
    RefuseChange("CREATE INDEX");
  }
  EntryPtr CreateFunction(duckdb::CatalogTransaction, duckdb::CreateFunctionInfo&) override {
    RefuseChange("CREATE FUNCTION");
  }
  EntryPtr CreateTable(duckdb::CatalogTransaction transaction,
                       duckdb::BoundCreateTableInfo& info) override;
  EntryPtr CreateView(duckdb::CatalogTransaction, duckdb::CreateViewInfo&) override {
    RefuseChange("CREATE VIEW");
  }
  EntryPtr CreateSequence(duckdb::CatalogTransaction, duckdb::CreateSequenceInfo&) override {
    RefuseChange("CREATE SEQUENCE");
  }
  EntryPtr CreateTableFunction(duckdb::CatalogTransaction,
                               duckdb::CreateTableFunctionInfo&) override {
    RefuseChange("CREATE MACRO");
  }
  EntryPtr CreateCopyFunction(duckdb::CatalogTransaction,
                              duckdb::CreateCopyFunctionInfo&) override {
    RefuseChange("CREATE");
  }
  EntryPtr CreatePragmaFunction(duckdb::CatalogTransaction,
                                duckdb::CreatePragmaFunctionInfo&) override {
    RefuseChange("CREATE");
  }
  EntryPtr CreateCollation(duckdb::CatalogTransaction, duckdb::CreateCollationInfo&) override {
    RefuseChange("CREATE");
  }
  EntryPtr CreateType(duckdb::CatalogTransaction, duckdb::CreateTypeInfo&) override {
    RefuseChange("CREATE TYPE");
  }
  void DropEntry(duckdb::ClientContext& context, duckdb::DropInfo& info) override;
  void Alter(duckdb::CatalogTransaction transaction, duckdb::AlterInfo& info) override;
};

}  // namespace artemis
