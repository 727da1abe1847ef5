// Rules for one data or delete file.
#include "artemis/check/file_rules.h"

#include <memory>
#include <optional>
#include <utility>
#include <vector>

#include <arrow/array.h>
#include <arrow/extension_type.h>
#include <arrow/type.h>
#include <parquet/metadata.h>

#include "artemis/base/error.h"
#include "artemis/io/file_system.h"
#include "artemis/parquet/column_bounds.h"
#include "artemis/parquet/file_reader.h"
#include "artemis/parquet/leaf_columns.h"
#include "artemis/schema/arrow_schema.h"
#include "artemis/schema/literal.h"
#include "artemis/table/deletion_vector.h"

namespace artemis {

namespace {

constexpr int64_t kVectorBytesMax = int64_t{1} << 30;

// What an extension array, of uuids for one, stores.
const arrow::Array& StorageOf(const arrow::Array& array) {
  if (array.type_id() != arrow::Type::EXTENSION) return array;
  return StorageOf(*static_cast<const arrow::ExtensionArray&>(array).storage());
}

const arrow::DataType& StorageOf(const arrow::DataType& type) {
  if (type.id() != arrow::Type::EXTENSION) return type;
  return StorageOf(*static_cast<const arrow::ExtensionType&>(type).storage_type());
}

// The metrics of one column of the top level, measured while the file is read.
struct MeasuredColumn {
  int column = 0;
  const ColumnMetrics* said = nullptr;
  // Of the bounds; nullopt where the file stores the column in another unit than the table.
  std::optional<Type> type;
  std::unique_ptr<BoundsAccumulator> bounds;
};

class FileChecker {
 public:
  FileChecker(const DataFile& file, FileSystem& files, const FileRules& rules, Problems* problems)
      : file_(file), files_(files), rules_(rules), problems_(*problems) {}

  arrow::Status Run() {
    const auto size = files_.FileSize(file_.path);
    if (!size.ok()) {
      Report(IsFileNotFound(size.status()) ? "missing" : "unreadable", size.status().message());
      return arrow::Status::OK();
    }
    if (*size != file_.file_size_bytes) {
      Report("size", "bytes: " + ExpectedFound(file_.file_size_bytes, *size));
    }
    if (file_.format == "PUFFIN") return Passed(CheckVector());
    if (file_.format == "PARQUET") return Passed(CheckParquet());
    return arrow::Status::OK();
  }

 private:
  void Report(const std::string& rule, const std::string& what) {
    problems_.push_back({rule, file_.path, what});
  }

  // A failure to read is a finding; a stop is not.
  arrow::Status Passed(const arrow::Status& status) {
    if (status.IsCancelled()) return status;
    if (!status.ok()) Report(reading_pages_ ? "pages" : "unreadable", status.message());
    return arrow::Status::OK();
  }

  arrow::Status CheckVector() {
    if (!rules_.deep || !file_.content_offset || !file_.content_size_bytes) {
      return arrow::Status::OK();
    }
    if (*file_.content_size_bytes < 0 || *file_.content_size_bytes > kVectorBytesMax) {
      Report("size",
             "a deletion vector of " + std::to_string(*file_.content_size_bytes) + " bytes");
      return arrow::Status::OK();
    }
    ARROW_ASSIGN_OR_RAISE(const auto input, files_.OpenInput(file_.path));
    ARROW_ASSIGN_OR_RAISE(const auto blob,
                          input->ReadAt(*file_.content_offset, *file_.content_size_bytes));
    return DecodeDeletionVector(
               {reinterpret_cast<const char*>(blob->data()), static_cast<size_t>(blob->size())},
               file_.record_count, file_.path)
        .status();
  }

  arrow::Status CheckParquet() {
    ARROW_ASSIGN_OR_RAISE(const auto input, files_.OpenInput(file_.path));
    ARROW_ASSIGN_OR_RAISE(const auto footer, ReadFooter(input, file_.path));
    if (footer->metadata->num_rows() != file_.record_count) {
      Report("counts", "rows: " + ExpectedFound(file_.record_count, footer->metadata->num_rows()));
    }
    const auto leaves = LeafColumns(*footer->arrow_schema);
    if (file_.content == FileContent::kData && !rules_.has_name_mapping && !HasFieldIds(leaves)) {
      Report("field-ids", "it has columns without field ids, and the table has no name mapping");
    }
    if (!rules_.deep) return arrow::Status::OK();
    reading_pages_ = true;
    return ReadPages(input, footer, leaves);
  }

  arrow::Status ReadPages(const std::shared_ptr<arrow::io::RandomAccessFile>& input,
                          const std::shared_ptr<const ParquetFooter>& footer,
                          const std::vector<LeafColumn>& leaves) {
    ARROW_ASSIGN_OR_RAISE(const auto batches, OpenParquet(input, footer));
    auto measured = ColumnsToMeasure(leaves, *batches->schema());
    int64_t rows = 0;
    while (true) {
      ARROW_RETURN_NOT_OK(rules_.stop.Poll());
      ARROW_ASSIGN_OR_RAISE(const auto batch, batches->Next());
      if (batch == nullptr) break;
      rows += batch->num_rows();
      for (auto& column : measured) column.bounds->Add(StorageOf(*batch->column(column.column)));
    }
    if (rows != footer->metadata->num_rows()) {
      Report("pages", "rows: " + ExpectedFound(footer->metadata->num_rows(), rows));
      return arrow::Status::OK();
    }
    for (const auto& column : measured) Compare(column);
    return arrow::Status::OK();
  }

  std::vector<MeasuredColumn> ColumnsToMeasure(const std::vector<LeafColumn>& leaves,
                                               const arrow::Schema& rows) const {
    std::vector<MeasuredColumn> measured;
    if (file_.content != FileContent::kData) return measured;
    for (const auto& leaf : leaves) {
      if (leaf.repeated || !leaf.struct_path.empty() || !leaf.field_id) continue;
      // Dictionaries come as they are, and are not measured.
      if (!StorageOf(*rows.field(leaf.column)->type()).Equals(*leaf.type)) continue;
      const auto* said = FindMetrics(file_.metrics, *leaf.field_id);
      if (said == nullptr) continue;
      measured.push_back({leaf.column, said, TypeOfBounds(*leaf.field_id, *leaf.type),
                          MakeBoundsAccumulator(*leaf.type)});
    }
    return measured;
  }

  std::optional<Type> TypeOfBounds(FieldId id, const arrow::DataType& stored) const {
    for (const auto* schema : rules_.schemas) {
      const Field* field = schema->FindField(id);
      if (field == nullptr) continue;
      const auto kind = field->type.kind;
      const bool widened = (kind == TypeKind::kLong && stored.id() == arrow::Type::INT32) ||
                           (kind == TypeKind::kDouble && stored.id() == arrow::Type::FLOAT);
      if (widened || ToArrowType(field->type)->Equals(stored)) return field->type;
      return std::nullopt;
    }
    return std::nullopt;
  }

  void Compare(const MeasuredColumn& column) {
    const ColumnBounds found = column.bounds->Finish();
    const std::string field = "field " + ToString(column.said->field_id) + ": ";
    const auto count = [&](const char* what, const std::optional<int64_t>& said,
                           const std::optional<int64_t>& is) {
      if (said && is && *said != *is) {
        Report("metrics", field + what + ": " + ExpectedFound(*said, *is));
      }
    };
    count("values", column.said->value_count, found.value_count);
    count("nulls", column.said->null_count, found.null_count);
    count("NaNs", column.said->nan_count, found.nan_count);
    if (!column.type || !found.lower || !found.upper) return;
    if (!Within(*column.type, column.said->lower_bound, *found.lower)) {
      Report("metrics", field + "a value is less than the lower bound");
    }
    if (!Within(*column.type, *found.upper, column.said->upper_bound)) {
      Report("metrics", field + "a value is greater than the upper bound");
    }
  }

  // Whether `least` <= `greatest`, as far as both are known.
  static bool Within(const Type& type, const std::optional<std::string>& least,
                     const std::optional<std::string>& greatest) {
    if (!least || !greatest) return true;
    const auto a = FromBytes(type, *least);
    const auto b = FromBytes(type, *greatest);
    return !a.ok() || !b.ok() || CompareValues(*a, *b) <= 0;
  }

  const DataFile& file_;
  FileSystem& files_;
  const FileRules& rules_;
  Problems& problems_;
  bool reading_pages_ = false;
};

}  // namespace

arrow::Status CheckDataFile(const DataFile& file, FileSystem& files, const FileRules& rules,
                            Problems* problems) {
  return FileChecker(file, files, rules, problems).Run();
}

}  // namespace artemis
