// Settings as statements, and names of sessions in headers.
#include "artemis/serve/session_settings.h"

#include <gtest/gtest.h>

#include "artemis/serve/call_identity.h"

namespace artemis {

TEST(SessionSetting, IsReadFromSet) {
  for (const std::string sql :
       {"SET artemis.as_of = '2024-03-15T07:00:00Z'", "set ARTEMIS.AS_OF='2024-03-15T07:00:00Z';",
        "  SET SESSION artemis.as_of TO '2024-03-15T07:00:00Z' ; ",
        "-- why\nSET artemis.as_of = '2024-03-15T07:00:00Z'",
        "/* why */ SET \"artemis\".\"as_of\" = '2024-03-15T07:00:00Z'"}) {
    const auto change = ParseSetting(sql);
    ASSERT_TRUE(change.has_value()) << sql;
    EXPECT_EQ(change->name, "artemis.as_of") << sql;
    EXPECT_EQ(change->value, "2024-03-15T07:00:00Z") << sql;
  }
}

TEST(SessionSetting, KeepsQuotesWithinAValue) {
  const auto change = ParseSetting("SET artemis.as_of = 'it''s'");
  ASSERT_TRUE(change.has_value());
  EXPECT_EQ(change->value, "it's");
  EXPECT_EQ(SettingStatement(*change), "SET artemis.as_of = 'it''s'");
}

TEST(SessionSetting, IsReadFromReset) {
  const auto change = ParseSetting("RESET artemis.as_of");
  ASSERT_TRUE(change.has_value());
  EXPECT_EQ(change->name, "artemis.as_of");
  EXPECT_EQ(change->value, std::nullopt);
  EXPECT_EQ(SettingStatement(*change), "RESET artemis.as_of");
}

TEST(SessionSetting, IsReadFromUse) {
  for (const std::string sql :
       {"USE artemis.sda", "use sda;", "USE \"artemis\".\"sda\"", "SET schema = 'artemis.sda'"}) {
    const auto change = ParseSetting(sql);
    ASSERT_TRUE(change.has_value()) << sql;
    EXPECT_EQ(change->name, "schema") << sql;
    EXPECT_EQ(change->value, "sda") << sql;
  }
  EXPECT_EQ(SettingStatement({"schema", "ground.eu"}), "USE artemis.\"ground.eu\"");
}

TEST(SessionSetting, IsNoOtherStatement) {
  for (const std::string sql : {"SELECT 1", "SETTLE x = 1", "", "SET", "RESETTLE", "-- SET a = 1",
                                "UPDATE t SET a = 1", "/* SET a = 1"}) {
    EXPECT_FALSE(ParseSetting(sql).has_value()) << sql;
  }
}

TEST(SessionSettings, AreWhatWasSetLast) {
  SessionSettings settings;
  settings.Apply({"artemis.as_of", "a"});
  settings.Apply({"artemis.as_of", "b"});
  settings.Apply({"schema", "sda"});
  EXPECT_EQ(settings.values,
            (std::map<std::string, std::string>{{"artemis.as_of", "b"}, {"schema", "sda"}}));
  settings.Apply({"artemis.as_of", std::nullopt});
  EXPECT_EQ(settings.values, (std::map<std::string, std::string>{{"schema", "sda"}}));
}

TEST(SessionCookie, IsFoundAmongOthers) {
  const std::string value = "0123456789abcdef0123456789abcdef";
  EXPECT_EQ(CookieIn("a=b; artemis_session=" + value + "; c=d", kSessionCookie), value);
  EXPECT_EQ(CookieIn("artemis_session=\"" + value + "\"", kSessionCookie), value);
  EXPECT_EQ(CookieIn(SetCookie(value), kSessionCookie), value);
  EXPECT_EQ(CookieIn("", kSessionCookie), "");
  EXPECT_EQ(CookieIn("artemis_session=short", kSessionCookie), "");
  EXPECT_EQ(CookieIn("xartemis_session=" + value, kSessionCookie), "");
}

}  // namespace artemis
