// Counts by bucket, then hands out places, a stretch of batches on each thread.
#include "artemis/layout/key_buckets.h"

#include <algorithm>
#include <limits>

#include "artemis/base/parallel_for.h"

namespace artemis {
namespace {

using KeyLists = KeyBuckets::KeyLists;

constexpr size_t kRanges = size_t{1} << 16;
constexpr int64_t kKeyBucketsMax = 512;
constexpr size_t kStretchesMax = 64;
// No period of telemetry's frames.
constexpr size_t kSampleStep = 13;

// Equal ranges of the keys between the least and the greatest, and the bucket of each.
class KeyRanges {
 public:
  static KeyRanges Of(const KeyLists& keys, int threads) {
    struct Extremes {
      uint64_t least = std::numeric_limits<uint64_t>::max();
      uint64_t greatest = 0;
    };
    std::vector<Extremes> of_list(keys.size());
    // Does not fail.
    static_cast<void>(ParallelFor(keys.size(), threads, [&](size_t i) {
      Extremes found;
      for (const uint64_t key : keys[i]) {
        found.least = std::min(found.least, key);
        found.greatest = std::max(found.greatest, key);
      }
      of_list[i] = found;
      return arrow::Status::OK();
    }));
    KeyRanges ranges;
    uint64_t greatest = 0;
    for (const Extremes& found : of_list) {
      ranges.least_ = std::min(ranges.least_, found.least);
      greatest = std::max(greatest, found.greatest);
    }
    while (((greatest - ranges.least_) >> ranges.shift_) >= kRanges) ++ranges.shift_;
    return ranges;
  }

  // Puts ranges together until they hold about `bucket_rows`; gives the number of buckets.
  size_t MakeBuckets(const KeyLists& keys, int64_t bucket_rows) {
    std::vector<uint32_t> sampled(kRanges, 0);
    for (const auto& list : keys) {
      for (size_t i = 0; i < list.size(); i += kSampleStep) ++sampled[RangeOf(list[i])];
    }
    const auto wanted = static_cast<uint32_t>(
        std::max<int64_t>(1, bucket_rows / static_cast<int64_t>(kSampleStep)));
    uint32_t in_bucket = 0;
    uint16_t bucket = 0;
    for (size_t range = 0; range < kRanges; ++range) {
      const bool is_full = in_bucket > 0 && in_bucket + sampled[range] > wanted;
      if (is_full && sampled[range] > 0 && bucket + 1 < kKeyBucketsMax) {
        ++bucket;
        in_bucket = 0;
      }
      in_bucket += sampled[range];
      bucket_of_range_[range] = bucket;
    }
    return size_t{bucket} + 1;
  }

  size_t BucketOf(uint64_t key) const { return bucket_of_range_[RangeOf(key)]; }

 private:
  size_t RangeOf(uint64_t key) const { return (key - least_) >> shift_; }

  uint64_t least_ = std::numeric_limits<uint64_t>::max();
  int shift_ = 0;
  std::vector<uint16_t> bucket_of_range_ = std::vector<uint16_t>(kRanges);
};

// Batches first … end - 1 of stretch `number`.
struct Stretch {
  size_t first = 0;
  size_t end = 0;
};

std::vector<Stretch> StretchesOf(size_t batches) {
  const size_t count = std::min(batches, kStretchesMax);
  std::vector<Stretch> stretches(count);
  for (size_t i = 0; i < count; ++i) {
    stretches[i] = {batches * i / count, batches * (i + 1) / count};
  }
  return stretches;
}

// Counts become the first place of each stretch's rows of a bucket; gives where buckets begin.
std::vector<int64_t> CountsToPlaces(std::vector<std::vector<uint32_t>>* counts, size_t buckets) {
  std::vector<int64_t> begins;
  uint32_t place = 0;
  for (size_t bucket = 0; bucket < buckets; ++bucket) {
    begins.push_back(place);
    for (auto& stretch : *counts) {
      const uint32_t count = stretch[bucket];
      stretch[bucket] = place;
      place += count;
    }
  }
  begins.push_back(place);
  return begins;
}

}  // namespace

std::span<const uint32_t> KeyBuckets::places(size_t batch) const {
  return {reinterpret_cast<const uint32_t*>(places_->data()) + batch_begins_[batch],
          static_cast<size_t>(batch_begins_[batch + 1] - batch_begins_[batch])};
}

std::span<const uint64_t> KeyBuckets::keys(size_t bucket) const {
  return {reinterpret_cast<const uint64_t*>(keys_->data()) + begins_[bucket],
          static_cast<size_t>(begins_[bucket + 1] - begins_[bucket])};
}

arrow::Result<KeyBuckets> KeyBuckets::Make(const KeyLists& keys, int64_t bucket_rows, int threads,
                                           LargeBuffers* memory) {
  KeyBuckets made;
  made.batch_begins_.push_back(0);
  for (const auto& list : keys) {
    made.batch_begins_.push_back(made.batch_begins_.back() + static_cast<int64_t>(list.size()));
  }
  const int64_t rows = made.batch_begins_.back();
  KeyRanges ranges = KeyRanges::Of(keys, threads);
  const size_t buckets = ranges.MakeBuckets(keys, std::max(bucket_rows, rows / kKeyBucketsMax));

  const auto stretches = StretchesOf(keys.size());
  std::vector<std::vector<uint32_t>> counts(stretches.size());
  ARROW_RETURN_NOT_OK(ParallelFor(stretches.size(), threads, [&](size_t s) {
    std::vector<uint32_t> count(buckets, 0);
    for (size_t batch = stretches[s].first; batch < stretches[s].end; ++batch) {
      for (const uint64_t key : keys[batch]) ++count[ranges.BucketOf(key)];
    }
    counts[s] = std::move(count);
    return arrow::Status::OK();
  }));
  made.begins_ = CountsToPlaces(&counts, buckets);

  ARROW_ASSIGN_OR_RAISE(made.places_, memory->Allocate(rows * 4));
  ARROW_ASSIGN_OR_RAISE(made.keys_, memory->Allocate(rows * 8));
  auto* places = reinterpret_cast<uint32_t*>(made.places_->mutable_data());
  auto* placed_keys = reinterpret_cast<uint64_t*>(made.keys_->mutable_data());
  ARROW_RETURN_NOT_OK(ParallelFor(stretches.size(), threads, [&](size_t s) {
    auto& next = counts[s];
    for (size_t batch = stretches[s].first; batch < stretches[s].end; ++batch) {
      uint32_t* out = places + made.batch_begins_[batch];
      for (const uint64_t key : keys[batch]) {
        const uint32_t place = next[ranges.BucketOf(key)]++;
        *out++ = place;
        placed_keys[place] = key;
      }
    }
    return arrow::Status::OK();
  }));
  return made;
}

}  // namespace artemis
