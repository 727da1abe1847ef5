// Looks at the first bytes and opens the reader for them.
#include "artemis/ingest/open_rows.h"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cctype>
#include <cerrno>
#include <cstring>
#include <string_view>

#include <arrow/buffer.h>
#include <arrow/ipc/reader.h>

#include "artemis/base/error.h"
#include "artemis/ingest/descriptor_stream.h"
#include "artemis/io/file_system.h"
#include "artemis/io/location.h"
#include "artemis/parquet/file_reader.h"
#include "artemis/parquet/parquet_error.h"

namespace artemis {
namespace {

constexpr size_t kMagicBytes = 8;
constexpr std::string_view kParquetMagic = "PAR1";
constexpr std::string_view kArrowFileMagic = "ARROW1";
constexpr std::string_view kArrowStreamMagic = "\xFF\xFF\xFF\xFF";

// "68 65 6c 6c 6f 'hello'"
std::string FirstBytesText(std::string_view bytes) {
  constexpr std::string_view kHex = "0123456789abcdef";
  std::string hex;
  std::string text;
  for (char c : bytes) {
    const auto byte = static_cast<unsigned char>(c);
    hex += {kHex[byte >> 4], kHex[byte & 15], ' '};
    text += std::isprint(byte) ? c : '.';
  }
  return hex + "'" + text + "'";
}

arrow::Status UnknownFormat(const std::string& name, std::string_view first_bytes) {
  if (first_bytes.empty()) {
    return arrow::Status::Invalid(name, " is empty: expected Arrow IPC or Parquet");
  }
  return arrow::Status::Invalid(name, " is neither Arrow IPC nor Parquet (first bytes ",
                                FirstBytesText(first_bytes), ")");
}

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

// Validates what comes and puts the input's name before what fails. Keeps the descriptor of a pipe.
class NamedBatches final : public arrow::RecordBatchReader {
 public:
  NamedBatches(std::string name, std::shared_ptr<arrow::RecordBatchReader> inner, int descriptor)
      : name_(std::move(name)), inner_(std::move(inner)), descriptor_(descriptor) {}
  ~NamedBatches() override {
    inner_.reset();
    if (descriptor_ > STDIN_FILENO) ::close(descriptor_);
  }

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
  int descriptor_;
  int64_t rows_ = 0;
};

arrow::ipc::IpcReadOptions IpcOptions(const OpenRowsOptions& options) {
  auto ipc = arrow::ipc::IpcReadOptions::Defaults();
  ipc.memory_pool = options.pool != nullptr ? options.pool : arrow::system_memory_pool();
  ipc.use_threads = false;
  return ipc;
}

using ReaderResult = arrow::Result<std::shared_ptr<arrow::RecordBatchReader>>;

ReaderResult OpenStream(const std::string& name, DescriptorStream* peek,
                        std::shared_ptr<arrow::io::InputStream> stream,
                        const OpenRowsOptions& options) {
  const auto first = peek->PeekBytes(kMagicBytes);
  if (!first.ok()) return WithContext(first.status(), name);
  const std::string& magic = *first;
  if (magic.starts_with(kParquetMagic)) {
    return arrow::Status::Invalid(name,
                                  " is Parquet, which cannot be read from a pipe; give the path of "
                                  "a file");
  }
  if (magic.starts_with(kArrowFileMagic)) {
    // After its magic and padding an Arrow file is a stream, followed by an index.
    ARROW_RETURN_NOT_OK(stream->Advance(kMagicBytes));
  } else if (!magic.starts_with(kArrowStreamMagic)) {
    return UnknownFormat(name, magic);
  }
  auto reader = arrow::ipc::RecordBatchStreamReader::Open(std::move(stream), IpcOptions(options));
  if (!reader.ok()) return ReadError(name, reader.status());
  return *reader;
}

ReaderResult OpenDescriptor(const std::string& name, int descriptor,
                            const OpenRowsOptions& options) {
  auto stream = std::make_shared<DescriptorStream>(descriptor);
  auto* peek = stream.get();
  auto reader = OpenStream(name, peek, std::move(stream), options);
  if (!reader.ok()) {
    if (descriptor > STDIN_FILENO) ::close(descriptor);
    return reader.status();
  }
  return std::make_shared<NamedBatches>(name, std::move(*reader), descriptor);
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

ReaderResult OpenArrowStream(const std::shared_ptr<arrow::io::RandomAccessFile>& file,
                             const std::string& name, const OpenRowsOptions& options) {
  ARROW_RETURN_NOT_OK(file->Seek(0));
  auto reader = arrow::ipc::RecordBatchStreamReader::Open(file, IpcOptions(options));
  if (!reader.ok()) return ReadError(name, reader.status());
  return *reader;
}

ReaderResult OpenFile(const std::string& path, const std::string& name,
                      const OpenRowsOptions& options) {
  ARROW_ASSIGN_OR_RAISE(const std::shared_ptr<arrow::io::RandomAccessFile> file,
                        LocalFileSystem().OpenInput(path));
  ARROW_ASSIGN_OR_RAISE(const auto first, file->ReadAt(0, kMagicBytes));
  const auto magic = static_cast<std::string_view>(*first);
  std::shared_ptr<arrow::RecordBatchReader> reader;
  if (magic.starts_with(kParquetMagic)) {
    ARROW_ASSIGN_OR_RAISE(reader, OpenParquetRows(file, name, options));
  } else if (magic.starts_with(kArrowFileMagic)) {
    ARROW_ASSIGN_OR_RAISE(reader, OpenArrowFile(file, name, options));
  } else if (magic.starts_with(kArrowStreamMagic)) {
    ARROW_ASSIGN_OR_RAISE(reader, OpenArrowStream(file, name, options));
  } else {
    return UnknownFormat(name, magic);
  }
  return std::make_shared<NamedBatches>(name, std::move(reader), -1);
}

}  // namespace

ReaderResult OpenRows(const std::string& path, const OpenRowsOptions& options) {
  const bool standard_input = path == "-";
  const std::string name = standard_input ? "standard input" : path;
  const std::string local = standard_input ? "/dev/stdin" : LocalPath(path);
  struct stat about = {};
  const int found = standard_input ? ::fstat(STDIN_FILENO, &about) : ::stat(local.c_str(), &about);
  if (found == 0 && S_ISDIR(about.st_mode)) {
    return arrow::Status::Invalid(name, " is a folder: expected a file of Arrow IPC or Parquet");
  }
  // What cannot be opened is left to the file system, which tells why.
  if (found != 0 || S_ISREG(about.st_mode)) return OpenFile(local, name, options);
  if (standard_input) return OpenDescriptor(name, STDIN_FILENO, options);
  const int descriptor = ::open(local.c_str(), O_RDONLY | O_CLOEXEC);
  if (descriptor < 0) {
    return arrow::Status::IOError(name, ": cannot be opened: ", std::strerror(errno));
  }
  return OpenDescriptor(name, descriptor, options);
}

}  // namespace artemis
