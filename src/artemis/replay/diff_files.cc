// Compares manifests by path, then files by path, then deletes; only files that differ are judged by the filter.
#include "artemis/replay/diff_files.h"

#include <algorithm>
#include <optional>
#include <set>
#include <unordered_set>

#include "artemis/base/error.h"
#include "artemis/base/parallel_for.h"
#include "artemis/expr/range_evaluator.h"
#include "artemis/io/file_system.h"
#include "artemis/replay/file_pairs.h"
#include "artemis/scan/delete_index.h"
#include "artemis/scan/field_ranges.h"
#include "artemis/scan/file_pass.h"
#include "artemis/scan/manifest_pass.h"
#include "artemis/schema/literal.h"
#include "artemis/schema/partition_key.h"
#include "artemis/table/file_index.h"
#include "artemis/table/manifest_avro.h"

namespace artemis {

namespace {

bool BoundsAreRead(const Type& type) {
  return type.is_primitive() && type.kind != TypeKind::kUnknown;
}

void AddBoundedFields(const std::vector<Field>& fields, std::vector<Field>* leaves) {
  for (const auto& field : fields) {
    if (field.type.kind == TypeKind::kStruct) AddBoundedFields(field.type.fields, leaves);
    if (BoundsAreRead(field.type)) leaves->push_back(field);
  }
}

// What makes two entries the same deletes.
std::string DeleteKey(const DataFile& file, SequenceNumber sequence) {
  return file.path + "@" + std::to_string(file.content_offset.value_or(-1)) + "@" +
         ToString(sequence);
}

std::set<std::string> KeysOf(const std::vector<DeleteFile>& deletes) {
  std::set<std::string> keys;
  for (const auto& each : deletes) keys.insert(DeleteKey(each.file, each.data_sequence_number));
  return keys;
}

// A leaf that is true where a partition field has this value.
BoundPredicate IsValue(const Field& field, const std::optional<LiteralValue>& value) {
  BoundPredicate leaf;
  leaf.field_id = field.id;
  leaf.type = field.type;
  leaf.op = !value ? PredicateOp::kIsNull : IsNaN(*value) ? PredicateOp::kIsNaN : PredicateOp::kEq;
  if (leaf.op == PredicateOp::kEq) leaf.values = {*value};
  return leaf;
}

bool MayHoldTuple(const ManifestFile& manifest, const Type& partition_type,
                  const PartitionTuple& tuple) {
  if (tuple.size() != partition_type.fields.size()) return true;
  const RangeLookup ranges = SummaryRanges(manifest, partition_type);
  for (size_t i = 0; i < tuple.size(); ++i) {
    const Field& field = partition_type.fields[i];
    if (tuple[i] && !FitsType(field.type, *tuple[i])) continue;
    if (!MayMatch(IsValue(field, tuple[i]), ranges)) return false;
  }
  return true;
}

// Delete files that only one of the snapshots has, and which data files they may apply to.
struct ChangedDeletes {
  struct Change {
    DataFile file;
    SequenceNumber sequence;
    bool is_global = false;  // equality deletes of an unpartitioned spec
  };
  std::vector<Change> changes;
  bool any_global = false;
  std::set<std::string> paths;                          // of data files that are named
  std::unordered_set<uint64_t> path_hashes;             // of the same
  std::set<std::pair<SpecId, std::string>> partitions;  // of those that are not

  void Add(const ManifestEntry& entry, bool unpartitioned) {
    Change change{entry.file, entry.data_sequence_number, false};
    change.is_global = unpartitioned && entry.file.content == FileContent::kEqualityDeletes;
    any_global = any_global || change.is_global;
    if (entry.file.referenced_data_file) {
      paths.insert(*entry.file.referenced_data_file);
      path_hashes.insert(HashPath(*entry.file.referenced_data_file));
    } else if (!change.is_global) {
      partitions.insert({entry.file.spec_id, PartitionKey(entry.file.partition)});
    }
    changes.push_back(std::move(change));
  }

  bool MayApplyTo(const ManifestFile& manifest, const SpecProjection& projection) const {
    return std::any_of(changes.begin(), changes.end(), [&](const Change& change) {
      if (manifest.min_sequence_number > change.sequence) return false;
      if (change.is_global) return true;
      return change.file.spec_id == manifest.spec_id &&
             MayHoldTuple(manifest, projection.partition_type, change.file.partition);
    });
  }

  bool MayApplyTo(SpecId spec, const PartitionTuple& tuple) const {
    return any_global || (!partitions.empty() && partitions.contains({spec, PartitionKey(tuple)}));
  }

  bool Name(const FileIndex& index, uint32_t row) const {
    return !paths.empty() && path_hashes.contains(HashPath(index.folder(row), index.name(row))) &&
           paths.contains(index.path(row));
  }
};

}  // namespace

// One call of Compare.
class FileComparison {
 public:
  FileComparison(FileDiffer& differ, const TableView& older, const TableView& newer)
      : differ_(differ),
        older_(older),
        newer_(newer),
        projections_(ProjectSpecs(newer, differ.predicate_)) {
    AddBoundedFields(newer.schema->fields, &all_fields_);
    for (const FieldId id : ReferencedFields(differ.predicate_)) {
      const Field* field = newer.schema->FindField(id);
      if (field != nullptr && BoundsAreRead(field->type)) wanted_.push_back(*field);
    }
  }

  arrow::Result<FileDifference> Run() {
    auto* manifests = &differ_.caches_.manifests;
    ARROW_ASSIGN_OR_RAISE(old_side_.manifests, ListManifests(older_, differ_.files_, manifests));
    ARROW_ASSIGN_OR_RAISE(new_side_.manifests, ListManifests(newer_, differ_.files_, manifests));
    FindSharedManifests();
    ARROW_RETURN_NOT_OK(CompareDeletes());
    ARROW_RETURN_NOT_OK(LoadIndexes());
    PairOwnFiles();
    ARROW_RETURN_NOT_OK(JudgeRows());
    GiveOwnFiles();
    GiveSharedFiles();
    return std::move(difference_);
  }

 private:
  // A data manifest that only one side lists, or that both list and some changed deletes may apply to.
  struct Loaded {
    explicit Loaded(const ManifestFile* of) : manifest(of) {}
    const ManifestFile* manifest;
    const SpecProjection* projection = nullptr;
    std::shared_ptr<const FileIndex> index;
    // Of own manifests, by row: the file in the other side's own manifests. Null where that side has none.
    const std::vector<IndexRow>* partners = nullptr;
    // Rows of files that the other side lacks, and of those that both have and whose deletes may differ; the latter not for the older
    // side's own manifests.
    std::vector<uint32_t> alone, maybe_touched;
    std::optional<FilePass> pass;
  };
  struct Side {
    std::vector<ManifestFile> manifests;
    std::vector<Loaded> own;
    DeleteIndex deletes;
  };

  arrow::Result<const SpecProjection*> ProjectionOf(const ManifestFile& manifest) const {
    const auto found = projections_.find(manifest.spec_id);
    if (found != projections_.end()) return &found->second;
    return CorruptFileError(manifest.path, "its partition spec " + ToString(manifest.spec_id) +
                                               " is not in the table's metadata");
  }

  void FindSharedManifests() {
    std::map<std::string_view, int64_t> in_old;
    for (const auto& manifest : old_side_.manifests) ++in_old[manifest.path];
    for (const auto& manifest : new_side_.manifests) {
      const auto found = in_old.find(manifest.path);
      const bool shared = found != in_old.end() && found->second-- > 0;
      if (shared) shared_paths_.insert(manifest.path);
      if (manifest.content == ManifestContent::kDeletes) continue;
      if (shared) {
        shared_.emplace_back(&manifest);
      } else {
        new_side_.own.emplace_back(&manifest);
      }
    }
    for (const auto& manifest : old_side_.manifests) {
      if (manifest.content == ManifestContent::kDeletes) continue;
      auto left = in_old.find(manifest.path);
      if (left->second > 0) {
        --left->second;
        old_side_.own.emplace_back(&manifest);
      }
    }
  }

  bool HasOwnDeletes(const Side& side) const {
    return std::any_of(side.manifests.begin(), side.manifests.end(), [&](const auto& manifest) {
      return manifest.content == ManifestContent::kDeletes &&
             !shared_paths_.contains(manifest.path);
    });
  }

  arrow::Result<FileDiffer::DeleteEntries> ReadDeletes(const ManifestFile& manifest) {
    const auto known = differ_.deletes_.find(manifest.path);
    if (known != differ_.deletes_.end()) return known->second;
    ARROW_ASSIGN_OR_RAISE(const auto* projection, ProjectionOf(manifest));
    ReadManifestOptions read;
    read.live_only = true;
    read.partition_schema = projection->schema;
    ARROW_ASSIGN_OR_RAISE(const auto bytes,
                          differ_.files_.ReadAll(manifest.path, kManifestBytesMax));
    ARROW_ASSIGN_OR_RAISE(auto found, ReadManifest(bytes, manifest, read));
    return std::make_shared<const std::vector<ManifestEntry>>(std::move(found.entries));
  }

  // Delete files are looked at only where a data file has to be read, or they differ.
  arrow::Status CompareDeletes() {
    const bool differ = HasOwnDeletes(old_side_) || HasOwnDeletes(new_side_);
    if (!differ && old_side_.own.empty() && new_side_.own.empty()) return arrow::Status::OK();
    std::map<std::string, FileDiffer::DeleteEntries> kept;
    std::map<std::string, std::pair<const ManifestEntry*, int>> balance;
    for (auto* side : {&old_side_, &new_side_}) {
      for (const auto& manifest : side->manifests) {
        if (manifest.content != ManifestContent::kDeletes) continue;
        ARROW_ASSIGN_OR_RAISE(const auto entries, ReadDeletes(manifest));
        ARROW_ASSIGN_OR_RAISE(const auto* projection, ProjectionOf(manifest));
        differ_.deletes_[manifest.path] = entries;
        kept[manifest.path] = entries;
        const bool is_own = !shared_paths_.contains(manifest.path);
        for (const auto& entry : *entries) {
          side->deletes.Add(entry, projection->spec.is_unpartitioned());
          if (!is_own) continue;
          auto& found = balance[DeleteKey(entry.file, entry.data_sequence_number)];
          found.first = &entry;
          found.second += side == &old_side_ ? -1 : 1;
        }
      }
      ARROW_RETURN_NOT_OK(side->deletes.Check());
    }
    for (const auto& [key, found] : balance) {
      if (found.second == 0) continue;
      const auto projection = projections_.find(found.first->file.spec_id);
      changed_.Add(*found.first,
                   projection != projections_.end() && projection->second.spec.is_unpartitioned());
    }
    differ_.deletes_ = std::move(kept);
    return arrow::Status::OK();
  }

  arrow::Status Load(Loaded* loaded) const {
    ARROW_ASSIGN_OR_RAISE(loaded->projection, ProjectionOf(*loaded->manifest));
    const ManifestCache::Wanted wanted{wanted_, all_fields_, loaded->projection->schema};
    return differ_.caches_.manifests.Index(*loaded->manifest, wanted, differ_.files_)
        .Value(&loaded->index);
  }

  arrow::Status LoadIndexes() {
    std::vector<Loaded*> all;
    for (auto* side : {&old_side_, &new_side_}) {
      for (auto& each : side->own) all.push_back(&each);
    }
    for (auto& each : shared_) {
      const auto& manifest = *each.manifest;
      if (!changed_.changes.empty()) {
        ARROW_ASSIGN_OR_RAISE(const auto* projection, ProjectionOf(manifest));
        if (changed_.MayApplyTo(manifest, *projection)) all.push_back(&each);
      }
      const bool is_loaded = !all.empty() && all.back() == &each;
      if (!is_loaded && (!manifest.added_files || !manifest.existing_files)) all.push_back(&each);
    }
    return ParallelFor(all.size(), all.size() > 1 ? 0 : 1, [&](size_t i) { return Load(all[i]); });
  }

  // Of own manifests of both sides: an entry that was carried over into another manifest is the same file.
  void PairOwnFiles() {
    if (old_side_.own.empty() || new_side_.own.empty()) return;
    std::vector<const FileIndex*> older, newer;
    for (const auto& loaded : old_side_.own) older.push_back(loaded.index.get());
    for (const auto& loaded : new_side_.own) newer.push_back(loaded.index.get());
    pairs_ = PairFiles(older, newer);
    for (size_t i = 0; i < older.size(); ++i) old_side_.own[i].partners = &pairs_.of_older[i];
    for (size_t i = 0; i < newer.size(); ++i) new_side_.own[i].partners = &pairs_.of_newer[i];
    difference_.unchanged += pairs_.count;
  }

  arrow::Status JudgeRows() {
    std::vector<std::pair<Loaded*, bool>> all;
    for (auto& loaded : old_side_.own) all.emplace_back(&loaded, false);
    for (auto& loaded : new_side_.own) all.emplace_back(&loaded, true);
    for (auto& loaded : shared_) {
      if (loaded.index != nullptr) all.emplace_back(&loaded, true);
    }
    return ParallelFor(all.size(), all.size() > 1 ? 0 : 1, [&](size_t i) {
      JudgeRowsOf(all[i].first, all[i].second);
      return arrow::Status::OK();
    });
  }

  void JudgeRowsOf(Loaded* loaded, bool may_be_touched) const {
    const FileIndex& index = *loaded->index;
    const bool is_shared = shared_paths_.contains(loaded->manifest->path);
    may_be_touched = may_be_touched && (is_shared ? !changed_.changes.empty() : HasAnyDeletes());
    const std::vector<uint8_t> tuples =
        may_be_touched ? TouchedTuples(*loaded) : std::vector<uint8_t>();
    for (uint32_t row = 0; row < index.size(); ++row) {
      const IndexRow partner = loaded->partners == nullptr ? IndexRow() : (*loaded->partners)[row];
      if (partner.is_none() && !is_shared) {
        loaded->alone.push_back(row);
      } else if (may_be_touched && (tuples[index.tuple_of(row)] != 0 || changed_.Name(index, row) ||
                                    (!is_shared && OtherDeletesMayApply(*loaded, row, partner)))) {
        loaded->maybe_touched.push_back(row);
      }
    }
    if (!loaded->alone.empty() || !loaded->maybe_touched.empty()) PassOf(loaded);
  }

  bool HasAnyDeletes() const { return old_side_.deletes.size() + new_side_.deletes.size() > 0; }

  std::vector<uint8_t> TouchedTuples(const Loaded& loaded) const {
    std::vector<uint8_t> touched;
    for (const auto& tuple : loaded.index->tuples()) {
      touched.push_back(changed_.MayApplyTo(loaded.manifest->spec_id, tuple) ? 1 : 0);
    }
    return touched;
  }

  // Whether the sides hold the file under different sequence numbers, as after a rollback and a cherry-pick, or in different
  // partitions: the same deletes apply to one and not to the other.
  bool OtherDeletesMayApply(const Loaded& newer, uint32_t row, IndexRow partner) const {
    const Loaded& older = old_side_.own[partner.index];
    const FileIndex &a = *older.index, &b = *newer.index;
    return a.data_sequence_number(partner.row) != b.data_sequence_number(row) ||
           older.manifest->spec_id != newer.manifest->spec_id ||
           a.tuples()[a.tuple_of(partner.row)] != b.tuples()[b.tuple_of(row)];
  }

  const FilePass& PassOf(Loaded* loaded) const {
    if (!loaded->pass) {
      loaded->pass = PassFiles(*loaded->index, newer_, differ_.predicate_, *loaded->projection);
    }
    return *loaded->pass;
  }

  // None where no row of the file matches.
  std::optional<ScanTask> TaskOf(Loaded* loaded, uint32_t row, const DeleteIndex& deletes) const {
    const FilePass& pass = PassOf(loaded);
    const auto found = std::lower_bound(pass.rows.begin(), pass.rows.end(), row);
    if (found == pass.rows.end() || *found != row) return std::nullopt;
    ScanTask task;
    task.file = loaded->index->File(row);
    task.data_sequence_number = loaded->index->data_sequence_number(row);
    task.added_snapshot_id = loaded->index->snapshot_id(row);
    task.residual =
        pass.residuals[pass.residual_of[static_cast<size_t>(found - pass.rows.begin())]];
    task.deletes = deletes.For(task.file, task.data_sequence_number);
    return task;
  }

  void GiveOwnFiles() {
    for (auto& loaded : old_side_.own) {
      GiveAlone(&loaded, old_side_.deletes, &difference_.removed);
    }
    for (auto& loaded : new_side_.own) {
      GiveAlone(&loaded, new_side_.deletes, &difference_.added);
      for (const uint32_t row : loaded.maybe_touched) {
        const IndexRow partner = (*loaded.partners)[row];
        AddIfTouched(TaskOf(&old_side_.own[partner.index], partner.row, old_side_.deletes),
                     TaskOf(&loaded, row, new_side_.deletes));
      }
    }
  }

  void GiveAlone(Loaded* loaded, const DeleteIndex& deletes, std::vector<ScanTask>* tasks) const {
    for (const uint32_t row : loaded->alone) {
      if (auto task = TaskOf(loaded, row, deletes)) tasks->push_back(*std::move(task));
    }
  }

  void AddIfTouched(std::optional<ScanTask> before, std::optional<ScanTask> after) {
    if (!before || !after || KeysOf(before->deletes) == KeysOf(after->deletes)) return;
    difference_.touched.push_back({*std::move(before), *std::move(after)});
    --difference_.unchanged;
  }

  void GiveSharedFiles() {
    for (auto& loaded : shared_) {
      const auto& manifest = *loaded.manifest;
      const bool counted = manifest.added_files && manifest.existing_files;
      difference_.unchanged += counted ? *manifest.added_files + *manifest.existing_files
                                       : static_cast<int64_t>(loaded.index->size());
      for (const uint32_t row : loaded.maybe_touched) {
        AddIfTouched(TaskOf(&loaded, row, old_side_.deletes),
                     TaskOf(&loaded, row, new_side_.deletes));
      }
    }
  }

  FileDiffer& differ_;
  const TableView& older_;
  const TableView& newer_;
  const std::map<SpecId, SpecProjection> projections_;
  std::vector<Field> wanted_, all_fields_;
  Side old_side_, new_side_;
  std::set<std::string> shared_paths_;
  std::vector<Loaded> shared_;  // data manifests that both list
  ChangedDeletes changed_;
  FilePairs pairs_;
  FileDifference difference_;
};

arrow::Result<FileDifference> FileDiffer::Compare(const TableView& older, const TableView& newer) {
  return FileComparison(*this, older, newer).Run();
}

}  // namespace artemis
