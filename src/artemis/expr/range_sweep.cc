// Leaves as loops over columns of keys. Compiled at -O3, each loop three times: plain, AVX2, AVX-512.
#include "artemis/expr/range_sweep.h"

#include <algorithm>
#include <vector>

#include "artemis/expr/leaf_match.h"
#include "artemis/schema/literal.h"

namespace artemis {
namespace {

struct NumberRows {
  const int64_t* lower;
  const int64_t* upper;
  const uint8_t* flags;
  size_t count;
};

struct TextRows {
  const uint32_t* lower;
  const uint32_t* upper;
  const uint8_t* flags;
  size_t count;
};

// What a leaf asks of the bounds of numbers: the least key and the greatest that it accepts (kEq: one key; kLt k: at most k - 1, …),
// so that a row may match when its range meets [least, greatest].
struct KeyInterval {
  int64_t least;
  int64_t greatest;
};

[[gnu::always_inline]] inline void KeepMeeting(const NumberRows& rows, KeyInterval wanted,
                                               uint8_t nan_holds, uint8_t* mask) {
  for (size_t i = 0; i < rows.count; ++i) {
    const uint8_t meets =
        static_cast<uint8_t>((rows.lower[i] <= wanted.greatest) & (rows.upper[i] >= wanted.least));
    const uint8_t flags = rows.flags[i];
    mask[i] &= static_cast<uint8_t>(((flags >> 1) & nan_holds) | ((flags >> 2) & meets));
  }
}

[[gnu::always_inline]] inline void KeepOther(const NumberRows& rows, int64_t value,
                                             uint8_t nan_holds, uint8_t* mask) {
  for (size_t i = 0; i < rows.count; ++i) {
    const uint8_t differs =
        static_cast<uint8_t>((rows.lower[i] != value) | (rows.upper[i] != value));
    const uint8_t flags = rows.flags[i];
    mask[i] &= static_cast<uint8_t>(((flags >> 1) & nan_holds) | ((flags >> 2) & differs));
  }
}

[[gnu::always_inline]] inline void KeepFlagged(const uint8_t* flags, size_t count, uint8_t wanted,
                                               uint8_t* mask) {
  for (size_t i = 0; i < count; ++i) {
    mask[i] &= static_cast<uint8_t>((flags[i] & wanted) != 0);
  }
}

// One function per width, each holding all loops.
enum class Loop : uint8_t { kMeeting, kOther, kFlagged };

[[gnu::always_inline]] inline void RunLoop(Loop loop, const NumberRows& rows, KeyInterval wanted,
                                           uint8_t byte, uint8_t* mask) {
  switch (loop) {
    case Loop::kMeeting:
      return KeepMeeting(rows, wanted, byte, mask);
    case Loop::kOther:
      return KeepOther(rows, wanted.least, byte, mask);
    case Loop::kFlagged:
      return KeepFlagged(rows.flags, rows.count, byte, mask);
  }
}

void RunScalar(Loop loop, const NumberRows& rows, KeyInterval wanted, uint8_t byte, uint8_t* mask) {
  RunLoop(loop, rows, wanted, byte, mask);
}

#if defined(__x86_64__)
[[gnu::target("avx2")]] void RunAvx2(Loop loop, const NumberRows& rows, KeyInterval wanted,
                                     uint8_t byte, uint8_t* mask) {
  RunLoop(loop, rows, wanted, byte, mask);
}

[[gnu::target("avx512f,avx512bw,avx512dq,avx512vl,prefer-vector-width=512")]] void RunAvx512(
    Loop loop, const NumberRows& rows, KeyInterval wanted, uint8_t byte, uint8_t* mask) {
  RunLoop(loop, rows, wanted, byte, mask);
}
#endif

using LoopRunner = void (*)(Loop, const NumberRows&, KeyInterval, uint8_t, uint8_t*);

LoopRunner RunnerOf(SweepCode code) {
#if defined(__x86_64__)
  static const SweepCode kBest = IsSupported(SweepCode::kAvx512) ? SweepCode::kAvx512
                                 : IsSupported(SweepCode::kAvx2) ? SweepCode::kAvx2
                                                                 : SweepCode::kScalar;
  if (code == SweepCode::kBest) code = kBest;
  if (code == SweepCode::kAvx512) return RunAvx512;
  if (code == SweepCode::kAvx2) return RunAvx2;
#endif
  return RunScalar;
}

constexpr int64_t kLeast = std::numeric_limits<int64_t>::min();
constexpr int64_t kGreatest = std::numeric_limits<int64_t>::max();

// Texts as a leaf sees them: whether a bound leaves room for a match on its side. Number 0 is the absent bound.
struct TextVerdicts {
  std::vector<uint8_t> lower;
  std::vector<uint8_t> upper;
};

template <typename LowerOk, typename UpperOk>
TextVerdicts JudgeTexts(const TextDictionary& texts, const LowerOk& lower_ok,
                        const UpperOk& upper_ok) {
  TextVerdicts verdicts{std::vector<uint8_t>(texts.size(), 1),
                        std::vector<uint8_t>(texts.size(), 1)};
  for (uint32_t id = 1; id < texts.size(); ++id) {
    verdicts.lower[id] = lower_ok(texts.At(id)) ? 1 : 0;
    verdicts.upper[id] = upper_ok(texts.At(id)) ? 1 : 0;
  }
  return verdicts;
}

void KeepTexts(const TextRows& rows, const TextVerdicts& verdicts, uint8_t* mask) {
  for (size_t i = 0; i < rows.count; ++i) {
    mask[i] &= static_cast<uint8_t>((rows.flags[i] >> 2) & verdicts.lower[rows.lower[i]] &
                                    verdicts.upper[rows.upper[i]]);
  }
}

// A row may match when some value is neither below its lower nor above its upper bound.
void KeepTextsAmong(const TextRows& rows, const TextDictionary& texts,
                    const std::vector<std::string>& sorted, uint8_t* mask) {
  const auto count = static_cast<uint32_t>(sorted.size());
  std::vector<uint32_t> below(texts.size(), 0), up_to(texts.size(), count);
  for (uint32_t id = 1; id < texts.size(); ++id) {
    const auto range = std::equal_range(sorted.begin(), sorted.end(), texts.At(id), std::less<>());
    below[id] = static_cast<uint32_t>(range.first - sorted.begin());
    up_to[id] = static_cast<uint32_t>(range.second - sorted.begin());
  }
  for (size_t i = 0; i < rows.count; ++i) {
    mask[i] &= static_cast<uint8_t>((rows.flags[i] >> 2) &
                                    uint8_t{below[rows.lower[i]] < up_to[rows.upper[i]]});
  }
}

class Sweep {
 public:
  Sweep(const RangeTable& table, SweepCode code) : table_(table), run_(RunnerOf(code)) {}

  void Apply(const BoundPredicate& predicate, std::span<uint8_t> mask) const {
    switch (predicate.op) {
      case PredicateOp::kTrue:
        return;
      case PredicateOp::kFalse:
        return std::fill(mask.begin(), mask.end(), uint8_t{0});
      case PredicateOp::kAnd:
        for (const auto& arg : predicate.args) Apply(arg, mask);
        return;
      case PredicateOp::kOr:
        return ApplyOr(predicate, mask);
      case PredicateOp::kNot:
        return Apply(Negate(predicate.args.front()), mask);
      default:
        return ApplyLeaf(predicate, mask);
    }
  }

 private:
  void ApplyOr(const BoundPredicate& predicate, std::span<uint8_t> mask) const {
    std::vector<uint8_t> any(mask.size(), 0), one(mask.size());
    for (const auto& arg : predicate.args) {
      std::copy(mask.begin(), mask.end(), one.begin());
      Apply(arg, one);
      for (size_t i = 0; i < any.size(); ++i) any[i] |= one[i];
    }
    std::copy(any.begin(), any.end(), mask.begin());
  }

  void ApplyLeaf(const BoundPredicate& leaf, std::span<uint8_t> mask) const {
    const RangeColumn* column = table_.Find(leaf.field_id, leaf.type);
    if (column == nullptr) return;
    using enum PredicateOp;
    const bool tests_kind =
        leaf.op == kIsNull || leaf.op == kNotNull || leaf.op == kIsNaN || leaf.op == kNotNaN;
    if (tests_kind) return ApplyKind(leaf.op, *column, mask);
    const bool is_odd =
        leaf.values.empty() || std::any_of(leaf.values.begin(), leaf.values.end(), IsNaN);
    if (is_odd) return ApplyOneByOne(leaf, *column, mask);
    if (column->domain() == KeyDomain::kText) return ApplyText(leaf, *column, mask);
    ApplyNumber(leaf, *column, mask);
  }

  void ApplyKind(PredicateOp op, const RangeColumn& column, std::span<uint8_t> mask) const {
    uint8_t wanted = 0;
    if (op == PredicateOp::kIsNull) wanted = RangeColumn::kMayBeNull;
    if (op == PredicateOp::kNotNull) wanted = RangeColumn::kMayBeNaN | RangeColumn::kMayBeValue;
    if (op == PredicateOp::kIsNaN) wanted = RangeColumn::kMayBeNaN;
    if (op == PredicateOp::kNotNaN) wanted = RangeColumn::kMayBeValue;
    run_(Loop::kFlagged, NumberRows{nullptr, nullptr, column.flags(), mask.size()}, {}, wanted,
         mask.data());
  }

  void ApplyNumber(const BoundPredicate& leaf, const RangeColumn& column,
                   std::span<uint8_t> mask) const {
    const NumberRows rows{column.lower_keys(), column.upper_keys(), column.flags(), mask.size()};
    const int64_t key = OrderKey(leaf.values.front());
    const uint8_t nan = column.domain() == KeyDomain::kFloating ? 1 : 0;
    switch (leaf.op) {
      case PredicateOp::kEq:
        return run_(Loop::kMeeting, rows, {key, key}, 0, mask.data());
      case PredicateOp::kLe:
        return run_(Loop::kMeeting, rows, {kLeast, key}, 0, mask.data());
      case PredicateOp::kGe:
        return run_(Loop::kMeeting, rows, {key, kGreatest}, nan, mask.data());
      case PredicateOp::kLt:
        if (key == kLeast) return run_(Loop::kFlagged, rows, {}, 0, mask.data());
        return run_(Loop::kMeeting, rows, {kLeast, key - 1}, 0, mask.data());
      case PredicateOp::kGt:
        if (key == kGreatest) return run_(Loop::kFlagged, rows, {}, 0, mask.data());
        return run_(Loop::kMeeting, rows, {key + 1, kGreatest}, nan, mask.data());
      case PredicateOp::kNe:
        return run_(Loop::kOther, rows, {key, key}, nan, mask.data());
      case PredicateOp::kIn:
        return ApplyNumberIn(leaf, rows, mask);
      default:
        return ApplyOneByOne(leaf, column, mask);
    }
  }

  static void ApplyNumberIn(const BoundPredicate& leaf, const NumberRows& rows,
                            std::span<uint8_t> mask) {
    std::vector<int64_t> keys;
    for (const auto& value : leaf.values) keys.push_back(OrderKey(value));
    for (size_t i = 0; i < mask.size(); ++i) {
      if (mask[i] == 0) continue;
      const auto first = std::lower_bound(keys.begin(), keys.end(), rows.lower[i]);
      const bool meets = first != keys.end() && *first <= rows.upper[i];
      mask[i] = static_cast<uint8_t>((rows.flags[i] >> 2) & uint8_t{meets});
    }
  }

  static void ApplyText(const BoundPredicate& leaf, const RangeColumn& column,
                        std::span<uint8_t> mask) {
    using enum PredicateOp;
    const TextRows rows{column.lower_texts(), column.upper_texts(), column.flags(), mask.size()};
    const auto any = [](std::string_view) { return true; };
    const auto& texts = column.texts();
    if (leaf.op == kIn) {
      std::vector<std::string> sorted;
      for (const auto& value : leaf.values) sorted.push_back(TextKey(value));
      return KeepTextsAmong(rows, texts, sorted, mask.data());
    }
    const std::string key = TextKey(leaf.values.front());
    const auto up_to = [&](std::string_view text) { return text <= key; };
    const auto from = [&](std::string_view text) { return text >= key; };
    const auto below = [&](std::string_view text) { return text < key; };
    const auto above = [&](std::string_view text) { return text > key; };
    const auto no_prefix_above = [&](std::string_view text) {
      return text.substr(0, key.size()) <= key;
    };
    switch (leaf.op) {
      case kEq:
        return KeepTexts(rows, JudgeTexts(texts, up_to, from), mask.data());
      case kLt:
        return KeepTexts(rows, JudgeTexts(texts, below, any), mask.data());
      case kLe:
        return KeepTexts(rows, JudgeTexts(texts, up_to, any), mask.data());
      case kGt:
        return KeepTexts(rows, JudgeTexts(texts, any, above), mask.data());
      case kGe:
        return KeepTexts(rows, JudgeTexts(texts, any, from), mask.data());
      case kStartsWith:
        // One exact value is judged as such.
        if (!column.bounds_exact()) {
          return KeepTexts(rows, JudgeTexts(texts, no_prefix_above, from), mask.data());
        }
        return ApplyOneByOne(leaf, column, mask);
      default:
        return ApplyOneByOne(leaf, column, mask);
    }
  }

  static void ApplyOneByOne(const BoundPredicate& leaf, const RangeColumn& column,
                            std::span<uint8_t> mask) {
    for (size_t i = 0; i < mask.size(); ++i) {
      if (mask[i] == 0) continue;
      const auto range = [&](FieldId) { return std::optional(column.At(i, leaf.type)); };
      mask[i] = MayMatch(leaf, range) ? 1 : 0;
    }
  }

  const RangeTable& table_;
  const LoopRunner run_;
};

}  // namespace

bool IsSupported(SweepCode code) {
#if defined(__x86_64__)
  if (code == SweepCode::kAvx2) return __builtin_cpu_supports("avx2") != 0;
  if (code == SweepCode::kAvx512) {
    return __builtin_cpu_supports("avx512bw") != 0 && __builtin_cpu_supports("avx512dq") != 0 &&
           __builtin_cpu_supports("avx512vl") != 0;
  }
#endif
  return code == SweepCode::kBest || code == SweepCode::kScalar;
}

void SweepMayMatch(const BoundPredicate& predicate, const RangeTable& table,
                   std::span<uint8_t> mask, SweepCode code) {
  Sweep(table, code).Apply(predicate, mask);
}

}  // namespace artemis
