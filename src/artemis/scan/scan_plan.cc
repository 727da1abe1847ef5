// The planner: manifest list, manifest entries, footers, each pass only on what the one before has kept.
#include "artemis/scan/scan_plan.h"

#include <algorithm>
#include <charconv>
#include <chrono>
#include <set>

#include "artemis/base/error.h"
#include "artemis/expr/lift.h"
#include "artemis/expr/range_evaluator.h"
#include "artemis/io/file_system.h"
#include "artemis/parquet/file_reader.h"
#include "artemis/scan/delete_index.h"
#include "artemis/scan/field_ranges.h"
#include "artemis/scan/manifest_pass.h"
#include "artemis/scan/row_group_pass.h"
#include "artemis/schema/literal.h"
#include "artemis/table/manifest_avro.h"

namespace artemis {

namespace {

arrow::Result<Manifest> ReadManifestFile(const ManifestFile& file,
                                         const ReadManifestOptions& options, FileSystem& files) {
  ARROW_ASSIGN_OR_RAISE(const auto bytes, files.ReadAll(file.path, kManifestBytesMax));
  return ReadManifest(bytes, file, options);
}

// v1 snapshots may name their manifests one by one, without a list.
arrow::Result<ManifestFile> DescribeEmbedded(const std::string& path, SnapshotId snapshot_id,
                                             FileSystem& files) {
  ARROW_ASSIGN_OR_RAISE(const auto bytes, files.ReadAll(path, kManifestBytesMax));
  ARROW_ASSIGN_OR_RAISE(const auto header, ReadManifestHeader(bytes, path));
  ManifestFile file;
  file.path = path;
  file.length_bytes = static_cast<int64_t>(bytes.size());
  file.spec_id = header.spec.id;
  file.added_snapshot_id = snapshot_id;
  return file;
}

std::string DescribeLeaf(const BoundPredicate& leaf, const Schema& schema,
                         const RangeLookup& ranges) {
  std::string text = schema.FullName(leaf.field_id);
  const auto range = ranges(leaf.field_id);
  if (range && range->lower && range->upper) {
    text += " in [" + FormatLiteral(leaf.type, *range->lower) + ", " +
            FormatLiteral(leaf.type, *range->upper) + "]";
  }
  return text;
}

class Planner {
 public:
  Planner(const TableView& view, const BoundPredicate& predicate, FileSystem& files,
          const PlanOptions& options)
      : view_(view), files_(files), options_(options), projections_(ProjectSpecs(view, predicate)) {
    plan_.view = view;
    plan_.predicate = predicate;
    if (!options.all_metrics) {
      read_data_.metrics_for = ReferencedFields(predicate);
    }
    read_data_.live_only = true;
  }

  arrow::Result<ScanPlan> Run() {
    const auto begin = std::chrono::steady_clock::now();
    if (view_.snapshot_id) {
      ARROW_ASSIGN_OR_RAISE(const auto manifests, ListManifests(view_, files_));
      CountManifests(manifests);
      for (const auto& manifest : manifests) {
        if (manifest.content == ManifestContent::kDeletes && Keeps(manifest))
          ARROW_RETURN_NOT_OK(AddDeletes(manifest));
      }
      for (const auto& manifest : manifests) {
        if (manifest.content == ManifestContent::kData && Keeps(manifest))
          ARROW_RETURN_NOT_OK(AddFiles(manifest));
      }
      CountBytesOfDropped();
    }
    const auto elapsed = std::chrono::steady_clock::now() - begin;
    plan_.summary.elapsed_us =
        std::chrono::duration_cast<std::chrono::microseconds>(elapsed).count();
    return std::move(plan_);
  }

 private:
  void CountManifests(const std::vector<ManifestFile>& manifests) {
    std::set<SpecId> specs;
    for (const auto& manifest : manifests) {
      specs.insert(manifest.spec_id);
      if (manifest.content == ManifestContent::kDeletes) continue;
      ++plan_.summary.manifests_total;
      plan_.summary.files_total +=
          manifest.added_files.value_or(0) + manifest.existing_files.value_or(0);
    }
    plan_.summary.spec_ids.assign(specs.begin(), specs.end());
  }

  // Files of dropped manifests are not read: their bytes are in the snapshot's summary, where its writer put them.
  void CountBytesOfDropped() {
    if (plan_.summary.manifests_kept == plan_.summary.manifests_total) return;
    const Snapshot* snapshot = view_.metadata->FindSnapshot(*view_.snapshot_id);
    const auto member = snapshot->summary.find("total-files-size");
    if (member == snapshot->summary.end()) return;
    int64_t bytes = 0;
    const auto& text = member->second;
    if (std::from_chars(text.data(), text.data() + text.size(), bytes).ec != std::errc()) return;
    plan_.summary.bytes_total = std::max(plan_.summary.bytes_total, bytes);
  }

  // Pass 1.
  bool Keeps(const ManifestFile& manifest) const {
    const auto projection = projections_.find(manifest.spec_id);
    if (projection == projections_.end()) return true;
    return MayMatch(projection->second.inclusive,
                    SummaryRanges(manifest, projection->second.partition_type));
  }

  arrow::Result<const SpecProjection*> ProjectionOf(const ManifestFile& manifest) const {
    const auto projection = projections_.find(manifest.spec_id);
    if (projection != projections_.end()) return &projection->second;
    return CorruptFileError(manifest.path, "its partition spec " + ToString(manifest.spec_id) +
                                               " is not in the table's metadata");
  }

  arrow::Status AddDeletes(const ManifestFile& manifest) {
    ReadManifestOptions read;
    read.live_only = true;
    ARROW_ASSIGN_OR_RAISE(const auto projection, ProjectionOf(manifest));
    read.partition_schema = projection->schema;
    ARROW_ASSIGN_OR_RAISE(const auto entries, ReadManifestFile(manifest, read, files_));
    for (const auto& entry : entries.entries)
      deletes_.Add(entry, projection->spec.is_unpartitioned());
    plan_.summary.delete_files = deletes_.size();
    return arrow::Status::OK();
  }

  // Pass 2.
  arrow::Status AddFiles(const ManifestFile& manifest) {
    ++plan_.summary.manifests_kept;
    ARROW_ASSIGN_OR_RAISE(const auto projection, ProjectionOf(manifest));
    read_data_.partition_schema = projection->schema;
    ARROW_ASSIGN_OR_RAISE(auto read, ReadManifestFile(manifest, read_data_, files_));
    if (!manifest.added_files || !manifest.existing_files) {
      plan_.summary.files_total += static_cast<int64_t>(read.entries.size());
    }
    for (auto& entry : read.entries) ARROW_RETURN_NOT_OK(AddFile(*projection, entry));
    return arrow::Status::OK();
  }

  arrow::Status AddFile(const SpecProjection& projection, ManifestEntry& entry) {
    DataFile& file = entry.file;
    plan_.summary.bytes_total += file.file_size_bytes;
    if (!EvaluateTuple(projection.inclusive, projection.spec, file.partition)) {
      Decide(file, false, "dropped in pass 2 by its partition");
      return arrow::Status::OK();
    }
    const RangeLookup ranges = MetricsRanges(file.metrics, *view_.schema);
    if (!MayMatch(plan_.predicate, ranges)) {
      const auto* leaf = options_.explain ? ExcludingLeaf(plan_.predicate, ranges) : nullptr;
      Decide(file, false,
             leaf == nullptr
                 ? "dropped in pass 2 by its bounds"
                 : "dropped in pass 2 by " + DescribeLeaf(*leaf, *view_.schema, ranges));
      return arrow::Status::OK();
    }
    ScanTask task;
    task.residual = Residual(plan_.predicate, projection.spec, *view_.schema, file.partition);
    if (task.residual.is_false()) {
      Decide(file, false, "dropped in pass 2 by its partition");
      return arrow::Status::OK();
    }
    if (MustMatch(task.residual, ranges)) task.residual = BoundPredicate::True();
    task.data_sequence_number = entry.data_sequence_number;
    task.added_snapshot_id = entry.snapshot_id;
    task.deletes = deletes_.For(file, entry.data_sequence_number);
    task.file = std::move(file);
    return AddTask(std::move(task));
  }

  // Pass 3.
  arrow::Status AddTask(ScanTask task) {
    const int64_t known_groups = static_cast<int64_t>(task.file.split_offsets.size());
    int64_t bytes = task.file.file_size_bytes;
    const bool worth_it = options_.prune_row_groups && !task.residual.is_true() &&
                          known_groups != 1 && task.file.format == "PARQUET";
    if (worth_it) {
      ARROW_ASSIGN_OR_RAISE(const auto footer, Footer(task.file.path));
      auto decision = PruneRowGroups(*footer, task.residual, *view_.schema, task.file.metrics);
      plan_.summary.row_groups_total += decision.total;
      plan_.summary.row_groups_kept += static_cast<int64_t>(decision.kept.size());
      if (decision.kept.empty()) {
        Decide(task.file, false, "dropped in pass 3: none of its row groups may match");
        return arrow::Status::OK();
      }
      if (static_cast<int64_t>(decision.kept.size()) < decision.total) bytes = decision.bytes_kept;
      task.row_groups = std::move(decision.kept);
    } else {
      const int64_t groups = std::max<int64_t>(1, known_groups);
      plan_.summary.row_groups_total += groups;
      plan_.summary.row_groups_kept += groups;
    }
    ++plan_.summary.files_kept;
    plan_.summary.bytes_kept += bytes;
    Decide(task.file, true, Reason(task));
    plan_.tasks.push_back(std::move(task));
    return arrow::Status::OK();
  }

  arrow::Result<std::shared_ptr<const ParquetFooter>> Footer(const std::string& path) {
    if (options_.footers != nullptr) {
      if (auto cached = options_.footers->Find(path)) return cached;
    }
    ARROW_ASSIGN_OR_RAISE(auto input, files_.OpenInput(path));
    ARROW_ASSIGN_OR_RAISE(auto footer, ReadFooter(std::move(input), path));
    if (options_.footers != nullptr) options_.footers->Insert(footer);
    return footer;
  }

  std::string Reason(const ScanTask& task) const {
    if (!options_.explain) return "";
    if (task.residual.is_true())
      return plan_.predicate.is_true() ? "kept" : "kept: every row matches";
    return "kept: rows are checked for " + FormatPredicate(task.residual, *view_.schema);
  }

  void Decide(const DataFile& file, bool kept, std::string reason) {
    if (options_.explain) plan_.decisions.push_back({file.path, kept, std::move(reason)});
  }

  const TableView& view_;
  FileSystem& files_;
  const PlanOptions& options_;
  const std::map<SpecId, SpecProjection> projections_;
  ReadManifestOptions read_data_;
  DeleteIndex deletes_;
  ScanPlan plan_;
};

}  // namespace

arrow::Result<std::vector<ManifestFile>> ListManifests(const TableView& view, FileSystem& files) {
  std::vector<ManifestFile> manifests;
  if (!view.snapshot_id) return manifests;
  const Snapshot* snapshot = view.metadata->FindSnapshot(*view.snapshot_id);
  if (snapshot == nullptr) return NoSuchSnapshotError(ToString(*view.snapshot_id));
  if (!snapshot->manifest_list.empty()) {
    ARROW_ASSIGN_OR_RAISE(const auto bytes,
                          files.ReadAll(snapshot->manifest_list, kManifestListBytesMax));
    return ReadManifestList(bytes, snapshot->manifest_list);
  }
  for (const auto& path : snapshot->embedded_manifests) {
    ARROW_ASSIGN_OR_RAISE(auto manifest, DescribeEmbedded(path, snapshot->id, files));
    manifests.push_back(std::move(manifest));
  }
  return manifests;
}

arrow::Result<ScanPlan> PlanScan(const TableView& view, const BoundPredicate& predicate,
                                 FileSystem& files, const PlanOptions& options) {
  return Planner(view, predicate, files, options).Run();
}

arrow::Result<std::vector<ManifestEntry>> ListFiles(const TableView& view, FileSystem& files) {
  std::vector<ManifestEntry> entries;
  ReadManifestOptions read;
  read.live_only = true;
  read.partition_schema = view.schema.get();
  ARROW_ASSIGN_OR_RAISE(const auto manifests, ListManifests(view, files));
  for (const auto& file : manifests) {
    ARROW_ASSIGN_OR_RAISE(auto manifest, ReadManifestFile(file, read, files));
    for (auto& entry : manifest.entries) entries.push_back(std::move(entry));
  }
  return entries;
}

}  // namespace artemis
