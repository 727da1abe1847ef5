// Files are written with Arrow: their reader under test is another one.
#include "artemis/sql/test_tables.h"

#include <unistd.h>

#include <atomic>
#include <cmath>
#include <filesystem>

#include <arrow/io/file.h>
#include <arrow/json/from_string.h>
#include <arrow/scalar.h>
#include <gtest/gtest.h>
#include <parquet/arrow/writer.h>

#include "artemis/catalog/open_catalog.h"
#include "artemis/commit/commit.h"
#include "artemis/io/location.h"
#include "artemis/schema/arrow_schema.h"
#include "artemis/schema/literal.h"

namespace artemis {
namespace {

namespace fs = std::filesystem;

template <typename T>
T Expect(arrow::Result<T> result) {
  if (!result.ok()) {
    ADD_FAILURE() << result.status().ToString();
    throw std::runtime_error(result.status().ToString());
  }
  return std::move(result).ValueUnsafe();
}

void ExpectOk(const arrow::Status& status) {
  if (!status.ok()) {
    ADD_FAILURE() << status.ToString();
    throw std::runtime_error(status.ToString());
  }
}

std::optional<LiteralValue> ScalarLiteral(const Type& type, const arrow::Scalar& scalar) {
  switch (type.kind) {
    case TypeKind::kInt:
      return static_cast<const arrow::Int32Scalar&>(scalar).value;
    case TypeKind::kDate:
      return static_cast<const arrow::Date32Scalar&>(scalar).value;
    case TypeKind::kLong:
      return static_cast<const arrow::Int64Scalar&>(scalar).value;
    case TypeKind::kFloat:
      return static_cast<const arrow::FloatScalar&>(scalar).value;
    case TypeKind::kDouble:
      return static_cast<const arrow::DoubleScalar&>(scalar).value;
    case TypeKind::kTimestamp:
    case TypeKind::kTimestamptz:
      return static_cast<const arrow::TimestampScalar&>(scalar).value;
    case TypeKind::kString:
      return static_cast<const arrow::StringScalar&>(scalar).view().data() == nullptr
                 ? std::string()
                 : std::string(static_cast<const arrow::StringScalar&>(scalar).view());
    default:
      return std::nullopt;
  }
}

ColumnMetrics MetricsOf(const Field& field, const arrow::ChunkedArray& column) {
  ColumnMetrics metrics;
  metrics.field_id = field.id;
  metrics.value_count = column.length();
  metrics.null_count = column.null_count();
  std::optional<LiteralValue> low, high;
  int64_t nans = 0;
  for (int64_t row = 0; row < column.length(); ++row) {
    const auto scalar = Expect(column.GetScalar(row));
    if (!scalar->is_valid) continue;
    const auto value = ScalarLiteral(field.type, *scalar);
    if (!value) return metrics;
    if (IsNaN(*value)) {
      ++nans;
      continue;
    }
    if (!low || CompareValues(*value, *low) < 0) low = value;
    if (!high || CompareValues(*value, *high) > 0) high = value;
  }
  if (field.type.kind == TypeKind::kDouble || field.type.kind == TypeKind::kFloat) {
    metrics.nan_count = nans;
  }
  if (low) metrics.lower_bound = ToBytes(field.type, *low);
  if (high) metrics.upper_bound = ToBytes(field.type, *high);
  return metrics;
}

std::shared_ptr<arrow::Field> WithoutIds(const arrow::Field& field) {
  auto type = field.type();
  if (type->id() == arrow::Type::STRUCT) {
    arrow::FieldVector children;
    for (const auto& child : type->fields()) children.push_back(WithoutIds(*child));
    type = arrow::struct_(std::move(children));
  }
  return arrow::field(field.name(), type, field.nullable());
}

std::shared_ptr<arrow::Schema> FileSchema(const TestFile& file) {
  Schema schema;
  schema.fields = file.columns;
  auto arrow_schema = ToArrowSchema(schema);
  if (file.field_ids) return arrow_schema;
  arrow::FieldVector bare;
  for (const auto& field : arrow_schema->fields()) bare.push_back(WithoutIds(*field));
  return arrow::schema(std::move(bare));
}

std::string CellText(const arrow::Array& array, int64_t row) {
  const auto scalar = Expect(array.GetScalar(row));
  return scalar->is_valid ? scalar->ToString() : "NULL";
}

}  // namespace

Field TestField(int32_t id, std::string name, Type type, bool required) {
  Field field;
  field.id = FieldId(id);
  field.name = std::move(name);
  field.type = std::move(type);
  field.required = required;
  return field;
}

TestTables::TestTables() : clock_(TimestampMs(1'710'000'000'000)) {
  static std::atomic<int> sequence{0};
  folder_ = (fs::path(::testing::TempDir()) /
             ("artemis_sql_test_" + std::to_string(getpid()) + "_" + std::to_string(sequence++)))
                .string();
  fs::remove_all(folder_);
  fs::create_directories(folder_);
  Reopen();
}

void TestTables::Reopen() {
  catalog_.reset();
  CatalogOptions options;
  options.warehouse = folder_ + "/warehouse";
  options.create = true;
  options.clock = &clock_;
  catalog_ = Expect(OpenCatalog(options));
}

TestTables::~TestTables() {
  catalog_.reset();
  std::error_code ignored;
  fs::remove_all(folder_, ignored);
}

TableName TestTables::Name(const std::string& text) const { return Expect(ParseTableName(text)); }

LoadedTable TestTables::Load(const std::string& table) const {
  return Expect(catalog_->Load(Name(table)));
}

void TestTables::Create(const std::string& table, std::vector<Field> fields,
                        const std::string& spec, std::map<std::string, std::string> properties,
                        int format_version) {
  NewTable made;
  made.location = catalog_->DefaultLocation(Name(table));
  made.schema.id = SchemaId(0);
  made.schema.fields = std::move(fields);
  if (!spec.empty()) made.spec = Expect(ParsePartitionSpec(spec, made.schema));
  made.properties = std::move(properties);
  made.format_version = format_version;
  Expect(catalog_->Create(Name(table), Expect(MakeTableMetadata(made, clock_.Now())),
                          {"create", "test"}));
  clock_.AdvanceMs(1000);
}

DataFile TestTables::Write(const std::string& table, const TestFile& file) {
  const LoadedTable loaded = Load(table);
  const auto schema = FileSchema(file);
  const auto rows =
      Expect(arrow::json::ArrayFromJSONString(arrow::struct_(schema->fields()), file.rows_json));
  const auto batch = Expect(arrow::RecordBatch::FromStructArray(rows));
  const auto data =
      Expect(arrow::Table::FromRecordBatches({batch}))->ReplaceSchemaMetadata(nullptr);
  const auto named = arrow::Table::Make(schema, data->columns());
  DataFile entry;
  entry.path =
      loaded.metadata->location + "/data/f" + std::to_string(files_written_++) + ".parquet";
  const std::string path = LocalPath(entry.path);
  fs::create_directories(fs::path(path).parent_path());
  auto out = Expect(arrow::io::FileOutputStream::Open(path));
  ExpectOk(
      parquet::arrow::WriteTable(*named, arrow::default_memory_pool(), out, file.row_group_rows));
  ExpectOk(out->Close());
  entry.spec_id = loaded.metadata->default_spec_id;
  entry.partition = file.partition;
  entry.record_count = named->num_rows();
  entry.file_size_bytes = static_cast<int64_t>(fs::file_size(path));
  if (file.metrics) {
    for (size_t i = 0; i < file.columns.size(); ++i) {
      entry.metrics.push_back(MetricsOf(file.columns[i], *named->column(static_cast<int>(i))));
    }
    std::sort(entry.metrics.begin(), entry.metrics.end(),
              [](const auto& a, const auto& b) { return a.field_id < b.field_id; });
  }
  return entry;
}

SnapshotId TestTables::Append(const std::string& table, const std::vector<TestFile>& files) {
  std::vector<DataFile> entries;
  for (const TestFile& file : files) entries.push_back(Write(table, file));
  clock_.AdvanceMs(1000);
  return *Expect(AppendFiles(*catalog_, Name(table), std::move(entries))).snapshot_id;
}

SnapshotId TestTables::Append(const std::string& table, const std::string& rows_json) {
  TestFile file;
  file.rows_json = rows_json;
  file.columns = Load(table).metadata->CurrentSchema().fields;
  return Append(table, {file});
}

void TestTables::Change(const std::string& table,
                        const std::function<void(TableMetadata&)>& change) {
  clock_.AdvanceMs(1000);
  Expect(UpdateMetadata(*catalog_, Name(table), "alter",
                        [&](const TableMetadata& metadata) -> arrow::Result<TableMetadata> {
                          TableMetadata next = metadata;
                          change(next);
                          return next;
                        }));
}

void TestTables::SetSchema(const std::string& table, std::vector<Field> fields) {
  Change(table, [&](TableMetadata& metadata) {
    Schema schema;
    schema.id = SchemaId(metadata.schemas.back().id.value + 1);
    schema.fields = std::move(fields);
    metadata.current_schema_id = schema.id;
    metadata.last_column_id = std::max(metadata.last_column_id, schema.HighestFieldId());
    metadata.schemas.push_back(std::move(schema));
  });
}

std::string RowsOf(SqlSession& session, const std::string& sql) {
  auto result = session.Execute(sql);
  if (!result.ok()) return "error: " + result.status().message();
  std::string text;
  for (;;) {
    std::shared_ptr<arrow::RecordBatch> batch;
    const arrow::Status status = (*result)->ReadNext(&batch);
    if (!status.ok()) return "error: " + status.message();
    if (batch == nullptr) return text;
    for (int64_t row = 0; row < batch->num_rows(); ++row) {
      if (!text.empty()) text += '\n';
      for (int column = 0; column < batch->num_columns(); ++column) {
        if (column > 0) text += '|';
        text += CellText(*batch->column(column), row);
      }
    }
  }
}

arrow::Status StatusOf(SqlSession& session, const std::string& sql) {
  ARROW_ASSIGN_OR_RAISE(auto result, session.Execute(sql));
  for (;;) {
    std::shared_ptr<arrow::RecordBatch> batch;
    ARROW_RETURN_NOT_OK(result->ReadNext(&batch));
    if (batch == nullptr) return arrow::Status::OK();
  }
}

}  // namespace artemis
