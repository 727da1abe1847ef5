// Facts of the partition tuple of a file that somebody else has written.
#include "artemis/rewrite/adopt_partition.h"

#include <cmath>

#include <gtest/gtest.h>

#include "artemis/scan/table_fixture.h"
#include "artemis/schema/arrow_schema.h"
#include "artemis/schema/literal.h"

namespace artemis {
namespace {

// One column "c" of field id 1, a spec of it, and rows that may be asked for.
class TupleOf {
 public:
  TupleOf(TypeKind kind, const std::string& spec) {
    schema_.fields = {MakeField(1, "c", kind)};
    spec_ = ParsePartitionSpec(spec, schema_).ValueOrDie();
  }

  TupleOf& Bounds(std::optional<LiteralValue> lower, std::optional<LiteralValue> upper,
                  std::optional<int64_t> nulls = 0) {
    evidence_.metrics = {Metrics(1, schema_.fields[0].type, lower, upper, nulls, {}, 4)};
    return *this;
  }
  TupleOf& Constant(std::optional<LiteralValue> value) {
    evidence_.constants[FieldId(1)] = value;
    return *this;
  }
  // As JSON objects, in batches.
  TupleOf& Rows(std::vector<std::string> batches) {
    batches_ = std::move(batches);
    return *this;
  }

  arrow::Result<PartitionTuple> Find() {
    return TupleOfFile(spec_, schema_, evidence_, [this](const auto& wanted, const auto& visit) {
      read_ = true;
      EXPECT_EQ(wanted.size(), 1u);
      for (const auto& batch : batches_) {
        ARROW_RETURN_NOT_OK(visit(JsonBatch(ToArrowSchema(schema_), batch)));
      }
      return arrow::Status::OK();
    });
  }
  std::optional<LiteralValue> Value() {
    const auto tuple = Find();
    EXPECT_TRUE(tuple.ok()) << tuple.status();
    EXPECT_EQ(tuple->size(), 1u);
    return tuple->at(0);
  }
  std::string Refusal() { return Find().status().message(); }
  bool read() const { return read_; }

 private:
  Schema schema_;
  PartitionSpec spec_;
  PartitionEvidence evidence_;
  std::vector<std::string> batches_;
  bool read_ = false;
};

LiteralValue Text(const std::string& text) { return text; }

TEST(TupleOfFile, IsReadFromBoundsOfOneTransformedValue) {
  // 2024-03-15T00:00:00Z is day 19797 and 1710460800 s.
  constexpr int64_t kDay = int64_t{1'710'460'800} * 1'000'000;
  TupleOf day(TypeKind::kTimestamp, "day(c)");
  EXPECT_EQ(day.Bounds(kDay, kDay + 86'399'999'999).Value(), LiteralValue(int32_t{19797}));
  TupleOf identity(TypeKind::kString, "c");
  EXPECT_EQ(identity.Bounds(Text("apollo-7"), Text("apollo-7")).Value(), Text("apollo-7"));
  TupleOf truncate(TypeKind::kString, "truncate(3, c)");
  EXPECT_EQ(truncate.Bounds(Text("apollo-7"), Text("apollo-9")).Value(), Text("apo"));
  TupleOf negative(TypeKind::kLong, "truncate(10, c)");
  EXPECT_EQ(negative.Bounds(int64_t{-7}, int64_t{-1}).Value(), LiteralValue(int64_t{-10}));
  TupleOf bucket(TypeKind::kLong, "bucket(16, c)");
  // The specification's hash of 34 is 2017239379; modulo 16 that is 3.
  EXPECT_EQ(bucket.Bounds(int64_t{34}, int64_t{34}).Value(), LiteralValue(int32_t{3}));
  for (TupleOf* each : {&day, &identity, &truncate, &negative, &bucket}) EXPECT_FALSE(each->read());
}

TEST(TupleOfFile, IsNullWhereAllRowsAre) {
  TupleOf nulls(TypeKind::kString, "c");
  EXPECT_EQ(nulls.Bounds({}, {}, 4).Value(), std::nullopt);
  TupleOf missing(TypeKind::kString, "truncate(2, c)");
  EXPECT_EQ(missing.Constant(std::nullopt).Value(), std::nullopt);
  TupleOf given(TypeKind::kString, "truncate(2, c)");
  EXPECT_EQ(given.Constant(Text("abc")).Value(), Text("ab"));
  EXPECT_FALSE(nulls.read() || missing.read() || given.read());
}

TEST(TupleOfFile, RefusesBoundsOfTwoPartitionsNamingBoth) {
  TupleOf day(TypeKind::kTimestamp, "day(c) as day");
  EXPECT_EQ(day.Bounds(int64_t{-1}, int64_t{0}).Refusal(),
            "its rows are of two partitions: day=1969-12-31 and day=1970-01-01");
  TupleOf mixed(TypeKind::kInt, "c");
  EXPECT_EQ(mixed.Bounds(int32_t{5}, int32_t{5}, 1).Refusal(),
            "its rows are of two partitions: c=5 and c=null");
  EXPECT_FALSE(day.read() || mixed.read());
}

TEST(TupleOfFile, ReadsRowsWhereBoundsDoNotDecide) {
  const struct {
    const char* what;
    TupleOf file;
    std::optional<LiteralValue> value;
  } cases[] = {
      {"no bounds",
       TupleOf(TypeKind::kLong, "c").Rows({R"([{"c": 5}, {"c": 5}])", R"([{"c": 5}])"}),
       LiteralValue(int64_t{5})},
      {"nulls not counted",
       TupleOf(TypeKind::kLong, "c").Bounds(int64_t{5}, int64_t{5}, {}).Rows({R"([{"c": 5}])"}),
       LiteralValue(int64_t{5})},
      {"bounds of strings may be cut",
       TupleOf(TypeKind::kString, "c").Bounds(Text("ab"), Text("ac")).Rows({R"([{"c": "abz"}])"}),
       Text("abz")},
      {"many values in one bucket",
       TupleOf(TypeKind::kLong, "bucket(1, c)")
           .Bounds(int64_t{1}, int64_t{9})
           .Rows({R"([{"c": 1}, {"c": 9}])"}),
       LiteralValue(int32_t{0})},
      {"all null after all", TupleOf(TypeKind::kLong, "c").Rows({R"([{"c": null}])"}),
       std::nullopt},
  };
  for (auto each : cases) {
    EXPECT_EQ(each.file.Value(), each.value) << each.what;
    EXPECT_TRUE(each.file.read()) << each.what;
  }
}

TEST(TupleOfFile, KnowsThatBoundsHideNaN) {
  TupleOf mixed(TypeKind::kDouble, "c");
  EXPECT_EQ(mixed.Bounds(1.5, 1.5).Rows({R"([{"c": 1.5}, {"c": NaN}])"}).Refusal(),
            "its rows are of two partitions: c=1.5 and c=NaN");
  TupleOf only(TypeKind::kDouble, "c");
  const auto value = only.Rows({R"([{"c": NaN}, {"c": NaN}])"}).Value();
  ASSERT_TRUE(value);
  EXPECT_TRUE(std::isnan(std::get<double>(*value)));
}

TEST(TupleOfFile, RefusesRowsOfTwoPartitionsInAnyBatch) {
  TupleOf strings(TypeKind::kString, "c");
  EXPECT_EQ(
      strings.Bounds(Text("a"), Text("b")).Rows({R"([{"c": "a"}])", R"([{"c": "b"}])"}).Refusal(),
      "its rows are of two partitions: c=a and c=b");
  TupleOf nulls(TypeKind::kString, "c");
  EXPECT_EQ(nulls.Rows({R"([{"c": null}, {"c": "b"}])"}).Refusal(),
            "its rows are of two partitions: c=null and c=b");
}

TEST(TupleOfFile, TakesVoidAndRefusesUnknownTransforms) {
  Schema schema;
  schema.fields = {MakeField(1, "c", TypeKind::kLong)};
  PartitionSpec spec;
  spec.fields = {{FieldId(1), FieldId(1000), "v", {TransformKind::kVoid, 0, {}}}};
  EXPECT_EQ(*TupleOfFile(spec, schema, {}, {}), PartitionTuple{std::nullopt});
  spec.fields[0].transform = {TransformKind::kUnknown, 0, "geohash[5]"};
  EXPECT_TRUE(TupleOfFile(spec, schema, {}, {}).status().IsNotImplemented());
}

}  // namespace
}  // namespace artemis
