#include "artemis/catalog/catalog_config.h"

#include <filesystem>
#include <fstream>

#include <gtest/gtest.h>

#include "artemis/io/test_folder.h"

namespace artemis {
namespace {

arrow::Result<CatalogConfig> ParseConfig(const std::string& text) {
  return ParseCatalogConfig(text, "/etc/lab/artemis.toml", "/home/ada");
}

TEST(ParseCatalogConfig, ReadsNamedCatalogs) {
  const auto config = ParseConfig(
      "default = \"lab\"\n"
      "[catalog.lab]\n"
      "uri = \"postgresql://ada@db/lab\"\n"
      "warehouse = \"/data/lab\"\n"
      "map = [\"/old=/new\", \"s3://b=/c\"]\n"
      "[catalog.archive]\n"
      "uri = \"path:tables\"\n");
  ASSERT_TRUE(config.ok()) << config.status();
  EXPECT_EQ(config->default_name, "lab");
  const std::vector<NamedCatalog> expected = {
      {"archive", "path:/etc/lab/tables", "", {}, "/etc/lab/artemis.toml:6"},
      {"lab",
       "postgresql://ada@db/lab",
       "/data/lab",
       {"/old=/new", "s3://b=/c"},
       "/etc/lab/artemis.toml:2"}};
  EXPECT_EQ(config->catalogs, expected);
}

TEST(ParseCatalogConfig, TakesPathsFromTheFilesFolderAndFromHome) {
  const auto config = ParseConfig(
      "[catalog.a]\nuri = \"sqlite:../a.db?name=n\"\nwarehouse = \"~/w\"\n"
      "[catalog.b]\nwarehouse = \"w\"\n"
      "[catalog.c]\nuri = \"sqlite:/abs/c.db\"\nwarehouse = \"file:///w\"\n");
  ASSERT_TRUE(config.ok()) << config.status();
  EXPECT_EQ(config->Find("a")->uri, "sqlite:/etc/a.db?name=n");
  EXPECT_EQ(config->Find("a")->warehouse, "/home/ada/w");
  EXPECT_EQ(config->Find("b")->uri, "");
  EXPECT_EQ(config->Find("b")->warehouse, "/etc/lab/w");
  EXPECT_EQ(config->Find("c")->uri, "sqlite:/abs/c.db");
  EXPECT_EQ(config->Find("c")->warehouse, "file:///w");
}

TEST(ParseCatalogConfig, RefusesWhatItDoesNotKnowByNameAndLine) {
  const std::vector<std::pair<std::string, std::string>> cases = {
      {"defualt = \"x\"", "artemis.toml:1: unknown key 'defualt' (did you mean 'default'?)"},
      {"[catalog.a]\n\nurl = \"sqlite:x\"",
       "artemis.toml:3: unknown key 'url' (did you mean 'uri'"},
      {"[catalog.a]\nuri = 5", "artemis.toml:2: 'uri' is no text"},
      {"[catalog.a]\nuri = \"\"", "artemis.toml:2: 'uri' is no text, or an empty one"},
      {"[catalog.a]\nuri = \"sqlite:x\"\nmap = \"a=b\"", "artemis.toml:3: 'map' is no list"},
      {"[catalog.a]\nuri = \"sqlite:x\"\nmap = [1]", "artemis.toml:3: 'map' is no text"},
      {"[catalog.a]", "artemis.toml:1: catalog.a has neither a uri nor a warehouse"},
      {"[catalog]\na = 1", "artemis.toml:2: catalog.a is no table"},
      {"[catalog.\"a:b\"]\nuri = \"sqlite:x\"", "artemis.toml:1: 'a:b' is no name"},
      {"catalog = 1", "artemis.toml:1: unknown key 'catalog'"},
      {"[catalog.a]\nuri = \"sqlite:x\"\nuri = \"sqlite:y\"", "artemis.toml:3: "},
      {"[catalog.a\n", "artemis.toml:1: "},
  };
  for (const auto& [text, message] : cases) {
    const auto config = ParseConfig(text);
    ASSERT_FALSE(config.ok()) << text;
    EXPECT_TRUE(config.status().IsInvalid()) << config.status();
    EXPECT_NE(config.status().message().find(message), std::string::npos)
        << text << " gives " << config.status();
  }
}

TEST(ParseCatalogConfig, RefusesPasswordsAndDoesNotRepeatThem) {
  for (const std::string text :
       {"[catalog.a]\nuri = \"postgresql://u@h/d\"\npassword = \"geheim\"",
        "[catalog.a]\nuri = \"postgresql://u@h/d\"\nDB_PassWord = \"geheim\"",
        "[catalog.a]\nuri = \"postgresql://u@h/d\"\ntoken = \"geheim\"",
        "[catalog.a]\n\nuri = \"postgresql://u:geheim@h/d\"",
        "[catalog.a]\n\nuri = \"postgres://u@h/d?password=geheim\""}) {
    const auto config = ParseConfig(text);
    ASSERT_FALSE(config.ok()) << text;
    EXPECT_NE(config.status().message().find("artemis.toml:3: "), std::string::npos)
        << config.status();
    EXPECT_NE(config.status().message().find("PGPASSFILE"), std::string::npos) << config.status();
    EXPECT_EQ(config.status().message().find("geheim"), std::string::npos) << config.status();
  }
}

class NamedCatalogs : public ::testing::Test {
 protected:
  NamedCatalogs() : places_{folder_.File("here"), folder_.File("home")} {
    std::filesystem::create_directories(places_.folder);
    std::filesystem::create_directories(places_.home + "/.config/artemis");
  }
  void WriteHere(const std::string& text) {
    std::ofstream(places_.folder + "/artemis.toml") << text;
  }
  void WriteHome(const std::string& text) {
    std::ofstream(places_.home + "/.config/artemis/artemis.toml") << text;
  }

  TestFolder folder_;
  const CatalogConfigPlaces places_;
};

TEST_F(NamedCatalogs, AreEmptyWithoutFiles) {
  const auto config = ReadCatalogConfig(places_);
  ASSERT_TRUE(config.ok()) << config.status();
  EXPECT_EQ(*config, CatalogConfig{});
  const auto resolved = ResolveCatalog("", "", places_);
  ASSERT_TRUE(resolved.ok()) << resolved.status();
  EXPECT_EQ(*resolved, NamedCatalog{});
}

TEST_F(NamedCatalogs, ComeFromTheCurrentFolderBeforeTheHomeFolder) {
  WriteHere("default = \"lab\"\n[catalog.lab]\nuri = \"sqlite:/here.db\"\n");
  WriteHome(
      "default = \"own\"\n[catalog.lab]\nuri = \"sqlite:/home.db\"\n"
      "[catalog.own]\nuri = \"sqlite:/own.db\"\n");
  EXPECT_EQ(ResolveCatalog("lab", "", places_)->uri, "sqlite:/here.db");
  EXPECT_EQ(ResolveCatalog("own", "", places_)->uri, "sqlite:/own.db");
  EXPECT_EQ(ResolveCatalog("", "", places_)->uri, "sqlite:/here.db");
}

TEST_F(NamedCatalogs, GiveWayToWhatTheUserSays) {
  WriteHere("default = \"lab\"\n[catalog.lab]\nuri = \"sqlite:/lab.db\"\nwarehouse = \"/w\"\n");
  EXPECT_EQ(ResolveCatalog("sqlite:/own.db", "", places_)->uri, "sqlite:/own.db");
  EXPECT_EQ(ResolveCatalog("sqlite:/own.db", "", places_)->warehouse, "");
  EXPECT_EQ(ResolveCatalog("lab", "/v", places_)->warehouse, "/v");
  // A warehouse alone is the catalog in it, as ever.
  EXPECT_EQ(ResolveCatalog("", "/v", places_)->uri, "");
  EXPECT_EQ(ResolveCatalog("", "/v", places_)->warehouse, "/v");
}

TEST_F(NamedCatalogs, AreListedWhenTheNameIsUnknown) {
  WriteHere("[catalog.lab]\nuri = \"sqlite:/a\"\n[catalog.flight]\nuri = \"sqlite:/b\"\n");
  const auto unknown = ResolveCatalog("lob", "", places_);
  ASSERT_FALSE(unknown.ok());
  EXPECT_NE(unknown.status().message().find("'lob' (did you mean 'lab'?): known are flight, lab"),
            std::string::npos)
      << unknown.status();
  WriteHere("default = \"gone\"\n");
  EXPECT_NE(ResolveCatalog("", "", places_).status().message().find("'gone'"), std::string::npos);
  const auto nowhere = ResolveCatalog("lab", "", places_).status().message();
  EXPECT_NE(nowhere.find(places_.home + "/.config/artemis/artemis.toml"), std::string::npos)
      << nowhere;
}

TEST_F(NamedCatalogs, DoNotMatterToWhoeverNamesAUri) {
  WriteHere("this is no toml");
  EXPECT_TRUE(ResolveCatalog("sqlite:/a", "", places_).ok());
  EXPECT_TRUE(ResolveCatalog("", "/w", places_).ok());
  EXPECT_FALSE(ResolveCatalog("", "", places_).ok());
  EXPECT_FALSE(ResolveCatalog("lab", "", places_).ok());
}

}  // namespace
}  // namespace artemis
