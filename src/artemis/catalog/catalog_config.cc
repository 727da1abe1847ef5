// Reads artemis.toml.
#include "artemis/catalog/catalog_config.h"

#include <algorithm>
#include <cstdlib>
#include <filesystem>

#include <toml++/toml.h>

#include "artemis/base/near_match.h"
#include "artemis/catalog/postgres_uri.h"
#include "artemis/io/file_system.h"
#include "artemis/io/location.h"

namespace artemis {

namespace {

constexpr int64_t kConfigBytesMax = int64_t{1} << 20;
constexpr char kConfigName[] = "artemis.toml";

// Where in the file, and what its paths are relative to.
class ConfigReader {
 public:
  ConfigReader(std::string path, std::string home)
      : path_(std::move(path)), folder_(FolderOf(path_)), home_(std::move(home)) {}

  arrow::Result<CatalogConfig> Read(const toml::table& root) const {
    CatalogConfig config;
    for (const auto& [key, node] : root) {
      const std::string name(key.str());
      if (name == "default") {
        ARROW_ASSIGN_OR_RAISE(config.default_name, Text(name, node));
      } else if (name == "catalog" && node.is_table()) {
        ARROW_RETURN_NOT_OK(ReadCatalogs(*node.as_table(), config));
      } else {
        return Unknown(name, {"default", "catalog"}, key.source().begin.line);
      }
    }
    std::sort(config.catalogs.begin(), config.catalogs.end(),
              [](const auto& a, const auto& b) { return a.name < b.name; });
    return config;
  }

  arrow::Status At(size_t line, const std::string& what) const {
    return arrow::Status::Invalid(path_, ":", line, ": ", what);
  }

 private:
  arrow::Status ReadCatalogs(const toml::table& table, CatalogConfig& config) const {
    for (const auto& [key, node] : table) {
      const size_t line = key.source().begin.line;
      const std::string name(key.str());
      if (!node.is_table()) return At(line, "catalog." + name + " is no table of keys");
      if (!IsCatalogName(name) || name.empty()) {
        return At(line, "'" + name + "' is no name for a catalog: a colon would make it a URI");
      }
      NamedCatalog catalog;
      catalog.name = name;
      catalog.source = path_ + ":" + std::to_string(line);
      ARROW_RETURN_NOT_OK(ReadCatalog(*node.as_table(), catalog));
      if (catalog.uri.empty() && catalog.warehouse.empty()) {
        return At(line, "catalog." + name + " has neither a uri nor a warehouse");
      }
      config.catalogs.push_back(std::move(catalog));
    }
    return arrow::Status::OK();
  }

  arrow::Status ReadCatalog(const toml::table& table, NamedCatalog& catalog) const {
    for (const auto& [key, node] : table) {
      const std::string name(key.str());
      const size_t line = key.source().begin.line;
      if (name == "uri") {
        ARROW_ASSIGN_OR_RAISE(const std::string uri, Text(name, node));
        ARROW_ASSIGN_OR_RAISE(catalog.uri, Uri(uri, line));
      } else if (name == "warehouse") {
        ARROW_ASSIGN_OR_RAISE(const std::string warehouse, Text(name, node));
        catalog.warehouse = Path(warehouse);
      } else if (name == "map") {
        ARROW_ASSIGN_OR_RAISE(catalog.maps, Texts(name, node));
      } else {
        return Unknown(name, {"uri", "warehouse", "map"}, line);
      }
    }
    return arrow::Status::OK();
  }

  arrow::Status Unknown(const std::string& key, const std::vector<std::string>& known,
                        size_t line) const {
    const std::string lower = AsciiLower(key);
    for (const char* secret : {"password", "passwd", "secret", "token"}) {
      if (lower.find(secret) == std::string::npos) continue;
      return At(line, "'" + key +
                          "' has no place in this file: a password comes from the file that "
                          "PGPASSFILE names (~/.pgpass), or from the variable PGPASSWORD");
    }
    std::string listed;
    for (const auto& each : known) listed += (listed.empty() ? "" : ", ") + each;
    return At(line, "unknown key '" + key + "'" + DidYouMean(key, known) + ": expected " + listed);
  }

  arrow::Result<std::string> Text(const std::string& key, const toml::node& node) const {
    const auto text = node.value_exact<std::string>();
    if (text && !text->empty()) return *text;
    return At(node.source().begin.line, "'" + key + "' is no text, or an empty one");
  }

  arrow::Result<std::vector<std::string>> Texts(const std::string& key,
                                                const toml::node& node) const {
    std::vector<std::string> texts;
    const auto* array = node.as_array();
    if (array == nullptr) {
      return At(node.source().begin.line, "'" + key + "' is no list of texts");
    }
    for (const auto& element : *array) {
      ARROW_ASSIGN_OR_RAISE(auto text, Text(key, element));
      texts.push_back(std::move(text));
    }
    return texts;
  }

  std::string Path(const std::string& text) const {
    if (text.starts_with("~/") && !home_.empty()) return home_ + text.substr(1);
    if (text.starts_with('/') || !SchemeOf(text).empty()) return text;
    return (std::filesystem::path(folder_) / text).lexically_normal().string();
  }

  arrow::Result<std::string> Uri(const std::string& text, size_t line) const {
    for (const std::string scheme : {"sqlite:", "path:"}) {
      if (text.starts_with(scheme)) return scheme + Path(text.substr(scheme.size()));
    }
    if (text.starts_with("postgresql://") || text.starts_with("postgres://")) {
      const auto parsed = ParsePostgresUri(text);
      if (!parsed.ok()) return At(line, parsed.status().message());
    }
    return text;
  }

  const std::string path_;
  const std::string folder_;
  const std::string home_;
};

std::vector<std::string> ConfigFiles(const CatalogConfigPlaces& places) {
  std::vector<std::string> files = {places.folder + "/" + kConfigName};
  if (!places.home.empty()) files.push_back(places.home + "/.config/artemis/" + kConfigName);
  return files;
}

void MergeConfig(CatalogConfig later, CatalogConfig& config) {
  if (config.default_name.empty()) config.default_name = later.default_name;
  for (auto& catalog : later.catalogs) {
    if (config.Find(catalog.name) == nullptr) config.catalogs.push_back(std::move(catalog));
  }
  std::sort(config.catalogs.begin(), config.catalogs.end(),
            [](const auto& a, const auto& b) { return a.name < b.name; });
}

}  // namespace

const NamedCatalog* CatalogConfig::Find(std::string_view name) const {
  for (const auto& catalog : catalogs) {
    if (catalog.name == name) return &catalog;
  }
  return nullptr;
}

arrow::Result<CatalogConfig> ParseCatalogConfig(std::string_view text, const std::string& path,
                                                const std::string& home) {
  const ConfigReader reader(path, home);
  try {
    return reader.Read(toml::parse(text, path));
  } catch (const toml::parse_error& error) {
    return reader.At(error.source().begin.line, std::string(error.description()));
  }
}

CatalogConfigPlaces UsualConfigPlaces() {
  const char* home = std::getenv("HOME");
  return {".", home != nullptr ? home : ""};
}

arrow::Result<CatalogConfig> ReadCatalogConfig(const CatalogConfigPlaces& places) {
  CatalogConfig config;
  for (const auto& file : ConfigFiles(places)) {
    const auto text = LocalFileSystem().ReadAll(file, kConfigBytesMax);
    if (IsFileNotFound(text.status())) continue;
    ARROW_RETURN_NOT_OK(text.status());
    ARROW_ASSIGN_OR_RAISE(auto read, ParseCatalogConfig(*text, file, places.home));
    MergeConfig(std::move(read), config);
  }
  return config;
}

bool IsCatalogName(std::string_view text) { return text.find(':') == std::string_view::npos; }

arrow::Result<NamedCatalog> FindNamedCatalog(const CatalogConfig& config, std::string_view name,
                                             const CatalogConfigPlaces& places) {
  if (const auto* found = config.Find(name)) return *found;
  std::vector<std::string> known;
  std::string listed;
  for (const auto& catalog : config.catalogs) {
    known.push_back(catalog.name);
    listed += (listed.empty() ? "" : ", ") + catalog.name;
  }
  if (!known.empty()) {
    return arrow::Status::Invalid("there is no catalog named '", name, "'", DidYouMean(name, known),
                                  ": known are ", listed,
                                  "; a URI has a scheme, such as sqlite:PATH");
  }
  std::string looked;
  for (const auto& file : ConfigFiles(places)) looked += (looked.empty() ? "" : " and ") + file;
  return arrow::Status::Invalid("there is no catalog named '", name, "': none is named in ", looked,
                                "; a URI has a scheme, such as sqlite:PATH");
}

arrow::Result<NamedCatalog> ResolveCatalog(const std::string& catalog, const std::string& warehouse,
                                           const CatalogConfigPlaces& places) {
  NamedCatalog resolved;
  resolved.uri = catalog;
  if (!catalog.empty() && IsCatalogName(catalog)) {
    ARROW_ASSIGN_OR_RAISE(const auto config, ReadCatalogConfig(places));
    ARROW_ASSIGN_OR_RAISE(resolved, FindNamedCatalog(config, catalog, places));
  } else if (catalog.empty() && warehouse.empty()) {
    ARROW_ASSIGN_OR_RAISE(const auto config, ReadCatalogConfig(places));
    if (!config.default_name.empty()) {
      ARROW_ASSIGN_OR_RAISE(resolved, FindNamedCatalog(config, config.default_name, places));
    }
  }
  if (!warehouse.empty()) resolved.warehouse = warehouse;
  return resolved;
}

}  // namespace artemis
