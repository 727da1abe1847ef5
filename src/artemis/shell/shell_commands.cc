// The dot commands of artemis-sql.
#include <algorithm>
#include <charconv>
#include <utility>

#include <arrow/array/builder_binary.h>
#include <arrow/record_batch.h>
#include <arrow/type.h>

#include "artemis/base/clock.h"
#include "artemis/base/near_match.h"
#include "artemis/base/program_error.h"
#include "artemis/base/time_text.h"
#include "artemis/output/cell_text.h"
#include "artemis/output/facts.h"
#include "artemis/output/print.h"
#include "artemis/output/text_table.h"
#include "artemis/shell/completion.h"
#include "artemis/shell/mentions.h"
#include "artemis/shell/screen.h"
#include "artemis/shell/shell.h"
#include "artemis/shell/tables.h"

namespace artemis {

namespace {

// .schema without a table shows them all, where they are not more.
constexpr size_t kSchemasMax = 50;

constexpr char kStatementHelp[] =
    "Statements end with a semicolon, and may take several lines.\n"
    "  SHOW TABLES IN artemis.sda;\n"
    "  SELECT count(*) FROM artemis.sda.observations;\n"
    "  SELECT count(*) FROM artemis.sda.observations AS OF TIMESTAMP '2024-03-15T07:00:00Z';\n"
    "  SELECT * FROM artemis.snapshots('sda.observations');\n\n";
constexpr char kKeysHelp[] =
    "\nTab completes, Up goes back in the statement and in the history, Ctrl-R searches the "
    "history,\n"
    "Ctrl-C stops what runs or forgets what was typed.\n";

std::string QuotedText(const std::string& text) {
  std::string quoted = "'";
  for (const char c : text) {
    if (c == '\'') quoted += '\'';
    quoted += c;
  }
  return quoted + "'";
}

arrow::Result<std::shared_ptr<arrow::RecordBatchReader>> NamesAsRows(
    const std::vector<std::string>& names) {
  arrow::StringBuilder builder;
  ARROW_RETURN_NOT_OK(builder.AppendValues(names));
  ARROW_ASSIGN_OR_RAISE(auto column, builder.Finish());
  auto schema = arrow::schema({arrow::field("table", arrow::utf8())});
  const auto rows = static_cast<int64_t>(names.size());
  return arrow::RecordBatchReader::Make({arrow::RecordBatch::Make(schema, rows, {column})}, schema);
}

// Rows of DESCRIBE: column_name, column_type, null, …
arrow::Result<std::vector<DescribedColumn>> DescribedColumns(SqlSession& session,
                                                             const std::string& table) {
  ARROW_ASSIGN_OR_RAISE(auto rows, session.Execute("DESCRIBE " + table));
  std::vector<DescribedColumn> columns;
  std::shared_ptr<arrow::RecordBatch> batch;
  while (true) {
    ARROW_RETURN_NOT_OK(rows->ReadNext(&batch));
    if (batch == nullptr) return columns;
    for (int64_t row = 0; row < batch->num_rows(); ++row) {
      DescribedColumn column;
      std::string null;
      AppendCellText(*batch->column(0), row, &column.name);
      AppendCellText(*batch->column(1), row, &column.type);
      AppendCellText(*batch->column(2), row, &null);
      column.required = null == "NO";
      columns.push_back(std::move(column));
    }
  }
}

struct MeantTable {
  std::string sql;
  std::optional<TableName> name;  // of one of the catalog
};

// The table that `text` means: of the catalog, with or without "artemis." before it, else whatever DuckDB knows by that name.
MeantTable FindMeantTable(Catalog& catalog, const DefaultSchema& standing,
                          const std::string& text) {
  std::vector<std::string> parts;
  for (const auto& mentioned : MentionedTables("FROM " + text)) parts = mentioned.path;
  if (parts.size() > 1 && AsciiLower(parts[0]) == "artemis") parts.erase(parts.begin());
  if (parts.size() == 1 && standing.database == "artemis")
    parts.insert(parts.begin(), standing.schema);
  if (parts.size() < 2) return {text, std::nullopt};
  std::string space;
  for (size_t i = 0; i + 1 < parts.size(); ++i) space += (i == 0 ? "" : ".") + parts[i];
  if (AsciiLower(parts[0]) == "memory" || AsciiLower(parts[0]) == "temp")
    return {text, std::nullopt};
  TableName name{SplitNamespace(space), parts.back()};
  if (const auto tables = catalog.ListTables(std::nullopt); tables.ok()) {
    for (const auto& each : *tables) {
      if (AsciiLower(each.ToString()) == AsciiLower(name.ToString())) name = each;
    }
  }
  return {"artemis." + QuotedSqlName(name.Namespace()) + "." + QuotedSqlName(name.name), name};
}

}  // namespace

arrow::Status SqlShell::Obey(const ParsedDotCommand& command) {
  switch (command.command) {
    case DotCommand::kAsOf:
      return ObeyAsOf(command);
    case DotCommand::kHelp:
      return ObeyHelp(command);
    case DotCommand::kMaxRows:
      return ObeyMaxRows(command);
    case DotCommand::kMode:
      return ObeyMode(command);
    case DotCommand::kOutput:
      return ObeyOutput(command);
    case DotCommand::kPager:
      return ObeyPager(command);
    case DotCommand::kQuit:
      has_quit_ = true;
      return arrow::Status::OK();
    case DotCommand::kRead:
      return RunFile(command.arguments[0]);
    case DotCommand::kSchema:
      return ShowSchemas(command);
    case DotCommand::kTables:
      return ShowTables(command);
    case DotCommand::kTimer:
      return ObeyTimer(command);
  }
  return arrow::Status::OK();
}

arrow::Status SqlShell::ObeyAsOf(const ParsedDotCommand& command) {
  if (command.arguments.empty()) {
    const auto as_of = inspector_.Setting("artemis.as_of").value_or("");
    return PrintText(as_of.empty() ? "off\n" : Printable(as_of) + "\n");
  }
  std::string time = command.arguments[0];
  if (time.size() > 1 && (time[0] == '\'' || time[0] == '"') && time.back() == time[0]) {
    time = time.substr(1, time.size() - 2);
  }
  if (AsciiLower(time) == "off") return RunQuietly("RESET artemis.as_of");
  const bool is_relative =
      time == "now" || time[0] == '-' || time.find_first_not_of("0123456789") == std::string::npos;
  if (is_relative) {
    const auto moment = ParseTime(time, {world_.clock.Now(), options_.timezone});
    if (!moment.ok()) return AsUsageError(moment.status());
    time = FormatTime(*moment);
  }
  return RunQuietly("SET artemis.as_of = " + QuotedText(time));
}

arrow::Status SqlShell::RunQuietly(const std::string& sql) {
  ARROW_ASSIGN_OR_RAISE(const auto result, session_.Execute(sql));
  return result->Close();
}

arrow::Status SqlShell::ObeyHelp(const ParsedDotCommand& command) {
  if (command.arguments.empty()) {
    return results_.WriteText(kStatementHelp + DotCommandsHelp() + kKeysHelp);
  }
  ARROW_ASSIGN_OR_RAISE(const std::string help, DotCommandHelp(command.arguments[0]));
  return results_.WriteText(help);
}

arrow::Status SqlShell::ObeyMaxRows(const ParsedDotCommand& command) {
  auto& rows_max = results_.options().rows_max;
  if (command.arguments.empty()) {
    return PrintText((rows_max ? std::to_string(*rows_max) : "all") + "\n");
  }
  const std::string& text = command.arguments[0];
  int64_t number = 0;
  const auto read = std::from_chars(text.data(), text.data() + text.size(), number);
  if (AsciiLower(text) == "all") {
    rows_max = std::nullopt;
  } else if (read.ec == std::errc() && read.ptr == text.data() + text.size() && number > 0) {
    rows_max = number;
  } else {
    return UsageError("expected a number of rows from 1, or all, found '" + text + "'");
  }
  return arrow::Status::OK();
}

arrow::Status SqlShell::ObeyMode(const ParsedDotCommand& command) {
  if (command.arguments.empty()) {
    ARROW_ASSIGN_OR_RAISE(const RowFormat format, results_.format());
    return PrintText(NameOf(format) + "\n");
  }
  const std::string mode = AsciiLower(command.arguments[0]);
  std::vector<std::string> names;
  const auto format = ParseRowFormat(mode);
  if (!format.ok()) {
    for (const auto each : kRowFormats) names.push_back(NameOf(each));
    return UsageError(format.status().message() + DidYouMean(mode, names));
  }
  results_.options().output.format = mode;
  return arrow::Status::OK();
}

arrow::Status SqlShell::ObeyOutput(const ParsedDotCommand& command) {
  if (command.arguments.empty()) return results_.SetFile(std::nullopt);
  return results_.SetFile(command.arguments[0]);
}

arrow::Status SqlShell::ObeyPager(const ParsedDotCommand& command) {
  std::string& pager = results_.options().pager;
  if (command.arguments.empty()) {
    return PrintText(pager.empty() ? "off\n" : Printable(pager) + "\n");
  }
  const std::string& text = command.arguments[0];
  const std::string word = AsciiLower(text);
  if (word == "off") {
    pager.clear();
  } else if (word != "on") {
    pager = text;
  } else {
    pager = DefaultPager();
    if (pager.empty())
      return arrow::Status::Invalid("there is no pager: set PAGER, or name a command");
  }
  return arrow::Status::OK();
}

arrow::Status SqlShell::ObeyTimer(const ParsedDotCommand& command) {
  if (command.arguments.empty()) return PrintText(timer_ ? "on\n" : "off\n");
  ARROW_ASSIGN_OR_RAISE(timer_, ParseOnOff(command.arguments[0]));
  return arrow::Status::OK();
}

arrow::Status SqlShell::ShowTables(const ParsedDotCommand& command) {
  const std::string pattern = command.arguments.empty() ? "" : command.arguments[0];
  watch_ = Stopwatch();
  ARROW_ASSIGN_OR_RAISE(const auto names, TableNames(*catalog_, inspector_.LocalTables(), pattern));
  ARROW_ASSIGN_OR_RAISE(const auto rows, NamesAsRows(names));
  ARROW_ASSIGN_OR_RAISE(const auto outcome, results_.Write(*rows, false, nullptr));
  if (options_.interactive) NoteRows(outcome);
  return arrow::Status::OK();
}

arrow::Status SqlShell::ShowSchemas(const ParsedDotCommand& command) {
  std::vector<std::string> tables = command.arguments;
  if (tables.empty()) {
    ARROW_ASSIGN_OR_RAISE(tables, TableNames(*catalog_, inspector_.LocalTables(), ""));
    if (tables.size() > kSchemasMax) {
      return UsageError("there are " + GroupDigits(static_cast<int64_t>(tables.size())) +
                        " tables: name one (.tables lists them)");
    }
  }
  std::string text;
  for (const auto& table : tables) {
    const MeantTable named = FindMeantTable(*catalog_, inspector_.Default(), table);
    ARROW_ASSIGN_OR_RAISE(const auto columns, DescribedColumns(session_, named.sql));
    std::string partitioning;
    std::string sorting;
    if (named.name) {
      ARROW_ASSIGN_OR_RAISE(const auto loaded, catalog_->Load(*named.name));
      const auto& metadata = *loaded.metadata;
      partitioning = FormatPartitionSpec(metadata.DefaultSpec(), metadata.CurrentSchema());
      sorting = FormatSortOrder(metadata.DefaultSortOrder(), metadata.CurrentSchema());
    }
    text += CreateTableText(named.sql, columns, partitioning, sorting);
  }
  return results_.WriteText(Printable(text, "\n"));
}

}  // namespace artemis
