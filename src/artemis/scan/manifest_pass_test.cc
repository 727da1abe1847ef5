// Facts of the projection of a predicate on the specs of a table.
#include "artemis/scan/manifest_pass.h"

#include <gtest/gtest.h>

#include "artemis/scan/table_fixture.h"

namespace artemis {
namespace {

TestTableOptions TwoColumns() {
  TestTableOptions options;
  options.fields = {MakeField(1, "mission", TypeKind::kString), MakeField(2, "n", TypeKind::kLong)};
  options.partition = "mission";
  return options;
}

TEST(ProjectSpecs, ProjectsThePredicateOnEachSpec) {
  TestTable table(TwoColumns());
  const SpecId by_n = table.SetSpec("truncate(10, n)");
  const auto predicate =
      table.Bound(Joined(PredicateOp::kAnd, {Leaf(PredicateOp::kEq, "mission", {std::string("a")}),
                                             Leaf(PredicateOp::kEq, "n", {int64_t{27}})}));
  const auto projections = ProjectSpecs(table.View(), predicate);
  ASSERT_EQ(projections.size(), 2u);
  const auto& first = projections.at(SpecId(0));
  ASSERT_EQ(first.partition_type.fields.size(), 1u);
  EXPECT_EQ(first.inclusive.op, PredicateOp::kEq);
  EXPECT_EQ(first.inclusive.field_id, FieldId(1000));
  EXPECT_EQ(first.inclusive.values, std::vector{LiteralValue("a")});
  const auto& second = projections.at(by_n);
  EXPECT_EQ(second.partition_type.fields.at(0).type, Type::Of(TypeKind::kLong));
  EXPECT_EQ(second.inclusive.field_id, FieldId(1001));
  EXPECT_EQ(second.inclusive.values, std::vector{LiteralValue(int64_t{20})});
}

TEST(ProjectSpecs, FindsTheTypeOfADroppedSourceInAnOlderSchema) {
  TestTable table(TwoColumns());
  table.SetSpec("");
  table.SetFields({MakeField(2, "n", TypeKind::kLong)});
  const auto projections =
      ProjectSpecs(table.View(), table.Bound(Leaf(PredicateOp::kEq, "n", {int64_t{27}})));
  ASSERT_EQ(projections.size(), 2u);
  ASSERT_EQ(projections.at(SpecId(0)).partition_type.fields.size(), 1u);
  EXPECT_EQ(projections.at(SpecId(0)).partition_type.fields[0].type, Type::Of(TypeKind::kString));
  EXPECT_TRUE(projections.at(SpecId(0)).inclusive.is_true());
}

TEST(ProjectSpecs, PrunesNothingWhereASourceIsInNoSchema) {
  TestTable table(TwoColumns());
  table.Change([](TableMetadata& metadata) {
    std::erase_if(metadata.schemas[0].fields,
                  [](const Field& field) { return field.name == "mission"; });
  });
  const auto projections =
      ProjectSpecs(table.View(), table.Bound(Leaf(PredicateOp::kEq, "n", {int64_t{27}})));
  EXPECT_TRUE(projections.at(SpecId(0)).inclusive.is_true());
}

}  // namespace
}  // namespace artemis
