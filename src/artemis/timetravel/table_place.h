// Where a table is: by name in a catalog, or by path.
#pragma once

#include <memory>
#include <string>

#include <arrow/result.h>

#include "artemis/catalog/open_catalog.h"

namespace artemis {

struct TablePlace {
  std::shared_ptr<Catalog> catalog;
  TableName name;
};

// "sda.observations" is a name in the catalog of `options`; options.uri may be the name of a catalog in artemis.toml
// (catalog/catalog_config.h), and when it and options.warehouse are as they come, artemis.toml's default counts.
//
// What has a slash in it, or "file:" before it, is the folder of a table of its own ("/data/lab/readings", "./lab/readings"), without a
// catalog beside it: the layout of Iceberg's Hadoop tables (catalog/path_catalog.h). The folder around it is its namespace, so neither has
// a dot in its name.
//
// Invalid for what is neither; errors of OpenCatalog.
arrow::Result<TablePlace> OpenPlace(const std::string& where, const CatalogOptions& options);

}  // namespace artemis
