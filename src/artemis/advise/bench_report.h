// A report of partition-bench as JSON, as Markdown, and as charts.
#pragma once

#include <string>
#include <vector>

#include "artemis/advise/partition_bench.h"

namespace artemis {

// {"queries":[{"query_id","manifests_total","manifests_kept","files_total","files_kept","row_groups_total","row_groups_kept",
//   "bytes_total","bytes_kept","plan_us","line","shape","unclustered":{"files_kept","row_groups_kept","bytes_kept"},"against":{…}}],
//  "totals":{the same sums,"queries","plan_us_median","plan_us_p99","plan_us_max","unclustered","against"},
//  "shapes":[{"shape",as totals}],"skipped_lines":[{"line","reason"}],"skipped_count","table","against","snapshot_id",
//  "unclustered_model","row_groups_read","load_us"}
// "against" of queries and totals holds the first nine keys of the other table's plan, and is null without one.
// Row groups are those of files that the first two passes keep.
std::string BenchJson(const BenchReport& report);

// What goes beside a Markdown report: the end of its name and what it is.
struct BenchFile {
  std::string suffix;  // "-shapes.svg"
  std::string text;
};
std::vector<BenchFile> BenchCharts(const BenchReport& report);

// `log_name` is what was asked; `charts_stem` is what the charts' file names begin with.
std::string BenchMarkdown(const BenchReport& report, const std::string& log_name,
                          const std::string& charts_stem);

// "0.42 %", "12 %", "100 %"; "-" of nothing. At least two digits that count.
std::string SharePercent(int64_t part, int64_t whole);
// "arrival" or "random".
const char* UnclusteredName(UnclusteredModel model);

}  // namespace artemis
