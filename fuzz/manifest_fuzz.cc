// Manifests: the entries of any bytes that are taken for a manifest, with and without metrics.
#include "artemis/table/manifest_avro.h"
#include "fuzz_input.h"

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  using namespace artemis;
  ManifestFile file;
  file.path = "fuzz";
  file.added_snapshot_id = SnapshotId(7);
  file.sequence_number = SequenceNumber(3);
  file.first_row_id = 100;
  ReadManifestOptions all;
  (void)ReadManifest(FuzzText(data, size), file, all);
  ReadManifestOptions few;
  few.metrics_for = {FieldId(1)};
  few.live_only = true;
  (void)ReadManifest(FuzzText(data, size), file, few);
  return 0;
}
