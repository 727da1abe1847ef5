// Values of each layout in vectors, which become Arrow's buffers without a copy.
#include "artemis/ingest/value_column.h"

#include <algorithm>
#include <array>
#include <utility>

#include <arrow/buffer.h>
#include <arrow/extension_type.h>
#include <arrow/util/bitmap_builders.h>
#include <arrow/util/checked_cast.h>

namespace artemis {
namespace {

using ColumnResult = arrow::Result<std::unique_ptr<ValueColumn>>;
using DataResult = arrow::Result<std::shared_ptr<arrow::ArrayData>>;
using arrow::internal::checked_cast;

using DecimalBytes = std::array<uint8_t, 16>;

constexpr int kNestingMax = 64;

template <typename T>
std::shared_ptr<arrow::Buffer> TakeBuffer(std::vector<T>& values) {
  auto buffer = arrow::Buffer::FromVector(std::move(values));
  values = {};
  return buffer;
}

std::shared_ptr<arrow::Buffer> TakeText(std::string& text) {
  auto buffer = arrow::Buffer::FromString(std::move(text));
  text = {};
  return buffer;
}

// Values of a fixed width; Parse gives one from text.
template <typename T, typename Parse>
class FixedColumn final : public ValueColumn {
 public:
  FixedColumn(std::string name, const arrow::Field& field, Parse parse)
      : ValueColumn(Shape::kScalar, std::move(name), field), parse_(std::move(parse)) {}

  arrow::Status AppendText(std::string_view text, Spelling spelling) override {
    auto value = parse_(text, spelling);
    if (!value.ok()) return RefuseColumn(name(), value.status().message());
    values_.push_back(static_cast<T>(*value));
    MarkValid();
    return arrow::Status::OK();
  }

 protected:
  void AppendZero() override { values_.push_back(T{}); }
  void TruncateValues(int64_t length) override { values_.resize(static_cast<size_t>(length)); }
  DataResult FinishValues(int64_t length, std::shared_ptr<arrow::Buffer> validity) override {
    std::shared_ptr<arrow::Buffer> values;
    if (type()->id() == arrow::Type::BOOL) {
      if constexpr (std::is_same_v<T, uint8_t>) {
        ARROW_ASSIGN_OR_RAISE(values, arrow::internal::BytesToBits(values_));
        values_.clear();
      }
    } else {
      values = TakeBuffer(values_);
    }
    return arrow::ArrayData::Make(type(), length, {std::move(validity), std::move(values)});
  }

 private:
  const Parse parse_;
  std::vector<T> values_;
};

// Strings and binary with offsets of 32 bits, or of a fixed size without.
template <typename Parse>
class BytesColumn final : public ValueColumn {
 public:
  BytesColumn(std::string name, const arrow::Field& field, int64_t fixed_bytes, Parse parse)
      : ValueColumn(Shape::kScalar, std::move(name), field),
        fixed_bytes_(fixed_bytes),
        parse_(std::move(parse)) {}

  arrow::Status AppendText(std::string_view text, Spelling spelling) override {
    auto value = parse_(text, spelling);
    if (!value.ok()) return RefuseColumn(name(), value.status().message());
    if (bytes_.size() + value->size() > size_t{INT32_MAX}) {
      return RefuseColumn(name(), "more than 2 GiB of text in one batch");
    }
    bytes_ += *value;
    ends_.push_back(static_cast<int32_t>(bytes_.size()));
    MarkValid();
    return arrow::Status::OK();
  }

 protected:
  void AppendZero() override {
    if (fixed_bytes_ > 0) bytes_.append(static_cast<size_t>(fixed_bytes_), '\0');
    ends_.push_back(static_cast<int32_t>(bytes_.size()));
  }
  void TruncateValues(int64_t length) override {
    ends_.resize(static_cast<size_t>(length));
    bytes_.resize(ends_.empty() ? 0 : static_cast<size_t>(ends_.back()));
  }
  DataResult FinishValues(int64_t length, std::shared_ptr<arrow::Buffer> validity) override {
    std::vector<std::shared_ptr<arrow::Buffer>> buffers = {std::move(validity)};
    if (fixed_bytes_ < 0) {
      ends_.insert(ends_.begin(), 0);
      buffers.push_back(TakeBuffer(ends_));
    }
    ends_.clear();
    buffers.push_back(TakeText(bytes_));
    return arrow::ArrayData::Make(type(), length, std::move(buffers));
  }

 private:
  const int64_t fixed_bytes_;  // negative: each value has its own length
  const Parse parse_;
  std::vector<int32_t> ends_;
  std::string bytes_;
};

// Of type null: there is no value but null.
class NullColumn final : public ValueColumn {
 public:
  NullColumn(std::string name, const arrow::Field& field)
      : ValueColumn(Shape::kScalar, std::move(name), field) {}
  arrow::Status AppendText(std::string_view text, Spelling spelling) override {
    return RefuseColumn(name(), "expected null, found " + ShownValue(text, spelling));
  }

 protected:
  void AppendZero() override {}
  void TruncateValues(int64_t) override {}
  DataResult FinishValues(int64_t length, std::shared_ptr<arrow::Buffer>) override {
    return arrow::ArrayData::Make(type(), length, {nullptr}, length);
  }
};

// Wraps what a column of the storage type gives.
class ExtensionColumn final : public ValueColumn {
 public:
  ExtensionColumn(std::string name, const arrow::Field& field, std::unique_ptr<ValueColumn> storage)
      : ValueColumn(Shape::kScalar, std::move(name), field), storage_(std::move(storage)) {}
  arrow::Status AppendText(std::string_view text, Spelling spelling) override {
    ARROW_RETURN_NOT_OK(storage_->AppendText(text, spelling));
    MarkValid();
    return arrow::Status::OK();
  }

 protected:
  void AppendZero() override { storage_->AppendEmpty(); }
  void TruncateValues(int64_t length) override { storage_->Truncate(length); }
  DataResult FinishValues(int64_t, std::shared_ptr<arrow::Buffer>) override {
    ARROW_ASSIGN_OR_RAISE(const auto array, storage_->Finish());
    auto data = array->data()->Copy();
    data->type = type();
    return data;
  }

 private:
  std::unique_ptr<ValueColumn> storage_;
};

template <typename T, typename Parse>
std::unique_ptr<ValueColumn> MakeFixed(std::string name, const arrow::Field& field, Parse parse) {
  return std::make_unique<FixedColumn<T, Parse>>(std::move(name), field, std::move(parse));
}

template <typename T>
std::unique_ptr<ValueColumn> MakeWhole(std::string name, const arrow::Field& field) {
  return MakeFixed<T>(std::move(name), field, ParseWholeText<T>);
}

template <typename Parse>
std::unique_ptr<ValueColumn> MakeBytes(std::string name, const arrow::Field& field, int64_t fixed,
                                       Parse parse) {
  return std::make_unique<BytesColumn<Parse>>(std::move(name), field, fixed, std::move(parse));
}

arrow::Result<std::string_view> StringText(std::string_view text, Spelling spelling) {
  if (spelling == Spelling::kPlain || spelling == Spelling::kString) return text;
  return arrow::Status::Invalid("expected a string, found ", ShownValue(text, spelling));
}

std::unique_ptr<ValueColumn> MakeBinary(std::string name, const arrow::Field& field,
                                        BinaryText form, int64_t length) {
  return MakeBytes(std::move(name), field, length,
                   [form, length](std::string_view text, Spelling s) {
                     return ParseBinaryText(text, s, form, length);
                   });
}

arrow::TimeUnit::type EpochUnit(const std::string& name, arrow::TimeUnit::type own,
                                const TextValueOptions& options) {
  if (options.epoch_unit) return *options.epoch_unit;
  if (name.ends_with("_ns")) return arrow::TimeUnit::NANO;
  if (name.ends_with("_us")) return arrow::TimeUnit::MICRO;
  if (name.ends_with("_ms")) return arrow::TimeUnit::MILLI;
  if (name.ends_with("_s")) return arrow::TimeUnit::SECOND;
  return own;
}

std::unique_ptr<ValueColumn> MakeTimestamp(std::string name, const arrow::Field& field,
                                           const TextValueOptions& options) {
  const auto& type = checked_cast<const arrow::TimestampType&>(*field.type());
  const TimestampTextType text{type.unit(), !type.timezone().empty(),
                               EpochUnit(name, type.unit(), options), options.truncate_timestamps};
  return MakeFixed<int64_t>(std::move(name), field, [text](std::string_view value, Spelling s) {
    return ParseTimestampText(value, s, text);
  });
}

template <typename T>
std::unique_ptr<ValueColumn> MakeTime(std::string name, const arrow::Field& field, bool truncate) {
  const auto unit = checked_cast<const arrow::TimeType&>(*field.type()).unit();
  return MakeFixed<T>(std::move(name), field, [unit, truncate](std::string_view text, Spelling s) {
    return ParseTimeText(text, s, unit, truncate);
  });
}

std::unique_ptr<ValueColumn> MakeDecimal(std::string name, const arrow::Field& field) {
  const auto& type = checked_cast<const arrow::Decimal128Type&>(*field.type());
  return MakeFixed<DecimalBytes>(
      std::move(name), field,
      [precision = type.precision(), scale = type.scale()](
          std::string_view text, Spelling s) -> arrow::Result<DecimalBytes> {
        ARROW_ASSIGN_OR_RAISE(const auto value, ParseDecimalText(text, s, precision, scale));
        return value.ToBytes();
      });
}

// Null for a type that is none of them.
std::unique_ptr<ValueColumn> MakeNumber(const std::string& name, const arrow::Field& field) {
  switch (field.type()->id()) {
    case arrow::Type::BOOL:
      return MakeFixed<uint8_t>(name, field, ParseBooleanText);
    case arrow::Type::INT8:
      return MakeWhole<int8_t>(name, field);
    case arrow::Type::INT16:
      return MakeWhole<int16_t>(name, field);
    case arrow::Type::INT32:
      return MakeWhole<int32_t>(name, field);
    case arrow::Type::INT64:
      return MakeWhole<int64_t>(name, field);
    case arrow::Type::UINT8:
      return MakeWhole<uint8_t>(name, field);
    case arrow::Type::UINT16:
      return MakeWhole<uint16_t>(name, field);
    case arrow::Type::UINT32:
      return MakeWhole<uint32_t>(name, field);
    case arrow::Type::UINT64:
      return MakeWhole<uint64_t>(name, field);
    case arrow::Type::FLOAT:
      return MakeFixed<float>(name, field, ParseFloatText<float>);
    case arrow::Type::DOUBLE:
      return MakeFixed<double>(name, field, ParseFloatText<double>);
    case arrow::Type::DECIMAL128:
      return MakeDecimal(name, field);
    default:
      return nullptr;
  }
}

std::unique_ptr<ValueColumn> MakeOther(const std::string& name, const arrow::Field& field,
                                       const TextValueOptions& options) {
  switch (field.type()->id()) {
    case arrow::Type::NA:
      return std::make_unique<NullColumn>(name, field);
    case arrow::Type::DATE32:
      return MakeFixed<int32_t>(name, field, ParseDateText);
    case arrow::Type::TIME32:
      return MakeTime<int32_t>(name, field, options.truncate_timestamps);
    case arrow::Type::TIME64:
      return MakeTime<int64_t>(name, field, options.truncate_timestamps);
    case arrow::Type::TIMESTAMP:
      return MakeTimestamp(name, field, options);
    case arrow::Type::STRING:
      return MakeBytes(name, field, -1, StringText);
    case arrow::Type::BINARY:
      return MakeBinary(name, field, options.binary, -1);
    case arrow::Type::FIXED_SIZE_BINARY:
      return MakeBinary(
          name, field, options.binary,
          checked_cast<const arrow::FixedSizeBinaryType&>(*field.type()).byte_width());
    default:
      return nullptr;
  }
}

ColumnResult MakeColumn(const std::string& name, const arrow::Field& field,
                        const TextValueOptions& options, int depth);

arrow::Result<ValueColumns> MakeChildren(const std::string& parent,
                                         const arrow::FieldVector& fields,
                                         const TextValueOptions& options, int depth) {
  ValueColumns children;
  for (const auto& field : fields) {
    ARROW_ASSIGN_OR_RAISE(auto child,
                          MakeColumn(parent + "." + field->name(), *field, options, depth + 1));
    children.push_back(std::move(child));
  }
  return children;
}

ColumnResult MakeColumn(const std::string& name, const arrow::Field& field,
                        const TextValueOptions& options, int depth) {
  if (depth > kNestingMax) return RefuseColumn(name, "nested deeper than 64");
  const auto& type = *field.type();
  if (type.id() == arrow::Type::EXTENSION) {
    const auto storage = checked_cast<const arrow::ExtensionType&>(type).storage_type();
    ARROW_ASSIGN_OR_RAISE(auto column,
                          MakeColumn(name, *field.WithType(storage), options, depth + 1));
    if (column->shape() == ValueColumn::Shape::kScalar) {
      return std::make_unique<ExtensionColumn>(name, field, std::move(column));
    }
  } else if (type.id() == arrow::Type::STRUCT) {
    ARROW_ASSIGN_OR_RAISE(auto children, MakeChildren(name, type.fields(), options, depth));
    return std::make_unique<StructColumn>(name, field, std::move(children));
  } else if (type.id() == arrow::Type::LIST) {
    ARROW_ASSIGN_OR_RAISE(auto children, MakeChildren(name, type.fields(), options, depth));
    return std::make_unique<ListColumn>(ValueColumn::Shape::kList, name, field,
                                        std::move(children));
  } else if (type.id() == arrow::Type::MAP) {
    const auto& map = checked_cast<const arrow::MapType&>(type);
    ARROW_ASSIGN_OR_RAISE(auto children,
                          MakeChildren(name, {map.key_field(), map.item_field()}, options, depth));
    return std::make_unique<ListColumn>(ValueColumn::Shape::kMap, name, field, std::move(children));
  }
  auto column = MakeNumber(name, field);
  if (column == nullptr) column = MakeOther(name, field, options);
  if (column != nullptr) return column;
  return RefuseColumn(name, "type " + type.ToString() + " cannot be read from text");
}

}  // namespace

arrow::Status RefuseColumn(const std::string& column, const std::string& reason) {
  return arrow::Status::Invalid("column '", column, "': ", reason)
      .WithDetail(std::make_shared<ColumnRefusal>(column, reason));
}

arrow::Result<std::unique_ptr<ValueColumn>> MakeValueColumn(const arrow::Field& field,
                                                            const TextValueOptions& options) {
  return MakeColumn(field.name(), field, options, 0);
}

arrow::Status ValueColumn::AppendNull() {
  if (!nullable_) return RefuseColumn(name_, "a null, which is not allowed in this column");
  AppendZero();
  valid_.push_back(0);
  return arrow::Status::OK();
}

void ValueColumn::AppendEmpty() {
  AppendZero();
  valid_.push_back(nullable_ ? 0 : 1);
}

void ValueColumn::Truncate(int64_t length) {
  TruncateValues(length);
  valid_.resize(static_cast<size_t>(length));
}

arrow::Result<std::shared_ptr<arrow::Array>> ValueColumn::Finish() {
  std::shared_ptr<arrow::Buffer> validity;
  if (valid_.size() != 0 && std::find(valid_.begin(), valid_.end(), 0) != valid_.end()) {
    ARROW_ASSIGN_OR_RAISE(validity, arrow::internal::BytesToBits(valid_));
  }
  ARROW_ASSIGN_OR_RAISE(const auto data, FinishValues(length(), std::move(validity)));
  valid_.clear();
  return arrow::MakeArray(data);
}

StructColumn::StructColumn(std::string name, const arrow::Field& field, ValueColumns children)
    : ValueColumn(Shape::kStruct, std::move(name), field), children_(std::move(children)) {
  const auto& fields = type()->fields();
  for (size_t i = 0; i < fields.size(); ++i)
    places_.emplace(fields[i]->name(), static_cast<int>(i));
}

int StructColumn::FindChild(std::string_view child, int expected) const {
  const auto& fields = type()->fields();
  const auto place = static_cast<size_t>(expected);
  if (place < fields.size() && fields[place]->name() == child) return expected;
  const auto found = places_.find(child);
  return found == places_.end() ? -1 : found->second;
}

arrow::Status StructColumn::AppendText(std::string_view text, Spelling spelling) {
  return RefuseColumn(name(), "expected an object, found " + ShownValue(text, spelling));
}

void StructColumn::AppendZero() {
  for (const auto& child : children_) child->AppendEmpty();
}

void StructColumn::TruncateValues(int64_t length) {
  for (const auto& child : children_) child->Truncate(length);
}

arrow::Result<std::shared_ptr<arrow::ArrayData>> StructColumn::FinishValues(
    int64_t length, std::shared_ptr<arrow::Buffer> validity) {
  auto data = arrow::ArrayData::Make(type(), length, {std::move(validity)});
  for (const auto& child : children_) {
    ARROW_ASSIGN_OR_RAISE(const auto array, child->Finish());
    data->child_data.push_back(array->data());
  }
  return data;
}

ListColumn::ListColumn(Shape shape, std::string name, const arrow::Field& field,
                       ValueColumns children)
    : ValueColumn(shape, std::move(name), field), children_(std::move(children)) {}

void ListColumn::Close() {
  ends_.push_back(static_cast<int32_t>(element().length()));
  MarkValid();
}

arrow::Status ListColumn::AppendText(std::string_view text, Spelling spelling) {
  const char* expected = shape() == Shape::kMap ? "a map" : "an array";
  return RefuseColumn(
      name(), std::string("expected ") + expected + ", found " + ShownValue(text, spelling));
}

void ListColumn::AppendZero() { ends_.push_back(static_cast<int32_t>(element().length())); }

void ListColumn::TruncateValues(int64_t length) {
  ends_.resize(static_cast<size_t>(length));
  for (const auto& child : children_) child->Truncate(ends_.empty() ? 0 : ends_.back());
}

arrow::Result<std::shared_ptr<arrow::ArrayData>> ListColumn::FinishValues(
    int64_t length, std::shared_ptr<arrow::Buffer> validity) {
  ends_.insert(ends_.begin(), 0);
  auto data = arrow::ArrayData::Make(type(), length, {std::move(validity), TakeBuffer(ends_)});
  std::vector<std::shared_ptr<arrow::ArrayData>> children;
  for (const auto& child : children_) {
    ARROW_ASSIGN_OR_RAISE(const auto array, child->Finish());
    children.push_back(array->data());
  }
  if (shape() == Shape::kMap) {
    const auto& entries = type()->field(0)->type();
    const int64_t count = children.front()->length;
    children = {arrow::ArrayData::Make(entries, count, {nullptr}, std::move(children), 0)};
  }
  data->child_data = std::move(children);
  return data;
}

}  // namespace artemis
