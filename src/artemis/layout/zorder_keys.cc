// The scalar form spreads eight bits of a rank at a time by a table.
#include "artemis/layout/zorder_keys.h"

#include <algorithm>
#include <array>

#if defined(__x86_64__)
#include <immintrin.h>
#endif

namespace artemis {
namespace {

constexpr int kTableBits = 8;
using SpreadTable = std::array<uint64_t, size_t{1} << kTableBits>;

// Bit j of the index at place j * columns.
SpreadTable MakeSpreadTable(size_t columns) {
  SpreadTable table{};
  for (size_t byte = 0; byte < table.size(); ++byte) {
    for (size_t j = 0; j < kTableBits && j * columns < 64; ++j) {
      table[byte] |= static_cast<uint64_t>((byte >> j) & 1) << (j * columns);
    }
  }
  return table;
}

void DepositByTable(const SpreadTable& table, std::span<const uint32_t> ranks, size_t columns,
                    size_t column, int bits, std::span<uint64_t> keys) {
  for (size_t row = 0; row < keys.size(); ++row) {
    uint64_t spread = 0;
    for (int low = 0; low < bits; low += kTableBits) {
      spread |= table[(ranks[row] >> low) & (table.size() - 1)]
                << (static_cast<size_t>(low) * columns);
    }
    keys[row] |= spread << (columns - 1 - column);
  }
}

#if defined(__x86_64__)
uint64_t DepositMask(size_t columns, size_t column, int bits) {
  uint64_t mask = 0;
  for (int j = 0; j < bits; ++j) {
    mask |= uint64_t{1} << (static_cast<size_t>(j) * columns + columns - 1 - column);
  }
  return mask;
}

__attribute__((target("bmi2"))) void DepositByInstruction(std::span<const uint32_t> ranks,
                                                          uint64_t mask, std::span<uint64_t> keys) {
  for (size_t row = 0; row < keys.size(); ++row) keys[row] |= _pdep_u64(ranks[row], mask);
}
#endif

}  // namespace

int CurveBits(size_t columns) { return static_cast<int>(std::min<size_t>(16, 64 / columns)); }

BitDeposit BestBitDeposit() {
#if defined(__x86_64__)
  if (__builtin_cpu_supports("bmi2")) return BitDeposit::kBmi2;
#endif
  return BitDeposit::kScalar;
}

void ZOrderKeys(std::span<const std::vector<uint32_t>> ranks, int bits, std::span<uint64_t> keys,
                BitDeposit deposit) {
  std::fill(keys.begin(), keys.end(), 0);
#if defined(__x86_64__)
  if (deposit == BitDeposit::kBmi2) {
    for (size_t column = 0; column < ranks.size(); ++column) {
      DepositByInstruction(ranks[column], DepositMask(ranks.size(), column, bits), keys);
    }
    return;
  }
#endif
  static_cast<void>(deposit);
  const SpreadTable table = MakeSpreadTable(ranks.size());
  for (size_t column = 0; column < ranks.size(); ++column) {
    DepositByTable(table, ranks[column], ranks.size(), column, bits, keys);
  }
}

}  // namespace artemis
