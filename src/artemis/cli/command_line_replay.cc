// artemis-replay, partition-bench and artemis-table advise, which never change a table.
#include "artemis/cli/advise_command.h"
#include "artemis/cli/command_line_builder.h"
#include "artemis/cli/partition_bench_command.h"
#include "artemis/cli/replay_diff_command.h"
#include "artemis/cli/replay_inspect_command.h"
#include "artemis/cli/replay_query_command.h"
#include "artemis/cli/replay_verify_command.h"

namespace artemis {

namespace {

void AddReplayRows(CLI::App& app, ReplayRowOptions* rows) {
  AddWhere(app, &rows->where);
  app.add_option("--columns", rows->columns, "Only these columns: a,b")
      ->delimiter(',')
      ->allow_extra_args(false)
      ->type_name("COLUMNS");
  app.add_option("--limit", rows->limit, "At most this many rows")
      ->check(CountFromZero())
      ->type_name("N");
  app.add_option("--threads", rows->threads, "Files decoded at once (2)")
      ->check(CLI::Range(1, 256))
      ->type_name("N");
  AddRowOutput(app, &rows->output, "table (default), arrow, parquet, csv, json, jsonl, markdown");
}

void AddDeadline(CLI::App& app, std::optional<double>* deadline_s) {
  app.add_option("--deadline", *deadline_s, "Give up after so many seconds")->type_name("SECONDS");
}

// Several tables, and pins that are written down or taken from where they were.
void AddPins(CLI::App& app, ReplayQueryOptions* options) {
  app.add_option("--tables", options->tables,
                 "Instead of NAME: several tables at one instant, a,b; rows go to -o DIR/")
      ->delimiter(',')
      ->allow_extra_args(false)
      ->type_name("NAMES");
  app.add_option("--pins", options->pins, "Read the states that a pin manifest names")
      ->type_name("FILE");
  app.add_option("--save-pins", options->save_pins, "Write a pin manifest, for --pins")
      ->type_name("FILE");
}

void AddEvidence(CLI::App& app, ReplayQueryOptions* options) {
  app.add_option("--evidence", options->evidence,
                 "Write a record of what was read, for artemis-replay verify")
      ->type_name("FILE");
  app.add_flag("--evidence-full", options->evidence_full,
               "Hash every file whole, not just its footer");
}

void SetUpReplayQuery(CommandBuilder& builder, CLI::App& replay) {
  auto [command, options] =
      builder.Add(replay, "query", "Print the rows of a table as they stood at a moment",
                  "artemis-replay query sda.observations --at -2h \\\n"
                  "    --where \"mission_id = 'apollo-7' AND temperature_c > 40\" --limit 20\n"
                  "  artemis-replay query sda.observations --at -2h --ordered \\\n"
                  "    -o rows/ --max-file-bytes 1GiB --evidence rows.json\n"
                  "  artemis-replay query --tables sda.observations,sda.passes --at -2h \\\n"
                  "    --format json > pins.json",
                  RunReplayQuery);
  command.add_option("NAME", options.rows.table, kTableHelp)->type_name("");
  AddPins(command, &options);
  AddTarget(command, &options.target, &options.rows.timezone);
  AddReplayRows(command, &options.rows);
  command
      .add_option_function<std::string>(
          "--max-file-bytes",
          [&bytes = options.rows.output.max_file_bytes](const std::string& text) {
            bytes = ParseByteCount(text);
          },
          "With -o DIR/: begin another file at about this size")
      ->type_name("SIZE");
  AddChoice<bool>(command, "--mode", "Whose columns: the snapshot's (default) or today's",
                  {{"snapshot_time", false}, {"current", true}},
                  [&current = options.current_schema](bool chosen) { current = chosen; });
  command.add_flag("--ordered", options.ordered,
                   "Rows by time, or by another column: --ordered=COLUMN");
  command.add_flag("--explain", options.explain, "Print what would be read, and why");
  AddDeadline(command, &options.deadline_s);
  AddEvidence(command, &options);
}

void SetUpReplayVerify(CommandBuilder& builder, CLI::App& replay) {
  auto [command, options] = builder.Add(
      replay, "verify", "Say whether a table still answers as a record of evidence says",
      "artemis-replay query sda.observations --at -2h --evidence e.json -o rows.parquet\n"
      "  artemis-replay verify e.json",
      RunReplayVerify);
  command.add_option("FILE", options.evidence, "A record that query --evidence wrote")
      ->required()
      ->type_name("");
  command.add_option("--threads", options.threads, "Files read at once (2)")
      ->check(CLI::Range(1, 256))
      ->type_name("N");
  AddDeadline(command, &options.deadline_s);
  AddFactFormat(command, &options.format);
}

void SetUpReplayDiff(CommandBuilder& builder, CLI::App& replay) {
  auto [command, options] = builder.Add(
      replay, "diff", "Print what each commit from one moment to another changed",
      "artemis-replay diff sda.observations --from -2h --to now --net --limit 20", RunReplayDiff);
  AddTable(command, &options.rows.table);
  command.add_option("--from", options.from.at, kTimeHelp)->type_name("TIME");
  command.add_option("--from-snapshot", options.from.snapshot, "The older end, by its id")
      ->type_name("ID");
  command.add_option("--from-ref", options.from.ref, "The older end: a branch or tag")
      ->type_name("NAME");
  command.add_option("--to", options.to.at, "The newer end (now)")->type_name("TIME");
  command.add_option("--to-snapshot", options.to.snapshot, "The newer end, by its id")
      ->type_name("ID");
  command.add_option("--to-ref", options.to.ref, "The newer end: a branch or tag")
      ->type_name("NAME");
  AddTimezone(command, &options.rows.timezone);
  AddReplayRows(command, &options.rows);
  command.add_flag("--net", options.net, "Compare the two states alone, not commit by commit");
  AddChoice<DiffProjection>(
      command, "--project",
      "Whose columns: the older end's, the newer's (default), today's, or both ends' side by side",
      {{"old", DiffProjection::kOld},
       {"new", DiffProjection::kNew},
       {"current", DiffProjection::kCurrent},
       {"both", DiffProjection::kBoth}},
      [&project = options.project](DiffProjection chosen) { project = chosen; });
  command.add_flag("--explain", options.explain,
                   "Print the commits, files and columns that differ; no rows are read");
  command
      .add_option_function<std::string>(
          "--memory-limit",
          [&bytes = options.memory_bytes](const std::string& text) {
            bytes = ParseByteCount(text);
          },
          "Rows that wait to be compared, beyond which they go to disk (256MiB)")
      ->type_name("SIZE");
  command
      .add_option("--temp-dir", options.temp_folder,
                  "Where they go then, in a file without a name ($TMPDIR, /tmp)")
      ->type_name("DIR");
}

void AddQueryLog(CLI::App& command, std::string* path) {
  command
      .add_option("--queries", *path,
                  "Queries, one a line: id, predicate as JSON and columns, parted by tabs; - is "
                  "standard input")
      ->required()
      ->type_name("LOG.tsv");
}

}  // namespace

void SetUpReplay(CommandBuilder& builder, CLI::App& app) {
  app.description("Read tables as they stood at any moment; never changes anything");
  app.require_subcommand(1);
  app.footer("Example:\n  artemis-replay query sda.observations --at 2024-03-15T07:00:00Z");
  SetUpReplayQuery(builder, app);
  SetUpReplayDiff(builder, app);
  SetUpReplayVerify(builder, app);
  auto [inspect, options] =
      builder.Add(app, "inspect", "Say what was in force at a moment",
                  "artemis-replay inspect sda.observations --at -2h", RunReplayInspect);
  AddTable(inspect, &options.table);
  AddTarget(inspect, &options.target, &options.timezone);
  AddFactFormat(inspect, &options.format);
}

void SetUpPartitionBench(CommandBuilder& builder, CLI::App& app) {
  app.description("Measure how much of a table a log of queries opens, at each pass of planning");
  auto [command, options] =
      builder.Runs(app,
                   "artemis telemetry --query-log 3200 --seed 1 > log.tsv\n"
                   "  partition-bench sda.observations --queries log.tsv --report bench.md",
                   RunPartitionBenchCommand);
  AddTable(command, &options.table);
  AddQueryLog(command, &options.queries);
  command
      .add_option("--against", options.against,
                  "Another table that the same queries are planned on")
      ->type_name("TABLE");
  command.add_option("--report", options.report, "A report in Markdown, with charts beside it")
      ->type_name("OUT.md");
  command.add_option("--json", options.json, "What was kept, query by query; - is standard output")
      ->type_name("OUT.json");
  AddTarget(command, &options.target, &options.timezone);
  command.add_flag("--row-groups", options.bench.row_groups,
                   "Read footers and count row groups too; metadata-only tables have none");
  AddChoice<UnclusteredModel>(
      command, "--unclustered",
      "Which rows the files of the unclustered table hold: the next to arrive (default), or any",
      {{"arrival", UnclusteredModel::kArrival}, {"random", UnclusteredModel::kRandom}},
      [&model = options.bench.unclustered](UnclusteredModel chosen) { model = chosen; });
  command
      .add_option("--threads", options.bench.threads, "Manifests read at once; 0: one a core (0)")
      ->check(CLI::Range(0, 256))
      ->type_name("N");
  AddFactFormat(command, &options.format);
}

void SetUpAdvise(CommandBuilder& builder, CLI::App& table) {
  auto [command, options] =
      builder.Add(table, "advise", "Propose partitioning and clustering for a log of queries",
                  "artemis telemetry --query-log 3200 --seed 1 > log.tsv\n"
                  "  artemis-table advise sda.observations --queries log.tsv",
                  RunAdvise);
  AddTable(command, &options.table);
  AddQueryLog(command, &options.queries);
  command
      .add_option("--sample-rows", options.advise.sample.rows_max,
                  "Rows that layouts are tried on (300000)")
      ->check(CLI::Range(int64_t{1'000}, int64_t{1'000'000'000}))
      ->type_name("N");
  command
      .add_option_function<std::string>(
          "--target-file-size",
          [&bytes = options.advise.target_file_bytes](const std::string& text) {
            bytes = ParseByteCount(text);
          },
          "How large files are to be (the table's write.target-file-size-bytes)")
      ->type_name("SIZE");
  command.add_option("--threads", options.advise.threads, "Layouts tried at once (2)")
      ->check(CLI::Range(1, 256))
      ->type_name("N");
  AddFactFormat(command, &options.format);
}

}  // namespace artemis
