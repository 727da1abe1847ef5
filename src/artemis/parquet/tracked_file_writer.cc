// Passes every call on to Parquet's own writer.
#include "artemis/parquet/tracked_file_writer.h"

#include <utility>

namespace artemis {
namespace {

class TrackedContents final : public parquet::ParquetFileWriter::Contents {
 public:
  TrackedContents(std::unique_ptr<parquet::ParquetFileWriter> inner,
                  std::shared_ptr<parquet::schema::GroupNode> schema,
                  std::shared_ptr<const arrow::KeyValueMetadata> metadata, OpenRowGroup* open_group)
      : Contents(std::move(schema), std::move(metadata)),
        inner_(std::move(inner)),
        open_group_(open_group) {}

  void Close() override {
    open_group_->Set(nullptr);
    inner_->Close();
    file_metadata_ = inner_->metadata();
  }
  parquet::RowGroupWriter* AppendRowGroup() override { return Track(inner_->AppendRowGroup()); }
  parquet::RowGroupWriter* AppendBufferedRowGroup() override {
    return Track(inner_->AppendBufferedRowGroup());
  }
  int64_t num_rows() const override { return inner_->num_rows(); }
  int num_columns() const override { return inner_->num_columns(); }
  int num_row_groups() const override { return inner_->num_row_groups(); }
  const std::shared_ptr<parquet::WriterProperties>& properties() const override {
    return inner_->properties();
  }
  void AddKeyValueMetadata(
      const std::shared_ptr<const arrow::KeyValueMetadata>& metadata) override {
    inner_->AddKeyValueMetadata(metadata);
  }

 private:
  parquet::RowGroupWriter* Track(parquet::RowGroupWriter* group) {
    open_group_->Set(group);
    return group;
  }

  std::unique_ptr<parquet::ParquetFileWriter> inner_;
  OpenRowGroup* open_group_;
};

}  // namespace

int64_t OpenRowGroup::WaitingBytes() const {
  const auto waiting = group_->estimated_buffered_stats();
  // Levels wait as 16-bit numbers and are written in few bits each.
  const int64_t level_bytes = (waiting.def_level_bytes + waiting.rep_level_bytes) / 8;
  return level_bytes + waiting.value_bytes + waiting.dict_bytes;
}

int64_t OpenRowGroup::EncodedBytes() const {
  if (group_ == nullptr) return 0;
  return group_->total_bytes_written() + group_->total_compressed_bytes() + WaitingBytes();
}

int64_t OpenRowGroup::CompressedBytes() const {
  if (group_ == nullptr) return 0;
  return group_->total_compressed_bytes_written() + group_->total_compressed_bytes() +
         WaitingBytes();
}

void OpenRowGroup::Close() {
  if (group_ != nullptr) std::exchange(group_, nullptr)->Close();
}

std::unique_ptr<parquet::ParquetFileWriter> OpenTracked(
    std::shared_ptr<arrow::io::OutputStream> output,
    std::shared_ptr<parquet::schema::GroupNode> schema,
    std::shared_ptr<parquet::WriterProperties> properties,
    std::shared_ptr<const arrow::KeyValueMetadata> metadata, OpenRowGroup* open_group) {
  auto inner =
      parquet::ParquetFileWriter::Open(std::move(output), schema, std::move(properties), metadata);
  auto tracked = std::make_unique<parquet::ParquetFileWriter>();
  tracked->Open(std::make_unique<TrackedContents>(std::move(inner), std::move(schema),
                                                  std::move(metadata), open_group));
  return tracked;
}

}  // namespace artemis
