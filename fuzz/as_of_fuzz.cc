// The rewriting of AS OF: any text is rewritten or refused, and text without our words comes back as it is.
#include <cctype>
#include <string>

#include "artemis/sql/as_of_rewriter.h"
#include "fuzz_input.h"

namespace {

std::string FuzzLower(std::string_view text) {
  std::string lower(text);
  for (char& c : lower) c = static_cast<char>(std::tolower(static_cast<unsigned char>(c)));
  return lower;
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  using namespace artemis;
  if (size > kFuzzInputMax) return 0;
  const auto text = FuzzText(data, size);
  const auto rewritten = RewriteAsOf(text);
  const std::string lower = FuzzLower(text);
  if (lower.find("of") == lower.npos && lower.find("show") == lower.npos) {
    ARTEMIS_CHECK(rewritten.ok());
    ARTEMIS_CHECK(*rewritten == text);
  }
  return 0;
}
