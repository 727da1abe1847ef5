// Decompresses the blocks of a file on two threads, ahead of the one that decodes them: for a file that is read alone.
#pragma once

#include <array>
#include <condition_variable>
#include <memory>
#include <mutex>
#include <string_view>
#include <thread>
#include <vector>

#include <arrow/result.h>

#include "artemis/avro/codec.h"

namespace artemis {

// Blocks are asked for one after the other, by one thread; that thread decompresses, too, rather than wait.
class InflateAhead {
 public:
  // The bytes must outlive it. `raw_bytes_max`: as for BlockDecompressor, of each block.
  InflateAhead(AvroCodec codec, std::vector<std::string_view> blocks, size_t raw_bytes_max);
  ~InflateAhead();
  InflateAhead(const InflateAhead&) = delete;
  InflateAhead& operator=(const InflateAhead&) = delete;

  // The raw bytes of block `i`, valid until the next call; asked for 0, 1, … in turn. Errors are those of BlockDecompressor.
  arrow::Result<std::string_view> Take(size_t i);

 private:
  // Raw blocks at hand at once.
  static constexpr size_t kSlots = 4;
  struct Slot {
    std::unique_ptr<BlockDecompressor> decompressor;
    arrow::Result<std::string_view> raw = std::string_view();
    size_t blocks_done = 0;
  };

  void Run();
  bool CanBegin() const { return next_ < blocks_.size() && next_ < taken_ + kSlots; }
  bool IsDone(size_t i) const { return slots_[i % kSlots].blocks_done > i / kSlots; }
  // Decompresses the next block; the lock is not held meanwhile.
  void InflateNext(std::unique_lock<std::mutex>* lock);

  const std::vector<std::string_view> blocks_;
  const size_t raw_bytes_max_;
  std::mutex mutex_;
  std::condition_variable changed_;
  std::array<Slot, kSlots> slots_;
  size_t next_ = 0;   // the block to be decompressed next
  size_t taken_ = 0;  // the block that is being decoded
  bool is_over_ = false;
  std::jthread thread_;
};

}  // namespace artemis
