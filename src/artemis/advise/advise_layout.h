// Proposes how a table is to be partitioned and clustered for a log of queries: candidates are laid out from a sample of the table's
// rows and measured, none is guessed. How layouts are compared, and what the figures leave out: docs/partition-spec-rationale.md
#pragma once

#include <cstdint>
#include <functional>
#include <optional>
#include <vector>

#include <arrow/result.h>
#include <arrow/util/cancel.h>

#include "artemis/advise/layout_candidate.h"
#include "artemis/advise/layout_trial.h"
#include "artemis/advise/row_sample.h"
#include "artemis/scan/query_log.h"

namespace artemis {

class FileSystem;

struct AdviseOptions {
  RowSampleOptions sample;
  // Unset: the table's write.target-file-size-bytes; where it has none, 512 MiB, or a 128th of a table of less than 64 GiB, since in
  // a few files no layout leaves anything out.
  std::optional<int64_t> target_file_bytes;
  // Of a longer log, so many of its queries, spread evenly.
  int64_t queries_max = 4'000;
  // Candidates tried at once.
  int threads = 2;
  arrow::StopToken stop = arrow::StopToken::Unstoppable();
  // Called with candidates done and their number, from any thread.
  std::function<void(int64_t, int64_t)> progress;
};

// Layouts whose cost is within this share of the best are taken for equally good.
inline constexpr double kEquallyGood = 0.05;
// With fewer sampled rows to a file, bounds are narrower than those of real files.
inline constexpr double kRowsPerFileLeast = 24;

struct LayoutAdvice {
  // What was judged by what.
  int64_t queries = 0;
  std::vector<SkippedLine> skipped;
  int64_t skipped_count = 0;
  int64_t sample_rows = 0, sample_files = 0;
  int64_t table_rows = 0, table_bytes = 0, table_files = 0;
  FileSizes sizes;
  // Neither the caller nor the table said how large files are to be.
  bool target_is_assumed = false;
  // Sampled rows to a file of the target size; below kRowsPerFileLeast the sample is thin.
  double rows_per_file = 0;

  // The columns that enough queries test, and what the sample says of them.
  std::vector<ColumnUse> columns;
  // Every layout that was tried, the cheapest first; those before `finalists` were tried a second time with the size that their rows
  // take once encoded.
  std::vector<TriedLayout> tried;
  size_t finalists = 0;
  // Which of `tried` is proposed.
  size_t best = 0;
  // Which of `tried` is the layout that the table gives to new files; nullopt where it cannot be tried.
  std::optional<size_t> today;
  // The best is today's, or no better by more than kEquallyGood.
  bool keeps_today = false;
  // What the log keeps of the table's files as they are: may differ from `today` where they were written otherwise.
  LayoutScore as_is;
};

// Judges the current state; `view` is pinned to it, with its current schema. Invalid: a log without a query that the table can
// answer, a table without rows. Otherwise errors of PlanScan and ReadPlan, Cancelled. Memory: the sample, and for each thread its
// tested columns twice.
//
// Of layouts that cost the same but for kEquallyGood the proposal is: today's; else the one whose partitions alone answer most of the
// queries' tests, since a partition holds for every commit and an order for the rows of one; then the plainest order; then
// the fewest files.
arrow::Result<LayoutAdvice> AdviseLayout(const QueryLog& log, const TableView& view,
                                         FileSystem& files, const AdviseOptions& options = {});

}  // namespace artemis
