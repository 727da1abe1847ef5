// Puffin files: whatever footer is read can be written, and is then read as the same.
#include "artemis/table/puffin.h"
#include "fuzz_input.h"

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  using namespace artemis;
  const auto text = FuzzText(data, size);
  const auto read = ReadPuffinFooter(text, "fuzz");
  if (!read.ok()) return 0;
  const auto again = ParsePuffinFooter(PuffinFooterText(*read), int64_t{1} << 40, "again");
  ARTEMIS_CHECK(again.ok());
  ARTEMIS_CHECK(*again == *read);
  return 0;
}
