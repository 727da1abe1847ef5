// Iceberg types and fields as plain values (specification, "Schemas and Data Types").
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include <arrow/status.h>

#include "artemis/base/ids.h"
#include "artemis/schema/literal_value.h"

namespace artemis {

enum class TypeKind : uint8_t {
  kBoolean,
  kInt,
  kLong,
  kFloat,
  kDouble,
  kDecimal,
  kDate,
  kTime,
  kTimestamp,
  kTimestamptz,
  kTimestampNs,    // v3
  kTimestamptzNs,  // v3
  kString,
  kUuid,
  kFixed,
  kBinary,
  kUnknown,  // v3
  kStruct,
  kList,
  kMap,
  // v3 types whose values we neither read nor write: variant, geometry, geography. Their tables open and keep them.
  kUnsupported,
};

struct Field;

// A type. Equality is deep and includes field ids, names and docs.
struct Type {
  TypeKind kind = TypeKind::kUnknown;
  // decimal only: 1..38 digits, scale <= precision.
  int32_t precision = 0;
  int32_t scale = 0;
  // fixed only: bytes.
  int32_t length = 0;
  // unsupported only: the type as it was read ("variant", "geometry(OGC:CRS84)").
  std::string spelling;
  // struct: its fields; list: {element}; map: {key, value}. Element, key and value are fields with ids,
  // named "element", "key" and "value".
  std::vector<Field> fields;

  static Type Of(TypeKind primitive);
  static Type Decimal(int32_t precision, int32_t scale);
  static Type Fixed(int32_t length_bytes);
  static Type Unsupported(std::string spelling);
  static Type Struct(std::vector<Field> fields);
  static Type List(FieldId element_id, Type element, bool element_required);
  static Type Map(FieldId key_id, Type key, FieldId value_id, Type value, bool value_required);

  bool is_primitive() const { return kind < TypeKind::kStruct; }
  // The specification's spelling of a primitive ("decimal(9, 2)", "fixed[16]", "timestamptz"); "struct<…>",
  // "list<…>", "map<…>" for messages.
  std::string ToString() const;

  bool operator==(const Type& other) const;
};

struct Field {
  FieldId id;
  std::string name;
  bool required = false;
  Type type;
  std::optional<std::string> doc;
  // v3 defaults; the alternative that fits `type`.
  std::optional<LiteralValue> initial_default;
  std::optional<LiteralValue> write_default;
  // Of a struct: the default is {}, its fields' own defaults, instead of null.
  bool initial_default_struct = false;
  bool write_default_struct = false;

  bool operator==(const Field& other) const;
};

// The first field, at any depth, of an unsupported type; null when there is none.
const Field* FindUnsupported(const std::vector<Field>& fields);
// NotImplemented, naming the column and its type, where `field` is of an unsupported type or holds one. `action`: "read", "written".
arrow::Status RefuseUnsupported(const Field& field, const char* action);

}  // namespace artemis
