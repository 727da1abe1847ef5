// A buffer that is shifted and grown; memchr finds line breaks and quotes.
#include "artemis/ingest/line_source.h"

#include <algorithm>
#include <cstring>
#include <string>
#include <utility>

#include "artemis/base/error.h"

namespace artemis {
namespace {

constexpr size_t kReadBytes = size_t{1} << 20;
constexpr int64_t kLineBytesLimit = int64_t{1} << 30;
constexpr std::string_view kByteOrderMark = "\xEF\xBB\xBF";

// Where a record of CSV is within quotes. Two quotes within quotes close and open them.
class QuoteState {
 public:
  explicit QuoteState(char delimiter) : delimiter_(delimiter) {}
  bool in_quotes() const { return in_quotes_; }
  void Take(char c) {
    if (c == '"') {
      if (in_quotes_ || may_open_) in_quotes_ = !in_quotes_;
      may_open_ = true;
    } else {
      may_open_ = c == delimiter_;
    }
  }

 private:
  const char delimiter_;
  bool in_quotes_ = false;
  bool may_open_ = true;  // at the beginning of a field, or just behind a closing quote
};

}  // namespace

LineSource::LineSource(std::unique_ptr<ByteSource> bytes, int64_t line_bytes_max)
    : bytes_(std::move(bytes)),
      line_bytes_max_(static_cast<size_t>(std::clamp<int64_t>(line_bytes_max, 1, kLineBytesLimit))),
      buffer_(kReadBytes) {}

arrow::Status LineSource::TooLong() const {
  return LimitExceededError("line " + std::to_string(next_number_) + " is longer than " +
                            std::to_string(line_bytes_max_) +
                            " bytes (--line-bytes-max allows more)");
}

arrow::Result<bool> LineSource::Fill() {
  if (at_end_) return false;
  if (end_ == buffer_.size()) {
    std::memmove(buffer_.data(), buffer_.data() + begin_, end_ - begin_);
    end_ -= begin_;
    begin_ = 0;
    if (end_ > line_bytes_max_ + 2) return TooLong();
    const size_t room = buffer_.size();
    if (end_ > room / 2) buffer_.resize(room * 2);
  }
  const size_t room = buffer_.size() - end_;
  ARROW_ASSIGN_OR_RAISE(
      const int64_t got,
      bytes_->Read(reinterpret_cast<uint8_t*>(buffer_.data()) + end_, static_cast<int64_t>(room)));
  end_ += static_cast<size_t>(got);
  bytes_read_ += got;
  at_end_ = got == 0;
  return !at_end_;
}

arrow::Result<bool> LineSource::Begin() {
  if (next_number_ == 1 && begin_ == 0) {
    while (end_ < kByteOrderMark.size()) {
      ARROW_ASSIGN_OR_RAISE(const bool more, Fill());
      if (!more) break;
    }
    if (std::string_view(buffer_.data(), end_).starts_with(kByteOrderMark)) {
      begin_ = kByteOrderMark.size();
    }
  }
  if (begin_ < end_) return true;
  return Fill();
}

void LineSource::Emit(size_t length, int64_t lines, TextLine* line) {
  line->verbatim = std::string_view(buffer_.data() + begin_, length);
  line->text = line->verbatim;
  if (line->text.ends_with('\n')) line->text.remove_suffix(1);
  if (line->text.ends_with('\r')) line->text.remove_suffix(1);
  line->number = next_number_;
  next_number_ += lines;
  begin_ += length;
}

arrow::Result<bool> LineSource::NextLine(TextLine* line) {
  ARROW_ASSIGN_OR_RAISE(bool more, Begin());
  if (!more) return false;
  size_t searched = 0;
  while (true) {
    const char* from = buffer_.data() + begin_ + searched;
    const size_t left = end_ - begin_ - searched;
    const auto* found = static_cast<const char*>(std::memchr(from, '\n', left));
    if (found != nullptr || !more) {
      const size_t length =
          searched + (found != nullptr ? static_cast<size_t>(found - from) + 1 : left);
      if (length > line_bytes_max_ + 2) return TooLong();
      Emit(length, 1, line);
      return true;
    }
    searched = end_ - begin_;
    if (searched > line_bytes_max_ + 2) return TooLong();
    ARROW_ASSIGN_OR_RAISE(more, Fill());
  }
}

arrow::Result<bool> LineSource::NextRecord(char delimiter, TextLine* record, bool* quote_open) {
  *quote_open = false;
  ARROW_ASSIGN_OR_RAISE(bool more, Begin());
  if (!more) return false;
  size_t searched = 0;
  int64_t lines = 1;
  QuoteState state(delimiter);
  while (true) {
    const std::string_view rest(buffer_.data() + begin_, end_ - begin_);
    for (size_t at = searched; at < rest.size(); ++at) {
      state.Take(rest[at]);
      if (rest[at] != '\n') continue;
      if (state.in_quotes()) {
        ++lines;
        continue;
      }
      if (at > line_bytes_max_ + 1) return TooLong();
      Emit(at + 1, lines, record);
      return true;
    }
    searched = rest.size();
    if (searched > line_bytes_max_ + 2) return TooLong();
    if (!more) {
      *quote_open = state.in_quotes();
      Emit(rest.size(), lines, record);
      return true;
    }
    ARROW_ASSIGN_OR_RAISE(more, Fill());
  }
}

}  // namespace artemis
