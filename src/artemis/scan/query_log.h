// Logs of queries that layouts are judged by: what was asked of a table, one query a line.
//
//   query_id <tab> predicate <tab> columns
//
// The predicate is JSON (expr/predicate.h); columns are names joined with commas, none: all of them. Empty lines, and lines that
// begin with '#', say nothing; a first line whose first field is "query_id" names the fields. Lines end with LF or CRLF.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "artemis/expr/predicate.h"

namespace artemis {

struct LoggedQuery {
  std::string id;
  Predicate predicate;
  std::vector<std::string> columns;
  // The line it was read from, counted from 1; 0: from none.
  int64_t line = 0;

  bool operator==(const LoggedQuery&) const = default;
};

// A line that was not taken, and why.
struct SkippedLine {
  int64_t line = 0;
  std::string reason;

  bool operator==(const SkippedLine&) const = default;
};

struct QueryLogLimits {
  int64_t line_bytes_max = int64_t{1} << 20;
  int64_t queries_max = 1'000'000;
  // Skipped lines that are described; further ones are counted.
  int64_t skipped_max = 1'000;
};

struct QueryLog {
  std::vector<LoggedQuery> queries;
  std::vector<SkippedLine> skipped;
  int64_t skipped_count = 0;

  // Counts a line that is not taken, and describes it while there are fewer than limits.skipped_max.
  void Skip(int64_t line, std::string reason, const QueryLogLimits& limits = {});
};

// One line, without its end.
std::string QueryLogLine(const LoggedQuery& query);

// Reads a log. A line that is no query is skipped, whatever it holds: not three fields, no id, a predicate that cannot be parsed,
// an empty column name, too long. Past queries_max, the first line that is not read is counted as one skipped line.
// Whether columns exist is not looked at. Linear in the text; never fails.
QueryLog ParseQueryLog(std::string_view text, const QueryLogLimits& limits = {});

}  // namespace artemis
