// A catalog over another one whose replies get lost, arrive twice, late or not at all: for tests and the testing program.
#pragma once

#include <array>
#include <functional>
#include <memory>
#include <mutex>
#include <random>
#include <string>

#include "artemis/catalog/catalog.h"
#include "artemis/catalog/catalog_fault_plan.h"

namespace artemis {

// Thread-safe. Injected errors say "injected fault", the call and its number; those of calls that change something and may have
// done so carry CommitUnknown. Calls that only look are numbered, too, but random faults strike only those that change something.
class FaultyCatalog : public Catalog {
 public:
  FaultyCatalog(std::shared_ptr<Catalog> inner, CatalogFaultPlan plan);

  // How often a kind of call came, and how often an action was taken.
  int64_t calls(CatalogCall call) const;
  int64_t taken(CatalogFaultAction action) const;

  std::string Uri() const override { return inner_->Uri(); }
  std::string Warehouse() const override { return inner_->Warehouse(); }
  FileSystem& files() override { return inner_->files(); }
  const Clock& clock() const override { return inner_->clock(); }
  arrow::Result<std::vector<std::string>> ListNamespaces() override;
  arrow::Status CreateNamespace(const std::string& name) override;
  arrow::Status DropNamespace(const std::string& name) override;
  arrow::Result<std::map<std::string, std::string>> NamespaceProperties(
      const std::string& name) override;
  arrow::Status ChangeNamespaceProperties(
      const std::string& name,
      const std::map<std::string, std::optional<std::string>>& changes) override;
  arrow::Result<std::vector<TableName>> ListTables(
      std::optional<std::string> namespace_name) override;
  arrow::Result<LoadedTable> Load(const TableName& name) override;
  std::string DefaultLocation(const TableName& name) const override {
    return inner_->DefaultLocation(name);
  }
  arrow::Result<LoadedTable> Create(const TableName& name, TableMetadata metadata,
                                    const CommitInfo& info) override;
  arrow::Result<LoadedTable> Commit(const LoadedTable& base, TableMetadata next,
                                    const CommitInfo& info) override;
  arrow::Result<LoadedTable> Register(const TableName& name, const std::string& metadata_location,
                                      const CommitInfo& info) override;
  arrow::Status Rename(const TableName& from, const TableName& to) override;
  arrow::Status Drop(const TableName& name) override;
  arrow::Status DropIfUnchanged(const LoadedTable& table) override;
  arrow::Result<std::vector<HistoryEntry>> History(const LoadedTable& table) override;

 private:
  struct Decision {
    std::optional<CatalogFaultAction> action;
    int64_t delay_ms = 0;
    std::string error;  // "injected fault: Commit 3"
  };

  Decision Decide(CatalogCall call, bool changes);
  // Runs `inner` as `call`, or what the plan has for it.
  arrow::Status Run(CatalogCall call, bool changes, const std::function<arrow::Status()>& inner);
  template <typename T>
  arrow::Result<T> RunFor(CatalogCall call, bool changes,
                          const std::function<arrow::Result<T>()>& inner);

  const std::shared_ptr<Catalog> inner_;
  const CatalogFaultPlan plan_;
  mutable std::mutex mutex_;  // guards the rest
  std::mt19937_64 random_;
  std::array<int64_t, kCatalogCallCount> calls_{};
  int64_t total_calls_ = 0;
  std::array<int64_t, kCatalogFaultActionCount> taken_{};
};

}  // namespace artemis
