// A table's own facts as rows: artemis.snapshots('sda.obs') and the like, and artemis.changes (docs/sql-reference.md). Only for sql/.
#pragma once

#include <map>
#include <memory>
#include <string>

#include <duckdb/catalog/catalog.hpp>
#include <duckdb/catalog/catalog_entry/table_function_catalog_entry.hpp>

namespace artemis {

// The functions of a catalog: snapshots, history, files, manifests, partitions, refs, metadata_log, pins, changes, create_table. They work through
// the session that calls them.
class TableFunctions {
 public:
  // Null when there is none of this name; without regard to case. Thread-safe.
  duckdb::CatalogEntry* Find(duckdb::SchemaCatalogEntry& schema, const std::string& name);

 private:
  std::mutex mutex_;
  std::map<std::string, std::unique_ptr<duckdb::TableFunctionCatalogEntry>> entries_;
};

}  // namespace artemis
