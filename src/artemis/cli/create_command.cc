// artemis-table create.
#include "artemis/cli/create_command.h"

#include <algorithm>
#include <utility>

#include "artemis/base/error.h"
#include "artemis/base/program_error.h"
#include "artemis/ingest/open_rows.h"
#include "artemis/io/file_system.h"
#include "artemis/schema/arrow_schema.h"
#include "artemis/schema/schema_json.h"
#include "artemis/synth/telemetry.h"
#include "artemis/table/format_version.h"
#include "artemis/write/row_order.h"

namespace artemis {

namespace {

constexpr int64_t kSchemaFileBytesMax = 16 << 20;

constexpr char kNanosWarning[] =
    "warning: the table has timestamp_ns columns, and so format version 3: Spark cannot open such "
    "a "
    "table at all, and other readers may not either";

bool HasNanoseconds(const std::vector<Field>& fields) {
  return std::any_of(fields.begin(), fields.end(), [](const Field& field) {
    return field.type.kind == TypeKind::kTimestampNs ||
           field.type.kind == TypeKind::kTimestamptzNs || HasNanoseconds(field.type.fields);
  });
}

arrow::Result<Schema> SchemaOf(const CreateOptions& options, CommandContext& context) {
  const int given = (options.schema_file.empty() ? 0 : 1) + (options.like_file.empty() ? 0 : 1) +
                    (options.canonical ? 1 : 0);
  if (given != 1) {
    return UsageError("name the columns by one of --schema FILE.json, --like FILE and --canonical");
  }
  const auto nanos = options.nanos ? NanosPolicy::kNanos : NanosPolicy::kMicros;
  if (options.canonical) return SchemaFromArrow(*CanonicalTelemetrySchema(), nanos);
  if (!options.like_file.empty()) {
    ARROW_ASSIGN_OR_RAISE(const auto rows, OpenRows(options.like_file));
    auto schema = SchemaFromArrow(*rows->schema(), nanos);
    return schema.ok() ? schema : WithContext(schema.status(), options.like_file);
  }
  ARROW_ASSIGN_OR_RAISE(const auto json,
                        context.files().ReadAll(options.schema_file, kSchemaFileBytesMax));
  auto schema = SchemaFromJson(json);
  return schema.ok() ? schema : WithContext(schema.status(), options.schema_file);
}

// The version asked for, else the least that has the schema's types.
arrow::Result<int32_t> FormatVersion(const CreateOptions& options, const Schema& schema) {
  if (!options.format_version) return CheckSchemaFitsFormat(schema, 2).ok() ? 2 : 3;
  const auto fits = CheckSchemaFitsFormat(schema, *options.format_version);
  if (!fits.ok()) return AsUsageError(WithContext(fits, "--format-version"));
  return *options.format_version;
}

arrow::Result<NewTable> DescribeTable(const CreateOptions& options, CommandContext& context) {
  NewTable table;
  ARROW_ASSIGN_OR_RAISE(auto schema, SchemaOf(options, context));
  table.schema = AssignFreshIds(std::move(schema));
  auto spec = ParsePartitionSpec(options.partition, table.schema);
  if (!spec.ok()) return AsUsageError(WithContext(spec.status(), "--partition"));
  table.spec = *std::move(spec);
  ARROW_ASSIGN_OR_RAISE(table.properties, ParseProperties(options.properties));
  const auto ordered = SetRowOrder(options.sort, &table);
  if (!ordered.ok()) return AsUsageError(WithContext(ordered, "--sort"));
  ARROW_ASSIGN_OR_RAISE(table.format_version, FormatVersion(options, table.schema));
  return table;
}

// What Java gets wrong, so that nobody finds it out by rows that are missing (docs/interoperability.md, notes 7 and 8).
void WarnOfPartitionsByJava(const NewTable& table, CommandContext& context) {
  for (const auto& field : table.spec.fields) {
    const Field* source = table.schema.FindField(field.source_id);
    if (source == nullptr || field.transform.kind != TransformKind::kIdentity) continue;
    if (source->type.kind == TypeKind::kFixed) {
      context.Note(
          "warning: Spark and other programs of Iceberg-Java can neither read nor write "
          "partitions by the fixed column " +
          source->name + ": use bucket(N, " + source->name + ")");
    } else if (source->type.kind == TypeKind::kUuid) {
      context.Note(
          "warning: Spark and other programs of Iceberg-Java lose rows when they filter "
          "partitions by the uuid column " +
          source->name + ": use bucket(N, " + source->name + ")");
    }
  }
}

}  // namespace

arrow::Result<std::map<std::string, std::string>> ParseProperties(
    const std::vector<std::string>& pairs) {
  std::map<std::string, std::string> properties;
  for (const auto& pair : pairs) {
    const size_t equals = pair.find('=');
    if (equals == std::string::npos || equals == 0) {
      return UsageError("'" + pair + "' is no property: expected key=value");
    }
    properties[pair.substr(0, equals)] = pair.substr(equals + 1);
  }
  return properties;
}

arrow::Status RunCreate(const CreateOptions& options, CommandContext& context) {
  ARROW_ASSIGN_OR_RAISE(const auto name, TableArgument(options.table));
  ARROW_ASSIGN_OR_RAISE(auto table, DescribeTable(options, context));
  if (HasNanoseconds(table.schema.fields)) context.Note(kNanosWarning);
  WarnOfPartitionsByJava(table, context);
  ARROW_ASSIGN_OR_RAISE(const auto catalog, context.OpenToWrite(true));
  table.location = catalog->DefaultLocation(name);
  ARROW_ASSIGN_OR_RAISE(auto metadata, MakeTableMetadata(table, context.clock().Now()));
  const auto author = ToCommitOptions(options.commit, context).author;
  CatalogEvent event(name, "create", options.commit, context);
  const auto created = catalog->Create(name, std::move(metadata), {"create", author});
  event.Ended(created.status());
  ARROW_RETURN_NOT_OK(created.status());
  const auto& made = *created->metadata;
  const auto& schema = made.CurrentSchema();
  FactRecord facts;
  facts.Add("table", Fact::Text(name.ToString()));
  facts.Add("uuid", Fact::Text(made.table_uuid));
  facts.Add("location", Fact::Text(made.location));
  facts.Add("format_version", Fact::Id(made.format_version));
  facts.Add("columns", Fact::Count(static_cast<int64_t>(schema.fields.size())));
  facts.Add("partitioning", Fact::TextIf(FormatPartitionSpec(made.DefaultSpec(), schema)));
  facts.Add("sort_order", Fact::TextIf(RowOrderText(made)));
  if (options.commit.format == FactFormat::kJson) return context.Print(facts, FactFormat::kJson);
  return context.Print("created " + name.ToString() + " at " + made.location + "\n");
}

}  // namespace artemis
