// Opens the catalog a URI names.
#pragma once

#include <memory>
#include <string>

#include <arrow/result.h>

#include "artemis/catalog/catalog.h"

namespace artemis {

class Barriers;

struct CatalogOptions {
  // "sqlite:PATH[?name=N]" or empty for sqlite:<warehouse>/catalog.db. Other schemes: NotImplemented by name.
  std::string uri;
  std::string warehouse = "./warehouse";
  // Create the catalog file (and warehouse) when absent; else a missing file is NoSuchTable-like IOError naming the path.
  bool create = false;
  // Never write, even where allowed: replay and SQL reading.
  bool read_only = false;
  // Not owned; must outlive the catalog. Null: the local file system, the system clock, no barriers.
  FileSystem* files = nullptr;
  const Clock* clock = nullptr;
  Barriers* barriers = nullptr;
};

arrow::Result<std::shared_ptr<Catalog>> OpenCatalog(const CatalogOptions& options);

}  // namespace artemis
