// Bounds first, rows where bounds do not decide.
#include "artemis/rewrite/adopt_partition.h"

#include <algorithm>

#include "artemis/layout/split_by_partition.h"
#include "artemis/schema/literal.h"
#include "artemis/schema/partition_key.h"

namespace artemis {

namespace {

// Bounds of these types are values of the column, so two transformed bounds are two tuples.
bool BoundsAreValues(TypeKind kind) {
  switch (kind) {
    case TypeKind::kBoolean:
    case TypeKind::kInt:
    case TypeKind::kLong:
    case TypeKind::kDate:
    case TypeKind::kTime:
    case TypeKind::kTimestamp:
    case TypeKind::kTimestamptz:
    case TypeKind::kTimestampNs:
    case TypeKind::kTimestamptzNs:
      return true;
    default:
      return false;
  }
}

bool IsFloatingType(TypeKind kind) { return kind == TypeKind::kFloat || kind == TypeKind::kDouble; }

// The top-level column that holds a field; null when there is none.
const Field* ColumnHolding(const Schema& schema, FieldId id) {
  for (const Field& field : schema.fields) {
    if (field.id == id || Schema{SchemaId(0), {field}, {}}.FindField(id) != nullptr) return &field;
  }
  return nullptr;
}

std::optional<LiteralValue> Transformed(const PartitionField& field, const Type& source,
                                        const std::optional<LiteralValue>& value) {
  return value ? ApplyTransform(field.transform, source, *value) : std::nullopt;
}

arrow::Status TwoValues(const PartitionField& field, const Type& source,
                        const std::optional<LiteralValue>& a,
                        const std::optional<LiteralValue>& b) {
  return arrow::Status::Invalid("its rows are of two partitions: ", field.name, "=",
                                FormatPartitionValue(field.transform, source, a), " and ",
                                field.name, "=", FormatPartitionValue(field.transform, source, b));
}

class TupleFinder {
 public:
  TupleFinder(const PartitionSpec& spec, const Schema& schema, const PartitionEvidence& evidence)
      : spec_(spec), schema_(schema), evidence_(evidence), tuple_(spec.fields.size()) {}

  arrow::Result<PartitionTuple> Find(const ReadColumns& read) {
    for (size_t i = 0; i < spec_.fields.size(); ++i) {
      ARROW_ASSIGN_OR_RAISE(const bool decided, Decide(i));
      if (!decided) undecided_.push_back(i);
    }
    if (!undecided_.empty()) ARROW_RETURN_NOT_OK(DecideByRows(read));
    return tuple_;
  }

 private:
  // Whether the tuple's value is known without rows.
  arrow::Result<bool> Decide(size_t i) {
    const PartitionField& field = spec_.fields[i];
    if (field.transform.kind == TransformKind::kVoid) return true;
    const Field* source = schema_.FindField(field.source_id);
    const Field* column = ColumnHolding(schema_, field.source_id);
    if (source == nullptr || field.transform.kind == TransformKind::kUnknown) {
      return arrow::Status::NotImplemented("partition field ", field.name, " (",
                                           field.transform.ToString(), ") cannot be computed");
    }
    if (const auto constant = evidence_.constants.find(column->id);
        constant != evidence_.constants.end()) {
      if (column == source) tuple_[i] = Transformed(field, source->type, constant->second);
      return true;
    }
    return DecideByBounds(i, source->type);
  }

  arrow::Result<bool> DecideByBounds(size_t i, const Type& source) {
    const PartitionField& field = spec_.fields[i];
    const ColumnMetrics* metrics = FindMetrics(evidence_.metrics, field.source_id);
    if (metrics == nullptr || !metrics->value_count || !metrics->null_count) return false;
    if (*metrics->null_count == *metrics->value_count) return true;
    if (!metrics->lower_bound || !metrics->upper_bound || IsFloatingType(source.kind)) return false;
    ARROW_ASSIGN_OR_RAISE(const auto lower, FromBytes(source, *metrics->lower_bound));
    ARROW_ASSIGN_OR_RAISE(const auto upper, FromBytes(source, *metrics->upper_bound));
    const auto least = Transformed(field, source, lower);
    const auto greatest = Transformed(field, source, upper);
    const bool one_value = CompareValues(lower, upper) == 0;
    if (*metrics->null_count > 0) {
      return one_value || BoundsAreValues(source.kind)
                 ? arrow::Result<bool>(TwoValues(field, source, least, std::nullopt))
                 : arrow::Result<bool>(false);
    }
    if (one_value || PreservesOrder(field.transform)) {
      if (CompareValues(*least, *greatest) == 0) {
        tuple_[i] = least;
        return true;
      }
      if (BoundsAreValues(source.kind)) return TwoValues(field, source, least, greatest);
    }
    return false;
  }

  arrow::Status DecideByRows(const ReadColumns& read) {
    PartitionSpec part;
    std::vector<Field> wanted;
    for (const size_t i : undecided_) {
      part.fields.push_back(spec_.fields[i]);
      const Field* column = ColumnHolding(schema_, spec_.fields[i].source_id);
      const auto same = [&](const Field& field) { return field.id == column->id; };
      if (std::none_of(wanted.begin(), wanted.end(), same)) wanted.push_back(*column);
    }
    const Schema columns{SchemaId(0), wanted, {}};
    std::optional<PartitionTuple> found;
    ARROW_RETURN_NOT_OK(read(wanted, [&](const std::shared_ptr<arrow::RecordBatch>& rows) {
      ARROW_ASSIGN_OR_RAISE(const auto split, SplitByPartition(rows, columns, part));
      for (const PartitionRows& each : split) {
        if (!found) found = each.tuple;
        ARROW_RETURN_NOT_OK(RequireSame(*found, each.tuple));
      }
      return arrow::Status::OK();
    }));
    for (size_t n = 0; found && n < undecided_.size(); ++n) tuple_[undecided_[n]] = (*found)[n];
    return arrow::Status::OK();
  }

  arrow::Status RequireSame(const PartitionTuple& a, const PartitionTuple& b) const {
    for (size_t n = 0; n < undecided_.size(); ++n) {
      if (PartitionKey({a[n]}) == PartitionKey({b[n]})) continue;
      const PartitionField& field = spec_.fields[undecided_[n]];
      return TwoValues(field, schema_.FindField(field.source_id)->type, a[n], b[n]);
    }
    return arrow::Status::OK();
  }

  const PartitionSpec& spec_;
  const Schema& schema_;
  const PartitionEvidence& evidence_;
  PartitionTuple tuple_;
  std::vector<size_t> undecided_;
};

}  // namespace

arrow::Result<PartitionTuple> TupleOfFile(const PartitionSpec& spec, const Schema& schema,
                                          const PartitionEvidence& evidence,
                                          const ReadColumns& read) {
  return TupleFinder(spec, schema, evidence).Find(read);
}

}  // namespace artemis
