// Runs each query of a file twice in turns, in one process: over the tables of a catalog, and over DuckDB's read_parquet.
//
//   sql_speed WAREHOUSE QUERIES.tsv [--threads N] [--rounds N] [--only ours|peer] [--memory-limit BYTES]
//
//   ours<TAB>SQL             said once, in the session that reads tables
//   peer<TAB>SQL             said once, in the other one, which makes its views over files
//   query<TAB>NAME<TAB>SQL   timed in both; the rows must be the same, in any order, doubles within 1e-9 of each other
//   pair<TAB>NAME<TAB>SQL<TAB>SQL   two statements timed in turns in the session of tables; rows are not compared
//
// Both sessions are our own, each with a DuckDB instance of the same library, the same threads and the same memory limit, so that a
// scan is all that differs. A time is that of a statement from its text to its last row as Arrow. A round that is not counted comes
// first, and compares the rows. Who goes first changes with each round. Prints a line of JSON for each query, then one with the
// peak of resident memory.
#include <sys/resource.h>

#include <algorithm>
#include <chrono>
#include <cmath>
#include <cstdlib>
#include <fstream>
#include <iostream>
#include <string>
#include <vector>

#include <arrow/array.h>
#include <arrow/record_batch.h>
#include <arrow/scalar.h>

#include "../measured_rows.h"
#include "artemis/catalog/open_catalog.h"
#include "artemis/sql/session.h"

namespace artemis {
namespace {

struct SqlSpeedOptions {
  std::string warehouse, queries, only;
  int threads = 2;
  int rounds = 3;
  int64_t memory_limit_bytes = int64_t{2} << 30;
};

struct TimedQuery {
  std::string name, first, second;
  bool same_session = false;
};

struct SqlSpeedInput {
  std::vector<std::string> ours, peer;
  std::vector<TimedQuery> queries;
};

// One statement of one side, over the rounds.
struct SideTimes {
  std::vector<double> seconds, cpu_seconds;
};

using Batches = std::vector<std::shared_ptr<arrow::RecordBatch>>;

std::vector<std::string> SplitTabs(const std::string& line) {
  std::vector<std::string> parts(1);
  for (const char c : line) {
    if (c == '\t') {
      parts.emplace_back();
    } else {
      parts.back() += c;
    }
  }
  return parts;
}

SqlSpeedOptions ParseSqlSpeed(const std::vector<std::string>& arguments) {
  SqlSpeedOptions options;
  for (size_t i = 0; i < arguments.size(); ++i) {
    const std::string& argument = arguments[i];
    const auto value = [&] { return i + 1 < arguments.size() ? arguments[++i] : std::string(); };
    if (argument == "--threads") {
      options.threads = std::stoi(value());
    } else if (argument == "--rounds") {
      options.rounds = std::stoi(value());
    } else if (argument == "--only") {
      options.only = value();
    } else if (argument == "--memory-limit") {
      options.memory_limit_bytes = std::stoll(value());
    } else if (options.warehouse.empty()) {
      options.warehouse = argument;
    } else {
      options.queries = argument;
    }
  }
  return options;
}

arrow::Result<SqlSpeedInput> ReadInput(const std::string& path) {
  std::ifstream file(path);
  if (!file) return arrow::Status::IOError("cannot read ", path);
  SqlSpeedInput input;
  std::string line;
  while (std::getline(file, line)) {
    const auto parts = SplitTabs(line);
    if (parts.size() == 2 && parts[0] == "ours") {
      input.ours.push_back(parts[1]);
    } else if (parts.size() == 2 && parts[0] == "peer") {
      input.peer.push_back(parts[1]);
    } else if (parts.size() == 3 && parts[0] == "query") {
      input.queries.push_back({parts[1], parts[2], parts[2], false});
    } else if (parts.size() == 4 && parts[0] == "pair") {
      input.queries.push_back({parts[1], parts[2], parts[3], true});
    } else if (!line.empty()) {
      return arrow::Status::Invalid("not a line of queries: ", line);
    }
  }
  return input;
}

arrow::Result<Batches> Drain(SqlSession& session, const std::string& sql) {
  ARROW_ASSIGN_OR_RAISE(const auto result, session.Execute(sql));
  Batches batches;
  for (;;) {
    std::shared_ptr<arrow::RecordBatch> batch;
    ARROW_RETURN_NOT_OK(result->ReadNext(&batch));
    if (batch == nullptr) return batches;
    batches.push_back(std::move(batch));
  }
}

arrow::Status Say(SqlSession& session, const std::vector<std::string>& statements) {
  for (const std::string& sql : statements) ARROW_RETURN_NOT_OK(Drain(session, sql).status());
  return arrow::Status::OK();
}

arrow::Status Time(SqlSession& session, const std::string& sql, SideTimes* times) {
  const double cpu = CpuSeconds();
  const auto begin = std::chrono::steady_clock::now();
  ARROW_RETURN_NOT_OK(Drain(session, sql).status());
  times->seconds.push_back(
      std::chrono::duration<double>(std::chrono::steady_clock::now() - begin).count());
  times->cpu_seconds.push_back(CpuSeconds() - cpu);
  return arrow::Status::OK();
}

// A row: what is not a double as text, then the doubles.
struct ComparedRow {
  std::vector<std::string> texts;
  std::vector<double> doubles;

  bool operator<(const ComparedRow& other) const {
    return texts != other.texts ? texts < other.texts : doubles < other.doubles;
  }
};

bool IsClose(double a, double b) {
  if (std::isnan(a) || std::isnan(b)) return std::isnan(a) && std::isnan(b);
  return a == b || std::abs(a - b) <= 1e-9 * std::max(std::abs(a), std::abs(b));
}

arrow::Result<std::vector<ComparedRow>> RowsOf(const Batches& batches) {
  std::vector<ComparedRow> rows;
  for (const auto& batch : batches) {
    for (int64_t i = 0; i < batch->num_rows(); ++i) {
      ComparedRow& row = rows.emplace_back();
      for (const auto& column : batch->columns()) {
        ARROW_ASSIGN_OR_RAISE(const auto cell, column->GetScalar(i));
        if (cell->is_valid && cell->type->id() == arrow::Type::DOUBLE) {
          row.doubles.push_back(static_cast<const arrow::DoubleScalar&>(*cell).value);
          row.texts.emplace_back();
        } else {
          row.texts.push_back(cell->is_valid ? cell->ToString() : std::string("\1null"));
        }
      }
    }
  }
  std::sort(rows.begin(), rows.end());
  return rows;
}

arrow::Result<bool> SameRows(const Batches& a, const Batches& b) {
  ARROW_ASSIGN_OR_RAISE(const auto left, RowsOf(a));
  ARROW_ASSIGN_OR_RAISE(const auto right, RowsOf(b));
  return std::equal(left.begin(), left.end(), right.begin(), right.end(),
                    [](const ComparedRow& x, const ComparedRow& y) {
                      return x.texts == y.texts &&
                             std::equal(x.doubles.begin(), x.doubles.end(), y.doubles.begin(),
                                        y.doubles.end(), IsClose);
                    });
}

int64_t CountRows(const Batches& batches) {
  int64_t rows = 0;
  for (const auto& batch : batches) rows += batch->num_rows();
  return rows;
}

std::string NumberList(const std::vector<double>& numbers) {
  std::string text;
  for (const double number : numbers) text += (text.empty() ? "" : ",") + std::to_string(number);
  return "[" + text + "]";
}

// How many files the scans of a statement read, and how many their tables have: "Files: 3 of 12" of EXPLAIN, added up.
arrow::Status CountFiles(SqlSession& session, const std::string& sql, int64_t* kept,
                         int64_t* total) {
  ARROW_ASSIGN_OR_RAISE(const auto batches, Drain(session, "EXPLAIN " + sql));
  std::string text;
  for (const auto& batch : batches) {
    ARROW_ASSIGN_OR_RAISE(const auto cell, batch->column(1)->GetScalar(0));
    text += cell->ToString();
  }
  constexpr std::string_view kFiles = "Files: ";
  for (size_t at = text.find(kFiles); at != std::string::npos; at = text.find(kFiles, at + 1)) {
    char* end = nullptr;
    *kept += std::strtoll(text.c_str() + at + kFiles.size(), &end, 10);
    *total += std::strtoll(end + std::string_view(" of ").size(), nullptr, 10);
  }
  return arrow::Status::OK();
}

class SqlSpeed {
 public:
  static arrow::Result<std::unique_ptr<SqlSpeed>> Open(const SqlSpeedOptions& options,
                                                       const SqlSpeedInput& input) {
    auto speed = std::make_unique<SqlSpeed>();
    speed->rounds_ = options.rounds;
    speed->run_ours_ = options.only != "peer";
    speed->run_peer_ = options.only != "ours";
    CatalogOptions catalog_options;
    catalog_options.warehouse = options.warehouse;
    SqlOptions sql;
    sql.threads = options.threads;
    sql.memory_limit_bytes = options.memory_limit_bytes;
    const auto open = [&]() -> arrow::Result<std::unique_ptr<SqlSession>> {
      ARROW_ASSIGN_OR_RAISE(auto catalog, OpenCatalog(catalog_options));
      return SqlSession::Open(std::move(catalog), sql);
    };
    ARROW_ASSIGN_OR_RAISE(speed->ours_, open());
    ARROW_ASSIGN_OR_RAISE(speed->peer_, open());
    ARROW_RETURN_NOT_OK(Say(*speed->ours_, input.ours));
    ARROW_RETURN_NOT_OK(Say(*speed->peer_, input.peer));
    return speed;
  }

  arrow::Status Run(const TimedQuery& query) {
    SqlSession& second = query.same_session ? *ours_ : *peer_;
    const bool run_second = query.same_session || run_peer_;
    bool same = true;
    int64_t rows = 0, kept = 0, total = 0;
    {
      Batches first_rows, second_rows;
      if (run_ours_) {
        ARROW_RETURN_NOT_OK(CountFiles(*ours_, query.first, &kept, &total));
        ARROW_ASSIGN_OR_RAISE(first_rows, Drain(*ours_, query.first));
        rows = CountRows(first_rows);
      }
      if (run_second) {
        ARROW_ASSIGN_OR_RAISE(second_rows, Drain(second, query.second));
      }
      if (run_ours_ && run_second && !query.same_session) {
        ARROW_ASSIGN_OR_RAISE(same, SameRows(first_rows, second_rows));
      }
    }
    SideTimes a, b;
    for (int round = 0; round < rounds_; ++round) {
      for (int turn = 0; turn < 2; ++turn) {
        const bool ours_turn = (turn + round) % 2 == 0;
        if (ours_turn && run_ours_) ARROW_RETURN_NOT_OK(Time(*ours_, query.first, &a));
        if (!ours_turn && run_second) ARROW_RETURN_NOT_OK(Time(second, query.second, &b));
      }
    }
    std::cout << "{\"name\":\"" << query.name << "\",\"rows\":" << rows
              << ",\"same\":" << (same ? "true" : "false") << ",\"files_kept\":" << kept
              << ",\"files_total\":" << total << ",\"ours\":" << NumberList(a.seconds)
              << ",\"ours_cpu\":" << NumberList(a.cpu_seconds)
              << ",\"peer\":" << NumberList(b.seconds)
              << ",\"peer_cpu\":" << NumberList(b.cpu_seconds) << "}" << std::endl;
    return arrow::Status::OK();
  }

 private:
  int rounds_ = 0;
  bool run_ours_ = true, run_peer_ = true;
  std::unique_ptr<SqlSession> ours_, peer_;
};

arrow::Status RunSqlSpeed(const SqlSpeedOptions& options) {
  ARROW_ASSIGN_OR_RAISE(const auto input, ReadInput(options.queries));
  ARROW_ASSIGN_OR_RAISE(const auto speed, SqlSpeed::Open(options, input));
  for (const TimedQuery& query : input.queries) {
    const auto status = speed->Run(query);
    if (!status.ok()) return status.WithMessage(query.name, ": ", status.message());
  }
  rusage usage = {};
  ::getrusage(RUSAGE_SELF, &usage);
  std::cout << "{\"peak_kb\":" << usage.ru_maxrss << "}\n";
  return arrow::Status::OK();
}

}  // namespace
}  // namespace artemis

int main(int argc, char** argv) {
  const auto options = artemis::ParseSqlSpeed(std::vector<std::string>(argv + 1, argv + argc));
  const auto status = artemis::RunSqlSpeed(options);
  if (status.ok()) return EXIT_SUCCESS;
  std::cerr << "sql_speed: " << status.ToString() << "\n";
  return EXIT_FAILURE;
}
