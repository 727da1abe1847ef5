// Text of rows; delete files.
#include "artemis/read/rows_fixture.h"

#include <algorithm>

#include <arrow/scalar.h>
#include <gtest/gtest.h>

#include "artemis/schema/arrow_schema.h"

namespace artemis {

namespace {

std::string ListText(const arrow::Array& values, int64_t begin, int64_t length) {
  std::string text = "[";
  for (int64_t i = begin; i < begin + length; ++i)
    text += (i > begin ? ", " : "") + CellText(values, i);
  return text + "]";
}

std::string MapText(const arrow::MapArray& map, int64_t row) {
  std::string text = "{";
  for (int64_t i = map.value_offset(row); i < map.value_offset(row + 1); ++i) {
    text += (i > map.value_offset(row) ? ", " : "") + CellText(*map.keys(), i) + ": " +
            CellText(*map.items(), i);
  }
  return text + "}";
}

}  // namespace

std::string CellText(const arrow::Array& array, int64_t row) {
  if (array.IsNull(row)) return "null";
  switch (array.type_id()) {
    case arrow::Type::STRUCT: {
      std::string text = "{";
      const auto& fields = static_cast<const arrow::StructArray&>(array);
      for (int i = 0; i < fields.num_fields(); ++i)
        text += (i > 0 ? ", " : "") + CellText(*fields.field(i), row);
      return text + "}";
    }
    case arrow::Type::LIST: {
      const auto& list = static_cast<const arrow::ListArray&>(array);
      return ListText(*list.values(), list.value_offset(row), list.value_length(row));
    }
    case arrow::Type::MAP:
      return MapText(static_cast<const arrow::MapArray&>(array), row);
    default:
      return array.GetScalar(row).ValueOrDie()->ToString();
  }
}

Rows RowsOf(const arrow::RecordBatch& batch) {
  Rows rows;
  for (int64_t row = 0; row < batch.num_rows(); ++row) {
    std::string text;
    for (int column = 0; column < batch.num_columns(); ++column)
      text += (column > 0 ? "|" : "") + CellText(*batch.column(column), row);
    rows.push_back(std::move(text));
  }
  return rows;
}

arrow::Result<Rows> TryRows(
    const arrow::Result<std::shared_ptr<arrow::RecordBatchReader>>& stream) {
  ARROW_RETURN_NOT_OK(stream.status());
  Rows rows;
  std::shared_ptr<arrow::RecordBatch> batch;
  while (true) {
    ARROW_RETURN_NOT_OK((*stream)->ReadNext(&batch));
    if (batch == nullptr) return rows;
    EXPECT_TRUE(batch->schema()->Equals(*(*stream)->schema())) << batch->schema()->ToString();
    ARROW_RETURN_NOT_OK(batch->ValidateFull());
    for (auto& row : RowsOf(*batch)) rows.push_back(std::move(row));
  }
}

Rows RowsOf(const arrow::Result<std::shared_ptr<arrow::RecordBatchReader>>& stream) {
  auto rows = TryRows(stream);
  EXPECT_TRUE(rows.ok()) << rows.status();
  return rows.ok() ? *rows : Rows{};
}

Rows Sorted(Rows rows) {
  std::sort(rows.begin(), rows.end());
  return rows;
}

ReadOptions InOrder() {
  ReadOptions options;
  options.threads = 1;
  return options;
}

arrow::Result<std::shared_ptr<arrow::RecordBatchReader>> OpenRows(TestTable& table,
                                                                  const TableView& view,
                                                                  const BoundPredicate& predicate,
                                                                  const ReadOptions& options) {
  ARROW_ASSIGN_OR_RAISE(auto plan, PlanScan(view, predicate, table.files()));
  return ReadPlan(std::move(plan), table.files(), options);
}

Rows ReadRows(TestTable& table, const ReadOptions& options) {
  return RowsOf(OpenRows(table, table.View(), BoundPredicate::True(), options));
}

Rows ReadRows(TestTable& table, const Predicate& predicate, const ReadOptions& options) {
  return RowsOf(OpenRows(table, table.View(), table.Bound(predicate), options));
}

arrow::Status ReadStatus(TestTable& table, const ReadOptions& options) {
  return TryRows(OpenRows(table, table.View(), BoundPredicate::True(), options)).status();
}

DataFile WritePositionDeletes(TestTable& table,
                              const std::vector<std::pair<std::string, int64_t>>& positions,
                              const ForeignFileOptions& options) {
  constexpr int32_t kFilePath = 2147483546;
  std::string json = "[";
  std::string lower, upper;
  for (const auto& [path, position] : positions) {
    if (json.size() > 1) json += ", ";
    json += R"({"file_path": ")" + path + R"(", "pos": )" + std::to_string(position) + "}";
    if (lower.empty() || path < lower) lower = path;
    if (path > upper) upper = path;
  }
  const auto schema = arrow::schema({ArrowField(kFilePath, "file_path", arrow::utf8()),
                                     ArrowField(2147483545, "pos", arrow::int64())});
  DataFile file = WriteForeign(table, schema, json + "]", options);
  file.content = FileContent::kPositionDeletes;
  file.metrics = {
      Metrics(kFilePath, Type::Of(TypeKind::kString), LiteralValue(lower), LiteralValue(upper))};
  return file;
}

DataFile WriteEqualityDeletes(TestTable& table, const std::shared_ptr<arrow::Schema>& schema,
                              const std::string& rows_json, const ForeignFileOptions& options) {
  DataFile file = WriteForeign(table, schema, rows_json, options);
  file.content = FileContent::kEqualityDeletes;
  for (const auto& field : schema->fields()) file.equality_ids.push_back(*FieldIdOf(*field));
  return file;
}

}  // namespace artemis
