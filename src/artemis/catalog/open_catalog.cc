// Chooses the catalog by the scheme of its URI.
#include "artemis/catalog/open_catalog.h"

#include "artemis/catalog/sqlite_catalog.h"

namespace artemis {

namespace {

struct SqliteUri {
  std::string path;
  std::string name;
};

// "sqlite:PATH[?name=N]"; "sqlite:///abs" is "/abs".
arrow::Result<SqliteUri> ParseSqliteUri(std::string text) {
  SqliteUri parsed;
  const size_t question = text.rfind("?name=");
  if (question != std::string::npos) {
    parsed.name = text.substr(question + 6);
    if (parsed.name.empty()) return arrow::Status::Invalid("empty name in catalog sqlite:", text);
    text.resize(question);
  }
  if (text.starts_with("///")) text.erase(0, 2);
  if (text.empty()) return arrow::Status::Invalid("catalog 'sqlite:' names no file");
  parsed.path = std::move(text);
  return parsed;
}

}  // namespace

arrow::Result<std::shared_ptr<Catalog>> OpenCatalog(const CatalogOptions& options) {
  if (options.uri.empty())
    return SqliteCatalog::Open(options.warehouse + "/catalog.db", "", options);
  const size_t colon = options.uri.find(':');
  const std::string scheme = options.uri.substr(0, colon);
  if (colon != std::string::npos && scheme == "sqlite") {
    ARROW_ASSIGN_OR_RAISE(auto uri, ParseSqliteUri(options.uri.substr(colon + 1)));
    return SqliteCatalog::Open(uri.path, uri.name, options);
  }
  if (colon != std::string::npos &&
      (scheme == "postgresql" || scheme == "path" || scheme == "http" || scheme == "https")) {
    return arrow::Status::NotImplemented("catalogs of the kind '", scheme,
                                         "' are not supported yet: expected sqlite:PATH");
  }
  return arrow::Status::Invalid("'", options.uri, "' is no catalog: expected sqlite:PATH, such as ",
                                "sqlite:./warehouse/catalog.db");
}

}  // namespace artemis
