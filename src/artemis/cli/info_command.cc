// artemis-table info, partitions, schema, spec.
#include "artemis/cli/info_command.h"

#include <algorithm>
#include <memory>
#include <optional>

#include "artemis/base/json_text.h"
#include "artemis/base/time_text.h"
#include "artemis/cli/manifest_facts.h"
#include "artemis/cli/opened_table.h"
#include "artemis/cli/summary_facts.h"
#include "artemis/cli/table_sizes.h"
#include "artemis/commit/summary.h"
#include "artemis/schema/schema_json.h"
#include "artemis/write/row_order.h"

namespace artemis {

namespace {

std::string NestedTypeName(TypeKind kind) {
  return kind == TypeKind::kList ? "list" : kind == TypeKind::kMap ? "map" : "struct";
}

Fact PropertiesFact(const std::map<std::string, std::string>& properties) {
  std::string text;
  std::string json = "{";
  for (const auto& [key, value] : properties) {
    text += (text.empty() ? "" : ", ") + key + "=" + value;
    json += (json.size() > 1 ? "," : "") + JsonString(key) + ":" + JsonString(value);
  }
  return Fact::Json(text, json + "}");
}

std::optional<TimestampMs> CreatedAt(Catalog& catalog, const LoadedTable& table) {
  const auto history = catalog.History(table);
  if (!history.ok() || history->empty() || history->front().operation != "create") {
    return std::nullopt;
  }
  return history->front().time;
}

Fact PartitioningFact(const PartitionSpec& spec, const Schema& schema) {
  const std::string text = FormatPartitionSpec(spec, schema);
  return Fact::Json(text.empty() ? "unpartitioned" : text, JsonString(text));
}

Fact SortOrderFact(const SortOrder& order, const Schema& schema) {
  const std::string text = FormatSortOrder(order, schema);
  return Fact::Json(text.empty() ? "unsorted" : text, JsonString(text));
}

// Which part of the default spec and of the order of rows a column has: "day", "1 desc", "2 zorder".
std::string PartitionMark(const TableMetadata& metadata, FieldId id) {
  std::string mark;
  for (const auto& field : metadata.DefaultSpec().fields) {
    if (field.source_id != id || field.transform.kind == TransformKind::kVoid) continue;
    mark += (mark.empty() ? "" : ", ") + field.transform.ToString();
  }
  return mark;
}

std::string SortMark(const TableMetadata& metadata, FieldId id) {
  std::string mark;
  const auto& fields = metadata.DefaultSortOrder().fields;
  for (size_t i = 0; i < fields.size(); ++i) {
    if (fields[i].source_id != id) continue;
    mark += (mark.empty() ? "" : ", ") + std::to_string(i + 1) +
            (fields[i].direction == SortDirection::kAscending ? " asc" : " desc");
  }
  if (!fields.empty()) return mark;
  const auto clustering = ClusteringOf(metadata.properties, metadata.CurrentSchema());
  if (!clustering.ok()) return mark;
  for (size_t i = 0; i < clustering->columns.size(); ++i) {
    if (clustering->columns[i] != id) continue;
    mark = std::to_string(i + 1) +
           (clustering->kind == ClusteringKind::kHilbert ? " hilbert" : " zorder");
  }
  return mark;
}

void AddColumns(const Field& field, const std::string& prefix, FactTable* columns) {
  const std::string name = prefix + field.name;
  columns->rows.push_back({Fact::Id(field.id), Fact::Text(name), Fact::Text(field.type.ToString()),
                           Fact::Flag(field.required), Fact::TextIf(field.doc.value_or(""))});
  for (const auto& child : field.type.fields) AddColumns(child, name + ".", columns);
}

void AddMarkedColumns(const Field& field, const std::string& prefix, const TableMetadata& metadata,
                      FactTable* columns) {
  const std::string name = prefix + field.name;
  const std::string type =
      field.type.is_primitive() ? field.type.ToString() : NestedTypeName(field.type.kind);
  columns->rows.push_back(
      {Fact::Id(field.id), Fact::Text(name), Fact::Json(type, JsonString(field.type.ToString())),
       Fact::Flag(field.required), Fact::TextIf(PartitionMark(metadata, field.id)),
       Fact::TextIf(SortMark(metadata, field.id)), Fact::TextIf(field.doc.value_or(""))});
  for (const auto& child : field.type.fields) {
    AddMarkedColumns(child, name + ".", metadata, columns);
  }
}

FactTable ColumnFacts(const TableMetadata& metadata) {
  FactTable columns;
  columns.keys = {"id", "column", "type", "required", "partition", "sort", "doc"};
  for (const auto& field : metadata.CurrentSchema().fields) {
    AddMarkedColumns(field, "", metadata, &columns);
  }
  // A column of the table without a single value only takes room.
  for (size_t i = 4; i < columns.keys.size(); ++i) {
    const bool used = std::any_of(columns.rows.begin(), columns.rows.end(),
                                  [i](const auto& row) { return !row[i].text().empty(); });
    if (!used) columns.json_only.push_back(columns.keys[i]);
  }
  return columns;
}

FactTable RefFacts(const TableMetadata& metadata, TimestampMs now) {
  FactTable refs;
  refs.keys = {"name", "type", "snapshot_id", "committed_at"};
  for (const auto& [name, ref] : metadata.refs) {
    const Snapshot* snapshot = metadata.FindSnapshot(ref.snapshot_id);
    refs.rows.push_back(
        {Fact::Text(name), Fact::Text(ref.kind == SnapshotRef::Kind::kBranch ? "branch" : "tag"),
         Fact::Id(ref.snapshot_id),
         snapshot != nullptr ? Fact::TimeWithAge(snapshot->timestamp, now) : Fact()});
  }
  return refs;
}

// Null where the manifests cannot be read: what the metadata says is said all the same.
std::optional<TableSizes> SizesOf(const OpenedTable& opened, CommandContext& context) {
  const auto& metadata = opened.metadata();
  const TableView view = {opened.table.metadata, metadata.current_snapshot_id,
                          std::make_shared<const Schema>(metadata.CurrentSchema())};
  auto sizes = MeasureTable(view, context.files());
  if (sizes.ok()) return *std::move(sizes);
  context.Note("sizes are not known: " + sizes.status().message());
  return std::nullopt;
}

std::string Share(int64_t part, int64_t whole) {
  const int64_t percent = whole == 0 ? 0 : (part * 100 + whole / 2) / whole;
  return GroupDigits(part) + " of " + GroupDigits(whole) + " (" + std::to_string(percent) + " %)";
}

// A count of something, with more about it behind.
Fact CountWith(int64_t count, const std::string& text) {
  return Fact::Json(text, std::to_string(count));
}

void AddIdentity(const OpenedTable& opened, TimestampMs now, FactRecord* facts) {
  const auto& metadata = opened.metadata();
  facts->Add("table", Fact::Text(opened.name().ToString()));
  facts->Add("uuid", Fact::Text(metadata.table_uuid));
  facts->Add("format_version", Fact::Id(metadata.format_version));
  facts->Add("location", Fact::Text(metadata.location));
  facts->Add("metadata_location", Fact::Text(opened.table.metadata_location));
  const auto created = CreatedAt(*opened.catalog, opened.table);
  facts->Add("created_at", created ? Fact::TimeWithAge(*created, now) : Fact());
  facts->Add("last_updated", Fact::TimeWithAge(metadata.last_updated, now));
}

void AddLastCommit(const Snapshot* current, FactRecord* facts) {
  facts->Add("operation", current != nullptr ? Fact::TextIf(current->operation()) : Fact());
  facts->Add("author", SummaryText(current, kAuthorKey));
  facts->Add("message", SummaryText(current, kMessageKey));
}

void AddSnapshots(const TableMetadata& metadata, TimestampMs now, FactRecord* facts) {
  const Snapshot* current = metadata.CurrentSnapshot();
  const auto bytes = SummaryNumber(current, "total-files-size");
  const auto count = static_cast<int64_t>(metadata.snapshots.size());
  std::string text = GroupDigits(count);
  Fact first;
  if (count > 0) first = Fact::Time(metadata.snapshots.front().timestamp);
  if (count > 1) {
    text += ", the first of " + first.text() + " (" +
            HumanAge(metadata.snapshots.front().timestamp, now) + ")";
  }
  facts->Add("current_snapshot_id", Fact::IdIf(metadata.current_snapshot_id));
  AddLastCommit(current, facts);
  facts->Add("snapshots", CountWith(count, text));
  facts->Add("first_snapshot_at", Fact::Json("", first.json()));
  facts->Add("rows", Fact::CountIf(SummaryNumber(current, "total-records")));
  facts->Add("files", Fact::CountIf(SummaryNumber(current, "total-data-files")));
  facts->Add("bytes", bytes ? Fact::Bytes(*bytes) : Fact());
}

void AddShape(const TableMetadata& metadata, FactRecord* facts) {
  const Schema& schema = metadata.CurrentSchema();
  facts->Add("schema_id", Fact::Id(metadata.current_schema_id));
  facts->Add("schemas", Fact::Count(static_cast<int64_t>(metadata.schemas.size())));
  facts->Add("columns", Fact::Count(static_cast<int64_t>(schema.fields.size())));
  facts->Add("partitioning", PartitioningFact(metadata.DefaultSpec(), schema));
  const std::string order = RowOrderText(metadata);
  facts->Add("sort_order", Fact::Json(order.empty() ? "unsorted" : order, JsonString(order)));
  facts->Add("refs", Fact::Count(static_cast<int64_t>(metadata.refs.size())));
  facts->Add("properties", PropertiesFact(metadata.properties));
}

void AddSizes(const std::optional<TableSizes>& measured, FactRecord* facts) {
  const auto fact = [&](const auto& value) { return measured ? value(*measured) : Fact(); };
  facts->Add("delete_files",
             fact([](const auto& sizes) { return Fact::Count(sizes.all.delete_files); }));
  facts->Add("deletes", fact([](const auto& sizes) {
               return CountWith(sizes.all.deletes,
                                sizes.all.delete_files == 0 ? "" : GroupDigits(sizes.all.deletes));
             }));
  facts->Add("average_file_bytes", fact([](const auto& sizes) {
               return sizes.all.data_files == 0 ? Fact() : Fact::Bytes(sizes.all.average_bytes());
             }));
  facts->Add("small_files", fact([](const auto& sizes) {
               return CountWith(sizes.all.small_files,
                                sizes.all.data_files == 0
                                    ? ""
                                    : Share(sizes.all.small_files, sizes.all.data_files) +
                                          " below " + HumanBytes(sizes.small_bytes));
             }));
  facts->Add("small_file_bytes",
             fact([](const auto& sizes) { return CountWith(sizes.small_bytes, ""); }));
  facts->Add("partitions", fact([](const auto& sizes) {
               return Fact::Count(static_cast<int64_t>(sizes.partitions.size()));
             }));
}

}  // namespace

arrow::Status RunInfo(const InfoOptions& options, CommandContext& context) {
  ARROW_ASSIGN_OR_RAISE(const auto opened, OpenTableToRead(context, options.table));
  const auto& metadata = opened.metadata();
  const TimestampMs now = context.clock().Now();
  FactRecord facts;
  AddIdentity(opened, now, &facts);
  AddSnapshots(metadata, now, &facts);
  AddSizes(SizesOf(opened, context), &facts);
  AddShape(metadata, &facts);
  const FactTable columns = ColumnFacts(metadata);
  const FactTable refs = RefFacts(metadata, now);
  if (options.format == FactFormat::kText) {
    return context.Print(facts.ToText() + "\n" + columns.ToText() +
                         (refs.rows.empty() ? "" : "\n" + refs.ToText()));
  }
  facts.AddTable("fields", columns);
  facts.AddTable("ref_list", refs);
  return context.Print(facts, options.format);
}

arrow::Status RunPartitions(const InfoOptions& options, CommandContext& context) {
  ARROW_ASSIGN_OR_RAISE(const auto opened, OpenTableToRead(context, options.table));
  const auto& metadata = opened.metadata();
  const TableView view = {opened.table.metadata, metadata.current_snapshot_id,
                          std::make_shared<const Schema>(metadata.CurrentSchema())};
  ARROW_ASSIGN_OR_RAISE(const auto measured, MeasureTable(view, context.files()));
  FactTable table;
  table.keys = {"partition",          "spec_id",      "files",   "small_files", "rows", "bytes",
                "average_file_bytes", "delete_files", "deletes", "last_added"};
  for (const auto& partition : measured.partitions) {
    const auto& sizes = partition.sizes;
    const PartitionSpec* spec = metadata.FindSpec(partition.spec_id);
    table.rows.push_back(
        {spec != nullptr ? PartitionFact(*spec, metadata.CurrentSchema(), partition.partition)
                         : Fact(),
         Fact::Id(partition.spec_id), Fact::Count(sizes.data_files), Fact::Count(sizes.small_files),
         Fact::Count(sizes.rows), Fact::Bytes(sizes.data_bytes), Fact::Bytes(sizes.average_bytes()),
         Fact::Count(sizes.delete_files), Fact::Count(sizes.deletes),
         Fact::TimeIf(partition.last_added)});
  }
  FactRecord facts;
  facts.Add("table", Fact::Text(opened.name().ToString()));
  facts.Add("snapshot_id", Fact::IdIf(metadata.current_snapshot_id));
  return context.Print(facts, "partitions", table, options.format);
}

arrow::Status RunSchema(const SchemaOptions& options, CommandContext& context) {
  ARROW_ASSIGN_OR_RAISE(const auto opened, OpenTableToRead(context, options.table));
  const auto& metadata = opened.metadata();
  const Schema* schema = &metadata.CurrentSchema();
  if (options.schema_id) schema = metadata.FindSchema(SchemaId(*options.schema_id));
  if (schema == nullptr) {
    std::string ids;
    for (const auto& each : metadata.schemas) ids += (ids.empty() ? "" : ", ") + ToString(each.id);
    return arrow::Status::Invalid("table ", opened.name().ToString(), " has no schema ",
                                  *options.schema_id, ": it has ", ids);
  }
  if (options.format == FactFormat::kJson) {
    FactRecord facts;
    facts.Add("table", Fact::Text(opened.name().ToString()));
    facts.Add("schema_id", Fact::Id(schema->id));
    facts.Add("schema", Fact::Json("", SchemaToJson(*schema)));
    return context.Print(facts, options.format);
  }
  FactTable columns;
  columns.keys = {"id", "column", "type", "required", "doc"};
  for (const auto& field : schema->fields) AddColumns(field, "", &columns);
  return context.Print(columns.ToText());
}

arrow::Status RunSpec(const InfoOptions& options, CommandContext& context) {
  ARROW_ASSIGN_OR_RAISE(const auto opened, OpenTableToRead(context, options.table));
  const auto& metadata = opened.metadata();
  const Schema& schema = metadata.CurrentSchema();
  FactTable specs;
  specs.keys = {"spec_id", "default", "partitioning", "spec"};
  specs.json_only = {"spec"};
  for (const auto& spec : metadata.partition_specs) {
    specs.rows.push_back({Fact::Id(spec.id), Fact::Flag(spec.id == metadata.default_spec_id),
                          PartitioningFact(spec, schema),
                          Fact::Json("", PartitionSpecToJson(spec))});
  }
  FactTable orders;
  orders.keys = {"sort_order_id", "default", "sort_order", "order"};
  orders.json_only = {"order"};
  for (const auto& order : metadata.sort_orders) {
    orders.rows.push_back({Fact::Id(order.id),
                           Fact::Flag(order.id == metadata.default_sort_order_id),
                           SortOrderFact(order, schema), Fact::Json("", SortOrderToJson(order))});
  }
  const std::string clustering =
      metadata.DefaultSortOrder().fields.empty() ? RowOrderText(metadata) : "";
  if (options.format == FactFormat::kText) {
    return context.Print(
        specs.ToText() + "\n" + orders.ToText() +
        (clustering.empty() ? "" : "\nnew rows are clustered by " + clustering + "\n"));
  }
  FactRecord facts;
  facts.Add("table", Fact::Text(opened.name().ToString()));
  facts.AddTable("specs", specs);
  facts.AddTable("sort_orders", orders);
  facts.Add("clustering", Fact::TextIf(clustering));
  return context.Print(facts, options.format);
}

}  // namespace artemis
