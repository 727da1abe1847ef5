// SHA-256 (FIPS 180-4).
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>

namespace artemis {

using Sha256Digest = std::array<uint8_t, 32>;

// One digest after the other. One thread at a time.
class Sha256 {
 public:
  Sha256();
  ~Sha256();
  Sha256(const Sha256&) = delete;
  Sha256& operator=(const Sha256&) = delete;

  void Update(const void* bytes, size_t size);
  void Update(std::string_view bytes) { Update(bytes.data(), bytes.size()); }
  // The digest of what came since the last one; starts anew.
  Sha256Digest Finish();

 private:
  void* context_;
};

Sha256Digest Sha256Of(std::string_view bytes);

// Two lower-case hexadecimal digits a byte.
std::string HexOf(const Sha256Digest& digest);

}  // namespace artemis
