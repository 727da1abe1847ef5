// Reads and checks column indexes and offset indexes.
#include "artemis/parquet/page_index.h"

#include <algorithm>

#include <parquet/metadata.h>
#include <parquet/page_index.h>
#include <parquet/properties.h>

#include "artemis/parquet/leaf_columns.h"
#include "artemis/parquet/parquet_error.h"
#include "artemis/parquet/plain_bounds.h"

namespace artemis {
namespace {

constexpr int64_t kIndexBytesMax = int64_t{8} << 20;
constexpr size_t kPagesKeptMax = size_t{1} << 20;

// Where the parts of a leaf's index lie. Writers leave out the column index where a page has no bounds.
struct IndexPlaces {
  std::optional<parquet::IndexLocation> column;
  parquet::IndexLocation offset;
};

bool IsWithinLimits(const parquet::IndexLocation& place) {
  return place.offset >= 0 && place.length > 0 && place.length <= kIndexBytesMax;
}

std::optional<IndexPlaces> PlacesOf(const ParquetFooter& footer, int row_group, int leaf) {
  std::optional<IndexPlaces> places;
  // A chunk whose metadata cannot be read says nothing; reading its rows will name the damage.
  const arrow::Status read = CatchParquet([&]() -> arrow::Status {
    const auto chunk = footer.metadata->RowGroup(row_group)->ColumnChunk(leaf);
    const auto column = chunk->GetColumnIndexLocation();
    const auto offset = chunk->GetOffsetIndexLocation();
    if (!offset || !IsWithinLimits(*offset)) return arrow::Status::OK();
    places.emplace();
    places->offset = *offset;
    if (column && IsWithinLimits(*column)) places->column = *column;
    return arrow::Status::OK();
  });
  return read.ok() ? places : std::nullopt;
}

// As far as the footer says.
bool HasOneDataPage(const ParquetFooter& footer, int row_group, int leaf) {
  const auto chunk = footer.metadata->RowGroup(row_group)->ColumnChunk(leaf);
  int64_t pages = 0;
  for (const auto& each : chunk->encoding_stats()) {
    const bool is_data = each.page_type == parquet::PageType::DATA_PAGE ||
                         each.page_type == parquet::PageType::DATA_PAGE_V2;
    if (is_data) pages += each.count;
  }
  return pages == 1;
}

// Null where the file ends before.
arrow::Result<std::shared_ptr<arrow::Buffer>> ReadPlace(arrow::io::RandomAccessFile& file,
                                                        const parquet::IndexLocation& place) {
  ARROW_ASSIGN_OR_RAISE(const int64_t size, file.GetSize());
  if (place.offset > size - place.length) return nullptr;
  ARROW_ASSIGN_OR_RAISE(auto bytes, file.ReadAt(place.offset, place.length));
  return bytes->size() == place.length ? bytes : nullptr;
}

// Data pages begin at rows that ascend from 0 and lie in the row group.
std::vector<int64_t> FirstRows(const parquet::OffsetIndex& index, int64_t group_rows) {
  std::vector<int64_t> rows;
  for (const auto& page : index.page_locations()) {
    const int64_t row = page.first_row_index;
    const bool ascends = rows.empty() ? row == 0 : row > rows.back();
    if (!ascends || row >= group_rows) return {};
    rows.push_back(row);
  }
  return rows;
}

bool IsConsistent(const parquet::ColumnIndex& index, size_t pages) {
  return index.null_pages().size() == pages && index.encoded_min_values().size() == pages &&
         index.encoded_max_values().size() == pages &&
         (!index.has_null_counts() || index.null_counts().size() == pages);
}

// Of a leaf whose values are rows. Empty where the index contradicts itself.
std::vector<LeafStatistics> PageStatistics(const parquet::ColumnIndex& index,
                                           const std::vector<int64_t>& first_rows,
                                           int64_t group_rows, const LeafColumn& leaf,
                                           const parquet::ColumnDescriptor& descriptor) {
  if (!IsConsistent(index, first_rows.size())) return {};
  std::vector<LeafStatistics> all;
  for (size_t page = 0; page < first_rows.size(); ++page) {
    LeafStatistics statistics;
    statistics.leaf_index = leaf.leaf_index;
    const int64_t end = page + 1 < first_rows.size() ? first_rows[page + 1] : group_rows;
    statistics.value_count = end - first_rows[page];
    if (index.has_null_counts()) statistics.null_count = index.null_counts()[page];
    const int64_t nulls = statistics.null_count.value_or(0);
    if (nulls < 0 || nulls > statistics.value_count) return {};
    if (index.null_pages()[page]) {
      if (statistics.null_count && nulls < statistics.value_count) return {};
      statistics.null_count = statistics.value_count;
    } else if (HasTypeOrder(descriptor)) {
      const auto physical = descriptor.physical_type();
      statistics.lower =
          BoundBytes(index.encoded_min_values()[page], *leaf.type, physical, BoundSide::kLower);
      statistics.upper =
          BoundBytes(index.encoded_max_values()[page], *leaf.type, physical, BoundSide::kUpper);
    }
    all.push_back(std::move(statistics));
  }
  return all;
}

int64_t BytesOf(const LeafPages& pages) {
  size_t bytes = sizeof(LeafPages) + 8 * pages.first_rows.capacity() +
                 sizeof(LeafStatistics) * pages.statistics.capacity();
  for (const LeafStatistics& page : pages.statistics) {
    if (page.lower) bytes += page.lower->capacity();
    if (page.upper) bytes += page.upper->capacity();
  }
  return static_cast<int64_t>(bytes);
}

const LeafColumn* FindLeaf(const std::vector<LeafColumn>& leaves, int leaf) {
  const auto found = std::find_if(leaves.begin(), leaves.end(),
                                  [&](const LeafColumn& each) { return each.leaf_index == leaf; });
  return found == leaves.end() ? nullptr : &*found;
}

void DecodeOffsets(const ParquetFooter& footer, int row_group, const arrow::Buffer& bytes,
                   LeafPages* pages) {
  const auto index =
      parquet::OffsetIndex::Make(bytes.data(), bytes.size(), parquet::default_reader_properties());
  pages->first_rows = FirstRows(*index, footer.metadata->RowGroup(row_group)->num_rows());
}

void DecodeStatistics(const ParquetFooter& footer, int row_group, int leaf,
                      const arrow::Buffer& bytes, LeafPages* pages) {
  const auto& descriptor = *footer.metadata->schema()->Column(leaf);
  const auto leaves = LeafColumns(*footer.arrow_schema);
  const LeafColumn* known = FindLeaf(leaves, leaf);
  if (pages->first_rows.empty() || known == nullptr || descriptor.max_repetition_level() > 0) {
    return;
  }
  const auto index = parquet::ColumnIndex::Make(descriptor, bytes.data(), bytes.size(),
                                                parquet::default_reader_properties());
  pages->statistics =
      PageStatistics(*index, pages->first_rows, footer.metadata->RowGroup(row_group)->num_rows(),
                     *known, descriptor);
}

arrow::Status ReadPlaces(const ParquetFooter& footer, int row_group, int leaf,
                         const IndexPlaces& places, arrow::io::RandomAccessFile& file,
                         LeafPages* pages) {
  ARROW_ASSIGN_OR_RAISE(const auto offset, ReadPlace(file, places.offset));
  std::shared_ptr<arrow::Buffer> column;
  if (places.column) {
    ARROW_ASSIGN_OR_RAISE(column, ReadPlace(file, *places.column));
  }
  const arrow::Status decoded = CatchParquet([&]() -> arrow::Status {
    if (offset != nullptr) DecodeOffsets(footer, row_group, *offset, pages);
    if (column != nullptr) DecodeStatistics(footer, row_group, leaf, *column, pages);
    return arrow::Status::OK();
  });
  if (!decoded.ok()) *pages = {};
  return arrow::Status::OK();
}

}  // namespace

std::shared_ptr<const LeafPages> PageIndexMemory::Find(int row_group, int leaf) const {
  std::lock_guard lock(mutex_);
  const auto found = pages_.find({row_group, leaf});
  return found == pages_.end() ? nullptr : found->second;
}

void PageIndexMemory::Insert(int row_group, int leaf, std::shared_ptr<const LeafPages> pages) {
  std::lock_guard lock(mutex_);
  const size_t count = pages->first_rows.size() + 1;
  if (kept_ + count > kPagesKeptMax) return;
  const int64_t bytes = BytesOf(*pages);
  if (!pages_.emplace(std::pair(row_group, leaf), std::move(pages)).second) return;
  kept_ += count;
  bytes_ += bytes;
}

int64_t PageIndexMemory::MemoryBytes() const {
  std::lock_guard lock(mutex_);
  return bytes_;
}

bool HasPageBounds(const ParquetFooter& footer, int row_group, int leaf) {
  const auto places = PlacesOf(footer, row_group, leaf);
  return places && places->column && !HasOneDataPage(footer, row_group, leaf);
}

arrow::Result<std::shared_ptr<const LeafPages>> ReadLeafPages(const ParquetFooter& footer,
                                                              int row_group, int leaf,
                                                              const OpenFile& open) {
  if (footer.pages != nullptr) {
    if (auto kept = footer.pages->Find(row_group, leaf)) return kept;
  }
  auto pages = std::make_shared<LeafPages>();
  if (const auto places = PlacesOf(footer, row_group, leaf)) {
    ARROW_ASSIGN_OR_RAISE(const auto file, open());
    const arrow::Status read = ReadPlaces(footer, row_group, leaf, *places, *file, pages.get());
    if (!read.ok()) return ReadError(footer.path, read);
  }
  if (footer.pages != nullptr) footer.pages->Insert(row_group, leaf, pages);
  return pages;
}

}  // namespace artemis
