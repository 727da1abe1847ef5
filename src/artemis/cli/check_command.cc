// artemis-table check and files --orphans.
#include "artemis/cli/check_command.h"

#include <utility>

#include "artemis/base/progress.h"
#include "artemis/base/stopwatch.h"
#include "artemis/base/time_text.h"
#include "artemis/check/check_table.h"
#include "artemis/check/orphans.h"
#include "artemis/cli/commit_options.h"
#include "artemis/cli/opened_table.h"

namespace artemis {

namespace {

FactTable ProblemFacts(const Problems& problems, const std::string& location) {
  FactTable table;
  table.keys = {"rule", "where", "what"};
  for (const auto& problem : problems) {
    table.rows.push_back(
        {Fact::Text(problem.rule), PathFact(problem.where, location), Fact::Text(problem.what)});
  }
  return table;
}

std::string CheckedSentence(const CheckReport& report, bool deep, int64_t elapsed_ms) {
  std::string text = "looked at " + CountOf(report.snapshots, "snapshot") + ", " +
                     CountOf(report.manifests, "manifest") + ", " +
                     CountOf(report.data_files, "data file");
  if (report.delete_files > 0) text += ", " + CountOf(report.delete_files, "delete file");
  text += deep ? ", every page of them" : ", sizes and footers of them";
  return text + " (" + HumanBytes(report.bytes) + ", " + HumanDuration(elapsed_ms) + ")";
}

std::string CheckText(const OpenedTable& opened, const CheckReport& report, bool deep,
                      int64_t elapsed_ms) {
  const std::string table = opened.name().ToString();
  const std::string checked = CheckedSentence(report, deep, elapsed_ms);
  if (report.problems.empty()) return table + " is sound: " + checked + "\n";
  std::string text = ProblemFacts(report.problems, opened.metadata().location).ToText();
  return text + table + ": " + CountOf(static_cast<int64_t>(report.problems.size()), "problem") +
         (report.complete ? "" : ", and it was stopped there") + "; " + checked + "\n";
}

FactRecord CheckFacts(const OpenedTable& opened, const CheckReport& report, bool deep,
                      int64_t elapsed_ms) {
  FactRecord facts;
  facts.Add("table", Fact::Text(opened.name().ToString()));
  facts.Add("deep", Fact::Flag(deep));
  facts.Add("sound", Fact::Flag(report.problems.empty()));
  facts.Add("complete", Fact::Flag(report.complete));
  facts.Add("metadata_files", Fact::Count(report.metadata_files));
  facts.Add("snapshots", Fact::Count(report.snapshots));
  facts.Add("manifests", Fact::Count(report.manifests));
  facts.Add("data_files", Fact::Count(report.data_files));
  facts.Add("delete_files", Fact::Count(report.delete_files));
  facts.Add("statistics_files", Fact::Count(report.statistics_files));
  facts.Add("rows", Fact::Count(report.rows));
  facts.Add("bytes", Fact::Bytes(report.bytes));
  facts.Add("elapsed_ms", Fact::Count(elapsed_ms));
  facts.AddTable("problems", ProblemFacts(report.problems, opened.metadata().location));
  return facts;
}

}  // namespace

arrow::Status RunCheck(const CheckCommandOptions& options, CommandContext& context) {
  const Stopwatch watch;
  ARROW_ASSIGN_OR_RAISE(const auto opened, OpenTableToRead(context, options.table));
  CheckReport report;
  {
    ProgressLine line(context.common().progress, "check");
    CheckOptions check;
    check.deep = options.deep;
    check.threads = options.threads;
    check.stop = context.stop();
    check.progress = [&](int64_t done, int64_t total) { line.Update(done, total, "files"); };
    ARROW_ASSIGN_OR_RAISE(report, CheckTable(opened.table, context.files(), check));
  }
  const int64_t elapsed_ms = watch.ElapsedMs();
  if (options.format == FactFormat::kText) {
    ARROW_RETURN_NOT_OK(context.Print(CheckText(opened, report, options.deep, elapsed_ms)));
  } else {
    ARROW_RETURN_NOT_OK(
        context.Print(CheckFacts(opened, report, options.deep, elapsed_ms), options.format));
  }
  if (report.problems.empty()) return arrow::Status::OK();
  return arrow::Status::Invalid("table ", opened.name().ToString(), " has ",
                                CountOf(static_cast<int64_t>(report.problems.size()), "problem"));
}

arrow::Status RunOrphans(const OrphanCommandOptions& options, CommandContext& context) {
  ARROW_ASSIGN_OR_RAISE(const int64_t age_ms, ParseAge("--older-than", options.older_than));
  const TimestampMs now = context.clock().Now();
  ARROW_ASSIGN_OR_RAISE(const auto opened, OpenTableToRead(context, options.table));
  OrphanOptions search;
  search.older_than = TimestampMs(now.value - age_ms);
  search.stop = context.stop();
  ARROW_ASSIGN_OR_RAISE(const auto report, FindOrphans(*opened.catalog, opened.table, search));
  const std::string& location = opened.metadata().location;
  FactTable table;
  table.keys = {"path", "bytes", "modified", "age"};
  table.text_only = {"age"};
  int64_t bytes = 0;
  for (const auto& orphan : report.orphans) {
    bytes += orphan.size_bytes;
    table.rows.push_back({PathFact(orphan.path, location), Fact::Bytes(orphan.size_bytes),
                          Fact::Time(orphan.modified), Fact::Text(HumanAge(orphan.modified, now))});
  }
  if (options.format == FactFormat::kJson) {
    FactRecord facts;
    facts.Add("table", Fact::Text(opened.name().ToString()));
    facts.Add("location", Fact::Text(location));
    facts.Add("older_than", Fact::Time(search.older_than));
    facts.Add("files", Fact::Count(report.files));
    facts.Add("named", Fact::Count(report.named));
    facts.Add("young", Fact::Count(report.young));
    facts.AddTable("orphans", table);
    return context.Print(facts, options.format);
  }
  if (!report.orphans.empty()) ARROW_RETURN_NOT_OK(context.Print(table.ToText()));
  const auto count = static_cast<int64_t>(report.orphans.size());
  context.Note((count == 0 ? "no file of " + GroupDigits(report.files) + " is an orphan"
                           : CountOf(count, "file") + " of " + GroupDigits(report.files) + " (" +
                                 HumanBytes(bytes) + ") named by no metadata") +
               (report.young == 0 ? ""
                                  : "; " + CountOf(report.young, "younger file") + " (" +
                                        HumanBytes(report.young_bytes) +
                                        ") not told of: --older-than 0s tells of them too"));
  return arrow::Status::OK();
}

}  // namespace artemis
