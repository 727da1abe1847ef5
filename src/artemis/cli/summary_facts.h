// Members of a snapshot's summary as facts. A null snapshot has none.
#pragma once

#include <cstdint>
#include <optional>

#include "artemis/output/facts.h"
#include "artemis/table/snapshot.h"

namespace artemis {

// The number under `key`; nullopt where it is missing or no number.
std::optional<int64_t> SummaryNumber(const Snapshot* snapshot, const char* key);
Fact SummaryCount(const Snapshot* snapshot, const char* key);
Fact SummaryText(const Snapshot* snapshot, const char* key);

}  // namespace artemis
