// Why a plan kept or dropped a manifest or a file, in words.
#pragma once

#include <string>

#include "artemis/expr/predicate.h"
#include "artemis/expr/range_evaluator.h"
#include "artemis/scan/manifest_pass.h"
#include "artemis/table/manifest.h"

namespace artemis {

// "dropped in pass 2 by temperature_c in [3, 9]": the first column whose bounds alone exclude the file, or just "by its bounds".
std::string ReasonToDrop(const BoundPredicate& predicate, const Schema& schema,
                         const RangeLookup& ranges);

// "kept: bounds of payload_id [3, 9] may hold 5", with more columns of an AND behind it; "kept: rows are checked for …" where the
// residual is no AND of leaves, or has more than four. `residual` is not kTrue.
std::string ReasonToKeep(const BoundPredicate& residual, const Schema& schema,
                         const RangeLookup& ranges);

// Whether pass 1 keeps the manifest, and "kept" or "dropped in pass 1 by day in [2024-03-01, 2024-03-31]". `projection` is of the
// manifest's spec; null: the spec is not known, and nothing is dropped.
struct ManifestDecision {
  bool kept = true;
  std::string reason;
};
ManifestDecision DecideOnManifest(const ManifestFile& manifest, const SpecProjection* projection);

}  // namespace artemis
