// Lines into columns, columns into batches.
#include "artemis/ingest/text_rows.h"

#include <utility>
#include <vector>

#include "artemis/base/error.h"

namespace artemis {
namespace {

class TextRows final : public arrow::RecordBatchReader {
 public:
  TextRows(std::string name, std::unique_ptr<LineSource> lines, std::unique_ptr<LineParser> parser,
           std::shared_ptr<const RowTarget> target, const TextRowsOptions& options,
           Rejects* rejects)
      : name_(std::move(name)),
        lines_(std::move(lines)),
        parser_(std::move(parser)),
        target_(std::move(target)),
        options_(options),
        rejects_(rejects) {}

  arrow::Status Start() {
    const auto row = arrow::field("", arrow::struct_(target_->schema->fields()), false);
    ValueColumns columns;
    for (const auto& field : target_->schema->fields()) {
      ARROW_ASSIGN_OR_RAISE(auto column, MakeValueColumn(*field, options_.values));
      const auto given = target_->defaults.find(field->name());
      defaults_.push_back(given == target_->defaults.end() ? nullptr : &given->second);
      columns.push_back(std::move(column));
    }
    row_ = std::make_unique<StructColumn>("", *row, std::move(columns));
    return arrow::Status::OK();
  }

  std::shared_ptr<arrow::Schema> schema() const override { return target_->schema; }

  arrow::Status ReadNext(std::shared_ptr<arrow::RecordBatch>* out) override {
    out->reset();
    int64_t text_bytes = 0;
    while (row_->length() < options_.batch_rows && text_bytes < options_.batch_text_bytes) {
      TextLine line;
      auto more = parser_->Next(*lines_, &line);
      if (!more.ok()) return ReadFailure(more.status());
      if (!*more) break;
      text_bytes += static_cast<int64_t>(line.verbatim.size());
      ARROW_RETURN_NOT_OK(TakeLine(line));
    }
    if (row_->length() == 0) return arrow::Status::OK();
    rows_before_ += row_->length();
    ARROW_ASSIGN_OR_RAISE(const auto rows, row_->Finish());
    std::vector<std::shared_ptr<arrow::ArrayData>> columns = rows->data()->child_data;
    *out = arrow::RecordBatch::Make(target_->schema, rows->length(), std::move(columns));
    return arrow::Status::OK();
  }

 private:
  arrow::Status TakeLine(const TextLine& line) {
    const int64_t length = row_->length();
    arrow::Status status = parser_->Append(line, *row_);
    if (status.ok()) status = FillMissing(length);
    if (status.ok()) {
      row_->Close();
      return status;
    }
    row_->Truncate(length);
    RejectedLine rejected{name_,         line.number,      "", status.message(),
                          line.verbatim, parser_->header()};
    if (const auto* refusal = FindDetail<ColumnRefusal>(status); refusal != nullptr) {
      rejected.column = refusal->column;
      rejected.reason = refusal->reason;
    }
    if (rejects_ != nullptr) return rejects_->Reject(rejected);
    return arrow::Status::Invalid(RejectedLineText(rejected));
  }

  arrow::Status FillMissing(int64_t length) {
    const auto& columns = row_->children();
    for (size_t i = 0; i < columns.size(); ++i) {
      ValueColumn& column = *columns[i];
      if (column.length() > length) continue;
      if (defaults_[i] != nullptr) {
        ARROW_RETURN_NOT_OK(column.AppendText(*defaults_[i], Spelling::kPlain));
      } else if (column.nullable()) {
        ARROW_RETURN_NOT_OK(column.AppendNull());
      } else {
        return RefuseColumn(column.name(), "is missing, and " + target_->owner + " requires it");
      }
    }
    return arrow::Status::OK();
  }

  arrow::Status ReadFailure(const arrow::Status& status) const {
    if (status.IsInvalid() && status.detail() == nullptr) {
      const int64_t rows = rows_before_ + row_->length();
      return CorruptFileError(
          name_, "broken or cut off after " + std::to_string(rows) + " rows: " + status.message());
    }
    return WithContext(status, name_);
  }

  const std::string name_;
  std::unique_ptr<LineSource> lines_;
  std::unique_ptr<LineParser> parser_;
  std::shared_ptr<const RowTarget> target_;
  const TextRowsOptions options_;
  Rejects* rejects_;
  std::unique_ptr<StructColumn> row_;
  std::vector<const std::string*> defaults_;  // by column; null: none
  int64_t rows_before_ = 0;
};

}  // namespace

arrow::Result<std::shared_ptr<arrow::RecordBatchReader>> MakeTextRows(
    std::string name, std::unique_ptr<LineSource> lines, std::unique_ptr<LineParser> parser,
    std::shared_ptr<const RowTarget> target, const TextRowsOptions& options, Rejects* rejects) {
  auto rows = std::make_shared<TextRows>(name, std::move(lines), std::move(parser),
                                         std::move(target), options, rejects);
  ARROW_RETURN_NOT_OK(WithContext(rows->Start(), name));
  return rows;
}

}  // namespace artemis
