// Which calls of a file system go wrong, and how: for tests and for the testing program, never for the product.
//
//   plan  := fault (',' fault)*        fault := operation ':' call ':' action
//   operation: a name below, or '*' for any; call: 1 is the first, 0 is every one;
//   action: fail | fail=<errno name> | lose | kill | kill_after | delay=<ms>
// Example: "WriteNew:3:fail,*:10:delay=50".
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include <arrow/result.h>

namespace artemis {

enum class FileOperation : uint8_t {
  kReadAll,
  kOpenInput,
  kReadAt,  // of an open input
  kOpenOutput,
  kOpenLocked,
  kStreamWrite,  // of an open output
  kStreamClose,
  kWriteNew,
  kSyncFile,
  kSyncFolder,
  kCreateFolders,
  kRenameNoReplace,
  kRenameReplace,
  kDelete,
  kFileSize,
  kExists,
  kListFolder,
};
inline constexpr int kFileOperationCount = 17;

// "WriteNew": the name of the call in FileSystem; "ReadAt", "StreamWrite", "StreamClose".
std::string_view FileOperationName(FileOperation operation);

enum class FaultAction : uint8_t {
  kFail,       // the call is not made and fails
  kLose,       // the call is made and fails all the same: its reply was lost
  kKill,       // the process ends by SIGKILL before the call
  kKillAfter,  // … after it
  kDelay,      // the call waits first
};

struct Fault {
  // The operation; any of them when `any_operation`, counted together.
  FileOperation operation = FileOperation::kReadAll;
  bool any_operation = false;
  // Counted from 1; 0 is every call.
  int64_t call = 1;
  FaultAction action = FaultAction::kFail;
  int64_t delay_ms = 0;
  // The errno that a failure carries, such as ENOSPC; 0: none.
  int error_number = 0;

  bool operator==(const Fault&) const = default;
};

using FaultPlan = std::vector<Fault>;

// Invalid names the part it does not understand. Empty text is no faults.
arrow::Result<FaultPlan> ParseFaultPlan(std::string_view text);

}  // namespace artemis
