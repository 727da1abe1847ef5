// The planner: manifest list, manifest entries, footers, each pass only on what the one before has kept.
#include "artemis/scan/scan_plan.h"

#include <algorithm>
#include <charconv>
#include <chrono>
#include <set>

#include "artemis/base/error.h"
#include "artemis/base/parallel_for.h"
#include "artemis/expr/lift.h"
#include "artemis/io/file_system.h"
#include "artemis/parquet/file_reader.h"
#include "artemis/scan/delete_index.h"
#include "artemis/scan/field_ranges.h"
#include "artemis/scan/file_pass.h"
#include "artemis/scan/manifest_cache.h"
#include "artemis/scan/manifest_pass.h"
#include "artemis/scan/row_group_pass.h"
#include "artemis/schema/literal.h"
#include "artemis/table/file_index.h"
#include "artemis/table/manifest_avro.h"

namespace artemis {

namespace {

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

bool HasMetrics(const Type& type) { return type.is_primitive() && type.kind != TypeKind::kUnknown; }

void AddLeaves(const std::vector<Field>& fields, std::vector<Field>* leaves) {
  for (const auto& field : fields) {
    if (field.type.kind == TypeKind::kStruct) AddLeaves(field.type.fields, leaves);
    if (HasMetrics(field.type)) leaves->push_back(field);
  }
}

// What a data manifest has come to.
struct ManifestOutcome {
  int64_t files = 0;
  int64_t bytes = 0;
  std::vector<ScanTask> tasks;
  std::vector<FileDecision> decisions;
  // By task: where its decision stands in `decisions`.
  std::vector<size_t> decision_of;
};

class Planner {
 public:
  Planner(const TableView& view, const BoundPredicate& predicate, FileSystem& files,
          const PlanOptions& options)
      : view_(view),
        files_(files),
        options_(options),
        manifests_(options.manifests != nullptr ? *options.manifests : own_manifests_),
        projections_(ProjectSpecs(view, predicate)) {
    plan_.view = view;
    plan_.predicate = predicate;
    for (const FieldId id : ReferencedFields(predicate)) {
      const Field* field = view.schema->FindField(id);
      if (field != nullptr && HasMetrics(field->type)) wanted_.push_back(*field);
    }
    AddLeaves(view.schema->fields, &all_fields_);
  }

  arrow::Result<ScanPlan> Run() {
    const auto begin = std::chrono::steady_clock::now();
    if (view_.snapshot_id) ARROW_RETURN_NOT_OK(PlanSnapshot());
    const auto elapsed = std::chrono::steady_clock::now() - begin;
    plan_.summary.elapsed_us =
        std::chrono::duration_cast<std::chrono::microseconds>(elapsed).count();
    return std::move(plan_);
  }

 private:
  arrow::Status PlanSnapshot() {
    ARROW_ASSIGN_OR_RAISE(const auto manifests, ListManifests(view_, files_, options_.manifests));
    CountManifests(manifests);
    std::vector<const ManifestFile*> kept;
    for (const auto& manifest : manifests) {
      if (!Keeps(manifest)) continue;
      if (manifest.content == ManifestContent::kDeletes) {
        ARROW_RETURN_NOT_OK(AddDeletes(manifest));
      } else {
        kept.push_back(&manifest);
      }
    }
    plan_.summary.manifests_kept = static_cast<int64_t>(kept.size());
    ARROW_RETURN_NOT_OK(options_.rows_max ? PlanUntilEnough(kept) : PlanAll(kept));
    CountBytesOfDropped();
    return arrow::Status::OK();
  }

  arrow::Status PlanAll(const std::vector<const ManifestFile*>& kept) {
    std::vector<ManifestOutcome> outcomes(kept.size());
    const int threads = CountMissing(kept) > 1 ? options_.threads : 1;
    ARROW_RETURN_NOT_OK(ParallelFor(kept.size(), threads,
                                    [&](size_t i) { return PassEntries(*kept[i], &outcomes[i]); }));
    std::vector<ScanTask*> for_footers;
    for (auto& outcome : outcomes) {
      for (auto& task : outcome.tasks) {
        if (NeedsFooter(task)) for_footers.push_back(&task);
      }
    }
    std::map<const ScanTask*, int64_t> bytes_kept;
    for (const ScanTask* task : for_footers) bytes_kept[task] = 0;
    ARROW_RETURN_NOT_OK(ParallelFor(
        for_footers.size(), for_footers.size() > 2 ? options_.threads : 1, [&](size_t i) {
          return PassRowGroups(for_footers[i], &bytes_kept.find(for_footers[i])->second);
        }));
    for (size_t i = 0; i < kept.size(); ++i) Collect(*kept[i], &outcomes[i], bytes_kept);
    return arrow::Status::OK();
  }

  arrow::Status PlanUntilEnough(const std::vector<const ManifestFile*>& kept) {
    int64_t rows = 0;
    for (size_t i = 0; i < kept.size() && rows < *options_.rows_max; ++i) {
      const size_t before = plan_.tasks.size();
      ARROW_RETURN_NOT_OK(PlanAll({kept[i]}));
      for (size_t t = before; t < plan_.tasks.size(); ++t) {
        if (rows >= *options_.rows_max) plan_.tasks.resize(t);
        if (t >= plan_.tasks.size()) break;
        const ScanTask& task = plan_.tasks[t];
        if (task.residual.is_true() && task.deletes.empty()) rows += task.file.record_count;
      }
    }
    plan_.summary.files_kept = static_cast<int64_t>(plan_.tasks.size());
    return arrow::Status::OK();
  }

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
    if (plan_.summary.manifests_kept == plan_.summary.manifests_total && !options_.rows_max) return;
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

  arrow::Result<std::vector<ManifestEntry>> ReadEntries(const ManifestFile& manifest,
                                                        const SpecProjection& projection) const {
    ReadManifestOptions read;
    read.live_only = true;
    read.partition_schema = projection.schema;
    ARROW_ASSIGN_OR_RAISE(const auto bytes, files_.ReadAll(manifest.path, kManifestBytesMax));
    ARROW_ASSIGN_OR_RAISE(auto entries, ReadManifest(bytes, manifest, read));
    return std::move(entries.entries);
  }

  arrow::Status AddDeletes(const ManifestFile& manifest) {
    ARROW_ASSIGN_OR_RAISE(const auto projection, ProjectionOf(manifest));
    ARROW_ASSIGN_OR_RAISE(const auto entries, ReadEntries(manifest, *projection));
    for (const auto& entry : entries) deletes_.Add(entry, projection->spec.is_unpartitioned());
    plan_.summary.delete_files = deletes_.size();
    return deletes_.Check();
  }

  ManifestCache::Wanted WantedOf(const SpecProjection& projection) const {
    return {wanted_, all_fields_, projection.schema};
  }

  size_t CountMissing(const std::vector<const ManifestFile*>& kept) const {
    return static_cast<size_t>(std::count_if(kept.begin(), kept.end(), [&](const auto* manifest) {
      const auto projection = projections_.find(manifest->spec_id);
      return projection == projections_.end() ||
             !manifests_.Holds(*manifest, WantedOf(projection->second));
    }));
  }

  // Pass 2.
  arrow::Status PassEntries(const ManifestFile& manifest, ManifestOutcome* outcome) const {
    ARROW_ASSIGN_OR_RAISE(const auto projection, ProjectionOf(manifest));
    ARROW_ASSIGN_OR_RAISE(const auto index,
                          manifests_.Index(manifest, WantedOf(*projection), files_));
    outcome->files = static_cast<int64_t>(index->size());
    for (size_t row = 0; row < index->size(); ++row) outcome->bytes += index->file_size_bytes(row);
    const FilePass pass = PassFiles(*index, view_, plan_.predicate, *projection);
    std::vector<ManifestEntry> entries;
    if (options_.all_metrics && !pass.rows.empty()) {
      ARROW_ASSIGN_OR_RAISE(entries, ReadEntries(manifest, *projection));
    }
    outcome->tasks.reserve(pass.rows.size());
    for (const uint32_t row : pass.rows) {
      ScanTask task = MakeTask(index, row, pass);
      if (options_.all_metrics) task.file = std::move(entries[row].file);
      outcome->tasks.push_back(std::move(task));
    }
    if (options_.explain) ExplainPass(*index, pass, outcome);
    return arrow::Status::OK();
  }

  ScanTask MakeTask(const std::shared_ptr<const FileIndex>& index, uint32_t row,
                    const FilePass& pass) const {
    ScanTask task;
    task.file = index->File(row);
    task.data_sequence_number = index->data_sequence_number(row);
    task.added_snapshot_id = index->snapshot_id(row);
    task.index = index;
    task.index_row = row;
    const BoundPredicate& residual = pass.ResidualOf(*index, row);
    if (!residual.is_true() && !MustMatch(residual, TaskRanges(task, *view_.schema))) {
      task.residual = residual;
    }
    if (deletes_.size() > 0) task.deletes = deletes_.For(task.file, task.data_sequence_number);
    return task;
  }

  void ExplainPass(const FileIndex& index, const FilePass& pass, ManifestOutcome* outcome) const {
    size_t task = 0;
    for (uint32_t row = 0; row < index.size(); ++row) {
      if (task < pass.rows.size() && pass.rows[task] == row) {
        outcome->decision_of.push_back(outcome->decisions.size());
        outcome->decisions.push_back({index.path(row), true, Reason(outcome->tasks[task])});
        ++task;
        continue;
      }
      outcome->decisions.push_back({index.path(row), false, ReasonToDrop(index, pass, row)});
    }
  }

  std::string ReasonToDrop(const FileIndex& index, const FilePass& pass, uint32_t row) const {
    if (pass.tuples_kept[index.tuple_of(row)] == 0) return "dropped in pass 2 by its partition";
    const RangeLookup ranges = index.metrics().At(row, *view_.schema);
    const BoundPredicate* leaf = ExcludingLeaf(plan_.predicate, ranges);
    if (leaf == nullptr) return "dropped in pass 2 by its bounds";
    return "dropped in pass 2 by " + DescribeLeaf(*leaf, *view_.schema, ranges);
  }

  bool NeedsFooter(const ScanTask& task) const {
    return options_.prune_row_groups && !task.residual.is_true() &&
           task.file.split_offsets.size() != 1 && task.file.format == "PARQUET";
  }

  // Pass 3.
  arrow::Status PassRowGroups(ScanTask* task, int64_t* bytes_kept) const {
    ARROW_ASSIGN_OR_RAISE(const auto footer, Footer(task->file.path));
    auto decision =
        PruneRowGroups(*footer, task->residual, *view_.schema, TaskRanges(*task, *view_.schema));
    const bool all = static_cast<int64_t>(decision.kept.size()) == decision.total;
    *bytes_kept = all ? task->file.file_size_bytes : decision.bytes_kept;
    task->row_groups_total = decision.total;
    task->row_groups = std::move(decision.kept);
    return arrow::Status::OK();
  }

  arrow::Result<std::shared_ptr<const ParquetFooter>> Footer(const std::string& path) const {
    if (options_.footers != nullptr) {
      if (auto cached = options_.footers->Find(path)) return cached;
    }
    ARROW_ASSIGN_OR_RAISE(auto input, files_.OpenInput(path));
    ARROW_ASSIGN_OR_RAISE(auto footer, ReadFooter(std::move(input), path));
    if (options_.footers != nullptr) options_.footers->Insert(footer);
    return footer;
  }

  void Collect(const ManifestFile& manifest, ManifestOutcome* outcome,
               const std::map<const ScanTask*, int64_t>& bytes_kept) {
    ScanPlanSummary& summary = plan_.summary;
    if (!manifest.added_files || !manifest.existing_files) summary.files_total += outcome->files;
    summary.bytes_total += outcome->bytes;
    for (size_t i = 0; i < outcome->tasks.size(); ++i) {
      ScanTask& task = outcome->tasks[i];
      const auto known = static_cast<int64_t>(std::max<size_t>(1, task.file.split_offsets.size()));
      const bool pruned = task.row_groups.has_value();
      summary.row_groups_total += pruned ? task.row_groups_total : known;
      summary.row_groups_kept += pruned ? std::ssize(*task.row_groups) : known;
      if (pruned && task.row_groups->empty()) {
        if (options_.explain) {
          auto& decision = outcome->decisions[outcome->decision_of[i]];
          decision.kept = false;
          decision.reason = "dropped in pass 3: none of its row groups may match";
        }
        continue;
      }
      ++summary.files_kept;
      summary.bytes_kept += pruned ? bytes_kept.at(&task) : task.file.file_size_bytes;
      plan_.tasks.push_back(std::move(task));
    }
    plan_.decisions.insert(plan_.decisions.end(),
                           std::make_move_iterator(outcome->decisions.begin()),
                           std::make_move_iterator(outcome->decisions.end()));
  }

  std::string Reason(const ScanTask& task) const {
    if (task.residual.is_true())
      return plan_.predicate.is_true() ? "kept" : "kept: every row matches";
    return "kept: rows are checked for " + FormatPredicate(task.residual, *view_.schema);
  }

  const TableView& view_;
  FileSystem& files_;
  const PlanOptions& options_;
  ManifestCache own_manifests_{0};
  ManifestCache& manifests_;
  const std::map<SpecId, SpecProjection> projections_;
  std::vector<Field> wanted_, all_fields_;
  DeleteIndex deletes_;
  ScanPlan plan_;
};

}  // namespace

RangeLookup TaskRanges(const ScanTask& task, const Schema& schema) {
  if (task.index == nullptr) return [](FieldId) { return std::nullopt; };
  return task.index->metrics().At(task.index_row, schema);
}

arrow::Result<ScanPlan> PlanScan(const TableView& view, const BoundPredicate& predicate,
                                 FileSystem& files, const PlanOptions& options) {
  return Planner(view, predicate, files, options).Run();
}

}  // namespace artemis
