// A table of a real SQLite catalog, for the tests of what commits and of what looks back.
#pragma once

#include <functional>
#include <memory>
#include <set>
#include <string>
#include <vector>

#include "artemis/catalog/catalog.h"
#include "artemis/scan/table_fixture.h"

namespace artemis {

// Hands on to another catalog, but lets something happen right before a swap, or loses its reply.
class InterceptedCatalog : public Catalog {
 public:
  explicit InterceptedCatalog(std::shared_ptr<Catalog> real) : real_(std::move(real)) {}

  std::function<void()> before_swap;
  // Happens right before a table is loaded.
  std::function<void(const TableName&)> before_load;
  // The swap happens (or, without swap_when_lost, does not), its reply does not arrive, and with stay_blind nothing can be loaded
  // from then on either.
  bool lose_reply = false;
  bool swap_when_lost = true;
  bool stay_blind = false;
  // What the next swaps end with instead of happening, first to last.
  std::vector<arrow::Status> failures;
  int swaps = 0;

  std::string Uri() const override { return real_->Uri(); }
  std::string Warehouse() const override { return real_->Warehouse(); }
  FileSystem& files() override { return real_->files(); }
  const Clock& clock() const override { return real_->clock(); }
  arrow::Result<std::vector<std::string>> ListNamespaces() override {
    return real_->ListNamespaces();
  }
  arrow::Status CreateNamespace(const std::string& name) override {
    return real_->CreateNamespace(name);
  }
  arrow::Result<std::vector<TableName>> ListTables(std::optional<std::string> name) override {
    return real_->ListTables(name);
  }
  arrow::Result<LoadedTable> Load(const TableName& name) override;
  std::string DefaultLocation(const TableName& name) const override {
    return real_->DefaultLocation(name);
  }
  arrow::Result<LoadedTable> Create(const TableName& name, TableMetadata metadata,
                                    const CommitInfo& info) override {
    return real_->Create(name, std::move(metadata), info);
  }
  arrow::Result<LoadedTable> Commit(const LoadedTable& base, TableMetadata next,
                                    const CommitInfo& info) override;
  arrow::Result<LoadedTable> Register(const TableName& name, const std::string& location,
                                      const CommitInfo& info) override {
    return real_->Register(name, location, info);
  }
  arrow::Status Rename(const TableName& from, const TableName& to) override {
    return real_->Rename(from, to);
  }
  arrow::Status Drop(const TableName& name) override { return real_->Drop(name); }
  arrow::Result<std::vector<HistoryEntry>> History(const LoadedTable& table) override {
    return real_->History(table);
  }

 private:
  std::shared_ptr<Catalog> real_;
  bool is_blind_ = false;
};

// What TestTable does goes through the real catalog, past the intercepted one.
class CatalogTable : public TestTable {
 public:
  explicit CatalogTable(const TestTableOptions& options);

  InterceptedCatalog& catalog() { return *intercepted_; }
  Catalog& real_catalog() { return *catalog_; }
  const TableName& name() const { return name_; }
  std::shared_ptr<const TableMetadata> metadata() const override;
  // The time of a snapshot's commit.
  TimestampMs TimeOf(SnapshotId id) const;

  // The files below data/ on disk, and those that a snapshot of the table names.
  std::set<std::string> DataFilesOnDisk() const;
  std::set<std::string> DataFilesOfSnapshots();

 protected:
  void Put(TableMetadata next) override;

 private:
  TableName name_{{"sda"}, "t"};
  std::shared_ptr<Catalog> catalog_;
  std::unique_ptr<InterceptedCatalog> intercepted_;
};

}  // namespace artemis
