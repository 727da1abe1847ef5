// What plans of one program share: manifests and footers that were read.
#pragma once

#include "artemis/parquet/file_reader.h"
#include "artemis/scan/manifest_cache.h"
#include "artemis/scan/scan_plan.h"

namespace artemis {

// Thread-safe, as its members are.
struct PlanCaches {
  ManifestCache manifests;
  FooterCache footers;

  // Makes plans made with `options` use them.
  void UseIn(PlanOptions* options) {
    options->manifests = &manifests;
    options->footers = &footers;
  }
};

}  // namespace artemis
