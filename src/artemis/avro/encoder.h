// Writes Avro's binary encoding (Avro specification, "Binary Encoding").
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

namespace artemis {

// Appends values to a buffer. The caller keeps to its schema. Not thread-safe.
class AvroEncoder {
 public:
  void PutLong(int64_t value);  // int and long
  void PutBoolean(bool value) { bytes_.push_back(value ? '\x01' : '\x00'); }
  void PutFloat(float value);
  void PutDouble(double value);
  void PutBytes(std::string_view value);  // bytes and string
  void PutFixed(std::string_view value) { bytes_.append(value); }
  // The index of a union's branch; for [null, T]: 0 null, 1 a value.
  void PutBranch(int branch) { PutLong(branch); }
  // An array or map of `count` items whose encoding is `items`, as one block with its size in bytes, so that
  // readers can jump over it.
  void PutBlock(int64_t count, std::string_view items);

  const std::string& bytes() const { return bytes_; }
  void Clear() { bytes_.clear(); }

 private:
  std::string bytes_;
};

}  // namespace artemis
