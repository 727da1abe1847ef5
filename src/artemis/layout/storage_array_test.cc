// Tests of layout/storage_array.h.
#include "artemis/layout/storage_array.h"

#include <arrow/api.h>
#include <arrow/extension/bool8.h>
#include <arrow/extension/uuid.h>
#include <arrow/json/from_string.h>
#include <gtest/gtest.h>

namespace artemis {
namespace {

using ArrayPtr = std::shared_ptr<arrow::Array>;

ArrayPtr Json(const std::shared_ptr<arrow::DataType>& type, const std::string& text) {
  return arrow::json::ArrayFromJSONString(type, text).ValueOrDie();
}

// The array of `stored`'s buffers with `type` in place of its own.
ArrayPtr As(const ArrayPtr& stored, const std::shared_ptr<arrow::DataType>& type) {
  return stored->View(type).ValueOrDie();
}

ArrayPtr Stored(const ArrayPtr& array) {
  return ToStorage(array, arrow::default_memory_pool()).ValueOrDie();
}

const auto kBytes = arrow::fixed_size_binary(16);

TEST(ToStorage, LeavesAnArrayWithoutExtensionsAsItIs) {
  const auto numbers = Json(arrow::list(arrow::int8()), "[[1], null, []]");
  EXPECT_EQ(Stored(numbers).get(), numbers.get());
}

TEST(ToStorage, UnwrapsAtAnyDepth) {
  const auto type = arrow::struct_({arrow::field("u", arrow::extension::uuid()),
                                    arrow::field("l", arrow::list(arrow::extension::uuid()))});
  const auto plain =
      arrow::struct_({arrow::field("u", kBytes), arrow::field("l", arrow::list(kBytes))});
  const auto stored =
      Json(plain, R"([{"u": "0123456789abcdef", "l": ["fedcba9876543210", null]}, null])");
  const ArrayPtr array = Stored(As(stored, type));
  EXPECT_TRUE(array->type()->Equals(*plain)) << array->type()->ToString();
  EXPECT_TRUE(array->Equals(*stored));
}

TEST(ToStorage, MakesBooleansOfBytesAlsoInSlices) {
  const auto numbers = Json(arrow::list(arrow::int8()), "[[9], [0, 1], null, [null, -7]]");
  const auto wrapped = As(numbers, arrow::list(arrow::extension::bool8()));
  const auto expected = Json(arrow::list(arrow::boolean()), "[[false, true], null, [null, true]]");
  EXPECT_TRUE(Stored(wrapped->Slice(1))->Equals(*expected));
}

TEST(ToStorage, UnwrapsKeysAndValuesOfMaps) {
  const auto plain = arrow::map(arrow::utf8(), arrow::int8());
  const auto stored = Json(plain, R"([[["k", 1], ["m", 0]], null])");
  const auto type = arrow::map(arrow::utf8(), arrow::extension::bool8());
  EXPECT_TRUE(Stored(As(stored, type))
                  ->Equals(*Json(arrow::map(arrow::utf8(), arrow::boolean()),
                                 R"([[["k", true], ["m", false]], null])")));
}

}  // namespace
}  // namespace artemis
