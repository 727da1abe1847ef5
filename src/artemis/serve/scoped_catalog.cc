// Scopes over a catalog.
#include "artemis/serve/scoped_catalog.h"

#include <string_view>
#include <utility>

#include "artemis/base/error.h"
#include "artemis/io/file_system.h"

namespace artemis {

namespace {

// Table properties that say where files go (specification, "Table properties"), in the words of all writers that are known.
constexpr const char* kPlaces[] = {"write.data.path", "write.metadata.path",
                                   "write.object-storage.path", "write.folder-storage.path"};

std::map<std::string, std::string> PlacesOf(const TableMetadata& metadata) {
  std::map<std::string, std::string> places;
  for (const char* key : kPlaces) {
    const auto found = metadata.properties.find(key);
    if (found != metadata.properties.end()) places.insert(*found);
  }
  return places;
}

// A location without the digits that a catalog adds where the folder is taken ("…/obs-1a2b3c4d"), as it is once rows are written.
std::string_view WithoutDigits(std::string_view location) {
  constexpr size_t kDigits = 8;
  if (location.size() <= kDigits) return location;
  const auto stem = location.substr(0, location.size() - kDigits);
  const bool has_digits =
      location.find_first_not_of("0123456789abcdef", stem.size()) == std::string_view::npos;
  return stem.back() == '-' && has_digits ? stem.substr(0, stem.size() - 1) : location;
}

class ScopedCatalog : public Catalog {
 public:
  ScopedCatalog(std::shared_ptr<Catalog> catalog, TokenScope scope)
      : catalog_(std::move(catalog)), scope_(std::move(scope)) {}

  std::string Uri() const override { return catalog_->Uri(); }
  std::string Warehouse() const override { return catalog_->Warehouse(); }
  FileSystem& files() override { return catalog_->files(); }
  const Clock& clock() const override { return catalog_->clock(); }

  arrow::Result<std::vector<std::string>> ListNamespaces() override {
    ARROW_ASSIGN_OR_RAISE(auto all, catalog_->ListNamespaces());
    std::erase_if(all, [this](const std::string& name) { return !scope_.Allows(name); });
    return all;
  }
  arrow::Status CreateNamespace(const std::string& name) override {
    ARROW_RETURN_NOT_OK(MayWrite(name));
    return catalog_->CreateNamespace(name);
  }
  arrow::Status DropNamespace(const std::string& name) override {
    ARROW_RETURN_NOT_OK(MayWrite(name));
    return catalog_->DropNamespace(name);
  }
  arrow::Result<std::map<std::string, std::string>> NamespaceProperties(
      const std::string& name) override {
    ARROW_RETURN_NOT_OK(MaySee(name, name));
    return catalog_->NamespaceProperties(name);
  }
  arrow::Status ChangeNamespaceProperties(
      const std::string& name,
      const std::map<std::string, std::optional<std::string>>& changes) override {
    ARROW_RETURN_NOT_OK(MayWrite(name));
    return catalog_->ChangeNamespaceProperties(name, changes);
  }
  arrow::Result<std::vector<TableName>> ListTables(
      std::optional<std::string> namespace_name) override {
    if (namespace_name) ARROW_RETURN_NOT_OK(MaySee(*namespace_name, *namespace_name));
    ARROW_ASSIGN_OR_RAISE(auto all, catalog_->ListTables(std::move(namespace_name)));
    std::erase_if(all, [this](const TableName& name) { return !scope_.Allows(name.Namespace()); });
    return all;
  }

  arrow::Result<LoadedTable> Load(const TableName& name) override {
    ARROW_RETURN_NOT_OK(MaySee(name));
    return catalog_->Load(name);
  }
  std::string DefaultLocation(const TableName& name) const override {
    return catalog_->DefaultLocation(name);
  }
  arrow::Result<LoadedTable> Create(const TableName& name, TableMetadata metadata,
                                    const CommitInfo& info) override {
    ARROW_RETURN_NOT_OK(MayWrite(name));
    const std::string own = catalog_->DefaultLocation(name);
    if (!PlacesOf(metadata).empty() || WithoutDigits(metadata.location) != WithoutDigits(own)) {
      return PlacesRefused(name);
    }
    return catalog_->Create(name, std::move(metadata), info);
  }
  arrow::Result<LoadedTable> Commit(const LoadedTable& base, TableMetadata next,
                                    const CommitInfo& info) override {
    ARROW_RETURN_NOT_OK(MayWrite(base.name));
    if (next.location != base.metadata->location || PlacesOf(next) != PlacesOf(*base.metadata)) {
      return PlacesRefused(base.name);
    }
    return catalog_->Commit(base, std::move(next), info);
  }
  // A metadata file may lie anywhere, and name any file: nobody's who comes over the network.
  arrow::Result<LoadedTable> Register(const TableName& name, const std::string&,
                                      const CommitInfo&) override {
    return PermissionDeniedError("a token must not register " + name.ToString());
  }
  arrow::Status Rename(const TableName& from, const TableName& to) override {
    ARROW_RETURN_NOT_OK(MayWrite(from));
    ARROW_RETURN_NOT_OK(MayWrite(to));
    return catalog_->Rename(from, to);
  }
  arrow::Status Drop(const TableName& name) override {
    ARROW_RETURN_NOT_OK(MayWrite(name));
    return catalog_->Drop(name);
  }
  arrow::Status DropIfUnchanged(const LoadedTable& table) override {
    ARROW_RETURN_NOT_OK(MayWrite(table.name));
    return catalog_->DropIfUnchanged(table);
  }
  arrow::Result<std::vector<HistoryEntry>> History(const LoadedTable& table) override {
    ARROW_RETURN_NOT_OK(MaySee(table.name));
    return catalog_->History(table);
  }

 private:
  static arrow::Status PlacesRefused(const TableName& name) {
    return PermissionDeniedError("a token must not say where files of " + name.ToString() + " lie");
  }
  arrow::Status MaySee(const std::string& namespace_name, const std::string& asked) const {
    if (scope_.Allows(namespace_name)) return arrow::Status::OK();
    return NoSuchTableError(asked);
  }
  arrow::Status MaySee(const TableName& name) const {
    return MaySee(name.Namespace(), name.ToString());
  }
  arrow::Status MayWrite(const std::string& namespace_name, const std::string& asked) const {
    ARROW_RETURN_NOT_OK(MaySee(namespace_name, asked));
    if (scope_.write) return arrow::Status::OK();
    return PermissionDeniedError("the token may not change " + asked);
  }
  arrow::Status MayWrite(const std::string& namespace_name) const {
    return MayWrite(namespace_name, namespace_name);
  }
  arrow::Status MayWrite(const TableName& name) const {
    return MayWrite(name.Namespace(), name.ToString());
  }

  const std::shared_ptr<Catalog> catalog_;
  const TokenScope scope_;
};

}  // namespace

std::shared_ptr<Catalog> ScopeCatalog(std::shared_ptr<Catalog> catalog, TokenScope scope) {
  return std::make_shared<ScopedCatalog>(std::move(catalog), std::move(scope));
}

}  // namespace artemis
