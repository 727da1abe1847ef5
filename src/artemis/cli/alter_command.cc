// artemis-table alter.
#include "artemis/cli/alter_command.h"

#include <functional>
#include <utility>

#include "artemis/base/error.h"
#include "artemis/base/json_text.h"
#include "artemis/base/program_error.h"
#include "artemis/base/stopwatch.h"
#include "artemis/cli/create_command.h"
#include "artemis/cli/metadata_changes.h"
#include "artemis/cli/opened_table.h"
#include "artemis/commit/commit.h"
#include "artemis/commit/upgrade.h"
#include "artemis/schema/evolution.h"
#include "artemis/schema/literal.h"
#include "artemis/schema/schema_json.h"
#include "artemis/table/update.h"
#include "artemis/write/row_order.h"

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

std::string LastPart(const std::string& full_name) {
  return full_name.substr(full_name.rfind('.') + 1);
}

// At most one of --first, --after and --before.
arrow::Result<Schema> PlaceColumn(const Schema& schema, const std::string& column,
                                  const AlterOptions& options) {
  if (options.first) return MoveColumnFirst(schema, column);
  if (options.after) return MoveColumnAfter(schema, column, LastPart(*options.after));
  if (options.before) return MoveColumnBefore(schema, column, LastPart(*options.before));
  return schema;
}

MetadataResult AddColumnTo(const TableMetadata& metadata, const AlterOptions& options) {
  ARROW_ASSIGN_OR_RAISE(const auto column, ParseNewColumn(options));
  NewColumnOptions added;
  added.doc = options.doc;
  added.required = options.required;
  if (options.default_value) {
    if (metadata.format_version < 3) {
      return arrow::Status::Invalid("defaults need format version 3, and this table has ",
                                    metadata.format_version,
                                    ": artemis-table alter NAME upgrade 3");
    }
    auto value = ParseLiteral(column.type, *options.default_value);
    if (!value.ok()) return AsUsageError(WithContext(value.status(), "--default"));
    added.default_value = *std::move(value);
  }
  ARROW_ASSIGN_OR_RAISE(auto change, AddColumn(metadata.CurrentSchema(), metadata.last_column_id,
                                               column.name, column.type, added));
  ARROW_ASSIGN_OR_RAISE(auto schema, PlaceColumn(change.schema, column.name, options));
  return SetCurrentSchema(metadata, std::move(schema), change.last_column_id);
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

int PlacesNamed(const AlterOptions& options) {
  return (options.first ? 1 : 0) + (options.after ? 1 : 0) + (options.before ? 1 : 0);
}

MetadataResult ChangeProperties(const TableMetadata& metadata, const AlterOptions& options) {
  if (options.action == AlterAction::kUnsetProperty) {
    for (const auto& key : options.subjects) {
      if (!metadata.properties.contains(key)) {
        return arrow::Status::Invalid("there is no property ", key);
      }
    }
    return RemoveProperties(metadata, options.subjects);
  }
  ARROW_ASSIGN_OR_RAISE(auto properties, ParseProperties(options.subjects));
  std::vector<std::string> removed;
  for (const auto& [key, value] : properties) {
    if (value.empty()) removed.push_back(key);
  }
  for (const auto& key : removed) properties.erase(key);
  return RemoveProperties(SetProperties(metadata, properties), removed);
}

arrow::Result<int32_t> WantedVersion(const AlterOptions& options) {
  if (options.subject != "1" && options.subject != "2" && options.subject != "3") {
    return UsageError("'" + options.subject + "' is no format version: expected 2 or 3");
  }
  return options.subject[0] - '0';
}

// What the upgrade will come to: the manifest lists that it writes (commit/upgrade.h) are taken for there.
MetadataResult PreviewUpgrade(TableMetadata metadata, const AlterOptions& options) {
  ARROW_ASSIGN_OR_RAISE(const auto version, WantedVersion(options));
  for (auto& snapshot : metadata.snapshots) {
    if (snapshot.manifest_list.empty()) snapshot.manifest_list = "to be written";
  }
  return UpgradeFormat(std::move(metadata), version);
}

MetadataResult ApplyAction(const TableMetadata& metadata, const AlterOptions& options) {
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
      return ChangeSchema(metadata, PlaceColumn(schema, options.subject, options));
    case AlterAction::kMakeOptional:
      return ChangeSchema(metadata, MakeColumnOptional(schema, options.subject));
    case AlterAction::kSetIdentifier:
      return ChangeSchema(metadata, SetIdentifierColumns(schema, options.subjects));
    case AlterAction::kUpgrade:
      return PreviewUpgrade(metadata, options);
    case AlterAction::kSetPartition: {
      ARROW_ASSIGN_OR_RAISE(auto spec, ParsePartitionSpec(options.subject, schema));
      return SetDefaultSpec(metadata, std::move(spec));
    }
    case AlterAction::kSetSort:
      return WithRowOrder(metadata, options.subject);
    case AlterAction::kSetProperty:
    case AlterAction::kUnsetProperty:
      break;
  }
  return ChangeProperties(metadata, options);
}

MetadataResult Apply(const TableMetadata& metadata, const AlterOptions& options) {
  ARROW_ASSIGN_OR_RAISE(auto next, ApplyAction(metadata, options));
  return SettleClustering(metadata, std::move(next));
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
    case AlterAction::kMakeOptional:
      return "column " + options.subject + " may be null";
    case AlterAction::kSetIdentifier: {
      const auto count = schema.identifier_field_ids.size();
      return count == 0 ? std::string("no columns tell rows apart")
                        : CountOf(static_cast<int64_t>(count), "column") + " tell rows apart";
    }
    case AlterAction::kUpgrade:
      return "upgraded to format version " + std::to_string(metadata.format_version);
    case AlterAction::kSetPartition: {
      const auto spec = FormatPartitionSpec(metadata.DefaultSpec(), schema);
      return "new files are partitioned by " + (spec.empty() ? "nothing" : spec);
    }
    case AlterAction::kSetSort: {
      const auto order = RowOrderText(metadata);
      const bool is_clustered = metadata.DefaultSortOrder().fields.empty() && !order.empty();
      return std::string("new files are ") + (is_clustered ? "clustered by " : "sorted by ") +
             (order.empty() ? "nothing" : order);
    }
    case AlterAction::kSetProperty:
    case AlterAction::kUnsetProperty:
      break;
  }
  const std::string verb = options.action == AlterAction::kSetProperty ? "set " : "removed ";
  const auto count = options.subjects.size();
  return verb + std::to_string(count) + (count == 1 ? " property" : " properties");
}

arrow::Status CheckAlterOptions(const AlterOptions& options) {
  if (options.table.empty()) {
    return UsageError(
        "NAME is required, before the command: artemis-table alter NAME add-column …");
  }
  if (PlacesNamed(options) > 1)
    return UsageError("--first, --after and --before exclude each other");
  if (options.action == AlterAction::kMoveColumn && PlacesNamed(options) == 0) {
    return UsageError("say where the column goes: --first, --after COLUMN, or --before COLUMN");
  }
  if (options.action == AlterAction::kSetIdentifier && options.subjects.empty() != options.none) {
    return UsageError("name the columns that tell rows apart, or --none");
  }
  return arrow::Status::OK();
}

Fact ChangesFact(const std::vector<std::string>& changes) {
  std::string json = "[";
  for (const auto& change : changes) json += (json.size() > 1 ? "," : "") + JsonString(change);
  return Fact::Json("", json + "]");
}

arrow::Result<CommitResult> CommitAlter(const OpenedTable& opened, const AlterOptions& options,
                                        CommandContext& context,
                                        std::vector<std::string>* changes) {
  const CommitOptions commit = ToCommitOptions(options.commit, context);
  if (options.action == AlterAction::kUpgrade) {
    ARROW_ASSIGN_OR_RAISE(const auto version, WantedVersion(options));
    return UpgradeTable(*opened.catalog, opened.name(), version, commit);
  }
  const auto change = [&](const TableMetadata& metadata) -> MetadataResult {
    ARROW_ASSIGN_OR_RAISE(auto next, Apply(metadata, options));
    *changes = MetadataChanges(metadata, next);
    return next;
  };
  return UpdateMetadata(*opened.catalog, opened.name(), "alter", change, commit);
}

}  // namespace

arrow::Status RunAlter(const AlterOptions& options, CommandContext& context) {
  const Stopwatch watch;
  ARROW_RETURN_NOT_OK(CheckAlterOptions(options));
  ARROW_ASSIGN_OR_RAISE(const auto opened, OpenTableToWrite(context, options.table));
  const std::string table = opened.name().ToString();
  std::vector<std::string> changes;
  if (!AlreadyDone(opened, options.commit.once_key)) {
    ARROW_ASSIGN_OR_RAISE(const auto wanted, Apply(opened.metadata(), options));
    changes = MetadataChanges(opened.metadata(), wanted);
  }
  const bool changes_nothing = changes.empty();
  CommitResult result;
  result.table = opened.table;
  result.attempts = 0;
  if (!changes_nothing) {
    ARROW_ASSIGN_OR_RAISE(result, CommitAlter(opened, options, context, &changes));
  }
  const auto& metadata = *result.table.metadata;
  if (options.commit.format == FactFormat::kText) {
    if (changes_nothing) {
      return context.Print(table + " is so already: nothing was changed\n");
    }
    return context.Print(Sentence(options, metadata) + " in " + table + " (schema " +
                         ToString(metadata.current_schema_id) + ")\n");
  }
  FactRecord facts;
  facts.Add("table", Fact::Text(table));
  facts.Add("operation", Fact::Text("alter"));
  facts.Add("changes", ChangesFact(changes));
  facts.Add("format_version", Fact::Id(metadata.format_version));
  facts.Add("schema_id", Fact::Id(metadata.current_schema_id));
  facts.Add("spec_id", Fact::Id(metadata.default_spec_id));
  facts.Add("sort_order_id", Fact::Id(metadata.default_sort_order_id));
  facts.Add("attempts", Fact::Count(result.attempts));
  facts.Add("elapsed_ms", Fact::Count(watch.ElapsedMs()));
  return context.Print(facts, options.commit.format);
}

}  // namespace artemis
