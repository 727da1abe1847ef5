// artemis-table info, schema, spec.
#include "artemis/cli/info_command.h"

#include "artemis/base/json_text.h"
#include "artemis/cli/exit_code.h"
#include "artemis/cli/opened_table.h"
#include "artemis/cli/summary_facts.h"
#include "artemis/schema/schema_json.h"

namespace artemis {

namespace {

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

void AddColumns(const Field& field, const std::string& prefix, FactTable* columns) {
  const std::string name = prefix + field.name;
  columns->rows.push_back({Fact::Id(field.id), Fact::Text(name), Fact::Text(field.type.ToString()),
                           Fact::Flag(field.required), Fact::TextIf(field.doc.value_or(""))});
  for (const auto& child : field.type.fields) AddColumns(child, name + ".", columns);
}

}  // namespace

arrow::Status RunInfo(const InfoOptions& options, CommandContext& context) {
  ARROW_ASSIGN_OR_RAISE(const auto opened, OpenTableToRead(context, options.table));
  const auto& metadata = opened.metadata();
  const Snapshot* current = metadata.CurrentSnapshot();
  const auto bytes = SummaryNumber(current, "total-files-size");
  FactRecord facts;
  facts.Add("table", Fact::Text(opened.name().ToString()));
  facts.Add("uuid", Fact::Text(metadata.table_uuid));
  facts.Add("format_version", Fact::Id(metadata.format_version));
  facts.Add("location", Fact::Text(metadata.location));
  facts.Add("metadata_location", Fact::Text(opened.table.metadata_location));
  facts.Add("created_at", Fact::TimeIf(CreatedAt(*opened.catalog, opened.table)));
  facts.Add("last_updated", Fact::Time(metadata.last_updated));
  facts.Add("current_snapshot_id", Fact::IdIf(metadata.current_snapshot_id));
  facts.Add("snapshots", Fact::Count(static_cast<int64_t>(metadata.snapshots.size())));
  facts.Add("rows", Fact::CountIf(SummaryNumber(current, "total-records")));
  facts.Add("files", Fact::CountIf(SummaryNumber(current, "total-data-files")));
  facts.Add("bytes", bytes ? Fact::Bytes(*bytes) : Fact());
  facts.Add("schema_id", Fact::Id(metadata.current_schema_id));
  facts.Add("columns", Fact::Count(static_cast<int64_t>(metadata.CurrentSchema().fields.size())));
  facts.Add("partitioning", PartitioningFact(metadata.DefaultSpec(), metadata.CurrentSchema()));
  facts.Add("sort_order", SortOrderFact(metadata.DefaultSortOrder(), metadata.CurrentSchema()));
  facts.Add("refs", Fact::Count(static_cast<int64_t>(metadata.refs.size())));
  facts.Add("properties", PropertiesFact(metadata.properties));
  return context.Print(facts, options.format);
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
  if (options.format == FactFormat::kText) {
    return context.Print(specs.ToText() + "\n" + orders.ToText());
  }
  FactRecord facts;
  facts.Add("table", Fact::Text(opened.name().ToString()));
  facts.AddTable("specs", specs);
  facts.AddTable("sort_orders", orders);
  return context.Print(facts, options.format);
}

}  // namespace artemis
