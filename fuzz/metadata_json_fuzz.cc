// Table metadata: whatever is read can be written, and is then read as the same.
#include "artemis/table/metadata_json.h"
#include "fuzz_input.h"

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  using namespace artemis;
  const auto read = TableMetadataFromJson(FuzzText(data, size), "fuzz");
  if (!read.ok() || !Validate(*read).ok()) return 0;
  const auto again = TableMetadataFromJson(TableMetadataToJson(*read), "again");
  ARTEMIS_CHECK(again.ok());
  ARTEMIS_CHECK(again->snapshots.size() == read->snapshots.size());
  ARTEMIS_CHECK(again->schemas.size() == read->schemas.size());
  ARTEMIS_CHECK(again->current_snapshot_id == read->current_snapshot_id);
  return 0;
}
