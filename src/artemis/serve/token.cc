// Tokens, with OpenSSL's random numbers and hashes.
#include "artemis/serve/token.h"

#include <algorithm>
#include <array>

#include <openssl/crypto.h>
#include <openssl/evp.h>
#include <openssl/hmac.h>
#include <openssl/rand.h>

namespace artemis {

namespace {

constexpr std::string_view kTokenPrefix = "art_";
constexpr size_t kTokenIdDigits = 12;
constexpr size_t kSecretDigits = 64;
constexpr size_t kHeaderBytesMax = 4096;

std::string Hex(const unsigned char* bytes, size_t count) {
  static constexpr char kDigits[] = "0123456789abcdef";
  std::string text;
  text.reserve(2 * count);
  for (size_t i = 0; i < count; ++i) {
    text += kDigits[bytes[i] >> 4];
    text += kDigits[bytes[i] & 15];
  }
  return text;
}

bool IsHex(std::string_view text) {
  return text.find_first_not_of("0123456789abcdef") == std::string_view::npos;
}

// The rest of a header's value after its scheme, whose case does not count.
std::optional<std::string_view> AfterScheme(std::string_view header, std::string_view scheme) {
  if (header.size() > kHeaderBytesMax || header.size() <= scheme.size()) return std::nullopt;
  const bool same = std::equal(scheme.begin(), scheme.end(), header.begin(), [](char a, char b) {
    return a == (b >= 'A' && b <= 'Z' ? b - 'A' + 'a' : b);
  });
  if (!same || header[scheme.size()] != ' ') return std::nullopt;
  return header.substr(scheme.size() + 1);
}

// Padded or not: Go's clients leave the padding out.
std::optional<std::string> FromBase64(std::string_view text) {
  std::string padded(text);
  while (padded.size() % 4 != 0) padded += '=';
  if (padded.empty() || padded.ends_with("===")) return std::nullopt;
  std::string decoded(padded.size() / 4 * 3, '\0');
  const int length = EVP_DecodeBlock(reinterpret_cast<unsigned char*>(decoded.data()),
                                     reinterpret_cast<const unsigned char*>(padded.data()),
                                     static_cast<int>(padded.size()));
  if (length < 0) return std::nullopt;
  const size_t padding = padded.ends_with("==") ? 2 : padded.ends_with("=") ? 1 : 0;
  decoded.resize(static_cast<size_t>(length) - padding);
  return decoded;
}

}  // namespace

bool TokenScope::Allows(std::string_view namespace_name) const {
  if (namespaces.empty()) return true;
  return std::any_of(namespaces.begin(), namespaces.end(), [&](const std::string& allowed) {
    return namespace_name == allowed ||
           (namespace_name.starts_with(allowed) && namespace_name[allowed.size()] == '.');
  });
}

bool Token::ValidAt(TimestampMs now) const {
  return (!revoked || now < *revoked) && (!expires || now < *expires);
}

arrow::Result<std::string> RandomHex(int bytes) {
  std::string random(static_cast<size_t>(bytes), '\0');
  auto* data = reinterpret_cast<unsigned char*>(random.data());
  if (RAND_bytes(data, bytes) != 1)
    return arrow::Status::IOError("no random numbers are to be had");
  return Hex(data, random.size());
}

arrow::Result<std::string> NewTokenText() {
  ARROW_ASSIGN_OR_RAISE(const auto id, RandomHex(kTokenIdDigits / 2));
  ARROW_ASSIGN_OR_RAISE(const auto secret, RandomHex(kSecretDigits / 2));
  return std::string(kTokenPrefix) + id + "_" + secret;
}

std::optional<std::string> TokenIdOf(std::string_view text) {
  constexpr size_t kSize = kTokenPrefix.size() + kTokenIdDigits + 1 + kSecretDigits;
  if (text.size() != kSize || !text.starts_with(kTokenPrefix)) return std::nullopt;
  text.remove_prefix(kTokenPrefix.size());
  const auto id = text.substr(0, kTokenIdDigits);
  if (text[kTokenIdDigits] != '_' || !IsHex(id) || !IsHex(text.substr(kTokenIdDigits + 1))) {
    return std::nullopt;
  }
  return std::string(id);
}

std::string KeyedHash(std::string_view key, std::string_view text) {
  std::array<unsigned char, EVP_MAX_MD_SIZE> hash;
  unsigned int size = 0;
  HMAC(EVP_sha256(), key.data(), static_cast<int>(key.size()),
       reinterpret_cast<const unsigned char*>(text.data()), text.size(), hash.data(), &size);
  return Hex(hash.data(), size);
}

bool EqualInConstantTime(std::string_view a, std::string_view b) {
  return a.size() == b.size() && CRYPTO_memcmp(a.data(), b.data(), a.size()) == 0;
}

std::string Sha256Hex(std::string_view text) {
  std::array<unsigned char, EVP_MAX_MD_SIZE> hash;
  unsigned int size = 0;
  EVP_Digest(text.data(), text.size(), hash.data(), &size, EVP_sha256(), nullptr);
  return Hex(hash.data(), size);
}

std::optional<BasicCredentials> ParseBasic(std::string_view header) {
  const auto encoded = AfterScheme(header, "basic");
  if (!encoded) return std::nullopt;
  const auto decoded = FromBase64(*encoded);
  const size_t colon = decoded ? decoded->find(':') : std::string::npos;
  if (colon == std::string::npos) return std::nullopt;
  return BasicCredentials{decoded->substr(0, colon), decoded->substr(colon + 1)};
}

std::optional<std::string> ParseBearer(std::string_view header) {
  const auto text = AfterScheme(header, "bearer");
  return text ? std::optional(std::string(*text)) : std::nullopt;
}

}  // namespace artemis
