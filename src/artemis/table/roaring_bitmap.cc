// Walks the containers; each is checked to be sorted and to hold as many values as it says.
#include "artemis/table/roaring_bitmap.h"

#include <bit>
#include <cstring>

namespace artemis {

namespace {

constexpr uint32_t kCookieWithoutRuns = 12346;
constexpr uint32_t kCookieWithRuns = 12347;
constexpr uint32_t kContainersMax = 65536;
constexpr uint32_t kOffsetsFrom = 4;
constexpr uint32_t kArrayMax = 4096;
constexpr size_t kBitsetBytes = 8192;

arrow::Status BrokenBitmap(const char* what) { return arrow::Status::Invalid(what); }

class RoaringReader {
 public:
  RoaringReader(std::string_view bytes, uint32_t high, std::vector<int64_t>* positions)
      : bytes_(bytes), base_(static_cast<int64_t>(high) << 32), positions_(*positions) {}

  arrow::Result<size_t> Read(int64_t positions_max) {
    ARROW_RETURN_NOT_OK(ReadHead());
    int64_t total = 0;
    for (const Container& container : containers_) total += container.cardinality;
    if (total > positions_max) return BrokenBitmap("more values than were announced");
    positions_.reserve(positions_.size() + static_cast<size_t>(total));
    for (const Container& container : containers_) ARROW_RETURN_NOT_OK(ReadContainer(container));
    return at_;
  }

 private:
  struct Container {
    uint32_t key = 0;
    uint32_t cardinality = 0;
    bool runs = false;
  };

  bool Has(size_t size) const { return bytes_.size() - at_ >= size; }

  template <typename V>
  V Take() {
    V value;
    std::memcpy(&value, bytes_.data() + at_, sizeof(value));
    at_ += sizeof(value);
    return value;
  }

  arrow::Status ReadHead() {
    if (!Has(4)) return BrokenBitmap("cut off in its cookie");
    const auto cookie = Take<uint32_t>();
    uint32_t count = 0;
    std::string_view run_flags;
    if (cookie == kCookieWithoutRuns) {
      if (!Has(4)) return BrokenBitmap("cut off in its cookie");
      count = Take<uint32_t>();
    } else if ((cookie & 0xFFFF) == kCookieWithRuns) {
      count = (cookie >> 16) + 1;
      if (!Has((count + 7) / 8)) return BrokenBitmap("cut off in its run flags");
      run_flags = bytes_.substr(at_, (count + 7) / 8);
      at_ += run_flags.size();
    } else {
      return BrokenBitmap("an unknown cookie");
    }
    if (count > kContainersMax) return BrokenBitmap("too many containers");
    if (!Has(size_t{count} * 4)) return BrokenBitmap("cut off in its keys");
    ARROW_RETURN_NOT_OK(ReadKeys(count, run_flags));
    const bool has_offsets = run_flags.empty() || count >= kOffsetsFrom;
    if (!has_offsets) return arrow::Status::OK();
    if (!Has(size_t{count} * 4)) return BrokenBitmap("cut off in its offsets");
    at_ += size_t{count} * 4;
    return arrow::Status::OK();
  }

  arrow::Status ReadKeys(uint32_t count, std::string_view run_flags) {
    int64_t last = -1;
    for (uint32_t i = 0; i < count; ++i) {
      Container container;
      container.key = Take<uint16_t>();
      container.cardinality = uint32_t{Take<uint16_t>()} + 1;
      container.runs = !run_flags.empty() && ((run_flags[i / 8] >> (i % 8)) & 1) != 0;
      if (int64_t{container.key} <= last) return BrokenBitmap("keys out of order");
      last = container.key;
      containers_.push_back(container);
    }
    return arrow::Status::OK();
  }

  arrow::Status ReadContainer(const Container& container) {
    const int64_t base = base_ + (int64_t{container.key} << 16);
    if (container.runs) return ReadRuns(base, container.cardinality);
    if (container.cardinality > kArrayMax) return ReadBitset(base, container.cardinality);
    return ReadArray(base, container.cardinality);
  }

  arrow::Status ReadArray(int64_t base, uint32_t count) {
    if (!Has(size_t{count} * 2)) return BrokenBitmap("cut off in an array");
    int32_t last = -1;
    for (uint32_t i = 0; i < count; ++i) {
      const int32_t value = Take<uint16_t>();
      if (value <= last) return BrokenBitmap("an array out of order");
      last = value;
      positions_.push_back(base + value);
    }
    return arrow::Status::OK();
  }

  arrow::Status ReadBitset(int64_t base, uint32_t count) {
    if (!Has(kBitsetBytes)) return BrokenBitmap("cut off in a bit set");
    const size_t before = positions_.size();
    for (size_t word = 0; word < kBitsetBytes / 8; ++word) {
      auto bits = Take<uint64_t>();
      if (positions_.size() - before + static_cast<size_t>(std::popcount(bits)) > count) {
        return BrokenBitmap("a bit set of another cardinality");
      }
      for (; bits != 0; bits &= bits - 1) {
        positions_.push_back(base + static_cast<int64_t>(word) * 64 + std::countr_zero(bits));
      }
    }
    if (positions_.size() - before != count) {
      return BrokenBitmap("a bit set of another cardinality");
    }
    return arrow::Status::OK();
  }

  arrow::Status ReadRuns(int64_t base, uint32_t count) {
    if (!Has(2)) return BrokenBitmap("cut off in its runs");
    const uint32_t runs = Take<uint16_t>();
    if (!Has(size_t{runs} * 4)) return BrokenBitmap("cut off in its runs");
    int32_t last = -1;
    uint32_t found = 0;
    for (uint32_t i = 0; i < runs; ++i) {
      const int32_t first = Take<uint16_t>();
      const int32_t end = first + Take<uint16_t>();
      if (first <= last || end > 0xFFFF) return BrokenBitmap("runs out of order");
      last = end;
      found += static_cast<uint32_t>(end - first + 1);
      if (found > count) return BrokenBitmap("runs of another cardinality");
      for (int32_t value = first; value <= end; ++value) positions_.push_back(base + value);
    }
    if (found != count) return BrokenBitmap("runs of another cardinality");
    return arrow::Status::OK();
  }

  std::string_view bytes_;
  size_t at_ = 0;
  const int64_t base_;
  std::vector<Container> containers_;
  std::vector<int64_t>& positions_;
};

}  // namespace

arrow::Result<size_t> AppendRoaringPositions(std::string_view bytes, uint32_t high,
                                             int64_t positions_max,
                                             std::vector<int64_t>* positions) {
  return RoaringReader(bytes, high, positions).Read(positions_max);
}

}  // namespace artemis
