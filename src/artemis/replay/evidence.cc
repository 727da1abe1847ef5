// Collects what a record of evidence says.
#include "artemis/replay/evidence.h"

#include <atomic>
#include <utility>

#include <arrow/type.h>

#include "artemis/base/parallel_for.h"
#include "artemis/io/file_system.h"
#include "artemis/replay/evidence_files.h"
#include "artemis/replay/pinned_stream.h"
#include "artemis/schema/arrow_schema.h"

namespace artemis {

namespace {

class FileHasher {
 public:
  FileHasher(FileSystem& files, const EvidenceOptions& options, int64_t total)
      : files_(files), options_(options), total_(total) {}

  arrow::Result<std::vector<EvidenceFile>> Hash(const std::vector<EvidenceFile>& planned) {
    std::vector<EvidenceFile> hashed(planned.size());
    ARROW_RETURN_NOT_OK(
        ParallelFor(planned.size(), options_.threads, [&](size_t i) -> arrow::Status {
          ARROW_ASSIGN_OR_RAISE(hashed[i],
                                HashDataFile(files_, planned[i], options_.full, options_.stop));
          if (options_.progress) options_.progress(++done_, total_);
          return arrow::Status::OK();
        }));
    return hashed;
  }

 private:
  FileSystem& files_;
  const EvidenceOptions& options_;
  const int64_t total_;
  std::atomic<int64_t> done_{0};
};

arrow::Status AddFiles(FileSystem& files, const ReplaySession& session,
                       const EvidenceOptions& options, Evidence* evidence) {
  const PlannedFiles planned = FilesOf(session.plan());
  FileHasher hasher(files, options,
                    static_cast<int64_t>(planned.data.size() + planned.deletes.size()));
  ARROW_ASSIGN_OR_RAISE(evidence->files, hasher.Hash(planned.data));
  ARROW_ASSIGN_OR_RAISE(evidence->delete_files, hasher.Hash(planned.deletes));
  return arrow::Status::OK();
}

arrow::Status AddMetadata(FileSystem& files, const PinnedSnapshot& pin,
                          const EvidenceOptions& options, Evidence* evidence) {
  ARROW_ASSIGN_OR_RAISE(evidence->metadata,
                        HashWholeFile(files, pin.metadata_location, options.stop));
  const auto id = pin.view.snapshot_id;
  const Snapshot* snapshot = id ? pin.view.metadata->FindSnapshot(*id) : nullptr;
  if (snapshot == nullptr || snapshot->manifest_list.empty()) return arrow::Status::OK();
  ARROW_ASSIGN_OR_RAISE(evidence->manifest_list,
                        HashWholeFile(files, snapshot->manifest_list, options.stop));
  return arrow::Status::OK();
}

void AddQuestion(const ReplaySession& session, Evidence* evidence) {
  const PinnedSnapshot& pin = session.pin();
  evidence->table = session.table().ToString();
  evidence->table_uuid = pin.view.metadata->table_uuid;
  evidence->target = pin.target;
  evidence->snapshot_id = pin.view.snapshot_id;
  evidence->committed_at = pin.committed_at;
  evidence->schema_id = pin.view.schema->id;
  evidence->spec_ids = session.plan().summary.spec_ids;
  evidence->mode = pin.mode;
  evidence->where = session.options().where;
  evidence->columns = session.options().columns;
  evidence->limit = session.options().read.limit;
}

}  // namespace

void MakeRepeatable(ReplayOptions* options) {
  if (options->read.limit) options->read.threads = 1;
}

std::vector<EvidenceColumn> EvidenceColumnsOf(const arrow::Schema& schema) {
  std::vector<EvidenceColumn> columns;
  for (const auto& field : schema.fields()) {
    columns.push_back(
        {FieldIdOf(*field).value_or(FieldId(0)).value, field->name(), field->type()->ToString()});
  }
  return columns;
}

arrow::Result<Evidence> CollectEvidence(Catalog& catalog, const ReplaySession& session,
                                        const RowSetHash& rows, const EvidenceOptions& options) {
  Evidence evidence;
  evidence.created_at = options.now;
  evidence.principal = options.principal;
  evidence.versions = options.versions;
  evidence.catalog = catalog.Uri();
  AddQuestion(session, &evidence);
  const PinGuard guard(catalog, session.table(), session.pin());
  ARROW_RETURN_NOT_OK(
      guard.Explain(AddMetadata(catalog.files(), session.pin(), options, &evidence)));
  ARROW_RETURN_NOT_OK(guard.Explain(AddFiles(catalog.files(), session, options, &evidence)));
  evidence.result_columns = EvidenceColumnsOf(*session.schema());
  evidence.result_rows = rows.rows();
  evidence.result_hash = rows.Hex();
  return evidence;
}

}  // namespace artemis
