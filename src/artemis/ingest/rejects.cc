// An atomic file of lines, made with the first of them.
#include "artemis/ingest/rejects.h"

#include <utility>

#include <arrow/io/interfaces.h>

#include "artemis/io/atomic_file.h"
#include "artemis/io/file_system.h"

namespace artemis {

std::string RejectedLineText(const RejectedLine& line) {
  std::string text(line.input);
  text += ", line " + std::to_string(line.line);
  if (!line.column.empty()) text += ", column '" + line.column + "'";
  return text + ": " + line.reason;
}

Rejects::Rejects(RejectsOptions options) : options_(std::move(options)) {}
Rejects::~Rejects() = default;

arrow::Result<std::unique_ptr<Rejects>> Rejects::Open(RejectsOptions options) {
  if (!options.path.empty()) {
    ARROW_ASSIGN_OR_RAISE(const bool exists, LocalFileSystem().Exists(options.path));
    if (exists) {
      return arrow::Status::AlreadyExists(options.path,
                                          " is there already: rejected lines need a new file");
    }
  }
  return std::unique_ptr<Rejects>(new Rejects(std::move(options)));
}

arrow::Status Rejects::Reject(const RejectedLine& line) {
  if (options_.path.empty()) {
    return arrow::Status::Invalid(RejectedLineText(line),
                                  "; --rejects FILE sets bad lines aside instead");
  }
  if (count_ == options_.lines_max) {
    return arrow::Status::Invalid("more than ", options_.lines_max, " bad lines, the last at ",
                                  RejectedLineText(line));
  }
  if (file_ == nullptr) {
    ARROW_ASSIGN_OR_RAISE(file_, AtomicFile::Open(options_.path));
  }
  auto& out = *file_->stream();
  if (!line.header.empty() && line.header != header_) {
    header_ = line.header;
    ARROW_RETURN_NOT_OK(out.Write(header_));
  }
  ARROW_RETURN_NOT_OK(out.Write(line.verbatim));
  if (!line.verbatim.ends_with('\n')) ARROW_RETURN_NOT_OK(out.Write("\n", 1));
  ++count_;
  if (options_.on_line) options_.on_line(line);
  return arrow::Status::OK();
}

arrow::Status Rejects::Commit() {
  if (file_ == nullptr || committed_) return arrow::Status::OK();
  ARROW_RETURN_NOT_OK(file_->Commit());
  committed_ = true;
  return arrow::Status::OK();
}

void Rejects::Discard() {
  if (committed_) (void)LocalFileSystem().Delete(options_.path);
  committed_ = false;
  file_.reset();
}

}  // namespace artemis
