// artemis-table commit.
#include "artemis/cli/commit_command.h"

#include <unistd.h>

#include <iostream>
#include <utility>

#include "artemis/base/program_error.h"
#include "artemis/base/stopwatch.h"
#include "artemis/cli/opened_table.h"
#include "artemis/rewrite/adopt.h"

namespace artemis {

namespace {

arrow::Status AddPathsOfInput(std::vector<std::string>* paths) {
  if (::isatty(STDIN_FILENO) == 1) {
    return UsageError("commit: expected paths as arguments, or one a line on standard input");
  }
  for (std::string line; std::getline(std::cin, line);) {
    if (line.ends_with('\r')) line.pop_back();
    if (!line.empty()) paths->push_back(std::move(line));
  }
  if (std::cin.bad()) return arrow::Status::IOError("cannot read standard input");
  return arrow::Status::OK();
}

arrow::Result<std::vector<std::string>> PathsOf(const CommitFilesOptions& options) {
  std::vector<std::string> paths;
  for (const std::string& path : options.paths) {
    if (path == "-") {
      ARROW_RETURN_NOT_OK(AddPathsOfInput(&paths));
    } else {
      paths.push_back(path);
    }
  }
  if (options.paths.empty()) ARROW_RETURN_NOT_OK(AddPathsOfInput(&paths));
  if (paths.empty()) return UsageError("commit: no paths were given");
  return paths;
}

const char* ActionName(AdoptAction action) {
  switch (action) {
    case AdoptAction::kAdd:
      return "add";
    case AdoptAction::kSkipExisting:
      return "skip_existing";
    case AdoptAction::kSkipEmpty:
      return "skip_empty";
    case AdoptAction::kRefuse:
      break;
  }
  return "refuse";
}

FactTable TableOf(const std::vector<AdoptDecision>& files) {
  FactTable table;
  table.keys = {"action", "path", "partition", "rows", "bytes", "reason"};
  for (const AdoptDecision& decision : files) {
    const bool adds = decision.action == AdoptAction::kAdd;
    table.rows.push_back({Fact::Text(ActionName(decision.action)), Fact::Text(decision.path),
                          adds ? Fact::Text(decision.partition) : Fact(),
                          adds ? Fact::Count(decision.file.record_count) : Fact(),
                          adds ? Fact::Bytes(decision.file.file_size_bytes) : Fact(),
                          Fact::TextIf(decision.refusal.message())});
  }
  return table;
}

arrow::Status PrintDryRun(const AdoptResult& result, const TableName& table,
                          CommandContext& context, FactFormat format) {
  FactRecord facts;
  facts.Add("table", Fact::Text(table.ToString()));
  facts.Add("dry_run", Fact::Flag(true));
  facts.Add("files_added", Fact::Count(result.files_added));
  facts.Add("rows_added", Fact::Count(result.rows_added));
  facts.Add("files_skipped", Fact::Count(result.files_skipped));
  facts.Add("files_refused", Fact::Count(result.files_refused));
  facts.Add("name_mapping_changed", Fact::Flag(result.name_mapping_changed));
  ARROW_RETURN_NOT_OK(context.Print(facts, "files", TableOf(result.files), format));
  if (result.files_refused == 0) return arrow::Status::OK();
  return arrow::Status::Invalid(CountOf(result.files_refused, "file"), " of ", result.files.size(),
                                " would be refused: nothing would be committed");
}

std::string CommitSentenceOf(const AdoptResult& result, const TableName& table) {
  std::string text = "added " + CountOf(result.files_added, "file") + " with " +
                     CountOf(result.rows_added, "row") + " to " + table.ToString();
  if (result.files_skipped > 0) {
    text += ", left out " + CountOf(result.files_skipped, "file");
  }
  return text;
}

}  // namespace

arrow::Status RunCommitFiles(const CommitFilesOptions& options, CommandContext& context) {
  const Stopwatch watch;
  ARROW_ASSIGN_OR_RAISE(const auto paths, PathsOf(options));
  ARROW_ASSIGN_OR_RAISE(const auto opened, options.dry_run
                                               ? OpenTableToRead(context, options.table)
                                               : OpenTableToWrite(context, options.table));
  AdoptOptions adopt;
  adopt.commit = ToCommitOptions(options.commit, context);
  adopt.skip_existing = options.skip_existing;
  adopt.dry_run = options.dry_run;
  adopt.stop = context.stop();
  ARROW_ASSIGN_OR_RAISE(const auto result,
                        AdoptFiles(*opened.catalog, opened.name(), paths, adopt));
  if (options.dry_run && !result.commit.already_done) {
    return PrintDryRun(result, opened.name(), context, options.commit.format);
  }
  CommitReport report;
  report.operation = "append";
  report.sentence = CommitSentenceOf(result, opened.name());
  report.files_added = result.files_added;
  report.rows_added = result.rows_added;
  report.more = {{"files_skipped", Fact::Count(result.files_skipped)},
                 {"name_mapping_changed", Fact::Flag(result.name_mapping_changed)}};
  return PrintCommit(context, report, result.commit, watch.ElapsedMs(), options.commit.format);
}

}  // namespace artemis
