// Tests of schema/bucket_hash.h against the specification, Appendix B "32-bit Hash Requirements".
#include "artemis/schema/bucket_hash.h"

#include <gtest/gtest.h>

#include "artemis/schema/literal.h"

namespace artemis {
namespace {

int32_t HashOfText(const Type& type, std::string_view text) {
  const auto value = ParseLiteral(type, text);
  EXPECT_TRUE(value.ok()) << value.status();
  return BucketHash(type, *value);
}

TEST(BucketHash, MatchesTheVectorsOfTheSpecification) {
  EXPECT_EQ(HashOfText(Type::Of(TypeKind::kInt), "34"), 2017239379);
  EXPECT_EQ(HashOfText(Type::Of(TypeKind::kLong), "34"), 2017239379);
  EXPECT_EQ(HashOfText(Type::Decimal(9, 2), "14.20"), -500754589);
  EXPECT_EQ(HashOfText(Type::Of(TypeKind::kDate), "2017-11-16"), -653330422);
  EXPECT_EQ(HashOfText(Type::Of(TypeKind::kTime), "22:31:08"), -662762989);
  EXPECT_EQ(HashOfText(Type::Of(TypeKind::kTimestamp), "2017-11-16T22:31:08"), -2047944441);
  EXPECT_EQ(HashOfText(Type::Of(TypeKind::kTimestamp), "2017-11-16T22:31:08.000001"), -1207196810);
  EXPECT_EQ(HashOfText(Type::Of(TypeKind::kTimestamptz), "2017-11-16T14:31:08-08:00"), -2047944441);
  EXPECT_EQ(HashOfText(Type::Of(TypeKind::kTimestamptz), "2017-11-16T14:31:08.000001-08:00"),
            -1207196810);
  EXPECT_EQ(HashOfText(Type::Of(TypeKind::kString), "iceberg"), 1210000089);
  EXPECT_EQ(HashOfText(Type::Of(TypeKind::kUuid), "f79c3e09-677c-4bbd-a479-3f349cb785e7"),
            1488055340);
  EXPECT_EQ(HashOfText(Type::Fixed(4), "0x00010203"), -188683207);
  EXPECT_EQ(HashOfText(Type::Of(TypeKind::kBinary), "0x00010203"), -188683207);
}

TEST(BucketHash, NanosecondTimestampsHashAsMicroseconds) {
  EXPECT_EQ(HashOfText(Type::Of(TypeKind::kTimestampNs), "2017-11-16T22:31:08"), -2047944441);
  EXPECT_EQ(HashOfText(Type::Of(TypeKind::kTimestampNs), "2017-11-16T22:31:08.000001001"),
            -1207196810);
  EXPECT_EQ(HashOfText(Type::Of(TypeKind::kTimestamptzNs), "2017-11-16T14:31:08.000001001-08:00"),
            -1207196810);
  const Type micros = Type::Of(TypeKind::kTimestamp);
  EXPECT_EQ(BucketHash(Type::Of(TypeKind::kTimestampNs), int64_t{-1}),
            BucketHash(micros, int64_t{-1}));
}

TEST(Murmur3, HashesEveryTailLength) {
  EXPECT_EQ(Murmur3(""), 0);
  EXPECT_EQ(Murmur3(std::string("\x22\0\0\0\0\0\0\0", 8)), HashLong(34));
  for (int64_t value = -1'000; value < 1'000; value += 7) {
    const std::string bytes = ToBytes(Type::Of(TypeKind::kLong), value);
    EXPECT_EQ(Murmur3(bytes), HashLong(value));
  }
}

TEST(BucketOf, IsNeverNegative) {
  EXPECT_EQ(BucketOf(-1, 16), INT32_MAX % 16);
  EXPECT_EQ(BucketOf(INT32_MIN, 16), 0);
}

}  // namespace
}  // namespace artemis
