// Every operation that changes a catalog or a table, to be interrupted at each of its calls.
#pragma once

#include <functional>
#include <string>
#include <vector>

#include "crash_world.h"

namespace artemis {

struct CrashOperation {
  std::string name;
  std::function<arrow::Status(Catalog& catalog, const CrashWorld& world)> run;
  // Done again after it was done, it changes nothing: it has a --once key, or names what it wants.
  bool is_repeatable = true;
  // Needs a catalog whose names are rows: renaming, registering under another name.
  bool needs_rows = false;
};

std::vector<CrashOperation> CrashOperations();

}  // namespace artemis
