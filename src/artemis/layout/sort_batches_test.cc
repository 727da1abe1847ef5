// Facts of sorting rows.
#include "artemis/layout/sort_batches.h"

#include <arrow/api.h>
#include <arrow/json/from_string.h>
#include <gtest/gtest.h>

#include "artemis/schema/arrow_schema.h"

namespace artemis {
namespace {

Schema TwoColumns(Type first) {
  Field a{.id = FieldId(1),
          .name = "a",
          .required = false,
          .type = std::move(first),
          .doc = {},
          .initial_default = {},
          .write_default = {}};
  Field n{.id = FieldId(2),
          .name = "n",
          .required = false,
          .type = Type::Of(TypeKind::kLong),
          .doc = {},
          .initial_default = {},
          .write_default = {}};
  return Schema{.id = SchemaId(0), .fields = {a, n}, .identifier_field_ids = {}};
}

// Sorts a column of `type` and gives the former row numbers in the new order.
std::vector<int64_t> OrderOf(const Type& type, const std::string& json, const std::string& order,
                             int64_t batch_rows = 65536) {
  const Schema schema = TwoColumns(type);
  const auto values = arrow::json::ArrayFromJSONString(ToArrowType(type), json).ValueOrDie();
  arrow::Int64Builder numbers;
  for (int64_t i = 0; i < values->length(); ++i) EXPECT_TRUE(numbers.Append(i).ok());
  const auto batch = arrow::RecordBatch::Make(ToArrowSchema(schema), values->length(),
                                              {values, numbers.Finish().ValueOrDie()});
  SortBatchesOptions options;
  options.batch_rows = batch_rows;
  const int64_t half = batch->num_rows() / 2;
  const auto sorted = SortBatches({batch->Slice(0, half), batch->Slice(half)}, schema,
                                  ParseSortOrder(order, schema).ValueOrDie(), options)
                          .ValueOrDie();
  std::vector<int64_t> rows;
  for (const auto& part : sorted) {
    EXPECT_LE(part->num_rows(), batch_rows);
    const auto& n = static_cast<const arrow::Int64Array&>(*part->column(1));
    for (int64_t i = 0; i < n.length(); ++i) rows.push_back(n.Value(i));
  }
  return rows;
}

using Rows = std::vector<int64_t>;

TEST(SortBatches, SortsIntegersBothWaysWithNullsWhereAsked) {
  const Type type = Type::Of(TypeKind::kLong);
  const std::string json = "[5, null, -3, 9223372036854775807, -9223372036854775808, 0]";
  EXPECT_EQ(OrderOf(type, json, "a asc nulls first"), (Rows{1, 4, 2, 5, 0, 3}));
  EXPECT_EQ(OrderOf(type, json, "a asc nulls last"), (Rows{4, 2, 5, 0, 3, 1}));
  EXPECT_EQ(OrderOf(type, json, "a desc nulls last"), (Rows{3, 0, 5, 2, 4, 1}));
  EXPECT_EQ(OrderOf(type, json, "a desc nulls first"), (Rows{1, 3, 0, 5, 2, 4}));
}

TEST(SortBatches, PutsNaNAfterEveryNumber) {
  const std::string json = "[NaN, 1.5, -Inf, Inf, -0.0, 0.0, -2.5]";
  EXPECT_EQ(OrderOf(Type::Of(TypeKind::kDouble), json, "a"), (Rows{2, 6, 4, 5, 1, 3, 0}));
  EXPECT_EQ(OrderOf(Type::Of(TypeKind::kDouble), json, "a desc"), (Rows{0, 3, 1, 5, 4, 6, 2}));
  EXPECT_EQ(OrderOf(Type::Of(TypeKind::kFloat), json, "a"), (Rows{2, 6, 4, 5, 1, 3, 0}));
}

TEST(SortBatches, ComparesStringsByBytesAndPrefixesFirst) {
  const std::string json = R"(["b", "a", "ab", "", "é", "a\u0000", "a\u0000b", "z"])";
  EXPECT_EQ(OrderOf(Type::Of(TypeKind::kString), json, "a"), (Rows{3, 1, 5, 6, 2, 0, 7, 4}));
  EXPECT_EQ(OrderOf(Type::Of(TypeKind::kString), json, "a desc"), (Rows{4, 7, 0, 2, 6, 5, 1, 3}));
}

TEST(SortBatches, SortsDecimalsBooleansAndDates) {
  EXPECT_EQ(
      OrderOf(Type::Decimal(38, 2), R"(["1.00", "-1.00", "99999999999999999999.00", "0.01"])", "a"),
      (Rows{1, 3, 0, 2}));
  EXPECT_EQ(OrderOf(Type::Of(TypeKind::kBoolean), "[true, false, true]", "a"), (Rows{1, 0, 2}));
  EXPECT_EQ(OrderOf(Type::Of(TypeKind::kDate), "[3, -3, 0]", "a desc"), (Rows{0, 2, 1}));
}

TEST(SortBatches, ComparesFieldByField) {
  EXPECT_EQ(OrderOf(Type::Of(TypeKind::kString), R"(["b", "a", "b", "a"])", "a desc, n asc"),
            (Rows{0, 2, 1, 3}));
  EXPECT_EQ(OrderOf(Type::Of(TypeKind::kString), R"(["b", "a", "b", "a"])", "a, n desc"),
            (Rows{3, 1, 2, 0}));
}

TEST(SortBatches, KeepsTheOrderOfEqualRows) {
  EXPECT_EQ(OrderOf(Type::Of(TypeKind::kLong), "[1, 0, 1, 0, 1]", "a"), (Rows{1, 3, 0, 2, 4}));
}

TEST(SortBatches, SortsByTransforms) {
  // truncate(10): 10, 0, 10, 0; equal ones keep their order.
  EXPECT_EQ(OrderOf(Type::Of(TypeKind::kLong), "[19, 5, 10, 3]", "truncate(10, a)"),
            (Rows{1, 3, 0, 2}));
}

TEST(SortBatches, GivesBatchesOfTheAskedSize) {
  EXPECT_EQ(OrderOf(Type::Of(TypeKind::kLong), "[6, 5, 4, 3, 2, 1, 0]", "a", 3),
            (Rows{6, 5, 4, 3, 2, 1, 0}));
  EXPECT_EQ(OrderOf(Type::Of(TypeKind::kLong), "[0, 1, 2, 3, 4, 5, 6]", "a", 3),
            (Rows{0, 1, 2, 3, 4, 5, 6}));
}

TEST(SortBatches, ChangesNothingWithoutAnOrder) {
  const Schema schema = TwoColumns(Type::Of(TypeKind::kLong));
  const auto values = arrow::json::ArrayFromJSONString(arrow::int64(), "[2, 1]").ValueOrDie();
  const auto batch = arrow::RecordBatch::Make(ToArrowSchema(schema), 2, {values, values});
  const auto sorted = SortBatches({batch}, schema, SortOrder{}).ValueOrDie();
  ASSERT_EQ(sorted.size(), 1u);
  EXPECT_TRUE(sorted[0]->Equals(*batch));
}

}  // namespace
}  // namespace artemis
