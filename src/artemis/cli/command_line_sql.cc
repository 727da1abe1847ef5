// artemis-sql.
#include "artemis/cli/command_line_builder.h"
#include "artemis/cli/sql_command.h"

namespace artemis {

void SetUpSql(CommandBuilder& builder, CLI::App& app) {
  app.description("Query the tables of a catalog in SQL, at any moment, and change them");
  auto [command, options] =
      builder.Runs(app,
                   "artemis-sql --query \"SELECT mission_id, max(temperature_c) "
                   "FROM artemis.sda.observations\n"
                   "    AS OF TIMESTAMP '2024-03-15T07:00:00Z' GROUP BY 1\"",
                   RunSql);
  command
      .add_option("-c,-q,--query", options.query,
                  "Statements, parted by semicolons; also dot commands (.help)")
      ->type_name("SQL");
  command.add_option("-f,--file", options.file, "A file of statements; - is standard input")
      ->type_name("FILE");
  command
      .add_option("--init", options.init_file,
                  "Statements and dot commands to begin with (~/.artemisrc, at a prompt only)")
      ->type_name("FILE");
  command.add_flag("--no-init", options.no_init, "Begin without ~/.artemisrc");
  AddTimezone(command, &options.timezone);
  command
      .add_option_function<std::string>(
          "--memory-limit",
          [&bytes = options.memory_limit_bytes](const std::string& text) {
            bytes = ParseByteCount(text);
          },
          "Buffers of a query, beyond which it spills to disk (2GiB)")
      ->type_name("SIZE");
  command
      .add_option_function<std::string>(
          "--temp-limit",
          [&bytes = options.temp_limit_bytes](const std::string& text) {
            bytes = ParseByteCount(text);
          },
          "What may be spilled at once (most of what the disk has left)")
      ->type_name("SIZE");
  command
      .add_option("--temp-folder", options.temp_folder,
                  "Where to spill (artemis-sql in the system's temporary folder)")
      ->type_name("DIR");
  command
      .add_option("--statement-timeout", options.statement_timeout_ms,
                  "How long a statement may take, in milliseconds; 0: no limit (0)")
      ->check(CLI::Range(int64_t{0}, int64_t{86'400'000}))
      ->type_name("MS");
  command.add_option("--threads", options.threads, "Threads of a query; 0: one a core (0)")
      ->check(CLI::Range(0, 256))
      ->type_name("N");
  command.add_flag("--read-only", options.read_only, "Refuse statements that would change tables");
  AddRowOutput(command, &options.output,
               "table (default), box, line, csv, tsv, json, jsonl, markdown, arrow, parquet");
}

}  // namespace artemis
