// artemis-replay verify.
#include "artemis/cli/replay_verify_command.h"

#include <cmath>

#include "artemis/base/json_text.h"
#include "artemis/base/program_error.h"
#include "artemis/base/progress.h"
#include "artemis/base/stopwatch.h"
#include "artemis/io/file_system.h"
#include "artemis/replay/evidence_json.h"
#include "artemis/replay/verify.h"

namespace artemis {

namespace {

std::string ListJson(const std::vector<std::string>& texts) {
  std::string json = "[";
  for (const auto& text : texts) {
    if (json.size() > 1) json += ",";
    AppendJsonString(text, &json);
  }
  return json + "]";
}

FactTable DifferenceFacts(const Verification& found) {
  FactTable table;
  table.keys = {"what", "expected", "found", "path"};
  for (const auto& each : found.differences) {
    table.rows.push_back({Fact::Text(each.what), Fact::TextIf(each.expected),
                          Fact::TextIf(each.found), Fact::TextIf(each.path)});
  }
  return table;
}

FactRecord VerificationFacts(const ReplayVerifyOptions& options, const Evidence& evidence,
                             const Verification& found, int64_t elapsed_ms) {
  FactRecord facts;
  facts.Add("evidence", Fact::Text(options.evidence));
  facts.Add("table", Fact::Text(evidence.table));
  facts.Add("snapshot_id", Fact::IdIf(evidence.snapshot_id));
  facts.Add("recorded_at", Fact::Time(evidence.created_at));
  facts.Add("recorded_by", Fact::TextIf(evidence.principal));
  facts.Add("outcome", Fact::Text(found.is_same() ? "same" : "differs"));
  facts.Add("files_checked", Fact::Count(found.files_checked));
  facts.Add("bytes_checked", Fact::Bytes(found.bytes_checked));
  facts.Add("rows", Fact::CountIf(found.rows));
  facts.Add("hash", Fact::TextIf(found.hash));
  facts.Add("elapsed_ms", Fact::Count(elapsed_ms));
  if (options.format == FactFormat::kJson) {
    facts.Add("notes", Fact::Json("", ListJson(found.notes)));
    facts.AddTable("differences", DifferenceFacts(found));
  }
  return facts;
}

arrow::Status PrintVerification(const ReplayVerifyOptions& options, const Evidence& evidence,
                                const Verification& found, int64_t elapsed_ms,
                                CommandContext& context) {
  const FactRecord facts = VerificationFacts(options, evidence, found, elapsed_ms);
  if (options.format == FactFormat::kJson) return context.Print(facts, options.format);
  std::string text = facts.ToText();
  for (const auto& note : found.notes) text += "note: " + note + "\n";
  if (!found.is_same()) text += "\n" + DifferenceFacts(found).ToText();
  return context.Print(text);
}

}  // namespace

arrow::Status RunReplayVerify(const ReplayVerifyOptions& options, CommandContext& context) {
  const Stopwatch watch;
  if (options.deadline_s && !(*options.deadline_s > 0 && *options.deadline_s < 1e9)) {
    return UsageError("--deadline takes a number of seconds over 0");
  }
  ARROW_ASSIGN_OR_RAISE(const auto text,
                        LocalFileSystem().ReadAll(options.evidence, kEvidenceBytesMax));
  ARROW_ASSIGN_OR_RAISE(const auto evidence, EvidenceFromJson(text, options.evidence));
  ARROW_ASSIGN_OR_RAISE(const auto catalog, context.OpenToRead());
  ProgressLine line(context.common().progress, "verify");
  VerifyOptions verify;
  verify.threads = options.threads;
  if (options.deadline_s) {
    verify.deadline_ms = static_cast<int64_t>(std::ceil(*options.deadline_s * 1000));
  }
  verify.stop = context.stop();
  verify.progress = [&](int64_t done, int64_t total) { line.Update(done, total, "files"); };
  ARROW_ASSIGN_OR_RAISE(const auto found, VerifyEvidence(*catalog, evidence, verify));
  line.Finish();
  ARROW_RETURN_NOT_OK(PrintVerification(options, evidence, found, watch.ElapsedMs(), context));
  if (found.is_same()) return arrow::Status::OK();
  return arrow::Status::Invalid(
      options.evidence, ": ", CountOf(static_cast<int64_t>(found.differences.size()), "difference"),
      " from the record");
}

}  // namespace artemis
