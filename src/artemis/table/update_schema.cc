// Changes of schemas, partition specs, sort orders, properties and the format version.
#include <algorithm>

#include "artemis/base/error.h"
#include "artemis/base/uuid.h"
#include "artemis/schema/evolution.h"
#include "artemis/schema/metadata_columns.h"
#include "artemis/table/format_version.h"
#include "artemis/table/update.h"

namespace artemis {

namespace {

template <typename Id, typename T>
Id NextFreeId(const std::vector<T>& items, int32_t first) {
  int32_t next = first;
  for (const T& item : items) next = std::max(next, item.id.value + 1);
  return Id(next);
}

arrow::Status RequireSource(const TableMetadata& metadata, const Schema& schema, FieldId source,
                            const char* user) {
  if (schema.FindField(source) != nullptr) return arrow::Status::OK();
  const std::string name = metadata.CurrentSchema().FullName(source);
  return arrow::Status::Invalid("column ", name.empty() ? ToString(source) : "'" + name + "'",
                                " is used by the ", user, " and must stay");
}

arrow::Status CheckSources(const TableMetadata& metadata, const Schema& schema) {
  for (const PartitionField& field : metadata.DefaultSpec().fields) {
    if (field.transform.kind == TransformKind::kVoid) continue;
    ARROW_RETURN_NOT_OK(RequireSource(metadata, schema, field.source_id, "partition spec"));
  }
  for (const SortField& field : metadata.DefaultSortOrder().fields) {
    ARROW_RETURN_NOT_OK(RequireSource(metadata, schema, field.source_id, "sort order"));
  }
  return arrow::Status::OK();
}

// Old files keep the partition values they have (specification, "Schema Evolution").
arrow::Status CheckPromotions(const TableMetadata& metadata, const Schema& schema) {
  for (const PartitionSpec& spec : metadata.partition_specs) {
    for (const PartitionField& field : spec.fields) {
      const Field* before = metadata.CurrentSchema().FindField(field.source_id);
      const Field* after = schema.FindField(field.source_id);
      if (before == nullptr || after == nullptr) continue;
      if (PromotionKeepsTransform(field.transform, before->type, after->type)) continue;
      return arrow::Status::Invalid("column '", metadata.CurrentSchema().FullName(before->id),
                                    "' cannot become ", after->type.ToString(),
                                    ": partition field '", field.name, "' of spec ",
                                    ToString(spec.id), " would change its values");
    }
  }
  return arrow::Status::OK();
}

arrow::Status CheckFieldIds(const Schema& schema) {
  if (schema.HighestFieldId() <= kFieldIdMax) return arrow::Status::OK();
  return arrow::Status::Invalid("field id ", ToString(schema.HighestFieldId()),
                                " is in the range of reserved ids, over ", ToString(kFieldIdMax));
}

bool SameColumns(const Schema& a, const Schema& b) {
  return a.fields == b.fields && a.identifier_field_ids == b.identifier_field_ids;
}

bool SamePartitioning(const PartitionSpec& a, const PartitionSpec& b) {
  return std::equal(a.fields.begin(), a.fields.end(), b.fields.begin(), b.fields.end(),
                    [](const PartitionField& x, const PartitionField& y) {
                      return x.source_id == y.source_id && x.transform == y.transform &&
                             x.name == y.name;
                    });
}

bool IsIdFree(const std::vector<PartitionField>& taken, FieldId id) {
  return std::none_of(taken.begin(), taken.end(),
                      [id](const PartitionField& field) { return field.field_id == id; });
}

// The id that an earlier spec gave to the same source and transform, if it is not in `taken`.
std::optional<FieldId> EarlierId(const TableMetadata& metadata, const PartitionField& field,
                                 const std::vector<PartitionField>& taken) {
  for (const PartitionSpec& spec : metadata.partition_specs) {
    for (const PartitionField& earlier : spec.fields) {
      if (earlier.source_id == field.source_id && earlier.transform == field.transform &&
          IsIdFree(taken, earlier.field_id)) {
        return earlier.field_id;
      }
    }
  }
  return std::nullopt;
}

void GiveFieldIds(TableMetadata* metadata, PartitionSpec* spec) {
  std::vector<PartitionField> done;
  const bool is_v1 = metadata->format_version == 1;
  const size_t carried = is_v1 ? metadata->DefaultSpec().fields.size() : 0;
  for (PartitionField& field : spec->fields) {
    if (done.size() < carried) {
      // Stays what it is.
    } else if (const auto earlier = is_v1 ? std::nullopt : EarlierId(*metadata, field, done)) {
      field.field_id = *earlier;
    } else {
      metadata->last_partition_id = FieldId(metadata->last_partition_id.value + 1);
      field.field_id = metadata->last_partition_id;
    }
    done.push_back(field);
  }
}

bool SameSource(const PartitionField& a, const PartitionField& b) {
  return a.source_id == b.source_id && a.transform == b.transform;
}

// The fields of the default spec in their order and with their ids, void where `asked` has them no more, then the others of `asked`.
PartitionSpec WithV1Fields(const PartitionSpec& current, const PartitionSpec& asked) {
  PartitionSpec spec;
  for (PartitionField field : current.fields) {
    const auto kept =
        std::find_if(asked.fields.begin(), asked.fields.end(),
                     [&](const PartitionField& other) { return SameSource(field, other); });
    if (kept != asked.fields.end()) {
      field.name = kept->name;
    } else {
      field.transform = {TransformKind::kVoid, 0, {}};
    }
    spec.fields.push_back(std::move(field));
  }
  for (const PartitionField& field : asked.fields) {
    const bool is_new =
        std::none_of(current.fields.begin(), current.fields.end(),
                     [&](const PartitionField& other) { return SameSource(field, other); });
    if (is_new) spec.fields.push_back(field);
  }
  return spec;
}

// Two fields of one name: the void one, which nobody asks for, gets its id behind it, as Java does.
void MakeNamesUnique(PartitionSpec* spec) {
  for (PartitionField& field : spec->fields) {
    if (field.transform.kind != TransformKind::kVoid) continue;
    const bool is_taken =
        std::any_of(spec->fields.begin(), spec->fields.end(), [&](const PartitionField& other) {
          return other.name == field.name && other.field_id != field.field_id;
        });
    if (is_taken) field.name += "_" + ToString(field.field_id);
  }
}

}  // namespace

arrow::Result<TableMetadata> SetCurrentSchema(TableMetadata metadata, Schema schema,
                                              FieldId last_column_id) {
  ARROW_RETURN_NOT_OK(CheckSources(metadata, schema));
  ARROW_RETURN_NOT_OK(CheckPromotions(metadata, schema));
  ARROW_RETURN_NOT_OK(CheckFieldIds(schema));
  ARROW_RETURN_NOT_OK(CheckSchemaFitsFormat(schema, metadata.format_version));
  metadata.last_column_id =
      std::max({metadata.last_column_id, last_column_id, schema.HighestFieldId()});
  for (const Schema& known : metadata.schemas) {
    if (SameColumns(known, schema)) {
      metadata.current_schema_id = known.id;
      return metadata;
    }
  }
  schema.id = NextFreeId<SchemaId>(metadata.schemas, 0);
  metadata.current_schema_id = schema.id;
  metadata.schemas.push_back(std::move(schema));
  return metadata;
}

arrow::Result<TableMetadata> SetDefaultSpec(TableMetadata metadata, PartitionSpec spec) {
  if (spec.has_unknown_transform()) {
    return arrow::Status::NotImplemented("a partition spec with a transform that is not known: ",
                                         FormatPartitionSpec(spec, metadata.CurrentSchema()));
  }
  ARROW_RETURN_NOT_OK(PartitionType(spec, metadata.CurrentSchema()).status());
  if (metadata.format_version == 1) {
    spec = WithV1Fields(metadata.DefaultSpec(), spec);
    MakeNamesUnique(&spec);
  }
  for (const PartitionSpec& known : metadata.partition_specs) {
    if (SamePartitioning(known, spec)) {
      metadata.default_spec_id = known.id;
      return metadata;
    }
  }
  GiveFieldIds(&metadata, &spec);
  spec.id = NextFreeId<SpecId>(metadata.partition_specs, 0);
  metadata.default_spec_id = spec.id;
  metadata.partition_specs.push_back(std::move(spec));
  return metadata;
}

arrow::Result<TableMetadata> SetDefaultSortOrder(TableMetadata metadata, SortOrder order) {
  for (const SortField& field : order.fields) {
    const Field* source = metadata.CurrentSchema().FindField(field.source_id);
    if (source == nullptr) {
      return arrow::Status::Invalid("sort order: no column has id ", ToString(field.source_id));
    }
    ARROW_RETURN_NOT_OK(TransformResultType(field.transform, source->type).status());
  }
  for (const SortOrder& known : metadata.sort_orders) {
    if (known.fields == order.fields) {
      metadata.default_sort_order_id = known.id;
      return metadata;
    }
  }
  const bool is_empty = order.fields.empty();
  order.id = is_empty ? SortOrderId(0) : NextFreeId<SortOrderId>(metadata.sort_orders, 1);
  metadata.default_sort_order_id = order.id;
  metadata.sort_orders.push_back(std::move(order));
  return metadata;
}

TableMetadata SetProperties(TableMetadata metadata,
                            const std::map<std::string, std::string>& properties) {
  for (const auto& [key, value] : properties) metadata.properties.insert_or_assign(key, value);
  return metadata;
}

TableMetadata RemoveProperties(TableMetadata metadata, const std::vector<std::string>& keys) {
  for (const std::string& key : keys) metadata.properties.erase(key);
  return metadata;
}

arrow::Result<TableMetadata> UpgradeFormat(TableMetadata metadata, int32_t format_version) {
  if (format_version == metadata.format_version) return metadata;
  if (format_version < metadata.format_version || format_version > kFormatVersionMax) {
    return arrow::Status::Invalid("cannot take a table from format version ",
                                  metadata.format_version, " to ", format_version);
  }
  for (const Snapshot& snapshot : metadata.snapshots) {
    if (format_version > 1 && snapshot.manifest_list.empty()) {
      return arrow::Status::Invalid("snapshot ", ToString(snapshot.id),
                                    " embeds its manifests, which format version ", format_version,
                                    " does not have");
    }
  }
  metadata.format_version = format_version;
  if (metadata.table_uuid.empty()) metadata.table_uuid = RandomUuid();
  return metadata;
}

}  // namespace artemis
