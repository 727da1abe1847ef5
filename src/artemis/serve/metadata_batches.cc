// Metadata as record batches.
#include "artemis/serve/metadata_batches.h"

#include <algorithm>
#include <optional>
#include <utility>
#include <vector>

#include <arrow/array.h>
#include <arrow/builder.h>
#include <arrow/ipc/dictionary.h>
#include <arrow/ipc/writer.h>
#include <arrow/table_builder.h>
#include <arrow/util/key_value_metadata.h>

#include "artemis/base/error.h"

namespace artemis {

namespace {

using arrow::field;

constexpr char kTableType[] = "TABLE";

bool IsOurCatalog(const std::optional<std::string>& asked) {
  return !asked || asked->empty() || *asked == kFlightCatalog;
}

bool Matches(const std::optional<std::string>& pattern, std::string_view text) {
  return !pattern || LikeMatches(*pattern, text);
}

// A batch of text columns, a row at a time; nullopt is null.
class TextRows {
 public:
  explicit TextRows(std::shared_ptr<arrow::Schema> schema) : schema_(std::move(schema)) {}

  void Add(std::vector<std::optional<std::string>> row) { rows_.push_back(std::move(row)); }

  BatchResult Finish() const {
    ARROW_ASSIGN_OR_RAISE(const auto builder,
                          arrow::RecordBatchBuilder::Make(schema_, arrow::default_memory_pool()));
    for (const auto& row : rows_) {
      for (size_t i = 0; i < row.size(); ++i) {
        // A text column or one of bytes: both take bytes.
        auto* column = static_cast<arrow::BinaryBuilder*>(builder->GetField(static_cast<int>(i)));
        ARROW_RETURN_NOT_OK(row[i] ? column->Append(*row[i]) : column->AppendNull());
      }
    }
    return builder->Flush();
  }

 private:
  const std::shared_ptr<arrow::Schema> schema_;
  std::vector<std::vector<std::optional<std::string>>> rows_;
};

std::string SqlTypeName(const arrow::DataType& type) {
  switch (type.id()) {
    case arrow::Type::BOOL:
      return "BOOLEAN";
    case arrow::Type::INT32:
      return "INTEGER";
    case arrow::Type::INT64:
      return "BIGINT";
    case arrow::Type::FLOAT:
      return "FLOAT";
    case arrow::Type::DOUBLE:
      return "DOUBLE";
    case arrow::Type::STRING:
    case arrow::Type::LARGE_STRING:
    case arrow::Type::STRING_VIEW:
      return "VARCHAR";
    case arrow::Type::BINARY:
    case arrow::Type::LARGE_BINARY:
    case arrow::Type::FIXED_SIZE_BINARY:
      return "BLOB";
    case arrow::Type::DATE32:
      return "DATE";
    case arrow::Type::TIME64:
      return "TIME";
    case arrow::Type::TIMESTAMP:
      return static_cast<const arrow::TimestampType&>(type).timezone().empty()
                 ? "TIMESTAMP"
                 : "TIMESTAMP WITH TIME ZONE";
    case arrow::Type::DECIMAL128:
      return "DECIMAL";
    default:
      return type.ToString();
  }
}

struct Digits {
  int32_t precision;
  int32_t scale;
};

std::optional<Digits> DigitsOf(const arrow::DataType& type) {
  switch (type.id()) {
    case arrow::Type::INT32:
      return Digits{10, 0};
    case arrow::Type::INT64:
      return Digits{19, 0};
    case arrow::Type::DECIMAL128: {
      const auto& decimal = static_cast<const arrow::DecimalType&>(type);
      return Digits{decimal.precision(), decimal.scale()};
    }
    default:
      return std::nullopt;
  }
}

std::shared_ptr<arrow::Schema> ForeignKeysSchema() {
  const auto name = [](const char* text, bool nullable = true) {
    return field(text, arrow::utf8(), nullable);
  };
  return arrow::schema(
      {name("pk_catalog_name"), name("pk_db_schema_name"), name("pk_table_name", false),
       name("pk_column_name", false), name("fk_catalog_name"), name("fk_db_schema_name"),
       name("fk_table_name", false), name("fk_column_name", false),
       field("key_sequence", arrow::int32(), false), name("fk_key_name"), name("pk_key_name"),
       field("update_rule", arrow::uint8(), false), field("delete_rule", arrow::uint8(), false)});
}

BatchResult EmptyBatch(const std::shared_ptr<arrow::Schema>& schema) {
  return arrow::RecordBatch::MakeEmpty(schema);
}

// The bytes of the schema that `name` is listed with.
std::string ListedSchema(Catalog& catalog, const TableName& name, const RowSchemaOf& row_schema) {
  const auto loaded = catalog.Load(name);
  const auto rows = row_schema(name);
  auto listed = arrow::schema(arrow::FieldVector());
  if (rows.ok()) {
    const Schema* iceberg = loaded.ok() ? &loaded->metadata->CurrentSchema() : nullptr;
    listed = WithColumnMetadata(**rows, &name, iceberg);
  }
  return SchemaBytes(*listed).ValueOr("");
}

// The tables whose primary keys are asked for: those of the schema, or of the only schema that has one of this name.
arrow::Result<TableName> KeyedTable(Catalog& catalog, const KeysCommand& command) {
  if (command.schema && !command.schema->empty()) {
    return TableName{SplitNamespace(*command.schema), command.table};
  }
  ARROW_ASSIGN_OR_RAISE(const auto all, catalog.ListTables(std::nullopt));
  for (const auto& name : all) {
    if (name.name == command.table) return name;
  }
  return NoSuchTableError(command.table);
}

BatchResult PrimaryKeysBatch(Catalog& catalog, const KeysCommand& command) {
  if (!IsOurCatalog(command.catalog)) return EmptyBatch(KeysSchema(KeyKind::kPrimary));
  ARROW_ASSIGN_OR_RAISE(const auto name, KeyedTable(catalog, command));
  ARROW_ASSIGN_OR_RAISE(const auto loaded, catalog.Load(name));
  const auto& schema = loaded.metadata->CurrentSchema();
  arrow::StringBuilder catalogs, schemas, tables, columns, keys;
  arrow::Int32Builder sequence;
  int32_t position = 0;
  for (const auto id : schema.identifier_field_ids) {
    ARROW_RETURN_NOT_OK(catalogs.Append(kFlightCatalog));
    ARROW_RETURN_NOT_OK(schemas.Append(name.Namespace()));
    ARROW_RETURN_NOT_OK(tables.Append(name.name));
    ARROW_RETURN_NOT_OK(columns.Append(schema.FullName(id)));
    ARROW_RETURN_NOT_OK(keys.AppendNull());
    ARROW_RETURN_NOT_OK(sequence.Append(++position));
  }
  arrow::ArrayVector arrays;
  for (arrow::ArrayBuilder* builder : std::initializer_list<arrow::ArrayBuilder*>{
           &catalogs, &schemas, &tables, &columns, &keys, &sequence}) {
    ARROW_ASSIGN_OR_RAISE(auto array, builder->Finish());
    arrays.push_back(std::move(array));
  }
  return arrow::RecordBatch::Make(KeysSchema(KeyKind::kPrimary), position, std::move(arrays));
}

}  // namespace

bool LikeMatches(std::string_view pattern, std::string_view text) {
  size_t p = 0, t = 0;
  // Where the last % stood, and how much of the text it has taken.
  size_t any = std::string_view::npos, taken = 0;
  while (t < text.size()) {
    if (p < pattern.size() && pattern[p] == '%') {
      any = p++;
      taken = t;
      continue;
    }
    const bool escaped = p + 1 < pattern.size() && pattern[p] == '\\';
    const size_t at = p + (escaped ? 1 : 0);
    if (at < pattern.size() && ((!escaped && pattern[at] == '_') || pattern[at] == text[t])) {
      p = at + 1;
      ++t;
    } else if (any != std::string_view::npos) {
      p = any + 1;
      t = ++taken;
    } else {
      return false;
    }
  }
  while (p < pattern.size() && pattern[p] == '%') ++p;
  return p == pattern.size();
}

std::shared_ptr<arrow::Schema> CatalogsSchema() {
  return arrow::schema({field("catalog_name", arrow::utf8(), false)});
}

std::shared_ptr<arrow::Schema> SchemasSchema() {
  return arrow::schema(
      {field("catalog_name", arrow::utf8()), field("db_schema_name", arrow::utf8(), false)});
}

std::shared_ptr<arrow::Schema> TablesSchema(bool include_schema) {
  arrow::FieldVector fields = {
      field("catalog_name", arrow::utf8()), field("db_schema_name", arrow::utf8()),
      field("table_name", arrow::utf8(), false), field("table_type", arrow::utf8(), false)};
  if (include_schema) fields.push_back(field("table_schema", arrow::binary(), false));
  return arrow::schema(std::move(fields));
}

std::shared_ptr<arrow::Schema> TableTypesSchema() {
  return arrow::schema({field("table_type", arrow::utf8(), false)});
}

std::shared_ptr<arrow::Schema> KeysSchema(KeyKind kind) {
  if (kind != KeyKind::kPrimary) return ForeignKeysSchema();
  return arrow::schema(
      {field("catalog_name", arrow::utf8()), field("db_schema_name", arrow::utf8()),
       field("table_name", arrow::utf8(), false), field("column_name", arrow::utf8(), false),
       field("key_name", arrow::utf8()), field("key_sequence", arrow::int32(), false)});
}

BatchResult CatalogsBatch() {
  TextRows rows(CatalogsSchema());
  rows.Add({kFlightCatalog});
  return rows.Finish();
}

BatchResult SchemasBatch(Catalog& catalog, const SchemasCommand& command) {
  TextRows rows(SchemasSchema());
  if (!IsOurCatalog(command.catalog)) return rows.Finish();
  ARROW_ASSIGN_OR_RAISE(const auto names, catalog.ListNamespaces());
  for (const auto& name : names) {
    if (Matches(command.schema_pattern, name)) rows.Add({kFlightCatalog, name});
  }
  return rows.Finish();
}

BatchResult TablesBatch(Catalog& catalog, const TablesCommand& command,
                        const RowSchemaOf& row_schema) {
  TextRows rows(TablesSchema(command.include_schema));
  const auto& types = command.table_types;
  const bool of_tables =
      types.empty() || std::find(types.begin(), types.end(), kTableType) != types.end();
  if (!IsOurCatalog(command.catalog) || !of_tables) return rows.Finish();
  ARROW_ASSIGN_OR_RAISE(const auto names, catalog.ListTables(std::nullopt));
  for (const auto& name : names) {
    if (!Matches(command.schema_pattern, name.Namespace()) ||
        !Matches(command.table_pattern, name.name)) {
      continue;
    }
    std::vector<std::optional<std::string>> row = {kFlightCatalog, name.Namespace(), name.name,
                                                   kTableType};
    if (command.include_schema) row.emplace_back(ListedSchema(catalog, name, row_schema));
    rows.Add(std::move(row));
  }
  return rows.Finish();
}

BatchResult TableTypesBatch() {
  TextRows rows(TableTypesSchema());
  rows.Add({kTableType});
  return rows.Finish();
}

BatchResult KeysBatch(Catalog& catalog, const KeysCommand& command) {
  if (command.kind != KeyKind::kPrimary) return EmptyBatch(ForeignKeysSchema());
  return PrimaryKeysBatch(catalog, command);
}

std::shared_ptr<arrow::Schema> WithColumnMetadata(const arrow::Schema& schema,
                                                  const TableName* table, const Schema* iceberg) {
  arrow::FieldVector fields;
  for (const auto& each : schema.fields()) {
    auto facts =
        each->metadata() ? each->metadata()->Copy() : std::make_shared<arrow::KeyValueMetadata>();
    const auto set = [&](const std::string& name, const std::string& value) {
      facts->Append("ARROW:FLIGHT:SQL:" + name, value);
    };
    if (table != nullptr) {
      set("CATALOG_NAME", kFlightCatalog);
      set("SCHEMA_NAME", table->Namespace());
      set("TABLE_NAME", table->name);
    }
    set("TYPE_NAME", SqlTypeName(*each->type()));
    if (const auto digits = DigitsOf(*each->type())) {
      set("PRECISION", std::to_string(digits->precision));
      set("SCALE", std::to_string(digits->scale));
    }
    set("IS_AUTO_INCREMENT", "0");
    set("IS_CASE_SENSITIVE", each->type()->id() == arrow::Type::STRING ? "1" : "0");
    set("IS_READ_ONLY", "1");
    set("IS_SEARCHABLE", "1");
    bool nullable = each->nullable();
    if (const Field* column = iceberg ? iceberg->FindField(each->name()) : nullptr) {
      nullable = !column->required;
      if (column->doc) set("REMARKS", *column->doc);
    }
    fields.push_back(field(each->name(), each->type(), nullable, std::move(facts)));
  }
  return arrow::schema(std::move(fields));
}

arrow::Result<std::string> SchemaBytes(const arrow::Schema& schema) {
  ARROW_ASSIGN_OR_RAISE(const auto bytes, arrow::ipc::SerializeSchema(schema));
  return bytes->ToString();
}

}  // namespace artemis
