// Rows to outputs.
#include "artemis/output/row_output.h"

#include <utility>

#include "artemis/base/program_error.h"

namespace artemis {

arrow::Result<RowFormat> ChosenFormat(const RowOutputOptions& options) {
  if (!options.format.empty()) return ParseRowFormat(options.format);
  if (options.is_folder()) return RowFormat::kParquet;
  if (options.output) return RowFormatOfPath(*options.output).value_or(options.fallback);
  return options.fallback;
}

arrow::Result<std::unique_ptr<RowOutput>> RowOutput::Open(const RowOutputOptions& options,
                                                          std::shared_ptr<arrow::Schema> schema,
                                                          const StreamControl& control) {
  ARROW_ASSIGN_OR_RAISE(const RowFormat format, ChosenFormat(options));
  std::unique_ptr<RowOutput> output(new RowOutput(control.stop, format));
  if (options.max_file_bytes && !options.is_folder()) {
    return UsageError("--max-file-bytes needs a folder for the files: -o DIR/");
  }
  if (options.is_folder()) {
    ARROW_ASSIGN_OR_RAISE(output->parts_, PartedOutput::Open(*options.output, format, schema,
                                                             options.max_file_bytes));
    output->progress_ = std::make_unique<ProgressLine>(control.progress, control.program);
    return output;
  }
  ARROW_ASSIGN_OR_RAISE(output->target_, OutputTarget::Open(options.output));
  if (IsBinary(format) && output->target_->is_terminal()) {
    return UsageError(
        "standard output is a terminal, and the format is binary: "
        "redirect it (> FILE), name a file with -o, or choose another --format");
  }
  ARROW_ASSIGN_OR_RAISE(output->writer_,
                        MakeRowWriter(format, std::move(schema), output->target_->stream()));
  // On a terminal the line would mix with the rows.
  const bool quiet = output->target_->is_terminal() && control.progress == ProgressMode::kAuto;
  output->progress_ = std::make_unique<ProgressLine>(quiet ? ProgressMode::kOff : control.progress,
                                                     control.program);
  return output;
}

arrow::Status RowOutput::Write(const arrow::RecordBatch& rows) {
  ARROW_RETURN_NOT_OK(stop_.Poll());
  ARROW_RETURN_NOT_OK(parts_ != nullptr ? parts_->Write(rows) : writer_->Write(rows));
  rows_ += rows.num_rows();
  ShowProgress();
  return arrow::Status::OK();
}

void RowOutput::ShowProgress() {
  if (!progress_->shown()) return;
  const RowProgress now =
      progress_of_ ? progress_of_(rows_) : RowProgress{rows_, std::nullopt, "rows"};
  progress_->Update(now.done, now.total, now.text);
}

arrow::Status RowOutput::WriteAll(arrow::RecordBatchReader& rows) {
  std::shared_ptr<arrow::RecordBatch> batch;
  while (true) {
    ARROW_RETURN_NOT_OK(rows.ReadNext(&batch));
    if (batch == nullptr) return arrow::Status::OK();
    ARROW_RETURN_NOT_OK(Write(*batch));
  }
}

arrow::Status RowOutput::Finish() {
  ShowProgress();
  progress_->Finish();
  if (parts_ != nullptr) return parts_->Finish();
  ARROW_RETURN_NOT_OK(writer_->Finish());
  return target_->Finish();
}

}  // namespace artemis
