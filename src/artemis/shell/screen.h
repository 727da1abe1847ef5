// The terminal that results are shown on: its size, a pager for what is longer, and nothing that it would obey.
#pragma once

#include <sys/types.h>

#include <cstddef>
#include <memory>
#include <optional>
#include <string>

#include <arrow/io/interfaces.h>
#include <arrow/result.h>

namespace artemis {

struct ScreenSize {
  size_t columns = 80;
  size_t rows = 24;
};
// Of the terminal behind a descriptor as it is at the moment, else $COLUMNS and $LINES, else 80 by 24.
ScreenSize SizeOfScreen(int descriptor);

// The command that `.pager on` stands for: $PAGER, else less where there is one, else none (empty). PAGER=cat, or empty, is none.
std::string DefaultPager();

// A command that reads what is written to it, started by the shell (/bin/sh). It has the terminal until it ends.
class Pager {
 public:
  // IOError when it cannot be started. LESS is set to FRSX where the user has not set it: short texts are only printed, long lines cut.
  static arrow::Result<std::unique_ptr<Pager>> Start(const std::string& command);
  // Finishes.
  ~Pager();
  Pager(const Pager&) = delete;
  Pager& operator=(const Pager&) = delete;

  int descriptor() const { return descriptor_; }
  // Ends its input and waits for the user to leave it.
  void Finish();

 private:
  Pager(pid_t process, int descriptor) : process_(process), descriptor_(descriptor) {}

  pid_t process_;
  int descriptor_;
};

// Text for the screen: control characters are made visible (Printable), except line breaks and tabs. What is longer than the screen goes
// to the pager, where there is one. One thread at a time.
class ScreenOutput : public arrow::io::OutputStream {
 public:
  // `pager` empty: none. Writes to standard output.
  ScreenOutput(ScreenSize size, std::string pager)
      : size_(size), pager_command_(std::move(pager)) {}
  ~ScreenOutput() override;

  // ClosedPipeError (base/program_error.h) once nobody reads any more; has_left() then says whether it was the pager that was left.
  arrow::Status Write(const void* data, int64_t bytes) override;
  using arrow::io::Writable::Write;
  arrow::Status Flush() override { return arrow::Status::OK(); }
  // Prints what waited and lets the user leave the pager.
  arrow::Status Close() override;
  bool closed() const override { return closed_; }
  arrow::Result<int64_t> Tell() const override { return written_; }

  bool has_left() const { return has_left_; }
  // Whether anything was printed: until then a line of progress may stand on the screen.
  bool has_begun() const { return has_begun_; }

 private:
  arrow::Status Begin();
  arrow::Status WriteOut(std::string_view text);
  bool IsLong() const;

  const ScreenSize size_;
  const std::string pager_command_;
  std::string waiting_;
  // A character that a write cut in two.
  std::string partial_;
  std::unique_ptr<Pager> pager_;
  bool has_begun_ = false;
  bool has_left_ = false;
  bool closed_ = false;
  int64_t written_ = 0;
};

}  // namespace artemis
