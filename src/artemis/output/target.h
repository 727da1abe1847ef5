// Where a command's results go: standard output, or a file that appears whole or not at all.
#pragma once

#include <memory>
#include <optional>
#include <string>
#include <string_view>

#include <arrow/io/interfaces.h>
#include <arrow/result.h>

namespace artemis {

class AtomicFile;

// One thread at a time.
class OutputTarget {
 public:
  // Standard output without a path, for "-" and for its names (/dev/stdout); else "<path>.inprogress",
  // which Finish renames to `path`, replacing what is there; of a link, what it names. What is no file
  // (/dev/null, a pipe, a descriptor's name) is written as it is. A folder is Invalid; IOError and
  // PermissionDenied name the path.
  static arrow::Result<std::unique_ptr<OutputTarget>> Open(const std::optional<std::string>& path);
  // Without Finish: the unfinished file is removed.
  ~OutputTarget();
  OutputTarget(const OutputTarget&) = delete;
  OutputTarget& operator=(const OutputTarget&) = delete;

  // Buffered. A write to a standard output that nobody reads gives ClosedPipeError.
  const std::shared_ptr<arrow::io::OutputStream>& stream() const { return stream_; }
  arrow::Status Write(std::string_view text);

  bool is_terminal() const { return is_terminal_; }

  // Writes out what is buffered; a file is durable under its name on return. Call it once.
  arrow::Status Finish();

 private:
  OutputTarget() = default;

  std::shared_ptr<arrow::io::OutputStream> stream_;
  std::unique_ptr<AtomicFile> file_;  // null: the stream is written as it is
  bool is_standard_output_ = false;
  bool is_terminal_ = false;
};

}  // namespace artemis
