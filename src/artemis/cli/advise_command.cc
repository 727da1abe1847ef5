// artemis-table advise.
#include "artemis/cli/advise_command.h"

#include <algorithm>
#include <array>
#include <cmath>
#include <cstdio>
#include <memory>

#include "artemis/advise/bench_report.h"
#include "artemis/base/json_text.h"
#include "artemis/base/progress.h"
#include "artemis/cli/opened_table.h"
#include "artemis/cli/partition_bench_command.h"

namespace artemis {

namespace {

constexpr size_t kCandidatesShown = 12;
constexpr size_t kSkippedNotes = 10;

Fact ShareOf(double share) {
  std::array<char, 32> json;
  std::snprintf(json.data(), json.size(), "%.9g", share);
  const double scaled = share * 1e12;
  return Fact::Json(SharePercent(std::llround(scaled), 1'000'000'000'000), json.data());
}

Fact NumberFact(double value) {
  std::array<char, 32> text;
  std::snprintf(text.data(), text.size(), "%.1f", value);
  return Fact::Json(text.data(), JsonNumber(value));
}

// A text as one word of a POSIX shell.
std::string ShellWord(const std::string& text) {
  std::string word = "'";
  for (const char c : text) {
    if (c == '\'') {
      word += "'\\''";
    } else {
      word += c;
    }
  }
  return word + "'";
}

class AdvicePrinter {
 public:
  AdvicePrinter(const OpenedTable& opened, const LayoutAdvice& advice)
      : name_(opened.name().ToString()),
        schema_(opened.metadata().CurrentSchema()),
        properties_(opened.metadata().properties),
        advice_(advice) {}

  std::string Text() const {
    std::string text = Judged() + "\n\nThe columns that the log tests:\n" + Columns().ToText();
    text +=
        "\nLayouts, by what a query reads on average (kept: share of the table's bytes and "
        "files):\n" +
        Candidates(kCandidatesShown).ToText();
    if (advice_.tried.size() > kCandidatesShown) {
      text += "and " + GroupDigits(std::ssize(advice_.tried) - std::ssize(ShownRows())) +
              " others; --format json lists all\n";
    }
    return text + "\n" + Verdict();
  }

  FactRecord Facts() const {
    FactRecord facts;
    facts.Add("table", Fact::Text(name_));
    facts.Add("queries", Fact::Count(advice_.queries));
    facts.Add("skipped_count", Fact::Count(advice_.skipped_count));
    facts.Add("table_rows", Fact::Count(advice_.table_rows));
    facts.Add("table_bytes", Fact::Bytes(advice_.table_bytes));
    facts.Add("table_files", Fact::Count(advice_.table_files));
    facts.Add("sample_rows", Fact::Count(advice_.sample_rows));
    facts.Add("sample_files", Fact::Count(advice_.sample_files));
    facts.Add("target_file_bytes", Fact::Bytes(advice_.sizes.target_bytes));
    facts.Add("target_is_assumed", Fact::Flag(advice_.target_is_assumed));
    facts.Add("rows_per_file", NumberFact(advice_.rows_per_file));
    facts.AddTable("columns", Columns());
    facts.AddTable("candidates", Candidates(advice_.tried.size()));
    facts.Add("as_is", Fact::Json("", AsIs().ToJson()));
    facts.Add("keeps_today", Fact::Flag(advice_.keeps_today));
    facts.Add("proposal", Fact::Json("", Proposal().ToJson()));
    FactTable skipped;
    skipped.keys = {"line", "reason"};
    for (const auto& line : advice_.skipped) {
      skipped.rows.push_back({Fact::Count(line.line), Fact::Text(line.reason)});
    }
    facts.AddTable("skipped_lines", skipped);
    return facts;
  }

 private:
  const TriedLayout& best() const { return advice_.tried[advice_.best]; }
  std::string SpecText(const TriedLayout& layout) const {
    return PartitionText(layout.candidate.spec, schema_);
  }
  std::string RowsText(const TriedLayout& layout) const {
    return OrderText(layout.candidate.order, schema_);
  }
  std::string Described(const TriedLayout& layout) const {
    const std::string spec = SpecText(layout), order = RowsText(layout);
    return (spec.empty() ? "no partitions" : "partitions by " + spec) + ", " +
           (order.empty() ? "no order" : "rows by " + order);
  }

  std::string Judged() const {
    std::string text = name_ + ": " + GroupDigits(advice_.table_rows) + " rows, " +
                       HumanBytes(advice_.table_bytes) + " in " +
                       CountOf(advice_.table_files, "file") + "; judged by " +
                       GroupDigits(advice_.queries) + " queries on " +
                       (advice_.sample_rows == advice_.table_rows
                            ? std::string("all rows")
                            : GroupDigits(advice_.sample_rows) + " sampled rows") +
                       ", in files of " + HumanBytes(advice_.sizes.target_bytes);
    if (advice_.target_is_assumed) {
      text += " (assumed, as the table does not say: --target-file-size)";
    }
    if (advice_.rows_per_file < kRowsPerFileLeast) {
      text += "\nThe sample is thin, " + NumberFact(advice_.rows_per_file).text() +
              " rows to a file, and flatters every layout: give more --sample-rows";
    }
    return text;
  }

  FactTable Columns() const {
    FactTable table;
    table.keys = {"column", "queries", "equality", "range", "prefix", "distinct", "selectivity"};
    for (const auto& use : advice_.columns) {
      table.rows.push_back({Fact::Text(use.name), Fact::Count(use.any), Fact::Count(use.equality),
                            Fact::Count(use.range), Fact::Count(use.prefix),
                            Fact::Count(use.distinct), ShareOf(use.selectivity)});
    }
    return table;
  }

  // The first few, and the two that are spoken of.
  std::vector<size_t> ShownRows(size_t count = kCandidatesShown) const {
    std::vector<size_t> shown;
    for (size_t i = 0; i < advice_.tried.size(); ++i) {
      if (i < count || i == advice_.best || advice_.today == i) shown.push_back(i);
    }
    return shown;
  }

  FactTable Candidates(size_t count) const {
    FactTable table;
    table.keys = {"",           "partition", "order",       "bytes_share", "files_share",
                  "cost_bytes", "files",     "small_files", "partitions",  "bytes",
                  "measured",   "is_today",  "is_proposed"};
    table.keys[0] = "note";
    table.text_only = {"note"};
    table.json_only = {"bytes", "measured", "is_today", "is_proposed"};
    for (const size_t i : ShownRows(count)) {
      const auto& layout = advice_.tried[i];
      const bool today = advice_.today == i, proposed = i == advice_.best;
      const auto cost = static_cast<int64_t>(layout.score.cost_bytes());
      table.rows.push_back({Fact::Text(std::string(proposed ? ">" : "") + (today ? "today" : "")),
                            Fact::Text(SpecText(layout)), Fact::Text(RowsText(layout)),
                            ShareOf(layout.score.bytes_share()),
                            ShareOf(layout.score.files_share()), Fact::Bytes(cost),
                            Fact::Count(layout.score.total.files), Fact::Count(layout.small_files),
                            Fact::Count(layout.partitions), Fact::Bytes(layout.score.total.bytes),
                            Fact::Flag(i < advice_.finalists), Fact::Flag(today),
                            Fact::Flag(proposed)});
    }
    return table;
  }

  FactRecord AsIs() const {
    FactRecord facts;
    facts.Add("bytes_share", ShareOf(advice_.as_is.bytes_share()));
    facts.Add("files_share", ShareOf(advice_.as_is.files_share()));
    facts.Add("files", Fact::Count(advice_.as_is.total.files));
    facts.Add("bytes", Fact::Bytes(advice_.as_is.total.bytes));
    return facts;
  }

  std::vector<std::string> Commands() const {
    if (advice_.keeps_today) return {};
    const std::string alter = "artemis-table alter " + ShellWord(name_) + " ";
    std::vector<std::string> commands;
    const auto target = std::to_string(advice_.sizes.target_bytes);
    const auto known = properties_.find("write.target-file-size-bytes");
    if (known == properties_.end() || known->second != target) {
      commands.push_back(alter + "set-property write.target-file-size-bytes=" + target);
    }
    const TriedLayout* today = advice_.today ? &advice_.tried[*advice_.today] : nullptr;
    if (today == nullptr || !PartitionsAlike(today->candidate.spec, best().candidate.spec)) {
      commands.push_back(alter + "set-partition " + ShellWord(SpecText(best())));
    }
    if (today == nullptr || RowsText(*today) != RowsText(best())) {
      commands.push_back(alter + "set-sort " + ShellWord(RowsText(best())));
    }
    return commands;
  }

  FactRecord Proposal() const {
    FactRecord facts;
    facts.Add("partition", Fact::Text(SpecText(best())));
    facts.Add("order", Fact::Text(RowsText(best())));
    facts.Add("bytes_share", ShareOf(best().score.bytes_share()));
    facts.Add("files_share", ShareOf(best().score.files_share()));
    std::string commands;
    for (const auto& command : Commands()) {
      commands += (commands.empty() ? "" : ",") + JsonString(command);
    }
    facts.Add("commands", Fact::Json("", "[" + commands + "]"));
    return facts;
  }

  std::string Verdict() const {
    const std::string as_is = ShareOf(advice_.as_is.bytes_share()).text();
    const std::string predicted = ShareOf(best().score.bytes_share()).text();
    if (advice_.keeps_today) {
      std::string text = "Today's layout is already the best (" + Described(best()) +
                         "): a query reads " + as_is + " of the table's bytes.\n";
      if (advice_.as_is.bytes_share() > best().score.bytes_share() * 1.1) {
        text += "Its files are not all laid out so yet; rewritten, a query would read " +
                predicted + ".\n";
      }
      return text;
    }
    std::string text = "Proposed: " + Described(best()) + ". A query then reads " + predicted +
                       " of the table's bytes, of the files as they are " + as_is + ".\n";
    for (const auto& command : Commands()) text += "  " + command + "\n";
    return text + "This holds for new files; rows that are there must be written again.\n";
  }

  const std::string name_;
  const Schema& schema_;
  const std::map<std::string, std::string>& properties_;
  const LayoutAdvice& advice_;
};

arrow::Result<LayoutAdvice> Advise(const AdviseCommandOptions& options, const OpenedTable& opened,
                                   CommandContext& context) {
  ARROW_ASSIGN_OR_RAISE(const auto log, ReadQueryLog(options.queries, context));
  TableView view;
  view.metadata = opened.table.metadata;
  view.snapshot_id = opened.metadata().current_snapshot_id;
  view.schema = std::make_shared<Schema>(opened.metadata().CurrentSchema());
  ProgressLine sampling(context.common().progress, "sample");
  ProgressLine trying(context.common().progress, "advise");
  AdviseOptions advise = options.advise;
  advise.stop = advise.sample.stop = context.stop();
  advise.sample.progress = [&](int64_t done, int64_t total) {
    sampling.Update(done, total, "rows");
    if (done == total) sampling.Finish();
  };
  advise.progress = [&](int64_t done, int64_t total) { trying.Update(done, total, "layouts"); };
  return AdviseLayout(log, view, context.files(), advise);
}

}  // namespace

arrow::Status RunAdvise(const AdviseCommandOptions& options, CommandContext& context) {
  ARROW_ASSIGN_OR_RAISE(const auto opened, OpenTableToRead(context, options.table));
  ARROW_ASSIGN_OR_RAISE(const auto advice, Advise(options, opened, context));
  for (size_t i = 0; i < std::min(advice.skipped.size(), kSkippedNotes); ++i) {
    context.Note("skipped line " + std::to_string(advice.skipped[i].line) + ": " +
                 advice.skipped[i].reason);
  }
  if (advice.skipped_count > 0) {
    context.Note(CountOf(advice.skipped_count, "line") + " of the log skipped");
  }
  const AdvicePrinter printer(opened, advice);
  if (options.format == FactFormat::kText) return context.Print(printer.Text());
  return context.Print(printer.Facts(), options.format);
}

}  // namespace artemis
