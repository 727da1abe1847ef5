// A ring of slots that two threads fill and one empties.
#include "artemis/avro/inflate_ahead.h"

#include <utility>

namespace artemis {

InflateAhead::InflateAhead(AvroCodec codec, std::vector<std::string_view> blocks,
                           size_t raw_bytes_max)
    : blocks_(std::move(blocks)), raw_bytes_max_(raw_bytes_max) {
  for (Slot& slot : slots_) slot.decompressor = std::make_unique<BlockDecompressor>(codec);
  thread_ = std::jthread([this] { Run(); });
}

InflateAhead::~InflateAhead() {
  {
    std::lock_guard lock(mutex_);
    is_over_ = true;
  }
  changed_.notify_all();
}

void InflateAhead::Run() {
  std::unique_lock lock(mutex_);
  while (true) {
    changed_.wait(lock, [&] { return is_over_ || next_ == blocks_.size() || CanBegin(); });
    if (is_over_ || next_ == blocks_.size()) return;
    InflateNext(&lock);
  }
}

void InflateAhead::InflateNext(std::unique_lock<std::mutex>* lock) {
  const size_t i = next_++;
  Slot& slot = slots_[i % kSlots];
  lock->unlock();
  auto raw = slot.decompressor->Decompress(blocks_[i], raw_bytes_max_);
  lock->lock();
  slot.raw = std::move(raw);
  ++slot.blocks_done;
  changed_.notify_all();
}

arrow::Result<std::string_view> InflateAhead::Take(size_t i) {
  std::unique_lock lock(mutex_);
  taken_ = i;
  changed_.notify_all();
  while (!IsDone(i)) {
    if (CanBegin()) {
      InflateNext(&lock);
    } else {
      changed_.wait(lock);
    }
  }
  return slots_[i % kSlots].raw;
}

}  // namespace artemis
