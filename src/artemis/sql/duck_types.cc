// Conversions between the two type systems.
#include "artemis/sql/duck_types.h"

#include <cmath>
#include <limits>
#include <set>

#include <duckdb/common/types/decimal.hpp>
#include <duckdb/common/types/uuid.hpp>
#include <duckdb/parser/expression/constant_expression.hpp>

#include "artemis/base/near_match.h"

namespace artemis {
namespace {

using duckdb::LogicalType;
using duckdb::LogicalTypeId;

std::vector<std::string> UniqueNames(const std::vector<Field>& fields,
                                     std::vector<std::string>* renamed) {
  std::vector<std::string> names;
  std::set<std::string> given;
  for (const Field& field : fields) given.insert(AsciiLower(field.name));
  std::set<std::string> taken;
  for (const Field& field : fields) {
    std::string name = field.name;
    for (int n = 2; taken.count(AsciiLower(name)) != 0; ++n) {
      const std::string next = field.name + "_" + std::to_string(n);
      if (given.count(AsciiLower(next)) == 0) name = next;
    }
    taken.insert(AsciiLower(name));
    if (name != field.name && renamed != nullptr) {
      renamed->push_back("column '" + field.name + "' is called '" + name +
                         "' in SQL, where case alone does not tell names apart");
    }
    names.push_back(std::move(name));
  }
  return names;
}

// What a column holds in files that lack it (specification, "Default values").
duckdb::Value ValueWhereMissing(const Field& field) {
  if (field.initial_default) return ToDuckValue(field.type, *field.initial_default);
  if (!field.initial_default_struct) return duckdb::Value(ToDuckType(field.type));
  duckdb::vector<duckdb::Value> values;
  for (const Field& child : field.type.fields) values.push_back(ValueWhereMissing(child));
  return duckdb::Value::STRUCT(ToDuckType(field.type), std::move(values));
}

duckdb::MultiFileColumnDefinition DefinitionOf(const Field& field, const std::string& name) {
  duckdb::MultiFileColumnDefinition definition(name, ToDuckType(field.type));
  definition.identifier = duckdb::Value::INTEGER(field.id.value);
  definition.default_expression =
      duckdb::make_uniq<duckdb::ConstantExpression>(ValueWhereMissing(field));
  const std::vector<std::string> names = UniqueNames(field.type.fields, nullptr);
  for (size_t i = 0; i < field.type.fields.size(); ++i) {
    definition.children.push_back(DefinitionOf(field.type.fields[i], names[i]));
  }
  return definition;
}

duckdb::hugeint_t ToHugeint(const arrow::Decimal128& decimal) {
  duckdb::hugeint_t value;
  value.lower = decimal.low_bits();
  value.upper = decimal.high_bits();
  return value;
}

duckdb::Value DecimalValue(const Type& type, const arrow::Decimal128& decimal) {
  const auto width = static_cast<uint8_t>(type.precision);
  const auto scale = static_cast<uint8_t>(type.scale);
  if (type.precision <= duckdb::Decimal::MAX_WIDTH_INT64) {
    return duckdb::Value::DECIMAL(static_cast<int64_t>(decimal.low_bits()), width, scale);
  }
  return duckdb::Value::DECIMAL(ToHugeint(decimal), width, scale);
}

std::optional<LiteralValue> IntegerLiteral(const Type& type, const duckdb::Value& value) {
  duckdb::Value wide;
  std::string error;
  if (!value.type().IsIntegral() ||
      !value.DefaultTryCastAs(LogicalType::BIGINT, wide, &error, /*strict=*/true)) {
    return std::nullopt;
  }
  const auto number = wide.GetValue<int64_t>();
  if (type.kind == TypeKind::kLong) return number;
  if (number < std::numeric_limits<int32_t>::min() ||
      number > std::numeric_limits<int32_t>::max()) {
    return std::nullopt;
  }
  return static_cast<int32_t>(number);
}

std::optional<LiteralValue> FloatLiteral(const Type& type, const duckdb::Value& value) {
  if (value.type().id() != LogicalTypeId::DOUBLE && value.type().id() != LogicalTypeId::FLOAT) {
    return std::nullopt;
  }
  const auto number = value.GetValue<double>();
  if (type.kind == TypeKind::kDouble) return number;
  const auto narrow = static_cast<float>(number);
  if (static_cast<double>(narrow) != number && !std::isnan(number)) return std::nullopt;
  return narrow;
}

std::optional<LiteralValue> DecimalLiteral(const Type& type, const duckdb::Value& value) {
  if (value.type().id() != LogicalTypeId::DECIMAL && !value.type().IsIntegral())
    return std::nullopt;
  const auto decimal = arrow::Decimal128::FromString(value.ToString());
  if (!decimal.ok()) return std::nullopt;
  const int32_t scale =
      value.type().id() == LogicalTypeId::DECIMAL ? duckdb::DecimalType::GetScale(value.type()) : 0;
  const auto rescaled = decimal->Rescale(scale, type.scale);
  if (!rescaled.ok() || !rescaled->FitsInPrecision(type.precision)) return std::nullopt;
  return *rescaled;
}

std::optional<LiteralValue> UuidLiteral(const duckdb::Value& value) {
  if (value.type().id() != LogicalTypeId::UUID) return std::nullopt;
  std::string bytes(16, '\0');
  duckdb::BaseUUID::ToBlob(value.GetValueUnsafe<duckdb::hugeint_t>(),
                           reinterpret_cast<duckdb::data_ptr_t>(bytes.data()));
  return bytes;
}

}  // namespace

DuckColumns ToDuckColumns(const Schema& schema) {
  DuckColumns result;
  const std::vector<std::string> names = UniqueNames(schema.fields, &result.renamed);
  for (size_t i = 0; i < schema.fields.size(); ++i) {
    const Field& field = schema.fields[i];
    result.columns.push_back({names[i], ToDuckType(field.type), DefinitionOf(field, names[i])});
  }
  return result;
}

LogicalType ToDuckType(const Type& type) {
  switch (type.kind) {
    case TypeKind::kBoolean:
      return LogicalType::BOOLEAN;
    case TypeKind::kInt:
    case TypeKind::kUnknown:
      return LogicalType::INTEGER;
    case TypeKind::kLong:
      return LogicalType::BIGINT;
    case TypeKind::kFloat:
      return LogicalType::FLOAT;
    case TypeKind::kDouble:
      return LogicalType::DOUBLE;
    case TypeKind::kDecimal:
      return LogicalType::DECIMAL(static_cast<uint8_t>(type.precision),
                                  static_cast<uint8_t>(type.scale));
    case TypeKind::kDate:
      return LogicalType::DATE;
    case TypeKind::kTime:
      return LogicalType::TIME;
    case TypeKind::kTimestamp:
      return LogicalType::TIMESTAMP;
    case TypeKind::kTimestamptz:
    case TypeKind::kTimestamptzNs:
      return LogicalType::TIMESTAMP_TZ;
    case TypeKind::kTimestampNs:
      return LogicalType::TIMESTAMP_NS;
    case TypeKind::kString:
      return LogicalType::VARCHAR;
    case TypeKind::kUuid:
      return LogicalType::UUID;
    case TypeKind::kFixed:
    case TypeKind::kBinary:
    case TypeKind::kUnsupported:  // never read: scan_reader.cc
      return LogicalType::BLOB;
    case TypeKind::kStruct: {
      duckdb::child_list_t<LogicalType> children;
      const std::vector<std::string> names = UniqueNames(type.fields, nullptr);
      for (size_t i = 0; i < type.fields.size(); ++i) {
        children.emplace_back(names[i], ToDuckType(type.fields[i].type));
      }
      return LogicalType::STRUCT(std::move(children));
    }
    case TypeKind::kList:
      return LogicalType::LIST(ToDuckType(type.fields[0].type));
    case TypeKind::kMap:
      return LogicalType::MAP(ToDuckType(type.fields[0].type), ToDuckType(type.fields[1].type));
  }
  return LogicalType::SQLNULL;
}

duckdb::Value ToDuckValue(const Type& type, const LiteralValue& value) {
  using duckdb::Value;
  switch (type.kind) {
    case TypeKind::kBoolean:
      return Value::BOOLEAN(std::get<bool>(value));
    case TypeKind::kInt:
      return Value::INTEGER(std::get<int32_t>(value));
    case TypeKind::kLong:
      return Value::BIGINT(std::get<int64_t>(value));
    case TypeKind::kFloat:
      return Value::FLOAT(std::get<float>(value));
    case TypeKind::kDouble:
      return Value::DOUBLE(std::get<double>(value));
    case TypeKind::kDecimal:
      return DecimalValue(type, std::get<arrow::Decimal128>(value));
    case TypeKind::kDate:
      return Value::DATE(duckdb::date_t(std::get<int32_t>(value)));
    case TypeKind::kTime:
      return Value::TIME(duckdb::dtime_t(std::get<int64_t>(value)));
    case TypeKind::kTimestamp:
      return Value::TIMESTAMP(duckdb::timestamp_t(std::get<int64_t>(value)));
    case TypeKind::kTimestamptz:
      return Value::TIMESTAMPTZ(duckdb::timestamp_tz_t(std::get<int64_t>(value)));
    case TypeKind::kTimestampNs:
      return Value::TIMESTAMPNS(duckdb::timestamp_ns_t(std::get<int64_t>(value)));
    case TypeKind::kTimestamptzNs:
      return Value::TIMESTAMPTZ(duckdb::timestamp_tz_t(std::get<int64_t>(value) / 1000));
    case TypeKind::kString:
      return Value(std::get<std::string>(value));
    case TypeKind::kUuid: {
      const auto& bytes = std::get<std::string>(value);
      return Value::UUID(
          duckdb::BaseUUID::FromBlob(reinterpret_cast<duckdb::const_data_ptr_t>(bytes.data())));
    }
    case TypeKind::kFixed:
    case TypeKind::kBinary: {
      const auto& bytes = std::get<std::string>(value);
      return Value::BLOB(reinterpret_cast<duckdb::const_data_ptr_t>(bytes.data()), bytes.size());
    }
    default:
      return Value(ToDuckType(type));
  }
}

std::optional<LiteralValue> ToLiteral(const Type& type, const duckdb::Value& value) {
  if (value.IsNull()) return std::nullopt;
  const LogicalTypeId have = value.type().id();
  switch (type.kind) {
    case TypeKind::kBoolean:
      if (have != LogicalTypeId::BOOLEAN) return std::nullopt;
      return value.GetValue<bool>();
    case TypeKind::kInt:
    case TypeKind::kLong:
      return IntegerLiteral(type, value);
    case TypeKind::kFloat:
    case TypeKind::kDouble:
      return FloatLiteral(type, value);
    case TypeKind::kDecimal:
      return DecimalLiteral(type, value);
    case TypeKind::kDate:
      if (have != LogicalTypeId::DATE) return std::nullopt;
      return value.GetValueUnsafe<duckdb::date_t>().days;
    case TypeKind::kTime:
      if (have != LogicalTypeId::TIME) return std::nullopt;
      return value.GetValueUnsafe<duckdb::dtime_t>().micros;
    case TypeKind::kTimestamp:
      if (have != LogicalTypeId::TIMESTAMP) return std::nullopt;
      return value.GetValueUnsafe<duckdb::timestamp_t>().value;
    case TypeKind::kTimestamptz:
      if (have != LogicalTypeId::TIMESTAMP_TZ) return std::nullopt;
      return value.GetValueUnsafe<duckdb::timestamp_tz_t>().value;
    case TypeKind::kTimestampNs:
      if (have != LogicalTypeId::TIMESTAMP_NS) return std::nullopt;
      return value.GetValueUnsafe<duckdb::timestamp_ns_t>().value;
    case TypeKind::kString:
      if (have != LogicalTypeId::VARCHAR) return std::nullopt;
      return duckdb::StringValue::Get(value);
    case TypeKind::kUuid:
      return UuidLiteral(value);
    case TypeKind::kFixed:
    case TypeKind::kBinary:
      if (have != LogicalTypeId::BLOB) return std::nullopt;
      return duckdb::StringValue::Get(value);
    default:
      return std::nullopt;
  }
}

}  // namespace artemis
