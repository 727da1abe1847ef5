// Schemas as JSON: whatever is read is written as a schema that reads as the same.
#include "artemis/schema/schema_json.h"
#include "fuzz_input.h"

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  using namespace artemis;
  const auto read = SchemaFromJson(FuzzText(data, size));
  if (!read.ok()) return 0;
  const auto again = SchemaFromJson(SchemaToJson(*read));
  ARTEMIS_CHECK(again.ok());
  ARTEMIS_CHECK(again->fields.size() == read->fields.size());
  return 0;
}
