// Facts of runs, read back by the letter of the format.
#include "artemis/parquet/hybrid_runs.h"

#include <random>
#include <vector>

#include <gtest/gtest.h>

namespace artemis {
namespace {

uint64_t TakeVarint(const std::string& bytes, size_t* at) {
  uint64_t value = 0;
  for (int shift = 0;; shift += 7) {
    const auto byte = static_cast<uint8_t>(bytes[(*at)++]);
    value |= static_cast<uint64_t>(byte & 0x7F) << shift;
    if (byte < 0x80) return value;
  }
}

// All values of the runs; the last group's filling is among them.
std::vector<int32_t> ReadRuns(const std::string& bytes, int width) {
  std::vector<int32_t> values;
  for (size_t at = 0; at < bytes.size();) {
    const uint64_t head = TakeVarint(bytes, &at);
    if ((head & 1) == 0) {
      uint32_t value = 0;
      for (int byte = 0; byte < (width + 7) / 8; ++byte) {
        value |= static_cast<uint32_t>(static_cast<uint8_t>(bytes[at++])) << (8 * byte);
      }
      values.insert(values.end(), head >> 1, static_cast<int32_t>(value));
      continue;
    }
    const size_t count = (head >> 1) * 8;
    for (size_t i = 0; i < count; ++i) {
      uint32_t value = 0;
      for (int bit = 0; bit < width; ++bit) {
        const size_t place = i * static_cast<size_t>(width) + static_cast<size_t>(bit);
        const auto byte = static_cast<uint8_t>(bytes[at + place / 8]);
        value |= static_cast<uint32_t>(byte >> (place % 8) & 1) << bit;
      }
      values.push_back(static_cast<int32_t>(value));
    }
    at += count / 8 * static_cast<size_t>(width);
  }
  return values;
}

// The example of the format: 0 to 7 in three bits.
TEST(HybridRuns, PackAsTheFormatShows) {
  std::string out;
  AppendHybridRuns(std::vector<int32_t>{0, 1, 2, 3, 4, 5, 6, 7}, 3, &out);
  EXPECT_EQ(out, std::string({'\x03', '\x88', '\xC6', '\xFA'}));
}

TEST(HybridRuns, StoreEqualValuesOnce) {
  std::string out;
  AppendHybridRuns(std::vector<int32_t>(1000, 300), 9, &out);
  // 1,000 << 1 in two bytes, 300 in two.
  EXPECT_EQ(out, std::string({'\xD0', '\x0F', '\x2C', '\x01'}));
}

TEST(HybridRuns, ComeBackForEveryWidthAndLength) {
  std::mt19937_64 random(17);
  for (int width = 0; width <= 32; ++width) {
    for (const size_t length : {0, 1, 7, 8, 9, 63, 64, 65, 1000}) {
      const uint64_t mask = (uint64_t{1} << width) - 1;
      std::vector<int32_t> values;
      while (values.size() < length) {
        const size_t run = random() % 3 == 0 ? random() % 40 : 1;
        const auto value = static_cast<int32_t>(static_cast<uint32_t>(random() & mask));
        values.insert(values.end(), std::min(run, length - values.size()), value);
      }
      std::string out = "before";
      AppendHybridRuns(values, width, &out);
      ASSERT_EQ(out.substr(0, 6), "before");
      auto read = ReadRuns(out.substr(6), width);
      ASSERT_GE(read.size(), length);
      ASSERT_LT(read.size(), length + 8);
      read.resize(length);
      ASSERT_EQ(read, values) << width << " bits, " << length;
    }
  }
}

}  // namespace
}  // namespace artemis
