// Facts of buckets of keys.
#include "artemis/layout/key_buckets.h"

#include <algorithm>
#include <numeric>
#include <random>

#include <gtest/gtest.h>

namespace artemis {
namespace {

using KeyLists = std::vector<std::vector<uint64_t>>;

KeyBuckets BucketsOf(const KeyLists& keys, int64_t bucket_rows, int threads) {
  LargeBuffers memory(arrow::default_memory_pool());
  return KeyBuckets::Make({keys.begin(), keys.end()}, bucket_rows, threads, &memory).ValueOrDie();
}

// Every row has a place of its own that holds its key; keys ascend from bucket to bucket, and rows of a bucket keep their order.
void ExpectParted(const KeyLists& keys, const KeyBuckets& buckets) {
  std::vector<uint64_t> placed;
  for (size_t b = 0; b < buckets.size(); ++b) {
    const auto in_bucket = buckets.keys(b);
    ASSERT_EQ(static_cast<int64_t>(placed.size()), buckets.begin(b));
    if (b > 0 && !placed.empty() && !in_bucket.empty()) {
      ASSERT_LE(*std::max_element(placed.begin(), placed.end()),
                *std::min_element(in_bucket.begin(), in_bucket.end()));
    }
    placed.insert(placed.end(), in_bucket.begin(), in_bucket.end());
  }
  std::vector<bool> taken(placed.size());
  std::vector<int64_t> last_of_bucket(buckets.size(), -1);
  for (size_t batch = 0; batch < keys.size(); ++batch) {
    const auto places = buckets.places(batch);
    ASSERT_EQ(places.size(), keys[batch].size());
    for (size_t row = 0; row < places.size(); ++row) {
      const int64_t place = places[row];
      ASSERT_LT(place, static_cast<int64_t>(placed.size()));
      ASSERT_EQ(placed[static_cast<size_t>(place)], keys[batch][row]);
      ASSERT_FALSE(taken[static_cast<size_t>(place)]);
      taken[static_cast<size_t>(place)] = true;
      size_t bucket = 0;
      while (buckets.begin(bucket + 1) <= place) ++bucket;
      ASSERT_GT(place, last_of_bucket[bucket]);
      last_of_bucket[bucket] = place;
    }
  }
}

KeyLists RandomKeys(size_t batches, size_t rows_max, uint64_t mask) {
  std::mt19937_64 random(11);
  KeyLists keys(batches);
  for (auto& list : keys) {
    list.resize(random() % (rows_max + 1));
    for (uint64_t& key : list) key = random() & mask;
  }
  return keys;
}

TEST(KeyBuckets, PartRowsByKeyInTheirOrder) {
  for (const uint64_t mask : {~uint64_t{0}, uint64_t{0xFFFFFFFF}, uint64_t{0xF00000000000000F}}) {
    const auto keys = RandomKeys(90, 200, mask);
    const auto buckets = BucketsOf(keys, 500, 2);
    EXPECT_GT(buckets.size(), 4u);
    ExpectParted(keys, buckets);
  }
}

TEST(KeyBuckets, AreOfAboutTheSizeAskedFor) {
  KeyLists even(1);
  std::mt19937_64 random(5);
  for (int i = 0; i < 200'000; ++i) even[0].push_back(random());
  const auto buckets = BucketsOf(even, 10'000, 1);
  for (size_t b = 0; b < buckets.size(); ++b) {
    EXPECT_LT(buckets.begin(b + 1) - buckets.begin(b), 12'000);
  }
  EXPECT_LE(buckets.size(), 25u);
}

TEST(KeyBuckets, HoldEqualKeysTogetherAndMakeNoMoreThan512) {
  const KeyLists same = {std::vector<uint64_t>(5000, 7), std::vector<uint64_t>(3, 7)};
  EXPECT_EQ(BucketsOf(same, 100, 1).size(), 1u);
  KeyLists ascending(1);
  ascending[0].resize(100'000);
  std::iota(ascending[0].begin(), ascending[0].end(), uint64_t{1} << 40);
  const auto buckets = BucketsOf(ascending, 1, 1);
  EXPECT_LE(buckets.size(), 512u);
  EXPECT_GT(buckets.size(), 256u);
  ExpectParted(ascending, buckets);
}

}  // namespace
}  // namespace artemis
