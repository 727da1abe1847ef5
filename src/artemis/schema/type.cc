// Types: construction, text and deep equality.
#include "artemis/schema/type.h"

#include <utility>

#include "artemis/schema/literal.h"

namespace artemis {
namespace {

const char* PrimitiveName(TypeKind kind) {
  switch (kind) {
    case TypeKind::kBoolean:
      return "boolean";
    case TypeKind::kInt:
      return "int";
    case TypeKind::kLong:
      return "long";
    case TypeKind::kFloat:
      return "float";
    case TypeKind::kDouble:
      return "double";
    case TypeKind::kDate:
      return "date";
    case TypeKind::kTime:
      return "time";
    case TypeKind::kTimestamp:
      return "timestamp";
    case TypeKind::kTimestamptz:
      return "timestamptz";
    case TypeKind::kTimestampNs:
      return "timestamp_ns";
    case TypeKind::kTimestamptzNs:
      return "timestamptz_ns";
    case TypeKind::kString:
      return "string";
    case TypeKind::kUuid:
      return "uuid";
    case TypeKind::kBinary:
      return "binary";
    default:
      return "unknown";
  }
}

std::string StructText(const std::vector<Field>& fields) {
  std::string text = "struct<";
  for (size_t i = 0; i < fields.size(); ++i) {
    if (i > 0) text += ", ";
    text += artemis::ToString(fields[i].id) + ": " + fields[i].name + ": " +
            (fields[i].required ? "required " : "optional ") + fields[i].type.ToString();
  }
  return text + ">";
}

}  // namespace

Type Type::Of(TypeKind primitive) {
  Type type;
  type.kind = primitive;
  return type;
}

Type Type::Decimal(int32_t precision, int32_t scale) {
  Type type = Of(TypeKind::kDecimal);
  type.precision = precision;
  type.scale = scale;
  return type;
}

Type Type::Fixed(int32_t length_bytes) {
  Type type = Of(TypeKind::kFixed);
  type.length = length_bytes;
  return type;
}

Type Type::Unsupported(std::string spelling) {
  Type type = Of(TypeKind::kUnsupported);
  type.spelling = std::move(spelling);
  return type;
}

Type Type::Struct(std::vector<Field> fields) {
  Type type = Of(TypeKind::kStruct);
  type.fields = std::move(fields);
  return type;
}

Type Type::List(FieldId element_id, Type element, bool element_required) {
  Type type = Of(TypeKind::kList);
  type.fields.push_back({element_id, "element", element_required, std::move(element), {}, {}, {}});
  return type;
}

Type Type::Map(FieldId key_id, Type key, FieldId value_id, Type value, bool value_required) {
  Type type = Of(TypeKind::kMap);
  type.fields.push_back({key_id, "key", true, std::move(key), {}, {}, {}});
  type.fields.push_back({value_id, "value", value_required, std::move(value), {}, {}, {}});
  return type;
}

std::string Type::ToString() const {
  switch (kind) {
    case TypeKind::kDecimal:
      return "decimal(" + std::to_string(precision) + ", " + std::to_string(scale) + ")";
    case TypeKind::kFixed:
      return "fixed[" + std::to_string(length) + "]";
    case TypeKind::kStruct:
      return StructText(fields);
    case TypeKind::kList:
      return "list<" + fields[0].type.ToString() + ">";
    case TypeKind::kMap:
      return "map<" + fields[0].type.ToString() + ", " + fields[1].type.ToString() + ">";
    case TypeKind::kUnsupported:
      return spelling;
    default:
      return PrimitiveName(kind);
  }
}

bool Type::operator==(const Type& other) const = default;

// A default of NaN is the same default wherever it stands.
bool Field::operator==(const Field& other) const {
  const auto same = [](const std::optional<LiteralValue>& a, const std::optional<LiteralValue>& b) {
    return a == b || (a && b && a->index() == b->index() && IsNaN(*a) && IsNaN(*b));
  };
  return id == other.id && name == other.name && required == other.required && type == other.type &&
         doc == other.doc && same(initial_default, other.initial_default) &&
         same(write_default, other.write_default) &&
         initial_default_struct == other.initial_default_struct &&
         write_default_struct == other.write_default_struct;
}

const Field* FindUnsupported(const std::vector<Field>& fields) {
  for (const Field& field : fields) {
    if (field.type.kind == TypeKind::kUnsupported) return &field;
    if (const Field* below = FindUnsupported(field.type.fields)) return below;
  }
  return nullptr;
}

arrow::Status RefuseUnsupported(const Field& field, const char* action) {
  const Field* found =
      field.type.kind == TypeKind::kUnsupported ? &field : FindUnsupported(field.type.fields);
  if (found == nullptr) return arrow::Status::OK();
  const std::string within = found == &field ? "" : "field '" + found->name + "' of ";
  return arrow::Status::NotImplemented(within, "column '", field.name, "' has the type ",
                                       found->type.spelling, ", which cannot be ", action);
}

}  // namespace artemis
