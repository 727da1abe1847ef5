// Manifests as facts.
#include "artemis/cli/manifest_facts.h"

#include "artemis/base/json_text.h"
#include "artemis/schema/literal.h"

namespace artemis {

namespace {

Fact BoundFact(const std::optional<std::string>& bytes, const Field* field) {
  if (!bytes || field == nullptr) return {};
  const auto value = FromBytes(field->type, *bytes);
  return value.ok() ? Fact::Text(FormatLiteral(field->type, *value)) : Fact();
}

}  // namespace

std::string ContentName(FileContent content) {
  switch (content) {
    case FileContent::kData:
      return "data";
    case FileContent::kPositionDeletes:
      return "position deletes";
    case FileContent::kEqualityDeletes:
      break;
  }
  return "equality deletes";
}

std::string ContentName(ManifestContent content) {
  return content == ManifestContent::kData ? "data" : "deletes";
}

std::string StatusName(EntryStatus status) {
  switch (status) {
    case EntryStatus::kExisting:
      return "existing";
    case EntryStatus::kAdded:
      return "added";
    case EntryStatus::kDeleted:
      break;
  }
  return "deleted";
}

Fact PartitionFact(const PartitionSpec& spec, const Schema& schema, const PartitionTuple& tuple) {
  std::string text;
  std::string json = "{";
  for (size_t i = 0; i < spec.fields.size() && i < tuple.size(); ++i) {
    const auto& field = spec.fields[i];
    const Field* source = schema.FindField(field.source_id);
    const Type type = source != nullptr ? source->type : Type::Of(TypeKind::kInt);
    const std::string value = FormatPartitionValue(field.transform, type, tuple[i]);
    text += (text.empty() ? "" : "/") + field.name + "=" + value;
    json += (i > 0 ? "," : "") + JsonString(field.name) + ":";
    json += tuple[i] ? JsonString(value) : "null";
  }
  return Fact::Json(text, json + "}");
}

FactTable ManifestFacts(const std::vector<ManifestFile>& manifests) {
  FactTable table;
  table.keys = {"path",        "content",           "spec_id",
                "bytes",       "added_snapshot_id", "sequence_number",
                "added_files", "existing_files",    "deleted_files"};
  for (const auto& manifest : manifests) {
    table.rows.push_back({Fact::Text(manifest.path), Fact::Text(ContentName(manifest.content)),
                          Fact::Id(manifest.spec_id), Fact::Bytes(manifest.length_bytes),
                          Fact::Id(manifest.added_snapshot_id), Fact::Id(manifest.sequence_number),
                          Fact::CountIf(manifest.added_files),
                          Fact::CountIf(manifest.existing_files),
                          Fact::CountIf(manifest.deleted_files)});
  }
  return table;
}

FactTable MetricsFacts(const FileMetrics& metrics, const Schema& schema) {
  FactTable table;
  table.keys = {"field_id", "column", "lower", "upper", "nulls", "nans", "values"};
  for (const auto& column : metrics) {
    const Field* field = schema.FindField(column.field_id);
    table.rows.push_back({Fact::Id(column.field_id), Fact::TextIf(schema.FullName(column.field_id)),
                          BoundFact(column.lower_bound, field),
                          BoundFact(column.upper_bound, field), Fact::CountIf(column.null_count),
                          Fact::CountIf(column.nan_count), Fact::CountIf(column.value_count)});
  }
  return table;
}

}  // namespace artemis
