// Judges tuples first, then the cells of those that are kept.
#include "artemis/advise/laid_out_files.h"

#include <utility>

#include "artemis/base/error.h"
#include "artemis/expr/lift.h"
#include "artemis/expr/range_sweep.h"
#include "artemis/schema/literal.h"

namespace artemis {

namespace {

// Judging one cell costs about as much as sweeping over so many.
constexpr size_t kCellsPerSweep = 64;

ColumnRange TupleRange(const std::optional<LiteralValue>& value) {
  ColumnRange range;
  range.has_null = value ? Ternary::kNo : Ternary::kYes;
  range.all_null = !value.has_value();
  range.bounds_exact = true;
  range.all_nan = value && IsNaN(*value);
  range.has_nan = range.all_nan ? Ternary::kYes : Ternary::kNo;
  if (value && !range.all_nan) range.lower = range.upper = value;
  return range;
}

Ternary Either(Ternary a, Ternary b) {
  if (a == Ternary::kYes || b == Ternary::kYes) return Ternary::kYes;
  return a == Ternary::kNo && b == Ternary::kNo ? Ternary::kNo : Ternary::kUnknown;
}

}  // namespace

void FileAmount::Add(const FileAmount& other) {
  files += other.files;
  bytes += other.bytes;
  row_groups += other.row_groups;
  charged_bytes += other.charged_bytes;
}

arrow::Result<LaidOutFiles> LaidOutFiles::Make(PartitionSpec spec, const Schema& schema,
                                               const std::vector<Field>& fields) {
  LaidOutFiles files;
  ARROW_ASSIGN_OR_RAISE(const Type tuple, PartitionType(spec, schema));
  files.spec_ = std::move(spec);
  for (const auto& field : tuple.fields) {
    if (!field.type.is_primitive() || field.type.kind == TypeKind::kUnknown) continue;
    files.tuple_ranges_.columns.emplace(field.id, RangeColumn(field.type, true));
  }
  for (const auto& field : fields) {
    files.fields_.push_back(field.id);
    files.ranges_.columns.emplace(field.id, RangeColumn(field.type, false));
  }
  return files;
}

void LaidOutFiles::AddTuple(PartitionTuple tuple) {
  for (size_t i = 0; i < spec_.fields.size(); ++i) {
    const auto column = tuple_ranges_.columns.find(spec_.fields[i].field_id);
    if (column != tuple_ranges_.columns.end()) column->second.Append(TupleRange(tuple[i]));
  }
  ++tuple_ranges_.rows;
  tuples_.push_back(std::move(tuple));
  cell_ends_.push_back(static_cast<uint32_t>(cells_.size()));
}

void LaidOutFiles::AddCell(const FileAmount& amount, const std::vector<ColumnRange>& ranges) {
  ARTEMIS_CHECK(!tuples_.empty() && ranges.size() == fields_.size());
  for (size_t i = 0; i < ranges.size(); ++i) {
    ranges_.columns.find(fields_[i])->second.Append(ranges[i]);
  }
  ++ranges_.rows;
  cells_.push_back(amount);
  total_.Add(amount);
  cell_ends_.back() = static_cast<uint32_t>(cells_.size());
}

void LaidOutFiles::Seal() {
  for (auto& [id, column] : tuple_ranges_.columns) column.Seal();
  for (auto& [id, column] : ranges_.columns) column.Seal();
}

std::vector<uint8_t> LaidOutFiles::KeptTuples(const BoundPredicate& inclusive) const {
  std::vector<uint8_t> kept(tuples_.size(), 1);
  SweepMayMatch(inclusive, tuple_ranges_, kept);
  for (size_t i = 0; i < kept.size(); ++i) {
    if (kept[i] != 0) kept[i] = EvaluateTuple(inclusive, spec_, tuples_[i]) ? 1 : 0;
  }
  return kept;
}

FileAmount LaidOutFiles::Kept(const BoundPredicate& inclusive, const BoundPredicate& predicate,
                              const Schema& schema) const {
  const auto tuples = KeptTuples(inclusive);
  size_t candidates = 0;
  const auto begin_of = [&](size_t tuple) { return tuple == 0 ? 0 : cell_ends_[tuple - 1]; };
  for (size_t i = 0; i < tuples.size(); ++i) {
    if (tuples[i] != 0) candidates += cell_ends_[i] - begin_of(i);
  }
  const bool sweeps = candidates * kCellsPerSweep >= cells_.size();
  std::vector<uint8_t> mask(sweeps ? cells_.size() : 0, 1);
  if (sweeps) SweepMayMatch(predicate, ranges_, mask);
  FileAmount kept;
  for (size_t i = 0; i < tuples.size(); ++i) {
    if (tuples[i] == 0) continue;
    for (size_t cell = begin_of(i); cell < cell_ends_[i]; ++cell) {
      if (sweeps ? mask[cell] != 0 : MayMatch(predicate, ranges_.At(cell, schema))) {
        kept.Add(cells_[cell]);
      }
    }
  }
  return kept;
}

void RangeUnion::Add(const std::optional<ColumnRange>& range) {
  const ColumnRange next = range.value_or(ColumnRange());
  const bool speaks = !next.all_null && !next.all_nan;
  if (is_empty_) {
    range_ = next;
    range_.bounds_exact = false;
    is_empty_ = false;
    has_bounds_ = speaks;
    return;
  }
  range_.has_null = Either(range_.has_null, next.has_null);
  range_.has_nan = Either(range_.has_nan, next.has_nan);
  range_.all_null = range_.all_null && next.all_null;
  range_.all_nan = range_.all_nan && next.all_nan;
  if (!speaks) return;
  if (!has_bounds_) {
    range_.lower = next.lower;
    range_.upper = next.upper;
    has_bounds_ = true;
    return;
  }
  const auto keep = [](std::optional<LiteralValue>* bound, const std::optional<LiteralValue>& other,
                       bool lower) {
    if (!*bound || !other) {
      *bound = std::nullopt;
    } else if (const auto order = CompareValues(other.value(), bound->value());
               lower ? order < 0 : order > 0) {
      *bound = other;
    }
  };
  keep(&range_.lower, next.lower, true);
  keep(&range_.upper, next.upper, false);
}

}  // namespace artemis
