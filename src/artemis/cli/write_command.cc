// artemis-write.
#include "artemis/cli/write_command.h"

#include <unistd.h>

#include "artemis/cli/exit_code.h"
#include "artemis/ingest/open_rows.h"
#include "artemis/parquet/encoding_policy.h"
#include "artemis/parquet/write_summary.h"
#include "artemis/write/archive.h"

namespace artemis {

namespace {

arrow::Result<std::map<std::string, ColumnEncoding>> ParseEncodings(
    const std::vector<std::string>& pairs) {
  std::map<std::string, ColumnEncoding> encodings;
  for (const auto& pair : pairs) {
    const size_t equals = pair.rfind('=');
    if (equals == std::string::npos || equals == 0) {
      return UsageError("'" + pair + "' is no encoding: expected COLUMN=ENCODING, such as " +
                        "temperature_c=byte_stream_split");
    }
    const std::string column = pair.substr(0, equals);
    const std::string name = pair.substr(equals + 1);
    if (encodings.contains(column)) {
      return UsageError("--encoding names the column '" + column + "' twice");
    }
    if (name == "auto") continue;
    auto encoding = ParseEncoding(name);
    if (!encoding.ok()) return AsUsageError(encoding.status());
    encodings[column] = *encoding;
  }
  return encodings;
}

std::string SummaryText(const WriteSummary& summary) {
  FactTable columns;
  columns.keys = {"column", "encodings", "compressed_bytes", "fallback_row_groups"};
  for (const auto& column : summary.columns) {
    std::string encodings;
    for (const auto& name : column.encodings) encodings += (encodings.empty() ? "" : ", ") + name;
    columns.rows.push_back({Fact::Text(column.name), Fact::Text(encodings),
                            Fact::Bytes(column.compressed_bytes),
                            Fact::Count(column.fallback_row_groups)});
  }
  return "wrote " + CountOf(summary.rows, "row") + " to " + summary.path + ": " +
         HumanBytes(summary.compressed_bytes) + " in " + CountOf(summary.row_groups, "row group") +
         " (" + HumanDuration(summary.elapsed_ms) + ")\n\n" + columns.ToText();
}

}  // namespace

arrow::Status RunWrite(const WriteOptions& options, CommandContext& context) {
  if (options.input == "-" && ::isatty(STDIN_FILENO) == 1) {
    return UsageError("standard input is a terminal: name a file, or pipe an Arrow stream in");
  }
  ArchiveOptions archive;
  ARROW_ASSIGN_OR_RAISE(archive.parquet.encodings, ParseEncodings(options.encodings));
  archive.parquet.row_group_bytes = options.row_group_bytes;
  archive.parquet.zstd_level = options.level;
  archive.parquet.threads = options.threads;
  archive.parquet.events = &context.events();
  archive.iceberg = options.iceberg;
  archive.truncate_timestamps = options.truncate_timestamps;
  archive.stop = context.stop();
  ARROW_ASSIGN_OR_RAISE(const auto rows, OpenRows(options.input));
  ARROW_ASSIGN_OR_RAISE(const auto summary, WriteArchive(*rows, options.output, archive));
  context.metrics()
      .Counter("artemis_write_rows_total", "Rows written to archive files.")
      .Add(static_cast<double>(summary.rows));
  context.metrics()
      .Counter("artemis_write_bytes", "Bytes of the archive files.")
      .Add(static_cast<double>(summary.compressed_bytes));
  const bool json = options.format == FactFormat::kJson;
  return context.Print(json ? WriteSummaryToJson(summary) + "\n" : SummaryText(summary));
}

}  // namespace artemis
