// Deletion vectors: whatever is read as one can be written, and is then read as the same. The first two bytes of the input are the
// count of positions that the table says there are.
#include "artemis/table/deletion_vector.h"
#include "fuzz_input.h"

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  using namespace artemis;
  if (size < 2) return 0;
  const int64_t count = data[0] + 256 * data[1];
  const auto read = DecodeDeletionVector(FuzzText(data + 2, size - 2), count, "fuzz");
  if (!read.ok()) return 0;
  ARTEMIS_CHECK(static_cast<int64_t>(read->size()) == count);
  const auto written = EncodeDeletionVector(*read);
  ARTEMIS_CHECK(written.ok());
  const auto again = DecodeDeletionVector(*written, count, "again");
  ARTEMIS_CHECK(again.ok());
  ARTEMIS_CHECK(*again == *read);
  return 0;
}
