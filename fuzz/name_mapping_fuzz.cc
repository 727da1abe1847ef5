// Name mappings: whatever is read is written as a mapping that reads as the same.
#include "artemis/schema/name_mapping_json.h"
#include "fuzz_input.h"

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  using namespace artemis;
  const auto read = NameMappingFromJson(FuzzText(data, size));
  if (!read.ok()) return 0;
  const auto again = NameMappingFromJson(NameMappingToJson(*read));
  ARTEMIS_CHECK(again.ok());
  ARTEMIS_CHECK(*again == *read);
  return 0;
}
