// The file of tokens, and the tokens in force.
#include "artemis/serve/token_file.h"

#include <sys/stat.h>

#include <filesystem>
#include <fstream>

#include <gtest/gtest.h>

#include "artemis/base/clock.h"
#include "artemis/base/error.h"
#include "artemis/base/uuid.h"
#include "artemis/io/file_system.h"
#include "artemis/serve/token_store.h"

namespace artemis {

namespace {

class TokenFileTest : public ::testing::Test {
 protected:
  TokenFileTest() : folder_(::testing::TempDir() + "tokens-" + RandomUuid()) {
    std::filesystem::create_directories(folder_);
  }
  ~TokenFileTest() override { std::filesystem::remove_all(folder_); }

  std::string path() const { return folder_ + "/flight.tokens"; }
  std::string Add(const std::string& principal, std::optional<TimestampMs> expires = {}) {
    NewToken token;
    token.principal = principal;
    token.expires = expires;
    return AddToken(path(), token, clock_).ValueOrDie();
  }
  static int ModeOf(const std::string& file) {
    struct stat found = {};
    EXPECT_EQ(::stat(file.c_str(), &found), 0) << file;
    return static_cast<int>(found.st_mode & 0777);
  }
  std::string Text() const { return LocalFileSystem().ReadAll(path(), 1 << 20).ValueOrDie(); }

  const std::string folder_;
  FixedClock clock_{TimestampMs(1'000'000)};
};

}  // namespace

TEST_F(TokenFileTest, KeepsNoSecret) {
  const auto text = Add("ada");
  const auto secret = text.substr(text.rfind('_') + 1);
  EXPECT_EQ(Text().find(secret), std::string::npos);
  const auto key = LocalFileSystem().ReadAll(path() + ".key", 1024).ValueOrDie();
  EXPECT_EQ(key.find(secret), std::string::npos);
}

TEST_F(TokenFileTest, IsForItsOwnerAlone) {
  Add("ada");
  EXPECT_EQ(ModeOf(path()), 0600);
  EXPECT_EQ(ModeOf(path() + ".key"), 0600);
  Add("grace");
  EXPECT_EQ(ModeOf(path()), 0600);
}

TEST_F(TokenFileTest, ThatOthersMayReadIsRefused) {
  Add("ada");
  ASSERT_EQ(::chmod(path().c_str(), 0644), 0);
  const auto read = ReadTokenFile(path());
  EXPECT_NE(FindDetail<PermissionDenied>(read.status()), nullptr) << read.status().ToString();
}

TEST_F(TokenFileTest, GivesBackWhatATokenWasMadeWith) {
  NewToken made;
  made.principal = "ada";
  made.expires = TimestampMs(5'000'000);
  made.scope = {{"sda", "ground.eu"}, true};
  made.budget = {12.5, 30, 3, 1 << 20};
  const auto text = AddToken(path(), made, clock_).ValueOrDie();
  const auto file = ReadTokenFile(path()).ValueOrDie();
  ASSERT_EQ(file.tokens.size(), 1u);
  const auto& token = file.tokens[0];
  EXPECT_EQ(token.id, TokenIdOf(text));
  EXPECT_EQ(token.principal, "ada");
  EXPECT_EQ(token.created, TimestampMs(1'000'000));
  EXPECT_EQ(token.expires, TimestampMs(5'000'000));
  EXPECT_EQ(token.revoked, std::nullopt);
  EXPECT_EQ(token.scope, made.scope);
  EXPECT_EQ(token.budget, made.budget);
  EXPECT_EQ(token.hash, KeyedHash(file.key, text));
}

TEST_F(TokenFileTest, KeepsItsKeyAndItsTokensWhenOneIsAdded) {
  Add("ada");
  const auto before = ReadTokenFile(path()).ValueOrDie();
  Add("grace");
  const auto after = ReadTokenFile(path()).ValueOrDie();
  EXPECT_EQ(before.key, after.key);
  ASSERT_EQ(after.tokens.size(), 2u);
  EXPECT_EQ(after.tokens[0], before.tokens[0]);
  EXPECT_EQ(after.tokens[1].principal, "grace");
}

TEST_F(TokenFileTest, RefusesPrincipalsThatAreNoNames) {
  for (const auto& name : {std::string(), std::string("a:b"), std::string("a\nb"),
                           std::string("\"a\""), std::string(129, 'a')}) {
    NewToken token;
    token.principal = name;
    EXPECT_TRUE(AddToken(path(), token, clock_).status().IsInvalid()) << name;
  }
  EXPECT_FALSE(std::filesystem::exists(path()));
}

TEST_F(TokenFileTest, RefusesBudgetsOfNothing) {
  for (const TokenBudget& budget : {TokenBudget{0, 1, 1, 0}, TokenBudget{1, 0, 1, 0},
                                    TokenBudget{1, 1, 0, 0}, TokenBudget{1, 1, 1, -1}}) {
    NewToken token;
    token.principal = "ada";
    token.budget = budget;
    EXPECT_TRUE(AddToken(path(), token, clock_).status().IsInvalid());
  }
}

TEST_F(TokenFileTest, SaysWhatIsWrongWithIt) {
  Add("ada");
  for (const std::string text : {"", "{}", "[]", "{\"version\": 2, \"tokens\": []}",
                                 "{\"version\": 1, \"tokens\": [{\"id\": 7}]}"}) {
    std::ofstream(path(), std::ios::trunc) << text;
    const auto read = ReadTokenFile(path());
    const auto* corrupt = FindDetail<CorruptFile>(read.status());
    ASSERT_NE(corrupt, nullptr) << text << ": " << read.status().ToString();
    EXPECT_EQ(corrupt->path, path());
  }
}

TEST_F(TokenFileTest, RevokingATokenThatIsNotThereIsAnError) {
  Add("ada");
  EXPECT_TRUE(RevokeToken(path(), "ffffffffffff", clock_).IsKeyError());
  EXPECT_TRUE(IsFileNotFound(RevokeToken(folder_ + "/none", "ffffffffffff", clock_)));
}

TEST_F(TokenFileTest, RevokedTokensStayListedWithTheirTime) {
  const auto text = Add("ada");
  clock_.AdvanceMs(500);
  ASSERT_TRUE(RevokeToken(path(), *TokenIdOf(text), clock_).ok());
  clock_.AdvanceMs(500);
  ASSERT_TRUE(RevokeToken(path(), *TokenIdOf(text), clock_).ok());
  const auto file = ReadTokenFile(path()).ValueOrDie();
  ASSERT_EQ(file.tokens.size(), 1u);
  EXPECT_EQ(file.tokens[0].revoked, TimestampMs(1'000'500));
}

TEST_F(TokenFileTest, StoreKnowsATokenByItsWholeText) {
  const auto text = Add("ada");
  const auto store = TokenStore::Open(path(), clock_).ValueOrDie();
  const auto token = store->Verify(text);
  ASSERT_NE(token, nullptr);
  EXPECT_EQ(token->principal, "ada");
  auto other = text;
  other.back() = other.back() == '0' ? '1' : '0';
  EXPECT_EQ(store->Verify(other), nullptr);
  EXPECT_EQ(store->Verify(""), nullptr);
  EXPECT_EQ(store->Verify(*TokenIdOf(text)), nullptr);
  EXPECT_EQ(store->Verify(NewTokenText().ValueOrDie()), nullptr);
}

TEST_F(TokenFileTest, StoreForgetsATokenWhenItExpires) {
  const auto text = Add("ada", TimestampMs(1'000'100));
  const auto store = TokenStore::Open(path(), clock_).ValueOrDie();
  EXPECT_NE(store->Verify(text), nullptr);
  EXPECT_TRUE(store->IsValid(*TokenIdOf(text)));
  clock_.AdvanceMs(100);
  EXPECT_EQ(store->Verify(text), nullptr);
  EXPECT_FALSE(store->IsValid(*TokenIdOf(text)));
}

TEST_F(TokenFileTest, StoreSeesARevocationWhenItLooks) {
  const auto text = Add("ada");
  const auto store = TokenStore::Open(path(), clock_).ValueOrDie();
  ASSERT_TRUE(RevokeToken(path(), *TokenIdOf(text), clock_).ok());
  EXPECT_NE(store->Verify(text), nullptr);
  ASSERT_TRUE(store->ReloadIfChanged().ok());
  EXPECT_EQ(store->Verify(text), nullptr);
}

TEST_F(TokenFileTest, StoreKeepsItsTokensWhenTheFileBreaks) {
  const auto text = Add("ada");
  const auto store = TokenStore::Open(path(), clock_).ValueOrDie();
  std::ofstream(path(), std::ios::trunc) << "{";
  EXPECT_NE(FindDetail<CorruptFile>(store->Reload()), nullptr);
  EXPECT_NE(store->Verify(text), nullptr);
}

}  // namespace artemis
