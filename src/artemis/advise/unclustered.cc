// Gathers the files of each partition, unites their bounds and deals them out again.
#include "artemis/advise/unclustered.h"

#include <algorithm>
#include <map>
#include <string>
#include <unordered_map>
#include <utility>

#include "artemis/schema/partition_key.h"

namespace artemis {

namespace {

struct Partition {
  PartitionTuple tuple;
  std::vector<RangeUnion> ranges;
  std::vector<FileAmount> files;
  std::vector<int64_t> rows;
};

// The partitions of one spec, in the order of their first files.
struct SpecPartitions {
  PartitionSpec spec;
  // Of the first manifest: knows the sources of the spec.
  Schema schema;
  std::vector<Partition> partitions;
  std::unordered_map<std::string, size_t> by_key;

  Partition& Of(const PartitionTuple& tuple, size_t columns) {
    const auto [place, is_new] = by_key.emplace(PartitionKey(tuple), partitions.size());
    if (is_new) partitions.push_back({tuple, std::vector<RangeUnion>(columns), {}, {}});
    return partitions[place->second];
  }
};

void AddFiles(const FileIndex& index, const std::vector<Field>& fields, SpecPartitions* spec) {
  std::vector<size_t> partition_of;
  for (const auto& tuple : index.tuples()) {
    const Partition& partition = spec->Of(tuple, fields.size());
    partition_of.push_back(static_cast<size_t>(&partition - spec->partitions.data()));
  }
  std::vector<const RangeColumn*> columns;
  for (const auto& field : fields) columns.push_back(index.metrics().Find(field.id, field.type));
  for (size_t row = 0; row < index.size(); ++row) {
    Partition& partition = spec->partitions[partition_of[index.tuple_of(row)]];
    for (size_t i = 0; i < columns.size(); ++i) {
      partition.ranges[i].Add(columns[i] != nullptr
                                  ? std::optional(columns[i]->At(row, fields[i].type))
                                  : std::nullopt);
    }
    const auto row_groups = static_cast<int64_t>(std::max<size_t>(1, index.split_count(row)));
    partition.files.push_back(
        {1, index.file_size_bytes(row), row_groups, index.file_size_bytes(row)});
    partition.rows.push_back(index.record_count(row));
  }
}

int64_t NumberOf(const LiteralValue& value) {
  const auto* day = std::get_if<int32_t>(&value);
  return day != nullptr ? *day : std::get<int64_t>(value);
}

void SetNumber(int64_t number, LiteralValue* value) {
  if (std::holds_alternative<int32_t>(*value)) {
    *value = static_cast<int32_t>(number);
  } else {
    *value = number;
  }
}

// The part of a range from one share of the way to another.
ColumnRange PartOf(const ColumnRange& whole, double begin, double end) {
  if (!whole.lower || !whole.upper) return whole;
  const int64_t low = NumberOf(*whole.lower), high = NumberOf(*whole.upper);
  const double width = static_cast<double>(high) - static_cast<double>(low);
  const auto at = [&](double share) {
    return std::clamp(low + static_cast<int64_t>(width * share), low, high);
  };
  ColumnRange part = whole;
  SetNumber(at(begin), &part.lower.value());
  SetNumber(end >= 1 ? high : at(end), &part.upper.value());
  return part;
}

void AddWhole(const Partition& partition, const std::vector<ColumnRange>& ranges,
              LaidOutFiles* files) {
  FileAmount amount;
  for (const auto& file : partition.files) amount.Add(file);
  files->AddCell(amount, ranges);
}

void AddInArrivalOrder(const Partition& partition, const std::vector<ColumnRange>& ranges,
                       const std::vector<Field>& fields, LaidOutFiles* files) {
  double rows = 0;
  for (const int64_t each : partition.rows) rows += static_cast<double>(each);
  double before = 0;
  for (size_t i = 0; i < partition.files.size(); ++i) {
    const double after = before + static_cast<double>(partition.rows[i]);
    const double begin = rows > 0 ? before / rows : 0;
    const double end = rows > 0 && i + 1 < partition.files.size() ? after / rows : 1;
    std::vector<ColumnRange> own = ranges;
    for (size_t f = 0; f < fields.size(); ++f) {
      if (FollowsArrival(fields[f].type)) own[f] = PartOf(ranges[f], begin, end);
    }
    files->AddCell(partition.files[i], own);
    before = after;
  }
}

arrow::Result<LaidOutFiles> LayOut(const SpecPartitions& spec, const Schema& schema,
                                   const std::vector<Field>& fields, UnclusteredModel model) {
  auto made = LaidOutFiles::Make(spec.spec, schema, fields);
  if (!made.ok()) made = LaidOutFiles::Make(spec.spec, spec.schema, fields);
  ARROW_ASSIGN_OR_RAISE(auto files, std::move(made));
  const bool in_order = model == UnclusteredModel::kArrival &&
                        std::any_of(fields.begin(), fields.end(),
                                    [](const Field& field) { return FollowsArrival(field.type); });
  for (const auto& partition : spec.partitions) {
    std::vector<ColumnRange> ranges;
    for (const auto& range : partition.ranges) ranges.push_back(range.Range());
    files.AddTuple(partition.tuple);
    if (in_order) {
      AddInArrivalOrder(partition, ranges, fields, &files);
    } else {
      AddWhole(partition, ranges, &files);
    }
  }
  files.Seal();
  return files;
}

}  // namespace

bool FollowsArrival(const Type& type) {
  switch (type.kind) {
    case TypeKind::kDate:
    case TypeKind::kTimestamp:
    case TypeKind::kTimestamptz:
    case TypeKind::kTimestampNs:
    case TypeKind::kTimestamptzNs:
      return true;
    default:
      return false;
  }
}

arrow::Result<std::vector<LaidOutFiles>> MakeUnclustered(
    const std::vector<std::shared_ptr<const FileIndex>>& indexes, const Schema& schema,
    const std::vector<Field>& fields, UnclusteredModel model) {
  std::vector<SpecPartitions> specs;
  std::map<SpecId, size_t> by_id;
  for (const auto& index : indexes) {
    const auto& spec = index->header().spec;
    const auto [place, is_new] = by_id.emplace(spec.id, specs.size());
    if (is_new) specs.push_back({spec, index->header().schema, {}, {}});
    AddFiles(*index, fields, &specs[place->second]);
  }
  std::vector<LaidOutFiles> tables;
  for (const auto& spec : specs) {
    ARROW_ASSIGN_OR_RAISE(auto files, LayOut(spec, schema, fields, model));
    tables.push_back(std::move(files));
  }
  return tables;
}

}  // namespace artemis
