// Tells names from paths.
#include "artemis/timetravel/table_place.h"

#include <filesystem>
#include <utility>

#include "artemis/base/error.h"
#include "artemis/catalog/catalog_config.h"
#include "artemis/io/location.h"

namespace artemis {

namespace {

bool IsPath(const std::string& where) { return where.find('/') != std::string::npos; }

arrow::Result<TablePlace> OpenFolder(const std::string& where, CatalogOptions options) {
  namespace fs = std::filesystem;
  fs::path folder = fs::path(LocalPath(FileUri(where))).lexically_normal();
  if (folder.filename().empty()) folder = folder.parent_path();
  const fs::path around = folder.parent_path();
  TablePlace place;
  place.name.name = folder.filename().string();
  place.name.namespace_parts = {around.filename().string()};
  const arrow::Status named = around.filename().empty()
                                  ? arrow::Status::Invalid("the root has no folder of tables")
                                  : CheckTableName(place.name);
  if (!named.ok()) {
    return WithContext(named, "'" + where +
                                  "' is no place for a table: expected a folder within a folder, "
                                  "without dots in their names");
  }
  options.uri = "path:" + around.parent_path().string();
  ARROW_ASSIGN_OR_RAISE(place.catalog, OpenCatalog(options));
  return place;
}

arrow::Result<CatalogOptions> Resolved(CatalogOptions options) {
  const bool default_place = options.warehouse == CatalogOptions().warehouse;
  ARROW_ASSIGN_OR_RAISE(
      const auto named,
      ResolveCatalog(options.uri, default_place ? "" : options.warehouse, UsualConfigPlaces()));
  options.uri = named.uri;
  if (!named.warehouse.empty()) options.warehouse = named.warehouse;
  return options;
}

}  // namespace

arrow::Result<TablePlace> OpenPlace(const std::string& where, const CatalogOptions& options) {
  if (IsPath(where)) return OpenFolder(where, options);
  TablePlace place;
  ARROW_ASSIGN_OR_RAISE(place.name, ParseTableName(where));
  ARROW_ASSIGN_OR_RAISE(const auto resolved, Resolved(options));
  ARROW_ASSIGN_OR_RAISE(place.catalog, OpenCatalog(resolved));
  return place;
}

}  // namespace artemis
