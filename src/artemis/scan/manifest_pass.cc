// Projects a predicate on every spec.
#include "artemis/scan/manifest_pass.h"

#include <algorithm>

#include "artemis/expr/lift.h"

namespace artemis {

namespace {

// A schema in which every source of `spec` is found, the view's first, then the newest.
const Schema* SchemaWithSources(const TableView& view, const PartitionSpec& spec) {
  const auto complete = [&](const Schema& schema) {
    return std::all_of(spec.fields.begin(), spec.fields.end(), [&](const PartitionField& field) {
      return field.transform.kind == TransformKind::kVoid ||
             schema.FindField(field.source_id) != nullptr;
    });
  };
  if (complete(*view.schema)) return view.schema.get();
  for (auto schema = view.metadata->schemas.rbegin(); schema != view.metadata->schemas.rend();
       ++schema) {
    if (complete(*schema)) return &*schema;
  }
  return nullptr;
}

// Whether a tuple can say anything of these columns.
bool SpecBearsOn(const PartitionSpec& spec, const std::vector<FieldId>& columns) {
  return std::any_of(spec.fields.begin(), spec.fields.end(), [&](const PartitionField& field) {
    return std::binary_search(columns.begin(), columns.end(), field.source_id);
  });
}

}  // namespace

std::map<SpecId, SpecProjection> ProjectSpecs(const TableView& view,
                                              const BoundPredicate& predicate) {
  std::map<SpecId, SpecProjection> projections;
  const auto columns = ReferencedFields(predicate);
  for (const auto& spec : view.metadata->partition_specs) {
    SpecProjection projection{spec, Type::Struct({}), BoundPredicate::True()};
    if (SpecBearsOn(spec, columns)) {
      projection.residuals = std::make_shared<const ResidualLeaves>(predicate, spec, *view.schema);
    }
    if (const Schema* schema = SchemaWithSources(view, spec)) {
      auto type = PartitionType(spec, *schema);
      if (type.ok()) {
        projection.schema = schema;
        projection.partition_type = std::move(*type);
        projection.inclusive = ProjectInclusive(predicate, spec, *schema);
      }
    }
    projections.emplace(spec.id, std::move(projection));
  }
  return projections;
}

}  // namespace artemis
