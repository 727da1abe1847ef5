// The model of a table.
#include "table_model.h"

#include <algorithm>
#include <cmath>
#include <cstring>

#include <arrow/array.h>
#include <arrow/type.h>

#include "artemis/schema/arrow_schema.h"

namespace artemis {

namespace {

LiteralValue Widened(const LiteralValue& value, const Type& type) {
  if (const auto* held = std::get_if<int32_t>(&value); held && type.kind == TypeKind::kLong) {
    return int64_t{*held};
  }
  if (const auto* held = std::get_if<float>(&value); held && type.kind == TypeKind::kDouble) {
    return double{*held};
  }
  return value;
}

struct ValueText {
  std::string operator()(bool value) const { return value ? "true" : "false"; }
  std::string operator()(int32_t value) const { return std::to_string(value); }
  std::string operator()(int64_t value) const { return std::to_string(value); }
  std::string operator()(float value) const { return (*this)(double{value}); }
  std::string operator()(double value) const {
    if (std::isnan(value)) return "nan";
    char text[40];
    std::snprintf(text, sizeof text, "%.17g", value);
    return text;
  }
  std::string operator()(const arrow::Decimal128& value) const { return value.ToString(0) + "d"; }
  std::string operator()(const std::string& value) const { return "'" + value + "'"; }
};

std::string RowText(const ReferenceRow& row, const Columns& columns) {
  std::string text;
  for (const Field& column : columns) {
    const auto& value = row.at(column.id);
    text += (text.empty() ? "" : " | ") + (value ? std::visit(ValueText(), *value) : "null");
  }
  return text;
}

template <typename ArrayType>
auto ValueOf(const arrow::Array& array, int64_t row) {
  return static_cast<const ArrayType&>(array).Value(row);
}

std::optional<LiteralValue> CellOf(const Type& type, const arrow::Array& array, int64_t row) {
  if (array.IsNull(row)) return std::nullopt;
  switch (type.kind) {
    case TypeKind::kBoolean:
      return ValueOf<arrow::BooleanArray>(array, row);
    case TypeKind::kInt:
      return ValueOf<arrow::Int32Array>(array, row);
    case TypeKind::kDate:
      return ValueOf<arrow::Date32Array>(array, row);
    case TypeKind::kLong:
      return ValueOf<arrow::Int64Array>(array, row);
    case TypeKind::kTimestamp:
    case TypeKind::kTimestamptz:
      return ValueOf<arrow::TimestampArray>(array, row);
    case TypeKind::kFloat:
      return ValueOf<arrow::FloatArray>(array, row);
    case TypeKind::kDouble:
      return ValueOf<arrow::DoubleArray>(array, row);
    case TypeKind::kDecimal:
      return arrow::Decimal128(static_cast<const arrow::Decimal128Array&>(array).GetValue(row));
    case TypeKind::kBinary:
      return std::string(static_cast<const arrow::BinaryArray&>(array).GetView(row));
    default:
      return std::string(static_cast<const arrow::StringArray&>(array).GetView(row));
  }
}

arrow::Status CheckColumns(const arrow::Schema& found, const Columns& columns) {
  std::string expected_text, found_text;
  for (const Field& column : columns) {
    expected_text += column.name + ":" + ToArrowType(column.type)->ToString() + " ";
  }
  for (const auto& field : found.fields()) {
    found_text += field->name() + ":" + field->type()->ToString() + " ";
  }
  if (expected_text == found_text) return arrow::Status::OK();
  return arrow::Status::Invalid("expected columns ", expected_text, "found ", found_text);
}

}  // namespace

ModelRows Projected(const ModelRows& rows, const Columns& columns) {
  ModelRows projected;
  for (const ReferenceRow& row : rows) {
    ReferenceRow next;
    for (const Field& column : columns) {
      const auto found = row.find(column.id);
      auto value = found == row.end() ? column.initial_default : found->second;
      if (value) value = Widened(*value, column.type);
      next[column.id] = std::move(value);
    }
    projected.push_back(std::move(next));
  }
  return projected;
}

Bag BagOf(const ModelRows& rows, const Columns& columns) {
  Bag bag;
  for (const ReferenceRow& row : Projected(rows, columns)) ++bag[RowText(row, columns)];
  return bag;
}

Bag Minus(const Bag& a, const Bag& b) {
  Bag left = a;
  for (const auto& [text, count] : b) {
    const auto found = left.find(text);
    if (found == left.end()) continue;
    found->second -= count;
    if (found->second <= 0) left.erase(found);
  }
  return left;
}

std::string FormatBag(const Bag& bag) {
  std::string text;
  for (const auto& [row, count] : bag) text += "\n    " + std::to_string(count) + " x " + row;
  return text.empty() ? " nothing" : text;
}

arrow::Result<ModelRows> RowsOfStream(arrow::RecordBatchReader& stream, const Columns& columns) {
  ARROW_RETURN_NOT_OK(CheckColumns(*stream.schema(), columns));
  ModelRows rows;
  std::shared_ptr<arrow::RecordBatch> batch;
  while (true) {
    ARROW_RETURN_NOT_OK(stream.ReadNext(&batch));
    if (batch == nullptr) return rows;
    ARROW_RETURN_NOT_OK(batch->ValidateFull());
    ARROW_RETURN_NOT_OK(CheckColumns(*batch->schema(), columns));
    for (int64_t row = 0; row < batch->num_rows(); ++row) {
      ReferenceRow& next = rows.emplace_back();
      for (int i = 0; i < batch->num_columns(); ++i) {
        next[columns[i].id] = CellOf(columns[i].type, *batch->column(i), row);
      }
    }
  }
}

ModelRows Filtered(const ModelRows& rows, const Columns& columns, const BoundPredicate& predicate,
                   bool matching) {
  const ModelRows seen = Projected(rows, columns);
  ModelRows kept;
  for (size_t i = 0; i < rows.size(); ++i) {
    const bool is_true = ReferenceEvaluate(predicate, seen[i]) == Truth::kTrue;
    if (is_true == matching) kept.push_back(rows[i]);
  }
  return kept;
}

std::optional<SnapshotId> TableModel::Head(const std::string& branch) const {
  const auto found = branches.find(branch);
  if (found == branches.end()) return std::nullopt;
  return found->second;
}

ModelRows TableModel::RowsOfBranch(const std::string& branch) const {
  const auto head = Head(branch);
  return head ? states.at(*head).rows : ModelRows{};
}

std::vector<SnapshotId> TableModel::Ancestors(std::optional<SnapshotId> from) const {
  std::vector<SnapshotId> ancestors;
  while (from && states.contains(*from)) {
    ancestors.push_back(*from);
    from = states.at(*from).parent;
  }
  return ancestors;
}

bool TableModel::IsAncestorOf(std::optional<SnapshotId> descendant, SnapshotId candidate) const {
  const auto ancestors = Ancestors(descendant);
  return std::find(ancestors.begin(), ancestors.end(), candidate) != ancestors.end();
}

int64_t TableModel::Tick(int64_t now_ms) {
  last_ms = std::max(now_ms, last_ms + 1);
  return last_ms;
}

void TableModel::MoveBranch(const std::string& branch, SnapshotId snapshot, int64_t time_ms) {
  branches[branch] = snapshot;
  if (branch == "main") moments.push_back({time_ms, snapshot, states.at(snapshot).columns});
}

const ModelMoment* TableModel::At(int64_t time_ms) const {
  const ModelMoment* found = nullptr;
  for (const ModelMoment& moment : moments) {
    if (moment.time_ms <= time_ms) found = &moment;
  }
  return found;
}

bool TableModel::IsNamed(SnapshotId snapshot) const {
  const auto names = [snapshot](const auto& ref) { return ref.second == snapshot; };
  return std::any_of(branches.begin(), branches.end(), names) ||
         std::any_of(tags.begin(), tags.end(), names);
}

void TableModel::Expire(const std::vector<SnapshotId>& snapshots) {
  for (const SnapshotId snapshot : snapshots) {
    states.erase(snapshot);
    std::erase(made, snapshot);
    for (size_t i = 0; i < moments.size(); ++i) {
      if (moments[i].snapshot == snapshot) log_begin = std::max(log_begin, i + 1);
    }
  }
}

}  // namespace artemis
