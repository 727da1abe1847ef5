// Patterns, column metadata and addresses.
#include "artemis/serve/metadata_batches.h"

#include <arrow/util/key_value_metadata.h>
#include <gtest/gtest.h>

#include "artemis/serve/metrics_endpoint.h"

namespace artemis {

TEST(LikeMatches, TakesPercentAsAnyText) {
  EXPECT_TRUE(LikeMatches("%", ""));
  EXPECT_TRUE(LikeMatches("%", "sda"));
  EXPECT_TRUE(LikeMatches("s%", "sda"));
  EXPECT_TRUE(LikeMatches("%a", "sda"));
  EXPECT_TRUE(LikeMatches("%d%", "sda"));
  EXPECT_TRUE(LikeMatches("%ab%ab", "abxabab"));
  EXPECT_FALSE(LikeMatches("%ab%ab", "abxaba"));
  EXPECT_FALSE(LikeMatches("s%x", "sda"));
}

TEST(LikeMatches, TakesUnderscoreAsOneCharacter) {
  EXPECT_TRUE(LikeMatches("s_a", "sda"));
  EXPECT_FALSE(LikeMatches("s_a", "sa"));
  EXPECT_FALSE(LikeMatches("_", ""));
}

TEST(LikeMatches, TakesWhatFollowsABackslashAsItIs) {
  EXPECT_TRUE(LikeMatches("a\\_b", "a_b"));
  EXPECT_FALSE(LikeMatches("a\\_b", "axb"));
  EXPECT_TRUE(LikeMatches("100\\%", "100%"));
  EXPECT_FALSE(LikeMatches("100\\%", "1000"));
}

TEST(LikeMatches, IsExactInCaseAndWhole) {
  EXPECT_FALSE(LikeMatches("SDA", "sda"));
  EXPECT_FALSE(LikeMatches("sd", "sda"));
  EXPECT_FALSE(LikeMatches("", "sda"));
  EXPECT_TRUE(LikeMatches("", ""));
}

TEST(FlightMetadata, HasTheSpecifiedColumns) {
  EXPECT_EQ(CatalogsSchema()->field_names(), (std::vector<std::string>{"catalog_name"}));
  EXPECT_EQ(SchemasSchema()->field_names(),
            (std::vector<std::string>{"catalog_name", "db_schema_name"}));
  EXPECT_EQ(TablesSchema(true)->field_names(),
            (std::vector<std::string>{"catalog_name", "db_schema_name", "table_name", "table_type",
                                      "table_schema"}));
  EXPECT_EQ(TableTypesSchema()->field_names(), (std::vector<std::string>{"table_type"}));
  EXPECT_EQ(KeysSchema(KeyKind::kPrimary)->field_names(),
            (std::vector<std::string>{"catalog_name", "db_schema_name", "table_name", "column_name",
                                      "key_name", "key_sequence"}));
  const std::vector<std::string> foreign = {
      "pk_catalog_name", "pk_db_schema_name", "pk_table_name", "pk_column_name",
      "fk_catalog_name", "fk_db_schema_name", "fk_table_name", "fk_column_name",
      "key_sequence",    "fk_key_name",       "pk_key_name",   "update_rule",
      "delete_rule"};
  for (const auto kind : {KeyKind::kExported, KeyKind::kImported, KeyKind::kCrossReference}) {
    EXPECT_EQ(KeysSchema(kind)->field_names(), foreign);
  }
}

TEST(FlightMetadata, ColumnsCarryWhatClientsDisplay) {
  const arrow::Schema rows(
      {arrow::field("price", arrow::decimal128(10, 2)), arrow::field("name", arrow::utf8())});
  Schema iceberg;
  iceberg.fields = {Field{}};
  iceberg.fields[0].name = "name";
  iceberg.fields[0].required = true;
  iceberg.fields[0].doc = "who";
  const TableName table{{"ground", "eu"}, "passes"};
  const auto columns = WithColumnMetadata(rows, &table, &iceberg);
  const auto value = [&](int column, const std::string& name) {
    return columns->field(column)->metadata()->Get("ARROW:FLIGHT:SQL:" + name).ValueOr("(none)");
  };
  EXPECT_EQ(value(0, "TYPE_NAME"), "DECIMAL");
  EXPECT_EQ(value(0, "PRECISION"), "10");
  EXPECT_EQ(value(0, "SCALE"), "2");
  EXPECT_EQ(value(0, "CATALOG_NAME"), "artemis");
  EXPECT_EQ(value(0, "SCHEMA_NAME"), "ground.eu");
  EXPECT_EQ(value(0, "TABLE_NAME"), "passes");
  EXPECT_EQ(value(0, "IS_AUTO_INCREMENT"), "0");
  EXPECT_EQ(value(0, "REMARKS"), "(none)");
  EXPECT_EQ(value(1, "TYPE_NAME"), "VARCHAR");
  EXPECT_EQ(value(1, "REMARKS"), "who");
  EXPECT_TRUE(columns->field(0)->nullable());
  EXPECT_FALSE(columns->field(1)->nullable());
}

TEST(HostPort, IsReadFromText) {
  EXPECT_EQ(ParseHostPort("127.0.0.1:9400").ValueOrDie(), (HostPort{"127.0.0.1", 9400}));
  EXPECT_EQ(ParseHostPort("[::1]:0").ValueOrDie(), (HostPort{"::1", 0}));
  EXPECT_EQ(ParseHostPort("ground-1:65535").ValueOrDie().ToString(), "ground-1:65535");
  EXPECT_EQ(ParseHostPort("[::1]:7").ValueOrDie().ToString(), "[::1]:7");
  for (const std::string bad : {"", ":80", "localhost", "localhost:", "localhost:65536",
                                "localhost:-1", "a:1x", "::1:80", "127.evil.example:80"}) {
    EXPECT_TRUE(ParseHostPort(bad).status().IsInvalid()) << bad;
  }
}

TEST(HostPort, KnowsThisMachine) {
  for (const std::string host : {"127.0.0.1", "127.1.2.3", "::1", "localhost"}) {
    EXPECT_TRUE((HostPort{host, 1}).IsLoopback()) << host;
  }
  for (const std::string host : {"0.0.0.0", "::", "10.0.0.1", "ground-1", "128.0.0.1"}) {
    EXPECT_FALSE((HostPort{host, 1}).IsLoopback()) << host;
  }
}

}  // namespace artemis
