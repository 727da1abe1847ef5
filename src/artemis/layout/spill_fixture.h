// A folder for spilled rows, and rows to spill, for the tests of what is put aside on disk.
#pragma once

#include <unistd.h>

#include <filesystem>
#include <memory>
#include <random>
#include <string>

#include <arrow/api.h>
#include <gtest/gtest.h>

#include "artemis/layout/spill_file.h"
#include "artemis/schema/arrow_schema.h"

namespace artemis {

class SpillTest : public ::testing::Test {
 protected:
  void SetUp() override {
    folder_ = std::filesystem::path(::testing::TempDir()) /
              ("spill_" + std::to_string(::getpid()) + "_" +
               ::testing::UnitTest::GetInstance()->current_test_info()->name());
    std::filesystem::create_directories(folder_);
  }
  void TearDown() override { std::filesystem::remove_all(folder_); }

  static Schema NumberSchema() {
    Schema schema;
    for (const auto kind : {TypeKind::kLong, TypeKind::kString, TypeKind::kLong}) {
      Field field;
      field.id = FieldId(static_cast<int32_t>(schema.fields.size()) + 1);
      field.name = "c" + std::to_string(schema.fields.size());
      field.type = Type::Of(kind);
      schema.fields.push_back(field);
    }
    return schema;
  }

  // Random numbers and texts; the last column counts the rows.
  static std::shared_ptr<arrow::RecordBatch> Numbers(int64_t first, int64_t rows) {
    std::mt19937_64 random(static_cast<uint64_t>(first) + 1);
    arrow::Int64Builder number, row;
    arrow::StringBuilder text;
    for (int64_t i = 0; i < rows; ++i) {
      EXPECT_TRUE(number.Append(static_cast<int64_t>(random() % 5000)).ok());
      EXPECT_TRUE((i % 7 == 0 ? text.AppendNull() : text.Append(std::to_string(random()))).ok());
      EXPECT_TRUE(row.Append(first + i).ok());
    }
    return arrow::RecordBatch::Make(
        ToArrowSchema(NumberSchema()), rows,
        {number.Finish().ValueOrDie(), text.Finish().ValueOrDie(), row.Finish().ValueOrDie()});
  }

  std::unique_ptr<SpillFile> Open() const {
    return SpillFile::Create(folder_.string(), ToArrowSchema(NumberSchema()),
                             arrow::default_memory_pool())
        .ValueOrDie();
  }

  std::filesystem::path folder_;
};

}  // namespace artemis
