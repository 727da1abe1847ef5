// What the columns of both ends look like in a diff.
#include "artemis/replay/diff_columns.h"

#include <arrow/type.h>
#include <gtest/gtest.h>

#include "artemis/replay/diff_fixture.h"

namespace artemis {
namespace {

std::string FieldsText(const arrow::Schema& schema) {
  std::string text;
  for (const auto& field : schema.fields()) {
    text += (text.empty() ? "" : ", ") + field->name() + " " + field->type()->ToString();
  }
  return text;
}

// v is renamed and k widened; price is dropped and comes back as another column; x is added.
class DiffColumnsTest : public DiffTest {
 protected:
  DiffColumnsTest()
      : DiffTest({MakeField(1, "id", TypeKind::kLong), MakeField(2, "v", TypeKind::kString),
                  MakeField(3, "k", TypeKind::kInt), MakeField(4, "price", TypeKind::kLong)}) {
    old_file_ = File(R"([{"id": 1, "v": "a", "k": 10, "price": 5},
                         {"id": 2, "v": "b", "k": 20, "price": 6}])");
    first_ = Append({old_file_});
    table_.SetFields({MakeField(5, "price", TypeKind::kString), MakeField(1, "id", TypeKind::kLong),
                      MakeField(2, "w", TypeKind::kString), MakeField(3, "k", TypeKind::kLong),
                      MakeField(6, "x", TypeKind::kDouble)});
  }

  DataFile old_file_;
  SnapshotId first_;
};

TEST_F(DiffColumnsTest, GivesTheColumnsOfEachEndByNameAndType) {
  const auto second = Append(R"([{"id": 3, "w": "c", "k": 30, "x": 0.5, "price": "7 EUR"}])");
  const auto diff = OpenGross(first_, second, DiffProjection::kBoth).ValueOrDie();
  EXPECT_EQ(FieldsText(*diff.added->schema()),
            "from_id int64, from_v string, from_k int32, from_price int64, "
            "to_id int64, to_w string, to_k int64, to_price string, to_x double");
  EXPECT_TRUE(diff.added->schema()->Equals(diff.removed->schema()));
  EXPECT_EQ(RowsOf(diff.added), Rows{"null|null|null|null|3|c|30|7 EUR|0.5"});
  EXPECT_EQ(RowsOf(diff.removed), Rows{});
}

TEST_F(DiffColumnsTest, GivesRemovedRowsAsTheOlderEndHadThem) {
  const auto second = Replace({old_file_}, {});
  const Rows all = {"delete|0|1|a|10|5|null|null|null|null|null",
                    "delete|0|2|b|20|6|null|null|null|null|null"};
  EXPECT_EQ(Feed(first_, second, DiffKind::kGross, DiffProjection::kBoth), all);
  EXPECT_EQ(Feed(first_, second, DiffKind::kNet, DiffProjection::kBoth), all);
}

TEST_F(DiffColumnsTest, ComparesRowsUnderTheNewerColumns) {
  // The first row was carried over and lost its old price; the second has a value in a new column.
  const auto second = Replace({old_file_}, {File(R"([{"id": 1, "w": "a", "k": 10},
                                                    {"id": 2, "w": "b", "k": 20, "x": 1.5}])")});
  EXPECT_EQ(Feed(first_, second, DiffKind::kNet, DiffProjection::kBoth),
            (Rows{"delete|0|2|b|20|6|null|null|null|null|null",
                  "insert|0|null|null|null|null|2|b|20|null|1.5"}));
  EXPECT_EQ(Feed(first_, second, DiffKind::kNet, DiffProjection::kNew),
            (Rows{"delete|0|null|2|b|20|null", "insert|0|null|2|b|20|1.5"}));
}

TEST_F(DiffColumnsTest, ChoosesColumnsOfEitherEnd) {
  const auto second = Append(R"([{"id": 3, "w": "c", "k": 30, "x": 0.5, "price": "7 EUR"}])");
  const auto text_of = [&](std::vector<std::string> columns) {
    options_.columns = std::move(columns);
    const auto diff = OpenGross(first_, second, DiffProjection::kBoth);
    return diff.ok() ? FieldsText(*diff->added->schema()) : diff.status().ToString();
  };
  EXPECT_EQ(text_of({"w"}), "from_v string, to_w string");
  EXPECT_EQ(text_of({"v"}), "from_v string, to_w string");
  EXPECT_EQ(text_of({"x", "id"}), "from_id int64, to_x double, to_id int64");
  // The newer end's.
  EXPECT_EQ(text_of({"price"}), "to_price string");
  EXPECT_NE(text_of({"y"}).find("y"), std::string::npos);
  options_.columns = {"y"};
  EXPECT_TRUE(OpenGross(first_, second, DiffProjection::kBoth).status().IsInvalid());
}

TEST_F(DiffColumnsTest, FiltersByTheNewerNames) {
  const auto second = Replace({old_file_}, {});
  options_.where = Leaf(PredicateOp::kEq, "w", {std::string("b")});
  EXPECT_EQ(Feed(first_, second, DiffKind::kGross, DiffProjection::kBoth),
            Rows{"delete|0|2|b|20|6|null|null|null|null|null"});
}

// One column added between the ends: both streams under each choice.
TEST_F(DiffTest, ProjectsAnAppendedRowAfterAColumnWasAdded) {
  const auto gone = File(R"([{"id": 1, "v": "a"}])");
  const auto first = Append({gone});
  table_.SetFields({MakeField(1, "id", TypeKind::kLong), MakeField(2, "v", TypeKind::kString),
                    MakeField(3, "x", TypeKind::kLong)});
  const auto second = Replace({gone}, {File(R"([{"id": 2, "v": "b", "x": 9}])")});
  const struct {
    DiffProjection projection;
    Rows added, removed;
  } cases[] = {{DiffProjection::kOld, {"2|b"}, {"1|a"}},
               {DiffProjection::kNew, {"2|b|9"}, {"1|a|null"}},
               {DiffProjection::kCurrent, {"2|b|9"}, {"1|a|null"}},
               {DiffProjection::kBoth, {"null|null|2|b|9"}, {"1|a|null|null|null"}}};
  for (const auto& each : cases) {
    for (const auto& diff :
         {Open(first, second, each.projection), OpenGross(first, second, each.projection)}) {
      ASSERT_TRUE(diff.ok()) << diff.status();
      EXPECT_EQ(RowsOf(diff->added), each.added);
      EXPECT_EQ(RowsOf(diff->removed), each.removed);
    }
  }
}

class NestedColumnsTest : public DiffTest {
 protected:
  NestedColumnsTest()
      : DiffTest({MakeField(1, "id", TypeKind::kLong),
                  MakeField(2, "p",
                            Type::Struct({MakeField(3, "x", TypeKind::kInt),
                                          MakeField(4, "y", TypeKind::kInt)}))}) {}
};

TEST_F(NestedColumnsTest, GivesNestedFieldsThatOnlyOneEndHas) {
  const auto file = File(R"([{"id": 1, "p": {"x": 5, "y": 6}}])");
  const auto first = Append({file});
  table_.SetFields({MakeField(1, "id", TypeKind::kLong),
                    MakeField(2, "p",
                              Type::Struct({MakeField(4, "why", TypeKind::kLong),
                                            MakeField(5, "z", TypeKind::kInt)}))});
  const auto second = Replace({file}, {File(R"([{"id": 1, "p": {"why": 7, "z": 8}}])")});
  EXPECT_EQ(Feed(first, second, DiffKind::kGross, DiffProjection::kBoth),
            (Rows{"delete|0|1|{5, 6}|null|null", "insert|0|null|null|1|{7, 8}"}));
}

TEST_F(NestedColumnsTest, PairsRowsByANestedIdentifier) {
  table_.SetFields({MakeField(1, "id", TypeKind::kLong),
                    MakeField(2, "p",
                              Type::Struct({MakeField(3, "x", TypeKind::kInt, true),
                                            MakeField(4, "y", TypeKind::kInt)}),
                              true)});
  Identify({FieldId(3)});
  const auto file = File(R"([{"id": 1, "p": {"x": 5, "y": 6}}])");
  const auto first = Append({file});
  const auto second = Replace({file}, {File(R"([{"id": 2, "p": {"x": 5, "y": 7}}])")});
  EXPECT_EQ(Feed(first, second),
            (Rows{"update_preimage|0|1|{5, 6}", "update_postimage|0|2|{5, 7}"}));
}

}  // namespace
}  // namespace artemis
