// Named catalogs: artemis.toml in the current folder, then ~/.config/artemis/artemis.toml.
//
//   default = "lab"                     # used where no catalog and no warehouse is named
//   [catalog.lab]
//   uri = "postgresql://ada@db/lab"     # as OpenCatalog takes it; without one: sqlite:<warehouse>/catalog.db
//   warehouse = "/data/lab"
//   map = ["/old/place=/new/place"]     # as --map
//
// Relative paths are relative to the file they stand in, "~/" is the home folder. Other keys are refused by name and line, and so is
// whatever looks like a password: those come from PGPASSFILE or the environment.
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include <arrow/result.h>

namespace artemis {

struct NamedCatalog {
  std::string name;
  std::string uri;  // may be empty, then warehouse is not
  std::string warehouse;
  std::vector<std::string> maps;
  // "./artemis.toml:3": where it is defined.
  std::string source;

  bool operator==(const NamedCatalog&) const = default;
};

struct CatalogConfig {
  std::string default_name;            // empty: none
  std::vector<NamedCatalog> catalogs;  // sorted by name

  bool operator==(const CatalogConfig&) const = default;

  const NamedCatalog* Find(std::string_view name) const;  // null when absent
};

// Reads the text of one file. `path` is for messages and relative paths, `home` for "~/". Invalid names the line and the key.
arrow::Result<CatalogConfig> ParseCatalogConfig(std::string_view text, const std::string& path,
                                                const std::string& home);

// Where the files are looked for: `folder`/artemis.toml, then `home`/.config/artemis/artemis.toml (none when `home` is empty).
// Both are read where both are there; a name, or the default, of the first one counts.
struct CatalogConfigPlaces {
  std::string folder = ".";
  std::string home;
};
// From the current folder and the variable HOME.
CatalogConfigPlaces UsualConfigPlaces();
// Empty when there is no file. IOError, Invalid.
arrow::Result<CatalogConfig> ReadCatalogConfig(const CatalogConfigPlaces& places);

// Whether what a user gave as --catalog is a name, not a URI: it has no colon.
bool IsCatalogName(std::string_view text);

// The catalog of that name. Invalid lists those that are known, and the nearest one.
arrow::Result<NamedCatalog> FindNamedCatalog(const CatalogConfig& config, std::string_view name,
                                             const CatalogConfigPlaces& places);

// What the user's choice comes to. `catalog` and `warehouse`: as given, empty when not. A name is looked up; without either, the
// default of the files counts. Files are read only where they are needed. The warehouse of the result is empty when nobody
// said one.
arrow::Result<NamedCatalog> ResolveCatalog(const std::string& catalog, const std::string& warehouse,
                                           const CatalogConfigPlaces& places);

}  // namespace artemis
