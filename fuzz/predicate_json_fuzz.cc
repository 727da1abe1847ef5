// Predicates as JSON: whatever is read is written as a predicate that reads and writes the same; binding it may fail, and nothing
// worse.
#include "artemis/expr/predicate.h"
#include "fuzz_input.h"

namespace {

artemis::Schema FuzzSchema() {
  using namespace artemis;
  Schema schema;
  int32_t id = 1;
  const auto add = [&](const char* name, Type type) {
    Field field;
    field.id = FieldId(id++);
    field.name = name;
    field.type = std::move(type);
    schema.fields.push_back(std::move(field));
  };
  add("i", Type::Of(TypeKind::kInt));
  add("l", Type::Of(TypeKind::kLong));
  add("f", Type::Of(TypeKind::kFloat));
  add("d", Type::Of(TypeKind::kDouble));
  add("s", Type::Of(TypeKind::kString));
  add("t", Type::Of(TypeKind::kTimestamptz));
  add("n", Type::Decimal(9, 2));
  add("b", Type::Of(TypeKind::kBinary));
  return schema;
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  using namespace artemis;
  static const Schema schema = FuzzSchema();
  const auto read = PredicateFromJson(FuzzText(data, size));
  if (!read.ok()) return 0;
  const std::string json = PredicateToJson(*read);
  const auto again = PredicateFromJson(json);
  ARTEMIS_CHECK(again.ok());
  ARTEMIS_CHECK(PredicateToJson(*again) == json);
  const auto bound = Bind(*read, schema);
  if (bound.ok()) (void)FormatPredicate(Negate(*bound), schema);
  return 0;
}
