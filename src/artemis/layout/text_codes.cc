// A hash table with open addressing over the ends of texts.
#include "artemis/layout/text_codes.h"

#include <algorithm>
#include <cstring>

#include <arrow/builder.h>
#include <arrow/type.h>

namespace artemis {
namespace {

constexpr size_t kTextsMax = size_t{1} << 15;
constexpr int64_t kTextBytesMax = int64_t{512} << 10;
constexpr int64_t kFirstRows = int64_t{1} << 14;
// Texts that differ in the middle alone share a hash; looking on past so many is slower than moving bytes.
constexpr size_t kProbesMax = 16;

uint32_t HashTextEnds(std::string_view text) {
  uint64_t head = 0;
  uint64_t tail = 0;
  if (text.size() >= 8) {
    std::memcpy(&head, text.data(), 8);
    std::memcpy(&tail, text.data() + text.size() - 8, 8);
  } else if (!text.empty()) {
    std::memcpy(&head, text.data(), text.size());
  }
  uint64_t hash = (head * 0x9E3779B97F4A7C15u) ^ (tail * 0xC2B2AE3D27D4EB4Fu) ^ text.size();
  hash = (hash ^ (hash >> 29)) * 0xBF58476D1CE4E5B9u;
  return static_cast<uint32_t>(hash >> 32);
}

// As ==, without a call for texts of a usual length.
bool IsSameText(std::string_view a, std::string_view b) {
  if (a.size() != b.size()) return false;
  if (a.size() < 8 || a.size() > 32) return a == b;
  const auto words_differ = [&](size_t offset) {
    uint64_t word_a = 0;
    uint64_t word_b = 0;
    std::memcpy(&word_a, a.data() + offset, 8);
    std::memcpy(&word_b, b.data() + offset, 8);
    return word_a ^ word_b;
  };
  uint64_t differ = words_differ(a.size() - 8);
  for (size_t offset = 0; offset + 8 < a.size(); offset += 8) differ |= words_differ(offset);
  return differ == 0;
}

}  // namespace

int32_t TextCodes::CodeOf(std::string_view text) {
  const uint32_t hash = HashTextEnds(text);
  for (size_t probe = 0; probe < kProbesMax; ++probe) {
    const size_t slot = (hash + probe) & (slots_.size() - 1);
    const Slot& found = slots_[slot];
    if (found.code < 0) return Add(text, hash, slot);
    if (found.hash == hash && IsSameText(texts_[static_cast<size_t>(found.code)], text)) {
      return found.code;
    }
  }
  return -1;
}

int32_t TextCodes::Add(std::string_view text, uint32_t hash, size_t slot) {
  text_bytes_ += static_cast<int64_t>(text.size());
  if (texts_.size() == kTextsMax || text_bytes_ > kTextBytesMax) return -1;
  const auto code = static_cast<int32_t>(texts_.size());
  slots_[slot] = {hash, code};
  texts_.push_back(text);
  followers_.push_back(code);
  if (texts_.size() * 4 > slots_.size()) Grow();
  return code;
}

void TextCodes::Grow() {
  std::vector<Slot> old(slots_.size() * 2);
  old.swap(slots_);
  for (const Slot& slot : old) {
    if (slot.code < 0) continue;
    size_t to = slot.hash & (slots_.size() - 1);
    while (slots_[to].code >= 0) to = (to + 1) & (slots_.size() - 1);
    slots_[to] = slot;
  }
}

bool TextCodes::Encode(const arrow::BinaryArray& values, int16_t* codes) {
  const bool has_nulls = values.null_count() > 0;
  int32_t last = -1;
  for (int64_t row = 0; row < values.length(); ++row) {
    if (has_nulls && values.IsNull(row)) {
      codes[row] = 0;
      continue;
    }
    const std::string_view text = values.GetView(row);
    const int32_t guess = last < 0 ? -1 : followers_[static_cast<size_t>(last)];
    const bool is_right = guess >= 0 && IsSameText(texts_[static_cast<size_t>(guess)], text);
    const int32_t code = is_right ? guess : CodeOf(text);
    if (code < 0) return false;
    if (!is_right && last >= 0) followers_[static_cast<size_t>(last)] = code;
    last = code;
    codes[row] = static_cast<int16_t>(code);
  }
  const bool is_first = rows_ < kFirstRows;
  rows_ += values.length();
  return !is_first || rows_ < kFirstRows || static_cast<int64_t>(texts_.size()) * 4 <= rows_;
}

arrow::Result<std::shared_ptr<arrow::Array>> TextCodes::Texts(
    const std::shared_ptr<arrow::DataType>& type, arrow::MemoryPool* pool) const {
  arrow::BinaryBuilder builder(pool);
  ARROW_RETURN_NOT_OK(builder.Reserve(static_cast<int64_t>(texts_.size())));
  ARROW_RETURN_NOT_OK(builder.ReserveData(text_bytes_));
  for (const std::string_view text : texts_) builder.UnsafeAppend(text);
  ARROW_ASSIGN_OR_RAISE(const auto texts, builder.Finish());
  return texts->View(type);
}

}  // namespace artemis
