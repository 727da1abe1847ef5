// The walk over a table's folder.
#include "artemis/check/orphans.h"

#include <algorithm>
#include <string_view>
#include <unordered_set>
#include <utility>

#include "artemis/base/error.h"
#include "artemis/check/named_files.h"
#include "artemis/io/file_system.h"
#include "artemis/io/location.h"

namespace artemis {

namespace {

bool IsHidden(const std::string& path) {
  const std::string name = path.substr(path.rfind('/') + 1);
  return name.starts_with('.') || (name.starts_with('_') && name.find('=') == std::string::npos);
}

bool IsWithin(const std::string& path, const std::string& folder) {
  return path == folder || path.starts_with(folder + "/");
}

class OrphanSearch {
 public:
  OrphanSearch(Catalog& catalog, const LoadedTable& table, const OrphanOptions& options)
      : catalog_(catalog), table_(table), options_(options) {}

  arrow::Result<OrphanReport> Run() {
    const std::string& location = table_.metadata->location;
    ARROW_RETURN_NOT_OK(AddNamedFiles(catalog_, table_, options_.stop, &named_));
    ARROW_RETURN_NOT_OK(AddNeighbours(NormalPath(location)));
    ARROW_RETURN_NOT_OK(Walk(location));
    if (report_.files > 0 && report_.named == 0) {
      return arrow::Status::Invalid(
          "none of the ", report_.files, " files in ", location, " is named by table ",
          table_.name.ToString(),
          ": its metadata calls them otherwise, so that nothing can be said of them");
    }
    std::sort(report_.orphans.begin(), report_.orphans.end(),
              [](const Orphan& a, const Orphan& b) { return a.path < b.path; });
    return std::move(report_);
  }

 private:
  // What tables name whose folder is this one, lies in it, or holds it.
  arrow::Status AddNeighbours(const std::string& folder) {
    ARROW_ASSIGN_OR_RAISE(const auto tables, catalog_.ListTables(std::nullopt));
    for (const auto& name : tables) {
      if (name == table_.name) continue;
      const auto other = catalog_.Load(name);
      if (!other.ok()) {
        return WithContext(
            other.status(),
            "table " + name.ToString() + " cannot be read, and its files may lie among these");
      }
      const std::string other_folder = NormalPath(other->metadata->location);
      if (!IsWithin(other_folder, folder) && !IsWithin(folder, other_folder)) continue;
      ARROW_RETURN_NOT_OK(AddNamedFiles(catalog_, *other, options_.stop, &named_));
    }
    return arrow::Status::OK();
  }

  arrow::Status Walk(const std::string& folder) {
    ARROW_RETURN_NOT_OK(options_.stop.Poll());
    ARROW_ASSIGN_OR_RAISE(const auto entries, catalog_.files().ListFolder(folder));
    for (const auto& entry : entries) {
      if (IsHidden(entry.path)) continue;
      if (entry.is_folder) {
        ARROW_RETURN_NOT_OK(Walk(entry.path));
      } else {
        Judge(entry);
      }
    }
    return arrow::Status::OK();
  }

  // The catalog's own file, its journal among it, where it lies in the folder of a table.
  bool IsCatalog(const std::string& path) const {
    constexpr std::string_view kSqlite = "sqlite:";
    const std::string uri = catalog_.Uri();
    if (!uri.starts_with(kSqlite)) return false;
    const std::string file = uri.substr(kSqlite.size(), uri.find('?') - kSqlite.size());
    return NormalPath(path).starts_with(NormalPath(FileUri(file)));
  }

  void Judge(const FolderEntry& file) {
    if (IsCatalog(file.path)) return;
    ++report_.files;
    if (named_.contains(NormalPath(file.path))) {
      ++report_.named;
    } else if (file.modified >= options_.older_than) {
      ++report_.young;
      report_.young_bytes += file.size_bytes;
    } else {
      report_.orphans.push_back({file.path, file.size_bytes, file.modified});
    }
  }

  Catalog& catalog_;
  const LoadedTable& table_;
  const OrphanOptions& options_;
  std::unordered_set<std::string> named_;
  OrphanReport report_;
};

}  // namespace

arrow::Result<OrphanReport> FindOrphans(Catalog& catalog, const LoadedTable& table,
                                        const OrphanOptions& options) {
  return OrphanSearch(catalog, table, options).Run();
}

}  // namespace artemis
