// Results to the screen, to a file of .output, or to the command's output.
#include "artemis/shell/results.h"

#include <fcntl.h>
#include <unistd.h>

#include <cerrno>
#include <chrono>
#include <utility>

#include <arrow/array.h>
#include <arrow/record_batch.h>
#include <arrow/type.h>
#include <arrow/util/io_util.h>

#include "artemis/base/program_error.h"
#include "artemis/output/cell_text.h"
#include "artemis/output/descriptor_output.h"
#include "artemis/output/fitted_table.h"
#include "artemis/output/print.h"
#include "artemis/output/text_table.h"
#include "artemis/shell/screen.h"

namespace artemis {

namespace {

// Longer than this nobody waits to learn how many rows there were besides those shown.
constexpr auto kCountingLasts = std::chrono::seconds(5);

bool IsForPeople(RowFormat format) {
  return format == RowFormat::kTable || format == RowFormat::kBox || format == RowFormat::kLine ||
         format == RowFormat::kMarkdown;
}

// The plan of EXPLAIN: a text of many lines in the last column.
std::string PlanText(const arrow::RecordBatch& rows) {
  std::string text;
  const auto& column = *rows.column(rows.num_columns() - 1);
  for (int64_t row = 0; row < rows.num_rows(); ++row) {
    if (column.IsNull(row)) continue;
    AppendCellText(column, row, &text);
    if (!text.ends_with('\n')) text += '\n';
  }
  return text;
}

}  // namespace

SqlResults::SqlResults(ResultOptions options, const ShellWorld& world)
    : options_(std::move(options)), world_(world) {}

SqlResults::~SqlResults() { (void)SetFile(std::nullopt); }

arrow::Status SqlResults::SetFile(const std::optional<std::string>& path) {
  file_.reset();
  if (const auto stream = std::exchange(stream_, nullptr)) ARROW_RETURN_NOT_OK(stream->Close());
  if (!path) return arrow::Status::OK();
  ARROW_ASSIGN_OR_RAISE(const RowFormat format, this->format());
  if (!IsBinary(format)) {
    const int descriptor = ::open(path->c_str(), O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0666);
    if (descriptor < 0) return arrow::internal::IOErrorFromErrno(errno, "cannot open ", *path);
    stream_ = std::make_shared<DescriptorOutput>(descriptor, true, *path);
  }
  file_ = path;
  return arrow::Status::OK();
}

arrow::Result<ResultOutcome> SqlResults::Write(arrow::RecordBatchReader& rows, bool is_plan,
                                               SqlWatcher* watcher) {
  ARROW_ASSIGN_OR_RAISE(const RowFormat format, this->format());
  ++results_;
  if (is_plan && IsForPeople(format) && rows.schema()->num_fields() > 0 &&
      !options_.output.output) {
    return WritePlan(rows, watcher);
  }
  if (file_) return WriteToFile(rows, format);
  if (options_.on_screen && !IsBinary(format)) return WriteToScreen(rows, format, watcher);
  return WriteToOutput(rows, format, watcher);
}

arrow::Result<ResultOutcome> SqlResults::WritePlan(arrow::RecordBatchReader& rows,
                                                   SqlWatcher* watcher) {
  std::string text;
  ResultOutcome outcome;
  std::shared_ptr<arrow::RecordBatch> batch;
  while (true) {
    ARROW_RETURN_NOT_OK(rows.ReadNext(&batch));
    if (batch == nullptr) break;
    outcome.rows += batch->num_rows();
    text += PlanText(*batch);
  }
  outcome.rows_shown = outcome.rows;
  if (watcher != nullptr) watcher->Hide();
  ARROW_RETURN_NOT_OK(WriteText(text));
  return outcome;
}

arrow::Result<ResultOutcome> SqlResults::WriteToScreen(arrow::RecordBatchReader& rows,
                                                       RowFormat format, SqlWatcher* watcher) {
  const ScreenSize size = SizeOfScreen(STDOUT_FILENO);
  auto screen = std::make_shared<ScreenOutput>(size, options_.pager);
  std::unique_ptr<RowWriter> writer;
  FittedTable* table = nullptr;
  if (format == RowFormat::kTable || format == RowFormat::kBox) {
    auto fitted = std::make_unique<FittedTable>(
        *rows.schema(), screen,
        FittedTableOptions{.boxed = format == RowFormat::kBox, .width_max = size.columns});
    table = fitted.get();
    writer = std::move(fitted);
  } else {
    ARROW_ASSIGN_OR_RAISE(writer, MakeRowWriter(format, rows.schema(), screen));
  }
  ResultOutcome outcome;
  const int64_t rows_max = IsForPeople(format) ? options_.rows_max.value_or(INT64_MAX) : INT64_MAX;
  std::shared_ptr<arrow::RecordBatch> batch;
  arrow::Status status;
  while (status.ok() && outcome.rows_shown == outcome.rows) {
    status = rows.ReadNext(&batch);
    if (!status.ok() || batch == nullptr) break;
    if (watcher != nullptr) watcher->Hide();
    outcome.rows += batch->num_rows();
    const auto shown = batch->Slice(0, std::min(batch->num_rows(), rows_max - outcome.rows_shown));
    outcome.rows_shown += shown->num_rows();
    status = writer->Write(*shown);
  }
  if (watcher != nullptr) watcher->Hide();
  const bool is_shortened = outcome.rows > outcome.rows_shown;
  if (status.ok()) status = writer->Finish();
  if (table != nullptr) outcome.hidden_columns = table->HiddenColumns();
  // What was shown until a failure stays on the screen.
  const auto closed = screen->Close();
  if (screen->has_left()) {
    outcome.has_more = true;
    return outcome;
  }
  ARROW_RETURN_NOT_OK(status);
  ARROW_RETURN_NOT_OK(closed);
  if (is_shortened) ARROW_RETURN_NOT_OK(CountOthers(rows, watcher, &outcome));
  return outcome;
}

arrow::Status SqlResults::CountOthers(arrow::RecordBatchReader& rows, SqlWatcher* watcher,
                                      ResultOutcome* outcome) {
  const auto end = std::chrono::steady_clock::now() + kCountingLasts;
  if (watcher != nullptr) watcher->Show();
  std::shared_ptr<arrow::RecordBatch> batch;
  while (true) {
    const auto status = rows.ReadNext(&batch);
    // Who interrupts the counting has seen what was to be seen.
    outcome->has_more = status.IsCancelled();
    if (outcome->has_more || (status.ok() && batch == nullptr)) return arrow::Status::OK();
    ARROW_RETURN_NOT_OK(status);
    outcome->rows += batch->num_rows();
    if (watcher != nullptr) watcher->CountRows(outcome->rows);
    outcome->has_more = std::chrono::steady_clock::now() > end;
    if (outcome->has_more) return arrow::Status::OK();
  }
}

arrow::Result<ResultOutcome> SqlResults::WriteToOutput(arrow::RecordBatchReader& rows,
                                                       RowFormat format, SqlWatcher* watcher) {
  if (results_ > 1 && (options_.output.output || IsBinary(format))) {
    return UsageError(
        "the statements give several results: name one output for each, or use a "
        "text format on standard output");
  }
  if (watcher != nullptr) watcher->Hide();
  const bool is_parted = format == RowFormat::kTable || format == RowFormat::kLine ||
                         format == RowFormat::kBox || format == RowFormat::kMarkdown;
  if (results_ > 1 && is_parted) ARROW_RETURN_NOT_OK(PrintText("\n"));
  ARROW_ASSIGN_OR_RAISE(auto output,
                        RowOutput::Open(options_.output, rows.schema(), world_.stream_control()));
  ARROW_RETURN_NOT_OK(output->WriteAll(rows));
  ARROW_RETURN_NOT_OK(output->Finish());
  return ResultOutcome{output->rows(), output->rows(), false, {}};
}

arrow::Result<ResultOutcome> SqlResults::WriteToFile(arrow::RecordBatchReader& rows,
                                                     RowFormat format) {
  if (IsBinary(format)) {
    RowOutputOptions whole;
    whole.format = NameOf(format);
    whole.output = *file_;
    ARROW_ASSIGN_OR_RAISE(auto output,
                          RowOutput::Open(whole, rows.schema(), world_.stream_control()));
    ARROW_RETURN_NOT_OK(output->WriteAll(rows));
    ARROW_RETURN_NOT_OK(output->Finish());
    return ResultOutcome{output->rows(), output->rows(), false, {}};
  }
  if (stream_ == nullptr) ARROW_RETURN_NOT_OK(SetFile(std::string(*file_)));
  ARROW_ASSIGN_OR_RAISE(auto writer, MakeRowWriter(format, rows.schema(), stream_));
  ResultOutcome outcome;
  std::shared_ptr<arrow::RecordBatch> batch;
  while (true) {
    ARROW_RETURN_NOT_OK(world_.stop().Poll());
    ARROW_RETURN_NOT_OK(rows.ReadNext(&batch));
    if (batch == nullptr) break;
    ARROW_RETURN_NOT_OK(writer->Write(*batch));
    outcome.rows += batch->num_rows();
  }
  outcome.rows_shown = outcome.rows;
  ARROW_RETURN_NOT_OK(writer->Finish());
  // Whoever looks at the file meanwhile sees whole results.
  ARROW_RETURN_NOT_OK(stream_->Flush());
  return outcome;
}

arrow::Status SqlResults::WriteText(std::string_view text) {
  if (file_ && stream_ != nullptr) {
    ARROW_RETURN_NOT_OK(stream_->Write(text.data(), static_cast<int64_t>(text.size())));
    return stream_->Flush();
  }
  if (!options_.on_screen) return PrintText(text);
  ScreenOutput screen(SizeOfScreen(STDOUT_FILENO), options_.pager);
  const auto status = screen.Write(text.data(), static_cast<int64_t>(text.size()));
  ARROW_RETURN_NOT_OK(screen.Close());
  return screen.has_left() ? arrow::Status::OK() : status;
}

}  // namespace artemis
