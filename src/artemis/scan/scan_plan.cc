// The planner: manifest list, manifest entries, footers, each pass only on what the one before has kept.
#include "artemis/scan/scan_plan.h"

#include <algorithm>
#include <charconv>
#include <chrono>
#include <set>

#include "artemis/base/error.h"
#include "artemis/base/huge_pages.h"
#include "artemis/base/parallel_for.h"
#include "artemis/expr/lift.h"
#include "artemis/io/file_system.h"
#include "artemis/parquet/file_reader.h"
#include "artemis/scan/decision_text.h"
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

// Making fewer tasks takes less than starting a thread for some of them.
constexpr size_t kTasksForThreads = 8000;

// Files of one row group are opened where their pages may tell more than their bounds: where they have so many rows, which is more than
// writers put into a page, and where no more than so many are left.
constexpr int64_t kRowsForPages = 20'000;
constexpr size_t kSingleGroupsMax = 64;

bool HasMetrics(const Type& type) { return type.is_primitive() && type.kind != TypeKind::kUnknown; }

void AddLeaves(const std::vector<Field>& fields, std::vector<Field>* leaves) {
  for (const auto& field : fields) {
    if (field.type.kind == TypeKind::kStruct) AddLeaves(field.type.fields, leaves);
    if (HasMetrics(field.type)) leaves->push_back(field);
  }
}

// What a data manifest has come to.
struct ManifestOutcome {
  std::shared_ptr<const FileIndex> index;
  FilePass pass;
  size_t first_task = 0;  // in the plan; pass.rows.size() from there on
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
    ARROW_ASSIGN_OR_RAISE(const auto manifests, SharedManifests(view_, files_, options_.manifests));
    CountManifests(*manifests);
    std::vector<const ManifestFile*> kept;
    for (const auto& manifest : *manifests) {
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

  // Appends the tasks of the manifests. Tasks are made in their place: there may be hundreds of thousands.
  arrow::Status PlanAll(const std::vector<const ManifestFile*>& kept) {
    std::vector<ManifestOutcome> outcomes(kept.size());
    const size_t missing = FindHeld(kept, &outcomes);
    const int threads = missing > 1 ? options_.threads : 1;
    threads_of_one_ = missing == 1 && options_.threads != 1 ? 2 : 1;
    ARROW_RETURN_NOT_OK(ParallelFor(kept.size(), threads,
                                    [&](size_t i) { return PassEntries(*kept[i], &outcomes[i]); }));
    const size_t first = plan_.tasks.size();
    size_t end = first;
    for (auto& outcome : outcomes) {
      outcome.first_task = end;
      end += outcome.pass.rows.size();
    }
    if (first == 0) {
      plan_.tasks.reserve(end);
      AdviseHugePages(plan_.tasks.data(), end * sizeof(ScanTask));
    }
    plan_.tasks.resize(end);
    ARROW_RETURN_NOT_OK(ParallelFor(kept.size(),
                                    end - first > kTasksForThreads ? options_.threads : 1,
                                    [&](size_t i) { return MakeTasks(*kept[i], &outcomes[i]); }));
    std::vector<int64_t> bytes_kept;
    ARROW_RETURN_NOT_OK(PassAllRowGroups(first, &bytes_kept));
    for (size_t i = 0; i < kept.size(); ++i) Count(*kept[i], &outcomes[i], first, bytes_kept);
    if (!bytes_kept.empty()) {
      std::erase_if(plan_.tasks, [](const ScanTask& task) { return IsDropped(task); });
    }
    return arrow::Status::OK();
  }

  static bool IsDropped(const ScanTask& task) {
    return task.row_groups.has_value() && task.row_groups->empty();
  }

  // Pass 3, of the tasks from `first` on. `bytes_kept` is what each has left of its file, and empty where the pass had nothing to do.
  arrow::Status PassAllRowGroups(size_t first, std::vector<int64_t>* bytes_kept) {
    if (!options_.prune_row_groups) return arrow::Status::OK();
    std::vector<size_t> for_footers, of_one_group;
    for (size_t t = first; t < plan_.tasks.size(); ++t) {
      const ScanTask& task = plan_.tasks[t];
      if (NeedsFooter(task)) for_footers.push_back(t);
      if (MayNeedPages(task)) of_one_group.push_back(t);
    }
    if (of_one_group.size() <= kSingleGroupsMax) {
      for_footers.insert(for_footers.end(), of_one_group.begin(), of_one_group.end());
    }
    if (for_footers.empty()) return arrow::Status::OK();
    for (size_t t = first; t < plan_.tasks.size(); ++t) {
      bytes_kept->push_back(plan_.tasks[t].file.file_size_bytes);
    }
    return ParallelFor(for_footers.size(), for_footers.size() > 2 ? options_.threads : 1,
                       [&](size_t i) {
                         const size_t t = for_footers[i];
                         int64_t* bytes = &(*bytes_kept)[t - first];
                         const auto status = PassRowGroups(&plan_.tasks[t], bytes);
                         // Who reads the file will be told.
                         return MayNeedPages(plan_.tasks[t]) ? arrow::Status::OK() : status;
                       });
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
    return {wanted_, all_fields_, projection.schema, threads_of_one_};
  }

  // Gives what is held; how many are not.
  size_t FindHeld(const std::vector<const ManifestFile*>& kept,
                  std::vector<ManifestOutcome>* outcomes) const {
    size_t missing = 0;
    const SpecProjection* projection = nullptr;
    ManifestCache::Wanted wanted;
    for (size_t i = 0; i < kept.size(); ++i) {
      const auto found = projections_.find(kept[i]->spec_id);
      if (found == projections_.end()) {
        ++missing;
        continue;
      }
      if (projection != &found->second) {
        projection = &found->second;
        wanted = WantedOf(*projection);
      }
      (*outcomes)[i].index = manifests_.Held(*kept[i], wanted);
      missing += (*outcomes)[i].index == nullptr ? 1 : 0;
    }
    return missing;
  }

  // Pass 2.
  arrow::Status PassEntries(const ManifestFile& manifest, ManifestOutcome* outcome) const {
    ARROW_ASSIGN_OR_RAISE(const auto projection, ProjectionOf(manifest));
    if (outcome->index == nullptr) {
      ARROW_ASSIGN_OR_RAISE(outcome->index,
                            manifests_.Index(manifest, WantedOf(*projection), files_));
    }
    outcome->pass = PassFiles(*outcome->index, view_, plan_.predicate, *projection);
    return arrow::Status::OK();
  }

  arrow::Status MakeTasks(const ManifestFile& manifest, ManifestOutcome* outcome) {
    const auto& rows = outcome->pass.rows;
    std::vector<ManifestEntry> entries;
    if (options_.all_metrics && !rows.empty()) {
      ARROW_ASSIGN_OR_RAISE(const auto projection, ProjectionOf(manifest));
      ARROW_ASSIGN_OR_RAISE(entries, ReadEntries(manifest, *projection));
    }
    const std::vector<SharedPredicate> residuals(outcome->pass.residuals.begin(),
                                                 outcome->pass.residuals.end());
    ScanTask* task = plan_.tasks.data() + outcome->first_task;
    for (size_t i = 0; i < rows.size(); ++i, ++task) {
      FillTask(outcome->index, rows[i], task);
      task->residual = residuals[outcome->pass.residual_of[i]];
      if (options_.all_metrics) task->file = std::move(entries[rows[i]].file);
    }
    if (options_.explain) ExplainPass(outcome);
    return arrow::Status::OK();
  }

  void FillTask(const std::shared_ptr<const FileIndex>& index, uint32_t row, ScanTask* task) const {
    index->Fill(row, &task->file);
    task->data_sequence_number = index->data_sequence_number(row);
    task->added_snapshot_id = index->snapshot_id(row);
    task->index = index;
    task->index_row = row;
    if (deletes_.size() > 0) task->deletes = deletes_.For(task->file, task->data_sequence_number);
  }

  void ExplainPass(ManifestOutcome* outcome) const {
    const FileIndex& index = *outcome->index;
    const auto& rows = outcome->pass.rows;
    size_t task = 0;
    for (uint32_t row = 0; row < index.size(); ++row) {
      if (task < rows.size() && rows[task] == row) {
        outcome->decision_of.push_back(outcome->decisions.size());
        outcome->decisions.push_back(
            {index.path(row), true, Reason(plan_.tasks[outcome->first_task + task])});
        ++task;
        continue;
      }
      outcome->decisions.push_back(
          {index.path(row), false, ReasonToDrop(index, outcome->pass, row), 2});
    }
  }

  std::string ReasonToDrop(const FileIndex& index, const FilePass& pass, uint32_t row) const {
    if (pass.tuples_kept[index.tuple_of(row)] == 0) return "dropped in pass 2 by its partition";
    const RangeLookup ranges = index.metrics().At(row, *view_.schema);
    return artemis::ReasonToDrop(plan_.predicate, *view_.schema, ranges);
  }

  bool NeedsFooter(const ScanTask& task) const {
    return !task.residual.is_true() && task.file.split_offsets.size() != 1 &&
           task.file.format == "PARQUET";
  }

  // Only where the footer is kept for who reads the file.
  bool MayNeedPages(const ScanTask& task) const {
    return options_.footers != nullptr && !task.residual.is_true() &&
           task.file.split_offsets.size() == 1 && task.file.record_count >= kRowsForPages &&
           task.file.format == "PARQUET";
  }

  // Pass 3.
  arrow::Status PassRowGroups(ScanTask* task, int64_t* bytes_kept) const {
    ARROW_ASSIGN_OR_RAISE(const auto read, Footer(task->file.path));
    const ParquetFooter footer = WithMappedIds(*read, *view_.metadata);
    const RangeLookup ranges = TaskRanges(*task, *view_.schema);
    auto decision = PruneRowGroups(footer, task->residual, *view_.schema, ranges);
    ARROW_RETURN_NOT_OK(
        PrunePages(footer, task->residual, *view_.schema, ranges, files_, &decision));
    const bool all = static_cast<int64_t>(decision.kept.size()) == decision.total;
    if (!all) *bytes_kept = decision.bytes_kept;
    task->row_groups_total = decision.total;
    task->row_groups = std::move(decision.kept);
    task->row_ranges = std::move(decision.rows);
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

  // Into the summary; `bytes_kept` is of the tasks from `first` on.
  void Count(const ManifestFile& manifest, ManifestOutcome* outcome, size_t first,
             const std::vector<int64_t>& bytes_kept) {
    ScanPlanSummary& summary = plan_.summary;
    if (!manifest.added_files || !manifest.existing_files) {
      summary.files_total += static_cast<int64_t>(outcome->index->size());
    }
    summary.bytes_total += outcome->index->total_bytes();
    if (bytes_kept.empty()) return CountWhole(outcome);
    for (size_t i = 0; i < outcome->pass.rows.size(); ++i) {
      const size_t t = outcome->first_task + i;
      const ScanTask& task = plan_.tasks[t];
      const auto known = static_cast<int64_t>(std::max<size_t>(1, task.file.split_offsets.size()));
      const bool pruned = task.row_groups.has_value();
      summary.row_groups_total += pruned ? task.row_groups_total : known;
      summary.row_groups_kept += pruned ? std::ssize(*task.row_groups) : known;
      if (IsDropped(task)) {
        if (options_.explain) {
          auto& decision = outcome->decisions[outcome->decision_of[i]];
          decision.kept = false;
          decision.dropped_in_pass = 3;
          decision.reason = "dropped in pass 3: none of its row groups may match";
        }
        continue;
      }
      ++summary.files_kept;
      summary.bytes_kept += bytes_kept[t - first];
    }
    TakeDecisions(outcome);
  }

  // Where pass 3 has looked at no file.
  void CountWhole(ManifestOutcome* outcome) {
    ScanPlanSummary& summary = plan_.summary;
    for (const uint32_t row : outcome->pass.rows) {
      const auto groups =
          static_cast<int64_t>(std::max<size_t>(1, outcome->index->split_count(row)));
      summary.row_groups_total += groups;
      summary.row_groups_kept += groups;
      summary.bytes_kept += outcome->index->file_size_bytes(row);
    }
    summary.files_kept += std::ssize(outcome->pass.rows);
    TakeDecisions(outcome);
  }

  void TakeDecisions(ManifestOutcome* outcome) {
    plan_.decisions.insert(plan_.decisions.end(),
                           std::make_move_iterator(outcome->decisions.begin()),
                           std::make_move_iterator(outcome->decisions.end()));
  }

  std::string Reason(const ScanTask& task) const {
    if (task.residual.is_true())
      return plan_.predicate.is_true() ? "kept" : "kept: every row matches";
    return ReasonToKeep(task.residual, *view_.schema, TaskRanges(task, *view_.schema));
  }

  const TableView& view_;
  FileSystem& files_;
  const PlanOptions& options_;
  ManifestCache own_manifests_{0};
  ManifestCache& manifests_;
  const std::map<SpecId, SpecProjection> projections_;
  std::vector<Field> wanted_, all_fields_;
  int threads_of_one_ = 1;
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
