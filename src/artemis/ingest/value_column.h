// Columns that are filled value by value from text, and can be taken back to an earlier length: a line that turns out bad half-way
// leaves nothing behind.
//
// A column of a required field holds a zero value under a parent that is null, so that it has no null.
#pragma once

#include <cstdint>
#include <memory>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

#include <arrow/array.h>
#include <arrow/result.h>
#include <arrow/type.h>

#include "artemis/ingest/text_value.h"

namespace artemis {

// Which column a value was refused for. The message of a status with it is "column 'NAME': REASON".
class ColumnRefusal : public arrow::StatusDetail {
 public:
  ColumnRefusal(std::string refused_column, std::string why)
      : column(std::move(refused_column)), reason(std::move(why)) {}
  static constexpr const char* kTypeId = "artemis::ColumnRefusal";
  const char* type_id() const override { return kTypeId; }
  std::string ToString() const override { return "ColumnRefusal"; }

  std::string column;
  std::string reason;
};

// Invalid with the detail.
arrow::Status RefuseColumn(const std::string& column, const std::string& reason);

class ValueColumn {
 public:
  enum class Shape : uint8_t { kScalar, kStruct, kList, kMap };

  virtual ~ValueColumn() = default;
  ValueColumn(const ValueColumn&) = delete;
  ValueColumn& operator=(const ValueColumn&) = delete;

  Shape shape() const { return shape_; }
  // The full name: "position.lat", "tags.element".
  const std::string& name() const { return name_; }
  const std::shared_ptr<arrow::DataType>& type() const { return type_; }
  bool nullable() const { return nullable_; }
  int64_t length() const { return static_cast<int64_t>(valid_.size()); }

  // A value of a scalar column; requires Shape::kScalar. Invalid with ColumnRefusal; the length is then as before.
  virtual arrow::Status AppendText(std::string_view text, Spelling spelling) = 0;
  // Invalid with ColumnRefusal where the field is required.
  arrow::Status AppendNull();
  // A null, or a zero value where the field is required: for the place under a null parent.
  void AppendEmpty();

  // Drops all values from `length` on.
  void Truncate(int64_t length);
  // The values, and begins anew with none.
  arrow::Result<std::shared_ptr<arrow::Array>> Finish();

 protected:
  ValueColumn(Shape shape, std::string name, const arrow::Field& field)
      : shape_(shape), name_(std::move(name)), type_(field.type()), nullable_(field.nullable()) {}

  void MarkValid() { valid_.push_back(1); }

  virtual void AppendZero() = 0;
  virtual void TruncateValues(int64_t length) = 0;
  // The array's data, with `validity` (null: no nulls) as the first buffer.
  virtual arrow::Result<std::shared_ptr<arrow::ArrayData>> FinishValues(
      int64_t length, std::shared_ptr<arrow::Buffer> validity) = 0;

 private:
  const Shape shape_;
  const std::string name_;
  const std::shared_ptr<arrow::DataType> type_;
  const bool nullable_;
  std::vector<uint8_t> valid_;  // a byte a value
};

using ValueColumns = std::vector<std::unique_ptr<ValueColumn>>;

class StructColumn final : public ValueColumn {
 public:
  StructColumn(std::string name, const arrow::Field& field, ValueColumns children);

  const ValueColumns& children() const { return children_; }
  // The child of this name, or -1; quick where it is `expected`.
  int FindChild(std::string_view child, int expected) const;
  // Ends a value whose children have been appended.
  void Close() { MarkValid(); }
  arrow::Status AppendText(std::string_view text, Spelling spelling) override;

 protected:
  void AppendZero() override;
  void TruncateValues(int64_t length) override;
  arrow::Result<std::shared_ptr<arrow::ArrayData>> FinishValues(
      int64_t length, std::shared_ptr<arrow::Buffer> validity) override;

 private:
  ValueColumns children_;
  std::unordered_map<std::string_view, int> places_;  // by name
};

// A list, or a map: then with two children, key and value.
class ListColumn final : public ValueColumn {
 public:
  ListColumn(Shape shape, std::string name, const arrow::Field& field, ValueColumns children);

  ValueColumn& element() const { return *children_.at(0); }
  ValueColumn& key() const { return *children_.at(0); }
  ValueColumn& value() const { return *children_.at(1); }
  // Ends a list whose elements have been appended since the last.
  void Close();
  arrow::Status AppendText(std::string_view text, Spelling spelling) override;

 protected:
  void AppendZero() override;
  void TruncateValues(int64_t length) override;
  arrow::Result<std::shared_ptr<arrow::ArrayData>> FinishValues(
      int64_t length, std::shared_ptr<arrow::Buffer> validity) override;

 private:
  ValueColumns children_;
  std::vector<int32_t> ends_;  // of each list, in elements
};

// A column of `field`. Invalid naming the column: a type that has no text form here (unions, dictionaries, durations, half floats,
// views, decimals of more than 128 bits), or nesting deeper than 64.
arrow::Result<std::unique_ptr<ValueColumn>> MakeValueColumn(const arrow::Field& field,
                                                            const TextValueOptions& options);

}  // namespace artemis
