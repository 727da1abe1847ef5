// Lines of text out of bytes, one at a time and in place.
#pragma once

#include <cstdint>
#include <memory>
#include <string_view>
#include <vector>

#include <arrow/result.h>

#include "artemis/ingest/byte_source.h"

namespace artemis {

// A line, or a record of CSV, which may have line breaks in it. The text is valid until the next call of the source.
struct TextLine {
  std::string_view text;      // without its line break
  std::string_view verbatim;  // with it, as it came; the last line may have none
  int64_t number = 0;         // of the first line in the input, from 1
};

// One thread at a time. A byte-order mark of UTF-8 at the very beginning is skipped. Lines end with "\n" or "\r\n".
class LineSource {
 public:
  // Lines longer than `line_bytes_max` are LimitExceeded. At most 1 GiB.
  LineSource(std::unique_ptr<ByteSource> bytes, int64_t line_bytes_max);

  // The next line; false at the end. After "a\n" there is no empty line.
  arrow::Result<bool> NextLine(TextLine* line);
  // The next record of CSV: it ends at the first line break outside of quotes, which open where a field begins. `quote_open`: the
  // input ends within quotes.
  arrow::Result<bool> NextRecord(char delimiter, TextLine* record, bool* quote_open);

  int64_t bytes_read() const { return bytes_read_; }

 private:
  // Reads more behind what is there; false at the end of the input.
  arrow::Result<bool> Fill();
  // Makes sure that there is a byte to look at; false at the end.
  arrow::Result<bool> Begin();
  // Hands out the next `length` bytes, which are so many lines.
  void Emit(size_t length, int64_t lines, TextLine* line);
  arrow::Status TooLong() const;

  std::unique_ptr<ByteSource> bytes_;
  const size_t line_bytes_max_;
  std::vector<char> buffer_;
  size_t begin_ = 0;  // of the next line
  size_t end_ = 0;    // of what was read
  int64_t next_number_ = 1;
  int64_t bytes_read_ = 0;
  bool at_end_ = false;
};

}  // namespace artemis
