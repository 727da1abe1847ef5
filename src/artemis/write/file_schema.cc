// Replaces uuid by its extension type at any depth.
#include "artemis/write/file_schema.h"

#include <arrow/array.h>
#include <arrow/extension/uuid.h>
#include <arrow/type.h>

#include "artemis/schema/arrow_schema.h"

namespace artemis {
namespace {

using DataTypePtr = std::shared_ptr<arrow::DataType>;

std::shared_ptr<arrow::Field> FileField(const Field& field,
                                        const std::shared_ptr<arrow::Field>& rows);

DataTypePtr FileType(const Type& type, const DataTypePtr& rows) {
  switch (type.kind) {
    case TypeKind::kUuid:
      return arrow::extension::uuid();
    case TypeKind::kStruct: {
      std::vector<std::shared_ptr<arrow::Field>> fields;
      for (size_t i = 0; i < type.fields.size(); ++i) {
        fields.push_back(FileField(type.fields[i], rows->field(static_cast<int>(i))));
      }
      return arrow::struct_(std::move(fields));
    }
    case TypeKind::kList:
      return arrow::list(FileField(type.fields[0], rows->field(0)));
    case TypeKind::kMap: {
      const auto& entries = *rows->field(0)->type();
      return std::make_shared<arrow::MapType>(FileField(type.fields[0], entries.field(0)),
                                              FileField(type.fields[1], entries.field(1)));
    }
    default:
      return rows;
  }
}

std::shared_ptr<arrow::Field> FileField(const Field& field,
                                        const std::shared_ptr<arrow::Field>& rows) {
  return rows->WithType(FileType(field.type, rows->type()));
}

}  // namespace

FileSchema::FileSchema(const Schema& table) {
  const auto rows = ToArrowSchema(table);
  std::vector<std::shared_ptr<arrow::Field>> fields;
  for (size_t i = 0; i < table.fields.size(); ++i) {
    if (table.fields[i].type.kind == TypeKind::kUnknown) continue;
    columns_.push_back(static_cast<int>(i));
    fields.push_back(FileField(table.fields[i], rows->field(static_cast<int>(i))));
  }
  arrow_schema_ = arrow::schema(std::move(fields));
}

arrow::Result<std::shared_ptr<arrow::RecordBatch>> FileSchema::FileRows(
    const std::shared_ptr<arrow::RecordBatch>& rows) const {
  std::vector<std::shared_ptr<arrow::Array>> columns;
  auto schema = arrow_schema_;
  for (size_t i = 0; i < columns_.size(); ++i) {
    const auto& field = schema->field(static_cast<int>(i));
    auto column = rows->column(columns_[i]);
    if (column->type_id() == arrow::Type::DICTIONARY) {
      ARROW_ASSIGN_OR_RAISE(schema,
                            schema->SetField(static_cast<int>(i), field->WithType(column->type())));
    } else if (!column->type()->Equals(*field->type())) {
      ARROW_ASSIGN_OR_RAISE(column, column->View(field->type()));
    }
    columns.push_back(std::move(column));
  }
  return arrow::RecordBatch::Make(std::move(schema), rows->num_rows(), std::move(columns));
}

}  // namespace artemis
