// The binary encoding, with the examples of the Avro specification, and what the cursor refuses.
#include "artemis/avro/cursor.h"

#include <string>

#include <gtest/gtest.h>

#include "artemis/avro/encoder.h"

namespace artemis {
namespace {

using std::string_view_literals::operator""sv;

struct ZigZagCase {
  int64_t value;
  std::string_view bytes;
};

constexpr ZigZagCase kZigZagCases[] = {
    {0, "\x00"sv},
    {-1, "\x01"sv},
    {1, "\x02"sv},
    {-2, "\x03"sv},
    {2, "\x04"sv},
    {-64, "\x7f"sv},
    {64, "\x80\x01"sv},
    {std::numeric_limits<int64_t>::max(), "\xfe\xff\xff\xff\xff\xff\xff\xff\xff\x01"sv},
    {std::numeric_limits<int64_t>::min(), "\xff\xff\xff\xff\xff\xff\xff\xff\xff\x01"sv},
};

TEST(AvroCursor, ReadsTheSpecificationsZigZagExamples) {
  for (const ZigZagCase& c : kZigZagCases) {
    AvroCursor cursor(c.bytes);
    int64_t value;
    ASSERT_TRUE(cursor.ReadLong(&value)) << c.value;
    EXPECT_EQ(value, c.value);
    EXPECT_EQ(cursor.remaining(), 0u);
  }
}

// With other bytes behind, varints are read eight bytes at once.
TEST(AvroCursor, ReadsVarintsOfEveryLengthWithinMoreBytes) {
  for (int bits = 0; bits < 64; ++bits) {
    for (const int64_t value : {int64_t{1} << bits, -(int64_t{1} << (bits % 63)),
                                static_cast<int64_t>((uint64_t{1} << bits) - 1)}) {
      AvroEncoder encoder;
      encoder.PutLong(value);
      const size_t size = encoder.bytes().size();
      for (const char behind : {'\x00', '\xff'}) {
        const std::string bytes = encoder.bytes() + std::string(12, behind);
        AvroCursor cursor(bytes);
        int64_t read;
        ASSERT_TRUE(cursor.ReadLong(&read)) << value;
        EXPECT_EQ(read, value);
        EXPECT_EQ(cursor.offset(), size);
      }
    }
  }
}

TEST(AvroEncoder, WritesTheSpecificationsZigZagExamples) {
  for (const ZigZagCase& c : kZigZagCases) {
    AvroEncoder encoder;
    encoder.PutLong(c.value);
    EXPECT_EQ(encoder.bytes(), c.bytes) << c.value;
  }
}

TEST(AvroEncoder, WritesTheSpecificationsString) {
  AvroEncoder encoder;
  encoder.PutBytes("foo");
  EXPECT_EQ(encoder.bytes(), "\x06\x66\x6f\x6f"sv);
}

TEST(AvroEncoder, WritesMapBlocksWithTheirSize) {
  AvroEncoder encoder;
  encoder.PutBlock(2, "\x06\x36"sv);  // the longs 3 and 27
  EXPECT_EQ(encoder.bytes(), "\x03\x04\x06\x36\x00"sv);
  encoder.Clear();
  encoder.PutBlock(0, "");
  EXPECT_EQ(encoder.bytes(), "\x00"sv);
}

struct RefusedCase {
  const char* name;
  std::string_view bytes;
  bool (*read)(AvroCursor&);
};

bool ReadsLong(AvroCursor& cursor) {
  int64_t value;
  return cursor.ReadLong(&value);
}
bool ReadsInt(AvroCursor& cursor) {
  int64_t value;
  return cursor.ReadInt(&value);
}
bool ReadsBytes(AvroCursor& cursor) {
  std::string_view value;
  return cursor.ReadBytes(&value);
}
bool ReadsBlockHead(AvroCursor& cursor) {
  int64_t count, bytes;
  return cursor.ReadBlockHead(&count, &bytes);
}
bool ReadsBoolean(AvroCursor& cursor) {
  int64_t value;
  return cursor.ReadBoolean(&value);
}
bool ReadsDouble(AvroCursor& cursor) {
  double value;
  return cursor.ReadDouble(&value);
}

TEST(AvroCursor, RefusesWhatBreaksTheEncoding) {
  const RefusedCase cases[] = {
      {"a varint without an end", "\x80\x80"sv, ReadsLong},
      {"no varint at all", ""sv, ReadsLong},
      {"eleven bytes", "\x80\x80\x80\x80\x80\x80\x80\x80\x80\x80\x01"sv, ReadsLong},
      {"65 bits", "\xff\xff\xff\xff\xff\xff\xff\xff\xff\x02"sv, ReadsLong},
      {"2^31 as an int", "\x80\x80\x80\x80\x10"sv, ReadsInt},
      {"a negative length", "\x01"sv, ReadsBytes},
      {"a length over what is left", "\x06\x66"sv, ReadsBytes},
      {"more items than bytes", "\x06\x01"sv, ReadsBlockHead},
      {"a block size over what is left", "\x01\x10\x01"sv, ReadsBlockHead},
      {"the least count", "\xff\xff\xff\xff\xff\xff\xff\xff\xff\x01\x00"sv, ReadsBlockHead},
      {"boolean 2", "\x02"sv, ReadsBoolean},
      {"seven bytes of a double", "1234567"sv, ReadsDouble},
  };
  for (const RefusedCase& c : cases) {
    AvroCursor cursor(c.bytes);
    EXPECT_FALSE(c.read(cursor)) << c.name;
    EXPECT_NE(cursor.error(), nullptr) << c.name;
    EXPECT_EQ(cursor.offset(), 0u) << c.name;
  }
}

}  // namespace
}  // namespace artemis
