// Runs every .test file of the folder in a session of its own, all on one engine. README.md tells the format.
#include <sys/resource.h>

#include <algorithm>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <regex>
#include <sstream>

#include <gtest/gtest.h>

#include "artemis/sql/sql_engine.h"
#include "sql_warehouse.h"

namespace artemis {
namespace {

namespace fs = std::filesystem;

struct Record {
  int line = 0;
  std::string kind;       // statement, query, explain
  std::string condition;  // ok, error <regex>; rowsort; the class of filters
  std::string sql;
  std::string expected;
};

// The folder of the files: ARTEMIS_SQL_TESTS, else beside this source.
fs::path FilesFolder() {
  if (const char* named = std::getenv("ARTEMIS_SQL_TESTS")) return named;
  for (fs::path folder = fs::current_path(); folder != folder.root_path();
       folder = folder.parent_path()) {
    if (fs::exists(folder / "tests" / "sql" / "files")) return folder / "tests" / "sql" / "files";
  }
  return fs::path(__FILE__).parent_path() / "files";
}

std::vector<Record> ReadRecords(const fs::path& path) {
  std::ifstream file(path);
  std::vector<Record> records;
  std::string line;
  int number = 0;
  bool expecting = false;
  bool open = false;
  while (std::getline(file, line)) {
    ++number;
    if (line.empty()) {
      open = expecting = false;
      continue;
    }
    if (!open) {
      if (line[0] == '#') continue;
      Record record;
      record.line = number;
      std::istringstream words(line);
      words >> record.kind;
      std::getline(words >> std::ws, record.condition);
      records.push_back(std::move(record));
      open = true;
    } else if (line == "----") {
      expecting = true;
    } else {
      std::string& text = expecting ? records.back().expected : records.back().sql;
      text += (text.empty() ? "" : "\n") + line;
    }
  }
  return records;
}

std::string SortedLines(const std::string& text) {
  std::vector<std::string> lines;
  std::istringstream stream(text);
  for (std::string line; std::getline(stream, line);) lines.push_back(line);
  std::sort(lines.begin(), lines.end());
  std::string sorted;
  for (const std::string& line : lines) sorted += (sorted.empty() ? "" : "\n") + line;
  return sorted;
}

// How the scan classes the filters of a query: of exact, inexact, unsupported those it names, and FILTER where one is above it.
std::string ClassesIn(const std::string& plan) {
  std::string text;
  const std::pair<const char*, const char*> marks[] = {{"Exact filters", "exact"},
                                                       {"Inexact filters", "inexact"},
                                                       {"Unsupported filters", "unsupported"},
                                                       {" FILTER ", "FILTER"},
                                                       {"EMPTY_RESULT", "empty"}};
  for (const auto& [mark, name] : marks) {
    if (plan.find(mark) != std::string::npos) text += (text.empty() ? "" : " ") + std::string(name);
  }
  return text.empty() ? "none" : text;
}

// What is wrong with the outcome of a record; empty when nothing is.
std::string Complaint(SqlSession& session, const Record& record) {
  if (record.kind == "statement") {
    const auto status = StatusOf(session, record.sql);
    if (record.condition == "ok") return status.ok() ? "" : status.ToString();
    if (record.condition.rfind("error", 0) != 0) return "unknown condition: " + record.condition;
    if (status.ok()) return "succeeded where an error is expected";
    const std::string pattern =
        record.condition.size() > 6 ? record.condition.substr(6) : std::string();
    if (std::regex_search(status.message(), std::regex(pattern))) return "";
    return "expected an error like '" + pattern + "', found: " + status.ToString();
  }
  if (record.kind == "explain") {
    const std::string plan = RowsOf(session, "EXPLAIN " + record.sql);
    const std::string found = ClassesIn(plan);
    return found == record.condition
               ? ""
               : "expected " + record.condition + ", found " + found + "\n" + plan;
  }
  if (record.kind != "query") return "unknown record: " + record.kind;
  const bool sorted = record.condition == "rowsort";
  const std::string rows = RowsOf(session, record.sql);
  const std::string found = sorted ? SortedLines(rows) : rows;
  const std::string expected = sorted ? SortedLines(record.expected) : record.expected;
  return found == expected ? "" : "expected:\n" + expected + "\nfound:\n" + found;
}

TEST(SqlFiles, GiveWhatTheySay) {
  TestTables tables;
  MakeSqlWarehouse(&tables);
  SqlOptions options;
  options.temp_folder = tables.folder() + "/tmp";
  options.threads = 2;
  const auto engine = SqlEngine::Open(tables.catalog(), options).ValueOrDie();
  std::vector<fs::path> files;
  for (const auto& entry : fs::recursive_directory_iterator(FilesFolder())) {
    if (entry.path().extension() == ".test") files.push_back(entry.path());
  }
  std::sort(files.begin(), files.end());
  EXPECT_GE(files.size(), 300U);
  size_t records_run = 0;
  for (const fs::path& path : files) {
    const auto session = engine->Connect().ValueOrDie();
    const auto records = ReadRecords(path);
    EXPECT_FALSE(records.empty()) << path;
    for (const Record& record : records) {
      const std::string complaint = Complaint(*session, record);
      if (!complaint.empty()) {
        ADD_FAILURE() << path.filename().string() << ":" << record.line << ": " << record.sql
                      << "\n"
                      << complaint;
      }
      ++records_run;
    }
  }
  rusage usage = {};
  ASSERT_EQ(getrusage(RUSAGE_SELF, &usage), 0);
  // The most that the process ever held, which no sampling can miss; bench/sql says what large queries hold.
  EXPECT_LT(usage.ru_maxrss, int64_t{4} << 20);
  std::printf("%zu files, %zu records, %ld MiB at most\n", files.size(), records_run,
              usage.ru_maxrss >> 10);
}

}  // namespace
}  // namespace artemis
