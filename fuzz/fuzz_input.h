// What the fuzz targets share: the input as text, and a check that stops the run when something we read does not come back as it
// was.
#pragma once

#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <string_view>

#include "artemis/base/error.h"

namespace artemis {

// Larger inputs find nothing that smaller ones do not.
inline constexpr size_t kFuzzInputMax = size_t{1} << 16;

inline std::string_view FuzzText(const uint8_t* data, size_t size) {
  return {reinterpret_cast<const char*>(data), size};
}

}  // namespace artemis

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size);
