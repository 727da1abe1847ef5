// Parses Avro schemas; simdjson reads the JSON, named types are kept by full name until the end.
#include <map>

#include <simdjson.h>

#include "artemis/avro/avro_schema.h"

namespace artemis {

namespace {

using simdjson::dom::element;
using simdjson::dom::element_type;

constexpr AvroType kAllTypes[] = {
    AvroType::kNull,   AvroType::kBoolean, AvroType::kInt,    AvroType::kLong,  AvroType::kFloat,
    AvroType::kDouble, AvroType::kBytes,   AvroType::kString, AvroType::kFixed, AvroType::kEnum,
    AvroType::kRecord, AvroType::kArray,   AvroType::kMap,    AvroType::kUnion,
};

arrow::Status SchemaError(const std::string& what) {
  return arrow::Status::Invalid("Avro schema: ", what);
}

std::optional<AvroType> PrimitiveOf(std::string_view name) {
  for (AvroType type : kAllTypes) {
    if (type <= AvroType::kString && name == AvroTypeName(type)) return type;
  }
  return std::nullopt;
}

std::string_view StringOf(element json) {
  std::string_view text;
  return json.get(text) == simdjson::SUCCESS ? text : std::string_view();
}

std::string TextOf(element object, const char* key) {
  std::string_view text;
  return object[key].get(text) == simdjson::SUCCESS ? std::string(text) : std::string();
}

std::optional<int64_t> IntegerOf(element object, const char* key) {
  int64_t value;
  if (object[key].get(value) != simdjson::SUCCESS) return std::nullopt;
  return value;
}

arrow::Result<std::optional<FieldId>> IdOf(element object, const char* key) {
  const auto value = IntegerOf(object, key);
  if (!value) return std::optional<FieldId>();
  if (*value < 0 || *value > std::numeric_limits<int32_t>::max()) {
    return SchemaError(std::string(key) + " is no id: " + std::to_string(*value));
  }
  return std::optional<FieldId>(FieldId(static_cast<int32_t>(*value)));
}

class AvroSchemaParser {
 public:
  arrow::Result<AvroSchema> Parse(element json, const std::string& space, int depth) {
    if (depth > kAvroDepthMax) {
      return SchemaError("nested deeper than " + std::to_string(kAvroDepthMax));
    }
    ARROW_RETURN_NOT_OK(CountNodes(1));
    switch (json.type()) {
      case element_type::STRING:
        return ParseName(StringOf(json), space);
      case element_type::ARRAY:
        return ParseUnion(json, space, depth);
      case element_type::OBJECT:
        return ParseObject(json, space, depth);
      default:
        return SchemaError("expected a name, a union or an object");
    }
  }

 private:
  arrow::Status CountNodes(int64_t nodes) {
    nodes_ += nodes;
    if (nodes_ > kAvroNodesMax) {
      return SchemaError("more than " + std::to_string(kAvroNodesMax) + " nodes");
    }
    return arrow::Status::OK();
  }

  arrow::Result<AvroSchema> ParseName(std::string_view name, const std::string& space) {
    if (const auto primitive = PrimitiveOf(name)) {
      AvroSchema schema;
      schema.type = *primitive;
      return schema;
    }
    auto found = named_.find(FullName(std::string(name), space));
    if (found == named_.end()) found = named_.find(std::string(name));
    if (found == named_.end()) {
      return SchemaError("unknown or recursive type '" + std::string(name) + "'");
    }
    ARROW_RETURN_NOT_OK(CountNodes(found->second.nodes));
    return found->second.schema;
  }

  arrow::Result<AvroSchema> ParseUnion(element json, const std::string& space, int depth) {
    AvroSchema schema;
    schema.type = AvroType::kUnion;
    simdjson::dom::array branches;
    if (json.get(branches) != simdjson::SUCCESS) return SchemaError("expected a union");
    for (element branch : branches) {
      ARROW_ASSIGN_OR_RAISE(AvroSchema child, Parse(branch, space, depth + 1));
      schema.children.push_back(std::move(child));
    }
    if (schema.children.empty()) return SchemaError("a union without branches");
    return schema;
  }

  arrow::Result<AvroSchema> ParseObject(element json, const std::string& space, int depth) {
    element type;
    if (json["type"].get(type) != simdjson::SUCCESS) return SchemaError("an object without type");
    if (!type.is_string()) return Parse(type, space, depth + 1);
    const std::string_view name = StringOf(type);
    if (name == "record" || name == "error") return ParseRecord(json, space, depth);
    if (name == "array") return ParseArray(json, space, depth);
    if (name == "map") return ParseMap(json, space, depth);
    if (name == "fixed") return ParseFixed(json, space);
    if (name == "enum") return ParseEnum(json, space);
    ARROW_ASSIGN_OR_RAISE(AvroSchema schema, ParseName(name, space));
    ARROW_RETURN_NOT_OK(AddLogicalType(json, &schema));
    return schema;
  }

  arrow::Result<AvroSchema> ParseRecord(element json, const std::string& space, int depth) {
    const int64_t nodes_before = nodes_;
    AvroSchema schema;
    schema.type = AvroType::kRecord;
    ARROW_ASSIGN_OR_RAISE(const std::string full_name, NameOf(json, space, &schema));
    const std::string inner = NamespaceOf(full_name);
    simdjson::dom::array fields;
    if (json["fields"].get(fields) != simdjson::SUCCESS) {
      return SchemaError("record '" + full_name + "' has no fields");
    }
    for (element member : fields) {
      ARROW_ASSIGN_OR_RAISE(AvroField field, ParseField(member, inner, depth));
      schema.fields.push_back(std::move(field));
    }
    ARROW_RETURN_NOT_OK(AddLogicalType(json, &schema));
    Remember(full_name, schema, nodes_ - nodes_before + 1);
    return schema;
  }

  arrow::Result<AvroField> ParseField(element json, const std::string& space, int depth) {
    AvroField field;
    field.name = TextOf(json, "name");
    element type;
    if (!json.is_object() || json["type"].get(type) != simdjson::SUCCESS) {
      return SchemaError("field '" + field.name + "' has no type");
    }
    ARROW_ASSIGN_OR_RAISE(field.field_id, IdOf(json, "field-id"));
    ARROW_ASSIGN_OR_RAISE(field.type, Parse(type, space, depth + 1));
    return field;
  }

  arrow::Result<AvroSchema> ParseArray(element json, const std::string& space, int depth) {
    AvroSchema schema;
    schema.type = AvroType::kArray;
    ARROW_RETURN_NOT_OK(ParseChild(json, "items", space, depth, &schema));
    ARROW_ASSIGN_OR_RAISE(schema.element_id, IdOf(json, "element-id"));
    ARROW_RETURN_NOT_OK(AddLogicalType(json, &schema));
    return schema;
  }

  arrow::Result<AvroSchema> ParseMap(element json, const std::string& space, int depth) {
    AvroSchema schema;
    schema.type = AvroType::kMap;
    ARROW_RETURN_NOT_OK(ParseChild(json, "values", space, depth, &schema));
    ARROW_ASSIGN_OR_RAISE(schema.key_id, IdOf(json, "key-id"));
    ARROW_ASSIGN_OR_RAISE(schema.value_id, IdOf(json, "value-id"));
    return schema;
  }

  arrow::Status ParseChild(element json, const char* key, const std::string& space, int depth,
                           AvroSchema* parent) {
    element child;
    if (json[key].get(child) != simdjson::SUCCESS) {
      return SchemaError(std::string(AvroTypeName(parent->type)) + " has no " + key);
    }
    ARROW_ASSIGN_OR_RAISE(AvroSchema parsed, Parse(child, space, depth + 1));
    parent->children.push_back(std::move(parsed));
    return arrow::Status::OK();
  }

  arrow::Result<AvroSchema> ParseFixed(element json, const std::string& space) {
    AvroSchema schema;
    schema.type = AvroType::kFixed;
    ARROW_ASSIGN_OR_RAISE(const std::string full_name, NameOf(json, space, &schema));
    const auto size = IntegerOf(json, "size");
    if (!size || *size < 0 || *size > std::numeric_limits<int32_t>::max()) {
      return SchemaError("fixed '" + full_name + "' has no usable size");
    }
    schema.size_bytes = *size;
    ARROW_RETURN_NOT_OK(AddLogicalType(json, &schema));
    Remember(full_name, schema, 1);
    return schema;
  }

  arrow::Result<AvroSchema> ParseEnum(element json, const std::string& space) {
    AvroSchema schema;
    schema.type = AvroType::kEnum;
    ARROW_ASSIGN_OR_RAISE(const std::string full_name, NameOf(json, space, &schema));
    simdjson::dom::array symbols;
    if (json["symbols"].get(symbols) != simdjson::SUCCESS) {
      return SchemaError("enum '" + full_name + "' has no symbols");
    }
    schema.symbols = static_cast<int32_t>(symbols.size());
    Remember(full_name, schema, 1);
    return schema;
  }

  static arrow::Status AddLogicalType(element json, AvroSchema* schema) {
    schema->logical_type = TextOf(json, "logicalType");
    if (schema->logical_type != "decimal") return arrow::Status::OK();
    const int64_t precision = IntegerOf(json, "precision").value_or(0);
    const int64_t scale = IntegerOf(json, "scale").value_or(0);
    if (precision < 1 || precision > 38 || scale < 0 || scale > precision) {
      return SchemaError("decimal(" + std::to_string(precision) + ", " + std::to_string(scale) +
                         ")");
    }
    schema->precision = static_cast<int32_t>(precision);
    schema->scale = static_cast<int32_t>(scale);
    return arrow::Status::OK();
  }

  // Sets schema->name and gives the full name.
  static arrow::Result<std::string> NameOf(element json, const std::string& space,
                                           AvroSchema* schema) {
    const std::string name = TextOf(json, "name");
    if (name.empty()) return SchemaError("a named type without a name");
    std::string_view own_space;
    const bool has_space = json["namespace"].get(own_space) == simdjson::SUCCESS;
    const std::string full_name = FullName(name, has_space ? std::string(own_space) : space);
    schema->name = full_name.substr(full_name.rfind('.') + 1);
    return full_name;
  }
  static std::string FullName(const std::string& name, const std::string& space) {
    return space.empty() || name.find('.') != std::string::npos ? name : space + "." + name;
  }
  static std::string NamespaceOf(const std::string& full_name) {
    const size_t dot = full_name.rfind('.');
    return dot == std::string::npos ? std::string() : full_name.substr(0, dot);
  }
  void Remember(const std::string& full_name, const AvroSchema& schema, int64_t nodes) {
    named_.insert_or_assign(full_name, Named{schema, nodes});
  }

  struct Named {
    AvroSchema schema;
    int64_t nodes;
  };
  std::map<std::string, Named> named_;
  int64_t nodes_ = 0;
};

}  // namespace

const char* AvroTypeName(AvroType type) {
  constexpr const char* kNames[] = {"null",   "boolean", "int",    "long",  "float",
                                    "double", "bytes",   "string", "fixed", "enum",
                                    "record", "array",   "map",    "union"};
  return kNames[static_cast<int>(type)];
}

arrow::Result<AvroSchema> ParseAvroSchema(std::string_view json) {
  simdjson::dom::parser parser;
  element root;
  if (const auto error = parser.parse(json.data(), json.size()).get(root)) {
    return SchemaError(std::string("no JSON: ") + simdjson::error_message(error));
  }
  return AvroSchemaParser().Parse(root, "", 0);
}

const AvroSchema* FindAvroField(const AvroSchema& schema, FieldId field_id) {
  if (schema.type == AvroType::kUnion) {
    for (const AvroSchema& branch : schema.children) {
      if (const AvroSchema* found = FindAvroField(branch, field_id)) return found;
    }
  }
  for (const AvroField& field : schema.fields) {
    if (field.field_id == field_id) {
      const AvroSchema* type = &field.type;
      if (type->type != AvroType::kUnion || type->children.size() != 2) return type;
      const bool null_first = type->children[0].type == AvroType::kNull;
      return &type->children[null_first ? 1 : 0];
    }
    if (const AvroSchema* found = FindAvroField(field.type, field_id)) return found;
  }
  return nullptr;
}

int64_t MinEncodedBytes(const AvroSchema& schema) {
  switch (schema.type) {
    case AvroType::kNull:
      return 0;
    case AvroType::kFloat:
      return 4;
    case AvroType::kDouble:
      return 8;
    case AvroType::kFixed:
      return schema.size_bytes;
    case AvroType::kRecord: {
      int64_t sum = 0;
      for (const AvroField& field : schema.fields) sum += MinEncodedBytes(field.type);
      return sum;
    }
    default:
      return 1;
  }
}

}  // namespace artemis
