// Bounds per physical kind of column, over the runs of valid values.
#include "artemis/parquet/column_bounds.h"

#include <cmath>
#include <cstring>
#include <limits>
#include <string_view>
#include <type_traits>

#include <arrow/array.h>
#include <arrow/builder.h>
#include <arrow/compute/api_vector.h>
#include <arrow/type.h>
#include <arrow/util/bit_run_reader.h>
#include <arrow/util/decimal.h>

#include "artemis/schema/literal.h"

namespace artemis {
namespace {

// Calls `visit(first, length)` for each run of valid values, positions relative to the array's offset.
template <typename Visit>
void ForValidRuns(const arrow::Array& array, Visit&& visit) {
  const uint8_t* validity = array.null_count() == 0 ? nullptr : array.null_bitmap_data();
  arrow::internal::VisitSetBitRunsVoid(validity, array.offset(), array.length(), visit);
}

class CountOnly : public BoundsAccumulator {
 public:
  void Add(const arrow::Array& array) override {
    counts_.value_count += array.length();
    counts_.null_count += array.null_count();
    if (array.null_count() < array.length()) AddValues(array);
  }
  arrow::Status AddDictionary(const arrow::DictionaryArray& array) override {
    std::vector<bool> seen(static_cast<size_t>(array.dictionary()->length()));
    arrow::Int64Builder used;
    arrow::Status appended;
    ForValidRuns(array, [&](int64_t first, int64_t length) {
      for (int64_t i = first; i < first + length; ++i) {
        const int64_t index = array.GetValueIndex(i);
        if (seen[static_cast<size_t>(index)]) continue;
        seen[static_cast<size_t>(index)] = true;
        appended &= used.Append(index);
      }
    });
    ARROW_RETURN_NOT_OK(appended);
    ARROW_ASSIGN_OR_RAISE(const auto indices, used.Finish());
    ARROW_ASSIGN_OR_RAISE(const auto values, arrow::compute::Take(*array.dictionary(), *indices));
    counts_.value_count += array.length();
    counts_.null_count += array.null_count();
    if (values->length() > 0) AddValues(*values);
    return arrow::Status::OK();
  }
  ColumnBounds Finish() const override { return counts_; }

 protected:
  virtual void AddValues(const arrow::Array&) {}

 private:
  ColumnBounds counts_;
};

// `Scalar` is what the array stores, `Stored` what Appendix D writes.
template <typename Scalar, typename Stored>
class IntegerBounds final : public CountOnly {
 public:
  explicit IntegerBounds(Type type) : type_(std::move(type)) {}

  ColumnBounds Finish() const override {
    ColumnBounds bounds = CountOnly::Finish();
    if (least_ > greatest_) return bounds;
    bounds.lower = ToBytes(type_, LiteralValue(static_cast<Stored>(least_)));
    bounds.upper = ToBytes(type_, LiteralValue(static_cast<Stored>(greatest_)));
    return bounds;
  }

 private:
  void AddValues(const arrow::Array& array) override {
    const Scalar* values = array.data()->GetValues<Scalar>(1);
    Scalar least = least_;
    Scalar greatest = greatest_;
    ForValidRuns(array, [&](int64_t first, int64_t length) {
      for (const Scalar* v = values + first; v != values + first + length; ++v) {
        least = *v < least ? *v : least;
        greatest = *v > greatest ? *v : greatest;
      }
    });
    least_ = least;
    greatest_ = greatest;
  }

  Type type_;
  Scalar least_ = std::numeric_limits<Scalar>::max();
  Scalar greatest_ = std::numeric_limits<Scalar>::lowest();
};

template <typename Scalar>
class FloatBounds final : public CountOnly {
 public:
  explicit FloatBounds(Type type) : type_(std::move(type)) {}

  ColumnBounds Finish() const override {
    ColumnBounds bounds = CountOnly::Finish();
    bounds.nan_count = nan_count_;
    if (bounds.value_count - bounds.null_count == nan_count_) return bounds;
    const Scalar least = least_ == 0 ? -Scalar{0} : least_;
    const Scalar greatest = greatest_ == 0 ? Scalar{0} : greatest_;
    bounds.lower = ToBytes(type_, LiteralValue(least));
    bounds.upper = ToBytes(type_, LiteralValue(greatest));
    return bounds;
  }

 private:
  // A comparison with NaN is false, so NaN never becomes a bound.
  void AddValues(const arrow::Array& array) override {
    const Scalar* values = array.data()->GetValues<Scalar>(1);
    Scalar least = least_;
    Scalar greatest = greatest_;
    int64_t nan_count = 0;
    ForValidRuns(array, [&](int64_t first, int64_t length) {
      for (const Scalar* v = values + first; v != values + first + length; ++v) {
        least = *v < least ? *v : least;
        greatest = *v > greatest ? *v : greatest;
        nan_count += *v != *v;
      }
    });
    least_ = least;
    greatest_ = greatest;
    nan_count_ += nan_count;
  }

  Type type_;
  Scalar least_ = std::numeric_limits<Scalar>::infinity();
  Scalar greatest_ = -std::numeric_limits<Scalar>::infinity();
  int64_t nan_count_ = 0;
};

class BooleanBounds final : public CountOnly {
 public:
  ColumnBounds Finish() const override {
    ColumnBounds bounds = CountOnly::Finish();
    if (!seen_[0] && !seen_[1]) return bounds;
    bounds.lower = ToBytes(Type::Of(TypeKind::kBoolean), LiteralValue(!seen_[0]));
    bounds.upper = ToBytes(Type::Of(TypeKind::kBoolean), LiteralValue(seen_[1]));
    return bounds;
  }

 private:
  void AddValues(const arrow::Array& array) override {
    const auto& booleans = static_cast<const arrow::BooleanArray&>(array);
    const int64_t true_count = booleans.true_count();
    if (true_count > 0) seen_[1] = true;
    if (true_count < array.length() - array.null_count()) seen_[0] = true;
  }

  bool seen_[2] = {false, false};
};

class DecimalBounds final : public CountOnly {
 public:
  explicit DecimalBounds(Type type) : type_(std::move(type)) {}

  ColumnBounds Finish() const override {
    ColumnBounds bounds = CountOnly::Finish();
    if (!seen_) return bounds;
    bounds.lower = ToBytes(type_, LiteralValue(least_));
    bounds.upper = ToBytes(type_, LiteralValue(greatest_));
    return bounds;
  }

 private:
  void AddValues(const arrow::Array& array) override {
    const auto& decimals = static_cast<const arrow::Decimal128Array&>(array);
    ForValidRuns(array, [&](int64_t first, int64_t length) {
      for (int64_t i = first; i < first + length; ++i) {
        const arrow::Decimal128 value(decimals.GetValue(i));
        if (!seen_ || value < least_) least_ = value;
        if (!seen_ || value > greatest_) greatest_ = value;
        seen_ = true;
      }
    });
  }

  Type type_;
  arrow::Decimal128 least_;
  arrow::Decimal128 greatest_;
  bool seen_ = false;
};

// `ArrayType` has GetView(i). Runs of equal values, common in telemetry, cost one comparison each.
template <typename ArrayType>
class BytesBounds final : public CountOnly {
 public:
  ColumnBounds Finish() const override {
    ColumnBounds bounds = CountOnly::Finish();
    if (!seen_) return bounds;
    bounds.lower = least_;
    bounds.upper = greatest_;
    return bounds;
  }

 private:
  void AddValues(const arrow::Array& array) override {
    const auto& texts = static_cast<const ArrayType&>(array);
    std::string_view last;
    bool has_last = false;
    std::string_view least = least_;
    std::string_view greatest = greatest_;
    ForValidRuns(array, [&](int64_t first, int64_t length) {
      for (int64_t i = first; i < first + length; ++i) {
        const std::string_view value = texts.GetView(i);
        if (has_last && value == last) continue;
        if (!seen_ || value < least) least = value;
        if (!seen_ || value > greatest) greatest = value;
        seen_ = true;
        last = value;
        has_last = true;
      }
    });
    std::string new_least(least);
    greatest_ = std::string(greatest);
    least_ = std::move(new_least);
  }

  std::string least_;
  std::string greatest_;
  bool seen_ = false;
};

template <typename Scalar, typename Stored>
std::unique_ptr<BoundsAccumulator> Integers(TypeKind kind) {
  return std::make_unique<IntegerBounds<Scalar, Stored>>(Type::Of(kind));
}

std::unique_ptr<BoundsAccumulator> MakeDecimalBounds(const arrow::DataType& type) {
  const auto& decimal = static_cast<const arrow::Decimal128Type&>(type);
  return std::make_unique<DecimalBounds>(Type::Decimal(decimal.precision(), decimal.scale()));
}

}  // namespace

std::unique_ptr<BoundsAccumulator> MakeBoundsAccumulator(const arrow::DataType& type) {
  switch (type.id()) {
    case arrow::Type::BOOL:
      return std::make_unique<BooleanBounds>();
    case arrow::Type::INT8:
      return Integers<int8_t, int32_t>(TypeKind::kInt);
    case arrow::Type::INT16:
      return Integers<int16_t, int32_t>(TypeKind::kInt);
    case arrow::Type::INT32:
      return Integers<int32_t, int32_t>(TypeKind::kInt);
    case arrow::Type::DATE32:
      return Integers<int32_t, int32_t>(TypeKind::kDate);
    case arrow::Type::INT64:
    case arrow::Type::TIME64:
    case arrow::Type::TIMESTAMP:
      return Integers<int64_t, int64_t>(TypeKind::kLong);
    case arrow::Type::FLOAT:
      return std::make_unique<FloatBounds<float>>(Type::Of(TypeKind::kFloat));
    case arrow::Type::DOUBLE:
      return std::make_unique<FloatBounds<double>>(Type::Of(TypeKind::kDouble));
    case arrow::Type::DECIMAL128:
      return MakeDecimalBounds(type);
    case arrow::Type::STRING:
    case arrow::Type::BINARY:
      return std::make_unique<BytesBounds<arrow::BinaryArray>>();
    case arrow::Type::LARGE_STRING:
    case arrow::Type::LARGE_BINARY:
      return std::make_unique<BytesBounds<arrow::LargeBinaryArray>>();
    case arrow::Type::FIXED_SIZE_BINARY:
      return std::make_unique<BytesBounds<arrow::FixedSizeBinaryArray>>();
    default:
      return std::make_unique<CountOnly>();
  }
}

}  // namespace artemis
