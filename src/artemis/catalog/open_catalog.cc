// Chooses the catalog by the scheme of its URI.
#include "artemis/catalog/open_catalog.h"

#include <filesystem>

#include "artemis/catalog/jdbc_catalog.h"
#include "artemis/catalog/path_catalog.h"
#include "artemis/catalog/postgres_store.h"
#include "artemis/catalog/postgres_uri.h"
#include "artemis/catalog/sqlite_store.h"
#include "artemis/io/file_system.h"
#include "artemis/io/location.h"

namespace artemis {

namespace {

// "///abs" is "/abs".
std::string WithoutEmptyHost(std::string text) {
  if (text.starts_with("///")) text.erase(0, 2);
  return text;
}

arrow::Result<std::shared_ptr<Catalog>> OpenSqlite(const std::string& path, const std::string& name,
                                                   const CatalogOptions& options) {
  const std::string file = LocalPath(path);
  if (options.create && !options.read_only) {
    std::error_code error;
    const auto folder = std::filesystem::absolute(file, error).parent_path();
    FileSystem& files = options.files != nullptr ? *options.files : LocalFileSystem();
    ARROW_RETURN_NOT_OK(files.CreateFolders(folder.string()));
  }
  SqliteOpenOptions opening;
  opening.read_only = options.read_only;
  opening.create = options.create;
  ARROW_ASSIGN_OR_RAISE(auto database, SqliteStore::Open(file, opening));
  return JdbcCatalog::Open(std::move(database), name, options);
}

// "PATH[?name=N]".
arrow::Result<std::shared_ptr<Catalog>> OpenSqliteUri(std::string text,
                                                      const CatalogOptions& options) {
  std::string name;
  const size_t question = text.rfind("?name=");
  if (question != std::string::npos) {
    name = text.substr(question + 6);
    if (name.empty()) return arrow::Status::Invalid("empty name in catalog sqlite:", text);
    text.resize(question);
  }
  if (text.empty()) return arrow::Status::Invalid("catalog 'sqlite:' names no file");
  return OpenSqlite(WithoutEmptyHost(std::move(text)), name, options);
}

arrow::Result<std::shared_ptr<Catalog>> OpenPostgres(const CatalogOptions& options) {
  ARROW_ASSIGN_OR_RAISE(auto uri, ParsePostgresUri(options.uri));
  CatalogOptions with_warehouse = options;
  if (!uri.warehouse.empty()) with_warehouse.warehouse = uri.warehouse;
  const std::string name = uri.name;
  ARROW_ASSIGN_OR_RAISE(auto database, PostgresStore::Open(std::move(uri), options.read_only));
  return JdbcCatalog::Open(std::move(database), name, with_warehouse);
}

}  // namespace

arrow::Result<std::shared_ptr<Catalog>> OpenCatalog(const CatalogOptions& options) {
  if (options.uri.empty()) return OpenSqlite(options.warehouse + "/catalog.db", "", options);
  const size_t colon = options.uri.find(':');
  const std::string scheme = colon == std::string::npos ? "" : options.uri.substr(0, colon);
  if (scheme == "sqlite") return OpenSqliteUri(options.uri.substr(colon + 1), options);
  if (options.uri.starts_with("postgresql://") || options.uri.starts_with("postgres://")) {
    return OpenPostgres(options);
  }
  if (scheme == "path" && colon + 1 < options.uri.size()) {
    return PathCatalog::Open(WithoutEmptyHost(options.uri.substr(colon + 1)), options);
  }
  if (scheme == "http" || scheme == "https") {
    return arrow::Status::NotImplemented("catalogs of the kind '", scheme,
                                         "' are not supported yet: expected sqlite:PATH, "
                                         "postgresql://user@host/database or path:DIR");
  }
  return arrow::Status::Invalid("'", WithoutPassword(options.uri),
                                "' is no catalog: expected sqlite:PATH (such as "
                                "sqlite:./warehouse/catalog.db), "
                                "postgresql://user@host/database or path:DIR");
}

}  // namespace artemis
