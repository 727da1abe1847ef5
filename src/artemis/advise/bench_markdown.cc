// The report for people: tables in Markdown, and three charts.
#include <algorithm>
#include <array>
#include <cmath>
#include <cstdio>

#include "artemis/advise/bench_report.h"
#include "artemis/advise/svg_chart.h"

namespace artemis {

namespace {

// Shapes with a row and a bar of their own; the rest are in the totals alone.
constexpr size_t kShapesShown = 12;
constexpr size_t kSkippedShown = 20;

double ShareOf(int64_t part, int64_t whole) {
  return whole > 0 ? static_cast<double>(part) / static_cast<double>(whole) : 0;
}

std::string Grouped(int64_t value) {
  std::string digits = std::to_string(value);
  for (auto at = std::ssize(digits) - 3; at > 0; at -= 3)
    digits.insert(static_cast<size_t>(at), ",");
  return digits;
}

// Text in a cell of a table.
std::string Cell(std::string_view text) {
  std::string cell;
  for (const char c : text) {
    if (c == '|' || c == '\\' || c == '`' || c == '*' || c == '_' || c == '<') cell += '\\';
    cell += static_cast<unsigned char>(c) < 0x20 ? ' ' : c;
  }
  return cell;
}

std::string Row(const std::vector<std::string>& cells) {
  std::string row = "|";
  for (const auto& cell : cells) row += " " + cell + " |";
  return row + "\n";
}

std::string Times(int64_t more, int64_t fewer) {
  if (fewer <= 0) return more > 0 ? "all" : "1.0";
  std::array<char, 32> buffer;
  std::snprintf(buffer.data(), buffer.size(), "%.1f", ShareOf(more, fewer));
  return buffer.data();
}

std::string TotalsTable(const BenchReport& report, const BenchTotals& totals) {
  const auto& plan = totals.plan;
  const bool against = !report.against.empty();
  std::string text =
      against ? Row({"over all queries", "total", "kept", "share", "unclustered", "times",
                     Cell(report.against), "share there"})
              : Row({"over all queries", "total", "kept", "share", "unclustered", "times"});
  text +=
      against ? "|---|---:|---:|---:|---:|---:|---:|---:|\n" : "|---|---:|---:|---:|---:|---:|\n";
  const auto add = [&](const char* what, int64_t total, int64_t kept, std::optional<int64_t> other,
                       int64_t there_total, int64_t there) {
    std::vector<std::string> cells = {what,
                                      Grouped(total),
                                      Grouped(kept),
                                      SharePercent(kept, total),
                                      other ? Grouped(*other) : "",
                                      other ? Times(*other, kept) : ""};
    if (against) {
      cells.push_back(Grouped(there));
      cells.push_back(SharePercent(there, there_total));
    }
    text += Row(cells);
  };
  const auto& other = totals.against;
  add("manifests", plan.manifests_total, plan.manifests_kept, std::nullopt, other.manifests_total,
      other.manifests_kept);
  add("files", plan.files_total, plan.files_kept, totals.unclustered.files, other.files_total,
      other.files_kept);
  if (report.row_groups) {
    add("row groups of kept files", plan.row_groups_total, plan.row_groups_kept,
        totals.unclustered.row_groups, other.row_groups_total, other.row_groups_kept);
  }
  add("bytes", plan.bytes_total, plan.bytes_kept, totals.unclustered.bytes, other.bytes_total,
      other.bytes_kept);
  return text;
}

std::string ShapesTable(const BenchReport& report) {
  const bool against = !report.against.empty();
  std::vector<std::string> head = {"kind of question", "queries",      "files kept", "unclustered",
                                   "bytes kept",       "plan, median", "plan, p99"};
  if (against) head.insert(head.begin() + 4, Cell(report.against));
  std::string text =
      Row(head) + "|---|" + (against ? "---:|" : "") + "---:|---:|---:|---:|---:|---:|\n";
  for (size_t i = 0; i < std::min(report.shapes.size(), kShapesShown); ++i) {
    const auto totals = TotalsOf(report, i);
    std::vector<std::string> cells = {
        Cell(report.shapes[i]),
        Grouped(totals.queries),
        SharePercent(totals.plan.files_kept, totals.plan.files_total),
        SharePercent(totals.unclustered.files, totals.plan.files_total),
        SharePercent(totals.plan.bytes_kept, totals.plan.bytes_total),
        Grouped(totals.plan_us_median) + " µs",
        Grouped(totals.plan_us_p99) + " µs"};
    if (against) {
      cells.insert(cells.begin() + 4,
                   SharePercent(totals.against.files_kept, totals.against.files_total));
    }
    text += Row(cells);
  }
  return text;
}

std::string SkippedSection(const BenchReport& report) {
  if (report.skipped_count == 0) return "No line of the log was skipped.\n";
  std::string text = "## Skipped lines\n\n" + Grouped(report.skipped_count) +
                     (report.skipped_count == 1 ? " line of the log is no query"
                                                : " lines of the log are no queries") +
                     " of this table.\n\n" + Row({"line", "why"}) + "|---:|---|\n";
  for (size_t i = 0; i < std::min(report.skipped.size(), kSkippedShown); ++i) {
    text += Row({std::to_string(report.skipped[i].line), Cell(report.skipped[i].reason)});
  }
  if (report.skipped_count > static_cast<int64_t>(kSkippedShown)) {
    text += "\nThe JSON report lists more of them.\n";
  }
  return text;
}

BarChart ShapeBars(const BenchReport& report) {
  BarChart chart;
  chart.title = "Files kept, by kind of question";
  chart.series = {{report.table, {}}, {"the same, unclustered", {}}};
  if (!report.against.empty()) chart.series.push_back({report.against, {}});
  chart.texts.resize(chart.series.size());
  for (size_t i = 0; i < std::min(report.shapes.size(), kShapesShown); ++i) {
    const auto totals = TotalsOf(report, i);
    chart.labels.push_back(report.shapes[i] + " (" + Grouped(totals.queries) + ")");
    const auto add = [&](size_t series, int64_t kept, int64_t total) {
      chart.series[series].values.push_back(ShareOf(kept, total));
      chart.texts[series].push_back(SharePercent(kept, total));
    };
    add(0, totals.plan.files_kept, totals.plan.files_total);
    add(1, totals.unclustered.files, totals.plan.files_total);
    if (!report.against.empty()) add(2, totals.against.files_kept, totals.against.files_total);
  }
  return chart;
}

ShareChart KeptShares(const BenchReport& report) {
  ShareChart chart;
  chart.title = "How much of the table a query opens";
  chart.x_title = "share of the files that are kept";
  chart.y_title = "queries that keep at most so much";
  chart.series = {{report.table, {}}, {"the same, unclustered", {}}};
  if (!report.against.empty()) chart.series.push_back({report.against, {}});
  for (const auto& query : report.queries) {
    chart.series[0].values.push_back(ShareOf(query.plan.files_kept, query.plan.files_total));
    chart.series[1].values.push_back(ShareOf(query.unclustered.files, query.plan.files_total));
    if (query.against) {
      chart.series[2].values.push_back(
          ShareOf(query.against->files_kept, query.against->files_total));
    }
  }
  return chart;
}

HistogramChart PlanTimes(const BenchReport& report) {
  HistogramChart chart;
  chart.title = "Planning time";
  chart.x_title = "µs, by powers of two";
  chart.y_title = "queries";
  for (const auto& query : report.queries) chart.values.push_back(query.plan.elapsed_us);
  return chart;
}

constexpr char kShapesSuffix[] = "-shapes.svg";
constexpr char kSharesSuffix[] = "-shares.svg";
constexpr char kTimesSuffix[] = "-times.svg";

}  // namespace

const char* UnclusteredName(UnclusteredModel model) {
  return model == UnclusteredModel::kArrival ? "arrival" : "random";
}

std::string SharePercent(int64_t part, int64_t whole) {
  if (whole <= 0) return "-";
  const double percent = 100 * ShareOf(part, whole);
  if (part == 0) return "0 %";
  const int digits =
      percent >= 10 ? 0 : std::min(6, 1 + static_cast<int>(-std::floor(std::log10(percent))));
  std::array<char, 48> buffer;
  std::snprintf(buffer.data(), buffer.size(), "%.*f %%", digits, percent);
  return buffer.data();
}

std::vector<BenchFile> BenchCharts(const BenchReport& report) {
  return {{kShapesSuffix, BarChartSvg(ShapeBars(report))},
          {kSharesSuffix, ShareChartSvg(KeptShares(report))},
          {kTimesSuffix, HistogramSvg(PlanTimes(report))}};
}

std::string BenchMarkdown(const BenchReport& report, const std::string& log_name,
                          const std::string& charts_stem) {
  const BenchTotals totals = TotalsOf(report);
  const auto chart = [&](const char* what, const char* suffix) {
    return std::string("![") + what + "](" + charts_stem + suffix + ")\n\n";
  };
  std::string text = "# Planning " + Cell(log_name) + " on " + Cell(report.table) + "\n\n";
  text += Grouped(totals.queries) + " queries, planned one after the other in " +
          Grouped(totals.plan.elapsed_us) + " µs, median " + Grouped(totals.plan_us_median) +
          " µs, p99 " + Grouped(totals.plan_us_p99) + " µs, longest " +
          Grouped(totals.plan_us_max) + " µs; reading the manifests before took " +
          Grouped(report.load_us) + " µs.\n\n";
  text += TotalsTable(report, totals) + "\n";
  text += std::string("\"Unclustered\" is a table with the same partitions, files and bytes, ") +
          (report.unclustered == UnclusteredModel::kArrival
               ? "whose files hold their partition's rows in the order of arrival: of dates and "
                 "timestamps a part each, of every other column the partition's whole range."
               : "whose files hold rows of their partition at random: the partition's whole range "
                 "of every column.") +
          " It is computed from this table's manifests" +
          (report.against.empty() ? "; --against compares with a real one.\n\n" : ".\n\n");
  if (!report.row_groups) {
    text += "Row groups were not looked at (--row-groups does).\n\n";
  }
  text += "## By kind of question\n\n" + ShapesTable(report) + "\n";
  if (report.shapes.size() > kShapesShown) {
    text += Grouped(std::ssize(report.shapes) - static_cast<int64_t>(kShapesShown)) +
            " rarer kinds are in the totals alone.\n\n";
  }
  text += chart("Files kept by kind of question", kShapesSuffix);
  text += chart("Cumulative distribution of the share of files kept", kSharesSuffix);
  text += chart("Histogram of planning times", kTimesSuffix);
  return text + SkippedSection(report);
}

}  // namespace artemis
