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

}  // namespace
}  // namespace artemis
