// Manifest lists: whatever is read as the list of a v2 table can be written again.
#include "artemis/table/manifest_avro.h"
#include "fuzz_input.h"

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  using namespace artemis;
  const auto read = ReadManifestList(FuzzText(data, size), "fuzz");
  if (!read.ok()) return 0;
  for (const auto& manifest : *read) {
    if (!manifest.added_files || !manifest.existing_files || !manifest.deleted_files) return 0;
    if (!manifest.added_rows || !manifest.existing_rows || !manifest.deleted_rows) return 0;
  }
  const auto written =
      WriteManifestList(*read, 2, SnapshotId(-7), SnapshotId(1), SequenceNumber(1));
  if (!written.ok()) return 0;
  const auto again = ReadManifestList(*written, "again");
  ARTEMIS_CHECK(again.ok());
  ARTEMIS_CHECK(again->size() == read->size());
  return 0;
}
