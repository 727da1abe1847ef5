// A file of one column, as Arrow's writer sees it.
#include "artemis/parquet/field_encoder.h"

#include <utility>

#include <arrow/array.h>
#include <arrow/compute/cast.h>
#include <parquet/arrow/schema.h>
#include <parquet/arrow/writer.h>
#include <parquet/column_writer.h>
#include <parquet/file_writer.h>

#include "artemis/parquet/parquet_error.h"

namespace artemis {
namespace {

// Hands out the chunks of the row group that is open in the file.
class FieldRowGroup final : public parquet::RowGroupWriter::Contents {
 public:
  FieldRowGroup(ParquetFile* file, int first_leaf, int leaf_count)
      : file_(file), first_leaf_(first_leaf), leaf_count_(leaf_count) {}

  int num_columns() const override { return leaf_count_; }
  int64_t num_rows() const override { return file_->chunk(first_leaf_).encoder()->rows_written(); }
  parquet::ColumnWriter* column(int i) override { return file_->chunk(first_leaf_ + i).encoder(); }
  parquet::ColumnWriter* NextColumn() override {
    throw parquet::ParquetException("the columns of this row group are chosen by number");
  }
  int current_column() const override { return 0; }
  void Close() override {}
  int64_t total_bytes_written() const override { return 0; }
  int64_t total_compressed_bytes() const override { return 0; }
  int64_t total_compressed_bytes_written() const override { return 0; }
  parquet::RowGroupWriter::BufferedStats EstimatedBufferedStats() const override { return {}; }
  bool buffered() const override { return true; }

 private:
  ParquetFile* file_;
  int first_leaf_;
  int leaf_count_;
};

class FieldFile final : public parquet::ParquetFileWriter::Contents {
 public:
  FieldFile(std::shared_ptr<parquet::schema::GroupNode> schema,
            std::shared_ptr<parquet::WriterProperties> properties, ParquetFile* file,
            int first_leaf)
      : Contents(std::move(schema), nullptr),
        properties_(std::move(properties)),
        row_group_(std::make_unique<FieldRowGroup>(file, first_leaf, schema_.num_columns())) {}

  void Close() override {}
  parquet::RowGroupWriter* AppendRowGroup() override { return &row_group_; }
  parquet::RowGroupWriter* AppendBufferedRowGroup() override { return &row_group_; }
  int64_t num_rows() const override { return row_group_.num_rows(); }
  int num_columns() const override { return schema_.num_columns(); }
  int num_row_groups() const override { return 1; }
  const std::shared_ptr<parquet::WriterProperties>& properties() const override {
    return properties_;
  }
  void AddKeyValueMetadata(const std::shared_ptr<const arrow::KeyValueMetadata>&) override {}

 private:
  std::shared_ptr<parquet::WriterProperties> properties_;
  parquet::RowGroupWriter row_group_;
};

class ArrowFieldEncoder final : public FieldEncoder {
 public:
  ArrowFieldEncoder(std::shared_ptr<arrow::Field> field, ParquetFile* file, int first_leaf,
                    std::unique_ptr<parquet::arrow::FileWriter> writer, int leaf_count)
      : schema_(arrow::schema({std::move(field)})),
        file_(file),
        first_leaf_(first_leaf),
        writer_(std::move(writer)),
        leaf_count_(leaf_count) {}

  int leaf_count() const override { return leaf_count_; }

  arrow::Status Encode(const std::shared_ptr<arrow::Array>& values) override {
    return CatchParquet([&]() -> arrow::Status {
      ColumnChunk& chunk = file_->chunk(first_leaf_);
      auto stored = values;
      if (schema_->field(0)->type()->id() == arrow::Type::DICTIONARY) {
        KeepDictionary(*values);
      } else if (values->type_id() == arrow::Type::DICTIONARY && !chunk.TakesDictionaries()) {
        ARROW_ASSIGN_OR_RAISE(stored, arrow::compute::Cast(*values, schema_->field(0)->type()));
      }
      return writer_->WriteRecordBatch(
          *arrow::RecordBatch::Make(schema_, stored->length(), {stored}));
    });
  }

 private:
  // Readers of a dictionary column get its values in the order they had.
  void KeepDictionary(const arrow::Array& values) {
    ColumnChunk& chunk = file_->chunk(first_leaf_);
    if (chunk.encoder()->rows_written() > 0) return;
    chunk.KeepDictionary(*static_cast<const arrow::DictionaryArray&>(values).dictionary());
  }

  std::shared_ptr<arrow::Schema> schema_;
  ParquetFile* file_;
  int first_leaf_;
  std::unique_ptr<parquet::arrow::FileWriter> writer_;
  int leaf_count_;
};

}  // namespace

arrow::Result<std::unique_ptr<FieldEncoder>> MakeFieldEncoder(
    std::shared_ptr<arrow::Field> field, int first_leaf,
    std::shared_ptr<parquet::WriterProperties> properties, ParquetFile* file,
    arrow::MemoryPool* pool) {
  return CatchParquet([&]() -> arrow::Result<std::unique_ptr<FieldEncoder>> {
    const auto schema = arrow::schema({field});
    std::shared_ptr<parquet::SchemaDescriptor> converted;
    ARROW_RETURN_NOT_OK(parquet::arrow::ToParquetSchema(schema.get(), *properties, &converted));
    auto root = std::static_pointer_cast<parquet::schema::GroupNode>(converted->schema_root());
    auto one_column = std::make_unique<parquet::ParquetFileWriter>();
    one_column->Open(
        std::make_unique<FieldFile>(std::move(root), std::move(properties), file, first_leaf));
    std::unique_ptr<parquet::arrow::FileWriter> writer;
    ARROW_RETURN_NOT_OK(parquet::arrow::FileWriter::Make(
        pool, std::move(one_column), schema, parquet::default_arrow_writer_properties(), &writer));
    ARROW_RETURN_NOT_OK(writer->NewBufferedRowGroup());
    return std::make_unique<ArrowFieldEncoder>(std::move(field), file, first_leaf,
                                               std::move(writer), converted->num_columns());
  });
}

}  // namespace artemis
