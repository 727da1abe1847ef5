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

using FieldNames = std::vector<std::string>;

TEST(FlightMetadata, HasTheSpecifiedColumns) {
  EXPECT_EQ(CatalogsSchema()->field_names(), FieldNames{"catalog_name"});
  EXPECT_EQ(SchemasSchema()->field_names(), (FieldNames{"catalog_name", "db_schema_name"}));
  EXPECT_EQ(
      TablesSchema(true)->field_names(),
      (FieldNames{"catalog_name", "db_schema_name", "table_name", "table_type", "table_schema"}));
  EXPECT_EQ(TableTypesSchema()->field_names(), FieldNames{"table_type"});
  EXPECT_EQ(KeysSchema(KeyKind::kPrimary)->field_names(),
            (FieldNames{"catalog_name", "db_schema_name", "table_name", "column_name", "key_name",
                        "key_sequence"}));
}

TEST(FlightMetadata, HasOneShapeOfForeignKeys) {
  const FieldNames foreign = {"pk_catalog_name", "pk_db_schema_name", "pk_table_name",
                              "pk_column_name",  "fk_catalog_name",   "fk_db_schema_name",
                              "fk_table_name",   "fk_column_name",    "key_sequence",
                              "fk_key_name",     "pk_key_name",       "update_rule",
                              "delete_rule"};
  for (const auto kind : {KeyKind::kExported, KeyKind::kImported, KeyKind::kCrossReference}) {
    EXPECT_EQ(KeysSchema(kind)->field_names(), foreign);
  }
}

// What clients display of a column "price" and of a required one "name", whose doc is "who", of ground.eu.passes.
class ColumnMetadata : public ::testing::Test {
 protected:
  ColumnMetadata() {
    Field name;
    name.name = "name";
    name.required = true;
    name.doc = "who";
    Schema iceberg;
    iceberg.fields = {name};
    const arrow::Schema rows(
        {arrow::field("price", arrow::decimal128(10, 2)), arrow::field("name", arrow::utf8())});
    const TableName table{{"ground", "eu"}, "passes"};
    columns_ = WithColumnMetadata(rows, &table, &iceberg);
  }

  std::string Value(const std::string& column, const std::string& key) const {
    return columns_->GetFieldByName(column)
        ->metadata()
        ->Get("ARROW:FLIGHT:SQL:" + key)
        .ValueOr("(none)");
  }

  std::shared_ptr<arrow::Schema> columns_;
};

TEST_F(ColumnMetadata, TellsTypes) {
  EXPECT_EQ(Value("price", "TYPE_NAME"), "DECIMAL");
  EXPECT_EQ(Value("price", "PRECISION"), "10");
  EXPECT_EQ(Value("price", "SCALE"), "2");
  EXPECT_EQ(Value("price", "IS_AUTO_INCREMENT"), "0");
  EXPECT_EQ(Value("name", "TYPE_NAME"), "VARCHAR");
}

TEST_F(ColumnMetadata, TellsWhereAColumnIsOf) {
  EXPECT_EQ(Value("price", "CATALOG_NAME"), "artemis");
  EXPECT_EQ(Value("price", "SCHEMA_NAME"), "ground.eu");
  EXPECT_EQ(Value("price", "TABLE_NAME"), "passes");
}

TEST_F(ColumnMetadata, TakesDocsAndNullsFromTheTable) {
  EXPECT_EQ(Value("price", "REMARKS"), "(none)");
  EXPECT_EQ(Value("name", "REMARKS"), "who");
  EXPECT_TRUE(columns_->GetFieldByName("price")->nullable());
  EXPECT_FALSE(columns_->GetFieldByName("name")->nullable());
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
