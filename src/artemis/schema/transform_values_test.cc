// Every reference value of tests/golden/transforms.toml, one by one and as arrays. The same file is held against PyIceberg by
// tests/interop/test_transform_values.py.
#include <cstdlib>
#include <filesystem>
#include <set>

#include <gtest/gtest.h>
#include <toml++/toml.h>

#include "artemis/schema/bucket_hash.h"
#include "artemis/schema/literal.h"
#include "artemis/schema/literal_array.h"
#include "artemis/schema/transform.h"
#include "artemis/schema/transform_array.h"
#include "artemis/schema/type_text.h"

namespace artemis {
namespace {

std::string GoldenPath() {
  const char* checkout = std::getenv("ARTEMIS_SOURCE_DIR");
  const std::filesystem::path name = "tests/golden/transforms.toml";
  if (checkout != nullptr) return (checkout / name).string();
  // Started by hand: the checkout is above the program.
  std::filesystem::path folder = std::filesystem::read_symlink("/proc/self/exe").parent_path();
  while (folder.has_relative_path() && !std::filesystem::exists(folder / name)) {
    folder = folder.parent_path();
  }
  return (folder / name).string();
}

toml::table Golden() {
#if TOML_EXCEPTIONS
  return toml::parse_file(GoldenPath());
#else
  return toml::parse_file(GoldenPath()).table();
#endif
}

std::string TextOf(const toml::table& row, const char* key) {
  return row[key].value<std::string>().value();
}

TEST(TransformValues, HashesAreThoseOfTheSpecification) {
  const toml::table golden = Golden();
  std::set<TypeKind> kinds;
  for (const toml::node& node : *golden["hash"].as_array()) {
    const toml::table& row = *node.as_table();
    const Type type = ParseTypeName(TextOf(row, "type")).ValueOrDie();
    const auto value = ParseLiteral(type, TextOf(row, "value"));
    ASSERT_TRUE(value.ok()) << value.status();
    EXPECT_EQ(BucketHash(type, *value), row["hash"].value<int64_t>().value())
        << type.ToString() << " " << TextOf(row, "value");
    kinds.insert(type.kind);
  }
  EXPECT_EQ(kinds.size(), 13u) << "one or more for each type that can be bucketed";
}

struct TransformCase {
  Transform transform;
  Type source;
  LiteralValue value, expected;
  std::string name;
};

std::vector<TransformCase> TransformCases() {
  std::vector<TransformCase> cases;
  const toml::table golden = Golden();
  for (const toml::node& node : *golden["result"].as_array()) {
    const toml::table& row = *node.as_table();
    TransformCase c;
    c.transform = ParseTransform(TextOf(row, "transform")).ValueOrDie();
    c.source = ParseTypeName(TextOf(row, "type")).ValueOrDie();
    c.value = ParseLiteral(c.source, TextOf(row, "value")).ValueOrDie();
    Type result = TransformResultType(c.transform, c.source).ValueOrDie();
    // Days are written as numbers.
    if (c.transform.kind == TransformKind::kDay) result = Type::Of(TypeKind::kInt);
    c.expected = ParseLiteral(result, TextOf(row, "result")).ValueOrDie();
    c.name = TextOf(row, "transform") + " of " + TextOf(row, "type") + " " + TextOf(row, "value");
    cases.push_back(std::move(c));
  }
  return cases;
}

TEST(TransformValues, ResultsAreThoseOfTheReferences) {
  std::set<TransformKind> kinds;
  for (const TransformCase& c : TransformCases()) {
    EXPECT_EQ(ApplyTransform(c.transform, c.source, c.value), c.expected) << c.name;
    kinds.insert(c.transform.kind);
  }
  EXPECT_EQ(kinds.size(), 7u) << "every transform but void and the unknown";
}

TEST(TransformValues, ArraysGiveWhatSingleValuesGive) {
  for (const TransformCase& c : TransformCases()) {
    const auto values = ArrayOfLiterals(c.source, {c.value, std::nullopt}).ValueOrDie();
    const auto results = ApplyTransformToArray(c.transform, c.source, *values);
    ASSERT_TRUE(results.ok()) << c.name << ": " << results.status();
    const Type type = TransformResultType(c.transform, c.source).ValueOrDie();
    EXPECT_EQ(*LiteralAt(type, **results, 0), c.expected) << c.name;
    EXPECT_EQ(*LiteralAt(type, **results, 1), std::nullopt) << c.name;
  }
}

}  // namespace
}  // namespace artemis
