// A Parquet file writer whose open row group can be asked for its size.
//
// Arrow's writer of record batches hides the row group it fills, and flushes by rows only. We hand it a file writer that
// passes every call on and remembers the row group last opened.
#pragma once

#include <cstdint>
#include <memory>

#include <arrow/io/type_fwd.h>
#include <parquet/file_writer.h>

namespace artemis {

// Shared between the tracked writer and whoever asks. Valid as long as the writer.
class OpenRowGroup {
 public:
  void Set(parquet::RowGroupWriter* group) { group_ = group; }
  bool is_open() const { return group_ != nullptr; }

  // Encoded bytes in the open group: pages before compression, except that the pages of a column still in dictionary encoding
  // are counted compressed (nothing else is known of them); and values and dictionaries not yet in pages.
  int64_t EncodedBytes() const;
  // The same after compression, as far as pages are done.
  int64_t CompressedBytes() const;
  // Writes the group to the file. Throws as Parquet does.
  void Close();

 private:
  int64_t WaitingBytes() const;

  parquet::RowGroupWriter* group_ = nullptr;
};

// Throws as Parquet does. `open_group` must outlive the writer.
std::unique_ptr<parquet::ParquetFileWriter> OpenTracked(
    std::shared_ptr<arrow::io::OutputStream> output,
    std::shared_ptr<parquet::schema::GroupNode> schema,
    std::shared_ptr<parquet::WriterProperties> properties,
    std::shared_ptr<const arrow::KeyValueMetadata> metadata, OpenRowGroup* open_group);

}  // namespace artemis
