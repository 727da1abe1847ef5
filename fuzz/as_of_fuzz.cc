// The rewriting of AS OF: any text is rewritten or refused, and what has been rewritten has nothing left to rewrite.
#include "artemis/sql/as_of_rewriter.h"
#include "fuzz_input.h"

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  using namespace artemis;
  if (size > kFuzzInputMax) return 0;
  const auto rewritten = RewriteAsOf(FuzzText(data, size));
  if (!rewritten.ok()) return 0;
  const auto again = RewriteAsOf(*rewritten);
  ARTEMIS_CHECK(!again.ok() || *again == *rewritten);
  return 0;
}
