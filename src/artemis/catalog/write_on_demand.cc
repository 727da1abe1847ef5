// Forwards to one of two catalogs.
#include "artemis/catalog/write_on_demand.h"

#include <mutex>
#include <utility>

namespace artemis {

namespace {

class WriteOnDemand : public Catalog {
 public:
  WriteOnDemand(std::shared_ptr<Catalog> reader, CatalogOpener opener)
      : reader_(std::move(reader)), opener_(std::move(opener)) {}

  std::string Uri() const override { return reader_->Uri(); }
  std::string Warehouse() const override { return reader_->Warehouse(); }
  FileSystem& files() override { return reader_->files(); }
  const Clock& clock() const override { return reader_->clock(); }
  std::string DefaultLocation(const TableName& name) const override {
    return reader_->DefaultLocation(name);
  }

  arrow::Result<std::vector<std::string>> ListNamespaces() override {
    return Current()->ListNamespaces();
  }
  arrow::Result<std::map<std::string, std::string>> NamespaceProperties(
      const std::string& name) override {
    return Current()->NamespaceProperties(name);
  }
  arrow::Result<std::vector<TableName>> ListTables(
      std::optional<std::string> namespace_name) override {
    return Current()->ListTables(std::move(namespace_name));
  }
  arrow::Result<LoadedTable> Load(const TableName& name) override { return Current()->Load(name); }
  arrow::Result<std::vector<HistoryEntry>> History(const LoadedTable& table) override {
    return Current()->History(table);
  }

  arrow::Status CreateNamespace(const std::string& name) override {
    ARROW_ASSIGN_OR_RAISE(const auto writer, Writer());
    return writer->CreateNamespace(name);
  }
  arrow::Status DropNamespace(const std::string& name) override {
    ARROW_ASSIGN_OR_RAISE(const auto writer, Writer());
    return writer->DropNamespace(name);
  }
  arrow::Status ChangeNamespaceProperties(
      const std::string& name,
      const std::map<std::string, std::optional<std::string>>& changes) override {
    ARROW_ASSIGN_OR_RAISE(const auto writer, Writer());
    return writer->ChangeNamespaceProperties(name, changes);
  }
  arrow::Result<LoadedTable> Create(const TableName& name, TableMetadata metadata,
                                    const CommitInfo& info) override {
    ARROW_ASSIGN_OR_RAISE(const auto writer, Writer());
    return writer->Create(name, std::move(metadata), info);
  }
  arrow::Result<LoadedTable> Commit(const LoadedTable& base, TableMetadata next,
                                    const CommitInfo& info) override {
    ARROW_ASSIGN_OR_RAISE(const auto writer, Writer());
    return writer->Commit(base, std::move(next), info);
  }
  arrow::Result<LoadedTable> Register(const TableName& name, const std::string& metadata_location,
                                      const CommitInfo& info) override {
    ARROW_ASSIGN_OR_RAISE(const auto writer, Writer());
    return writer->Register(name, metadata_location, info);
  }
  arrow::Status Rename(const TableName& from, const TableName& to) override {
    ARROW_ASSIGN_OR_RAISE(const auto writer, Writer());
    return writer->Rename(from, to);
  }
  arrow::Status Drop(const TableName& name) override {
    ARROW_ASSIGN_OR_RAISE(const auto writer, Writer());
    return writer->Drop(name);
  }
  arrow::Status DropIfUnchanged(const LoadedTable& table) override {
    ARROW_ASSIGN_OR_RAISE(const auto writer, Writer());
    return writer->DropIfUnchanged(table);
  }

 private:
  std::shared_ptr<Catalog> Current() {
    std::lock_guard lock(mutex_);
    return writer_ ? writer_ : reader_;
  }

  arrow::Result<std::shared_ptr<Catalog>> Writer() {
    std::lock_guard lock(mutex_);
    if (!writer_) {
      ARROW_ASSIGN_OR_RAISE(writer_, opener_());
    }
    return writer_;
  }

  const std::shared_ptr<Catalog> reader_;
  const CatalogOpener opener_;
  std::mutex mutex_;
  std::shared_ptr<Catalog> writer_;
};

}  // namespace

std::shared_ptr<Catalog> MakeWriteOnDemand(std::shared_ptr<Catalog> reader, CatalogOpener writer) {
  return std::make_shared<WriteOnDemand>(std::move(reader), std::move(writer));
}

}  // namespace artemis
