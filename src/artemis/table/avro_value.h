// Partition values in Avro (specification, Appendix A "Avro"): date is int, times and timestamps are long, uuid
// is fixed(16), a decimal the fewest big-endian bytes that hold its precision.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include <arrow/result.h>

#include "artemis/avro/avro_schema.h"
#include "artemis/avro/encoder.h"
#include "artemis/schema/type.h"

namespace artemis {

// Makes literals of one type from what a decode plan calls. Also takes the writer's narrower types (int for
// long, float for double), since a column may have been widened.
class AvroValueReader {
 public:
  // For values of `type`, a primitive.
  static AvroValueReader For(const Type& type);
  // For values as the writer's schema has them, where the type is not known.
  static AvroValueReader For(const AvroSchema& writer);

  // The writer's types it takes, for AvroWanted::accepts.
  uint32_t accepts() const;

  // nullopt when the value cannot be of the type (a decimal over 16 bytes, a fixed of another length).
  std::optional<LiteralValue> FromLong(int64_t value) const;
  std::optional<LiteralValue> FromFloat(float value) const;
  std::optional<LiteralValue> FromDouble(double value) const;
  std::optional<LiteralValue> FromBytes(std::string_view value) const;

 private:
  enum class Form : uint8_t { kBoolean, kInt, kLong, kFloat, kDouble, kDecimal, kFixed, kBytes };
  AvroValueReader(Form form, int64_t size_bytes) : form_(form), size_bytes_(size_bytes) {}

  Form form_;
  int64_t size_bytes_;  // kFixed
};

// The Avro schema of a primitive type as JSON; `unique` makes the names of fixed types unique in their
// file.
std::string AvroTypeJson(const Type& type, const std::string& unique);

// Appends a value. Invalid when it does not hold the alternative, length or digits of `type`.
arrow::Status PutAvroValue(const Type& type, const LiteralValue& value, AvroEncoder* out);

// The bytes of a decimal's fixed type: the fewest that hold `precision` digits and a sign.
int32_t DecimalBytes(int32_t precision);

}  // namespace artemis
