// Tries few orders on every spec, then every order on the best specs, then the best once more with their own sizes.
#include "artemis/advise/advise_layout.h"

#include <algorithm>
#include <atomic>
#include <numeric>
#include <set>
#include <span>
#include <tuple>
#include <utility>

#include "artemis/advise/bound_log.h"
#include "artemis/base/parallel_for.h"
#include "artemis/io/file_system.h"
#include "artemis/scan/manifest_cache.h"
#include "artemis/scan/scan_plan.h"
#include "artemis/write/data_file_settings.h"
#include "artemis/write/file_schema.h"

namespace artemis {

namespace {

constexpr size_t kSpecsInDepth = 4;
constexpr size_t kFinalists = 8;
// Specs that make more partitions for each full file of the table are crumbs, and not tried.
constexpr double kPartitionsPerFile = 8;
// Candidates are ranked by so many queries, finalists judged by all.
constexpr int64_t kQueriesToRank = 500;
constexpr int64_t kAssumedFiles = 128;
constexpr int64_t kAssumedBytesLeast = int64_t{16} << 10;
// Files below this are mostly pages that the writer has not compressed when it looks at their size.
constexpr int64_t kSmallTarget = int64_t{16} << 20;
constexpr char kTargetProperty[] = "write.target-file-size-bytes";

// What new files of the table are laid out as.
arrow::Result<LayoutCandidate> TodaysLayout(const TableMetadata& metadata) {
  LayoutCandidate today;
  today.spec = metadata.DefaultSpec();
  today.order.sort = metadata.DefaultSortOrder();
  ARROW_ASSIGN_OR_RAISE(today.order.clustering,
                        ClusteringOf(metadata.properties, metadata.CurrentSchema()));
  if (today.spec.has_unknown_transform()) {
    return arrow::Status::NotImplemented("a partition transform is not known");
  }
  return today;
}

std::set<FieldId> SourcesOf(const LayoutCandidate& layout) {
  std::set<FieldId> sources;
  for (const auto& field : layout.spec.fields) sources.insert(field.source_id);
  for (const auto& field : layout.order.sort.fields) sources.insert(field.source_id);
  for (const FieldId id : layout.order.clustering.columns) sources.insert(id);
  return sources;
}

bool OrdersAlike(const RowOrder& a, const RowOrder& b) {
  return a.clustering == b.clustering && a.sort.fields == b.sort.fields;
}

// The rank of an order among equally good ones: none, columns, curves.
size_t Plainness(const RowOrder& order) {
  const size_t curve = order.clustering.kind == ClusteringKind::kHilbert ? 20 : 10;
  return order.clustering.is_none() ? order.sort.fields.size()
                                    : curve + order.clustering.columns.size();
}

// How many tests of the log the partitions alone answer.
int64_t TestsAnswered(const PartitionSpec& spec, const BoundLog& log) {
  std::set<FieldId> sources;
  for (const auto& field : spec.fields) sources.insert(field.source_id);
  int64_t answered = 0;
  for (const auto& query : log.queries) {
    for (const FieldId source : sources) answered += query.tests.contains(source) ? 1 : 0;
  }
  return answered;
}

void ThinOut(int64_t queries_max, BoundLog* log) {
  const int64_t count = std::ssize(log->queries);
  if (count <= queries_max) return;
  std::vector<BoundQuery> kept;
  for (int64_t i = 0; i < queries_max; ++i) {
    kept.push_back(std::move(log->queries[static_cast<size_t>(i * count / queries_max)]));
  }
  log->queries = std::move(kept);
}

class Advisor {
 public:
  Advisor(const TableView& view, FileSystem& files, const AdviseOptions& options)
      : view_(view),
        metadata_(*view.metadata),
        schema_(*view.schema),
        files_(files),
        options_(options) {}

  arrow::Result<LayoutAdvice> Run(const QueryLog& log) {
    log_ = BindLog(log, schema_);
    advice_.skipped = log_.skipped;
    advice_.skipped_count = log_.skipped_count;
    ThinOut(options_.queries_max, &log_);
    advice_.queries = std::ssize(log_.queries);
    if (log_.queries.empty()) {
      return NoQuery();
    }
    ARROW_ASSIGN_OR_RAISE(sample_, SampleRows(view_, files_, options_.sample));
    if (sample_.rows->num_rows() == 0) {
      return arrow::Status::Invalid("the table has no rows to try layouts on");
    }
    auto today = TodaysLayout(metadata_);
    ARROW_ASSIGN_OR_RAISE(const auto trial,
                          LayoutTrial::Make(sample_, schema_, log_,
                                            today.ok() ? SourcesOf(*today) : std::set<FieldId>()));
    trial_ = &trial;
    advice_.columns = UsedColumns(log_, schema_);
    trial.Describe(&advice_.columns);
    ARROW_RETURN_NOT_OK(SetSizes());
    ARROW_RETURN_NOT_OK(TryAll(today.ok() ? &*today : nullptr));
    if (today.ok()) FindToday(*today);
    ChooseBest();
    ARROW_RETURN_NOT_OK(PlanAsIs());
    return std::move(advice_);
  }

 private:
  arrow::Status NoQuery() const {
    const std::string none = "the log holds no query that the table can answer";
    if (advice_.skipped.empty()) return arrow::Status::Invalid(none);
    const SkippedLine& first = advice_.skipped.front();
    return arrow::Status::Invalid(none, "; line ", first.line, ": ", first.reason);
  }

  arrow::Status SetSizes() {
    advice_.sample_rows = sample_.rows->num_rows();
    advice_.sample_files = std::ssize(sample_.file_ends);
    advice_.table_rows = sample_.table_rows;
    advice_.table_bytes = sample_.table_bytes;
    advice_.table_files = sample_.table_files;
    ARROW_ASSIGN_OR_RAISE(as_is_, trial_->EncodeAsIs(metadata_));
    ARROW_ASSIGN_OR_RAISE(const auto settings,
                          ResolveDataFileSettings(metadata_, FileSchema(schema_), {}));
    FileSizes& sizes = advice_.sizes;
    sizes.target_bytes = options_.target_file_bytes.value_or(settings.target_file_bytes);
    if (!options_.target_file_bytes && !metadata_.properties.contains(kTargetProperty)) {
      advice_.target_is_assumed = true;
      sizes.target_bytes =
          std::clamp(sample_.table_bytes / kAssumedFiles, kAssumedBytesLeast, sizes.target_bytes);
    }
    const auto bytes = static_cast<double>(sample_.table_bytes);
    sizes.file_overhead_bytes = as_is_.file_overhead_bytes();
    const double data =
        bytes - sizes.file_overhead_bytes * static_cast<double>(sample_.table_files);
    table_row_bytes_ = std::max(data, bytes / 10) / static_cast<double>(sample_.table_rows);
    sizes.row_bytes = table_row_bytes_;
    ARROW_RETURN_NOT_OK(SetEstimateRatio());
    sizes.own_estimate_ratio = sizes.estimate_ratio;
    ARROW_ASSIGN_OR_RAISE(const auto plain, trial_->Encode(LayoutCandidate(), sizes, metadata_));
    plain_estimate_ratio_ = plain.estimate_ratio();
    sizes = SizesAs(plain, sizes);
    advice_.rows_per_file = static_cast<double>(sizes.target_bytes) /
                            (sizes.row_bytes * sizes.estimate_ratio * sample_.scale());
    return arrow::Status::OK();
  }

  // Of dense rows in files of about the size that is asked for: twice, since the ratio decides how many rows a file has.
  arrow::Status SetEstimateRatio() {
    FileSizes& sizes = advice_.sizes;
    const auto& rows = *sample_.dense_rows;
    if (sizes.target_bytes >= kSmallTarget || rows.num_rows() == 0) return arrow::Status::OK();
    std::vector<int64_t> places(static_cast<size_t>(rows.num_rows()));
    std::iota(places.begin(), places.end(), 0);
    for (int round = 0; round < 2; ++round) {
      const double most =
          static_cast<double>(sizes.target_bytes) / (table_row_bytes_ * sizes.estimate_ratio);
      const auto count =
          static_cast<size_t>(std::clamp(most, 1.0, static_cast<double>(places.size())));
      std::vector<std::span<const int64_t>> files;
      for (size_t at = 0; at + count <= places.size(); at += count) {
        files.emplace_back(places.data() + at, count);
      }
      ARROW_ASSIGN_OR_RAISE(const auto encoded, EncodeRows(rows, files, metadata_));
      sizes.estimate_ratio = std::max(encoded.estimate_ratio(), 0.1);
    }
    return arrow::Status::OK();
  }

  // The sizes of a layout, whose files are about those that `about` makes. Twice, since they decide which rows share a file.
  arrow::Result<FileSizes> SizesOf(const LayoutCandidate& layout, const FileSizes& about) const {
    FileSizes sizes = about;
    for (int round = 0; round < 2; ++round) {
      ARROW_ASSIGN_OR_RAISE(const auto encoded, trial_->Encode(layout, sizes, metadata_));
      sizes = SizesAs(encoded, sizes);
    }
    return sizes;
  }

  // What was encoded is a sample, whose files have fewer rows than the table's: it says how a layout compares with others.
  FileSizes SizesAs(const EncodedRows& encoded, const FileSizes& about) const {
    FileSizes sizes = about;
    sizes.row_bytes = table_row_bytes_ * encoded.row_bytes() / std::max(as_is_.row_bytes(), 1e-9);
    sizes.file_overhead_bytes = encoded.file_overhead_bytes();
    if (sizes.target_bytes < kSmallTarget) {
      const double to_plain = encoded.estimate_ratio() / std::max(plain_estimate_ratio_, 1e-9);
      sizes.own_estimate_ratio = std::max(sizes.estimate_ratio * to_plain, 0.1);
    }
    return sizes;
  }

  arrow::Status TryAll(const LayoutCandidate* today) {
    auto specs = CandidateSpecs(advice_.columns, schema_);
    const double full_files = static_cast<double>(sample_.table_bytes) /
                              static_cast<double>(2 * advice_.sizes.small_file_bytes() + 1);
    std::erase_if(specs, [&](const PartitionSpec& spec) {
      return PartitionsOf(spec, advice_.columns) > kPartitionsPerFile * std::max(full_files, 8.0);
    });
    std::vector<LayoutCandidate> first;
    if (today != nullptr) first.push_back(*today);
    for (const auto& spec : specs) {
      for (const auto& order : FewOrders(spec)) AddNew({spec, order}, &first);
    }
    // Two rounds of about the same length.
    to_try_ = 2 * std::ssize(first);
    ARROW_RETURN_NOT_OK(Try(first));
    std::vector<LayoutCandidate> second;
    for (const auto& spec : BestSpecs()) {
      for (const auto& order : CandidateOrders(advice_.columns, spec)) {
        AddNew({spec, order}, &second);
      }
    }
    std::erase_if(second, [&](const auto& candidate) { return WasTried(candidate); });
    to_try_ = done_ + std::ssize(second) + static_cast<int64_t>(kFinalists);
    ARROW_RETURN_NOT_OK(Try(second));
    return TryFinalists(today);
  }

  // None, the column that most queries test for equality, and a curve over all.
  std::vector<RowOrder> FewOrders(const PartitionSpec& spec) const {
    const auto all = CandidateOrders(advice_.columns, spec);
    std::vector<RowOrder> few = {RowOrder{}};
    const RowOrder *column = nullptr, *curve = nullptr;
    int64_t most = 0;
    for (const auto& order : all) {
      if (order.clustering.kind == ClusteringKind::kZOrder) curve = &order;
      if (!order.clustering.is_none() || order.sort.fields.size() != 1) continue;
      for (const auto& use : advice_.columns) {
        if (use.field.id == order.sort.fields.front().source_id && use.equality > most) {
          most = use.equality;
          column = &order;
        }
      }
    }
    if (column != nullptr) few.push_back(*column);
    if (curve != nullptr) few.push_back(*curve);
    return few;
  }

  static bool IsSame(const LayoutCandidate& a, const LayoutCandidate& b) {
    return PartitionsAlike(a.spec, b.spec) && OrdersAlike(a.order, b.order);
  }
  bool WasTried(const LayoutCandidate& candidate) const {
    return std::any_of(advice_.tried.begin(), advice_.tried.end(),
                       [&](const auto& tried) { return IsSame(tried.candidate, candidate); });
  }
  static void AddNew(const LayoutCandidate& candidate, std::vector<LayoutCandidate>* list) {
    if (std::any_of(list->begin(), list->end(),
                    [&](const auto& other) { return IsSame(other, candidate); })) {
      return;
    }
    list->push_back(candidate);
  }

  arrow::Status Try(const std::vector<LayoutCandidate>& candidates) {
    std::vector<std::optional<TriedLayout>> results(candidates.size());
    ARROW_RETURN_NOT_OK(
        ParallelFor(candidates.size(), options_.threads, [&](size_t i) -> arrow::Status {
          ARROW_RETURN_NOT_OK(options_.stop.Poll());
          ARROW_ASSIGN_OR_RAISE(results[i],
                                trial_->Try(candidates[i], advice_.sizes, kQueriesToRank));
          Advance();
          return arrow::Status::OK();
        }));
    for (auto& result : results) advice_.tried.push_back(std::move(*result));
    SortTried(advice_.tried.begin(), advice_.tried.end());
    return arrow::Status::OK();
  }

  void Advance() {
    const int64_t done = ++done_;
    if (options_.progress) options_.progress(done, std::max(done, to_try_));
  }

  using TriedIterator = std::vector<TriedLayout>::iterator;
  static void SortTried(TriedIterator begin, TriedIterator end) {
    std::stable_sort(begin, end, [](const auto& a, const auto& b) {
      return a.score.cost_bytes() < b.score.cost_bytes();
    });
  }

  std::vector<PartitionSpec> BestSpecs() const {
    std::vector<PartitionSpec> best;
    for (const auto& tried : advice_.tried) {
      if (best.size() == kSpecsInDepth) break;
      if (std::none_of(best.begin(), best.end(), [&](const auto& spec) {
            return PartitionsAlike(spec, tried.candidate.spec);
          })) {
        best.push_back(tried.candidate.spec);
      }
    }
    return best;
  }

  // The cheapest once more, with the sizes that their rows take; today's is always among them.
  arrow::Status TryFinalists(const LayoutCandidate* today) {
    auto& tried = advice_.tried;
    if (today != nullptr) {
      const auto place = std::find_if(tried.begin(), tried.end(), [&](const auto& each) {
        return IsSame(each.candidate, *today);
      });
      if (place != tried.end()) std::rotate(tried.begin(), place, place + 1);
    }
    advice_.finalists = std::min(tried.size(), kFinalists);
    ARROW_RETURN_NOT_OK(
        ParallelFor(advice_.finalists, options_.threads, [&](size_t i) -> arrow::Status {
          ARROW_RETURN_NOT_OK(options_.stop.Poll());
          ARROW_ASSIGN_OR_RAISE(const auto sizes, SizesOf(tried[i].candidate, advice_.sizes));
          ARROW_ASSIGN_OR_RAISE(tried[i], trial_->Try(tried[i].candidate, sizes));
          Advance();
          return arrow::Status::OK();
        }));
    SortTried(tried.begin(), tried.begin() + static_cast<ptrdiff_t>(advice_.finalists));
    return arrow::Status::OK();
  }

  void FindToday(const LayoutCandidate& today) {
    for (size_t i = 0; i < advice_.finalists; ++i) {
      if (IsSame(advice_.tried[i].candidate, today)) advice_.today = i;
    }
  }

  void ChooseBest() {
    const auto& tried = advice_.tried;
    const double limit = tried.front().score.cost_bytes() * (1 + kEquallyGood);
    const auto merit = [&](size_t i) {
      const auto& layout = tried[i];
      return std::tuple(-TestsAnswered(layout.candidate.spec, log_),
                        Plainness(layout.candidate.order), layout.score.total.files,
                        layout.score.cost_bytes());
    };
    for (size_t i = 0; i < advice_.finalists; ++i) {
      if (tried[i].score.cost_bytes() > limit) continue;
      if (merit(i) < merit(advice_.best)) advice_.best = i;
      if (advice_.today == i) advice_.keeps_today = true;
    }
    if (advice_.keeps_today) advice_.best = *advice_.today;
  }

  arrow::Status PlanAsIs() {
    ManifestCache manifests;
    PlanOptions plan_options;
    plan_options.manifests = &manifests;
    plan_options.prune_row_groups = false;
    LayoutScore& score = advice_.as_is;
    score.total = {advice_.table_files, advice_.table_bytes, 0, 0};
    const int64_t least = advice_.sizes.small_file_bytes();
    for (const auto& query : log_.queries) {
      ARROW_RETURN_NOT_OK(options_.stop.Poll());
      ARROW_ASSIGN_OR_RAISE(const auto plan,
                            PlanScan(view_, query.predicate, files_, plan_options));
      FileAmount kept;
      for (const auto& task : plan.tasks) {
        const int64_t bytes = task.file.file_size_bytes;
        kept.Add({1, bytes, 0, std::max(bytes, least)});
      }
      score.Add(kept, least);
    }
    return arrow::Status::OK();
  }

  const TableView& view_;
  const TableMetadata& metadata_;
  const Schema& schema_;
  FileSystem& files_;
  const AdviseOptions& options_;
  BoundLog log_;
  RowSample sample_;
  const LayoutTrial* trial_ = nullptr;
  EncodedRows as_is_;
  // Of data, in the files of the table as they are.
  double table_row_bytes_ = 0;
  // Of the sample without a layout.
  double plain_estimate_ratio_ = 1;
  LayoutAdvice advice_;
  std::atomic<int64_t> done_ = 0;
  int64_t to_try_ = 0;
};

}  // namespace

arrow::Result<LayoutAdvice> AdviseLayout(const QueryLog& log, const TableView& view,
                                         FileSystem& files, const AdviseOptions& options) {
  return Advisor(view, files, options).Run(log);
}

}  // namespace artemis
