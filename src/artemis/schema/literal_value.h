// A single value of an Iceberg primitive type, without its type: the type comes from the field it belongs to.
#pragma once

#include <cstdint>
#include <string>
#include <variant>

#include <arrow/util/decimal.h>

namespace artemis {

// Which alternative holds which type (specification, "Primitive Types"):
//   bool                boolean
//   int32_t             int, date (days since 1970-01-01)
//   int64_t             long, time (µs since midnight), timestamp and timestamptz (µs since the epoch),
//                       timestamp_ns and timestamptz_ns (ns since the epoch)
//   float, double       float, double
//   arrow::Decimal128   decimal(P, S), unscaled
//   std::string         string (UTF-8), uuid (16 bytes, big-endian), fixed, binary (raw bytes)
using LiteralValue =
    std::variant<bool, int32_t, int64_t, float, double, arrow::Decimal128, std::string>;

}  // namespace artemis
