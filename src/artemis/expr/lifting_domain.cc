// Domains of values and their partitions.
#include "artemis/expr/lifting_domain.h"

#include <algorithm>
#include <limits>

#include "artemis/expr/leaf_match.h"
#include "artemis/schema/literal.h"

namespace artemis {
namespace {

using Ordinal = arrow::Decimal128;

// Partitions of so many values are in the domain as a whole; and of so many are listed for IN.
constexpr int64_t kEnumeratedMax = 10;
constexpr int64_t kWholeMax = 366;

bool IsInt(const Type& type) { return type.kind == TypeKind::kInt || type.kind == TypeKind::kDate; }

bool IsTimestamp(const Type& type) {
  return type.kind == TypeKind::kTimestamp || type.kind == TypeKind::kTimestamptz ||
         type.kind == TypeKind::kTimestampNs || type.kind == TypeKind::kTimestamptzNs;
}

bool HasOrdinals(const Type& type) {
  return IsInt(type) || IsTimestamp(type) || type.kind == TypeKind::kLong ||
         type.kind == TypeKind::kTime || type.kind == TypeKind::kDecimal;
}

Ordinal OrdinalOf(const LiteralValue& value) {
  if (const auto* held = std::get_if<int32_t>(&value)) return Ordinal(*held);
  if (const auto* held = std::get_if<int64_t>(&value)) return Ordinal(*held);
  return std::get<arrow::Decimal128>(value);
}

LiteralValue ValueAt(const Type& type, const Ordinal& ordinal) {
  if (type.kind == TypeKind::kDecimal) return ordinal;
  const auto number = static_cast<int64_t>(ordinal);
  if (IsInt(type)) return static_cast<int32_t>(number);
  return number;
}

std::pair<Ordinal, Ordinal> Ends(const Type& type) {
  if (type.kind == TypeKind::kDecimal) {
    const Ordinal greatest(std::string(static_cast<size_t>(type.precision), '9'));
    return {Ordinal(-greatest), greatest};
  }
  if (IsInt(type)) {
    return {Ordinal(std::numeric_limits<int32_t>::min()),
            Ordinal(std::numeric_limits<int32_t>::max())};
  }
  return {Ordinal(std::numeric_limits<int64_t>::min()),
          Ordinal(std::numeric_limits<int64_t>::max())};
}

// Around 1970, the turns of months and years, a leap day, and the ends of the type.
std::vector<Ordinal> Seeds(const Type& type) {
  const auto [least, greatest] = Ends(type);
  std::vector<Ordinal> seeds = {least, greatest};
  if (type.kind == TypeKind::kDate) {
    for (const int64_t day : {-400, -61, -31, -1, 0, 1, 31, 790}) seeds.emplace_back(day);
  } else if (IsTimestamp(type)) {
    const bool nanos = type.kind == TypeKind::kTimestampNs || type.kind == TypeKind::kTimestamptzNs;
    const int64_t hour = int64_t{3'600} * (nanos ? 1'000'000'000 : 1'000'000);
    for (const int64_t hours : {-24 * 400, -24 * 40, -25, -1, 0, 1, 24 * 31, 24 * 790 + 5}) {
      for (const int64_t step : {-1, 0, 1}) seeds.emplace_back(hours * hour + step);
    }
  } else if (type.kind == TypeKind::kTime) {
    for (int64_t i = 0; i < 24; ++i) seeds.emplace_back(i * 3'599'999'999);
    seeds.erase(seeds.begin(), seeds.begin() + 2);
  } else {
    for (int64_t i = -12; i <= 12; ++i) seeds.emplace_back(i);
    for (int64_t i = 1; i <= 4; ++i) {
      seeds.push_back(least + Ordinal(i));
      seeds.push_back(greatest - Ordinal(i));
    }
  }
  return seeds;
}

bool RoundsTimes(const Type& type, const Transform& transform) {
  using enum TransformKind;
  if (transform.kind == kDay && type.kind == TypeKind::kDate) return false;
  return transform.kind == kYear || transform.kind == kMonth || transform.kind == kDay ||
         transform.kind == kHour;
}

class OrderedDomain {
 public:
  OrderedDomain(const Type& type, const Transform& transform)
      : type_(type), transform_(transform), ends_(Ends(type)) {}

  LiftingDomain Make() {
    LiftingDomain domain;
    std::vector<LiteralValue> seeds;
    for (const auto& seed : Seeds(type_)) seeds.push_back(ValueAt(type_, seed));
    SortUnique(seeds);
    std::optional<LiteralValue> last_partition;
    for (const auto& seed : seeds) {
      domain.values.push_back(seed);
      auto partition = PartitionOf(OrdinalOf(seed));
      if (partition == last_partition) continue;
      last_partition = std::move(partition);
      AddPartition(OrdinalOf(seed), &domain);
    }
    SortUnique(domain.values);
    domain.literals = domain.values;
    AddPartitionsBeside(&domain);
    return domain;
  }

 private:
  // Rows of a unit may lie in the next one, so what a literal says of a partition shows in the rows of the one before.
  void AddPartitionsBeside(LiftingDomain* domain) const {
    if (!RoundsTimes(type_, transform_)) return;
    for (const auto& value : domain->literals) {
      for (const int direction : {-1, 1}) {
        const Ordinal edge = Edge(OrdinalOf(value), direction);
        if (edge == (direction < 0 ? ends_.first : ends_.second)) continue;
        AddEdges(Ordinal(edge + Ordinal(direction)), &domain->values);
      }
    }
    SortUnique(domain->values);
  }

  void AddEdges(const Ordinal& seed, std::vector<LiteralValue>* values) const {
    const Ordinal first = Edge(seed, -1);
    const Ordinal last = Edge(seed, 1);
    for (const Ordinal& at :
         {first, Ordinal(first + Ordinal(1)), Ordinal(last - Ordinal(1)), last}) {
      if (at >= first && at <= last) values->push_back(ValueAt(type_, at));
    }
  }

  std::optional<LiteralValue> PartitionOf(const Ordinal& at) const {
    return ApplyTransform(transform_, type_, ValueAt(type_, at));
  }

  // The last value, going by `direction`, of the partition of `from`.
  Ordinal Edge(const Ordinal& from, int direction) const {
    const auto partition = PartitionOf(from);
    Ordinal inside = from;
    Ordinal outside = direction < 0 ? ends_.first : ends_.second;
    if (!IsTimestamp(type_) && type_.kind != TypeKind::kDate) {
      // Not the whole of 38 digits, whose width is past 128 bits.
      const int32_t width = std::max(1, transform_.parameter);
      const Ordinal far(from + Ordinal(direction) * Ordinal(width));
      outside = direction < 0 ? std::max(outside, far) : std::min(outside, far);
    }
    if (PartitionOf(outside) == partition) return outside;
    while (inside + Ordinal(direction) != outside) {
      const Ordinal middle = inside + (outside - inside) / Ordinal(2);
      (PartitionOf(middle) == partition ? inside : outside) = middle;
    }
    return inside;
  }

  void AddPartition(const Ordinal& seed, LiftingDomain* domain) const {
    const Ordinal first = Edge(seed, -1);
    const Ordinal last = Edge(seed, 1);
    AddEdges(seed, &domain->values);
    // The first month of the type has none before it, whose rows an early writer would have put there.
    const bool is_cut = type_.kind == TypeKind::kDate && first == ends_.first;
    if (is_cut || last - first >= Ordinal(kWholeMax)) return;
    std::vector<LiteralValue> members;
    for (Ordinal at = first; at <= last; at += Ordinal(1)) members.push_back(ValueAt(type_, at));
    if (std::ssize(members) <= kEnumeratedMax) {
      domain->values.insert(domain->values.end(), members.begin(), members.end());
    }
    domain->whole.push_back(std::move(members));
  }

  const Type& type_;
  const Transform& transform_;
  const std::pair<Ordinal, Ordinal> ends_;
};

LiftingDomain DomainOf(std::vector<LiteralValue> values) {
  LiftingDomain domain;
  SortUnique(values);
  domain.values = values;
  domain.literals = std::move(values);
  return domain;
}

LiftingDomain TextDomain(const std::vector<std::string>& letters) {
  LiftingDomain domain;
  std::vector<std::string> texts = {""};
  for (size_t begin = 0, length = 0; length < 3; ++length) {
    const size_t end = texts.size();
    for (size_t i = begin; i < end; ++i) {
      for (const auto& letter : letters) texts.push_back(texts[i] + letter);
    }
    begin = end;
    if (length == 1) domain.literals.assign(texts.begin(), texts.end());
  }
  domain.values.assign(texts.begin(), texts.end());
  SortUnique(domain.values);
  SortUnique(domain.literals);
  return domain;
}

template <typename T>
LiftingDomain FloatingDomain() {
  using Limits = std::numeric_limits<T>;
  LiftingDomain domain = DomainOf({Limits::quiet_NaN(), -Limits::infinity(), Limits::lowest(),
                                   T{-1.5}, -Limits::denorm_min(), T{0.0}, Limits::denorm_min(),
                                   T{1}, Limits::max(), Limits::infinity()});
  // Equal to 0.0, so SortUnique would drop one of them.
  domain.values.push_back(T{-0.0});
  domain.literals.push_back(T{-0.0});
  return domain;
}

std::optional<LiteralValue> PartitionValue(const Type& type, const Transform& transform,
                                           const std::optional<LiteralValue>& row) {
  if (transform.kind == TransformKind::kUnknown) return std::string("anything");
  if (!row) return std::nullopt;
  return ApplyTransform(transform, type, *row);
}

}  // namespace

LiftingDomain MakeLiftingDomain(const Type& type, const Transform& transform) {
  if (HasOrdinals(type)) {
    const bool orders = PreservesOrder(transform);
    static const Transform kIdentity;
    LiftingDomain domain = OrderedDomain(type, orders ? transform : kIdentity).Make();
    // Enough for several values a bucket.
    for (int i = 0; !orders && i < 40; ++i)
      domain.values.push_back(ValueAt(type, Ordinal(100 + i)));
    return domain;
  }
  switch (type.kind) {
    case TypeKind::kBoolean:
      return DomainOf({false, true});
    case TypeKind::kFloat:
      return FloatingDomain<float>();
    case TypeKind::kDouble:
      return FloatingDomain<double>();
    case TypeKind::kString:
      return TextDomain({"a", "\xc3\xa9", "\xf0\x9f\x9b\xb0"});
    case TypeKind::kBinary:
      return TextDomain({"a", std::string(1, '\0'), "\xff"});
    default:
      break;
  }
  std::vector<LiteralValue> values;
  const size_t length = type.kind == TypeKind::kUuid ? 16 : static_cast<size_t>(type.length);
  for (int last = 0; last < 256; last += 15) {
    values.emplace_back(std::string(length - 1, 'u') + static_cast<char>(last));
  }
  return DomainOf(std::move(values));
}

std::vector<DomainPartition> PartitionsOf(const LiftingDomain& domain, const Type& type,
                                          const Transform& transform, TableWriters writers) {
  std::vector<DomainPartition> partitions;
  const auto add = [&](const std::optional<LiteralValue>& partition,
                       const std::optional<LiteralValue>& row) {
    const auto found =
        std::find_if(partitions.begin(), partitions.end(), [&](const DomainPartition& each) {
          if (!each.value || !partition) return !each.value && !partition;
          return CompareValues(*each.value, *partition) == 0;
        });
    if (found != partitions.end()) {
      found->rows.push_back(row);
    } else {
      partitions.push_back({partition, {row}});
    }
  };
  add(PartitionValue(type, transform, std::nullopt), std::nullopt);
  for (const auto& value : domain.values) {
    const auto partition = PartitionValue(type, transform, value);
    add(partition, value);
    if (writers == TableWriters::kToday || !RoundsTimes(type, transform)) continue;
    const int32_t unit = std::get<int32_t>(*partition);
    if (unit < 0) add(LiteralValue(unit + 1), value);
  }
  return partitions;
}

}  // namespace artemis
