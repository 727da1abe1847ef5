// Options into readers; rejected lines into lines and events.
#include "artemis/cli/input_options.h"

#include <unistd.h>

#include <algorithm>
#include <utility>

#include <arrow/util/byte_size.h>

#include "artemis/base/event_log.h"
#include "artemis/base/program_error.h"
#include "artemis/schema/arrow_schema.h"
#include "artemis/schema/literal.h"

namespace artemis {

namespace {

constexpr int64_t kNotedLinesMax = 20;

}  // namespace

arrow::Status RefuseTerminal(const std::vector<std::string>& inputs) {
  const bool asked = std::find(inputs.begin(), inputs.end(), "-") != inputs.end();
  if (!asked || ::isatty(STDIN_FILENO) != 1) return arrow::Status::OK();
  return UsageError("standard input is a terminal: name a file, or pipe rows in");
}

arrow::Result<std::unique_ptr<Rejects>> OpenRejects(const InputOptions& options,
                                                    CommandContext& context) {
  if (options.rejects_max && options.rejects.empty()) {
    return UsageError("--rejects-max needs --rejects FILE, where the bad lines go");
  }
  RejectsOptions rejects;
  rejects.path = options.rejects;
  if (options.rejects_max) rejects.lines_max = *options.rejects_max;
  rejects.on_line = [&context, noted = int64_t{0}](const RejectedLine& line) mutable {
    if (noted < kNotedLinesMax) context.Note("rejected: " + RejectedLineText(line));
    if (++noted == kNotedLinesMax) context.Note("further rejected lines are not named here");
    EventFields fields = {{"path", std::string(line.input)}, {"line", line.line}};
    if (!line.column.empty()) fields.emplace_back("column", line.column);
    fields.emplace_back("reason", line.reason);
    context.events().Write(EventLevel::kWarning, "line_rejected", fields);
  };
  return Rejects::Open(std::move(rejects));
}

OpenRowsOptions ToOpenRowsOptions(const InputOptions& options, bool truncate_timestamps,
                                  std::shared_ptr<const RowTarget> target, Rejects* rejects) {
  OpenRowsOptions open;
  open.format = options.format;
  open.target = std::move(target);
  open.rejects = rejects;
  open.text.ignore_unknown = options.ignore_unknown;
  open.text.delimiter = options.delimiter;
  open.text.line_bytes_max = options.line_bytes_max;
  open.text.values.epoch_unit = options.epoch_unit;
  open.text.values.binary = options.binary;
  open.text.values.truncate_timestamps = truncate_timestamps;
  return open;
}

void ReportRejects(const Rejects& rejects, CommandContext& context) {
  if (rejects.count() == 0) return;
  context.metrics()
      .Counter("artemis_rejected_lines_total", "Lines of text that were no rows.")
      .Add(static_cast<double>(rejects.count()));
  context.Note(CountOf(rejects.count(), "bad line") + " in " + rejects.path());
}

std::shared_ptr<const RowTarget> TargetOfTable(const TableMetadata& table) {
  auto target = std::make_shared<RowTarget>();
  const Schema& current = table.CurrentSchema();
  target->schema = ToArrowSchema(current);
  for (const Field& field : current.fields) {
    if (field.write_default) {
      target->defaults[field.name] = FormatLiteral(field.type, *field.write_default);
    }
  }
  for (const Schema& schema : table.schemas) {
    for (const Field& field : schema.fields) {
      if (target->schema->GetFieldIndex(field.name) >= 0) continue;
      const Field* now = current.FindField(field.id);
      if (now != nullptr) target->former_names[field.name] = now->name;
    }
  }
  return target;
}

LoadProgress::LoadProgress(const CommandContext& context)
    : line_(context.common().progress, "writing") {}

void LoadProgress::Add(const arrow::RecordBatch& batch) {
  rows_ += batch.num_rows();
  bytes_ += arrow::util::ReferencedBufferSize(batch).ValueOr(0);
  if (!line_.shown()) return;
  const int64_t elapsed_ms = std::max<int64_t>(watch_.ElapsedMs(), 1);
  line_.Update(rows_, std::nullopt,
               "rows, " + std::to_string(bytes_ / 1000 / elapsed_ms) + " MB/s");
}

}  // namespace artemis
