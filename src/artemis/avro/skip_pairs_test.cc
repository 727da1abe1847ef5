// Property: skipping many bytes at a time stops where skipping pair by pair would, on maps of all kinds, sound or not.
#include "artemis/avro/skip_pairs.h"

#include <random>
#include <string>

#include <gtest/gtest.h>

#include "artemis/avro/cursor.h"
#include "artemis/avro/encoder.h"

namespace artemis {
namespace {

constexpr int kSkipCases = 20'000;

struct RandomMap {
  std::string bytes;  // the pairs, then others
  size_t map_bytes = 0;
  int64_t pairs = 0;
};

class MapMaker {
 public:
  explicit MapMaker(uint32_t seed) : random_(seed) {}

  int64_t Below(int64_t end) {
    return static_cast<int64_t>(random_() % static_cast<uint64_t>(end));
  }

  RandomMap Make(bool of_bytes) {
    AvroEncoder pairs;
    RandomMap map;
    map.pairs = Below(20);
    for (int64_t i = 0; i < map.pairs; ++i) {
      pairs.PutLong(Below(50) == 0 ? Below(500) - 200 : Below(64));
      if (of_bytes) {
        pairs.PutBytes(std::string(static_cast<size_t>(Below(40) == 0 ? 100 : Below(20)), '\x05'));
      } else {
        pairs.PutLong(static_cast<int64_t>(random_() >> Below(64)));
      }
    }
    map.bytes = pairs.bytes();
    map.map_bytes = map.bytes.size();
    for (int64_t i = Below(150); i > 0; --i) map.bytes += static_cast<char>(random_());
    if (Below(10) == 0 && !map.bytes.empty()) {
      map.bytes[static_cast<size_t>(Below(static_cast<int64_t>(map.bytes.size())))] = '\xff';
    }
    return map;
  }

 private:
  std::mt19937_64 random_;
};

// Walks the pairs one by one; false where they are broken.
template <typename OnPair>
bool WalkPairs(const std::string& bytes, bool of_bytes, int64_t count, const OnPair& on_pair) {
  AvroCursor cursor(bytes);
  for (; count > 0; --count) {
    const size_t begin = cursor.offset();
    int64_t key, value;
    if (!cursor.ReadLong(&key)) return false;
    if (!(of_bytes ? cursor.SkipBytes() : cursor.ReadLong(&value))) return false;
    on_pair(begin, key, cursor.offset());
  }
  return true;
}

const uint8_t* BytesOf(const std::string& text) {
  return reinterpret_cast<const uint8_t*>(text.data());
}

TEST(SkipPairs, SkipsOnlyUnwantedPairsThatAreThere) {
  const uint32_t seed = std::random_device()();
  MapMaker maker(seed);
  int64_t skipped_in_all = 0;
  for (int i = 0; i < kSkipCases; ++i) {
    const bool of_bytes = i % 2 == 0;
    const RandomMap map = maker.Make(of_bytes);
    const uint64_t wanted = maker.Below(3) == 0 ? 0 : uint64_t{1} << maker.Below(64);
    const uint8_t* begin = BytesOf(map.bytes);
    const uint8_t* end = begin + map.bytes.size();
    const auto skipped = of_bytes ? SkipBytesPairs(begin, end, map.pairs, wanted)
                                  : SkipLongPairs(begin, end, map.pairs, wanted);
    const int64_t done = map.pairs - skipped.pairs_left;
    ASSERT_GE(done, 0);
    skipped_in_all += done;
    size_t reached = 0;
    ASSERT_TRUE(WalkPairs(map.bytes, of_bytes, done,
                          [&](size_t, int64_t key, size_t pair_end) {
                            EXPECT_TRUE(key >= 0 && key < 64 && (wanted >> key & 1) == 0)
                                << "key " << key;
                            reached = pair_end;
                          }))
        << "seed " << seed << ", case " << i;
    ASSERT_EQ(skipped.next - begin, static_cast<ptrdiff_t>(reached))
        << "seed " << seed << ", " << i;
  }
  EXPECT_GT(skipped_in_all, kSkipCases) << "nothing was skipped";
}

}  // namespace
}  // namespace artemis
