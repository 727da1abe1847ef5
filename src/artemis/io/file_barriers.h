// Barriers that hold processes by files in a shared folder: for the testing program, never for the product.
#pragma once

#include <cstdint>
#include <memory>
#include <string_view>

#include <arrow/result.h>

#include "artemis/io/barrier.h"

namespace artemis {

// Parses "before_swap:/folder/3": at the point before_swap, wait until 3 processes have come (each leaves a file in the folder,
// which is made). Several are parted by commas. Each process is held once per point; points not named hold nobody.
// Reach fails with IOError when the others do not come within `timeout_ms`. Invalid: another shape.
arrow::Result<std::unique_ptr<Barriers>> ParseFileBarriers(std::string_view text,
                                                           int64_t timeout_ms = 60'000);

}  // namespace artemis
