// One branch for each alteration.
#include "artemis/sql/table_alterations.h"

#include <memory>
#include <utility>

#include <duckdb/common/string_util.hpp>
#include <duckdb/parser/expression/cast_expression.hpp>
#include <duckdb/parser/expression/columnref_expression.hpp>
#include <duckdb/parser/parsed_data/alter_table_info.hpp>
#include <duckdb/parser/parsed_data/comment_on_column_info.hpp>

#include "artemis/base/near_match.h"
#include "artemis/schema/evolution.h"
#include "artemis/sql/duck_types.h"
#include "artemis/sql/new_tables.h"
#include "artemis/table/update.h"
#include "artemis/write/row_order.h"

namespace artemis {
namespace {

using MetadataResult = arrow::Result<TableMetadata>;
using AlterPointer = std::shared_ptr<const duckdb::AlterInfo>;

template <typename Info>
const Info& As(const duckdb::AlterInfo& info) {
  return static_cast<const Info&>(info);
}

// ALTER ... TYPE ... USING; the parser puts a cast of the column there where nothing was said.
bool TakesItsOwnValues(const duckdb::ChangeColumnTypeInfo& widen) {
  if (!widen.expression) return true;
  const auto* cast = dynamic_cast<const duckdb::CastExpression*>(widen.expression.get());
  const auto* column =
      dynamic_cast<const duckdb::ColumnRefExpression*>(cast ? cast->child.get() : nullptr);
  return column != nullptr &&
         duckdb::StringUtil::CIEquals(column->GetColumnName(), widen.column_name);
}

MetadataResult WithSchema(const TableMetadata& metadata, arrow::Result<Schema> schema) {
  ARROW_RETURN_NOT_OK(schema.status());
  return SetCurrentSchema(metadata, *std::move(schema), metadata.last_column_id);
}

// "position.lat" of ["Position", "lat"].
arrow::Result<std::string> FullName(const Schema& schema, const duckdb::vector<std::string>& path) {
  ARROW_ASSIGN_OR_RAISE(std::string name, FieldNameOf(schema, path.front()));
  for (size_t i = 1; i < path.size(); ++i) name += "." + path[i];
  return name;
}

bool HasField(const Schema& schema, const std::string& full_name) {
  return RequireField(schema, full_name).ok();
}

MetadataResult AddColumnTo(const TableMetadata& metadata, const std::string& full_name,
                           const duckdb::ColumnDefinition& column, bool if_not_exists) {
  const Schema& schema = metadata.CurrentSchema();
  if (if_not_exists && HasField(schema, full_name)) return metadata;
  ARROW_ASSIGN_OR_RAISE(const auto type, FromDuckType(column.Type()));
  NewColumnOptions options;
  if (column.HasDefaultValue()) {
    if (metadata.format_version < 3) {
      return arrow::Status::Invalid("a default for ", full_name,
                                    " needs format version 3, and the table has ",
                                    metadata.format_version);
    }
    ARROW_ASSIGN_OR_RAISE(options.default_value,
                          ConstantOf(column.DefaultValue(), type, full_name));
  }
  ARROW_ASSIGN_OR_RAISE(auto change,
                        AddColumn(schema, metadata.last_column_id, full_name, type, options));
  return SetCurrentSchema(metadata, std::move(change.schema), change.last_column_id);
}

MetadataResult DropColumnOf(const TableMetadata& metadata, const std::string& full_name,
                            bool if_exists) {
  const Schema& schema = metadata.CurrentSchema();
  if (if_exists && !HasField(schema, full_name)) return metadata;
  return WithSchema(metadata, DropColumn(schema, full_name));
}

MetadataResult SetDefaultOf(const TableMetadata& metadata, const duckdb::SetDefaultInfo& info) {
  const Schema& schema = metadata.CurrentSchema();
  ARROW_ASSIGN_OR_RAISE(const auto name, FieldNameOf(schema, info.column_name));
  ARROW_ASSIGN_OR_RAISE(const Field* field, RequireField(schema, name));
  if (!info.expression) return WithSchema(metadata, SetWriteDefault(schema, name, std::nullopt));
  if (metadata.format_version < 3) {
    return arrow::Status::Invalid("a default for ", name,
                                  " needs format version 3, and the table has ",
                                  metadata.format_version);
  }
  ARROW_ASSIGN_OR_RAISE(const auto value, ConstantOf(*info.expression, field->type, name));
  return WithSchema(metadata, SetWriteDefault(schema, name, value));
}

arrow::Result<std::string> OrdersText(const duckdb::vector<duckdb::OrderByNode>& orders) {
  std::string text;
  for (const auto& order : orders) {
    duckdb::vector<duckdb::unique_ptr<duckdb::ParsedExpression>> one;
    one.push_back(order.expression->Copy());
    ARROW_ASSIGN_OR_RAISE(const auto term, TermsText(one));
    text += (text.empty() ? "" : ", ") + term;
    if (order.type == duckdb::OrderType::DESCENDING) text += " desc";
    if (order.null_order == duckdb::OrderByNullType::NULLS_FIRST) text += " nulls first";
    if (order.null_order == duckdb::OrderByNullType::NULLS_LAST) text += " nulls last";
  }
  return text;
}

MetadataResult SetOptions(const TableMetadata& metadata, const duckdb::SetTableOptionsInfo& info) {
  std::map<std::string, std::string> properties;
  for (const auto& [key, expression] : info.table_options) {
    Type text;
    text.kind = TypeKind::kString;
    ARROW_ASSIGN_OR_RAISE(const auto value, ConstantOf(*expression, text, key));
    properties[key] = value ? std::get<std::string>(*value) : "";
  }
  return SetProperties(metadata, properties);
}

MetadataResult SetComment(const TableMetadata& metadata, const duckdb::Value& comment) {
  if (comment.IsNull()) return RemoveProperties(metadata, {kCommentProperty});
  return SetProperties(metadata, {{kCommentProperty, comment.ToString()}});
}

MetadataResult AlterTable(const TableMetadata& metadata, const duckdb::AlterTableInfo& info) {
  const Schema& schema = metadata.CurrentSchema();
  using duckdb::AlterTableType;
  switch (info.alter_table_type) {
    case AlterTableType::ADD_COLUMN: {
      const auto& add = As<duckdb::AddColumnInfo>(info);
      return AddColumnTo(metadata, add.new_column.Name(), add.new_column, add.if_column_not_exists);
    }
    case AlterTableType::ADD_FIELD: {
      const auto& add = As<duckdb::AddFieldInfo>(info);
      ARROW_ASSIGN_OR_RAISE(const auto parent, FullName(schema, add.column_path));
      return AddColumnTo(metadata, parent + "." + add.new_field.Name(), add.new_field,
                         add.if_field_not_exists);
    }
    case AlterTableType::REMOVE_COLUMN: {
      const auto& remove = As<duckdb::RemoveColumnInfo>(info);
      const auto name = FieldNameOf(schema, remove.removed_column);
      if (!name.ok() && remove.if_column_exists) return metadata;
      ARROW_RETURN_NOT_OK(name.status());
      return DropColumnOf(metadata, *name, remove.if_column_exists);
    }
    case AlterTableType::REMOVE_FIELD: {
      const auto& remove = As<duckdb::RemoveFieldInfo>(info);
      ARROW_ASSIGN_OR_RAISE(const auto name, FullName(schema, remove.column_path));
      return DropColumnOf(metadata, name, remove.if_column_exists);
    }
    case AlterTableType::RENAME_COLUMN: {
      const auto& rename = As<duckdb::RenameColumnInfo>(info);
      ARROW_ASSIGN_OR_RAISE(const auto name, FieldNameOf(schema, rename.old_name));
      return WithSchema(metadata, RenameColumn(schema, name, rename.new_name));
    }
    case AlterTableType::RENAME_FIELD: {
      const auto& rename = As<duckdb::RenameFieldInfo>(info);
      ARROW_ASSIGN_OR_RAISE(const auto name, FullName(schema, rename.column_path));
      return WithSchema(metadata, RenameColumn(schema, name, rename.new_name));
    }
    case AlterTableType::ALTER_COLUMN_TYPE: {
      const auto& widen = As<duckdb::ChangeColumnTypeInfo>(info);
      if (!TakesItsOwnValues(widen)) {
        return arrow::Status::NotImplemented(
            "USING is refused: a wider type keeps the values of '", widen.column_name,
            "' and rewrites no file; UPDATE the column for other values");
      }
      ARROW_ASSIGN_OR_RAISE(const auto name, FieldNameOf(schema, widen.column_name));
      ARROW_ASSIGN_OR_RAISE(const auto type, FromDuckType(widen.target_type));
      return WithSchema(metadata, WidenColumn(schema, name, type, metadata.format_version));
    }
    case AlterTableType::SET_DEFAULT:
      return SetDefaultOf(metadata, As<duckdb::SetDefaultInfo>(info));
    case AlterTableType::DROP_NOT_NULL: {
      const auto& drop = As<duckdb::DropNotNullInfo>(info);
      ARROW_ASSIGN_OR_RAISE(const auto name, FieldNameOf(schema, drop.column_name));
      return WithSchema(metadata, MakeColumnOptional(schema, name));
    }
    case AlterTableType::SET_PARTITIONED_BY: {
      const auto& keys = As<duckdb::SetPartitionedByInfo>(info).partition_keys;
      ARROW_ASSIGN_OR_RAISE(const auto text, TermsText(keys));
      ARROW_ASSIGN_OR_RAISE(auto spec, ParsePartitionSpec(text, schema));
      return SetDefaultSpec(metadata, std::move(spec));
    }
    case AlterTableType::SET_SORTED_BY: {
      ARROW_ASSIGN_OR_RAISE(const auto text, OrdersText(As<duckdb::SetSortedByInfo>(info).orders));
      return WithRowOrder(metadata, text);
    }
    case AlterTableType::SET_TABLE_OPTIONS:
      return SetOptions(metadata, As<duckdb::SetTableOptionsInfo>(info));
    case AlterTableType::RESET_TABLE_OPTIONS: {
      const auto& options = As<duckdb::ResetTableOptionsInfo>(info).table_options;
      return RemoveProperties(metadata, {options.begin(), options.end()});
    }
    default:
      return arrow::Status::NotImplemented("'", info.ToString(),
                                           "' is refused: Iceberg has no such change");
  }
}

MetadataResult Alter(const TableMetadata& metadata, const duckdb::AlterInfo& info) {
  switch (info.type) {
    case duckdb::AlterType::ALTER_TABLE: {
      ARROW_ASSIGN_OR_RAISE(auto next, AlterTable(metadata, As<duckdb::AlterTableInfo>(info)));
      return SettleClustering(metadata, std::move(next));
    }
    case duckdb::AlterType::SET_COMMENT:
      return SetComment(metadata, As<duckdb::SetCommentInfo>(info).comment_value);
    case duckdb::AlterType::SET_COLUMN_COMMENT: {
      const auto& comment = As<duckdb::SetColumnCommentInfo>(info);
      const Schema& schema = metadata.CurrentSchema();
      ARROW_ASSIGN_OR_RAISE(const auto name, FieldNameOf(schema, comment.column_name));
      const std::string text =
          comment.comment_value.IsNull() ? "" : comment.comment_value.ToString();
      return WithSchema(metadata, SetColumnDoc(schema, name, text));
    }
    default:
      return arrow::Status::NotImplemented("'", info.ToString(), "' is refused");
  }
}

}  // namespace

arrow::Result<MetadataChange> AlterationOf(const duckdb::AlterInfo& info) {
  const AlterPointer copy(info.Copy().release());
  return MetadataChange([copy](const TableMetadata& metadata) { return Alter(metadata, *copy); });
}

arrow::Result<std::string> FieldNameOf(const Schema& schema, const std::string& name) {
  const DuckColumns columns = ToDuckColumns(schema);
  const std::string lower = AsciiLower(name);
  std::vector<std::string> known;
  for (size_t i = 0; i < columns.columns.size(); ++i) {
    if (AsciiLower(columns.columns[i].name) == lower) return schema.fields[i].name;
    known.push_back(columns.columns[i].name);
  }
  return arrow::Status::Invalid("there is no column ", name, DidYouMean(name, known));
}

}  // namespace artemis
