// Digests by libcrypto.
#include "artemis/base/sha256.h"

#include <openssl/evp.h>

#include "artemis/base/error.h"

namespace artemis {

namespace {

EVP_MD_CTX* DigestContext(void* context) { return static_cast<EVP_MD_CTX*>(context); }

}  // namespace

Sha256::Sha256() : context_(EVP_MD_CTX_new()) {
  ARTEMIS_CHECK(context_ != nullptr);
  ARTEMIS_CHECK(EVP_DigestInit_ex(DigestContext(context_), EVP_sha256(), nullptr) == 1);
}

Sha256::~Sha256() { EVP_MD_CTX_free(DigestContext(context_)); }

void Sha256::Update(const void* bytes, size_t size) {
  ARTEMIS_CHECK(EVP_DigestUpdate(DigestContext(context_), bytes, size) == 1);
}

Sha256Digest Sha256::Finish() {
  Sha256Digest digest;
  ARTEMIS_CHECK(EVP_DigestFinal_ex(DigestContext(context_), digest.data(), nullptr) == 1);
  ARTEMIS_CHECK(EVP_DigestInit_ex(DigestContext(context_), nullptr, nullptr) == 1);
  return digest;
}

Sha256Digest Sha256Of(std::string_view bytes) {
  Sha256 sha;
  sha.Update(bytes);
  return sha.Finish();
}

std::string HexOf(const Sha256Digest& digest) {
  constexpr char kDigits[] = "0123456789abcdef";
  std::string text;
  for (const uint8_t byte : digest) {
    text += kDigits[byte >> 4];
    text += kDigits[byte & 15];
  }
  return text;
}

}  // namespace artemis
