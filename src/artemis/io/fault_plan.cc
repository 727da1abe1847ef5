// The text form of fault plans.
#include "artemis/io/fault_plan.h"

#include <array>
#include <cerrno>
#include <charconv>
#include <optional>

namespace artemis {
namespace {

constexpr std::array<std::string_view, kFileOperationCount> kOperationNames = {
    "ReadAll",       "OpenInput", "ReadAt",   "OpenOutput", "OpenLocked",    "StreamWrite",
    "StreamClose",   "WriteNew",  "SyncFile", "SyncFolder", "CreateFolders", "RenameNoReplace",
    "RenameReplace", "Delete",    "FileSize", "Exists",     "ListFolder"};

std::optional<int64_t> FaultNumber(std::string_view text) {
  int64_t value = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);
  if (error != std::errc() || end != text.data() + text.size() || value < 0) return std::nullopt;
  return value;
}

bool ParseOperation(std::string_view name, Fault* fault) {
  fault->any_operation = name == "*";
  if (fault->any_operation) return true;
  for (size_t i = 0; i < kOperationNames.size(); ++i) {
    if (name != kOperationNames[i]) continue;
    fault->operation = static_cast<FileOperation>(i);
    return true;
  }
  return false;
}

bool ParseAction(std::string_view text, Fault* fault) {
  constexpr std::pair<std::string_view, FaultAction> kActions[] = {
      {"fail", FaultAction::kFail},
      {"lose", FaultAction::kLose},
      {"kill", FaultAction::kKill},
      {"kill_after", FaultAction::kKillAfter}};
  for (const auto& [name, action] : kActions) {
    if (text != name) continue;
    fault->action = action;
    return true;
  }
  constexpr std::pair<std::string_view, int> kErrors[] = {
      {"fail=ENOSPC", ENOSPC}, {"fail=EIO", EIO}, {"fail=EMFILE", EMFILE}};
  for (const auto& [name, error_number] : kErrors) {
    if (text != name) continue;
    fault->action = FaultAction::kFail;
    fault->error_number = error_number;
    return true;
  }
  constexpr std::string_view kDelayPrefix = "delay=";
  if (!text.starts_with(kDelayPrefix)) return false;
  const auto delay_ms = FaultNumber(text.substr(kDelayPrefix.size()));
  fault->action = FaultAction::kDelay;
  fault->delay_ms = delay_ms.value_or(0);
  return delay_ms.has_value();
}

arrow::Result<Fault> ParseFault(std::string_view text) {
  Fault fault;
  const size_t first = text.find(':');
  const size_t second = first == std::string_view::npos ? first : text.find(':', first + 1);
  if (second == std::string_view::npos) {
    return arrow::Status::Invalid("fault '", text, "': expected operation:call:action");
  }
  if (!ParseOperation(text.substr(0, first), &fault)) {
    return arrow::Status::Invalid("fault '", text, "': no such operation");
  }
  const auto call = FaultNumber(text.substr(first + 1, second - first - 1));
  if (!call) return arrow::Status::Invalid("fault '", text, "': expected the number of a call");
  fault.call = *call;
  if (!ParseAction(text.substr(second + 1), &fault)) {
    return arrow::Status::Invalid("fault '", text,
                                  "': expected fail, lose, kill, kill_after or delay=<ms>");
  }
  return fault;
}

}  // namespace

std::string_view FileOperationName(FileOperation operation) {
  return kOperationNames[static_cast<size_t>(operation)];
}

arrow::Result<FaultPlan> ParseFaultPlan(std::string_view text) {
  FaultPlan plan;
  while (!text.empty()) {
    const size_t comma = text.find(',');
    ARROW_ASSIGN_OR_RAISE(plan.emplace_back(), ParseFault(text.substr(0, comma)));
    if (comma == std::string_view::npos) break;
    text.remove_prefix(comma + 1);
  }
  return plan;
}

}  // namespace artemis
