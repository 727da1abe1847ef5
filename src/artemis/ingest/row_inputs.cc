// Folders are listed first, files opened one after the other.
#include "artemis/ingest/row_inputs.h"

#include <algorithm>
#include <filesystem>
#include <system_error>
#include <utility>

#include "artemis/io/file_system.h"
#include "artemis/io/location.h"

namespace artemis {
namespace {

constexpr size_t kFilesMax = 1'000'000;
constexpr int kFolderDepthMax = 64;

bool IsHidden(const std::string& path) {
  const size_t slash = path.rfind('/');
  const char first = path[slash == std::string::npos ? 0 : slash + 1];
  return first == '_' || first == '.';
}

arrow::Status AddFolder(const std::string& folder, int depth, std::vector<std::string>* files) {
  if (depth > kFolderDepthMax)
    return arrow::Status::Invalid(folder, ": folders nested deeper than 64");
  ARROW_ASSIGN_OR_RAISE(const auto entries, LocalFileSystem().ListFolder(folder));
  for (const auto& entry : entries) {
    if (IsHidden(entry.path)) continue;
    if (entry.is_folder) {
      ARROW_RETURN_NOT_OK(AddFolder(entry.path, depth + 1, files));
    } else if (FormatOfName(entry.path) != InputFormat::kAuto) {
      files->push_back(entry.path);
    }
    if (files->size() > kFilesMax)
      return arrow::Status::Invalid(folder, ": more than 1,000,000 files");
  }
  return arrow::Status::OK();
}

}  // namespace

std::string InputName(const std::string& path) { return path == "-" ? "standard input" : path; }

arrow::Result<std::vector<std::string>> ExpandInputs(const std::vector<std::string>& paths) {
  std::vector<std::string> files;
  for (const std::string& path : paths) {
    std::error_code ignored;
    if (path == "-" || !std::filesystem::is_directory(LocalPath(path), ignored)) {
      if (path == "-" && std::find(files.begin(), files.end(), path) != files.end()) {
        return arrow::Status::Invalid("standard input (-) is named twice");
      }
      files.push_back(path);
      continue;
    }
    const auto before = static_cast<std::ptrdiff_t>(files.size());
    ARROW_RETURN_NOT_OK(AddFolder(path, 0, &files));
    if (static_cast<std::ptrdiff_t>(files.size()) == before) {
      return arrow::Status::Invalid(
          path, " has no file of rows: expected .arrow, .parquet, .jsonl, .ndjson, .json or .csv");
    }
    std::sort(files.begin() + before, files.end());
  }
  return files;
}

arrow::Result<InputBatch> RowInputs::Next() {
  while (true) {
    if (current_ == nullptr) {
      if (next_ == files_.size()) return InputBatch{};
      ARROW_ASSIGN_OR_RAISE(current_, artemis::OpenRows(files_[next_], options_));
    }
    InputBatch read;
    ARROW_RETURN_NOT_OK(current_->ReadNext(&read.batch));
    if (read.batch != nullptr) {
      read.input = InputName(files_[next_]);
      return read;
    }
    current_.reset();
    ++next_;
  }
}

arrow::Result<std::shared_ptr<arrow::Schema>> RowInputs::FirstSchema() {
  if (current_ == nullptr) {
    ARROW_ASSIGN_OR_RAISE(current_, artemis::OpenRows(files_.at(0), options_));
  }
  return current_->schema();
}

arrow::Result<std::unique_ptr<RowInputs>> OpenRows(const std::vector<std::string>& paths,
                                                   const OpenRowsOptions& options) {
  ARROW_ASSIGN_OR_RAISE(auto files, ExpandInputs(paths));
  return std::make_unique<RowInputs>(std::move(files), options);
}

}  // namespace artemis
