// Random identifiers from the kernel's generator.
#pragma once

#include <string>

#include "artemis/base/ids.h"

namespace artemis {

// A random (version 4) UUID: "f79c3e09-677c-4bbd-a479-3f349cb785e7". Thread-safe.
std::string RandomUuid();

// A random snapshot id: 1 … 2^63-1. Thread-safe.
SnapshotId RandomSnapshotId();

}  // namespace artemis
