#include "artemis/catalog/postgres_uri.h"

#include <map>

#include <gtest/gtest.h>

#include "artemis/catalog/open_catalog.h"

namespace artemis {
namespace {

std::map<std::string, std::string> ParametersOf(const PostgresUri& uri) {
  return {uri.parameters.begin(), uri.parameters.end()};
}

TEST(ParsePostgresUri, PartsWhatIsOursFromWhatIsLibpqs) {
  const auto uri = ParsePostgresUri(
      "postgresql://ada@db.example:5433/lab?name=prod&warehouse=%2Fdata%2Fw&sslmode=require"
      "&connect_timeout=3&statement_timeout_ms=1500");
  ASSERT_TRUE(uri.ok()) << uri.status();
  EXPECT_EQ(uri->name, "prod");
  EXPECT_EQ(uri->warehouse, "/data/w");
  EXPECT_EQ(uri->statement_timeout_ms, 1500);
  EXPECT_EQ(uri->text,
            "postgresql://ada@db.example:5433/lab?warehouse=%2Fdata%2Fw&sslmode=require"
            "&connect_timeout=3&statement_timeout_ms=1500");
  EXPECT_EQ(ParametersOf(*uri), (std::map<std::string, std::string>{{"user", "ada"},
                                                                    {"host", "db.example"},
                                                                    {"port", "5433"},
                                                                    {"dbname", "lab"},
                                                                    {"sslmode", "require"},
                                                                    {"connect_timeout", "3"}}));
}

TEST(ParsePostgresUri, TakesASocketsFolderAndTheOtherSpellingOfTheScheme) {
  const auto uri = ParsePostgresUri("postgres://ada@/lab?host=/run/postgresql");
  ASSERT_TRUE(uri.ok()) << uri.status();
  EXPECT_EQ(uri->text, "postgresql://ada@/lab?host=/run/postgresql");
  EXPECT_EQ(ParametersOf(*uri).at("host"), "/run/postgresql");
}

TEST(ParsePostgresUri, RefusesPasswordsAndDoesNotRepeatThem) {
  for (const std::string text :
       {"postgresql://ada:geheim@db/lab", "postgresql://ada:geh%40eim%zz@db/lab",
        "postgresql://:geheim@db/lab", "postgresql://ada@db/lab?password=geheim",
        "postgresql://ada@db/lab?sslmode=require&PASSWORD=geheim",
        "postgresql://ada@db/lab?sslpassword=geheim", "postgresql://ada@db/lab?pass%77ord=geheim",
        "postgresql://ada:geh/eim@db/lab"}) {
    CatalogOptions options;
    options.uri = text;
    for (const auto& status : {ParsePostgresUri(text).status(), OpenCatalog(options).status()}) {
      ASSERT_TRUE(status.IsInvalid()) << text << ": " << status;
      EXPECT_NE(status.message().find("PGPASSFILE"), std::string::npos) << status;
      EXPECT_EQ(status.message().find("geh"), std::string::npos) << status;
      EXPECT_EQ(status.message().find("eim"), std::string::npos) << status;
    }
  }
}

TEST(ParsePostgresUri, RefusesWhatItDoesNotKnow) {
  const std::vector<std::pair<std::string, std::string>> cases = {
      {"postgresql://db/lab?sslmod=require", "'sslmod' (did you mean 'sslmode'?)"},
      {"postgresql://db/lab?options=-cfsync%3Doff", "'options'"},
      {"postgresql://db/lab?name=", "empty name"},
      {"postgresql://db", "names no database"},
      {"postgresql://db/lab?host=%2", "hexadecimal"},
      {"postgresql://db/lab?statement_timeout_ms=0", "expected 1 to 86400000"},
      {"postgresql://db/lab?statement_timeout_ms=soon", "'soon'"}};
  for (const auto& [text, message] : cases) {
    const auto status = ParsePostgresUri(text).status();
    ASSERT_TRUE(status.IsInvalid()) << text << ": " << status;
    EXPECT_NE(status.message().find(message), std::string::npos) << status;
  }
}

TEST(WithoutPassword, HidesWhatMayBeOne) {
  EXPECT_EQ(WithoutPassword("hive:thrift"), "hive:thrift");
  EXPECT_EQ(WithoutPassword("mysql://u:geheim@h/d?x=y"), "mysql://***@h/d?***");
  EXPECT_EQ(WithoutPassword("u:geheim@h/d"), "***@h/d");
  CatalogOptions options;
  options.uri = "mysql://u:geheim@h/d";
  EXPECT_EQ(OpenCatalog(options).status().message().find("geheim"), std::string::npos);
}

TEST(OpenCatalog, NamesAServerThatCannotBeReached) {
  CatalogOptions options;
  options.uri = "postgresql://ada@/lab?host=/nowhere/at/all";
  const auto status = OpenCatalog(options).status();
  EXPECT_TRUE(status.IsIOError()) << status;
  EXPECT_NE(status.message().find("postgresql://ada@/lab cannot be reached"), std::string::npos)
      << status;
  EXPECT_NE(status.message().find("/nowhere/at/all"), std::string::npos) << status;
  EXPECT_EQ(status.message().find('\n'), std::string::npos);
}

}  // namespace
}  // namespace artemis
