// Tests of schema/sort_order.h.
#include "artemis/schema/sort_order.h"

#include <gtest/gtest.h>

namespace artemis {
namespace {

Schema SortableSchema() {
  Schema schema;
  schema.fields = {{FieldId(1), "a", false, Type::Of(TypeKind::kString), {}, {}, {}},
                   {FieldId(2), "ts", false, Type::Of(TypeKind::kTimestamp), {}, {}, {}}};
  return schema;
}

TEST(ParseSortOrder, ReadsDirectionsAndNullOrders) {
  const auto order = ParseSortOrder("a DESC NULLS FIRST, day(ts), ts desc, bucket(4, a) nulls last",
                                    SortableSchema(), SortOrderId(7));
  ASSERT_TRUE(order.ok()) << order.status();
  const std::vector<SortField> expected = {
      {FieldId(1), {}, SortDirection::kDescending, NullOrder::kNullsFirst},
      {FieldId(2), {TransformKind::kDay, 0, {}}, SortDirection::kAscending, NullOrder::kNullsFirst},
      {FieldId(2), {}, SortDirection::kDescending, NullOrder::kNullsLast},
      {FieldId(1),
       {TransformKind::kBucket, 4, {}},
       SortDirection::kAscending,
       NullOrder::kNullsLast},
  };
  EXPECT_EQ(order->id, SortOrderId(7));
  EXPECT_EQ(order->fields, expected);
}

TEST(ParseSortOrder, EmptyTextIsTheUnsortedOrder) {
  EXPECT_EQ(*ParseSortOrder(" ", SortableSchema()), SortOrder());
}

TEST(ParseSortOrder, RefusesOtherWordsAndRepeats) {
  for (const char* text : {"a sideways", "a desc nulls", "a nulls first desc", "a, a desc", "b",
                           "zorder(a, ts)", "a desc nulls middle"}) {
    EXPECT_TRUE(ParseSortOrder(text, SortableSchema()).status().IsInvalid()) << text;
  }
}

TEST(FormatSortOrder, ReadsBack) {
  const Schema schema = SortableSchema();
  const std::string text = "a desc nulls last, day(ts) asc nulls first";
  const auto order = ParseSortOrder(text, schema);
  EXPECT_EQ(FormatSortOrder(*order, schema), text);
  EXPECT_EQ(FormatSortOrder(SortOrder(), schema), "");
}

}  // namespace
}  // namespace artemis
