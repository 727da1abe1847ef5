// Numbers the distinct texts of a column that has few, so that rows are moved as numbers.
#pragma once

#include <cstdint>
#include <memory>
#include <string_view>
#include <vector>

#include <arrow/array.h>
#include <arrow/memory_pool.h>
#include <arrow/result.h>

namespace artemis {

// Texts are numbered by first appearance. Refers to the texts it was given: they must outlive it.
class TextCodes {
 public:
  // The number of each value of a string or binary array into `codes`, of a null 0. False once the column turns out to have many texts (over 32,768,
  // over 512 KiB, or one in four of its first rows) or some that are slow to tell apart: then nothing here is good for use.
  bool Encode(const arrow::BinaryArray& values, int16_t* codes);

  // The texts by number, as an array of `type`.
  arrow::Result<std::shared_ptr<arrow::Array>> Texts(const std::shared_ptr<arrow::DataType>& type,
                                                     arrow::MemoryPool* pool) const;

 private:
  struct Slot {
    uint32_t hash = 0;
    int32_t code = -1;
  };

  // -1 when it gives up.
  int32_t CodeOf(std::string_view text);
  int32_t Add(std::string_view text, uint32_t hash, size_t slot);
  void Grow();

  std::vector<Slot> slots_ = std::vector<Slot>(1024);
  std::vector<std::string_view> texts_;
  // Of each text, the one that came after it last, which is likely to come again: telemetry repeats its channels, and runs repeat one text.
  std::vector<int32_t> followers_;
  int64_t text_bytes_ = 0;
  int64_t rows_ = 0;
};

}  // namespace artemis
