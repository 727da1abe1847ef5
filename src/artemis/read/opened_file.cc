// Opens, projects, and cuts into units.
#include "artemis/read/opened_file.h"

#include <algorithm>

#include <parquet/metadata.h>

#include "artemis/io/file_system.h"
#include "artemis/read/mapped_schema.h"

namespace artemis {

namespace {

// A parsed footer takes about so many times its bytes in the file.
constexpr int64_t kFooterGrowth = 6;
// No part of a row group is cut below so many rows.
constexpr int64_t kPartRowsMin = 100'000;
// Row groups that are not tried, at most.
constexpr int kBackoffMax = 63;

// Whether `id` is the field, or below it through structs alone.
bool Holds(const Field& field, FieldId id) {
  if (field.id == id) return true;
  if (field.type.kind != TypeKind::kStruct) return false;
  return std::any_of(field.type.fields.begin(), field.type.fields.end(),
                     [&](const Field& below) { return Holds(below, id); });
}

// The top-level fields that the filters compare.
std::vector<Field> FilterFields(const ReadContext& context, const OpenedFile& file) {
  std::vector<Field> fields;
  const auto add = [&](const Field& field) {
    const auto same = [&](const Field& each) { return each.id == field.id; };
    if (std::none_of(fields.begin(), fields.end(), same)) fields.push_back(field);
  };
  for (const FieldId id : ReferencedFields(file.task.residual)) {
    for (const Field& field : context.view.schema->fields) {
      if (Holds(field, id)) add(field);
    }
  }
  for (const auto& deletes : file.equalities) {
    for (const auto& column : deletes->columns) add(column);
  }
  return fields;
}

arrow::Status Project(const ReadContext& context, OpenedFile* file) {
  const ParquetFooter& footer = *file->footer;
  const TableMetadata& metadata = *context.view.metadata;
  ARROW_ASSIGN_OR_RAISE(const auto schema,
                        WithFieldIds(footer.arrow_schema, metadata, footer.path));
  const auto constants = PartitionConstantsOf(metadata, file->task.file);
  ARROW_ASSIGN_OR_RAISE(file->output,
                        ProjectColumns(context.output, *schema, constants, footer.path));
  ARROW_ASSIGN_OR_RAISE(
      file->filter, ProjectColumns(FilterFields(context, *file), *schema, constants, footer.path));
  return arrow::Status::OK();
}

// Rows that begin the parts of a row group, and its end.
std::vector<int64_t> PartStarts(const std::vector<int64_t>& cuts, int parts) {
  const int64_t rows = cuts.back();
  const int64_t part_rows = std::max(kPartRowsMin, (rows + parts - 1) / parts);
  std::vector<int64_t> starts = {0};
  for (const int64_t cut : cuts) {
    if (cut - starts.back() >= part_rows && rows - cut >= kPartRowsMin / 2) starts.push_back(cut);
  }
  starts.push_back(rows);
  return starts;
}

class UnitCutter {
 public:
  UnitCutter(const ReadContext& context, std::shared_ptr<const OpenedFile> file, int parts)
      : context_(context), file_(std::move(file)), parts_(parts) {
    std::vector<ProjectedColumn> all = file_->output;
    all.insert(all.end(), file_->filter.begin(), file_->filter.end());
    columns_ = FileColumns(all);
  }

  arrow::Status Add(int row_group, const std::vector<RowRange>& ranges) {
    const int64_t rows = file_->footer->metadata->RowGroup(row_group)->num_rows();
    const int64_t bytes = BytesOf(row_group);
    if (parts_ < 2 || !ranges.empty() || rows < 2 * kPartRowsMin) {
      units_.push_back({file_, row_group, ranges, bytes});
      return arrow::Status::OK();
    }
    ARROW_ASSIGN_OR_RAISE(const auto cuts, PageCuts(*file_->footer, row_group, columns_,
                                                    [&] { return file_->input; }));
    const auto starts = PartStarts(cuts, parts_);
    if (starts.size() == 2) {
      units_.push_back({file_, row_group, {}, bytes});
      return arrow::Status::OK();
    }
    for (size_t i = 0; i + 1 < starts.size(); ++i)
      units_.push_back({file_, row_group, {{starts[i], starts[i + 1] - starts[i]}}, bytes});
    return arrow::Status::OK();
  }
  std::vector<ReadUnit> Take() { return std::move(units_); }

 private:
  // Buffers of each column, a batch as it is decoded and as it is given out, and a bit for each row.
  int64_t BytesOf(int row_group) const {
    const ColumnBytes columns = BytesOfColumns(*file_->footer, row_group, columns_);
    const int64_t batch =
        std::min(columns.row * context_.options.batch_rows, context_.options.batch_bytes);
    return columns.held + 2 * std::max(batch, columns.row) +
           file_->footer->metadata->RowGroup(row_group)->num_rows() / 8;
  }

  const ReadContext& context_;
  const std::shared_ptr<const OpenedFile> file_;
  const int parts_;
  std::vector<int> columns_;
  std::vector<ReadUnit> units_;
};

}  // namespace

bool FilterFirst::Try() {
  int waits = waits_.load();
  while (waits > 0 && !waits_.compare_exchange_weak(waits, waits - 1)) {
  }
  return waits <= 0;
}

void FilterFirst::Note(int64_t rows_read, int64_t rows) {
  if (rows_read * 2 <= rows) {
    backoff_ = 0;
    return;
  }
  backoff_ = std::min(kBackoffMax, 2 * backoff_ + 1);
  waits_ = backoff_.load();
}

bool OpenedFile::has_filter(bool complement) const {
  return complement || !task.residual.is_true() || !equalities.empty();
}

int64_t OpenedFile::held_bytes() const {
  return kFooterGrowth * static_cast<int64_t>(footer->metadata->size()) +
         static_cast<int64_t>(positions.capacity() * sizeof(int64_t));
}

void NoteUnit(ReadProgress* progress, const OpenedFile& file, int64_t done, int64_t units) {
  if (progress == nullptr) return;
  const int64_t bytes = file.task.file.file_size_bytes;
  const auto share = [&](int64_t count) { return units == 0 ? bytes : bytes / units * count; };
  // The last one takes what division leaves over.
  progress->file_bytes += done == units ? bytes - (units == 0 ? 0 : share(units - 1)) : share(1);
  if (done == units) ++progress->files;
}

std::vector<int> FileColumns(const std::vector<ProjectedColumn>& columns) {
  std::vector<int> files;
  for (const auto& column : columns) {
    if (column.file_column < 0) continue;
    if (std::find(files.begin(), files.end(), column.file_column) == files.end())
      files.push_back(column.file_column);
  }
  return files;
}

arrow::Result<std::shared_ptr<const OpenedFile>> OpenTask(const ReadContext& context,
                                                          const ScanTask& task) {
  if (task.file.format != "PARQUET") {
    return arrow::Status::NotImplemented("data file ", task.file.path, " has format ",
                                         task.file.format, ": expected PARQUET");
  }
  auto file = std::make_shared<OpenedFile>();
  file->task = task;
  ARROW_ASSIGN_OR_RAISE(file->positions, context.deletes->PositionsFor(task));
  ARROW_ASSIGN_OR_RAISE(file->equalities, context.deletes->EqualitiesFor(task));
  ARROW_ASSIGN_OR_RAISE(file->input, context.files->OpenInput(task.file.path));
  FooterCache* const known = context.options.footers;
  if (known != nullptr) file->footer = known->Find(task.file.path);
  if (file->footer == nullptr) {
    ARROW_ASSIGN_OR_RAISE(file->footer, ReadFooter(file->input, task.file.path));
  }
  int64_t start = 0;
  for (int g = 0; g < file->footer->metadata->num_row_groups(); ++g) {
    file->group_starts.push_back(start);
    start += file->footer->metadata->RowGroup(g)->num_rows();
  }
  ARROW_RETURN_NOT_OK(Project(context, file.get()));
  return file;
}

arrow::Result<std::vector<ReadUnit>> UnitsOf(const ReadContext& context,
                                             std::shared_ptr<const OpenedFile> file, int parts) {
  const int count = file->footer->metadata->num_row_groups();
  const ScanTask& task = file->task;
  UnitCutter cutter(context, file, parts);
  if (!task.row_groups) {
    for (int g = 0; g < count; ++g) ARROW_RETURN_NOT_OK(cutter.Add(g, {}));
    return cutter.Take();
  }
  for (size_t i = 0; i < task.row_groups->size(); ++i) {
    const int g = (*task.row_groups)[i];
    if (g < 0 || g >= count) {
      return arrow::Status::Invalid(task.file.path, ": asked for row group ", g, " of ", count);
    }
    ARROW_RETURN_NOT_OK(
        cutter.Add(g, i < task.row_ranges.size() ? task.row_ranges[i] : std::vector<RowRange>()));
  }
  return cutter.Take();
}

}  // namespace artemis
