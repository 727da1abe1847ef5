// An Avro schema as a file's header states it, with Iceberg's ids (Avro specification, "Schema Declaration";
// Iceberg specification, Appendix A "Avro").
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include <arrow/result.h>

#include "artemis/base/ids.h"

namespace artemis {

enum class AvroType : uint8_t {
  kNull,
  kBoolean,
  kInt,
  kLong,
  kFloat,
  kDouble,
  kBytes,
  kString,
  kFixed,
  kEnum,
  kRecord,
  kArray,
  kMap,
  kUnion,
};
// "null", "boolean", … as a schema spells them.
const char* AvroTypeName(AvroType type);

struct AvroField;

// A type with references to named types resolved: a tree, so a recursive type cannot be held.
struct AvroSchema {
  AvroType type = AvroType::kNull;
  std::string name;          // record, enum, fixed: without its namespace
  std::string logical_type;  // "decimal", "date", "timestamp-micros", "uuid", "map", …; else empty
  int32_t precision = 0;     // decimal
  int32_t scale = 0;         // decimal
  int64_t size_bytes = 0;    // fixed
  int32_t symbols = 0;       // enum: how many there are
  std::vector<AvroField> fields;     // record
  std::vector<AvroSchema> children;  // array: the element; map: the value; union: its branches
  // "element-id" of an array, "key-id" and "value-id" of a map.
  std::optional<FieldId> element_id, key_id, value_id;
};

struct AvroField {
  std::string name;
  std::optional<FieldId> field_id;  // "field-id"
  AvroSchema type;
};

// Limits for a schema that is read.
inline constexpr int kAvroDepthMax = 64;
inline constexpr int kAvroNodesMax = 10'000;  // with every reference written out

// Parses a schema's JSON. Invalid says what was expected and found: an unknown type or name, a recursive
// type, a record without fields, a fixed without size, more nesting or nodes than the limits above.
arrow::Result<AvroSchema> ParseAvroSchema(std::string_view json);

// The type of the record field with this id at any depth outside of arrays and maps, or null; of a
// union of null and one other type, that other type. Points into `schema`.
const AvroSchema* FindAvroField(const AvroSchema& schema, FieldId field_id);

// The fewest bytes a value of this type takes.
int64_t MinEncodedBytes(const AvroSchema& schema);

}  // namespace artemis
