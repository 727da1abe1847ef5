// Lets chosen calls go wrong.
#include "artemis/catalog/faulty_catalog.h"

#include <signal.h>
#include <unistd.h>

#include <chrono>
#include <thread>
#include <utility>

#include "artemis/base/error.h"

namespace artemis {

FaultyCatalog::FaultyCatalog(std::shared_ptr<Catalog> inner, CatalogFaultPlan plan)
    : inner_(std::move(inner)), plan_(std::move(plan)), random_(plan_.seed) {}

int64_t FaultyCatalog::calls(CatalogCall call) const {
  std::lock_guard lock(mutex_);
  return calls_[static_cast<size_t>(call)];
}

int64_t FaultyCatalog::taken(CatalogFaultAction action) const {
  std::lock_guard lock(mutex_);
  return taken_[static_cast<size_t>(action)];
}

FaultyCatalog::Decision FaultyCatalog::Decide(CatalogCall call, bool changes) {
  std::lock_guard lock(mutex_);
  const int64_t number = ++calls_[static_cast<size_t>(call)];
  const int64_t total = ++total_calls_;
  Decision decision;
  decision.error =
      "injected fault: " + std::string(CatalogCallName(call)) + " " + std::to_string(number);
  if (changes) {
    // The same draws for every call, whatever comes of them: a seed stands for one sequence.
    double chance = std::uniform_real_distribution<double>(0, 1)(random_);
    decision.delay_ms = std::uniform_int_distribution<int64_t>(0, plan_.delay_max_ms)(random_);
    for (size_t i = 0; i < plan_.probabilities.size() && !decision.action; ++i) {
      if (chance < plan_.probabilities[i]) decision.action = static_cast<CatalogFaultAction>(i);
      chance -= plan_.probabilities[i];
    }
  }
  for (const auto& fault : plan_.faults) {
    if (fault.call && *fault.call != call) continue;
    if (fault.number != 0 && fault.number != (fault.call ? number : total)) continue;
    decision.action = fault.action;
    if (fault.action == CatalogFaultAction::kDelay) decision.delay_ms = fault.delay_ms;
  }
  if (decision.action) ++taken_[static_cast<size_t>(*decision.action)];
  return decision;
}

arrow::Status FaultyCatalog::Run(CatalogCall call, bool changes,
                                 const std::function<arrow::Status()>& inner) {
  const Decision decision = Decide(call, changes);
  if (decision.delay_ms > 0) {
    std::this_thread::sleep_for(std::chrono::milliseconds(decision.delay_ms));
  }
  if (!decision.action || *decision.action == CatalogFaultAction::kDelay) return inner();
  const auto lost = changes ? CommitUnknownError(decision.error + " was lost")
                            : arrow::Status::IOError(decision.error + " was lost");
  switch (*decision.action) {
    case CatalogFaultAction::kFail:
      return arrow::Status::IOError(decision.error);
    case CatalogFaultAction::kLoseRequest:
      return lost;
    case CatalogFaultAction::kLose:
      (void)inner();
      return lost;
    case CatalogFaultAction::kKill:
      ::kill(::getpid(), SIGKILL);
      break;
    default:
      break;
  }
  const auto reply = inner();
  if (*decision.action == CatalogFaultAction::kKillAfter) ::kill(::getpid(), SIGKILL);
  if (*decision.action == CatalogFaultAction::kDouble) (void)inner();
  return reply;
}

template <typename T>
arrow::Result<T> FaultyCatalog::RunFor(CatalogCall call, bool changes,
                                       const std::function<arrow::Result<T>()>& inner) {
  std::optional<T> first;
  ARROW_RETURN_NOT_OK(Run(call, changes, [&]() -> arrow::Status {
    auto result = inner();
    if (result.ok() && !first) first = *std::move(result);
    return result.status();
  }));
  return *std::move(first);
}

arrow::Result<std::vector<std::string>> FaultyCatalog::ListNamespaces() {
  return RunFor<std::vector<std::string>>(CatalogCall::kList, false,
                                          [&] { return inner_->ListNamespaces(); });
}

arrow::Status FaultyCatalog::CreateNamespace(const std::string& name) {
  return Run(CatalogCall::kNamespace, true, [&] { return inner_->CreateNamespace(name); });
}

arrow::Status FaultyCatalog::DropNamespace(const std::string& name) {
  return Run(CatalogCall::kNamespace, true, [&] { return inner_->DropNamespace(name); });
}

arrow::Result<std::map<std::string, std::string>> FaultyCatalog::NamespaceProperties(
    const std::string& name) {
  return RunFor<std::map<std::string, std::string>>(
      CatalogCall::kNamespace, false, [&] { return inner_->NamespaceProperties(name); });
}

arrow::Status FaultyCatalog::ChangeNamespaceProperties(
    const std::string& name, const std::map<std::string, std::optional<std::string>>& changes) {
  return Run(CatalogCall::kNamespace, true,
             [&] { return inner_->ChangeNamespaceProperties(name, changes); });
}

arrow::Result<std::vector<TableName>> FaultyCatalog::ListTables(
    std::optional<std::string> namespace_name) {
  return RunFor<std::vector<TableName>>(CatalogCall::kList, false,
                                        [&] { return inner_->ListTables(namespace_name); });
}

arrow::Result<LoadedTable> FaultyCatalog::Load(const TableName& name) {
  return RunFor<LoadedTable>(CatalogCall::kLoad, false, [&] { return inner_->Load(name); });
}

arrow::Result<LoadedTable> FaultyCatalog::Create(const TableName& name, TableMetadata metadata,
                                                 const CommitInfo& info) {
  return RunFor<LoadedTable>(CatalogCall::kCreate, true,
                             [&] { return inner_->Create(name, metadata, info); });
}

arrow::Result<LoadedTable> FaultyCatalog::Commit(const LoadedTable& base, TableMetadata next,
                                                 const CommitInfo& info) {
  return RunFor<LoadedTable>(CatalogCall::kCommit, true,
                             [&] { return inner_->Commit(base, next, info); });
}

arrow::Result<LoadedTable> FaultyCatalog::Register(const TableName& name,
                                                   const std::string& metadata_location,
                                                   const CommitInfo& info) {
  return RunFor<LoadedTable>(CatalogCall::kRegister, true,
                             [&] { return inner_->Register(name, metadata_location, info); });
}

arrow::Status FaultyCatalog::Rename(const TableName& from, const TableName& to) {
  return Run(CatalogCall::kRename, true, [&] { return inner_->Rename(from, to); });
}

arrow::Status FaultyCatalog::Drop(const TableName& name) {
  return Run(CatalogCall::kDrop, true, [&] { return inner_->Drop(name); });
}

arrow::Status FaultyCatalog::DropIfUnchanged(const LoadedTable& table) {
  return Run(CatalogCall::kDrop, true, [&] { return inner_->DropIfUnchanged(table); });
}

arrow::Result<std::vector<HistoryEntry>> FaultyCatalog::History(const LoadedTable& table) {
  return RunFor<std::vector<HistoryEntry>>(CatalogCall::kHistory, false,
                                           [&] { return inner_->History(table); });
}

}  // namespace artemis
