// Makes terms per column, then specs and orders of them.
#include "artemis/advise/layout_candidate.h"

#include <algorithm>
#include <cmath>
#include <map>
#include <utility>

#include "artemis/schema/term_text.h"

namespace artemis {

namespace {

constexpr size_t kColumnsTried = 4;
constexpr int32_t kBuckets = 16;
// Parts that a range of numbers is cut into by truncate.
constexpr double kTruncateParts = 32;
constexpr int32_t kPrefixLengthMax = 8;

bool IsDay(const Type& type) { return type.kind == TypeKind::kDate; }

bool IsTime(const Type& type) {
  switch (type.kind) {
    case TypeKind::kTimestamp:
    case TypeKind::kTimestamptz:
    case TypeKind::kTimestampNs:
    case TypeKind::kTimestamptzNs:
      return true;
    default:
      return IsDay(type);
  }
}

bool IsWhole(const Type& type) {
  return type.kind == TypeKind::kInt || type.kind == TypeKind::kLong;
}

// 1, 2 or 5 times a power of ten, at most `value`.
int32_t RoundDown(double value) {
  int64_t power = 1;
  while (static_cast<double>(power) * 10 <= value && power < 100'000'000) power *= 10;
  for (const int64_t step : {5, 2}) {
    if (static_cast<double>(step * power) <= value) return static_cast<int32_t>(step * power);
  }
  return static_cast<int32_t>(power);
}

std::vector<Transform> TransformsFor(const ColumnUse& use) {
  std::vector<Transform> transforms;
  const auto add = [&](TransformKind kind, int32_t parameter = 0) {
    const Transform transform{kind, parameter, {}};
    if (TransformResultType(transform, use.field.type).ok()) transforms.push_back(transform);
  };
  if (IsTime(use.field.type)) {
    add(TransformKind::kMonth);
    add(TransformKind::kDay);
    if (!IsDay(use.field.type)) add(TransformKind::kHour);
    return transforms;
  }
  if (use.equality > 0 && use.distinct > 1 && use.distinct <= kIdentityValuesMax) {
    add(TransformKind::kIdentity);
  }
  if (use.equality > 0 && use.distinct > kBuckets) add(TransformKind::kBucket, kBuckets);
  if (use.range > 0 && IsWhole(use.field.type) && use.width > kTruncateParts) {
    add(TransformKind::kTruncate, RoundDown(use.width / kTruncateParts));
  }
  if (use.prefix_length > 0) {
    add(TransformKind::kTruncate, std::min(use.prefix_length, kPrefixLengthMax));
  }
  return transforms;
}

// A day in the unit of the type.
double DayOf(const Type& type) {
  if (type.kind == TypeKind::kDate) return 1;
  const bool nanos = type.kind == TypeKind::kTimestampNs || type.kind == TypeKind::kTimestamptzNs;
  return nanos ? 86'400e9 : 86'400e6;
}

// About how many values a transform makes of a column's.
double ValuesOf(const Transform& transform, const ColumnUse& use) {
  const auto distinct = static_cast<double>(std::max<int64_t>(use.distinct, 1));
  const double days = IsTime(use.field.type) ? use.width / DayOf(use.field.type) : 0;
  double values = distinct;
  switch (transform.kind) {
    case TransformKind::kMonth:
      values = 1 + days / 30;
      break;
    case TransformKind::kDay:
      values = 1 + days;
      break;
    case TransformKind::kHour:
      values = 1 + days * 24;
      break;
    case TransformKind::kBucket:
      values = transform.parameter;
      break;
    case TransformKind::kTruncate:
      if (use.width > 0) values = 1 + use.width / transform.parameter;
      break;
    default:
      break;
  }
  return std::clamp(values, 1.0, distinct);
}

// What is tried in each partition: columns whose values differ there.
std::vector<const ColumnUse*> ColumnsWithin(const std::vector<ColumnUse>& uses,
                                            const PartitionSpec& spec) {
  std::vector<const ColumnUse*> within;
  for (const auto& use : uses) {
    const bool is_fixed =
        std::any_of(spec.fields.begin(), spec.fields.end(), [&](const PartitionField& field) {
          return field.source_id == use.field.id &&
                 field.transform.kind == TransformKind::kIdentity;
        });
    if (!is_fixed && use.distinct > 1 && within.size() < kColumnsTried) within.push_back(&use);
  }
  return within;
}

RowOrder SortedBy(std::vector<const ColumnUse*> columns) {
  RowOrder order;
  order.sort.id = SortOrderId(1);
  for (const auto* column : columns) order.sort.fields.push_back({column->field.id, Transform{}});
  return order;
}

RowOrder CurveOver(ClusteringKind kind, const std::vector<const ColumnUse*>& columns,
                   size_t count) {
  RowOrder order;
  order.clustering.kind = kind;
  for (size_t i = 0; i < count; ++i) order.clustering.columns.push_back(columns[i]->field.id);
  return order;
}

void CountTests(const BoundPredicate& predicate, std::map<FieldId, ColumnUse>* uses) {
  for (const auto& arg : predicate.args) CountTests(arg, uses);
  if (predicate.op != PredicateOp::kStartsWith) return;
  const auto* text = std::get_if<std::string>(&predicate.values.front());
  if (text == nullptr || text->empty()) return;
  int32_t& shortest = (*uses)[predicate.field_id].prefix_length;
  const auto length = static_cast<int32_t>(std::min<size_t>(text->size(), 1 << 20));
  shortest = shortest == 0 ? length : std::min(shortest, length);
}

}  // namespace

std::vector<ColumnUse> UsedColumns(const BoundLog& log, const Schema& schema) {
  std::map<FieldId, ColumnUse> by_field;
  for (const auto& query : log.queries) {
    for (const auto& [field, tests] : query.tests) {
      ColumnUse& use = by_field[field];
      use.equality += (tests & kTestsEquality) != 0 ? 1 : 0;
      use.range += (tests & kTestsRange) != 0 ? 1 : 0;
      use.prefix += (tests & kTestsPrefix) != 0 ? 1 : 0;
      ++use.any;
    }
    CountTests(query.predicate, &by_field);
  }
  const double least = kCoverageLeast * static_cast<double>(log.queries.size());
  std::vector<ColumnUse> uses;
  for (auto& [id, use] : by_field) {
    const Field* field = schema.FindField(id);
    if (field == nullptr || use.any == 0 || static_cast<double>(use.any) < least) continue;
    use.field = *field;
    use.name = schema.FullName(id);
    uses.push_back(std::move(use));
  }
  std::stable_sort(uses.begin(), uses.end(),
                   [](const auto& a, const auto& b) { return a.any > b.any; });
  return uses;
}

std::vector<PartitionSpec> CandidateSpecs(const std::vector<ColumnUse>& uses,
                                          const Schema& schema) {
  std::vector<PartitionSpec> specs;
  const auto add = [&](const std::string& text) {
    auto spec = ParsePartitionSpec(text, schema);
    if (spec.ok()) specs.push_back(std::move(*spec));
  };
  std::vector<std::vector<std::string>> terms;
  for (const auto& use : uses) {
    if (terms.size() == kColumnsTried) break;
    std::vector<std::string> own;
    for (const auto& transform : TransformsFor(use)) {
      own.push_back(FormatTerm(transform, use.name));
    }
    if (!own.empty()) terms.push_back(std::move(own));
  }
  add("");
  for (const auto& own : terms) {
    for (const auto& term : own) add(term);
  }
  for (size_t a = 0; a < terms.size(); ++a) {
    for (size_t b = a + 1; b < terms.size(); ++b) {
      for (const auto& first : terms[a]) {
        for (const auto& second : terms[b]) add(first + ", " + second);
      }
    }
  }
  return specs;
}

double PartitionsOf(const PartitionSpec& spec, const std::vector<ColumnUse>& uses) {
  double partitions = 1;
  for (const auto& field : spec.fields) {
    for (const auto& use : uses) {
      if (use.field.id == field.source_id) partitions *= ValuesOf(field.transform, use);
    }
  }
  return partitions;
}

std::vector<RowOrder> CandidateOrders(const std::vector<ColumnUse>& uses,
                                      const PartitionSpec& spec) {
  const auto columns = ColumnsWithin(uses, spec);
  std::vector<RowOrder> orders = {RowOrder{}};
  for (const auto* column : columns) orders.push_back(SortedBy({column}));
  for (const auto* first : columns) {
    for (const auto* second : columns) {
      if (first != second) orders.push_back(SortedBy({first, second}));
    }
  }
  for (size_t count = 2; count <= columns.size(); ++count) {
    orders.push_back(CurveOver(ClusteringKind::kZOrder, columns, count));
    orders.push_back(CurveOver(ClusteringKind::kHilbert, columns, count));
  }
  return orders;
}

bool PartitionsAlike(const PartitionSpec& a, const PartitionSpec& b) {
  const auto terms = [](const PartitionSpec& spec) {
    std::vector<std::pair<FieldId, std::string>> list;
    for (const auto& field : spec.fields) {
      if (field.transform.kind == TransformKind::kVoid) continue;
      list.emplace_back(field.source_id, field.transform.ToString());
    }
    std::sort(list.begin(), list.end());
    return list;
  };
  return terms(a) == terms(b);
}

std::string PartitionText(const PartitionSpec& spec, const Schema& schema) {
  return FormatPartitionSpec(spec, schema);
}

std::string OrderText(const RowOrder& order, const Schema& schema) {
  if (!order.clustering.is_none()) return FormatClustering(order.clustering, schema);
  std::string text;
  for (const auto& field : order.sort.fields) {
    const bool plain = field == SortField{field.source_id, Transform{}};
    if (!plain) return FormatSortOrder(order.sort, schema);
    text += (text.empty() ? "" : ", ") + QuoteTermName(schema.FullName(field.source_id));
  }
  return text;
}

}  // namespace artemis
