// A hash of a set of rows that does not depend on their order: the result hash of an evidence record (docs/evidence.md, "Result hash").
//
// Each row is written as bytes, column after column; its SHA-256 is taken as a number of 256 bits, most significant byte first; the hash
// is the sum of all rows' numbers modulo 2^256. Batch boundaries, dictionary encoding, slices and the number of threads change nothing.
//
//   null                            00
//   any other value                 01, and then
//     boolean                       00 or 01
//     int, long, date, time,        the number as it is stored, 8 bytes, little-endian, two's complement
//       timestamp (µs or ns)
//     float, double                 the bits, 4 or 8 bytes, little-endian: -0.0 is not 0.0, and NaNs differ by their payload
//     decimal                       the unscaled number, 16 bytes, little-endian, two's complement
//     string, binary, fixed, uuid   the length in bytes, 8 bytes, little-endian; the bytes
//     struct                        its fields, each as a column is
//     list                          the number of elements, 8 bytes, little-endian; the elements
//     map                           the number of entries, 8 bytes, little-endian; of each entry key and value
#pragma once

#include <array>
#include <cstdint>
#include <string>

#include <arrow/record_batch.h>
#include <arrow/result.h>

namespace artemis {

// The name of the formula above, as evidence records give it.
inline constexpr char kRowSetHashName[] = "sha256-sum-mod-2^256/1";

// One thread at a time.
class RowSetHash {
 public:
  // Rows of a batch are hashed on up to this many threads.
  explicit RowSetHash(int threads = 1) : threads_(threads) {}

  // NotImplemented names an Arrow type that no Iceberg type maps to; the hash is then not to be used.
  arrow::Status Add(const arrow::RecordBatch& batch);

  int64_t rows() const { return rows_; }
  // 64 hexadecimal digits; of no rows 0.
  std::string Hex() const;

 private:
  using Number = std::array<uint64_t, 4>;  // least significant first

  int threads_;
  int64_t rows_ = 0;
  Number sum_ = {};
};

// What goes into a row's SHA-256.
arrow::Result<std::string> CanonicalRow(const arrow::RecordBatch& batch, int64_t row);

}  // namespace artemis
