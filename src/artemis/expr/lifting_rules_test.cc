// Every row of tests/golden/lifting-rules.toml, by brute force: over a domain that has the edges of its type, all its literals, and
// all partitions that the transform makes of it. The page docs/lifting-rules.md is made from the same rows.
#include <cstdlib>
#include <filesystem>
#include <map>
#include <set>

#include <gtest/gtest.h>
#include <toml++/toml.h>

#include "artemis/expr/leaf_match.h"
#include "artemis/expr/lift.h"
#include "artemis/expr/lifting_domain.h"
#include "artemis/expr/reference_evaluator.h"
#include "artemis/schema/type_text.h"

namespace artemis {
namespace {

using enum PredicateOp;

enum class Verdict : uint8_t { kTight, kConservative, kNone };

// One side of a row.
struct SideRule {
  std::string text;
  Verdict verdict = Verdict::kTight;
  std::string loss, why;
};

struct LiftingRule {
  std::string transform, source, op;
  SideRule inclusive, strict;
};

struct LiftingRules {
  std::map<std::string, std::vector<Type>> sources;
  std::set<std::string> losses;
  std::vector<LiftingRule> rules;
};

std::string RulesPath() {
  const char* checkout = std::getenv("ARTEMIS_SOURCE_DIR");
  const std::filesystem::path name = "tests/golden/lifting-rules.toml";
  if (checkout != nullptr) return (checkout / name).string();
  std::filesystem::path folder = std::filesystem::read_symlink("/proc/self/exe").parent_path();
  while (folder.has_relative_path() && !std::filesystem::exists(folder / name)) {
    folder = folder.parent_path();
  }
  return (folder / name).string();
}

toml::table RulesToml() {
#if TOML_EXCEPTIONS
  return toml::parse_file(RulesPath());
#else
  return toml::parse_file(RulesPath()).table();
#endif
}

std::string Member(const toml::table& row, const std::string& key) {
  return row[key].value_or(std::string());
}

SideRule ReadSide(const toml::table& row, const std::string& side) {
  static const std::map<std::string, Verdict> kVerdicts = {{"tight", Verdict::kTight},
                                                           {"conservative", Verdict::kConservative},
                                                           {"none", Verdict::kNone}};
  return {Member(row, side), kVerdicts.at(Member(row, side + "_verdict")),
          Member(row, side + "_loss"), Member(row, side + "_why")};
}

const LiftingRules& Rules() {
  static const LiftingRules kRules = [] {
    LiftingRules read;
    const toml::table file = RulesToml();
    for (const toml::node& node : *file["source"].as_array()) {
      const toml::table& row = *node.as_table();
      for (const toml::node& type : *row["types"].as_array()) {
        read.sources[Member(row, "name")].push_back(
            ParseTypeName(type.value<std::string>().value()).ValueOrDie());
      }
    }
    for (const auto& [name, text] : *file["loss"].as_table()) {
      read.losses.insert(std::string(name.str()));
    }
    for (const toml::node& node : *file["rule"].as_array()) {
      const toml::table& row = *node.as_table();
      for (const toml::node& transform : *row["transforms"].as_array()) {
        read.rules.push_back({transform.value<std::string>().value(), Member(row, "source"),
                              Member(row, "op"), ReadSide(row, "inclusive"),
                              ReadSide(row, "strict")});
      }
    }
    return read;
  }();
  return kRules;
}

const std::map<std::string, PredicateOp>& LeafOps() {
  static const std::map<std::string, PredicateOp> kOps = {{"eq", kEq},
                                                          {"ne", kNe},
                                                          {"lt", kLt},
                                                          {"le", kLe},
                                                          {"gt", kGt},
                                                          {"ge", kGe},
                                                          {"in", kIn},
                                                          {"not_in", kNotIn},
                                                          {"is_null", kIsNull},
                                                          {"not_null", kNotNull},
                                                          {"is_nan", kIsNaN},
                                                          {"not_nan", kNotNaN},
                                                          {"starts_with", kStartsWith},
                                                          {"not_starts_with", kNotStartsWith}};
  return kOps;
}

// As Bind takes them; between is two leaves.
bool TakesOp(const Type& type, const std::string& op) {
  if (op.ends_with("_nan")) return type.kind == TypeKind::kFloat || type.kind == TypeKind::kDouble;
  if (op.ends_with("starts_with")) {
    return type.kind == TypeKind::kString || type.kind == TypeKind::kBinary;
  }
  return true;
}

std::vector<Transform> TransformsNamed(const std::string& name) {
  if (name == "bucket") return {*ParseTransform("bucket[1]"), *ParseTransform("bucket[3]")};
  if (name == "truncate") {
    return {*ParseTransform("truncate[1]"), *ParseTransform("truncate[2]"),
            *ParseTransform("truncate[3]"), *ParseTransform("truncate[10]")};
  }
  return {*ParseTransform(name == "unknown" ? "zorder" : name)};
}

constexpr FieldId kColumn{1};

BoundPredicate LeafOn(const Type& type, PredicateOp op, std::vector<LiteralValue> values = {}) {
  BoundPredicate leaf;
  leaf.op = op;
  leaf.field_id = kColumn;
  leaf.type = type;
  leaf.values = std::move(values);
  return leaf;
}

std::vector<BoundPredicate> SetsOf(const LiftingDomain& domain, const Type& type, PredicateOp op) {
  std::vector<std::vector<LiteralValue>> sets;
  const auto& literals = domain.literals;
  for (size_t i = 0; i < literals.size(); ++i) {
    for (const size_t step : {1, 2, 7}) {
      if (i + step < literals.size()) sets.push_back({literals[i], literals[i + step]});
    }
  }
  for (const auto& whole : domain.whole) {
    sets.push_back(whole);
    sets.emplace_back(whole.begin() + 1, whole.end());
    sets.emplace_back(whole.begin(), whole.end() - 1);
    sets.push_back(whole);
    sets.back().push_back(literals.front());
  }
  std::vector<BoundPredicate> leaves;
  for (auto& set : sets) {
    SortUnique(set);
    if (!set.empty()) leaves.push_back(LeafOn(type, op, std::move(set)));
  }
  return leaves;
}

std::vector<BoundPredicate> BetweensOf(const LiftingDomain& domain, const Type& type) {
  std::vector<BoundPredicate> ranges;
  const auto count = std::ssize(domain.literals);
  for (int64_t i = 0; i < count; ++i) {
    for (const int64_t step : {-5, -1, 0, 1, 2, 11}) {
      if (i + step < 0 || i + step >= count) continue;
      const auto& lower = domain.literals[static_cast<size_t>(i)];
      const auto& upper = domain.literals[static_cast<size_t>(i + step)];
      ranges.push_back(And({LeafOn(type, kGe, {lower}), LeafOn(type, kLe, {upper})}));
    }
  }
  return ranges;
}

std::vector<BoundPredicate> PredicatesOf(const std::string& op, const LiftingDomain& domain,
                                         const Type& type) {
  if (op == "between") return BetweensOf(domain, type);
  const PredicateOp leaf_op = LeafOps().at(op);
  if (leaf_op == kIn || leaf_op == kNotIn) return SetsOf(domain, type, leaf_op);
  if (leaf_op < kEq) return {LeafOn(type, leaf_op)};
  std::vector<BoundPredicate> leaves;
  for (const auto& literal : domain.literals) leaves.push_back(LeafOn(type, leaf_op, {literal}));
  return leaves;
}

// What became of one side of a rule over all literals.
struct Tally {
  int64_t unsound = 0;
  // Partitions kept (or not proven) that need not be: after and up to the first unit of 1970.
  int64_t loose = 0;
  int64_t loose_after_1970 = 0;
  std::string example;
};

struct Outcome {
  Tally inclusive, strict;
};

class RuleCheck {
 public:
  RuleCheck(const LiftingRule& rule, const Type& type, const Transform& transform)
      : rule_(rule), type_(type), transform_(transform) {
    schema_.fields.push_back({});
    schema_.fields.back().id = kColumn;
    schema_.fields.back().name = "x";
    schema_.fields.back().type = type;
    spec_.fields.push_back(
        {.source_id = kColumn, .field_id = FieldId(1000), .name = "p", .transform = transform});
    domain_ = MakeLiftingDomain(type, transform);
  }

  void Run() {
    const bool is_time =
        transform_.kind >= TransformKind::kYear && transform_.kind <= TransformKind::kHour;
    today_ = Judge(TableWriters::kToday);
    any_ = is_time ? Judge(TableWriters::kAny) : today_;
    CheckSide(rule_.inclusive, today_.inclusive, any_.inclusive, "inclusive");
    CheckSide(rule_.strict, today_.strict, any_.strict, "strict");
  }

  // Loose partitions of both sides: of conservative rules there must be some, in one of the types at least.
  const Outcome& today() const { return today_; }

 private:
  Outcome Judge(TableWriters writers) {
    Outcome outcome;
    const auto partitions = PartitionsOf(domain_, type_, transform_, writers);
    std::vector<std::vector<ReferenceRow>> rows;
    for (const auto& partition : partitions) {
      rows.emplace_back();
      for (const auto& row : partition.rows) rows.back().push_back({{kColumn, row}});
    }
    for (const auto& predicate : PredicatesOf(rule_.op, domain_, type_)) {
      const auto inclusive = ProjectInclusive(predicate, spec_, schema_);
      const auto strict = ProjectStrict(predicate, spec_, schema_);
      const auto matches = [&](const ReferenceRow& row) {
        return ReferenceEvaluate(predicate, row) == Truth::kTrue;
      };
      for (size_t i = 0; i < partitions.size(); ++i) {
        const auto& partition = partitions[i];
        const bool some = std::any_of(rows[i].begin(), rows[i].end(), matches);
        const bool all = std::all_of(rows[i].begin(), rows[i].end(), matches);
        const bool kept = EvaluateTuple(inclusive, spec_, {partition.value});
        const bool proven = EvaluateTuple(strict, spec_, {partition.value});
        Count(kept, some, some && !kept, predicate, partition, &outcome.inclusive);
        Count(proven, all, proven && !all, predicate, partition, &outcome.strict);
      }
      if (writers == TableWriters::kToday) CheckNone(predicate, inclusive, strict);
    }
    return outcome;
  }

  void Count(bool said, bool is_so, bool unsound, const BoundPredicate& predicate,
             const DomainPartition& partition, Tally* tally) const {
    if (said == is_so) return;
    if (unsound) ++tally->unsound;
    if (!unsound) ++tally->loose;
    const auto* unit = partition.value ? std::get_if<int32_t>(&*partition.value) : nullptr;
    if (!unsound && (unit == nullptr || *unit > 0)) ++tally->loose_after_1970;
    if (tally->example.empty()) {
      BoundPredicate at = LeafOn(type_, kIsNull);
      if (partition.value) {
        at = LeafOn(TransformResultType(transform_, type_).ValueOrDie(), kEq, {*partition.value});
      }
      tally->example =
          FormatPredicate(predicate, schema_) + " in the partition " + FormatPredicate(at, schema_);
    }
  }

  void CheckNone(const BoundPredicate& predicate, const BoundPredicate& inclusive,
                 const BoundPredicate& strict) const {
    if (rule_.inclusive.verdict == Verdict::kNone) {
      const bool is_empty_range =
          rule_.op == "between" &&
          ReferenceCompare(predicate.args[0].values[0], predicate.args[1].values[0]) > 0;
      EXPECT_TRUE(inclusive.is_true() || inclusive.op == kNotNull ||
                  (is_empty_range && inclusive.is_false()))
          << Name() << ": " << FormatPredicate(predicate, schema_);
    }
    if (rule_.strict.verdict == Verdict::kNone) {
      EXPECT_TRUE(strict.is_false()) << Name() << ": " << FormatPredicate(predicate, schema_);
    }
  }

  void CheckSide(const SideRule& side, const Tally& today, const Tally& any,
                 const std::string& which) const {
    EXPECT_EQ(today.unsound, 0) << which << ", " << Name() << ": " << today.example;
    EXPECT_EQ(any.unsound, 0) << which << ", early writers, " << Name() << ": " << any.example;
    if (side.verdict == Verdict::kTight) {
      EXPECT_EQ(today.loose, 0) << which << ", " << Name() << ": " << today.example;
    }
    if (side.verdict == Verdict::kConservative) {
      EXPECT_EQ(side.loss, "early_writers") << "a loss that this test knows";
      EXPECT_EQ(today.loose_after_1970, 0) << which << ", " << Name() << ": " << today.example;
      EXPECT_EQ(any.loose, 0) << which << ", " << Name() << ": " << any.example;
    }
  }

  std::string Name() const {
    return rule_.op + " through " + transform_.ToString() + " of " + type_.ToString();
  }

  const LiftingRule& rule_;
  const Type& type_;
  const Transform& transform_;
  Schema schema_;
  PartitionSpec spec_;
  LiftingDomain domain_;
  Outcome today_, any_;
};

bool Takes(const std::string& transform, const Type& type) {
  return TransformResultType(TransformsNamed(transform).front(), type).ok();
}

// Holds every row of a transform, for all types of the row's class.
void CheckRulesOf(const std::string& transform) {
  int64_t rules = 0;
  for (const auto& rule : Rules().rules) {
    if (rule.transform != transform) continue;
    ++rules;
    int64_t inclusive_loose = 0;
    int64_t strict_loose = 0;
    for (const Type& type : Rules().sources.at(rule.source)) {
      if (!Takes(transform, type)) continue;
      for (const Transform& each : TransformsNamed(transform)) {
        RuleCheck check(rule, type, each);
        check.Run();
        inclusive_loose += check.today().inclusive.loose;
        strict_loose += check.today().strict.loose;
      }
    }
    if (rule.inclusive.verdict == Verdict::kConservative) {
      EXPECT_GT(inclusive_loose, 0) << transform << " " << rule.op << " is tight, not conservative";
    }
    if (rule.strict.verdict == Verdict::kConservative) {
      EXPECT_GT(strict_loose, 0) << transform << " " << rule.op << " is tight, not conservative";
    }
  }
  EXPECT_GT(rules, 0);
}

TEST(LiftingRules, HaveOneRowForEveryPairOfTransformAndOperator) {
  std::map<std::string, int> rows;
  const auto key = [](const std::string& transform, const Type& type, const std::string& op) {
    return op + " through " + transform + " of " + type.ToString();
  };
  for (const auto& rule : Rules().rules) {
    EXPECT_TRUE(rule.op == "between" || LeafOps().contains(rule.op)) << rule.op;
    for (const Type& type : Rules().sources.at(rule.source)) {
      EXPECT_TRUE(TakesOp(type, rule.op)) << key(rule.transform, type, rule.op);
      ++rows[key(rule.transform, type, rule.op)];
    }
  }
  std::vector<std::string> ops = {"between"};
  for (const auto& [name, op] : LeafOps()) ops.push_back(name);
  // kIsNull is the first leaf and kNotStartsWith the last.
  EXPECT_EQ(static_cast<int>(LeafOps().size()),
            static_cast<int>(kNotStartsWith) - static_cast<int>(kIsNull) + 1);
  int pairs = 0;
  for (const std::string transform :
       {"identity", "bucket", "truncate", "year", "month", "day", "hour", "void", "unknown"}) {
    for (const Type& type : Rules().sources.at("any")) {
      if (!Takes(transform, type)) continue;
      for (const auto& op : ops) {
        if (!TakesOp(type, op)) continue;
        ++pairs;
        EXPECT_EQ(rows[key(transform, type, op)], 1) << key(transform, type, op);
      }
    }
  }
  EXPECT_EQ(pairs, static_cast<int>(rows.size()));
}

TEST(LiftingRules, SayWhyWhereTheyAreNotTight) {
  for (const auto& rule : Rules().rules) {
    for (const SideRule* side : {&rule.inclusive, &rule.strict}) {
      const std::string what = rule.transform + " " + rule.op;
      EXPECT_FALSE(side->text.empty()) << what;
      EXPECT_EQ(side->verdict == Verdict::kConservative, Rules().losses.contains(side->loss))
          << what;
      EXPECT_EQ(side->verdict == Verdict::kNone, !side->why.empty()) << what;
    }
  }
}

TEST(LiftingRules, HoldOfIdentity) { CheckRulesOf("identity"); }
TEST(LiftingRules, HoldOfBucket) { CheckRulesOf("bucket"); }
TEST(LiftingRules, HoldOfTruncate) { CheckRulesOf("truncate"); }
TEST(LiftingRules, HoldOfYears) { CheckRulesOf("year"); }
TEST(LiftingRules, HoldOfMonths) { CheckRulesOf("month"); }
TEST(LiftingRules, HoldOfDays) { CheckRulesOf("day"); }
TEST(LiftingRules, HoldOfHours) { CheckRulesOf("hour"); }
TEST(LiftingRules, HoldOfVoidAndUnknown) {
  CheckRulesOf("void");
  CheckRulesOf("unknown");
}

}  // namespace
}  // namespace artemis
