// From DuckDB's parse tree to a table.
#include "artemis/sql/new_tables.h"

#include <algorithm>
#include <map>
#include <utility>

#include <duckdb/parser/constraints/not_null_constraint.hpp>
#include <duckdb/parser/expression/cast_expression.hpp>
#include <duckdb/parser/expression/columnref_expression.hpp>
#include <duckdb/parser/expression/constant_expression.hpp>
#include <duckdb/parser/expression/function_expression.hpp>

#include "artemis/base/error.h"
#include "artemis/base/near_match.h"
#include "artemis/schema/schema_json.h"
#include "artemis/sql/duck_types.h"
#include "artemis/table/format_version.h"
#include "artemis/write/row_order.h"

namespace artemis {
namespace {

using duckdb::LogicalType;
using duckdb::LogicalTypeId;

Field Child(const std::string& name, Type type, bool required) {
  Field field;
  field.name = name;
  field.type = std::move(type);
  field.required = required;
  return field;
}

arrow::Result<Type> StructOf(const LogicalType& type) {
  Type result;
  result.kind = TypeKind::kStruct;
  for (const auto& [name, child] : duckdb::StructType::GetChildTypes(type)) {
    ARROW_ASSIGN_OR_RAISE(auto converted, FromDuckType(child));
    result.fields.push_back(Child(name, std::move(converted), false));
  }
  return result;
}

arrow::Result<Type> ListOf(const LogicalType& element) {
  Type result;
  result.kind = TypeKind::kList;
  ARROW_ASSIGN_OR_RAISE(auto converted, FromDuckType(element));
  result.fields.push_back(Child("element", std::move(converted), false));
  return result;
}

arrow::Result<Type> MapOf(const LogicalType& type) {
  Type result;
  result.kind = TypeKind::kMap;
  ARROW_ASSIGN_OR_RAISE(auto key, FromDuckType(duckdb::MapType::KeyType(type)));
  ARROW_ASSIGN_OR_RAISE(auto value, FromDuckType(duckdb::MapType::ValueType(type)));
  result.fields.push_back(Child("key", std::move(key), true));
  result.fields.push_back(Child("value", std::move(value), false));
  return result;
}

Type DecimalOf(int precision, int scale) {
  Type type;
  type.kind = TypeKind::kDecimal;
  type.precision = precision;
  type.scale = scale;
  return type;
}

Type Plain(TypeKind kind) {
  Type type;
  type.kind = kind;
  return type;
}

arrow::Result<std::string> TermText(const duckdb::ParsedExpression& term) {
  std::string text;
  if (term.GetExpressionClass() == duckdb::ExpressionClass::COLUMN_REF) {
    for (const auto& name : term.Cast<duckdb::ColumnRefExpression>().column_names) {
      text += (text.empty() ? "" : ".") + name;
    }
    return text;
  }
  if (term.GetExpressionClass() == duckdb::ExpressionClass::CONSTANT) {
    return term.Cast<duckdb::ConstantExpression>().value.ToString();
  }
  if (term.GetExpressionClass() != duckdb::ExpressionClass::FUNCTION) {
    return arrow::Status::Invalid("'", term.ToString(),
                                  "' is no partition or sort term: expected a column or a "
                                  "transform such as day(ts), bucket(16, id), truncate(4, name)");
  }
  const auto& call = term.Cast<duckdb::FunctionExpression>();
  for (const auto& child : call.children) {
    ARROW_ASSIGN_OR_RAISE(const auto argument, TermText(*child));
    text += (text.empty() ? "" : ", ") + argument;
  }
  return call.function_name + "(" + text + ")";
}

arrow::Status CheckColumn(const duckdb::ColumnDefinition& column) {
  if (!column.Generated()) return arrow::Status::OK();
  return arrow::Status::NotImplemented("column ", column.Name(),
                                       " is generated, which Iceberg has not");
}

arrow::Status TakeConstraints(const duckdb::CreateTableInfo& info, Schema* schema) {
  for (const auto& constraint : info.constraints) {
    if (constraint->type != duckdb::ConstraintType::NOT_NULL) {
      return arrow::Status::NotImplemented("'", constraint->ToString(),
                                           "' is refused: nothing would enforce it; of the "
                                           "constraints there is NOT NULL");
    }
    const auto index = constraint->Cast<duckdb::NotNullConstraint>().index.index;
    schema->fields[index].required = true;
  }
  return arrow::Status::OK();
}

arrow::Status TakeOptions(const duckdb::CreateTableInfo& info, NewTable* table) {
  for (const auto& [key, expression] : info.options) {
    ARROW_ASSIGN_OR_RAISE(const auto value, ConstantOf(*expression, Plain(TypeKind::kString), key));
    ARROW_RETURN_NOT_OK(TakeTableOption(key, value ? std::get<std::string>(*value) : "", table));
  }
  return arrow::Status::OK();
}

// What others call what is no property here.
const std::map<std::string, std::string>& MisplacedOptions() {
  constexpr char kVersion[] = "write 'format-version'";
  constexpr char kPartition[] = "write PARTITIONED BY (…), or partition of artemis.create_table";
  constexpr char kSort[] = "write SORTED BY (…), or sort_order of artemis.create_table";
  static const std::map<std::string, std::string> options = {
      {"format-version", kVersion},
      {"formatversion", kVersion},
      {"partition", kPartition},
      {"partition-by", kPartition},
      {"partitioned-by", kPartition},
      {"partitioning", kPartition},
      {"sort-order", kSort},
      {"sorted-by", kSort},
      {"sort-by", kSort},
      {"order-by", kSort},
      {"location", "a table lies where its catalog puts it, in the warehouse"}};
  return options;
}

bool HasDefaults(const Schema& schema) {
  return std::any_of(schema.fields.begin(), schema.fields.end(),
                     [](const Field& field) { return field.write_default.has_value(); });
}

}  // namespace

arrow::Result<Type> FromDuckType(const LogicalType& type) {
  switch (type.id()) {
    case LogicalTypeId::BOOLEAN:
      return Plain(TypeKind::kBoolean);
    case LogicalTypeId::TINYINT:
    case LogicalTypeId::SMALLINT:
    case LogicalTypeId::INTEGER:
    case LogicalTypeId::UTINYINT:
    case LogicalTypeId::USMALLINT:
      return Plain(TypeKind::kInt);
    case LogicalTypeId::BIGINT:
    case LogicalTypeId::UINTEGER:
      return Plain(TypeKind::kLong);
    case LogicalTypeId::UBIGINT:
      return DecimalOf(20, 0);
    case LogicalTypeId::HUGEINT:
      return DecimalOf(38, 0);
    case LogicalTypeId::FLOAT:
      return Plain(TypeKind::kFloat);
    case LogicalTypeId::DOUBLE:
      return Plain(TypeKind::kDouble);
    case LogicalTypeId::DECIMAL:
      return DecimalOf(duckdb::DecimalType::GetWidth(type), duckdb::DecimalType::GetScale(type));
    case LogicalTypeId::DATE:
      return Plain(TypeKind::kDate);
    case LogicalTypeId::TIME:
      return Plain(TypeKind::kTime);
    case LogicalTypeId::TIMESTAMP:
    case LogicalTypeId::TIMESTAMP_SEC:
    case LogicalTypeId::TIMESTAMP_MS:
      return Plain(TypeKind::kTimestamp);
    case LogicalTypeId::TIMESTAMP_NS:
      return Plain(TypeKind::kTimestampNs);
    case LogicalTypeId::TIMESTAMP_TZ:
      return Plain(TypeKind::kTimestamptz);
    case LogicalTypeId::VARCHAR:
    case LogicalTypeId::ENUM:
      return Plain(TypeKind::kString);
    case LogicalTypeId::UUID:
      return Plain(TypeKind::kUuid);
    case LogicalTypeId::BLOB:
      return Plain(TypeKind::kBinary);
    case LogicalTypeId::SQLNULL:
      return Plain(TypeKind::kUnknown);
    case LogicalTypeId::STRUCT:
      return StructOf(type);
    case LogicalTypeId::LIST:
      return ListOf(duckdb::ListType::GetChildType(type));
    case LogicalTypeId::ARRAY:
      return ListOf(duckdb::ArrayType::GetChildType(type));
    case LogicalTypeId::MAP:
      return MapOf(type);
    default:
      return arrow::Status::NotImplemented("the type ", type.ToString(),
                                           " has no counterpart in Iceberg");
  }
}

arrow::Result<std::optional<LiteralValue>> ConstantOf(const duckdb::ParsedExpression& expression,
                                                      const Type& type, const std::string& column) {
  const duckdb::ParsedExpression* inner = &expression;
  while (inner->GetExpressionClass() == duckdb::ExpressionClass::CAST) {
    inner = inner->Cast<duckdb::CastExpression>().child.get();
  }
  if (inner->GetExpressionClass() != duckdb::ExpressionClass::CONSTANT) {
    return arrow::Status::NotImplemented("the value of ", column, ", ", expression.ToString(),
                                         ", is no constant");
  }
  const duckdb::Value& value = inner->Cast<duckdb::ConstantExpression>().value;
  if (value.IsNull()) return std::optional<LiteralValue>();
  duckdb::Value cast;
  std::string error;
  if (value.DefaultTryCastAs(ToDuckType(type), cast, &error)) {
    if (auto literal = ToLiteral(type, cast)) return literal;
  }
  return arrow::Status::Invalid("the value of ", column, ", ", value.ToString(), ", is no ",
                                ToDuckType(type).ToString());
}

arrow::Result<std::string> TermsText(
    const duckdb::vector<duckdb::unique_ptr<duckdb::ParsedExpression>>& terms) {
  std::string text;
  for (const auto& term : terms) {
    ARROW_ASSIGN_OR_RAISE(const auto one, TermText(*term));
    text += (text.empty() ? "" : ", ") + one;
    if (term->HasAlias()) text += " as " + term->GetAlias();
  }
  return text;
}

arrow::Result<Schema> ColumnsOf(const duckdb::CreateTableInfo& info) {
  Schema schema;
  for (const auto& column : info.columns.Logical()) {
    ARROW_RETURN_NOT_OK(CheckColumn(column));
    auto type = FromDuckType(column.Type());
    if (!type.ok()) return WithContext(type.status(), "column " + column.Name());
    Field field = Child(column.Name(), *std::move(type), false);
    if (column.HasDefaultValue()) {
      ARROW_ASSIGN_OR_RAISE(field.write_default,
                            ConstantOf(column.DefaultValue(), field.type, column.Name()));
    }
    schema.fields.push_back(std::move(field));
  }
  ARROW_RETURN_NOT_OK(TakeConstraints(info, &schema));
  return AssignFreshIds(std::move(schema));
}

arrow::Status TakeTableOption(const std::string& key, const std::string& value, NewTable* table) {
  if (key == kFormatVersionOption) {
    if (value != "2" && value != "3") {
      return arrow::Status::Invalid("format-version is '", value, "': expected 2 or 3");
    }
    table->format_version = value[0] - '0';
    return arrow::Status::OK();
  }
  std::string plain = AsciiLower(key);
  std::replace(plain.begin(), plain.end(), '_', '-');
  const auto misplaced = MisplacedOptions().find(plain);
  if (misplaced != MisplacedOptions().end()) {
    return arrow::Status::Invalid("there is no option ", key, ": ", misplaced->second);
  }
  table->properties[key] = value;
  return arrow::Status::OK();
}

arrow::Status FinishNewTable(const std::string& partition, const std::string& sort,
                             NewTable* table) {
  ARROW_ASSIGN_OR_RAISE(table->spec, ParsePartitionSpec(partition, table->schema));
  ARROW_RETURN_NOT_OK(SetRowOrder(sort, table));
  if (table->format_version == 0) {
    const bool fits_v2 =
        CheckSchemaFitsFormat(table->schema, 2).ok() && !HasDefaults(table->schema);
    table->format_version = fits_v2 ? 2 : 3;
  }
  return CheckSchemaFitsFormat(table->schema, table->format_version);
}

arrow::Result<NewTable> NewTableOf(const duckdb::CreateTableInfo& info) {
  NewTable table;
  table.format_version = 0;
  ARROW_ASSIGN_OR_RAISE(table.schema, ColumnsOf(info));
  ARROW_RETURN_NOT_OK(TakeOptions(info, &table));
  ARROW_ASSIGN_OR_RAISE(const auto partition, TermsText(info.partition_keys));
  ARROW_ASSIGN_OR_RAISE(const auto sort, TermsText(info.sort_keys));
  ARROW_RETURN_NOT_OK(FinishNewTable(partition, sort, &table));
  return table;
}

}  // namespace artemis
