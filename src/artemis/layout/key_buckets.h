// Parts rows by ranges of their 64-bit keys into buckets that fit a processor's cache. Sorting and gathering then miss the cache once for a
// line of values, where over all rows they miss it for every value. (Manegold, Boncz, Kersten, "Optimizing Main-Memory Join on Modern
// Hardware", IEEE TKDE 14, 2002: radix clustering.)
//
// Steps: (1) a sample of the keys says how many lie in each of 65,536 equal ranges between the least and the greatest; (2) neighbouring ranges
// are put together until they hold a bucket's rows; (3) rows are counted by bucket and stretch of batches; (4) every row gets the next place
// of its bucket. A range that many rows share makes a large bucket, which is slower to sort and no less right.
#pragma once

#include <cstdint>
#include <memory>
#include <span>
#include <vector>

#include <arrow/buffer.h>
#include <arrow/result.h>

#include "artemis/layout/large_buffer.h"

namespace artemis {

// Rows are in buckets, buckets ascend by key, rows of a bucket are in the order they came in.
class KeyBuckets {
 public:
  using KeyLists = std::vector<std::span<const uint64_t>>;

  // `keys` of each batch, in all less than 2^32 and at least one; they are not kept. About `bucket_rows` in a bucket, or more where that made
  // over 512 of them. Uses `threads` threads.
  static arrow::Result<KeyBuckets> Make(const KeyLists& keys, int64_t bucket_rows, int threads,
                                        LargeBuffers* memory);

  size_t size() const { return begins_.size() - 1; }
  // The first place of a bucket; of the one behind the last, the number of rows.
  int64_t begin(size_t bucket) const { return begins_[bucket]; }
  // Where each row of a batch goes.
  std::span<const uint32_t> places(size_t batch) const;
  // The keys of a bucket's rows, until they are taken.
  std::span<const uint64_t> keys(size_t bucket) const;
  // What the keys are in, for other use.
  std::shared_ptr<arrow::Buffer> TakeKeys() { return std::move(keys_); }

 private:
  KeyBuckets() = default;

  std::vector<int64_t> begins_;
  // Of the first row of each batch, and of all.
  std::vector<int64_t> batch_begins_;
  std::shared_ptr<arrow::Buffer> places_;
  std::shared_ptr<arrow::Buffer> keys_;
};

}  // namespace artemis
