// A catalog that is a folder: tables are found where they lie, in the layout of Iceberg's Hadoop catalog, and Spark's catalogs of
// type hadoop open the same folder.
//
//   DIR/<namespace>/…/<table>/metadata/vN.metadata.json     path_versions.h
//
// A commit is the exclusive making of the next version, so our writers are safe among themselves on a local file system, and
// wherever rename and link keep that promise. Hadoop's own local file system does not (its rename replaces): a Spark that writes
// at the same time can overwrite a version of ours. docs/catalog-choice.md
//
// What follows from names being folders: tables cannot be renamed, nor enter from another place; a dropped table's files stay in
// its folder behind a tombstone, a later table of that name lives in the same folder, and Java still lists the folder (and cannot
// load it). Namespaces have no properties of their own. The history is what metadata-log knows.
#pragma once

#include <functional>
#include <memory>
#include <string>
#include <vector>

#include "artemis/catalog/catalog.h"
#include "artemis/catalog/metadata_files.h"
#include "artemis/catalog/open_catalog.h"
#include "artemis/catalog/path_versions.h"

namespace artemis {

class PathCatalog : public Catalog {
 public:
  // `folder` is made where it is absent and options.create is set, else that is an IOError. options.uri and .warehouse are not
  // looked at.
  static arrow::Result<std::shared_ptr<Catalog>> Open(const std::string& folder,
                                                      const CatalogOptions& options);

  std::string Uri() const override { return "path:" + folder_; }
  std::string Warehouse() const override { return folder_; }
  FileSystem& files() override { return *files_; }
  const Clock& clock() const override { return *clock_; }
  // Every folder down to kDepthMax that is no table. What cannot be looked into is left out.
  arrow::Result<std::vector<std::string>> ListNamespaces() override;
  arrow::Status CreateNamespace(const std::string& name) override;
  arrow::Status DropNamespace(const std::string& name) override;
  // "location", the folder.
  arrow::Result<std::map<std::string, std::string>> NamespaceProperties(
      const std::string& name) override;
  arrow::Status ChangeNamespaceProperties(
      const std::string& name,
      const std::map<std::string, std::optional<std::string>>& changes) override;
  arrow::Result<std::vector<TableName>> ListTables(
      std::optional<std::string> namespace_name) override;
  arrow::Result<LoadedTable> Load(const TableName& name) override;
  std::string DefaultLocation(const TableName& name) const override;
  // Invalid: a location other than DefaultLocation, or write.metadata.path.
  arrow::Result<LoadedTable> Create(const TableName& name, TableMetadata metadata,
                                    const CommitInfo& info) override;
  // Invalid: a table that says it lies elsewhere (a copied or moved one).
  arrow::Result<LoadedTable> Commit(const LoadedTable& base, TableMetadata next,
                                    const CommitInfo& info) override;
  // Makes the metadata the next version: brings a dropped or rolled back table to life. Invalid when it is of another place.
  arrow::Result<LoadedTable> Register(const TableName& name, const std::string& metadata_location,
                                      const CommitInfo& info) override;
  // NotImplemented.
  arrow::Status Rename(const TableName& from, const TableName& to) override;
  arrow::Status Drop(const TableName& name) override;
  arrow::Status DropIfUnchanged(const LoadedTable& table) override;
  arrow::Result<std::vector<HistoryEntry>> History(const LoadedTable& table) override;

  static constexpr int kDepthMax = 16;

 private:
  // A folder on the way through the catalog.
  struct Visit {
    std::vector<std::string> parts;
    std::string folder;
    std::optional<PathVersion> version;  // of a table
  };

  PathCatalog(std::string folder, const CatalogOptions& options);

  arrow::Status RequireWritable() const;
  std::string FolderOfParts(const std::vector<std::string>& parts) const;
  std::string MetadataFolder(const TableName& name) const;
  arrow::Result<std::optional<PathVersion>> CurrentOf(const TableName& name);
  arrow::Result<PathVersion> RequireTable(const TableName& name);
  arrow::Status RequireOwnPlace(const TableName& name, const TableMetadata& metadata) const;
  // Invalid when a folder on the way to the namespace is a table.
  arrow::Status RequireNoTableAbove(const std::vector<std::string>& parts);
  // Everything below `from`, tables' insides excepted, in order of folders.
  arrow::Status Walk(const Visit& from, const std::function<void(const Visit&)>& see);
  arrow::Result<LoadedTable> WriteFirst(const TableName& name, TableMetadata metadata);
  arrow::Status DropAt(const TableName& name, const PathVersion& version);

  const std::string folder_;
  const bool read_only_;
  FileSystem* files_;
  const Clock* clock_;
  Barriers* barriers_;
  // Keeps nothing: a folder may be removed and filled anew, and then a location holds something else.
  MetadataFiles metadata_files_;
};

}  // namespace artemis
