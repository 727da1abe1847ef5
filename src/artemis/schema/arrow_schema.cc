// Both directions of the mapping, by recursive descent.
#include "artemis/schema/arrow_schema.h"

#include <charconv>
#include <set>

#include <arrow/extension_type.h>
#include <arrow/type.h>
#include <arrow/util/key_value_metadata.h>

#include "artemis/base/error.h"
#include "artemis/base/json_text.h"

namespace artemis {
namespace {

constexpr int kArrowNestingMax = 64;

arrow::Status NoSuchArrowMapping(const std::string& name, const arrow::DataType& type,
                                 const std::string& why) {
  return arrow::Status::Invalid("column ", name, ": Arrow type ", type.ToString(),
                                " has no Iceberg type", why.empty() ? "" : ": " + why);
}

// Reads Arrow types; counts fields with and without ids on the way.
class ArrowReader {
 public:
  explicit ArrowReader(NanosPolicy nanos) : nanos_(nanos) {}

  arrow::Result<std::vector<Field>> ReadFields(const arrow::FieldVector& fields,
                                               const std::string& prefix, int depth);

  int fields_with_id() const { return with_id_; }
  int fields_without_id() const { return without_id_; }

 private:
  arrow::Result<Field> ReadField(const arrow::Field& field, const std::string& name, int depth);
  arrow::Result<Type> ReadType(const arrow::DataType& type, const std::string& name, int depth);
  arrow::Result<Type> ReadNested(const arrow::DataType& type, const std::string& name, int depth);
  arrow::Result<Type> ReadTimestamp(const arrow::TimestampType& type) const;

  NanosPolicy nanos_;
  int with_id_ = 0;
  int without_id_ = 0;
};

arrow::Result<std::optional<FieldId>> ArrowFieldId(const arrow::Field& field,
                                                   const std::string& name) {
  if (field.metadata() == nullptr) return std::nullopt;
  const int index = field.metadata()->FindKey(kParquetFieldIdKey);
  if (index < 0) return std::nullopt;
  const std::string& text = field.metadata()->value(index);
  int32_t id = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), id);
  if (error != std::errc() || end != text.data() + text.size() || id < 0) {
    return arrow::Status::Invalid("column ", name, ": field id '", text, "' is no number");
  }
  return std::optional(FieldId(id));
}

arrow::Result<Type> ArrowReader::ReadTimestamp(const arrow::TimestampType& type) const {
  const bool zoned = !type.timezone().empty();
  if (type.unit() == arrow::TimeUnit::NANO && nanos_ == NanosPolicy::kNanos) {
    return Type::Of(zoned ? TypeKind::kTimestamptzNs : TypeKind::kTimestampNs);
  }
  return Type::Of(zoned ? TypeKind::kTimestamptz : TypeKind::kTimestamp);
}

arrow::Result<Type> ReadArrowDecimal(const arrow::DataType& type, const std::string& name) {
  const auto& decimal = static_cast<const arrow::DecimalType&>(type);
  if (decimal.precision() > 38 || decimal.scale() < 0 || decimal.scale() > decimal.precision()) {
    return NoSuchArrowMapping(name, type, "expected at most 38 digits and 0 <= scale <= precision");
  }
  return Type::Decimal(decimal.precision(), decimal.scale());
}

arrow::Result<Type> ReadArrowExtension(const arrow::DataType& type) {
  const auto& extension = static_cast<const arrow::ExtensionType&>(type);
  if (extension.extension_name() == "arrow.uuid") return Type::Of(TypeKind::kUuid);
  if (extension.extension_name() == "arrow.bool8") return Type::Of(TypeKind::kBoolean);
  return Type::Of(TypeKind::kUnknown);
}

arrow::Result<Type> ArrowReader::ReadType(const arrow::DataType& type, const std::string& name,
                                          int depth) {
  switch (type.id()) {
    case arrow::Type::BOOL:
      return Type::Of(TypeKind::kBoolean);
    case arrow::Type::INT8:
    case arrow::Type::INT16:
    case arrow::Type::INT32:
    case arrow::Type::UINT8:
    case arrow::Type::UINT16:
      return Type::Of(TypeKind::kInt);
    case arrow::Type::INT64:
    case arrow::Type::UINT32:
    case arrow::Type::UINT64:
      return Type::Of(TypeKind::kLong);
    case arrow::Type::FLOAT:
      return Type::Of(TypeKind::kFloat);
    case arrow::Type::DOUBLE:
      return Type::Of(TypeKind::kDouble);
    case arrow::Type::DECIMAL32:
    case arrow::Type::DECIMAL64:
    case arrow::Type::DECIMAL128:
    case arrow::Type::DECIMAL256:
      return ReadArrowDecimal(type, name);
    case arrow::Type::DATE32:
    case arrow::Type::DATE64:
      return Type::Of(TypeKind::kDate);
    case arrow::Type::TIME32:
    case arrow::Type::TIME64:
      return Type::Of(TypeKind::kTime);
    case arrow::Type::TIMESTAMP:
      return ReadTimestamp(static_cast<const arrow::TimestampType&>(type));
    case arrow::Type::STRING:
    case arrow::Type::LARGE_STRING:
    case arrow::Type::STRING_VIEW:
      return Type::Of(TypeKind::kString);
    case arrow::Type::BINARY:
    case arrow::Type::LARGE_BINARY:
    case arrow::Type::BINARY_VIEW:
      return Type::Of(TypeKind::kBinary);
    case arrow::Type::FIXED_SIZE_BINARY:
      return Type::Fixed(static_cast<const arrow::FixedSizeBinaryType&>(type).byte_width());
    case arrow::Type::DICTIONARY:
      return ReadType(*static_cast<const arrow::DictionaryType&>(type).value_type(), name, depth);
    case arrow::Type::EXTENSION: {
      ARROW_ASSIGN_OR_RAISE(const Type known, ReadArrowExtension(type));
      if (known.kind != TypeKind::kUnknown) return known;
      return ReadType(*static_cast<const arrow::ExtensionType&>(type).storage_type(), name, depth);
    }
    default:
      return ReadNested(type, name, depth);
  }
}

arrow::Result<Type> ArrowReader::ReadNested(const arrow::DataType& type, const std::string& name,
                                            int depth) {
  if (depth >= kArrowNestingMax) {
    return LimitExceededError("column " + name + ": types nest deeper than " +
                              std::to_string(kArrowNestingMax));
  }
  switch (type.id()) {
    case arrow::Type::STRUCT: {
      ARROW_ASSIGN_OR_RAISE(auto fields, ReadFields(type.fields(), name + ".", depth + 1));
      return Type::Struct(std::move(fields));
    }
    case arrow::Type::LIST:
    case arrow::Type::LARGE_LIST:
    case arrow::Type::LIST_VIEW:
    case arrow::Type::LARGE_LIST_VIEW:
    case arrow::Type::FIXED_SIZE_LIST: {
      ARROW_ASSIGN_OR_RAISE(Field element, ReadField(*type.field(0), name + ".element", depth + 1));
      return Type::List(element.id, std::move(element.type), element.required);
    }
    case arrow::Type::MAP: {
      const auto& map = static_cast<const arrow::MapType&>(type);
      ARROW_ASSIGN_OR_RAISE(Field key, ReadField(*map.key_field(), name + ".key", depth + 1));
      ARROW_ASSIGN_OR_RAISE(Field value, ReadField(*map.item_field(), name + ".value", depth + 1));
      return Type::Map(key.id, std::move(key.type), value.id, std::move(value.type),
                       value.required);
    }
    default:
      return NoSuchArrowMapping(name, type, "");
  }
}

arrow::Result<Field> ArrowReader::ReadField(const arrow::Field& field, const std::string& name,
                                            int depth) {
  Field result;
  result.name = field.name();
  result.required = !field.nullable();
  ARROW_ASSIGN_OR_RAISE(const auto id, ArrowFieldId(field, name));
  if (id) result.id = *id;
  ++(id ? with_id_ : without_id_);
  if (field.metadata() != nullptr) {
    const int doc = field.metadata()->FindKey(kFieldDocKey);
    if (doc >= 0) result.doc = field.metadata()->value(doc);
  }
  ARROW_ASSIGN_OR_RAISE(result.type, ReadType(*field.type(), name, depth));
  return result;
}

arrow::Result<std::vector<Field>> ArrowReader::ReadFields(const arrow::FieldVector& fields,
                                                          const std::string& prefix, int depth) {
  std::set<std::string> names;
  std::vector<Field> result;
  for (const auto& field : fields) {
    if (field->name().empty() || !IsUtf8(field->name())) {
      return arrow::Status::Invalid("column ", prefix, field->name(),
                                    ": expected a name that is not empty and is UTF-8");
    }
    if (!names.insert(field->name()).second) {
      return arrow::Status::Invalid("two columns are called ", prefix, field->name());
    }
    ARROW_ASSIGN_OR_RAISE(result.emplace_back(), ReadField(*field, prefix + field->name(), depth));
  }
  return result;
}

arrow::Status CheckIdsUnique(const std::vector<Field>& fields, std::set<FieldId>* seen) {
  for (const Field& field : fields) {
    if (!seen->insert(field.id).second) {
      return arrow::Status::Invalid("column ", field.name, ": field id ", ToString(field.id),
                                    " is used twice");
    }
    ARROW_RETURN_NOT_OK(CheckIdsUnique(field.type.fields, seen));
  }
  return arrow::Status::OK();
}

std::shared_ptr<arrow::DataType> ArrowTimestamp(TypeKind kind) {
  switch (kind) {
    case TypeKind::kTimestamp:
      return arrow::timestamp(arrow::TimeUnit::MICRO);
    case TypeKind::kTimestamptz:
      return arrow::timestamp(arrow::TimeUnit::MICRO, "UTC");
    case TypeKind::kTimestampNs:
      return arrow::timestamp(arrow::TimeUnit::NANO);
    default:
      return arrow::timestamp(arrow::TimeUnit::NANO, "UTC");
  }
}

arrow::FieldVector ArrowFields(const std::vector<Field>& fields) {
  arrow::FieldVector result;
  for (const Field& field : fields) result.push_back(ToArrowField(field));
  return result;
}

}  // namespace

arrow::Result<Schema> SchemaFromArrow(const arrow::Schema& arrow_schema, NanosPolicy nanos) {
  ArrowReader reader(nanos);
  Schema schema;
  ARROW_ASSIGN_OR_RAISE(schema.fields, reader.ReadFields(arrow_schema.fields(), "", 0));
  if (reader.fields_with_id() == 0) return AssignFreshIds(std::move(schema));
  if (reader.fields_without_id() > 0) {
    return arrow::Status::Invalid("expected field ids on all fields or on none, found ",
                                  reader.fields_with_id(), " with and ", reader.fields_without_id(),
                                  " without");
  }
  std::set<FieldId> seen;
  ARROW_RETURN_NOT_OK(CheckIdsUnique(schema.fields, &seen));
  return schema;
}

std::shared_ptr<arrow::DataType> ToArrowType(const Type& type) {
  switch (type.kind) {
    case TypeKind::kBoolean:
      return arrow::boolean();
    case TypeKind::kInt:
      return arrow::int32();
    case TypeKind::kLong:
      return arrow::int64();
    case TypeKind::kFloat:
      return arrow::float32();
    case TypeKind::kDouble:
      return arrow::float64();
    case TypeKind::kDecimal:
      return arrow::decimal128(type.precision, type.scale);
    case TypeKind::kDate:
      return arrow::date32();
    case TypeKind::kTime:
      return arrow::time64(arrow::TimeUnit::MICRO);
    case TypeKind::kTimestamp:
    case TypeKind::kTimestamptz:
    case TypeKind::kTimestampNs:
    case TypeKind::kTimestamptzNs:
      return ArrowTimestamp(type.kind);
    case TypeKind::kString:
      return arrow::utf8();
    case TypeKind::kUuid:
      return arrow::fixed_size_binary(16);
    case TypeKind::kFixed:
      return arrow::fixed_size_binary(type.length);
    case TypeKind::kBinary:
      return arrow::binary();
    case TypeKind::kUnknown:
    case TypeKind::kUnsupported:
      return arrow::null();
    case TypeKind::kStruct:
      return arrow::struct_(ArrowFields(type.fields));
    case TypeKind::kList:
      return arrow::list(ToArrowField(type.fields[0]));
    case TypeKind::kMap:
      return std::make_shared<arrow::MapType>(ToArrowField(type.fields[0]),
                                              ToArrowField(type.fields[1]));
  }
  FailCheck("every type has an Arrow type", __FILE__, __LINE__);
}

std::shared_ptr<arrow::Field> ToArrowField(const Field& field) {
  std::vector<std::string> keys = {kParquetFieldIdKey};
  std::vector<std::string> values = {ToString(field.id)};
  if (field.doc) {
    keys.push_back(kFieldDocKey);
    values.push_back(*field.doc);
  }
  return arrow::field(field.name, ToArrowType(field.type), !field.required,
                      arrow::key_value_metadata(std::move(keys), std::move(values)));
}

std::shared_ptr<arrow::Schema> ToArrowSchema(const Schema& schema) {
  return arrow::schema(ArrowFields(schema.fields));
}

std::optional<FieldId> FieldIdOf(const arrow::Field& field) {
  if (field.metadata() == nullptr) return std::nullopt;
  const auto text = field.metadata()->Get(kParquetFieldIdKey);
  if (!text.ok()) return std::nullopt;
  int32_t id = 0;
  const char* end = text->data() + text->size();
  const auto [stop, error] = std::from_chars(text->data(), end, id);
  return error == std::errc() && stop == end ? std::optional(FieldId(id)) : std::nullopt;
}

}  // namespace artemis
