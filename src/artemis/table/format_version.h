// What the format versions of the specification allow.
#pragma once

#include <cstdint>

#include <arrow/status.h>

#include "artemis/schema/schema.h"

namespace artemis {

inline constexpr int32_t kFormatVersionMax = 3;

// Types and defaults that a format version does not have (v3: nanosecond timestamps, unknown, the unsupported types, initial
// defaults): Invalid names the column, its type and the version it needs.
arrow::Status CheckSchemaFitsFormat(const Schema& schema, int32_t format_version);

}  // namespace artemis
