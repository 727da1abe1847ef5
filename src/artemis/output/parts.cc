// Parts of results.
#include "artemis/output/parts.h"

#include <algorithm>
#include <cstdio>
#include <utility>

#include "artemis/base/json_text.h"
#include "artemis/io/file_system.h"

namespace artemis {

namespace {

constexpr int64_t kRowGroupBytes = int64_t{128} << 20;
constexpr int64_t kRowGroupBytesMin = int64_t{64} << 10;
// Between two looks at the size.
constexpr int64_t kRowsBetweenLooks = 2048;

std::string PartName(int64_t number, RowFormat format) {
  char text[32];
  std::snprintf(text, sizeof(text), "part-%05lld", static_cast<long long>(number));
  return text + EndingOf(format);
}

}  // namespace

arrow::Status RefuseFilledFolder(const std::string& folder) {
  auto& files = LocalFileSystem();
  ARROW_ASSIGN_OR_RAISE(const bool exists, files.Exists(folder));
  if (!exists) return arrow::Status::OK();
  ARROW_ASSIGN_OR_RAISE(const auto held, files.ListFolder(folder));
  if (held.empty()) return arrow::Status::OK();
  return arrow::Status::AlreadyExists(folder, " holds files: name a folder that is empty");
}

arrow::Result<std::unique_ptr<PartedOutput>> PartedOutput::Open(
    const std::string& folder, RowFormat format, std::shared_ptr<arrow::Schema> schema,
    std::optional<int64_t> bytes_max) {
  ARROW_RETURN_NOT_OK(RefuseFilledFolder(folder));
  ARROW_RETURN_NOT_OK(LocalFileSystem().CreateFolders(folder));
  return std::unique_ptr<PartedOutput>(
      new PartedOutput(folder, format, std::move(schema), bytes_max));
}

arrow::Status PartedOutput::Begin() {
  name_ = PartName(parts_++, format_);
  rows_ = 0;
  ARROW_ASSIGN_OR_RAISE(target_, OutputTarget::Open(folder_ + name_));
  // Of four row groups or more, so that a part is not much longer than asked for.
  const int64_t row_group_bytes =
      std::clamp(bytes_max_.value_or(kRowGroupBytes * 4) / 4, kRowGroupBytesMin, kRowGroupBytes);
  ARROW_ASSIGN_OR_RAISE(writer_, MakeRowWriter(format_, schema_, target_->stream(),
                                               {.row_group_bytes = row_group_bytes}));
  return arrow::Status::OK();
}

arrow::Status PartedOutput::End() {
  ARROW_RETURN_NOT_OK(writer_->Finish());
  ARROW_ASSIGN_OR_RAISE(const int64_t bytes, target_->stream()->Tell());
  ARROW_RETURN_NOT_OK(target_->Finish());
  writer_.reset();
  target_.reset();
  list_ += "{\"path\":" + JsonString(name_) + ",\"rows\":" + std::to_string(rows_) +
           ",\"bytes\":" + std::to_string(bytes) + "}\n";
  return arrow::Status::OK();
}

arrow::Status PartedOutput::Write(const arrow::RecordBatch& rows) {
  for (int64_t first = 0; first < rows.num_rows(); first += kRowsBetweenLooks) {
    if (writer_ == nullptr) ARROW_RETURN_NOT_OK(Begin());
    const auto some = rows.Slice(first, kRowsBetweenLooks);
    ARROW_RETURN_NOT_OK(writer_->Write(*some));
    rows_ += some->num_rows();
    ARROW_ASSIGN_OR_RAISE(const int64_t bytes, target_->stream()->Tell());
    if (bytes_max_ && bytes >= *bytes_max_) ARROW_RETURN_NOT_OK(End());
  }
  return arrow::Status::OK();
}

arrow::Status PartedOutput::Finish() {
  if (writer_ == nullptr && parts_ == 0) ARROW_RETURN_NOT_OK(Begin());
  if (writer_ != nullptr) ARROW_RETURN_NOT_OK(End());
  ARROW_ASSIGN_OR_RAISE(auto list, OutputTarget::Open(folder_ + "manifest.jsonl"));
  ARROW_RETURN_NOT_OK(list->Write(list_));
  return list->Finish();
}

}  // namespace artemis
