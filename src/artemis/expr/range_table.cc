// Keys, dictionaries and columns of ranges.
#include "artemis/expr/range_table.h"

#include <bit>
#include <cstring>
#include <functional>
#include <limits>
#include <optional>
#include <type_traits>

#include "artemis/schema/literal.h"

namespace artemis {
namespace {

constexpr int64_t kLeastKey = std::numeric_limits<int64_t>::min();
constexpr int64_t kGreatestKey = std::numeric_limits<int64_t>::max();
constexpr int32_t kShortDecimalDigits = 18;

int64_t KeyOfDouble(double value) {
  if (value == 0.0) return 0;
  const int64_t bits = std::bit_cast<int64_t>(value);
  return bits < 0 ? bits ^ kGreatestKey : bits;
}

double DoubleOfKey(int64_t key) {
  return std::bit_cast<double>(key < 0 ? key ^ kGreatestKey : key);
}

std::string SortableBytes(const arrow::Decimal128& value) {
  const uint64_t high = static_cast<uint64_t>(value.high_bits()) ^ (uint64_t{1} << 63);
  const uint64_t low = value.low_bits();
  std::string bytes(16, '\0');
  for (int i = 0; i < 8; ++i) {
    bytes[static_cast<size_t>(i)] = static_cast<char>(high >> (56 - 8 * i));
    bytes[static_cast<size_t>(8 + i)] = static_cast<char>(low >> (56 - 8 * i));
  }
  return bytes;
}

arrow::Decimal128 DecimalOfSortable(std::string_view bytes) {
  uint64_t high = 0, low = 0;
  for (size_t i = 0; i < 8; ++i) {
    high = high << 8 | static_cast<uint8_t>(bytes[i]);
    low = low << 8 | static_cast<uint8_t>(bytes[8 + i]);
  }
  return arrow::Decimal128(static_cast<int64_t>(high ^ (uint64_t{1} << 63)), low);
}

// Whether the bytes of a bound are its key.
bool IsRawText(const Type& type) {
  return type.kind == TypeKind::kString || type.kind == TypeKind::kBinary;
}

// False for NaN, which is no bound, and for a decimal with more digits than its type has.
bool HasKey(const LiteralValue& value, KeyDomain domain) {
  if (IsNaN(value)) return false;
  const auto* decimal = std::get_if<arrow::Decimal128>(&value);
  if (decimal == nullptr || domain == KeyDomain::kText) return true;
  return decimal->high_bits() == (static_cast<int64_t>(decimal->low_bits()) < 0 ? -1 : 0);
}

// Fails on NaN, which is no key.
template <typename Number>
[[gnu::always_inline]] inline bool KeyOfLittleEndian(std::string_view bytes, int64_t* key) {
  Number value;
  std::memcpy(&value, bytes.data(), sizeof(value));
  if constexpr (std::is_floating_point_v<Number>) {
    if (value != value) return false;
    *key = KeyOfDouble(value);
  } else {
    *key = value;
  }
  return true;
}

// By way of a literal.
[[gnu::noinline]] bool KeyOfOtherBytes(const Type& type, std::string_view bytes, int64_t* key) {
  const auto value = FromBytes(type, bytes);
  if (!value.ok() || !HasKey(*value, KeyDomain::kInteger)) return false;
  *key = OrderKey(*value);
  return true;
}

// The commonest types without that detour.
[[gnu::always_inline]] inline bool KeyOfBytes(const Type& type, std::string_view bytes,
                                              int64_t* key) {
  switch (type.kind) {
    case TypeKind::kDouble:
      if (bytes.size() == 8) return KeyOfLittleEndian<double>(bytes, key);
      break;
    case TypeKind::kLong:
    case TypeKind::kTimestamp:
    case TypeKind::kTimestamptz:
    case TypeKind::kTimestampNs:
    case TypeKind::kTimestamptzNs:
    case TypeKind::kTime:
      if (bytes.size() == 8) return KeyOfLittleEndian<int64_t>(bytes, key);
      break;
    case TypeKind::kInt:
    case TypeKind::kDate:
      if (bytes.size() == 4) return KeyOfLittleEndian<int32_t>(bytes, key);
      break;
    case TypeKind::kFloat:
      if (bytes.size() == 4) return KeyOfLittleEndian<float>(bytes, key);
      break;
    default:
      break;
  }
  return KeyOfOtherBytes(type, bytes, key);
}

}  // namespace

KeyDomain KeyDomainOf(const Type& type) {
  switch (type.kind) {
    case TypeKind::kFloat:
    case TypeKind::kDouble:
      return KeyDomain::kFloating;
    case TypeKind::kString:
    case TypeKind::kBinary:
    case TypeKind::kFixed:
    case TypeKind::kUuid:
      return KeyDomain::kText;
    case TypeKind::kDecimal:
      return type.precision <= kShortDecimalDigits ? KeyDomain::kInteger : KeyDomain::kText;
    default:
      return KeyDomain::kInteger;
  }
}

bool ShareKeys(const Type& a, const Type& b) {
  if (KeyDomainOf(a) != KeyDomainOf(b)) return false;
  if (KeyDomainOf(a) == KeyDomain::kFloating) return true;
  if (a.kind == TypeKind::kDecimal || b.kind == TypeKind::kDecimal) {
    return a.kind == b.kind && a.scale == b.scale;
  }
  const auto whole = [](const Type& type) {
    return type.kind == TypeKind::kInt || type.kind == TypeKind::kLong;
  };
  return a.kind == b.kind || (whole(a) && whole(b));
}

int64_t OrderKey(const LiteralValue& value) {
  if (const auto* held = std::get_if<int64_t>(&value)) return *held;
  if (const auto* held = std::get_if<int32_t>(&value)) return *held;
  if (const auto* held = std::get_if<double>(&value)) return KeyOfDouble(*held);
  if (const auto* held = std::get_if<float>(&value)) return KeyOfDouble(*held);
  if (const auto* held = std::get_if<bool>(&value)) return *held ? 1 : 0;
  return static_cast<int64_t>(std::get<arrow::Decimal128>(value).low_bits());
}

std::string TextKey(const LiteralValue& value) {
  if (const auto* held = std::get_if<arrow::Decimal128>(&value)) return SortableBytes(*held);
  return std::get<std::string>(value);
}

uint32_t TextDictionary::Insert(std::string_view text) {
  // Neighbours are mostly alike.
  if (last_ != 0 && At(last_) == text) return last_;
  return last_ = InsertOther(text);
}

uint32_t TextDictionary::InsertOther(std::string_view text) {
  if ((ends_.size() + 1) * 2 > slots_.size()) Grow();
  const size_t mask = slots_.size() - 1;
  size_t slot = std::hash<std::string_view>()(text) & mask;
  while (slots_[slot] != 0) {
    if (At(slots_[slot]) == text) return slots_[slot];
    slot = (slot + 1) & mask;
  }
  const auto id = static_cast<uint32_t>(ends_.size());
  bytes_.append(text);
  ends_.push_back(static_cast<uint32_t>(bytes_.size()));
  slots_[slot] = id;
  return id;
}

void TextDictionary::Grow() {
  slots_.assign(std::max<size_t>(64, slots_.size() * 2), 0);
  const size_t mask = slots_.size() - 1;
  for (uint32_t id = 1; id < ends_.size(); ++id) {
    size_t slot = std::hash<std::string_view>()(At(id)) & mask;
    while (slots_[slot] != 0) slot = (slot + 1) & mask;
    slots_[slot] = id;
  }
}

void TextDictionary::Seal() {
  slots_ = {};
  bytes_.shrink_to_fit();
  ends_.shrink_to_fit();
}

int64_t TextDictionary::MemoryBytes() const {
  return static_cast<int64_t>(bytes_.capacity() +
                              (ends_.capacity() + slots_.capacity()) * sizeof(uint32_t));
}

RangeColumn::RangeColumn(Type type, bool bounds_exact)
    : type_(std::move(type)), domain_(KeyDomainOf(type_)), bounds_exact_(bounds_exact) {}

void RangeColumn::AppendKeys(uint8_t flags, int64_t lower, int64_t upper) {
  const uint8_t both = kHasLower | kHasUpper;
  if ((flags & both) == both && upper < lower) flags &= static_cast<uint8_t>(~both);
  flags_.push_back(flags);
  lower_.push_back((flags & kHasLower) != 0 ? lower : kLeastKey);
  upper_.push_back((flags & kHasUpper) != 0 ? upper : kGreatestKey);
}

void RangeColumn::AppendTexts(uint8_t flags, const std::string_view* lower,
                              const std::string_view* upper) {
  if (lower != nullptr && upper != nullptr && *upper < *lower) lower = upper = nullptr;
  if (lower != nullptr) flags |= kHasLower;
  if (upper != nullptr) flags |= kHasUpper;
  flags_.push_back(flags);
  lower_text_.push_back(lower != nullptr ? texts_.Insert(*lower) : 0);
  const bool one = lower != nullptr && upper != nullptr && *lower == *upper;
  upper_text_.push_back(one ? lower_text_.back() : upper != nullptr ? texts_.Insert(*upper) : 0);
}

void RangeColumn::Append(const ColumnRange& range) {
  const bool floating = domain_ == KeyDomain::kFloating;
  uint8_t flags = 0;
  if (range.all_null || range.has_null != Ternary::kNo) flags |= kMayBeNull;
  if (floating && !range.all_null && (range.all_nan || range.has_nan != Ternary::kNo)) {
    flags |= kMayBeNaN;
  }
  if (!range.all_null && !(floating && range.all_nan)) flags |= kMayBeValue;
  const bool lower = range.lower && HasKey(*range.lower, domain_);
  const bool upper = range.upper && HasKey(*range.upper, domain_);
  if (domain_ == KeyDomain::kText) {
    const std::string low = lower ? TextKey(*range.lower) : "";
    const std::string high = upper ? TextKey(*range.upper) : "";
    const std::string_view low_view = low, high_view = high;
    AppendTexts(flags, lower ? &low_view : nullptr, upper ? &high_view : nullptr);
    return;
  }
  if (lower) flags |= kHasLower;
  if (upper) flags |= kHasUpper;
  AppendKeys(flags, lower ? OrderKey(*range.lower) : 0, upper ? OrderKey(*range.upper) : 0);
}

void RangeColumn::AppendUnknown() {
  uint8_t flags = kMayBeNull | kMayBeValue;
  if (domain_ == KeyDomain::kFloating) flags |= kMayBeNaN;
  if (domain_ == KeyDomain::kText) return AppendTexts(flags, nullptr, nullptr);
  AppendKeys(flags, 0, 0);
}

void RangeColumn::AppendExact(const std::optional<LiteralValue>& value) {
  const bool is_text = domain_ == KeyDomain::kText;
  const bool is_nan = value && IsNaN(*value);
  uint8_t flags = !value ? kMayBeNull : is_nan ? kMayBeNaN : kMayBeValue;
  if (!value || !HasKey(*value, domain_)) {
    return is_text ? AppendTexts(flags, nullptr, nullptr) : AppendKeys(flags, 0, 0);
  }
  if (!is_text) {
    const int64_t key = OrderKey(*value);
    return AppendKeys(flags | kHasLower | kHasUpper, key, key);
  }
  const auto* held = std::get_if<std::string>(&*value);
  const std::string key = held == nullptr ? TextKey(*value) : std::string();
  const std::string_view text = held == nullptr ? key : *held;
  AppendTexts(flags, &text, &text);
}

void RangeColumn::AppendMetrics(int64_t value_count, int64_t null_count, int64_t nan_count,
                                const std::string_view* lower, const std::string_view* upper) {
  const bool floating = domain_ == KeyDomain::kFloating;
  const bool all_null = value_count >= 0 && null_count >= value_count;
  const int64_t present = value_count - null_count;
  const bool all_nan = floating && value_count >= 0 && null_count >= 0 && nan_count >= 0 &&
                       present > 0 && nan_count >= present;
  uint8_t flags = 0;
  if (all_null || null_count != 0) flags |= kMayBeNull;
  if (floating && !all_null && (all_nan || nan_count != 0)) flags |= kMayBeNaN;
  if (!all_null && !all_nan) flags |= kMayBeValue;
  if (domain_ == KeyDomain::kText) {
    if (IsRawText(type_)) return AppendTexts(flags, lower, upper);
    ColumnRange range;
    if (lower != nullptr) {
      if (auto value = FromBytes(type_, *lower); value.ok()) range.lower = *value;
    }
    if (upper != nullptr) {
      if (auto value = FromBytes(type_, *upper); value.ok()) range.upper = *value;
    }
    const std::string low = range.lower ? TextKey(*range.lower) : "";
    const std::string high = range.upper ? TextKey(*range.upper) : "";
    const std::string_view low_view = low, high_view = high;
    return AppendTexts(flags, range.lower ? &low_view : nullptr,
                       range.upper ? &high_view : nullptr);
  }
  int64_t low = 0, high = 0;
  if (lower != nullptr && KeyOfBytes(type_, *lower, &low)) flags |= kHasLower;
  if (upper != nullptr && KeyOfBytes(type_, *upper, &high)) flags |= kHasUpper;
  AppendKeys(flags, low, high);
}

void RangeColumn::Reserve(size_t rows) {
  flags_.reserve(rows);
  if (domain_ == KeyDomain::kText) {
    lower_text_.reserve(rows);
    upper_text_.reserve(rows);
  } else {
    lower_.reserve(rows);
    upper_.reserve(rows);
  }
}

void RangeColumn::Seal() {
  flags_.shrink_to_fit();
  lower_.shrink_to_fit();
  upper_.shrink_to_fit();
  lower_text_.shrink_to_fit();
  upper_text_.shrink_to_fit();
  texts_.Seal();
}

LiteralValue RangeColumn::ValueOf(int64_t key, const Type& type) const {
  switch (type.kind) {
    case TypeKind::kBoolean:
      return key != 0;
    case TypeKind::kInt:
    case TypeKind::kDate:
      return static_cast<int32_t>(key);
    case TypeKind::kFloat:
      return static_cast<float>(DoubleOfKey(key));
    case TypeKind::kDouble:
      return DoubleOfKey(key);
    case TypeKind::kDecimal:
      return arrow::Decimal128(key);
    default:
      return key;
  }
}

LiteralValue RangeColumn::ValueOfText(uint32_t id, const Type& type) const {
  if (type.kind == TypeKind::kDecimal) return DecimalOfSortable(texts_.At(id));
  return std::string(texts_.At(id));
}

ColumnRange RangeColumn::At(size_t row, const Type& type) const {
  const uint8_t flags = flags_[row];
  ColumnRange range;
  range.bounds_exact = bounds_exact_;
  range.has_null = (flags & kMayBeNull) != 0 ? Ternary::kUnknown : Ternary::kNo;
  range.has_nan = (flags & kMayBeNaN) != 0 ? Ternary::kUnknown : Ternary::kNo;
  range.all_null = (flags & (kMayBeValue | kMayBeNaN)) == 0;
  range.all_nan = (flags & kMayBeValue) == 0 && (flags & kMayBeNaN) != 0;
  const bool text = domain_ == KeyDomain::kText;
  if ((flags & kHasLower) != 0) {
    range.lower = text ? ValueOfText(lower_text_[row], type) : ValueOf(lower_[row], type);
  }
  if ((flags & kHasUpper) != 0) {
    range.upper = text ? ValueOfText(upper_text_[row], type) : ValueOf(upper_[row], type);
  }
  return range;
}

int64_t RangeColumn::MemoryBytes() const {
  return static_cast<int64_t>(
             flags_.capacity() + (lower_.capacity() + upper_.capacity()) * sizeof(int64_t) +
             (lower_text_.capacity() + upper_text_.capacity()) * sizeof(uint32_t)) +
         texts_.MemoryBytes();
}

const RangeColumn* RangeTable::Find(FieldId id, const Type& type) const {
  const auto column = columns.find(id);
  if (column == columns.end() || !ShareKeys(column->second.type(), type)) return nullptr;
  return &column->second;
}

RangeLookup RangeTable::At(size_t row, const Schema& types) const {
  return [this, row, &types](FieldId id) -> std::optional<ColumnRange> {
    const Field* field = types.FindField(id);
    const RangeColumn* column = field != nullptr ? Find(id, field->type) : nullptr;
    if (column == nullptr) return std::nullopt;
    return column->At(row, field->type);
  };
}

}  // namespace artemis
