// Columns whose type was promoted (specification, "Schema Evolution"): replays in both modes and diffs under each choice of columns.
#include <gtest/gtest.h>

#include "artemis/replay/diff_fixture.h"
#include "artemis/replay/ordered_rows.h"

namespace artemis {
namespace {

// The file of the older end holds `kept`, `gone` and a null, that of the newer end `kept`, `came` and a null.
struct Promotion {
  Type narrow, wide;
  // As JSON of either type, and as text.
  std::string kept, gone, kept_wide, came_wide;
  std::string kept_text, gone_text, came_text;
  std::string wide_kept_text, wide_gone_text, wide_came_text;
  // A value that only the wider type holds, where there is one; as JSON.
  std::string too_wide;
};

void PrintTo(const Promotion& promotion, std::ostream* out) {
  *out << promotion.narrow.ToString() << " to " << promotion.wide.ToString();
}

// 19797 days after 1970-01-01 is 2024-03-15; nanoseconds end in 2262.
std::vector<Promotion> Promotions() {
  const std::string day = "2024-03-15", before = "1969-12-31", after = "2024-03-16";
  return {
      {Type::Of(TypeKind::kInt), Type::Of(TypeKind::kLong), "7", "-8", "7", "9", "7", "-8", "9",
       "7", "-8", "9", "3000000000"},
      {Type::Of(TypeKind::kFloat), Type::Of(TypeKind::kDouble), "0.5", "-1.25", "0.5", "2", "0.5",
       "-1.25", "2", "0.5", "-1.25", "2", "0.1"},
      {Type::Decimal(9, 2), Type::Decimal(20, 2), R"("1234567.89")", R"("-0.01")",
       R"("1234567.89")", R"("2.50")", "1234567.89", "-0.01", "2.50", "1234567.89", "-0.01", "2.50",
       R"("123456789012345678.90")"},
      {Type::Of(TypeKind::kDate), Type::Of(TypeKind::kTimestamp), "19797", "-1",
       R"("2024-03-15 00:00:00")", R"("2024-03-16 00:00:00")", day, before, after,
       day + " 00:00:00.000000", before + " 00:00:00.000000", after + " 00:00:00.000000",
       R"("1969-12-31 12:00:00")"},
      {Type::Of(TypeKind::kDate), Type::Of(TypeKind::kTimestampNs), "19797", "-1",
       R"("2024-03-15 00:00:00")", R"("2024-03-16 00:00:00")", day, before, after,
       day + " 00:00:00.000000000", before + " 00:00:00.000000000", after + " 00:00:00.000000000",
       R"("2024-03-16 00:00:00.000000001")"},
  };
}

std::string RowsJson(const std::vector<std::string>& values) {
  std::string json = "[";
  for (size_t i = 0; i < values.size(); ++i) {
    json += std::string(i > 0 ? ", " : "") + R"({"id": )" + std::to_string(i + 1) + R"(, "v": )" +
            values[i] + "}";
  }
  return json + "]";
}

class PromotedColumnsTest : public DiffTest, public testing::WithParamInterface<Promotion> {
 protected:
  PromotedColumnsTest() : DiffTest(Columns(GetParam().narrow), 3) {
    const Promotion& of = GetParam();
    // Row 2 is another one at each end.
    old_file_ = File(RowsJson({of.kept, of.gone, "null"}));
    first_ = Append({old_file_});
    table_.SetFields(Columns(of.wide));
    second_ = Replace({old_file_}, {File(RowsJson({of.kept_wide, of.came_wide, "null"}))});
    table_.SetFields({MakeField(1, "id", TypeKind::kLong), MakeField(2, "w", of.wide),
                      MakeField(3, "x", TypeKind::kString)});
  }

  static std::vector<Field> Columns(const Type& type) {
    return {MakeField(1, "id", TypeKind::kLong), MakeField(2, "v", type)};
  }

  Rows Replayed(SnapshotId at, ProjectionMode mode) {
    ReplayOptions options = options_;
    options.mode = mode;
    const auto result = ReplayEngine(table_.catalog(), table_.name()).Replay(at, options);
    EXPECT_TRUE(result.ok()) << result.status();
    return result.ok() ? RowsOf(result->rows) : Rows{};
  }

  DataFile old_file_;
  SnapshotId first_, second_;
};

TEST_P(PromotedColumnsTest, ReadsOldFilesInEitherMode) {
  const Promotion& of = GetParam();
  EXPECT_EQ(Replayed(first_, ProjectionMode::kSnapshotTime),
            (Rows{"1|" + of.kept_text, "2|" + of.gone_text, "3|null"}));
  EXPECT_EQ(Replayed(first_, ProjectionMode::kCurrent),
            (Rows{"1|" + of.wide_kept_text + "|null", "2|" + of.wide_gone_text + "|null",
                  "3|null|null"}));
}

TEST_P(PromotedColumnsTest, ComparesUnderEachChoiceOfColumns) {
  const Promotion& of = GetParam();
  const struct {
    DiffProjection projection;
    std::string removed, added;
  } cases[] = {
      {DiffProjection::kOld, "2|" + of.gone_text, "2|" + of.came_text},
      {DiffProjection::kNew, "2|" + of.wide_gone_text, "2|" + of.wide_came_text},
      {DiffProjection::kCurrent, "2|" + of.wide_gone_text + "|null",
       "2|" + of.wide_came_text + "|null"},
      {DiffProjection::kBoth, "2|" + of.gone_text + "|null|null",
       "null|null|2|" + of.wide_came_text},
  };
  for (const auto& each : cases) {
    for (const auto kind : {DiffKind::kGross, DiffKind::kNet}) {
      EXPECT_EQ(Feed(first_, second_, kind, each.projection),
                (Rows{"delete|0|" + each.removed, "insert|0|" + each.added}));
    }
  }
}

// What was rolled back: the newer end has the narrower type.
TEST_P(PromotedColumnsTest, ComparesWhereTheOlderEndIsTheWiderOne) {
  const Promotion& of = GetParam();
  RollBackTo(first_);
  const TimestampMs wide = table_.TimeOf(second_);
  const TimestampMs narrow(wide.value + 1000);
  const struct {
    DiffProjection projection;
    std::string removed, added;
  } cases[] = {
      {DiffProjection::kOld, "2|" + of.wide_came_text, "2|" + of.wide_gone_text},
      {DiffProjection::kNew, "2|" + of.came_text, "2|" + of.gone_text},
      {DiffProjection::kBoth, "2|" + of.wide_came_text + "|null|null",
       "null|null|2|" + of.gone_text},
  };
  for (const auto& each : cases) {
    EXPECT_EQ(Feed(wide, narrow, DiffKind::kNet, each.projection),
              (Rows{"delete|0|" + each.removed, "insert|0|" + each.added}));
  }
}

TEST_P(PromotedColumnsTest, RefusesValuesThatDoNotFitTheOlderType) {
  const Promotion& of = GetParam();
  table_.SetFields(Columns(of.wide));
  const auto third = Append(RowsJson({of.too_wide}));
  for (const auto kind : {DiffKind::kGross, DiffKind::kNet}) {
    const auto diff = kind == DiffKind::kNet ? Open(first_, third, DiffProjection::kOld)
                                             : OpenGross(first_, third, DiffProjection::kOld);
    ASSERT_TRUE(diff.ok()) << diff.status();
    const auto status = TryRows(diff->added).status();
    EXPECT_TRUE(status.IsInvalid()) << status;
    EXPECT_NE(status.message().find("column v holds a value that does not fit"), std::string::npos)
        << status;
  }
}

// A row that the older type cannot hold is carried over by the commit that removes another.
TEST_P(PromotedColumnsTest, CancelsValuesThatDoNotFitTheOlderType) {
  const Promotion& of = GetParam();
  table_.SetFields(Columns(of.wide));
  const auto file = File(RowsJson({of.too_wide, of.kept_wide}));
  Append({file});
  const auto end = Replace({file}, {File(RowsJson({of.too_wide}))});
  EXPECT_EQ(RowsOf(OpenGross(second_, end, DiffProjection::kNew)->removed),
            Rows{"2|" + of.wide_kept_text});
  EXPECT_EQ(Sorted(RowsOf(OpenGross(first_, end, DiffProjection::kOld)->removed)),
            Sorted({"2|" + of.gone_text, "2|" + of.kept_text}));
}

INSTANTIATE_TEST_SUITE_P(OfEachType, PromotedColumnsTest, testing::ValuesIn(Promotions()),
                         [](const auto& each) {
                           return std::to_string(each.index) + "_" +
                                  std::string(each.param.narrow.ToString()).substr(0, 4);
                         });

// Filters name values of the columns asked for: dates under the older ones.
class DateToTimestampTest : public DiffTest {
 protected:
  DateToTimestampTest()
      : DiffTest({MakeField(1, "id", TypeKind::kLong), MakeField(2, "d", TypeKind::kDate, true)},
                 3) {}
  void Promote(TypeKind kind = TypeKind::kTimestamp) {
    table_.SetFields(
        {MakeField(1, "id", TypeKind::kLong), MakeField(2, "d", kind, /*required=*/true)});
  }
  // Days 19797 to 19799 (2024-03-15 to 17), one file each.
  SnapshotId AppendThreeDays() {
    return Append(std::vector{File(R"([{"id": 1, "d": 19797}])"),
                              File(R"([{"id": 2, "d": 19798}])"),
                              File(R"([{"id": 3, "d": 19799}])")});
  }
  Rows Replayed(const ReplayTarget& at, const Predicate& where) {
    ReplayOptions options = options_;
    options.mode = ProjectionMode::kCurrent;
    options.where = where;
    options.columns = {"id"};
    const auto result = ReplayEngine(table_.catalog(), table_.name()).Replay(at, options);
    EXPECT_TRUE(result.ok()) << result.status();
    return result.ok() ? Sorted(RowsOf(result->rows)) : Rows{};
  }
  void ExpectMomentsAreCompared(SnapshotId at) {
    const std::string noon = "2024-03-16T12:00:00", midnight = "2024-03-16T00:00:00";
    EXPECT_EQ(Replayed(at, Leaf(PredicateOp::kGt, "d", {noon})), Rows{"3"});
    EXPECT_EQ(Replayed(at, Leaf(PredicateOp::kLt, "d", {noon})), (Rows{"1", "2"}));
    EXPECT_EQ(Replayed(at, Leaf(PredicateOp::kGe, "d", {midnight})), (Rows{"2", "3"}));
    EXPECT_EQ(Replayed(at, Leaf(PredicateOp::kEq, "d", {midnight})), Rows{"2"});
    EXPECT_EQ(Replayed(at, Leaf(PredicateOp::kEq, "d", {noon})), Rows{});
    EXPECT_EQ(Replayed(at, Leaf(PredicateOp::kNe, "d", {midnight})), (Rows{"1", "3"}));
    EXPECT_EQ(Replayed(at, Leaf(PredicateOp::kIn, "d", {noon, midnight})), Rows{"2"});
  }
};

TEST_F(DateToTimestampTest, ComparesMomentsWithFilesOfDates) {
  const auto at = AppendThreeDays();
  for (const auto kind : {TypeKind::kTimestamp, TypeKind::kTimestampNs}) {
    Promote(kind);
    ExpectMomentsAreCompared(at);
  }
}

TEST_F(DateToTimestampTest, OrdersFilesOfDatesByTheirBounds) {
  Append(std::vector{File(R"([{"id": 3, "d": 19799}])"), File(R"([{"id": 1, "d": 19797}])"),
                     File(R"([{"id": 2, "d": 19798}])")});
  Promote();
  ReplayOptions options = options_;
  options.order.emplace().column = "d";
  options.columns = {"id"};
  const auto session =
      ReplayEngine(table_.catalog(), table_.name()).Open(std::monostate(), options).ValueOrDie();
  EXPECT_EQ(GroupByRange(session.plan().tasks, session.pin().view.schema->fields[1]).size(), 3u);
  EXPECT_EQ(RowsOf(session.Rows()), (Rows{"1", "2", "3"}));
}

// Promotion keeps what these transforms give (specification, "Schema Evolution").
class PartitionedDatesTest : public DateToTimestampTest,
                             public testing::WithParamInterface<const char*> {};

TEST_P(PartitionedDatesTest, ComparesMomentsWithPartitionsOfDates) {
  table_.SetSpec(GetParam());
  const auto at = AppendThreeDays();
  Promote();
  ExpectMomentsAreCompared(at);
}

INSTANTIATE_TEST_SUITE_P(OfEachTransform, PartitionedDatesTest,
                         testing::Values("day(d)", "month(d)", "year(d)"));

TEST_F(DateToTimestampTest, FiltersByDatesUnderTheOlderColumns) {
  const auto start = Append(R"([{"id": 9, "d": 0}])");
  Promote();
  const auto end =
      Append(R"([{"id": 1, "d": "2024-03-15 00:00:00"}, {"id": 2, "d": "2024-03-16 00:00:00"},
                              {"id": 3, "d": "2024-03-16 00:00:01"}])");
  options_.where = Leaf(PredicateOp::kEq, "d", {std::string("2024-03-16")});
  EXPECT_EQ(Feed(start, end, DiffKind::kNet, DiffProjection::kOld), Rows{"insert|0|2|2024-03-16"});
  options_.where = Leaf(PredicateOp::kLe, "d", {std::string("2024-03-15")});
  EXPECT_EQ(Feed(start, end, DiffKind::kGross, DiffProjection::kOld),
            Rows{"insert|0|1|2024-03-15"});
  options_.where = Leaf(PredicateOp::kEq, "d", {std::string("2024-03-16T00:00:01")});
  EXPECT_EQ(Feed(start, end, DiffKind::kNet, DiffProjection::kNew),
            Rows{"insert|0|3|2024-03-16 00:00:01.000000"});
}

TEST_F(DateToTimestampTest, PairsUpdatesByAnIdentifierThatWasPromoted) {
  Identify({FieldId(2)});
  const auto old_file = File(R"([{"id": 1, "d": 19797}, {"id": 2, "d": 19798}])");
  const auto start = Append({old_file});
  Promote(TypeKind::kTimestampNs);
  Identify({FieldId(2)});
  const auto end = Replace({old_file}, {File(R"([{"id": 7, "d": "2024-03-15 00:00:00"},
                                                 {"id": 2, "d": "2024-03-16 00:00:00"}])")});
  EXPECT_EQ(Feed(start, end), (Rows{"update_preimage|0|1|2024-03-15 00:00:00.000000000",
                                    "update_postimage|0|7|2024-03-15 00:00:00.000000000"}));
  EXPECT_EQ(Feed(start, end, DiffKind::kNet, DiffProjection::kOld),
            (Rows{"update_preimage|0|1|2024-03-15", "update_postimage|0|7|2024-03-15"}));
}

// 193579 days are 2500-01-01; nanoseconds end in 2262 (specification: a failure at run time).
TEST_F(DateToTimestampTest, FailsOnADateThatNanosecondsCannotHold) {
  const auto at = Append(R"([{"id": 1, "d": 193579}])");
  Promote(TypeKind::kTimestampNs);
  const auto end = Append(R"([{"id": 2, "d": "2024-03-15 00:00:00"}])");
  ReplayOptions options = options_;
  ReplayEngine engine(table_.catalog(), table_.name());
  EXPECT_EQ(RowsOf(engine.Replay(at, options)->rows), Rows{"1|2500-01-01"});
  options.mode = ProjectionMode::kCurrent;
  const auto status = TryRows(engine.Replay(at, options)->rows).status();
  EXPECT_FALSE(status.ok());
  EXPECT_NE(status.message().find(".parquet"), std::string::npos) << status;
  // The file is in both ends: none of the difference.
  EXPECT_EQ(Feed(at, end), Rows{"insert|0|2|2024-03-15 00:00:00.000000000"});
}

// A column of type unknown has no values, whatever files hold of it.
class UnknownColumnTest : public DiffTest {
 protected:
  UnknownColumnTest() : DiffTest(Columns(TypeKind::kUnknown), 3) {}
  static std::vector<Field> Columns(TypeKind kind) {
    return {MakeField(1, "id", TypeKind::kLong), MakeField(2, "v", kind)};
  }
};

TEST_F(UnknownColumnTest, BecomesAnyTypeUnderEachChoiceOfColumns) {
  const auto old_file = File(R"([{"id": 1, "v": null}, {"id": 2, "v": null}])");
  const auto first = Append({old_file});
  table_.SetFields(Columns(TypeKind::kString));
  const auto second = Replace({old_file}, {File(R"([{"id": 1, "v": null}, {"id": 2, "v": "b"}])")});
  const struct {
    DiffProjection projection;
    Rows feed;
  } cases[] = {
      {DiffProjection::kOld, {}},
      {DiffProjection::kNew, {"delete|0|2|null", "insert|0|2|b"}},
      {DiffProjection::kCurrent, {"delete|0|2|null", "insert|0|2|b"}},
      {DiffProjection::kBoth, {"delete|0|2|null|null|null", "insert|0|null|null|2|b"}},
  };
  for (const auto& each : cases) {
    EXPECT_EQ(Feed(first, second, DiffKind::kGross, each.projection), each.feed);
    EXPECT_EQ(Feed(first, second, DiffKind::kNet, each.projection), each.feed);
  }
  ReplayOptions options = options_;
  options.mode = ProjectionMode::kCurrent;
  const auto rows = ReplayEngine(table_.catalog(), table_.name()).Replay(first, options)->rows;
  EXPECT_TRUE(rows->schema()->field(1)->type()->Equals(arrow::utf8()));
  EXPECT_EQ(RowsOf(rows), (Rows{"1|null", "2|null"}));
}

TEST_F(UnknownColumnTest, MayBeTheNewerEndAfterARollback) {
  const auto first = Append(R"([{"id": 1, "v": null}])");
  table_.SetFields(Columns(TypeKind::kInt));
  const auto second = Append(R"([{"id": 2, "v": 5}])");
  RollBackTo(first);
  const TimestampMs wide = table_.TimeOf(second), after(wide.value + 1000);
  EXPECT_EQ(Feed(wide, after, DiffKind::kNet, DiffProjection::kOld), Rows{"delete|0|2|5"});
  EXPECT_EQ(Feed(wide, after, DiffKind::kNet, DiffProjection::kNew), Rows{"delete|0|2|null"});
  EXPECT_EQ(Feed(wide, after, DiffKind::kNet, DiffProjection::kBoth),
            Rows{"delete|0|2|5|null|null"});
}

// Fields of structs, elements of lists and values of maps.
class PromotedNestedColumnsTest : public DiffTest {
 protected:
  PromotedNestedColumnsTest() : DiffTest(Columns(TypeKind::kInt, TypeKind::kDate), 3) {}
  static std::vector<Field> Columns(TypeKind whole, TypeKind day) {
    return {MakeField(1, "s", Type::Struct({MakeField(2, "d", day), MakeField(3, "n", whole)})),
            MakeField(4, "l", Type::List(FieldId(5), Type::Of(whole), false)),
            MakeField(6, "m",
                      Type::Map(FieldId(7), Type::Of(TypeKind::kString), FieldId(8), Type::Of(day),
                                false))};
  }
};

TEST_F(PromotedNestedColumnsTest, AreGivenUnderEachChoiceOfColumns) {
  const auto old_file = File(R"([{"s": {"d": 19797, "n": 1}, "l": [1, null], "m": [["a", 19797]]},
                                 {"s": null, "l": [], "m": [["b", null]]}])");
  const auto first = Append({old_file});
  table_.SetFields(Columns(TypeKind::kLong, TypeKind::kTimestamp));
  const auto second = Replace({old_file}, {File(R"([
      {"s": {"d": "2024-03-15 00:00:00", "n": 1}, "l": [1, null], "m": [["a", "2024-03-15 00:00:00"]]},
      {"s": {"d": null, "n": 2}, "l": [3], "m": [["b", "2024-03-16 00:00:00"]]}])")});
  const std::string gone = "null|[]|{b: null}";
  const std::string narrow = "{null, 2}|[3]|{b: 2024-03-16}";
  const std::string wide = "{null, 2}|[3]|{b: 2024-03-16 00:00:00.000000}";
  const std::string none = "null|null|null";
  const struct {
    DiffProjection projection;
    std::string removed, added;
  } cases[] = {{DiffProjection::kOld, gone, narrow},
               {DiffProjection::kNew, gone, wide},
               {DiffProjection::kCurrent, gone, wide},
               {DiffProjection::kBoth, gone + "|" + none, none + "|" + wide}};
  for (const auto& each : cases) {
    for (const auto kind : {DiffKind::kGross, DiffKind::kNet}) {
      EXPECT_EQ(Feed(first, second, kind, each.projection),
                (Rows{"delete|0|" + each.removed, "insert|0|" + each.added}));
    }
  }
}

}  // namespace
}  // namespace artemis
