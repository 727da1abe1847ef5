#include "artemis/schema/partition_key.h"

#include <cmath>

#include <gtest/gtest.h>

namespace artemis {
namespace {

TEST(PartitionKey, IsEqualForEqualTuplesOnly) {
  const PartitionTuple apollo = {LiteralValue(std::string("apollo")), LiteralValue(int32_t{3})};
  EXPECT_EQ(PartitionKey(apollo), PartitionKey(PartitionTuple(apollo)));
  EXPECT_NE(PartitionKey(apollo),
            PartitionKey({LiteralValue(std::string("apollo")), LiteralValue(int32_t{4})}));
  EXPECT_NE(PartitionKey(apollo), PartitionKey({std::nullopt, LiteralValue(int32_t{3})}));
  // Where one value ends and the next begins is part of the key.
  EXPECT_NE(PartitionKey({LiteralValue(std::string("a")), LiteralValue(std::string("bc"))}),
            PartitionKey({LiteralValue(std::string("ab")), LiteralValue(std::string("c"))}));
}

TEST(PartitionKey, TakesZerosAndNaNsAsOneValueEach) {
  EXPECT_EQ(PartitionKey({LiteralValue(0.0)}), PartitionKey({LiteralValue(-0.0)}));
  EXPECT_EQ(PartitionKey({LiteralValue(std::nan("1"))}),
            PartitionKey({LiteralValue(-std::nan("2"))}));
  EXPECT_NE(PartitionKey({LiteralValue(1.0)}), PartitionKey({LiteralValue(2.0)}));
}

TEST(IsTupleBefore, ComparesValueByValueWithNullFirst) {
  const auto text = [](const char* value) { return LiteralValue(std::string(value)); };
  const std::vector<PartitionTuple> ascending = {{std::nullopt, LiteralValue(int32_t{9})},
                                                 {text("a"), std::nullopt},
                                                 {text("a"), LiteralValue(int32_t{-2})},
                                                 {text("a"), LiteralValue(int32_t{10})},
                                                 {text("b"), LiteralValue(int32_t{1})}};
  for (size_t i = 0; i < ascending.size(); ++i) {
    for (size_t j = 0; j < ascending.size(); ++j) {
      EXPECT_EQ(IsTupleBefore(ascending[i], ascending[j]), i < j) << i << ", " << j;
    }
  }
  EXPECT_FALSE(IsTupleBefore({}, {}));
  EXPECT_TRUE(IsTupleBefore({}, {std::nullopt}));
  EXPECT_NE(IsTupleBefore({LiteralValue(int32_t{1})}, {text("1")}),
            IsTupleBefore({text("1")}, {LiteralValue(int32_t{1})}));
}

}  // namespace
}  // namespace artemis
