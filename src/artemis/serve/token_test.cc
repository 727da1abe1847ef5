// Tokens: their text, hashes, headers and scopes.
#include "artemis/serve/token.h"

#include <set>

#include <gtest/gtest.h>

namespace artemis {

namespace {

constexpr char kTokenText[] =
    "art_0123456789ab_000102030405060708090a0b0c0d0e0f101112131415161718191a1b1c1d1e1f";

}  // namespace

TEST(Token, HoldsRandomBitsThatDiffer) {
  std::set<std::string> texts;
  for (int i = 0; i < 100; ++i) {
    const auto text = NewTokenText();
    ASSERT_TRUE(text.ok());
    // 256 bits are 64 hex digits.
    EXPECT_EQ(text->size(), std::string("art_").size() + 12 + 1 + 64);
    EXPECT_TRUE(TokenIdOf(*text).has_value());
    texts.insert(*text);
  }
  EXPECT_EQ(texts.size(), 100u);
}

TEST(Token, IsNamedByTheDigitsAfterItsPrefix) { EXPECT_EQ(TokenIdOf(kTokenText), "0123456789ab"); }

TEST(Token, OfAnotherShapeHasNoId) {
  const std::string good = kTokenText;
  for (const auto& bad :
       {std::string(), std::string("art_"), good + "0", good.substr(1), "brt" + good.substr(3),
        good.substr(0, 16) + "-" + good.substr(17), "art_0123456789AB" + good.substr(16),
        good.substr(0, good.size() - 1) + "g"}) {
    EXPECT_EQ(TokenIdOf(bad), std::nullopt) << bad;
  }
}

// RFC 4231, test case 2.
TEST(Token, IsHashedWithHmacSha256) {
  EXPECT_EQ(KeyedHash("Jefe", "what do ya want for nothing?"),
            "5bdcc146bf60754e6a042426089575c75a003f089d2739839dec58b964ec3843");
}

// FIPS 180-2, appendix B.1.
TEST(Token, StatementsAreNamedBySha256) {
  EXPECT_EQ(Sha256Hex("abc"), "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad");
}

TEST(Token, TextsAreComparedWhole) {
  EXPECT_TRUE(EqualInConstantTime("abc", "abc"));
  EXPECT_FALSE(EqualInConstantTime("abc", "abd"));
  EXPECT_FALSE(EqualInConstantTime("abc", "ab"));
  EXPECT_TRUE(EqualInConstantTime("", ""));
}

TEST(TokenScope, WithoutNamespacesAllowsAll) { EXPECT_TRUE(TokenScope().Allows("sda")); }

TEST(TokenScope, AllowsANamespaceAndAllBelowIt) {
  const TokenScope scope{{"ground.eu"}, false};
  EXPECT_TRUE(scope.Allows("ground.eu"));
  EXPECT_TRUE(scope.Allows("ground.eu.passes"));
  EXPECT_FALSE(scope.Allows("ground"));
  EXPECT_FALSE(scope.Allows("ground.europe"));
  EXPECT_FALSE(scope.Allows("sda"));
  EXPECT_FALSE(scope.Allows(""));
}

TEST(Token, IsValidUntilItExpiresOrIsRevoked) {
  Token token;
  EXPECT_TRUE(token.ValidAt(TimestampMs(1000)));
  token.expires = TimestampMs(2000);
  EXPECT_TRUE(token.ValidAt(TimestampMs(1999)));
  EXPECT_FALSE(token.ValidAt(TimestampMs(2000)));
  token.revoked = TimestampMs(1500);
  EXPECT_FALSE(token.ValidAt(TimestampMs(1500)));
}

// RFC 7617, section 2.
TEST(BasicHeader, HoldsUserAndPassword) {
  const auto basic = ParseBasic("Basic QWxhZGRpbjpvcGVuIHNlc2FtZQ==");
  ASSERT_TRUE(basic.has_value());
  EXPECT_EQ(basic->user, "Aladdin");
  EXPECT_EQ(basic->password, "open sesame");
}

TEST(BasicHeader, MayLackItsPadding) {
  const auto basic = ParseBasic("Basic QWxhZGRpbjpvcGVuIHNlc2FtZQ");
  ASSERT_TRUE(basic.has_value());
  EXPECT_EQ(basic->password, "open sesame");
}

TEST(BasicHeader, TakesItsSchemeInAnyCase) {
  EXPECT_TRUE(ParseBasic("basic QWxhZGRpbjpvcGVuIHNlc2FtZQ==").has_value());
  EXPECT_TRUE(ParseBasic("BASIC QWxhZGRpbjpvcGVuIHNlc2FtZQ==").has_value());
}

TEST(BasicHeader, OfAnotherShapeIsNone) {
  for (const std::string bad : {"", "Basic", "Basic ", "Basic %%%%",
                                "Basic QWxhZGRpbg==", "Bearer abc", "BasicQWxhZGRpbg=="}) {
    EXPECT_EQ(ParseBasic(bad).has_value(), false) << bad;
  }
  EXPECT_FALSE(ParseBasic("Basic " + std::string(8192, 'Q')).has_value());
}

TEST(BearerHeader, IsTheRestOfItsValue) {
  EXPECT_EQ(ParseBearer("Bearer abc.def"), "abc.def");
  EXPECT_EQ(ParseBearer("bearer x"), "x");
  EXPECT_EQ(ParseBearer("Bearer"), std::nullopt);
  EXPECT_EQ(ParseBearer("Basic abc"), std::nullopt);
}

}  // namespace artemis
