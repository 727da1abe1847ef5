// Takes lines apart.
#include "artemis/scan/query_log.h"

#include <utility>

#include <arrow/result.h>

#include "artemis/base/json_text.h"

namespace artemis {

namespace {

constexpr std::string_view kByteOrderMark = "\xEF\xBB\xBF";
constexpr std::string_view kHeaderField = "query_id";

std::vector<std::string_view> SplitText(std::string_view text, char separator) {
  std::vector<std::string_view> parts;
  for (size_t end = text.find(separator); end != std::string_view::npos;
       end = text.find(separator)) {
    parts.push_back(text.substr(0, end));
    text.remove_prefix(end + 1);
  }
  parts.push_back(text);
  return parts;
}

// Takes the next line, without its end, off the text.
std::string_view TakeLine(std::string_view* text) {
  const size_t end = text->find('\n');
  std::string_view line = text->substr(0, end);
  text->remove_prefix(end == std::string_view::npos ? text->size() : end + 1);
  if (!line.empty() && line.back() == '\r') line.remove_suffix(1);
  return line;
}

arrow::Result<LoggedQuery> ParseQuery(std::string_view line) {
  const auto fields = SplitText(line, '\t');
  if (fields.size() != 3) {
    return arrow::Status::Invalid("expected 3 fields parted by tabs, found ", fields.size());
  }
  if (fields[0].empty()) return arrow::Status::Invalid("expected a query id, found nothing");
  if (!IsUtf8(line)) return arrow::Status::Invalid("expected UTF-8, found other bytes");
  LoggedQuery query;
  query.id = fields[0];
  ARROW_ASSIGN_OR_RAISE(query.predicate, PredicateFromJson(fields[1]));
  if (fields[2].empty()) return query;
  for (const auto column : SplitText(fields[2], ',')) {
    if (column.empty()) return arrow::Status::Invalid("expected a column name, found nothing");
    query.columns.emplace_back(column);
  }
  return query;
}

}  // namespace

void QueryLog::Skip(int64_t line, std::string reason, const QueryLogLimits& limits) {
  ++skipped_count;
  if (std::ssize(skipped) < limits.skipped_max) skipped.push_back({line, std::move(reason)});
}

std::string QueryLogLine(const LoggedQuery& query) {
  std::string line = query.id + "\t" + PredicateToJson(query.predicate) + "\t";
  for (size_t i = 0; i < query.columns.size(); ++i) {
    line += (i > 0 ? "," : "") + query.columns[i];
  }
  return line;
}

QueryLog ParseQueryLog(std::string_view text, const QueryLogLimits& limits) {
  QueryLog log;
  if (text.starts_with(kByteOrderMark)) text.remove_prefix(kByteOrderMark.size());
  bool may_be_header = true;
  for (int64_t number = 1; !text.empty(); ++number) {
    const std::string_view line = TakeLine(&text);
    if (line.empty() || line.front() == '#') continue;
    const bool is_header = may_be_header && line.substr(0, line.find('\t')) == kHeaderField;
    may_be_header = false;
    if (is_header) continue;
    if (std::ssize(log.queries) >= limits.queries_max) {
      log.Skip(number,
               "lines from here on are not read: the limit is " +
                   std::to_string(limits.queries_max) + " queries",
               limits);
      break;
    }
    if (std::ssize(line) > limits.line_bytes_max) {
      log.Skip(number,
               "expected at most " + std::to_string(limits.line_bytes_max) + " bytes, found " +
                   std::to_string(line.size()),
               limits);
      continue;
    }
    auto query = ParseQuery(line);
    if (!query.ok()) {
      log.Skip(number, query.status().message(), limits);
      continue;
    }
    query->line = number;
    log.queries.push_back(std::move(*query));
  }
  return log;
}

}  // namespace artemis
