// Tuples first: what they exclude is never looked at. Then bounds, in a sweep, or one by one where few files are left.
#include "artemis/scan/file_pass.h"

#include <algorithm>

#include "artemis/expr/lift.h"
#include "artemis/expr/range_evaluator.h"
#include "artemis/expr/range_sweep.h"

namespace artemis {

namespace {

// Judging one file costs about as much as sweeping over so many.
constexpr size_t kFilesPerSweep = 64;

std::vector<uint8_t> KeptTuples(const FileIndex& index, const SpecProjection& projection) {
  std::vector<uint8_t> kept(index.tuples().size(), 1);
  SweepMayMatch(projection.inclusive, index.tuple_ranges(), kept);
  for (size_t i = 0; i < kept.size(); ++i) {
    if (kept[i] == 0) continue;
    kept[i] = EvaluateTuple(projection.inclusive, projection.spec, index.tuples()[i]) ? 1 : 0;
  }
  return kept;
}

std::vector<uint32_t> RowsOfTuples(const FileIndex& index, const std::vector<uint8_t>& kept) {
  std::vector<uint32_t> rows;
  const auto count = static_cast<uint32_t>(index.size());
  for (uint32_t row = 0; row < count; ++row) {
    if (kept[index.tuple_of(row)] != 0) rows.push_back(row);
  }
  return rows;
}

void KeepByBounds(const FileIndex& index, const BoundPredicate& predicate, const Schema& schema,
                  std::vector<uint32_t>* rows) {
  if (rows->size() * kFilesPerSweep < index.size()) {
    std::erase_if(
        *rows, [&](uint32_t row) { return !MayMatch(predicate, index.metrics().At(row, schema)); });
    return;
  }
  std::vector<uint8_t> mask(index.size(), 1);
  SweepMayMatch(predicate, index.metrics(), mask);
  std::erase_if(*rows, [&](uint32_t row) { return mask[row] == 0; });
}

// Whether a tuple can say anything of the predicate's columns.
bool SpecBearsOn(const PartitionSpec& spec, const BoundPredicate& predicate) {
  const auto fields = ReferencedFields(predicate);
  return std::any_of(spec.fields.begin(), spec.fields.end(), [&](const PartitionField& field) {
    return std::binary_search(fields.begin(), fields.end(), field.source_id);
  });
}

void FindResiduals(const FileIndex& index, const TableView& view, const BoundPredicate& predicate,
                   const SpecProjection& projection, FilePass* pass) {
  if (!SpecBearsOn(projection.spec, predicate)) {
    pass->residuals = {predicate};
    return;
  }
  pass->residuals.resize(index.tuples().size());
  std::vector<uint8_t> is_done(pass->residuals.size(), 0);
  for (const uint32_t row : pass->rows) {
    const uint32_t tuple = index.tuple_of(row);
    if (is_done[tuple] != 0) continue;
    is_done[tuple] = 1;
    auto residual = Residual(predicate, projection.spec, *view.schema, index.tuples()[tuple]);
    if (residual.is_false()) pass->tuples_kept[tuple] = 0;
    pass->residuals[tuple] = std::move(residual);
  }
  std::erase_if(pass->rows,
                [&](uint32_t row) { return pass->tuples_kept[index.tuple_of(row)] == 0; });
}

}  // namespace

FilePass PassFiles(const FileIndex& index, const TableView& view, const BoundPredicate& predicate,
                   const SpecProjection& projection) {
  FilePass pass;
  pass.tuples_kept = KeptTuples(index, projection);
  const auto& kept = pass.tuples_kept;
  if (std::find(kept.begin(), kept.end(), 1) == kept.end()) return pass;
  pass.rows = RowsOfTuples(index, kept);
  if (!predicate.is_true()) KeepByBounds(index, predicate, *view.schema, &pass.rows);
  FindResiduals(index, view, predicate, projection, &pass);
  return pass;
}

}  // namespace artemis
