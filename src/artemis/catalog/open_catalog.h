// Opens the catalog a URI names:
//
//   sqlite:PATH[?name=N]                    one file (sqlite_store.h)
//   postgresql://[user@]host/database[?…]   a server (postgres_uri.h); the password comes from PGPASSFILE or PGPASSWORD
//   path:DIR                                a folder of tables (path_catalog.h)
#pragma once

#include <memory>
#include <string>

#include <arrow/result.h>

#include "artemis/catalog/catalog.h"

namespace artemis {

class Barriers;

struct CatalogOptions {
  // Empty for sqlite:<warehouse>/catalog.db.
  std::string uri;
  // Where new tables are placed; a PostgreSQL URI may say it, too, and a path catalog is its own.
  std::string warehouse = "./warehouse";
  // Make the catalog's file, folder or database tables when absent; else their absence is an error that names them.
  bool create = false;
  // Never write, even where allowed: replay and SQL reading.
  bool read_only = false;
  // Not owned; must outlive the catalog. Null: the local file system, the system clock, no barriers.
  FileSystem* files = nullptr;
  const Clock* clock = nullptr;
  Barriers* barriers = nullptr;
};

// Invalid: a URI of no catalog, or with a password. NotImplemented: REST catalogs (http, https).
arrow::Result<std::shared_ptr<Catalog>> OpenCatalog(const CatalogOptions& options);

}  // namespace artemis
