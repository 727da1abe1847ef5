// Each field is written to a file of its own that is thrown away, once for each encoding.
#include "artemis/parquet/encoding_sample.h"

#include <algorithm>
#include <array>
#include <utility>

#include <arrow/array.h>
#include <parquet/column_writer.h>

#include "artemis/parquet/encoding_policy.h"
#include "artemis/parquet/field_encoder.h"
#include "artemis/parquet/field_threads.h"
#include "artemis/parquet/file_properties.h"
#include "artemis/parquet/page_store.h"
#include "artemis/parquet/parquet_error.h"
#include "artemis/parquet/parquet_file.h"

namespace artemis {
namespace {

using SampleBatches = std::vector<std::shared_ptr<arrow::RecordBatch>>;

constexpr std::array<ColumnEncoding, 5> kAllEncodings = {
    ColumnEncoding::kDictionary, ColumnEncoding::kPlain, ColumnEncoding::kDelta,
    ColumnEncoding::kByteStreamSplit, ColumnEncoding::kDeltaByteArray};

// What one leaf came to in one encoding.
struct Measured {
  ColumnEncoding encoding = ColumnEncoding::kPlain;
  int64_t compressed_bytes = 0;
  int64_t encoded_bytes = 0;
  // Of the dictionary, after half of the sample and after all of it.
  int64_t dictionary_bytes_half = 0;
  int64_t dictionary_bytes = 0;
  bool fell_back = false;
};

// The measurements of the leaves of one field.
class FieldSample {
 public:
  FieldSample(const arrow::Schema& schema, const std::vector<LeafColumn>& leaves, int column,
              const ParquetWriterOptions& options)
      : schema_(arrow::schema({schema.field(column)})), column_(column), options_(options) {
    for (const LeafColumn& leaf : leaves) {
      if (leaf.column != column) continue;
      leaf_numbers_.push_back(leaf.leaf_index);
      leaves_.push_back(leaf);
      leaves_.back().leaf_index = static_cast<int>(leaves_.size()) - 1;
      leaves_.back().column = 0;
    }
    measured_.resize(leaves_.size());
    options_.bloom_filter_columns.clear();
  }

  arrow::Status Measure(const SampleBatches& sample, const std::vector<LeafEncoding>& encodings) {
    ARROW_ASSIGN_OR_RAISE(descriptor_, ParquetSchemaOf(*schema_));
    for (const ColumnEncoding encoding : kAllEncodings) {
      std::vector<bool> wanted(leaves_.size());
      for (size_t i = 0; i < leaves_.size(); ++i) {
        const auto& plan = encodings[static_cast<size_t>(leaf_numbers_[i])];
        wanted[i] = plan.chosen_by == ChosenBy::kAuto ? EncodingFits(encoding, *leaves_[i].type)
                                                      : plan.encoding == encoding;
      }
      if (std::find(wanted.begin(), wanted.end(), true) == wanted.end()) continue;
      ARROW_RETURN_NOT_OK(CatchParquet([&] { return MeasureOne(sample, encoding, wanted); }));
    }
    return arrow::Status::OK();
  }

  const std::vector<int>& leaf_numbers() const { return leaf_numbers_; }
  const std::vector<Measured>& measured(size_t leaf) const { return measured_[leaf]; }

 private:
  arrow::Status MeasureOne(const SampleBatches& sample, ColumnEncoding encoding,
                           const std::vector<bool>& wanted);

  std::shared_ptr<arrow::Schema> schema_;
  int column_;
  ParquetWriterOptions options_;
  std::vector<int> leaf_numbers_;
  std::vector<LeafColumn> leaves_;
  std::shared_ptr<parquet::SchemaDescriptor> descriptor_;
  std::vector<std::vector<Measured>> measured_;
};

arrow::Status FieldSample::MeasureOne(const SampleBatches& sample, ColumnEncoding encoding,
                                      const std::vector<bool>& wanted) {
  std::vector<LeafEncoding> plan(leaves_.size());
  for (size_t i = 0; i < plan.size(); ++i) {
    plan[i].encoding = wanted[i] ? encoding : ColumnEncoding::kPlain;
  }
  ARROW_ASSIGN_OR_RAISE(auto properties,
                        MakeFileProperties(*schema_, leaves_, *descriptor_, plan, options_));
  auto root = std::static_pointer_cast<parquet::schema::GroupNode>(descriptor_->schema_root());
  ParquetFile file(std::make_shared<PageStore>(PoolOf(options_)), std::move(root), properties);
  ARROW_ASSIGN_OR_RAISE(
      const auto encoder,
      MakeFieldEncoder(schema_->field(0), 0, std::move(properties), &file, PoolOf(options_)));
  file.StartRowGroup();
  std::vector<Measured> results(leaves_.size());
  const size_t half = sample.size() / 2;
  for (size_t b = 0; b < sample.size(); ++b) {
    if (b == half) {
      for (size_t i = 0; i < results.size(); ++i) {
        auto& chunk = file.chunk(static_cast<int>(i));
        results[i].dictionary_bytes_half = chunk.encoder()->estimated_buffered_dict_bytes();
      }
    }
    ARROW_RETURN_NOT_OK(encoder->Encode(sample[b]->column(column_)));
  }
  for (size_t i = 0; i < results.size(); ++i) {
    if (!wanted[i]) continue;
    auto& chunk = file.chunk(static_cast<int>(i));
    results[i].encoding = encoding;
    results[i].dictionary_bytes = chunk.encoder()->estimated_buffered_dict_bytes();
    chunk.Finish();
    results[i].compressed_bytes = chunk.compressed_bytes();
    results[i].encoded_bytes = chunk.EncodedBytes();
    results[i].fell_back = chunk.fell_back();
    measured_[i].push_back(results[i]);
  }
  return arrow::Status::OK();
}

// Whether the dictionary would pass its limit in a row group of `group_rows` rows.
bool WouldFallBack(const Measured& measured, int64_t second_half_rows, int64_t sample_rows,
                   double group_rows, int64_t dictionary_bytes_max) {
  if (measured.encoding != ColumnEncoding::kDictionary) return false;
  if (measured.fell_back) return true;
  if (second_half_rows == 0) return false;
  const auto growth =
      static_cast<double>(measured.dictionary_bytes - measured.dictionary_bytes_half);
  const double a_row = growth / static_cast<double>(second_half_rows);
  const double rows_to_come = std::max(0.0, group_rows - static_cast<double>(sample_rows));
  return static_cast<double>(measured.dictionary_bytes) + a_row * rows_to_come >
         static_cast<double>(dictionary_bytes_max);
}

// The smallest that `allowed` lets pass; the policy's on a tie. Null when nothing passes.
template <typename Allowed>
const Measured* Smallest(const std::vector<Measured>& measured, ColumnEncoding policy,
                         const Allowed& allowed) {
  const Measured* smallest = nullptr;
  for (const Measured& one : measured) {
    if (!allowed(one)) continue;
    const bool tie = smallest != nullptr && one.compressed_bytes == smallest->compressed_bytes;
    if (smallest == nullptr || one.compressed_bytes < smallest->compressed_bytes ||
        (tie && one.encoding == policy)) {
      smallest = &one;
    }
  }
  return smallest;
}

// Whether `one` is the policy's and within a tenth of the smallest.
bool StandsByPolicy(const Measured& one, ColumnEncoding policy, const Measured& smallest) {
  return one.encoding == policy && 10 * one.compressed_bytes <= 11 * smallest.compressed_bytes;
}

class SampleChoice {
 public:
  SampleChoice(const SampleBatches& sample, const std::vector<FieldSample>& fields,
               std::vector<LeafEncoding>* encodings)
      : fields_(fields), encodings_(*encodings) {
    for (size_t b = 0; b < sample.size(); ++b) {
      rows_ += sample[b]->num_rows();
      if (b >= sample.size() / 2) second_half_rows_ += sample[b]->num_rows();
    }
  }

  void Decide(int64_t row_group_bytes, int64_t dictionary_bytes_max) {
    const double a_row = static_cast<double>(EncodedBytes()) / static_cast<double>(rows_);
    const double group_rows = static_cast<double>(row_group_bytes) / std::max(a_row, 1e-3);
    ForEachLeaf([&](const std::vector<Measured>& measured, LeafEncoding& leaf) {
      if (leaf.chosen_by != ChosenBy::kAuto) return;
      const auto lasts = [&](const Measured& one) {
        return !WouldFallBack(one, second_half_rows_, rows_, group_rows, dictionary_bytes_max);
      };
      const Measured* chosen = Smallest(measured, leaf.encoding, lasts);
      leaf.sample_rows = rows_;
      for (const Measured& one : measured) {
        leaf.sample_bytes.emplace_back(one.encoding, one.compressed_bytes);
      }
      if (chosen == nullptr) return;
      const bool stands = std::any_of(measured.begin(), measured.end(), [&](const Measured& one) {
        return lasts(one) && StandsByPolicy(one, leaf.encoding, *chosen);
      });
      if (!stands) leaf.encoding = chosen->encoding;
    });
  }

 private:
  template <typename Visit>
  void ForEachLeaf(const Visit& visit) {
    for (const FieldSample& field : fields_) {
      for (size_t i = 0; i < field.leaf_numbers().size(); ++i) {
        visit(field.measured(i), encodings_[static_cast<size_t>(field.leaf_numbers()[i])]);
      }
    }
  }

  // Of the sample, each leaf in its smallest encoding: what decides how many rows a row group gets.
  int64_t EncodedBytes() {
    int64_t bytes = 0;
    ForEachLeaf([&](const std::vector<Measured>& measured, const LeafEncoding& leaf) {
      const Measured* smallest =
          Smallest(measured, leaf.encoding, [](const Measured&) { return true; });
      if (smallest != nullptr) bytes += smallest->encoded_bytes;
    });
    return bytes;
  }

  const std::vector<FieldSample>& fields_;
  std::vector<LeafEncoding>& encodings_;
  int64_t rows_ = 0;
  int64_t second_half_rows_ = 0;
};

// Halves of about the same length, whatever the batches.
SampleBatches InTwoHalves(const SampleBatches& sample) {
  SampleBatches halves;
  for (const auto& batch : sample) {
    if (batch->num_rows() == 0) continue;
    const int64_t half = batch->num_rows() / 2;
    if (sample.size() > 1 || half == 0) {
      halves.push_back(batch);
    } else {
      halves.push_back(batch->Slice(0, half));
      halves.push_back(batch->Slice(half));
    }
  }
  return halves;
}

}  // namespace

arrow::Status ChooseBySample(const arrow::Schema& schema, const std::vector<LeafColumn>& leaves,
                             const std::vector<std::shared_ptr<arrow::RecordBatch>>& sample,
                             const ParquetWriterOptions& options, int threads,
                             std::vector<LeafEncoding>* encodings) {
  const SampleBatches batches = InTwoHalves(sample);
  if (batches.empty()) return arrow::Status::OK();
  std::vector<FieldSample> fields;
  for (int column = 0; column < schema.num_fields(); ++column) {
    fields.emplace_back(schema, leaves, column, options);
  }
  FieldThreads field_threads(threads, schema.num_fields());
  ARROW_RETURN_NOT_OK(field_threads.Submit(0, [&](int field) {
    return fields[static_cast<size_t>(field)].Measure(batches, *encodings);
  }));
  ARROW_RETURN_NOT_OK(field_threads.Drain());
  SampleChoice(batches, fields, encodings)
      .Decide(options.row_group_bytes, options.dictionary_bytes);
  return arrow::Status::OK();
}

}  // namespace artemis
