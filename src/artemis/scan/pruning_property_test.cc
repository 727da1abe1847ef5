// No row that matches is ever pruned, at any pass, and what is said to be exact is exact: on random rows, specs and predicates.
// Manifests are made and read in memory; one case in twenty has real Parquet files, of small row groups and pages.
//
// ARTEMIS_PRUNING_CASES=n runs n cases (5,000). The seed is fresh and printed; a failure names the seed of its case, which
// ARTEMIS_TEST_SEED=seed ARTEMIS_PRUNING_CASES=1 runs again.
#include <algorithm>
#include <cstdlib>
#include <iostream>
#include <random>

#include <arrow/io/memory.h>
#include <arrow/table.h>
#include <arrow/util/key_value_metadata.h>
#include <gtest/gtest.h>
#include <parquet/arrow/writer.h>
#include <parquet/metadata.h>

#include "artemis/expr/arrow_values.h"
#include "artemis/expr/expr_test_schema.h"
#include "artemis/expr/lift.h"
#include "artemis/expr/random_predicates.h"
#include "artemis/parquet/bound_truncation.h"
#include "artemis/parquet/file_reader.h"
#include "artemis/scan/field_ranges.h"
#include "artemis/scan/file_pass.h"
#include "artemis/scan/manifest_pass.h"
#include "artemis/scan/recording_fixture.h"
#include "artemis/scan/row_group_pass.h"
#include "artemis/schema/arrow_schema.h"
#include "artemis/schema/literal.h"
#include "artemis/table/manifest_avro.h"

namespace artemis {
namespace {

constexpr uint64_t kSeedStep = 7919;
constexpr uint64_t kCasesPerParquet = 20;

uint64_t NumberFrom(const char* variable, uint64_t otherwise) {
  const char* text = std::getenv(variable);
  return text != nullptr ? std::strtoull(text, nullptr, 10) : otherwise;
}

using Rows = std::vector<ReferenceRow>;

// One data file: its rows and what its manifest entry says.
struct CaseFile {
  Rows rows;
  DataFile entry;
};

// What all cases together did; the property would hold of passes that never drop anything.
struct Counts {
  int64_t manifests = 0, manifests_dropped = 0;
  int64_t files = 0, files_dropped = 0;
  int64_t residuals_cut = 0, files_proven = 0;
  int64_t row_groups = 0, row_groups_dropped = 0;
  int64_t rows = 0, rows_left_out = 0, rows_not_read = 0;
};

bool IsFloatingType(const Type& type) {
  return type.kind == TypeKind::kFloat || type.kind == TypeKind::kDouble;
}

// A file system of one file in memory.
class OneFile : public RecordingFileSystem {
 public:
  explicit OneFile(std::shared_ptr<arrow::Buffer> bytes) : bytes_(std::move(bytes)) {}
  arrow::Result<std::shared_ptr<arrow::io::RandomAccessFile>> OpenInput(
      const std::string&) override {
    return std::make_shared<arrow::io::BufferReader>(bytes_);
  }

 private:
  const std::shared_ptr<arrow::Buffer> bytes_;
};

class PruningCase {
 public:
  PruningCase(uint64_t seed, bool with_parquet, Counts* counts)
      : seed_(seed), with_parquet_(with_parquet), counts_(*counts), random_(seed) {
    random_.KeepColumns(static_cast<size_t>(random_.Below(3)) + 1);
    MakeTable();
    raw_ = random_.Tree(3);
    predicate_ = random_.OneIn(2) ? raw_ : Negate(Negate(raw_));
    const int64_t rows_max = with_parquet_ ? 150 : 40;
    for (int64_t i = random_.Below(rows_max) + 1; i > 0; --i) rows_.push_back(random_.Row());
  }

  void Run() {
    const auto projections = ProjectSpecs(view_, predicate_);
    const SpecProjection& projection = projections.at(spec().id);
    std::vector<CaseFile> files = SplitRows();
    while (!files.empty()) {
      const auto count = static_cast<size_t>(random_.Below(std::ssize(files)) + 1);
      std::vector<CaseFile> manifest(std::make_move_iterator(files.end() - count),
                                     std::make_move_iterator(files.end()));
      files.resize(files.size() - count);
      RunManifest(manifest, projection);
    }
  }

 private:
  const PartitionSpec& spec() const { return view_.metadata->partition_specs.front(); }

  void MakeTable() {
    auto schema = std::make_shared<Schema>();
    schema->fields = random_.columns();
    auto metadata = std::make_shared<TableMetadata>();
    metadata->schemas.push_back(*schema);
    PartitionSpec spec;
    // Files with many rows are those of tables without partitions.
    if (!random_.OneIn(with_parquet_ ? 2 : 10)) spec = random_.Spec();
    for (auto& field : spec.fields) {
      // Nobody writes by a transform that nobody knows.
      if (field.transform.kind == TransformKind::kUnknown)
        field.transform = *ParseTransform("void");
    }
    metadata->partition_specs.push_back(std::move(spec));
    view_.metadata = std::move(metadata);
    view_.schema = std::move(schema);
  }

  bool Keeps(const ReferenceRow& row) const { return ReferenceEvaluate(raw_, row) == Truth::kTrue; }
  bool KeepsAny(const Rows& rows) const {
    return std::any_of(rows.begin(), rows.end(), [&](const auto& row) { return Keeps(row); });
  }
  bool KeepsAll(const Rows& rows) const {
    return std::all_of(rows.begin(), rows.end(), [&](const auto& row) { return Keeps(row); });
  }
  std::string What() const {
    return FormatPredicate(raw_, *view_.schema) + " by " +
           FormatPartitionSpec(spec(), *view_.schema) +
           "; ARTEMIS_TEST_SEED=" + std::to_string(seed_) + " ARTEMIS_PRUNING_CASES=1";
  }

  std::vector<CaseFile> SplitRows() {
    const auto age = random_.OneIn(4) ? WriterAge::kEarly : WriterAge::kNew;
    std::vector<CaseFile> files;
    for (const auto& row : rows_) {
      const PartitionTuple tuple = TupleOf(row, spec(), random_.columns(), age);
      const auto found = std::find_if(files.begin(), files.end(), [&](const CaseFile& file) {
        return IsSame(file.entry.partition, tuple);
      });
      // Now and then a second file of the same tuple.
      if (found == files.end() || random_.OneIn(8)) {
        files.emplace_back();
        files.back().entry.partition = tuple;
        files.back().rows.push_back(row);
      } else {
        found->rows.push_back(row);
      }
    }
    for (size_t i = 0; i < files.size(); ++i) Describe(i, &files[i]);
    return files;
  }

  static bool IsSame(const PartitionTuple& a, const PartitionTuple& b) {
    return std::equal(a.begin(), a.end(), b.begin(), b.end(), [](const auto& x, const auto& y) {
      if (!x || !y) return x.has_value() == y.has_value();
      return CompareValues(*x, *y) == 0;
    });
  }

  void Describe(size_t number, CaseFile* file) {
    DataFile& entry = file->entry;
    entry.path = "file:///t/data/f" + std::to_string(number) + ".parquet";
    entry.spec_id = spec().id;
    entry.record_count = std::ssize(file->rows);
    entry.file_size_bytes = 1000;
    for (const auto& column : random_.columns()) {
      if (!random_.OneIn(8)) entry.metrics.push_back(MetricsOf(column, file->rows));
    }
  }

  // As writers of different kinds leave them: in full, without counts, with bounds cut short, or one of them missing, or NaN.
  ColumnMetrics MetricsOf(const Field& column, const Rows& rows) {
    ColumnMetrics metrics;
    metrics.field_id = column.id;
    int64_t nulls = 0;
    int64_t nans = 0;
    std::optional<LiteralValue> lower, upper;
    for (const auto& row : rows) {
      const auto& value = row.at(column.id);
      if (!value) {
        ++nulls;
      } else if (IsNaN(*value)) {
        ++nans;
      } else {
        if (!lower || ReferenceCompare(*value, *lower) < 0) lower = value;
        if (!upper || ReferenceCompare(*value, *upper) > 0) upper = value;
      }
    }
    if (!random_.OneIn(6)) metrics.value_count = std::ssize(rows);
    if (!random_.OneIn(6)) metrics.null_count = nulls;
    if (IsFloatingType(column.type) && !random_.OneIn(3)) metrics.nan_count = nans;
    SetBounds(column.type, lower, upper, &metrics);
    return metrics;
  }

  void SetBounds(const Type& type, const std::optional<LiteralValue>& lower,
                 const std::optional<LiteralValue>& upper, ColumnMetrics* metrics) {
    if (lower && !random_.OneIn(8)) metrics->lower_bound = ToBytes(type, *lower);
    if (upper && !random_.OneIn(8)) metrics->upper_bound = ToBytes(type, *upper);
    if (IsFloatingType(type) && random_.OneIn(10)) {
      const LiteralValue nan =
          type.kind == TypeKind::kFloat ? LiteralValue(std::nanf("")) : LiteralValue(std::nan(""));
      metrics->upper_bound = ToBytes(type, nan);
    }
    const int length = static_cast<int>(random_.Below(4)) + 1;
    if (type.kind == TypeKind::kString && random_.OneIn(2)) {
      if (lower) metrics->lower_bound = TruncateStringLower(std::get<std::string>(*lower), length);
      if (upper) metrics->upper_bound = TruncateStringUpper(std::get<std::string>(*upper), length);
    }
    if (type.kind == TypeKind::kBinary && random_.OneIn(2)) {
      if (lower) metrics->lower_bound = TruncateBinaryLower(std::get<std::string>(*lower), length);
      if (upper) metrics->upper_bound = TruncateBinaryUpper(std::get<std::string>(*upper), length);
    }
  }

  void RunManifest(const std::vector<CaseFile>& files, const SpecProjection& projection) {
    std::vector<ManifestEntry> entries;
    for (const auto& file : files) {
      entries.emplace_back();
      entries.back().snapshot_id = SnapshotId(1);
      entries.back().file = file.entry;
    }
    WriteManifestOptions options;
    options.snapshot_id = SnapshotId(1);
    options.codec = AvroCodec::kNull;
    const auto written =
        WriteManifest("file:///t/metadata/m0.avro", *view_.schema, spec(), entries, options);
    ASSERT_TRUE(written.ok()) << written.status() << "; " << What();
    ManifestFile manifest = written->file;
    manifest.sequence_number = SequenceNumber(1);
    manifest.min_sequence_number = SequenceNumber(1);
    ++counts_.manifests;
    const bool kept =
        MayMatch(projection.inclusive, SummaryRanges(manifest, projection.partition_type));
    if (!kept) {
      ++counts_.manifests_dropped;
      for (const auto& file : files) EXPECT_FALSE(KeepsAny(file.rows)) << "pass 1: " << What();
    }
    RunFiles(files, written->bytes, manifest, projection);
  }

  void RunFiles(const std::vector<CaseFile>& files, const std::string& bytes,
                const ManifestFile& manifest, const SpecProjection& projection) {
    FileIndexOptions options;
    options.fields = random_.columns();
    options.partition_schema = projection.schema;
    const auto index = ReadFileIndex(bytes, manifest, options);
    ASSERT_TRUE(index.ok()) << index.status() << "; " << What();
    const FilePass pass = PassFiles(**index, view_, predicate_, projection);
    const BoundPredicate strict = ProjectStrict(predicate_, spec(), *view_.schema);
    std::vector<const BoundPredicate*> residuals(files.size(), nullptr);
    for (size_t i = 0; i < pass.rows.size(); ++i) {
      residuals[pass.rows[i]] = &pass.residuals[pass.residual_of[i]];
    }
    for (uint32_t row = 0; row < files.size(); ++row) {
      ++counts_.files;
      const CaseFile& file = files[row];
      if (EvaluateTuple(strict, spec(), file.entry.partition)) {
        EXPECT_TRUE(KeepsAll(file.rows)) << "strict: " << What();
      }
      if (residuals[row] == nullptr) {
        ++counts_.files_dropped;
        EXPECT_FALSE(KeepsAny(file.rows)) << "pass 2: " << What();
        continue;
      }
      CheckKept(file, **index, row, *residuals[row]);
    }
  }

  void CheckKept(const CaseFile& file, const FileIndex& index, uint32_t row,
                 const BoundPredicate& residual) {
    for (const auto& each : file.rows) {
      EXPECT_EQ(ReferenceEvaluate(residual, each) == Truth::kTrue, Keeps(each))
          << "residual " << FormatPredicate(residual, *view_.schema) << ": " << What();
    }
    counts_.residuals_cut += residual == predicate_ ? 0 : 1;
    const RangeLookup ranges = index.metrics().At(row, *view_.schema);
    if (residual.is_true() || MustMatch(residual, ranges)) {
      ++counts_.files_proven;
      EXPECT_TRUE(KeepsAll(file.rows)) << "proven: " << What();
    }
    if (with_parquet_) CheckParquet(file, residual, ranges);
  }

  std::shared_ptr<arrow::Buffer> ParquetOf(const Rows& rows) {
    arrow::FieldVector fields;
    arrow::ArrayVector arrays;
    for (const auto& column : random_.columns()) {
      NullableValues values;
      for (const auto& row : rows) values.push_back(row.at(column.id));
      arrays.push_back(MakeValueArray(column.type, values).ValueOrDie());
      fields.push_back(
          arrow::field(column.name, arrays.back()->type(), true,
                       arrow::key_value_metadata({kParquetFieldIdKey}, {ToString(column.id)})));
    }
    parquet::WriterProperties::Builder properties;
    properties.enable_write_page_index()->write_batch_size(1)->max_rows_per_page(random_.Below(4) +
                                                                                 1);
    if (random_.OneIn(2)) properties.disable_dictionary();
    if (random_.OneIn(2)) properties.data_page_version(parquet::ParquetDataPageVersion::V2);
    const auto output = arrow::io::BufferOutputStream::Create().ValueOrDie();
    const auto status = parquet::arrow::WriteTable(
        *arrow::Table::Make(arrow::schema(fields), arrays), arrow::default_memory_pool(), output,
        random_.Below(12) + 4, properties.build(), parquet::default_arrow_writer_properties());
    EXPECT_TRUE(status.ok()) << status;
    return output->Finish().ValueOrDie();
  }

  // Pass 3, on row groups and on pages, and reading by it.
  void CheckParquet(const CaseFile& file, const BoundPredicate& residual,
                    const RangeLookup& ranges) {
    OneFile files(ParquetOf(file.rows));
    const auto footer = ReadFooter(files.OpenInput("").ValueOrDie(), file.entry.path).ValueOrDie();
    RowGroupDecision decision = PruneRowGroups(*footer, residual, *view_.schema, ranges);
    CheckRows(file, RowsIn(*footer, decision), "row groups");
    const size_t before = decision.kept.size();
    const auto status = PrunePages(*footer, residual, *view_.schema, ranges, files, &decision);
    ASSERT_TRUE(status.ok()) << status << "; " << What();
    const auto left = RowsIn(*footer, decision);
    CheckRows(file, left, "pages");
    counts_.row_groups += decision.total;
    counts_.row_groups_dropped += decision.total - std::ssize(decision.kept);
    counts_.rows += std::ssize(file.rows);
    counts_.rows_left_out += std::count(left.begin(), left.end(), false);
    EXPECT_LE(decision.kept.size(), before);
    CheckReading(file, files, footer, decision);
  }

  static std::vector<bool> RowsIn(const ParquetFooter& footer, const RowGroupDecision& decision) {
    std::vector<bool> rows(static_cast<size_t>(footer.metadata->num_rows()), false);
    std::vector<int64_t> starts = {0};
    for (int g = 0; g < footer.metadata->num_row_groups(); ++g) {
      starts.push_back(starts.back() + footer.metadata->RowGroup(g)->num_rows());
    }
    for (size_t i = 0; i < decision.kept.size(); ++i) {
      const auto g = static_cast<size_t>(decision.kept[i]);
      std::vector<RowRange> ranges;
      if (!decision.rows.empty()) ranges = decision.rows[i];
      if (ranges.empty()) ranges = {{0, starts[g + 1] - starts[g]}};
      for (const auto& range : ranges) {
        std::fill_n(rows.begin() + starts[g] + range.first, range.count, true);
      }
    }
    return rows;
  }

  void CheckRows(const CaseFile& file, const std::vector<bool>& left, const char* pass) const {
    ASSERT_EQ(left.size(), file.rows.size());
    for (size_t i = 0; i < left.size(); ++i) {
      EXPECT_TRUE(left[i] || !Keeps(file.rows[i])) << pass << ", row " << i << ": " << What();
    }
  }

  void CheckReading(const CaseFile& file, OneFile& files,
                    const std::shared_ptr<const ParquetFooter>& footer,
                    const RowGroupDecision& decision) {
    ParquetReadOptions read;
    read.row_groups = decision.kept;
    read.row_ranges = decision.rows;
    read.batch_rows = random_.Below(9) + 1;
    auto batches = OpenParquet(files.OpenInput("").ValueOrDie(), footer, read).ValueOrDie();
    std::vector<bool> given(file.rows.size(), false);
    while (true) {
      int64_t first = 0;
      const auto batch = batches->Next(&first);
      ASSERT_TRUE(batch.ok()) << batch.status() << "; " << What();
      if (*batch == nullptr) break;
      std::fill_n(given.begin() + first, (*batch)->num_rows(), true);
    }
    counts_.rows_not_read += std::count(given.begin(), given.end(), false);
    CheckRows(file, given, "reading");
  }

  const uint64_t seed_;
  const bool with_parquet_;
  Counts& counts_;
  RandomExpr random_;
  TableView view_;
  BoundPredicate raw_;        // what is asked, with NOT
  BoundPredicate predicate_;  // what is planned: the same, or without NOT
  Rows rows_;
};

TEST(PruningProperty, NoMatchingRowIsPrunedAndWhatIsExactIsExact) {
  const uint64_t seed = NumberFrom("ARTEMIS_TEST_SEED", std::random_device{}());
  const uint64_t cases = NumberFrom("ARTEMIS_PRUNING_CASES", 5'000);
  std::cout << "ARTEMIS_TEST_SEED=" << seed << " ARTEMIS_PRUNING_CASES=" << cases << std::endl;
  Counts counts;
  for (uint64_t i = 0; i < cases && !HasFailure(); ++i) {
    const uint64_t of_case = seed + i * kSeedStep;
    PruningCase(of_case, of_case % kCasesPerParquet == 0, &counts).Run();
  }
  std::cout << cases << " cases: manifests " << counts.manifests << ", dropped in pass 1 "
            << counts.manifests_dropped << "; files " << counts.files << ", dropped in pass 2 "
            << counts.files_dropped << ", residual cut " << counts.residuals_cut << ", proven "
            << counts.files_proven << "; row groups " << counts.row_groups << ", dropped in pass 3 "
            << counts.row_groups_dropped << "; their rows " << counts.rows
            << ", left out by pass 3 " << counts.rows_left_out << ", not decoded "
            << counts.rows_not_read << std::endl;
  if (cases < 5'000) return;
  // The property would hold of passes that never drop anything.
  EXPECT_GT(counts.manifests_dropped, counts.manifests / 50);
  EXPECT_GT(counts.files_dropped, counts.files / 10);
  EXPECT_GT(counts.residuals_cut, counts.files / 50);
  EXPECT_GT(counts.files_proven, counts.files / 50);
  EXPECT_GT(counts.row_groups_dropped, counts.row_groups / 50);
  EXPECT_GT(counts.rows_left_out, counts.rows / 20);
  EXPECT_GT(counts.rows_not_read, counts.rows / 20);
}

}  // namespace
}  // namespace artemis
