// artemis-table alter.
#include "artemis/cli/alter_command.h"

#include <functional>
#include <utility>

#include "artemis/cli/create_command.h"
#include "artemis/cli/exit_code.h"
#include "artemis/cli/opened_table.h"
#include "artemis/schema/evolution.h"
#include "artemis/schema/schema_json.h"
#include "artemis/table/update.h"

namespace artemis {

namespace {

using MetadataResult = arrow::Result<TableMetadata>;

struct NewColumn {
  std::string name;
  Type type;
};

arrow::Result<NewColumn> ParseNewColumn(const AlterOptions& options) {
  std::string name = options.subject;
  std::string type = options.argument;
  if (type.empty()) {
    const size_t colon = name.rfind(':');
    if (colon == std::string::npos || colon == 0 || colon + 1 == name.size()) {
      return UsageError("'" + name + "' is no column: expected NAME:TYPE, such as flux:double");
    }
    type = name.substr(colon + 1);
    name.resize(colon);
  }
  auto parsed = ParseType(type);
  if (!parsed.ok()) return AsUsageError(parsed.status());
  return NewColumn{std::move(name), *std::move(parsed)};
}

MetadataResult AddColumnTo(const TableMetadata& metadata, const AlterOptions& options) {
  ARROW_ASSIGN_OR_RAISE(const auto column, ParseNewColumn(options));
  ARROW_ASSIGN_OR_RAISE(auto change, AddColumn(metadata.CurrentSchema(), metadata.last_column_id,
                                               column.name, column.type, options.doc));
  return SetCurrentSchema(metadata, std::move(change.schema), change.last_column_id);
}

MetadataResult ChangeSchema(const TableMetadata& metadata, arrow::Result<Schema> schema) {
  ARROW_RETURN_NOT_OK(schema.status());
  return SetCurrentSchema(metadata, *std::move(schema), metadata.last_column_id);
}

MetadataResult WidenColumnOf(const TableMetadata& metadata, const AlterOptions& options) {
  const auto type = ParseType(options.argument);
  if (!type.ok()) return AsUsageError(type.status());
  return ChangeSchema(metadata, WidenColumn(metadata.CurrentSchema(), options.subject, *type));
}

MetadataResult MoveColumnOf(const TableMetadata& metadata, const AlterOptions& options) {
  if (options.first == options.after.has_value()) {
    return UsageError("say where the column goes: --first, or --after COLUMN");
  }
  const auto& schema = metadata.CurrentSchema();
  return ChangeSchema(metadata, options.first
                                    ? MoveColumnFirst(schema, options.subject)
                                    : MoveColumnAfter(schema, options.subject, *options.after));
}

MetadataResult ChangeProperties(const TableMetadata& metadata, const AlterOptions& options) {
  ARROW_ASSIGN_OR_RAISE(auto properties, ParseProperties(options.properties));
  std::vector<std::string> removed;
  for (const auto& [key, value] : properties) {
    if (value.empty()) removed.push_back(key);
  }
  for (const auto& key : removed) properties.erase(key);
  return RemoveProperties(SetProperties(metadata, properties), removed);
}

MetadataResult Apply(const TableMetadata& metadata, const AlterOptions& options) {
  const auto& schema = metadata.CurrentSchema();
  switch (options.action) {
    case AlterAction::kAddColumn:
      return AddColumnTo(metadata, options);
    case AlterAction::kRenameColumn:
      return ChangeSchema(metadata, RenameColumn(schema, options.subject, options.argument));
    case AlterAction::kDropColumn:
      return ChangeSchema(metadata, DropColumn(schema, options.subject));
    case AlterAction::kWidenColumn:
      return WidenColumnOf(metadata, options);
    case AlterAction::kMoveColumn:
      return MoveColumnOf(metadata, options);
    case AlterAction::kSetPartition: {
      ARROW_ASSIGN_OR_RAISE(auto spec, ParsePartitionSpec(options.subject, schema));
      return SetDefaultSpec(metadata, std::move(spec));
    }
    case AlterAction::kSetSort: {
      ARROW_ASSIGN_OR_RAISE(auto order, ParseSortOrder(options.subject, schema));
      return SetDefaultSortOrder(metadata, std::move(order));
    }
    case AlterAction::kSetProperty:
      break;
  }
  return ChangeProperties(metadata, options);
}

std::string Sentence(const AlterOptions& options, const TableMetadata& metadata) {
  const auto& schema = metadata.CurrentSchema();
  switch (options.action) {
    case AlterAction::kAddColumn:
      return "added column " + options.subject.substr(0, options.subject.rfind(':'));
    case AlterAction::kRenameColumn:
      return "renamed column " + options.subject + " to " + options.argument;
    case AlterAction::kDropColumn:
      return "dropped column " + options.subject;
    case AlterAction::kWidenColumn:
      return "widened column " + options.subject + " to " + options.argument;
    case AlterAction::kMoveColumn:
      return "moved column " + options.subject;
    case AlterAction::kSetPartition: {
      const auto spec = FormatPartitionSpec(metadata.DefaultSpec(), schema);
      return "new files are partitioned by " + (spec.empty() ? "nothing" : spec);
    }
    case AlterAction::kSetSort: {
      const auto order = FormatSortOrder(metadata.DefaultSortOrder(), schema);
      return "new files are sorted by " + (order.empty() ? "nothing" : order);
    }
    case AlterAction::kSetProperty:
      break;
  }
  return "set " + std::to_string(options.properties.size()) +
         (options.properties.size() == 1 ? " property" : " properties");
}

}  // namespace

arrow::Status RunAlter(const AlterOptions& options, CommandContext& context) {
  const Stopwatch watch;
  if (options.table.empty()) {
    return UsageError(
        "NAME is required, before the command: artemis-table alter NAME add-column …");
  }
  ARROW_ASSIGN_OR_RAISE(const auto opened, OpenTableToWrite(context, options.table));
  ARROW_ASSIGN_OR_RAISE(const auto result,
                        UpdateMetadata(
                            *opened.catalog, opened.name(), "alter",
                            [&](const TableMetadata& metadata) { return Apply(metadata, options); },
                            ToCommitOptions(options.commit, context)));
  const auto& metadata = *result.table.metadata;
  if (options.commit.format == FactFormat::kText) {
    return context.Print(Sentence(options, metadata) + " in " + opened.name().ToString() +
                         " (schema " + ToString(metadata.current_schema_id) + ")\n");
  }
  FactRecord facts;
  facts.Add("table", Fact::Text(opened.name().ToString()));
  facts.Add("operation", Fact::Text("alter"));
  facts.Add("schema_id", Fact::Id(metadata.current_schema_id));
  facts.Add("spec_id", Fact::Id(metadata.default_spec_id));
  facts.Add("sort_order_id", Fact::Id(metadata.default_sort_order_id));
  facts.Add("attempts", Fact::Count(result.attempts));
  facts.Add("elapsed_ms", Fact::Count(watch.ElapsedMs()));
  return context.Print(facts, options.commit.format);
}

}  // namespace artemis
