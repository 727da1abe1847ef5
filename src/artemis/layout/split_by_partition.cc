// Numbers the distinct tuples of a batch field by field, then gathers the rows of each.
#include "artemis/layout/split_by_partition.h"

#include <algorithm>
#include <unordered_map>

#include <arrow/array.h>
#include <arrow/compute/api_vector.h>
#include <arrow/compute/exec.h>

#include "artemis/layout/source_column.h"
#include "artemis/schema/literal_array.h"

namespace artemis {
namespace {

// Up to this many combinations of two numberings are looked up in a table instead of a hash map.
constexpr uint64_t kTableSizeMax = uint64_t{1} << 16;
constexpr uint32_t kNone = 0xFFFFFFFF;

// Which group each row is in, groups numbered by first appearance.
struct Grouping {
  std::vector<uint32_t> group_of_row;
  uint32_t groups = 1;
};

// Numbers pairs of (group, code), where code < codes.
class PairNumbering {
 public:
  PairNumbering(uint64_t groups, uint64_t codes) : codes_(codes) {
    if (groups * codes <= kTableSizeMax) table_.assign(groups * codes, kNone);
  }
  uint32_t Number(uint32_t group, uint32_t code) {
    const uint64_t pair = group * codes_ + code;
    if (table_.empty()) {
      const auto [found, is_new] = map_.emplace(pair, count_);
      count_ += is_new;
      return found->second;
    }
    uint32_t& number = table_[pair];
    if (number == kNone) number = count_++;
    return number;
  }
  uint32_t count() const { return count_; }

 private:
  uint64_t codes_;
  std::vector<uint32_t> table_;
  std::unordered_map<uint64_t, uint32_t> map_;
  uint32_t count_ = 0;
};

arrow::Status Refine(const std::shared_ptr<arrow::Array>& values, arrow::MemoryPool* pool,
                     Grouping* grouping) {
  arrow::compute::ExecContext context(pool);
  ARROW_ASSIGN_OR_RAISE(
      const arrow::Datum encoded,
      arrow::compute::DictionaryEncode(
          values,
          arrow::compute::DictionaryEncodeOptions(arrow::compute::DictionaryEncodeOptions::MASK),
          &context));
  const auto encoded_array = encoded.make_array();
  const auto& dictionary = static_cast<const arrow::DictionaryArray&>(*encoded_array);
  const arrow::Array& indices = *dictionary.indices();
  const int32_t* codes = indices.data()->GetValues<int32_t>(1);
  // Null is a code of its own, after those of the dictionary.
  const auto null_code = static_cast<uint32_t>(dictionary.dictionary()->length());
  PairNumbering numbering(grouping->groups, uint64_t{null_code} + 1);
  const bool has_nulls = indices.null_count() > 0;
  for (size_t row = 0; row < grouping->group_of_row.size(); ++row) {
    const bool null = has_nulls && indices.IsNull(static_cast<int64_t>(row));
    const uint32_t code = null ? null_code : static_cast<uint32_t>(codes[row]);
    grouping->group_of_row[row] = numbering.Number(grouping->group_of_row[row], code);
  }
  grouping->groups = numbering.count();
  return arrow::Status::OK();
}

// The rows of each group, ascending.
std::vector<std::vector<int32_t>> RowsOfGroups(const Grouping& grouping) {
  std::vector<size_t> counts(grouping.groups, 0);
  for (uint32_t group : grouping.group_of_row) ++counts[group];
  std::vector<std::vector<int32_t>> rows(grouping.groups);
  for (size_t g = 0; g < rows.size(); ++g) rows[g].reserve(counts[g]);
  for (size_t row = 0; row < grouping.group_of_row.size(); ++row) {
    rows[grouping.group_of_row[row]].push_back(static_cast<int32_t>(row));
  }
  return rows;
}

arrow::Result<std::shared_ptr<arrow::RecordBatch>> Gather(
    const std::shared_ptr<arrow::RecordBatch>& batch, const std::vector<int32_t>& rows,
    arrow::MemoryPool* pool) {
  const auto count = static_cast<int64_t>(rows.size());
  const bool contiguous = rows.back() - rows.front() + 1 == count;
  if (contiguous && count * 2 >= batch->num_rows()) return batch->Slice(rows.front(), count);
  const arrow::Int32Array indices(count, arrow::Buffer::Wrap(rows));
  arrow::compute::ExecContext context(pool);
  ARROW_ASSIGN_OR_RAISE(
      const arrow::Datum taken,
      arrow::compute::Take(batch, indices.data(), arrow::compute::TakeOptions::NoBoundsCheck(),
                           &context));
  return taken.record_batch();
}

}  // namespace

arrow::Result<std::vector<PartitionRows>> SplitByPartition(
    const std::shared_ptr<arrow::RecordBatch>& batch, const Schema& schema,
    const PartitionSpec& spec, arrow::MemoryPool* pool) {
  if (pool == nullptr) pool = arrow::system_memory_pool();
  std::vector<PartitionRows> parts;
  if (batch->num_rows() == 0) return parts;
  if (spec.fields.empty()) return std::vector<PartitionRows>{{{}, batch}};
  ARROW_ASSIGN_OR_RAISE(const Type tuple_type, PartitionType(spec, schema));

  Grouping grouping;
  grouping.group_of_row.assign(static_cast<size_t>(batch->num_rows()), 0);
  std::vector<std::shared_ptr<arrow::Array>> values;
  for (const PartitionField& field : spec.fields) {
    ARROW_ASSIGN_OR_RAISE(auto transformed, TransformedColumn(*batch, schema, field.source_id,
                                                              field.transform, pool));
    ARROW_RETURN_NOT_OK(Refine(transformed, pool, &grouping));
    values.push_back(std::move(transformed));
  }

  for (const std::vector<int32_t>& rows : RowsOfGroups(grouping)) {
    PartitionRows part;
    for (size_t i = 0; i < values.size(); ++i) {
      ARROW_ASSIGN_OR_RAISE(auto value,
                            LiteralAt(tuple_type.fields[i].type, *values[i], rows.front()));
      part.tuple.push_back(std::move(value));
    }
    ARROW_ASSIGN_OR_RAISE(part.rows, Gather(batch, rows, pool));
    parts.push_back(std::move(part));
  }
  return parts;
}

}  // namespace artemis
