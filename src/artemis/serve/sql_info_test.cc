// The SqlInfo set and the type info against the specification.
#include "artemis/serve/sql_info.h"

#include <set>

#include <arrow/array.h>
#include <arrow/scalar.h>
#include <gtest/gtest.h>

namespace artemis {

namespace {

constexpr uint32_t kTransactionInfo = 8;

std::shared_ptr<arrow::RecordBatch> InfoOf(const std::vector<uint32_t>& ids) {
  const auto batch = SqlInfoBatch(ids, {60'000, 3'600'000});
  EXPECT_TRUE(batch.ok()) << batch.status().ToString();
  EXPECT_TRUE((*batch)->ValidateFull().ok());
  return *batch;
}

std::shared_ptr<arrow::Scalar> ValueIn(const arrow::RecordBatch& batch, int64_t row) {
  const auto scalar = batch.column(1)->GetScalar(row).ValueOrDie();
  return static_cast<const arrow::UnionScalar&>(*scalar).type_code >= 0
             ? static_cast<const arrow::DenseUnionScalar&>(*scalar).value
             : nullptr;
}

}  // namespace

// FlightSql.proto, enum SqlInfo.
TEST(SqlInfo, HoldsEveryIdOfTheSpecification) {
  std::set<uint32_t> expected;
  for (uint32_t id = 0; id <= 11; ++id) expected.insert(id);
  expected.insert({100, 101});
  for (uint32_t id = 500; id <= 576; ++id) expected.insert(id);
  const auto batch = InfoOf({});
  std::set<uint32_t> found;
  for (int64_t row = 0; row < batch->num_rows(); ++row) {
    found.insert(static_cast<const arrow::UInt32Array&>(*batch->column(0)).Value(row));
  }
  EXPECT_EQ(found, expected);
  EXPECT_EQ(batch->num_rows(), static_cast<int64_t>(expected.size()));
}

TEST(SqlInfo, HasTheSpecifiedUnion) {
  const auto schema = SqlInfoSchema();
  EXPECT_EQ(schema->field(0)->name(), "info_name");
  EXPECT_FALSE(schema->field(0)->nullable());
  ASSERT_EQ(schema->field(1)->type()->id(), arrow::Type::DENSE_UNION);
  const auto& type = static_cast<const arrow::UnionType&>(*schema->field(1)->type());
  EXPECT_EQ(type.type_codes(), (std::vector<int8_t>{0, 1, 2, 3, 4, 5}));
  std::vector<std::string> names;
  for (const auto& field : type.fields()) names.push_back(field->name());
  EXPECT_EQ(names,
            (std::vector<std::string>{"string_value", "bool_value", "bigint_value", "int32_bitmask",
                                      "string_list", "int32_to_int32_list_map"}));
}

TEST(SqlInfo, GivesTheIdsThatAreAskedForInTheirOrder) {
  const auto batch = InfoOf({504, kTransactionInfo, 0});
  ASSERT_EQ(batch->num_rows(), 3);
  const auto& ids = static_cast<const arrow::UInt32Array&>(*batch->column(0));
  EXPECT_EQ(ids.Value(0), 504u);
  EXPECT_EQ(ids.Value(2), 0u);
  EXPECT_EQ(ValueIn(*batch, 0)->ToString(), "\"");
  EXPECT_EQ(ValueIn(*batch, 2)->ToString(), "Artemis");
}

// The Go driver reads the id of transactions as child 3 alone.
TEST(SqlInfo, SaysTransactionsAsAnInt32) {
  const auto batch = InfoOf({kTransactionInfo});
  const auto& values = static_cast<const arrow::DenseUnionArray&>(*batch->column(1));
  EXPECT_EQ(values.type_code(0), 3);
}

TEST(SqlInfo, TellsTheLimitsOfTheServer) {
  const auto batch = InfoOf({100, 101});
  EXPECT_EQ(ValueIn(*batch, 0)->ToString(), "60000");
  EXPECT_EQ(ValueIn(*batch, 1)->ToString(), "3600000");
}

// 3: read only, 10: ingest, 11: ingest in transactions, 501 and 502: DDL of schemas and tables, 572: batches of updates.
TEST(SqlInfo, TellsWhetherTablesCanBeChanged) {
  for (const bool writes : {true, false}) {
    const auto batch = SqlInfoBatch({3, 10, 11, 501, 502, 572}, {0, 0, writes}).ValueOrDie();
    const std::string yes = writes ? "true" : "false";
    const std::string no = writes ? "false" : "true";
    EXPECT_EQ(ValueIn(*batch, 0)->ToString(), no);
    for (int64_t row = 1; row < 6; ++row) EXPECT_EQ(ValueIn(*batch, row)->ToString(), yes) << row;
  }
}

TEST(SqlInfo, NamesAnIdThatIsNone) {
  const auto batch = SqlInfoBatch({9999}, {});
  EXPECT_TRUE(batch.status().IsKeyError());
  EXPECT_NE(batch.status().message().find("9999"), std::string::npos);
}

TEST(TypeInfo, IsSortedByCodeAndValid) {
  const auto batch = TypeInfoBatch(std::nullopt).ValueOrDie();
  ASSERT_TRUE(batch->ValidateFull().ok());
  EXPECT_EQ(batch->schema()->num_fields(), 19);
  const auto& codes = static_cast<const arrow::Int32Array&>(*batch->column(1));
  for (int64_t row = 1; row < codes.length(); ++row)
    EXPECT_LT(codes.Value(row - 1), codes.Value(row));
}

TEST(TypeInfo, GivesTheTypeThatIsAskedFor) {
  const auto batch = TypeInfoBatch(12).ValueOrDie();
  ASSERT_EQ(batch->num_rows(), 1);
  EXPECT_EQ(static_cast<const arrow::StringArray&>(*batch->column(0)).GetString(0), "VARCHAR");
  EXPECT_EQ(TypeInfoBatch(10).ValueOrDie()->num_rows(), 0);
}

}  // namespace artemis
