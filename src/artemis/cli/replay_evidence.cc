// Writes evidence records.
#include "artemis/cli/replay_evidence.h"

#include "artemis/base/progress.h"
#include "artemis/cli/versions.h"
#include "artemis/output/target.h"
#include "artemis/replay/evidence_json.h"

namespace artemis {

arrow::Status WriteEvidence(Catalog& catalog, const ReplaySession& session, const RowSetHash& rows,
                            const EvidenceRequest& request, CommandContext& context) {
  ProgressLine line(context.common().progress, "evidence");
  EvidenceOptions options;
  options.full = request.full;
  options.principal = UserName();
  for (const auto& [part, version] : PartVersions()) options.versions[part] = version;
  options.now = context.clock().Now();
  options.threads = request.threads;
  options.stop = context.stop();
  options.progress = [&](int64_t done, int64_t total) { line.Update(done, total, "files"); };
  ARROW_ASSIGN_OR_RAISE(const auto evidence, CollectEvidence(catalog, session, rows, options));
  line.Finish();
  ARROW_ASSIGN_OR_RAISE(const auto text, EvidenceToJson(evidence));
  ARROW_ASSIGN_OR_RAISE(auto target, OutputTarget::Open(request.path));
  ARROW_RETURN_NOT_OK(target->Write(text));
  return target->Finish();
}

}  // namespace artemis
