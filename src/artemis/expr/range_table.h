// What is known of the columns of many sets of rows (manifests, partitions, files), column by column, so that a predicate can
// be held against all of them in one sweep (range_sweep.h).
//
// A bound is kept as a key that orders as its value does: a 64-bit number, or a number of a text in the column's dictionary.
// A row of the table says exactly what the ColumnRange it was made from said to the evaluator of one set (range_evaluator.h).
#pragma once

#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "artemis/expr/range_evaluator.h"

namespace artemis {

// How the values of a type become keys.
enum class KeyDomain : uint8_t {
  kInteger,   // boolean, int, long, dates, times, timestamps, decimals of at most 18 digits
  kFloating,  // float and double; -0.0 is 0.0
  kText       // string, binary, uuid, fixed, and longer decimals as 16 bytes
};
KeyDomain KeyDomainOf(const Type& type);
// Whether values of both types have the same keys: one type, or one widened from the other.
bool ShareKeys(const Type& a, const Type& b);

// Of a value of domain kInteger or kFloating that is not NaN.
int64_t OrderKey(const LiteralValue& value);
// Of a value of domain kText; bytes that order as the values do.
std::string TextKey(const LiteralValue& value);

// Different texts, numbered from 1 on; 0 means "absent".
class TextDictionary {
 public:
  uint32_t Insert(std::string_view text);
  std::string_view At(uint32_t id) const {
    return std::string_view(bytes_).substr(ends_[id - 1], ends_[id] - ends_[id - 1]);
  }
  // One more than the greatest number.
  size_t size() const { return ends_.size(); }
  // Gives up what only Insert needs.
  void Seal();
  int64_t MemoryBytes() const;

 private:
  uint32_t InsertOther(std::string_view text);
  void Grow();

  uint32_t last_ = 0;
  std::string bytes_;
  std::vector<uint32_t> ends_{0};
  std::vector<uint32_t> slots_;
};

// One column of the table. Filled row by row, then read from any thread.
class RangeColumn {
 public:
  // What a row of the set can be, and which bounds there are.
  enum Flag : uint8_t {
    kMayBeNull = 1,
    kMayBeNaN = 2,
    kMayBeValue = 4,
    kHasLower = 8,
    kHasUpper = 16
  };

  // `bounds_exact`: as in ColumnRange, of all rows.
  RangeColumn(Type type, bool bounds_exact);

  const Type& type() const { return type_; }
  KeyDomain domain() const { return domain_; }
  bool bounds_exact() const { return bounds_exact_; }
  size_t size() const { return flags_.size(); }

  // Bounds of another alternative than the type's, NaN, or crossed ones count as absent.
  void Append(const ColumnRange& range);
  // Nothing is known.
  void AppendUnknown();
  // The one value of all rows; nullopt: all are null.
  void AppendExact(const std::optional<LiteralValue>& value);
  // For decoders: bounds as Appendix D bytes (null: absent; bytes that do not decode as well), counts as in ColumnMetrics
  // (negative: unknown).
  void AppendMetrics(int64_t value_count, int64_t null_count, int64_t nan_count,
                     const std::string_view* lower, const std::string_view* upper);
  // Makes room for so many rows.
  void Reserve(size_t rows);
  void Seal();

  // What the row says of a leaf of `type`, which shares keys with the column's.
  ColumnRange At(size_t row, const Type& type) const;

  const uint8_t* flags() const { return flags_.data(); }
  // Domains kInteger and kFloating; absent ones are the least and the greatest number.
  const int64_t* lower_keys() const { return lower_.data(); }
  const int64_t* upper_keys() const { return upper_.data(); }
  // Domain kText.
  const uint32_t* lower_texts() const { return lower_text_.data(); }
  const uint32_t* upper_texts() const { return upper_text_.data(); }
  const TextDictionary& texts() const { return texts_; }

  int64_t MemoryBytes() const;

 private:
  void AppendKeys(uint8_t flags, int64_t lower, int64_t upper);
  void AppendTexts(uint8_t flags, const std::string_view* lower, const std::string_view* upper);
  LiteralValue ValueOf(int64_t key, const Type& type) const;
  LiteralValue ValueOfText(uint32_t id, const Type& type) const;

  Type type_;
  KeyDomain domain_;
  bool bounds_exact_;
  std::vector<uint8_t> flags_;
  std::vector<int64_t> lower_, upper_;
  std::vector<uint32_t> lower_text_, upper_text_;
  TextDictionary texts_;
};

// Columns of one length, by field id.
struct RangeTable {
  size_t rows = 0;
  std::map<FieldId, RangeColumn> columns;

  // Null where nothing is known of the field, or what is known is of another kind than `type`.
  const RangeColumn* Find(FieldId id, const Type& type) const;
  // What the row says, for the evaluator of one set. The table must outlive the result; `types` gives the type of a field as the
  // predicate has it.
  RangeLookup At(size_t row, const Schema& types) const;
};

}  // namespace artemis
