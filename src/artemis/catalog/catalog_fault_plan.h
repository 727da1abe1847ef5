// Which calls of a catalog go wrong, and how: for tests and for the testing program, never for the product.
//
//   plan   := part (',' part)*
//   part   := call ':' number ':' action        the number-th call (1 is the first, 0 every one) of that kind
//           | action '=' probability            of every call that changes something
//           | 'delay' '=' milliseconds          every call that changes something waits up to that long first
//           | 'seed' '=' number                 of the random choices (0)
//   call   : Load, List, History, Create, Commit, Register, Rename, Drop, Namespace, or '*' for any, counted together
//   action : fail | lose | lose_request | double | kill | kill_after, and delay=<ms> for a numbered call
// Example: "seed=7,lose=0.15,double=0.15,Commit:3:kill_after".
#pragma once

#include <array>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include <arrow/result.h>

namespace artemis {

enum class CatalogCall : uint8_t {
  kLoad,
  kList,
  kHistory,
  kCreate,
  kCommit,
  kRegister,
  kRename,
  kDrop,  // DropIfUnchanged, too
  kNamespace,
};
inline constexpr int kCatalogCallCount = 9;

std::string_view CatalogCallName(CatalogCall call);

enum class CatalogFaultAction : uint8_t {
  kFail,         // the call is not made, and everybody knows: IOError
  kLose,         // the call is made and its reply lost: CommitUnknown, for calls that read IOError
  kLoseRequest,  // the call is not made, and nobody knows: CommitUnknown, for calls that read IOError
  kDouble,       // the call arrives twice; the reply is that to the first
  kKill,         // the process ends by SIGKILL before the call
  kKillAfter,    // … after it
  kDelay,        // the call waits first
};
inline constexpr int kCatalogFaultActionCount = 7;

struct CatalogFault {
  std::optional<CatalogCall> call;  // nullopt: any
  int64_t number = 1;
  CatalogFaultAction action = CatalogFaultAction::kFail;
  int64_t delay_ms = 0;

  bool operator==(const CatalogFault&) const = default;
};

struct CatalogFaultPlan {
  std::vector<CatalogFault> faults;
  // By action; they sum up to at most 1.
  std::array<double, kCatalogFaultActionCount> probabilities{};
  int64_t delay_max_ms = 0;
  uint64_t seed = 0;

  bool operator==(const CatalogFaultPlan&) const = default;
  // Whether nothing goes wrong.
  bool empty() const;
};

// Invalid names the part it does not understand. Empty text is no faults.
arrow::Result<CatalogFaultPlan> ParseCatalogFaultPlan(std::string_view text);

}  // namespace artemis
