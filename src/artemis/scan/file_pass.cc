// Tuples first: what they exclude is never looked at. Then bounds, in a sweep, or one by one where few files are left.
#include "artemis/scan/file_pass.h"

#include <algorithm>
#include <memory>

#include "artemis/expr/lift.h"
#include "artemis/expr/range_evaluator.h"
#include "artemis/expr/range_judge.h"
#include "artemis/expr/range_sweep.h"
#include "artemis/expr/residual_plan.h"

namespace artemis {

namespace {

// Judging one file costs about as much as sweeping over so many.
constexpr size_t kFilesPerSweep = 8;

// Those that may match by their values, ascending.
std::vector<uint32_t> KeptTuples(const FileIndex& index, const SpecProjection& projection) {
  std::vector<uint32_t> kept;
  const auto keep_matching = [&](uint32_t tuple) {
    if (EvaluateTuple(projection.inclusive, projection.spec, index.tuples()[tuple])) {
      kept.push_back(tuple);
    }
  };
  const auto& ranges = index.tuple_ranges();
  if (const auto found = index.tuple_order().Candidates(projection.inclusive, ranges)) {
    std::for_each(found->begin(), found->end(), keep_matching);
    std::sort(kept.begin(), kept.end());
    return kept;
  }
  std::vector<uint8_t> mask(index.tuples().size(), 1);
  SweepMayMatch(projection.inclusive, ranges, mask);
  for (uint32_t tuple = 0; tuple < mask.size(); ++tuple) {
    if (mask[tuple] != 0) keep_matching(tuple);
  }
  return kept;
}

void AddRowsOfTuple(const FileIndex& index, uint32_t tuple, std::vector<uint32_t>* rows) {
  const auto span = index.tuple_spans()[tuple];
  for (uint32_t row = span.first; row < span.end; ++row) {
    if (index.tuple_of(row) == tuple) rows->push_back(row);
  }
}

// `mask` says by tuple number what `tuples` names.
std::vector<uint32_t> RowsOfTuples(const FileIndex& index, const std::vector<uint32_t>& tuples,
                                   const std::vector<uint8_t>& mask) {
  std::vector<uint32_t> rows;
  const auto count = static_cast<uint32_t>(index.size());
  uint64_t in_spans = 0;
  for (const uint32_t tuple : tuples) {
    const auto span = index.tuple_spans()[tuple];
    in_spans += span.end - span.first;
  }
  if (in_spans < count) {
    for (const uint32_t tuple : tuples) AddRowsOfTuple(index, tuple, &rows);
    if (!std::is_sorted(rows.begin(), rows.end())) std::sort(rows.begin(), rows.end());
    return rows;
  }
  rows.reserve(count);
  for (uint32_t row = 0; row < count; ++row) {
    if (mask[index.tuple_of(row)] != 0) rows.push_back(row);
  }
  return rows;
}

void KeepByBounds(const FileIndex& index, const BoundPredicate& predicate,
                  std::vector<uint32_t>* rows) {
  if (rows->size() * kFilesPerSweep < index.size()) {
    const RangeJudge judge(predicate, index.metrics());
    std::erase_if(*rows, [&](uint32_t row) { return !judge.MayMatch(row); });
    return;
  }
  std::vector<uint8_t> mask(index.size(), 1);
  SweepMayMatch(predicate, index.metrics(), mask);
  std::erase_if(*rows, [&](uint32_t row) { return mask[row] == 0; });
}

// By tuple, and the tuples that leave nothing are dropped.
std::vector<uint32_t> ResidualsOfTuples(const FileIndex& index, const SpecProjection& projection,
                                        FilePass* pass) {
  constexpr uint32_t kUnset = ~uint32_t{0};
  std::vector<uint32_t> numbers(index.tuples().size(), kUnset);
  ResidualPlan plan(*projection.residuals, projection.spec);
  std::vector<uint32_t> kept;
  kept.reserve(pass->rows.size());
  for (const uint32_t row : pass->rows) {
    const uint32_t tuple = index.tuple_of(row);
    if (numbers[tuple] == kUnset) {
      numbers[tuple] = plan.Of(index.tuples()[tuple]);
      if (plan.residuals()[numbers[tuple]].is_false()) pass->tuples_kept[tuple] = 0;
    }
    if (pass->tuples_kept[tuple] != 0) kept.push_back(row);
  }
  pass->rows = std::move(kept);
  pass->residuals = plan.residuals();
  return numbers;
}

void FindResiduals(const FileIndex& index, const BoundPredicate& predicate,
                   const SpecProjection& projection, FilePass* pass) {
  if (projection.residuals != nullptr) {
    const auto numbers = ResidualsOfTuples(index, projection, pass);
    pass->residual_of.resize(pass->rows.size());
    for (size_t i = 0; i < pass->rows.size(); ++i) {
      pass->residual_of[i] = numbers[index.tuple_of(pass->rows[i])];
    }
  } else {
    pass->residuals = {BoundPredicate::True(), predicate};
    pass->residual_of.assign(pass->rows.size(), predicate.is_true() ? 0 : 1);
  }
}

// Nothing is left to check where the bounds prove what the tuple leaves.
void DropProvenResiduals(const FileIndex& index, const Schema& schema, FilePass* pass) {
  std::vector<std::unique_ptr<const RangeJudge>> judges(pass->residuals.size());
  for (size_t i = 0; i < pass->rows.size(); ++i) {
    uint32_t* number = &pass->residual_of[i];
    if (*number == 0) continue;
    auto& judge = judges[*number];
    if (judge == nullptr) {
      judge = std::make_unique<const RangeJudge>(pass->residuals[*number], index.metrics());
    }
    if (!judge->MayMustMatch(pass->rows[i])) continue;
    const auto ranges = index.metrics().At(pass->rows[i], schema);
    if (MustMatch(pass->residuals[*number], ranges)) *number = 0;
  }
}

}  // namespace

FilePass PassFiles(const FileIndex& index, const TableView& view, const BoundPredicate& predicate,
                   const SpecProjection& projection) {
  FilePass pass;
  const auto tuples = KeptTuples(index, projection);
  pass.tuples_kept.resize(index.tuples().size());
  for (const uint32_t tuple : tuples) pass.tuples_kept[tuple] = 1;
  if (tuples.empty()) return pass;
  pass.rows = RowsOfTuples(index, tuples, pass.tuples_kept);
  if (!predicate.is_true()) KeepByBounds(index, predicate, &pass.rows);
  if (pass.rows.empty()) return pass;
  FindResiduals(index, predicate, projection, &pass);
  DropProvenResiduals(index, *view.schema, &pass);
  return pass;
}

}  // namespace artemis
