// Lines that could not be read as rows: refused at once, or set aside in a file, verbatim, and counted. Never dropped in silence.
#pragma once

#include <cstdint>
#include <functional>
#include <limits>
#include <memory>
#include <string>
#include <string_view>

#include <arrow/result.h>

namespace artemis {

class AtomicFile;

// A line, or a record of CSV. The views live during the call it is handed to.
struct RejectedLine {
  std::string_view input;     // its name: a path, "standard input"
  int64_t line = 0;           // from 1
  std::string column;         // full name; empty: the line as a whole
  std::string reason;         // "expected …, found …"
  std::string_view verbatim;  // with its line break
  std::string_view header;    // of CSV, verbatim; empty otherwise
};

// "orders.jsonl, line 7, column 'id': expected …, found …"
std::string RejectedLineText(const RejectedLine& line);

struct RejectsOptions {
  // Where bad lines are set aside; empty: the first one fails the load.
  std::string path;
  // More than this many fail the load.
  int64_t lines_max = std::numeric_limits<int64_t>::max();
  // Told of each line that was set aside.
  std::function<void(const RejectedLine&)> on_line;
};

// One thread at a time.
class Rejects {
 public:
  // AlreadyExists when there is a file at the path.
  static arrow::Result<std::unique_ptr<Rejects>> Open(RejectsOptions options);
  // Without Commit: no file.
  ~Rejects();
  Rejects(const Rejects&) = delete;
  Rejects& operator=(const Rejects&) = delete;

  // Writes the line to the file, with a line break where it has none; before the first of a CSV header the header, so that the file
  // can be mended and loaded. Invalid with RejectedLineText when no file was asked for, or there are more than allowed.
  arrow::Status Reject(const RejectedLine& line);

  int64_t count() const { return count_; }
  const std::string& path() const { return options_.path; }

  // Makes the file durable under its name; without rejected lines there is none. To be called before the rows are committed.
  arrow::Status Commit();
  // Removes the file that Commit made: for a load that failed after all.
  void Discard();

 private:
  explicit Rejects(RejectsOptions options);

  const RejectsOptions options_;
  std::unique_ptr<AtomicFile> file_;
  std::string header_;
  int64_t count_ = 0;
  bool committed_ = false;
};

}  // namespace artemis
