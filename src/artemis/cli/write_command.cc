// artemis-write.
#include "artemis/cli/write_command.h"

#include <cstdio>
#include <optional>
#include <utility>

#include "artemis/base/error.h"
#include "artemis/base/program_error.h"
#include "artemis/io/file_system.h"
#include "artemis/parquet/encoding_policy.h"
#include "artemis/parquet/write_summary.h"
#include "artemis/schema/schema_json.h"
#include "artemis/synth/telemetry.h"
#include "artemis/write/archive.h"
#include "artemis/write/file_schema.h"

namespace artemis {

namespace {

constexpr int64_t kWriteSchemaBytesMax = 16 << 20;

arrow::Status AddEncoding(const std::string& pair, ParquetWriterOptions* parquet) {
  if (pair == "auto") {
    parquet->encoding_mode = EncodingMode::kAuto;
    return arrow::Status::OK();
  }
  const size_t equals = pair.rfind('=');
  if (equals == std::string::npos || equals == 0) {
    return UsageError("'" + pair + "' is no encoding: expected auto, or COLUMN=ENCODING such as " +
                      "temperature_c=byte_stream_split");
  }
  const std::string column = pair.substr(0, equals);
  const std::string name = pair.substr(equals + 1);
  EncodingChoice choice = EncodingChoice::Auto();
  if (name != "auto") {
    auto encoding = ParseEncoding(name);
    if (!encoding.ok()) return AsUsageError(encoding.status());
    choice = *encoding;
  }
  if (!parquet->encodings.emplace(column, choice).second) {
    return UsageError("--encoding names the column '" + column + "' twice");
  }
  return arrow::Status::OK();
}

arrow::Result<ArchiveOptions> ToArchiveOptions(const WriteOptions& options,
                                               CommandContext& context) {
  ArchiveOptions archive;
  for (const auto& pair : options.encodings) {
    ARROW_RETURN_NOT_OK(AddEncoding(pair, &archive.parquet));
  }
  archive.parquet.bloom_filter_columns = options.bloom_filters;
  archive.parquet.row_group_bytes = options.row_group_bytes;
  archive.parquet.zstd_level = options.level;
  archive.parquet.threads = options.threads;
  archive.parquet.events = &context.events();
  archive.replace = options.overwrite;
  archive.iceberg = options.iceberg;
  archive.nanos = options.nanos ? NanosPolicy::kNanos : NanosPolicy::kMicros;
  archive.truncate_timestamps = options.truncate_timestamps;
  archive.stop = context.stop();
  archive.files = &context.files();
  return archive;
}

// The columns that text is read as; null when none were given.
arrow::Result<std::shared_ptr<const RowTarget>> TextTarget(const WriteOptions& options,
                                                           CommandContext& context) {
  const bool is_text =
      options.input.format == InputFormat::kJsonLines || options.input.format == InputFormat::kCsv;
  if (options.canonical && !options.schema_file.empty()) {
    return UsageError("name the columns by one of --schema FILE.json and --canonical");
  }
  if (!options.canonical && options.schema_file.empty()) {
    if (is_text)
      return UsageError("text has no types: name them by --schema FILE.json or --canonical");
    return nullptr;
  }
  auto target = std::make_shared<RowTarget>();
  target->owner = "the schema";
  if (options.canonical) {
    target->schema = CanonicalTelemetrySchema();
    return target;
  }
  ARROW_ASSIGN_OR_RAISE(const auto json,
                        context.files().ReadAll(options.schema_file, kWriteSchemaBytesMax));
  const auto schema = SchemaFromJson(json);
  if (!schema.ok()) return WithContext(schema.status(), options.schema_file);
  target->schema = FileSchema(*schema).arrow_schema();
  return target;
}

arrow::Status CheckOutput(const WriteOptions& options, CommandContext& context) {
  if (options.overwrite) return arrow::Status::OK();
  ARROW_ASSIGN_OR_RAISE(const bool exists, context.files().Exists(options.output));
  if (!exists) return arrow::Status::OK();
  return arrow::Status::AlreadyExists(options.output, " exists; --overwrite replaces it");
}

// The rows of all inputs as one stream of one schema, counted. At its end the rejected lines are made durable, which is before the
// archive gets its name.
class ArchiveInput final : public arrow::RecordBatchReader {
 public:
  ArchiveInput(std::unique_ptr<RowInputs> inputs, std::shared_ptr<arrow::Schema> schema,
               Rejects& rejects, const CommandContext& context)
      : inputs_(std::move(inputs)),
        schema_(std::move(schema)),
        rejects_(rejects),
        progress_(context) {}

  std::shared_ptr<arrow::Schema> schema() const override { return schema_; }

  arrow::Status ReadNext(std::shared_ptr<arrow::RecordBatch>* out) override {
    ARROW_ASSIGN_OR_RAISE(InputBatch read, inputs_->Next());
    *out = std::move(read.batch);
    if (*out == nullptr) return rejects_.Commit();
    if (!(*out)->schema()->Equals(*schema_, false)) {
      return arrow::Status::Invalid(read.input, ": other columns than those of ",
                                    InputName(inputs_->files().front()),
                                    "; one file takes rows of one schema");
    }
    progress_.Add(**out);
    return arrow::Status::OK();
  }

  const LoadProgress& progress() const { return progress_; }

 private:
  std::unique_ptr<RowInputs> inputs_;
  std::shared_ptr<arrow::Schema> schema_;
  Rejects& rejects_;
  LoadProgress progress_;
};

arrow::Result<std::unique_ptr<ArchiveInput>> OpenInput(const WriteOptions& options,
                                                       Rejects& rejects, CommandContext& context) {
  ARROW_ASSIGN_OR_RAISE(const auto target, TextTarget(options, context));
  ARROW_ASSIGN_OR_RAISE(
      auto inputs,
      OpenRows(options.inputs,
               ToOpenRowsOptions(options.input, options.truncate_timestamps, target, &rejects)));
  ARROW_ASSIGN_OR_RAISE(auto schema, inputs->FirstSchema());
  if (target != nullptr && schema != target->schema) {
    return UsageError(InputName(inputs->files().front()) +
                      " has types of its own: --schema and --canonical are for JSON lines and CSV");
  }
  return std::make_unique<ArchiveInput>(std::move(inputs), std::move(schema), rejects, context);
}

std::string PercentText(int64_t part, int64_t whole) {
  char text[32];
  const double share =
      whole > 0 ? 100.0 * static_cast<double>(part) / static_cast<double>(whole) : 0;
  std::snprintf(text, sizeof(text), "%.1f %%", share);
  return text;
}

FactTable ColumnTable(const WriteSummary& summary) {
  FactTable table;
  table.keys = {"column", "encodings", "chosen_by", "bytes", "share", "fallback_row_groups"};
  for (const auto& column : summary.columns) {
    std::string encodings;
    for (const auto& name : column.encodings) encodings += (encodings.empty() ? "" : ", ") + name;
    table.rows.push_back(
        {Fact::Text(column.name), Fact::Text(encodings), Fact::Text(column.chosen_by),
         Fact::Bytes(column.compressed_bytes),
         Fact::Text(PercentText(column.compressed_bytes, summary.compressed_bytes)),
         Fact::Count(column.fallback_row_groups)});
  }
  return table;
}

std::string SummaryText(const WriteSummary& summary, int64_t arrow_bytes) {
  std::string text = "wrote " + CountOf(summary.rows, "row") + " to " + summary.path + ": " +
                     HumanBytes(summary.compressed_bytes) + " in " +
                     CountOf(summary.row_groups, "row group");
  if (arrow_bytes > 0 && summary.compressed_bytes > 0) {
    char ratio[64];
    std::snprintf(ratio, sizeof(ratio), ", 1 : %.1f of its ",
                  static_cast<double>(arrow_bytes) / static_cast<double>(summary.compressed_bytes));
    text += ratio + HumanBytes(arrow_bytes) + " in memory";
  }
  return text + " (" + HumanDuration(summary.elapsed_ms) + ")\n\n" + ColumnTable(summary).ToText();
}

std::string SummaryJson(const WriteSummary& summary, std::optional<int64_t> rejected_lines) {
  std::string json = WriteSummaryToJson(summary);
  if (rejected_lines) {
    json.erase(json.rfind('}'));
    json += ",\"rejected_lines\":" + std::to_string(*rejected_lines) + "}";
  }
  return json + "\n";
}

}  // namespace

arrow::Status RunWrite(const WriteOptions& options, CommandContext& context) {
  ARROW_RETURN_NOT_OK(RefuseTerminal(options.inputs));
  ARROW_ASSIGN_OR_RAISE(const auto archive, ToArchiveOptions(options, context));
  ARROW_ASSIGN_OR_RAISE(const auto rejects, OpenRejects(options.input, context));
  ARROW_RETURN_NOT_OK(CheckOutput(options, context));
  ARROW_ASSIGN_OR_RAISE(const auto input, OpenInput(options, *rejects, context));
  const auto written = WriteArchive(*input, options.output, archive);
  if (!written.ok()) {
    rejects->Discard();
    return written.status();
  }
  const WriteSummary& summary = *written;
  ReportRejects(*rejects, context);
  context.metrics()
      .Counter("artemis_write_rows_total", "Rows written to archive files.")
      .Add(static_cast<double>(summary.rows));
  context.metrics()
      .Counter("artemis_write_bytes", "Bytes of the archive files.")
      .Add(static_cast<double>(summary.compressed_bytes));
  if (options.format == FactFormat::kJson) {
    std::optional<int64_t> rejected;
    if (!options.input.rejects.empty()) rejected = rejects->count();
    return context.Print(SummaryJson(summary, rejected));
  }
  return context.Print(SummaryText(summary, input->progress().bytes()));
}

}  // namespace artemis
