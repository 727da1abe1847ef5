// partition-bench.
#include "artemis/cli/partition_bench_command.h"

#include <array>
#include <cstdio>

#include "artemis/advise/bench_report.h"
#include "artemis/base/error.h"
#include "artemis/base/program_error.h"
#include "artemis/base/progress.h"
#include "artemis/cli/opened_table.h"
#include "artemis/io/file_system.h"
#include "artemis/output/target.h"

namespace artemis {

namespace {

constexpr int64_t kLogBytesMax = int64_t{1} << 30;
constexpr size_t kSkippedNotes = 10;

arrow::Result<std::string> LogFromStandardInput() {
  std::string text;
  std::array<char, 1 << 16> buffer;
  while (const size_t count = std::fread(buffer.data(), 1, buffer.size(), stdin)) {
    text.append(buffer.data(), count);
    if (std::ssize(text) > kLogBytesMax) {
      return LimitExceededError("a query log may have 1 GiB, standard input holds more");
    }
  }
  return text;
}

struct PinnedBench {
  OpenedTable opened;
  BenchTable table;
};

arrow::Result<PinnedBench> PinBench(const std::string& name, const ReplayTarget& target,
                                    CommandContext& context) {
  PinnedBench pinned;
  ARROW_ASSIGN_OR_RAISE(pinned.opened, OpenTableToRead(context, name));
  ARROW_ASSIGN_OR_RAISE(const auto pin,
                        Resolve(*pinned.opened.catalog, pinned.opened.table, target));
  pinned.table = {pinned.opened.name().ToString(), pin.view};
  return pinned;
}

std::string FileNameOf(const std::string& path) { return path.substr(path.rfind('/') + 1); }

// What charts beside "out/report.md" begin with: "out/report".
std::string StemOfReport(const std::string& path) {
  const size_t name = path.rfind('/') + 1;
  const size_t dot = path.rfind('.');
  return dot == std::string::npos || dot <= name ? path : path.substr(0, dot);
}

arrow::Status WriteWhole(const std::string& path, std::string_view text) {
  ARROW_ASSIGN_OR_RAISE(const auto target, OutputTarget::Open(path));
  ARROW_RETURN_NOT_OK(target->Write(text));
  return target->Finish();
}

arrow::Status WriteReport(const BenchReport& report, const std::string& path,
                          const std::string& log_name) {
  const bool has_files = path != "-";
  const std::string stem = has_files ? StemOfReport(path) : "report";
  ARROW_RETURN_NOT_OK(WriteWhole(path, BenchMarkdown(report, log_name, FileNameOf(stem))));
  if (!has_files) return arrow::Status::OK();
  for (const auto& chart : BenchCharts(report)) {
    ARROW_RETURN_NOT_OK(WriteWhole(stem + chart.suffix, chart.text));
  }
  return arrow::Status::OK();
}

Fact ShareFact(int64_t part, int64_t whole) {
  const double share = whole > 0 ? static_cast<double>(part) / static_cast<double>(whole) : 0;
  std::array<char, 32> json;
  std::snprintf(json.data(), json.size(), "%.9g", share);
  return Fact::Json(SharePercent(part, whole), json.data());
}

std::vector<Fact> TotalsRow(const std::string& shape, const BenchTotals& totals, bool against) {
  const auto& plan = totals.plan;
  std::vector<Fact> row = {Fact::Text(shape),
                           Fact::Count(totals.queries),
                           ShareFact(plan.manifests_kept, plan.manifests_total),
                           ShareFact(plan.files_kept, plan.files_total),
                           ShareFact(totals.unclustered.files, plan.files_total),
                           ShareFact(plan.bytes_kept, plan.bytes_total),
                           Fact::Count(totals.plan_us_median),
                           Fact::Count(totals.plan_us_p99)};
  if (against) {
    row.push_back(ShareFact(totals.against.files_kept, totals.against.files_total));
    row.push_back(ShareFact(totals.against.bytes_kept, totals.against.bytes_total));
  }
  return row;
}

FactTable ShapeFacts(const BenchReport& report) {
  const bool against = !report.against.empty();
  FactTable table;
  table.keys = {"question",    "queries", "manifests", "files",
                "unclustered", "bytes",   "plan_us",   "p99_us"};
  if (against) table.keys.insert(table.keys.end(), {"files_against", "bytes_against"});
  for (size_t i = 0; i < report.shapes.size(); ++i) {
    table.rows.push_back(TotalsRow(report.shapes[i], TotalsOf(report, i), against));
  }
  table.rows.push_back(TotalsRow("all", TotalsOf(report), against));
  return table;
}

arrow::Status PrintSummary(const BenchReport& report, FactFormat format, CommandContext& context) {
  const BenchTotals totals = TotalsOf(report);
  FactRecord facts;
  facts.Add("table", Fact::Text(report.table));
  facts.Add("against", Fact::TextIf(report.against));
  facts.Add("snapshot_id", Fact::IdIf(report.snapshot_id));
  facts.Add("queries", Fact::Count(totals.queries));
  facts.Add("skipped_count", Fact::Count(report.skipped_count));
  facts.Add("unclustered_model", Fact::Text(UnclusteredName(report.unclustered)));
  facts.Add("load_us", Fact::Count(report.load_us));
  facts.Add("plan_us", Fact::Count(totals.plan.elapsed_us));
  const FactTable shapes = ShapeFacts(report);
  if (format == FactFormat::kJson) return context.Print(std::move(facts), "shapes", shapes, format);
  std::string text = shapes.ToText();
  text += "shares kept of " +
          GroupDigits(totals.queries > 0 ? totals.plan.files_total / totals.queries : 0) +
          " files by " + GroupDigits(totals.queries) +
          (totals.queries == 1 ? " query" : " queries") + ", planned in " +
          HumanDuration(totals.plan.elapsed_us / 1000) + " after " +
          HumanDuration(report.load_us / 1000) + " of reading manifests; unclustered: the same " +
          "partitions with rows " +
          (report.unclustered == UnclusteredModel::kArrival ? "in order of arrival"
                                                            : "in random order") +
          "\n";
  return context.Print(text);
}

void NoteSkipped(const BenchReport& report, CommandContext& context) {
  if (report.skipped_count == 0) return;
  for (size_t i = 0; i < report.skipped.size() && i < kSkippedNotes; ++i) {
    context.Note("skipped line " + std::to_string(report.skipped[i].line) + ": " +
                 report.skipped[i].reason);
  }
  context.Note(CountOf(report.skipped_count, "line") + " of the log skipped");
}

arrow::Result<BenchReport> Measure(const PartitionBenchCommandOptions& options,
                                   CommandContext& context) {
  ARROW_ASSIGN_OR_RAISE(const auto target, ParseTarget(options.target, options.timezone, context));
  ARROW_ASSIGN_OR_RAISE(const auto log, ReadQueryLog(options.queries, context));
  ARROW_ASSIGN_OR_RAISE(const auto own, PinBench(options.table, target, context));
  PinnedBench other;
  if (options.against) {
    const bool at_a_time = std::holds_alternative<TimestampMs>(target);
    ARROW_ASSIGN_OR_RAISE(other,
                          PinBench(*options.against, at_a_time ? target : ReplayTarget(), context));
  }
  ProgressLine line(context.common().progress, "partition-bench");
  PartitionBenchOptions bench = options.bench;
  bench.stop = context.stop();
  bench.progress = [&](int64_t done, int64_t total) { line.Update(done, total, "queries"); };
  return RunPartitionBench(log, own.table, options.against ? &other.table : nullptr,
                           context.files(), bench);
}

}  // namespace

arrow::Result<QueryLog> ReadQueryLog(const std::string& path, CommandContext& context) {
  std::string text;
  if (path == "-") {
    ARROW_ASSIGN_OR_RAISE(text, LogFromStandardInput());
  } else {
    ARROW_ASSIGN_OR_RAISE(text, context.files().ReadAll(path, kLogBytesMax));
  }
  return ParseQueryLog(text);
}

arrow::Status RunPartitionBenchCommand(const PartitionBenchCommandOptions& options,
                                       CommandContext& context) {
  const bool json_out = options.json == "-", report_out = options.report == "-";
  if (json_out && report_out) {
    return UsageError("--json - and --report - exclude each other: there is one standard output");
  }
  ARROW_ASSIGN_OR_RAISE(const auto report, Measure(options, context));
  if (options.json) ARROW_RETURN_NOT_OK(WriteWhole(*options.json, BenchJson(report) + "\n"));
  if (options.report) {
    ARROW_RETURN_NOT_OK(WriteReport(report, *options.report, FileNameOf(options.queries)));
  }
  NoteSkipped(report, context);
  if (json_out || report_out) return arrow::Status::OK();
  return PrintSummary(report, options.format, context);
}

}  // namespace artemis
