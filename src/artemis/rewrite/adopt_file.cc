// Schema, folders, nulls, metrics, partition, in this order.
#include "artemis/rewrite/adopt_file.h"

#include <algorithm>
#include <map>

#include <arrow/array.h>
#include <parquet/metadata.h>

#include "artemis/base/error.h"
#include "artemis/base/near_match.h"
#include "artemis/io/file_system.h"
#include "artemis/parquet/write_summary.h"
#include "artemis/rewrite/adopt_metrics.h"
#include "artemis/rewrite/adopt_name_mapping.h"
#include "artemis/rewrite/adopt_partition.h"
#include "artemis/rewrite/adopt_paths.h"
#include "artemis/rewrite/adopt_rows.h"
#include "artemis/rewrite/adopt_schema.h"
#include "artemis/schema/arrow_schema.h"
#include "artemis/schema/literal.h"
#include "artemis/schema/name_mapping_json.h"
#include "artemis/write/data_file_settings.h"

namespace artemis {

namespace {

bool HasIdentityOf(const PartitionSpec& spec, FieldId id) {
  return std::any_of(spec.fields.begin(), spec.fields.end(), [id](const PartitionField& field) {
    return field.source_id == id && field.transform.kind == TransformKind::kIdentity;
  });
}

arrow::Result<std::optional<LiteralValue>> FolderLiteral(const Field& column,
                                                         const FolderValue& folder,
                                                         const PartitionSpec& spec) {
  if (!HasIdentityOf(spec, column.id)) {
    return arrow::Status::Invalid(
        "column ", column.name,
        " is only in the folder's name, and the table is not partitioned by "
        "it as it is, so that readers would see nulls: artemis-table append stores the values");
  }
  if (!folder.text) return std::nullopt;
  const TypeKind kind = column.type.kind;
  if (!column.type.is_primitive() || kind == TypeKind::kBinary || kind == TypeKind::kFixed) {
    return arrow::Status::Invalid("column ", column.name, " is ", column.type.ToString(),
                                  ": its values cannot be read from a folder's name");
  }
  auto value = ParseLiteral(column.type, *folder.text);
  if (value.ok()) return std::optional(*std::move(value));
  return value.status().WithMessage("column ", column.name,
                                    ", from the folder's name: ", value.status().message());
}

// A folder whose name is, but for the case of letters, a column the file lacks.
arrow::Status RequireNoNearFolder(const std::vector<FolderValue>& folders, const Field& column) {
  for (const FolderValue& folder : folders) {
    if (AsciiLower(folder.name) != AsciiLower(column.name)) continue;
    return arrow::Status::Invalid("folder ", folder.name, "=… names no column of the table",
                                  DidYouMean(folder.name, {column.name}));
  }
  return arrow::Status::OK();
}

// The values of the columns that the file does not hold.
arrow::Result<std::map<FieldId, std::optional<LiteralValue>>> ConstantsOf(
    const std::vector<Field>& missing, const std::string& path, const PartitionSpec& spec) {
  const auto folders = HiveFolders(path);
  std::map<FieldId, std::optional<LiteralValue>> constants;
  for (const Field& column : missing) {
    auto& constant = constants[column.id];
    constant = column.initial_default;
    // The innermost folder of a name counts.
    const auto named = std::find_if(folders.rbegin(), folders.rend(), [&](const FolderValue& each) {
      return each.name == column.name;
    });
    if (named != folders.rend()) {
      ARROW_ASSIGN_OR_RAISE(constant, FolderLiteral(column, *named, spec));
    } else {
      ARROW_RETURN_NOT_OK(RequireNoNearFolder(folders, column));
    }
    if (!constant && column.required) {
      return arrow::Status::Invalid("the required column ", column.name, " is missing");
    }
  }
  return constants;
}

bool HoldsRequiredFields(const Field& field) {
  const auto& children = field.type.fields;
  return field.required || std::any_of(children.begin(), children.end(), HoldsRequiredFields);
}

// Whether the footer says that no leaf of the column has a null.
bool IsFreeOfNulls(const Field& field, const FileMetrics& metrics) {
  if (!field.type.is_primitive()) {
    const auto& children = field.type.fields;
    return std::all_of(children.begin(), children.end(),
                       [&](const Field& child) { return IsFreeOfNulls(child, metrics); });
  }
  const ColumnMetrics* column = FindMetrics(metrics, field.id);
  return column == nullptr ? !field.required : column->null_count == 0;
}

// A null where none may be, at any depth; nulls of what a null holds do not count.
const Field* NullOfRequired(const Field& field, const arrow::Array& array) {
  if (field.required && array.null_count() > 0) return &field;
  const auto& children = field.type.fields;
  switch (field.type.kind) {
    case TypeKind::kStruct:
      for (size_t i = 0; i < children.size(); ++i) {
        const auto& rows = static_cast<const arrow::StructArray&>(array);
        // Only rows whose struct is there: Parquet says null for both.
        const auto& child = rows.field(static_cast<int>(i));
        for (int64_t row = 0; children[i].required && row < array.length(); ++row) {
          if (array.IsValid(row) && child->IsNull(row)) return &children[i];
        }
        Field optional = children[i];
        optional.required = false;
        if (NullOfRequired(optional, *child) != nullptr) return &children[i];
      }
      return nullptr;
    case TypeKind::kList:
      return NullOfRequired(children[0], *static_cast<const arrow::ListArray&>(array).values());
    case TypeKind::kMap: {
      const auto& map = static_cast<const arrow::MapArray&>(array);
      const Field* const found = NullOfRequired(children[0], *map.keys());
      return found != nullptr ? found : NullOfRequired(children[1], *map.items());
    }
    default:
      return nullptr;
  }
}

arrow::Status RequireNoNulls(const std::vector<Field>& fields, const arrow::RecordBatch& rows) {
  for (size_t i = 0; i < fields.size(); ++i) {
    const Field* const found = NullOfRequired(fields[i], *rows.column(static_cast<int>(i)));
    if (found == nullptr) continue;
    return arrow::Status::Invalid("the required column ", fields[i].name, " holds nulls",
                                  found == &fields[i] ? "" : " (in " + found->name + ")");
  }
  return arrow::Status::OK();
}

class FileAdoption {
 public:
  FileAdoption(FileSystem& files, const std::shared_ptr<const ParquetFooter>& footer,
               const AdoptRules& rules)
      : files_(files), footer_(footer), rules_(rules), schema_(rules.metadata->CurrentSchema()) {}

  arrow::Result<AdoptedFile> Run() {
    ARROW_ASSIGN_OR_RAISE(columns_, MatchColumns(*footer_, *rules_.metadata, rules_.mapping));
    const PartitionSpec& spec = rules_.metadata->DefaultSpec();
    PartitionEvidence evidence;
    ARROW_ASSIGN_OR_RAISE(evidence.constants, ConstantsOf(columns_.missing, footer_->path, spec));
    ARROW_ASSIGN_OR_RAISE(evidence.metrics, FooterMetrics(*footer_, *columns_.schema, schema_));
    ARROW_RETURN_NOT_OK(CheckRequired(evidence.metrics));
    AdoptedFile adopted;
    adopted.lacks_ids = columns_.lacks_ids;
    DataFile& file = adopted.file;
    file.spec_id = spec.id;
    ARROW_ASSIGN_OR_RAISE(
        file.partition,
        TupleOfFile(spec, schema_, evidence, [this](const auto& wanted, const auto& visit) {
          return ForEachBatch(files_, footer_, *columns_.schema, wanted, visit);
        }));
    file.path = footer_->path;
    file.record_count = footer_->metadata->num_rows();
    ARROW_ASSIGN_OR_RAISE(file.file_size_bytes, files_.FileSize(file.path));
    file.split_offsets = SplitOffsets(*footer_->metadata);
    file.metrics = std::move(evidence.metrics);
    ApplyMetricsModes(schema_, rules_.metrics_mode, rules_.metrics_modes, &file.metrics);
    return adopted;
  }

 private:
  arrow::Status CheckRequired(const FileMetrics& metrics) const {
    std::vector<Field> doubtful;
    for (const Field& field : schema_.fields) {
      const auto is_missing = [&](const Field& missing) { return missing.id == field.id; };
      if (std::any_of(columns_.missing.begin(), columns_.missing.end(), is_missing)) continue;
      if (HoldsRequiredFields(field) && !IsFreeOfNulls(field, metrics)) doubtful.push_back(field);
    }
    if (doubtful.empty()) return arrow::Status::OK();
    return ForEachBatch(files_, footer_, *columns_.schema, doubtful,
                        [&](const auto& rows) { return RequireNoNulls(doubtful, *rows); });
  }

  FileSystem& files_;
  const std::shared_ptr<const ParquetFooter>& footer_;
  const AdoptRules& rules_;
  const Schema& schema_;
  MatchedColumns columns_;
};

}  // namespace

arrow::Result<AdoptRules> MakeAdoptRules(std::shared_ptr<const TableMetadata> metadata) {
  AdoptRules rules;
  const auto property = metadata->properties.find(kNameMappingProperty);
  if (property != metadata->properties.end()) {
    auto mapping = NameMappingFromJson(property->second);
    ARROW_RETURN_NOT_OK(
        WithContext(mapping.status(), "table property " + std::string(kNameMappingProperty)));
    rules.known_mapping = *std::move(mapping);
  }
  rules.mapping = MappingWithSchema(rules.known_mapping, metadata->CurrentSchema());
  ARROW_ASSIGN_OR_RAISE(
      auto settings, ResolveDataFileSettings(*metadata, FileSchema(metadata->CurrentSchema()), {}));
  rules.metrics_mode = settings.parquet.metrics_mode;
  rules.metrics_modes = std::move(settings.parquet.metrics_modes);
  rules.metadata = std::move(metadata);
  return rules;
}

arrow::Result<AdoptedFile> AdoptFile(FileSystem& files,
                                     const std::shared_ptr<const ParquetFooter>& footer,
                                     const AdoptRules& rules) {
  return FileAdoption(files, footer, rules).Run();
}

}  // namespace artemis
