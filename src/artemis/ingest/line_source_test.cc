// Facts of lines and records: their ends, their numbers, and their limit.
#include "artemis/ingest/line_source.h"

#include <algorithm>
#include <cstring>

#include <gtest/gtest.h>

#include "artemis/base/error.h"
#include "artemis/ingest/text_test_support.h"

namespace artemis {
namespace {

// Gives one byte at a time, so that every end of a buffer falls everywhere.
class DrippingSource final : public ByteSource {
 public:
  explicit DrippingSource(std::string bytes) : bytes_(std::move(bytes)) {}
  arrow::Result<int64_t> Read(uint8_t* out, int64_t) override {
    if (next_ == bytes_.size()) return 0;
    *out = static_cast<uint8_t>(bytes_[next_++]);
    return 1;
  }

 private:
  const std::string bytes_;
  size_t next_ = 0;
};

using Lines = std::vector<std::pair<int64_t, std::string>>;

Lines LinesOf(const std::string& text, bool drip) {
  LineSource source(drip ? std::make_unique<DrippingSource>(text) : BytesOf(text), 1 << 20);
  Lines lines;
  TextLine line;
  while (source.NextLine(&line).ValueOrDie()) lines.emplace_back(line.number, line.text);
  return lines;
}

Lines RecordsOf(const std::string& text, bool drip) {
  LineSource source(drip ? std::make_unique<DrippingSource>(text) : BytesOf(text), 1 << 20);
  Lines records;
  TextLine record;
  bool open = false;
  while (source.NextRecord(',', &record, &open).ValueOrDie()) {
    records.emplace_back(record.number, std::string(record.text) + (open ? "!" : ""));
  }
  return records;
}

TEST(LineSource, EndsLinesAtEitherBreak) {
  for (bool drip : {false, true}) {
    EXPECT_EQ(LinesOf("a\r\nb\n\nc", drip), (Lines{{1, "a"}, {2, "b"}, {3, ""}, {4, "c"}}));
    EXPECT_EQ(LinesOf("a\n", drip), (Lines{{1, "a"}}));
    EXPECT_EQ(LinesOf("", drip), Lines{});
    EXPECT_EQ(LinesOf("\n", drip), (Lines{{1, ""}}));
  }
}

TEST(LineSource, SkipsAByteOrderMarkAtTheBeginningOnly) {
  for (bool drip : {false, true}) {
    EXPECT_EQ(LinesOf("\xEF\xBB\xBF"
                      "a\n\xEF\xBB\xBF"
                      "b",
                      drip),
              (Lines{{1, "a"},
                     {2,
                      "\xEF\xBB\xBF"
                      "b"}}));
    EXPECT_EQ(LinesOf("\xEF\xBB\xBF", drip), Lines{});
    EXPECT_EQ(LinesOf("\xEF\xBB", drip), (Lines{{1, "\xEF\xBB"}}));
  }
}

TEST(LineSource, KeepsLineBreaksInQuotes) {
  for (bool drip : {false, true}) {
    EXPECT_EQ(RecordsOf("a,\"x\ny\"\nb,1\n", drip), (Lines{{1, "a,\"x\ny\""}, {3, "b,1"}}));
    EXPECT_EQ(RecordsOf("\"a\"\"\n\",1\r\nb", drip), (Lines{{1, "\"a\"\"\n\",1"}, {3, "b"}}));
    // A quote within a field does not open one.
    EXPECT_EQ(RecordsOf("5\" pipe,1\nb,2", drip), (Lines{{1, "5\" pipe,1"}, {2, "b,2"}}));
    EXPECT_EQ(RecordsOf("a\n\"b\nc", drip), (Lines{{1, "a"}, {2, "\"b\nc!"}}));
  }
}

TEST(LineSource, ReadsLinesLongerThanItsBuffer) {
  const std::string longest(3'500'000, 'x');
  LineSource source(BytesOf("a\n" + longest + "\nb\n"), 4 << 20);
  TextLine line;
  ASSERT_TRUE(source.NextLine(&line).ValueOrDie());
  ASSERT_TRUE(source.NextLine(&line).ValueOrDie());
  EXPECT_TRUE(line.text == longest);
  EXPECT_EQ(line.verbatim.size(), longest.size() + 1);
  ASSERT_TRUE(source.NextLine(&line).ValueOrDie());
  EXPECT_EQ(line.text, "b");
  EXPECT_FALSE(source.NextLine(&line).ValueOrDie());
}

TEST(LineSource, RefusesLinesBeyondTheLimit) {
  for (size_t bytes : {size_t{2000}, size_t{5'000'000}}) {
    LineSource source(BytesOf("a\n" + std::string(bytes, 'x') + "\n"), 1000);
    TextLine line;
    ASSERT_TRUE(source.NextLine(&line).ValueOrDie());
    const auto status = source.NextLine(&line).status();
    EXPECT_NE(FindDetail<LimitExceeded>(status), nullptr) << status;
    EXPECT_NE(status.message().find("line 2"), std::string::npos) << status;
    LineSource records(BytesOf("\"" + std::string(bytes, '\n')), 1000);
    bool open = false;
    EXPECT_NE(FindDetail<LimitExceeded>(records.NextRecord(',', &line, &open).status()), nullptr);
  }
}

}  // namespace
}  // namespace artemis
