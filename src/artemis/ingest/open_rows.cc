// Looks at the first bytes and opens the reader for them.
#include "artemis/ingest/open_rows.h"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <cstring>
#include <string_view>
#include <utility>

#include <arrow/buffer.h>
#include <arrow/ipc/reader.h>

#include "artemis/base/error.h"
#include "artemis/ingest/byte_source.h"
#include "artemis/ingest/csv_records.h"
#include "artemis/ingest/descriptor_stream.h"
#include "artemis/ingest/json_lines.h"
#include "artemis/ingest/line_source.h"
#include "artemis/io/file_system.h"
#include "artemis/io/location.h"
#include "artemis/parquet/file_reader.h"
#include "artemis/parquet/parquet_error.h"

namespace artemis {
namespace {

constexpr size_t kMagicBytes = 8;
// Of text: blanks may stand before what tells the format.
constexpr size_t kPeekedBytes = 4096;
constexpr std::string_view kArrowFileMark = "ARROW1";

// The blocks of an Arrow IPC file, in order.
class ArrowFileBatches final : public arrow::RecordBatchReader {
 public:
  explicit ArrowFileBatches(std::shared_ptr<arrow::ipc::RecordBatchFileReader> file)
      : file_(std::move(file)) {}
  std::shared_ptr<arrow::Schema> schema() const override { return file_->schema(); }
  arrow::Status ReadNext(std::shared_ptr<arrow::RecordBatch>* out) override {
    out->reset();
    if (next_ == file_->num_record_batches()) return arrow::Status::OK();
    return file_->ReadRecordBatch(next_++).Value(out);
  }

 private:
  std::shared_ptr<arrow::ipc::RecordBatchFileReader> file_;
  int next_ = 0;
};

class ParquetFileBatches final : public arrow::RecordBatchReader {
 public:
  explicit ParquetFileBatches(std::unique_ptr<ParquetBatches> batches)
      : batches_(std::move(batches)) {}
  std::shared_ptr<arrow::Schema> schema() const override { return batches_->schema(); }
  arrow::Status ReadNext(std::shared_ptr<arrow::RecordBatch>* out) override {
    return batches_->Next().Value(out);
  }

 private:
  std::unique_ptr<ParquetBatches> batches_;
};

// Validates what comes and puts the input's name before what fails.
class NamedBatches final : public arrow::RecordBatchReader {
 public:
  NamedBatches(std::string name, std::shared_ptr<arrow::RecordBatchReader> inner)
      : name_(std::move(name)), inner_(std::move(inner)) {}

  std::shared_ptr<arrow::Schema> schema() const override { return inner_->schema(); }
  arrow::Status ReadNext(std::shared_ptr<arrow::RecordBatch>* out) override {
    arrow::Status status = inner_->ReadNext(out);
    if (status.ok() && *out != nullptr) status = (*out)->ValidateFull();
    if (status.ok()) {
      rows_ += *out != nullptr ? (*out)->num_rows() : 0;
      return status;
    }
    out->reset();
    if (status.detail() == nullptr && !status.IsOutOfMemory()) {
      status = status.WithMessage("broken or cut off after ", rows_, " rows: ", status.message());
    }
    return FindDetail<CorruptFile>(status) != nullptr ? status : ReadError(name_, status);
  }

 private:
  std::string name_;
  std::shared_ptr<arrow::RecordBatchReader> inner_;
  int64_t rows_ = 0;
};

arrow::ipc::IpcReadOptions IpcOptions(const OpenRowsOptions& options) {
  auto ipc = arrow::ipc::IpcReadOptions::Defaults();
  ipc.memory_pool = options.pool != nullptr ? options.pool : arrow::system_memory_pool();
  ipc.use_threads = false;
  return ipc;
}

using ReaderResult = arrow::Result<std::shared_ptr<arrow::RecordBatchReader>>;

ReaderResult OpenArrowBytes(const std::string& name, std::unique_ptr<PeekedSource> bytes,
                            const OpenRowsOptions& options) {
  ARROW_ASSIGN_OR_RAISE(const std::string_view magic, bytes->Peek(kMagicBytes));
  const bool is_file = magic.starts_with(kArrowFileMark);
  auto stream = ToInputStream(std::move(bytes));
  // After its magic and padding an Arrow file is a stream, followed by an index.
  if (is_file) ARROW_RETURN_NOT_OK(stream->Advance(kMagicBytes));
  auto reader = arrow::ipc::RecordBatchStreamReader::Open(std::move(stream), IpcOptions(options));
  if (!reader.ok()) return ReadError(name, reader.status());
  return std::make_shared<NamedBatches>(name, std::move(*reader));
}

ReaderResult OpenText(const std::string& name, InputFormat format,
                      std::unique_ptr<PeekedSource> bytes, const OpenRowsOptions& options) {
  if (options.target == nullptr) {
    return arrow::Status::Invalid(name, " is ", InputFormatName(format),
                                  ", which does not tell the types of its columns: give a schema, "
                                  "or Arrow IPC or Parquet");
  }
  auto lines = std::make_unique<LineSource>(std::move(bytes), options.text.line_bytes_max);
  std::unique_ptr<LineParser> parser;
  if (format == InputFormat::kJsonLines) {
    parser = MakeJsonLineParser(options.target, options.text);
  } else {
    auto csv = MakeCsvRecordParser(*lines, options.target, options.text);
    if (!csv.ok()) return WithContext(csv.status(), name);
    parser = *std::move(csv);
  }
  return MakeTextRows(name, std::move(lines), std::move(parser), options.target, options.text,
                      options.rejects);
}

arrow::Status NotTheFormat(const std::string& name, InputFormat found, InputFormat asked) {
  return arrow::Status::Invalid(name, " is ", InputFormatName(found), ", not ",
                                InputFormatName(asked), " as --format-in says");
}

// What is read from front to back: everything from pipes, and text and packed bytes from files.
ReaderResult OpenBytes(const std::string& name, std::shared_ptr<arrow::io::InputStream> stream,
                       const OpenRowsOptions& options) {
  auto bytes = std::make_unique<PeekedSource>(MakeByteSource(std::move(stream)));
  auto first = bytes->Peek(kMagicBytes);
  if (!first.ok()) return WithContext(first.status(), name);
  const Packing packing = PackingOf(*first);
  if (packing != Packing::kNone) {
    ARROW_ASSIGN_OR_RAISE(auto unpacked, MakeUnpacker(std::move(bytes), packing));
    bytes = std::make_unique<PeekedSource>(std::move(unpacked));
  }
  first = bytes->Peek(kPeekedBytes);
  if (!first.ok()) {
    if (first.status().detail() != nullptr) return WithContext(first.status(), name);
    return CorruptFileError(name, "broken or cut off after 0 rows: " + first.status().message());
  }
  InputFormat format = FormatOfMagic(*first);
  const InputFormat asked = options.format;
  if (format != InputFormat::kAuto && asked != InputFormat::kAuto && asked != format) {
    return NotTheFormat(name, format, asked);
  }
  if (format == InputFormat::kParquet) {
    return arrow::Status::Invalid(
        name, " is Parquet, which cannot be read from a pipe or unpacked; give the path of a file");
  }
  if (format == InputFormat::kArrow) return OpenArrowBytes(name, std::move(bytes), options);
  format = asked;
  if (asked != InputFormat::kJsonLines && asked != InputFormat::kCsv) {
    ARROW_ASSIGN_OR_RAISE(format, FormatOfText(name, *first));
    if (asked != InputFormat::kAuto) return NotTheFormat(name, format, asked);
  }
  return OpenText(name, format, std::move(bytes), options);
}

ReaderResult OpenParquetRows(const std::shared_ptr<arrow::io::RandomAccessFile>& file,
                             const std::string& name, const OpenRowsOptions& options) {
  ARROW_ASSIGN_OR_RAISE(auto footer, ReadFooter(file, name));
  ParquetReadOptions parquet;
  parquet.batch_rows = options.batch_rows;
  parquet.pool = options.pool;
  ARROW_ASSIGN_OR_RAISE(auto batches, OpenParquet(file, std::move(footer), parquet));
  return std::make_shared<ParquetFileBatches>(std::move(batches));
}

ReaderResult OpenArrowFile(const std::shared_ptr<arrow::io::RandomAccessFile>& file,
                           const std::string& name, const OpenRowsOptions& options) {
  auto reader = arrow::ipc::RecordBatchFileReader::Open(file, IpcOptions(options));
  if (!reader.ok()) return ReadError(name, reader.status());
  return std::make_shared<ArrowFileBatches>(std::move(*reader));
}

ReaderResult OpenFile(const std::string& path, const std::string& name,
                      const OpenRowsOptions& options) {
  ARROW_ASSIGN_OR_RAISE(const std::shared_ptr<arrow::io::RandomAccessFile> file,
                        LocalFileSystem().OpenInput(path));
  ARROW_ASSIGN_OR_RAISE(const auto first, file->ReadAt(0, kMagicBytes));
  const auto magic = static_cast<std::string_view>(*first);
  const InputFormat format = FormatOfMagic(magic);
  const bool by_index = format == InputFormat::kParquet || magic.starts_with(kArrowFileMark);
  if (!by_index) {
    ARROW_RETURN_NOT_OK(file->Seek(0));
    return OpenBytes(name, file, options);
  }
  if (options.format != InputFormat::kAuto && options.format != format) {
    return NotTheFormat(name, format, options.format);
  }
  std::shared_ptr<arrow::RecordBatchReader> reader;
  if (format == InputFormat::kParquet) {
    ARROW_ASSIGN_OR_RAISE(reader, OpenParquetRows(file, name, options));
  } else {
    ARROW_ASSIGN_OR_RAISE(reader, OpenArrowFile(file, name, options));
  }
  return std::make_shared<NamedBatches>(name, std::move(reader));
}

}  // namespace

ReaderResult OpenRows(const std::string& path, const OpenRowsOptions& options) {
  const bool standard_input = path == "-";
  const std::string name = standard_input ? "standard input" : path;
  const std::string local = standard_input ? "/dev/stdin" : LocalPath(path);
  struct stat about = {};
  const int found = standard_input ? ::fstat(STDIN_FILENO, &about) : ::stat(local.c_str(), &about);
  if (found == 0 && S_ISDIR(about.st_mode)) {
    return arrow::Status::Invalid(name, " is a folder: expected a file of rows");
  }
  // What cannot be opened is left to the file system, which tells why.
  if (found != 0 || S_ISREG(about.st_mode)) return OpenFile(local, name, options);
  const int descriptor =
      standard_input ? STDIN_FILENO : ::open(local.c_str(), O_RDONLY | O_CLOEXEC);
  if (descriptor < 0) {
    return arrow::Status::IOError(name, ": cannot be opened: ", std::strerror(errno));
  }
  return OpenBytes(name, std::make_shared<DescriptorStream>(descriptor, !standard_input), options);
}

}  // namespace artemis
