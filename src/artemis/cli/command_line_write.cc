// The commands that write rows: artemis-write, artemis telemetry and those of artemis-table.
#include <chrono>
#include <cstdint>

#include "artemis/base/iso_time.h"
#include "artemis/cli/append_command.h"
#include "artemis/cli/command_line_builder.h"
#include "artemis/cli/commit_command.h"
#include "artemis/cli/rewrite_command.h"
#include "artemis/cli/synth_command.h"
#include "artemis/cli/telemetry_command.h"
#include "artemis/cli/write_command.h"

namespace artemis {

namespace {

std::chrono::sys_days ParseDay(const std::string& text) {
  const auto day = ParseIsoTime(text);
  if (!day || day->has_time || day->days < INT32_MIN || day->days > INT32_MAX) {
    throw CLI::ValidationError("'" + text + "' is no day: expected a date such as 2024-03-11");
  }
  return std::chrono::sys_days(std::chrono::days(static_cast<int32_t>(day->days)));
}

void AddFirstDay(CLI::App& app, std::chrono::sys_days* day, const std::string& help) {
  app.add_option_function<std::string>(
         "--first-day", [day](const std::string& text) { *day = ParseDay(text); }, help)
      ->type_name("DATE");
}

void AddRewriteMode(CLI::App& app, RewriteMode* mode) {
  AddChoice<RewriteMode>(
      app, "--mode",
      "How rows leave a file that keeps others: the file is written anew, or a "
      "delete file says which rows are gone (write.delete.mode)",
      {{"copy-on-write", RewriteMode::kCopyOnWrite}, {"merge-on-read", RewriteMode::kMergeOnRead}},
      [mode](RewriteMode chosen) { *mode = chosen; });
}

// Of commands that take rows from files.
void AddInput(CLI::App& app, InputOptions* input) {
  AddChoice<InputFormat>(app, "--format-in", "The format of the input (auto: told by itself)",
                         {{"auto", InputFormat::kAuto},
                          {"arrow", InputFormat::kArrow},
                          {"parquet", InputFormat::kParquet},
                          {"jsonl", InputFormat::kJsonLines},
                          {"csv", InputFormat::kCsv}},
                         [input](InputFormat chosen) { input->format = chosen; });
  app.add_option("--rejects", input->rejects,
                 "Set bad lines of text aside in this new file, as they are; else the first one "
                 "ends the command")
      ->type_name("FILE");
  app.add_option("--rejects-max", input->rejects_max, "More bad lines than this end the command")
      ->check(CountFromZero())
      ->type_name("N");
  app.add_flag("--ignore-unknown", input->ignore_unknown,
               "Leave out columns of text that the schema does not have");
  AddChoice<arrow::TimeUnit::type>(
      app, "--epoch-unit",
      "Unit of times that are numbers (what the column's name ends with, such as _ns, else the "
      "column's own)",
      {{"s", arrow::TimeUnit::SECOND},
       {"ms", arrow::TimeUnit::MILLI},
       {"us", arrow::TimeUnit::MICRO},
       {"ns", arrow::TimeUnit::NANO}},
      [input](arrow::TimeUnit::type chosen) { input->epoch_unit = chosen; });
  AddChoice<BinaryText>(app, "--binary", "How text spells bytes (hex)",
                        {{"hex", BinaryText::kHex}, {"base64", BinaryText::kBase64}},
                        [input](BinaryText chosen) { input->binary = chosen; });
  app.add_option_function<std::string>(
         "--delimiter",
         [input](const std::string& text) {
           const std::string delimiter = text == "\\t" ? "\t" : text;
           if (delimiter.size() != 1 || delimiter == "\"" || delimiter == "\n" ||
               delimiter == "\r") {
             throw CLI::ValidationError("'" + text + "' is no delimiter: expected one character");
           }
           input->delimiter = delimiter[0];
         },
         "Between the fields of CSV (,); \\t is a tab")
      ->type_name("CHAR");
  app.add_option_function<std::string>(
         "--line-bytes-max",
         [input](const std::string& text) { input->line_bytes_max = ParseByteCount(text); },
         "Longer lines end the command (64MiB)")
      ->type_name("SIZE");
}

}  // namespace

void SetUpTelemetry(CommandBuilder& builder, CLI::App& app) {
  app.description("Make synthetic mission telemetry as an Arrow stream, or queries of it");
  auto [command, options] = builder.Runs(
      app,
      "artemis telemetry --rows 1000000 --seed 7 --missions 3 --days 7 > rows.arrow\n"
      "  artemis telemetry --query-log 3200 --seed 7 --missions 3 --days 7 > queries.tsv",
      RunTelemetry);
  auto& made = options.generator;
  auto* rows = command.add_option("--rows", options.rows, "Rows in all")->type_name("N");
  auto* log = command.add_option("--query-log", options.query_log,
                                 "Instead of rows, queries that analysts might ask of them: one a "
                                 "line, its id, predicate as JSON and columns parted by tabs");
  log->type_name("N")->excludes(rows);
  command.add_option("--seed", made.seed, "The same seed makes the same rows (0)")->type_name("S");
  command.add_option("--missions", made.missions, "Missions (3)")->type_name("M");
  command.add_option("--days", made.days, "Days (7)")->type_name("D");
  AddFirstDay(command, &made.first_day, "The first day, from midnight UTC (2024-03-11)");
  command.add_option("--hold", made.hold, "Frames a slow channel holds its value; 1: none (10)")
      ->type_name("N")
      ->excludes(log);
  command.add_flag("--nanos", made.nanos, "Timestamps that are not whole microseconds")
      ->excludes(log);
  AddRowOutput(command, &options.output, "arrow (default), parquet, csv, json, jsonl, table");
  command.get_option("--format")->excludes(log);
}

void SetUpWrite(CommandBuilder& builder, CLI::App& app) {
  app.description("Write rows to one archive Parquet file");
  auto [command, options] = builder.Runs(
      app,
      "artemis-write rows.arrow -o rows.parquet --encoding notes=plain\n"
      "  artemis-write --from-jsonl old/*.jsonl.gz --canonical --rejects bad.jsonl -o old.parquet",
      RunWrite);
  command
      .add_option(
          "IN", options.inputs,
          "Files of Arrow IPC, Parquet, JSON lines or CSV, or folders of them; - is standard "
          "input (-)")
      ->type_name("");
  command.add_option("-o,--output", options.output, "The Parquet file to write")
      ->required()
      ->type_name("FILE");
  command.add_flag("--overwrite", options.overwrite, "Replace a file that is there");
  command.add_flag_callback(
      "--from-jsonl", [&options = options] { options.input.format = InputFormat::kJsonLines; },
      "The input is JSON lines, plain or packed; the same as --format-in jsonl");
  command.add_flag_callback(
      "--from-csv", [&options = options] { options.input.format = InputFormat::kCsv; },
      "The input is CSV, plain or packed; the same as --format-in csv");
  command
      .add_option("--schema", options.schema_file,
                  "The columns of text: a schema as JSON, as Iceberg writes it")
      ->type_name("FILE.json");
  command.add_flag("--canonical", options.canonical,
                   "The columns of text are those of artemis telemetry");
  AddInput(command, &options.input);
  command
      .add_option_function<std::string>(
          "--row-group-bytes",
          [&bytes = options.row_group_bytes](const std::string& text) {
            bytes = ParseByteCount(text);
          },
          "Encoded bytes of a row group (128MiB)")
      ->type_name("SIZE");
  command.add_option("--level", options.level, "Compression level of zstd (3)")
      ->check(CLI::Range(1, 22))
      ->type_name("1-22");
  command
      .add_option("--encoding", options.encodings,
                  "COLUMN=ENCODING: auto, dictionary, plain, delta, byte_stream_split, "
                  "delta_byte_array; auto alone is for all other columns; may be repeated")
      ->allow_extra_args(false)
      ->type_name("COL=ENC|auto");
  command
      .add_option("--bloom-filter", options.bloom_filters,
                  "A bloom filter for this column; may be repeated")
      ->allow_extra_args(false)
      ->type_name("COL");
  command.add_option("--threads", options.threads, "Columns encoded at once; 0: one a core (0)")
      ->check(CLI::Range(0, 256))
      ->type_name("N");
  command.add_flag("--iceberg", options.iceberg, "Types and field ids of a table");
  AddChoice<bool>(command, "--timestamps", "With --iceberg: how nanoseconds are stored (micros)",
                  {{"micros", false}, {"nanos", true}},
                  [&nanos = options.nanos](bool chosen) { nanos = chosen; });
  AddTruncate(command, &options.truncate_timestamps);
  AddFactFormat(command, &options.format);
}

void SetUpRowCommands(CommandBuilder& builder, CLI::App& table) {
  auto [append, append_options] =
      builder.Add(table, "append", "Add rows from files, in one commit",
                  "artemis-table append sda.observations monday.arrow tuesday.parquet\n"
                  "  artemis-table append sda.observations archive/ --rejects bad.jsonl",
                  RunAppend);
  AddTable(append, &append_options.table);
  append
      .add_option(
          "FILE", append_options.inputs,
          "Files of Arrow IPC, Parquet, JSON lines or CSV, the last two also as .gz or .zst, "
          "or folders of them; - is standard input")
      ->required()
      ->type_name("");
  AddInput(append, &append_options.input);
  AddTruncate(append, &append_options.truncate_timestamps);
  append
      .add_option("--temp-dir", append_options.temp_dir,
                  "Where rows wait that are to be sorted and do not fit in memory ($TMPDIR, /tmp)")
      ->type_name("DIR");
  AddCommit(append, &append_options.commit);

  auto [commit, commit_options] = builder.Add(
      table, "commit", "Add existing Parquet files as they are, in one commit",
      "find /archive -name '*.parquet' | artemis-table commit sda.observations", RunCommitFiles);
  AddTable(commit, &commit_options.table);
  commit
      .add_option("PATH", commit_options.paths,
                  "Files, and folders with all their *.parquet; without any, or with -, paths come "
                  "from standard input, one a line")
      ->type_name("");
  commit.add_flag("--skip-existing", commit_options.skip_existing,
                  "Leave out files that the table holds already, instead of refusing them");
  commit.add_flag("--dry-run", commit_options.dry_run,
                  "Check every file and say what would be done; commit nothing");
  AddCommit(commit, &commit_options.commit);

  auto [overwrite, overwrite_options] = builder.Add(
      table, "overwrite", "Replace the rows that match by those of files, in one commit",
      "artemis-table overwrite sda.observations fixed.arrow --where \"mission_id = 'apollo-7'\"",
      RunOverwrite);
  AddTable(overwrite, &overwrite_options.table);
  overwrite.add_option("FILE", overwrite_options.inputs, "The rows that enter, as for append")
      ->required()
      ->type_name("");
  AddWhere(overwrite, &overwrite_options.where)->required();
  AddTruncate(overwrite, &overwrite_options.truncate_timestamps);
  AddRewriteMode(overwrite, &overwrite_options.mode);
  AddCommit(overwrite, &overwrite_options.commit);

  auto [remove, remove_options] =
      builder.Add(table, "delete", "Remove the rows that match",
                  "artemis-table delete sda.observations --where 'quality_flag <> 0'", RunDelete);
  AddTable(remove, &remove_options.table);
  AddWhere(remove, &remove_options.where)->required();
  AddRewriteMode(remove, &remove_options.mode);
  AddCommit(remove, &remove_options.commit);
}

void SetUpSynth(CommandBuilder& builder, CLI::App& table) {
  auto [command, options] = builder.Add(
      table, "synth", "Make a table of metadata alone, to measure planning: its files do not exist",
      "artemis-table synth sda.big --files 250000 --missions 74 --days 540", RunSynth);
  AddTable(command, &options.table);
  auto& made = options.generator;
  command.add_option("--files", made.files, "Data files named (250000)")->type_name("N");
  command.add_option("--missions", made.missions, "Missions (74)")->type_name("M");
  command.add_option("--days", made.days, "Days; a partition is one of one mission (540)")
      ->type_name("D");
  AddFirstDay(command, &made.first_day, "The first day (2023-01-01)");
  command.add_flag_callback(
      "--unclustered", [&made] { made.clustered_files = false; },
      "Every file has nearly all payloads, instead of one part of them");
  command.add_flag_callback(
      "--scattered", [&made] { made.clustered_manifests = false; },
      "Manifests hold files of any partition, as many small commits leave them");
  command.add_option("--files-per-manifest", made.files_per_manifest, "Files in a manifest (5000)")
      ->type_name("N");
  AddChoice<AvroCodec>(command, "--manifest-codec",
                       "How manifests are compressed: gzip (default), zstd, snappy or none",
                       {{"gzip", AvroCodec::kDeflate},
                        {"zstd", AvroCodec::kZstandard},
                        {"snappy", AvroCodec::kSnappy},
                        {"none", AvroCodec::kNull}},
                       [&made](AvroCodec codec) { made.codec = codec; });
  command.add_option("--seed", made.seed, "The same seed makes the same table (1)")->type_name("S");
  AddAuthor(command, &options.commit);
}

}  // namespace artemis
