// Z-order (Morton) keys: the bits of several ranks interleaved into one number (Morton, "A Computer Oriented Geodetic Data Base and a
// New Technique in File Sequencing", IBM 1966; Orenstein and Merrett, PODS 1984).
//
// With n columns of b bits, bit j of column c (j counts from the lowest, c from 0) becomes bit j*n + (n - 1 - c) of the key: the first
// column has the highest bit of each group. Rows whose keys share a long prefix are close in every column.
#pragma once

#include <cstdint>
#include <span>
#include <vector>

namespace artemis {

// Bits of each column's rank where `columns` (1 to 8) share a key: 64 parted evenly, at most 16, which is what a sample's quantiles
// tell apart.
int CurveBits(size_t columns);

enum class BitDeposit : uint8_t {
  kScalar,  // by table, on any processor
  kBmi2     // one pdep instruction for each rank; x86-64 with BMI2
};

// kBmi2 where this processor has it.
BitDeposit BestBitDeposit();

// The Z-order key of each row into `keys`. `ranks` has one array for each of 1 to 8 columns, as long as `keys`, of values below
// 2^bits; bits * columns <= 64. Requires a `deposit` that the processor has; every one gives the same keys.
void ZOrderKeys(std::span<const std::vector<uint32_t>> ranks, int bits, std::span<uint64_t> keys,
                BitDeposit deposit = BestBitDeposit());

}  // namespace artemis
