// Specs: their types, and their text form.
#include "artemis/schema/partition_spec.h"

#include <algorithm>

#include "artemis/base/near_match.h"
#include "artemis/schema/term_text.h"

namespace artemis {
namespace {

constexpr int32_t kFirstPartitionFieldId = 1000;

std::string DefaultPartitionName(const Transform& transform, const std::string& column) {
  switch (transform.kind) {
    case TransformKind::kIdentity:
      return column;
    case TransformKind::kBucket:
      return column + "_bucket";
    case TransformKind::kTruncate:
      return column + "_trunc";
    case TransformKind::kVoid:
      return column + "_null";
    default:
      return column + "_" + transform.ToString();
  }
}

arrow::Result<std::string> PartitionName(const TransformTerm& term, const BoundTerm& bound) {
  if (term.words.empty()) return DefaultPartitionName(bound.transform, bound.column);
  if (term.words.size() == 2 && AsciiLower(term.words[0]) == "as") return term.words[1];
  return arrow::Status::Invalid("partition field of column ", bound.column,
                                ": expected 'as NAME', found '", term.words[0], "'");
}

arrow::Status CheckNewField(const PartitionSpec& spec, const PartitionField& field,
                            const Schema& schema) {
  for (const PartitionField& other : spec.fields) {
    if (other.name == field.name) {
      return arrow::Status::Invalid("two partition fields are called ", field.name);
    }
    if (other.source_id == field.source_id && other.transform == field.transform) {
      return arrow::Status::Invalid("partition fields ", other.name, " and ", field.name,
                                    " are the same");
    }
  }
  const Field* column = schema.FindField(field.name);
  const bool is_that_column = column != nullptr && column->id == field.source_id &&
                              field.transform.kind == TransformKind::kIdentity;
  if (column != nullptr && !is_that_column) {
    return arrow::Status::Invalid("partition field ", field.name,
                                  " has the name of a column; give it another with 'as NAME'");
  }
  return arrow::Status::OK();
}

// The result type of a transform whose source column is gone.
arrow::Result<Type> SourcelessResultType(const PartitionField& field) {
  switch (field.transform.kind) {
    case TransformKind::kBucket:
    case TransformKind::kYear:
    case TransformKind::kMonth:
    case TransformKind::kHour:
    case TransformKind::kVoid:
      return Type::Of(TypeKind::kInt);
    case TransformKind::kDay:
      return Type::Of(TypeKind::kDate);
    case TransformKind::kUnknown:
      return Type::Of(TypeKind::kUnknown);
    default:
      return arrow::Status::Invalid("partition field ", field.name, ": its source column (field ",
                                    ToString(field.source_id), ") is not in the schema");
  }
}

}  // namespace

bool PartitionSpec::is_unpartitioned() const {
  return std::all_of(fields.begin(), fields.end(), [](const PartitionField& field) {
    return field.transform.kind == TransformKind::kVoid;
  });
}

bool PartitionSpec::has_unknown_transform() const {
  return std::any_of(fields.begin(), fields.end(), [](const PartitionField& field) {
    return field.transform.kind == TransformKind::kUnknown;
  });
}

FieldId PartitionSpec::HighestFieldId() const {
  FieldId highest(kFirstPartitionFieldId - 1);
  for (const PartitionField& field : fields) highest = std::max(highest, field.field_id);
  return highest;
}

arrow::Result<Type> PartitionType(const PartitionSpec& spec, const Schema& schema) {
  std::vector<Field> fields;
  for (const PartitionField& field : spec.fields) {
    Type type;
    if (const Field* source = schema.FindField(field.source_id)) {
      ARROW_ASSIGN_OR_RAISE(type, TransformResultType(field.transform, source->type));
    } else {
      ARROW_ASSIGN_OR_RAISE(type, SourcelessResultType(field));
    }
    fields.push_back({field.field_id, field.name, false, std::move(type), {}, {}, {}});
  }
  return Type::Struct(std::move(fields));
}

arrow::Result<PartitionSpec> ParsePartitionSpec(std::string_view text, const Schema& schema,
                                                SpecId id) {
  ARROW_ASSIGN_OR_RAISE(const auto terms, ParseTransformTerms(text));
  PartitionSpec spec{id, {}};
  for (const TransformTerm& term : terms) {
    ARROW_ASSIGN_OR_RAISE(const BoundTerm bound, BindTerm(term, schema));
    ARROW_ASSIGN_OR_RAISE(std::string name, PartitionName(term, bound));
    PartitionField field{bound.source->id, FieldId(spec.HighestFieldId().value + 1),
                         std::move(name), bound.transform};
    ARROW_RETURN_NOT_OK(CheckNewField(spec, field, schema));
    spec.fields.push_back(std::move(field));
  }
  return spec;
}

std::string FormatPartitionSpec(const PartitionSpec& spec, const Schema& schema) {
  std::string text;
  for (const PartitionField& field : spec.fields) {
    std::string column = schema.FullName(field.source_id);
    if (column.empty()) column = "field " + ToString(field.source_id);
    if (!text.empty()) text += ", ";
    text += FormatTerm(field.transform, column);
    if (field.name != DefaultPartitionName(field.transform, column)) {
      text += " as " + QuoteTermName(field.name);
    }
  }
  return text;
}

}  // namespace artemis
