// What people type: times, partition specs, types and values. The first byte chooses which.
#include <iterator>

#include "artemis/base/iso_time.h"
#include "artemis/schema/literal.h"
#include "artemis/schema/partition_spec.h"
#include "artemis/schema/type_text.h"
#include "fuzz_input.h"

namespace {

const artemis::Schema& FuzzTextSchema() {
  using namespace artemis;
  static const Schema schema = [] {
    Schema made;
    for (int32_t id = 1; id <= 3; ++id) {
      Field field;
      field.id = FieldId(id);
      field.name = std::string(1, static_cast<char>('a' + id - 1));
      field.type = Type::Of(id == 1   ? TypeKind::kTimestamp
                            : id == 2 ? TypeKind::kString
                                      : TypeKind::kLong);
      made.fields.push_back(std::move(field));
    }
    return made;
  }();
  return schema;
}

void FuzzLiteral(const artemis::Type& type, std::string_view text) {
  using namespace artemis;
  const auto value = ParseLiteral(type, text);
  if (!value.ok()) return;
  const auto bytes = FromBytes(type, ToBytes(type, *value));
  ARTEMIS_CHECK(bytes.ok());
  ARTEMIS_CHECK(CompareValues(*bytes, *value) == 0);
  const auto json = LiteralFromJson(type, LiteralToJson(type, *value));
  ARTEMIS_CHECK(!json.ok() || CompareValues(*json, *value) == 0);
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  using namespace artemis;
  if (size < 1 || size > kFuzzInputMax) return 0;
  const auto text = FuzzText(data + 1, size - 1);
  static constexpr TypeKind kKinds[] = {
      TypeKind::kBoolean, TypeKind::kInt,         TypeKind::kLong,          TypeKind::kFloat,
      TypeKind::kDouble,  TypeKind::kDate,        TypeKind::kTime,          TypeKind::kTimestamp,
      TypeKind::kUuid,    TypeKind::kTimestamptz, TypeKind::kTimestamptzNs, TypeKind::kBinary};
  const size_t choice = data[0] % (5 + std::size(kKinds));
  switch (choice) {
    case 0:
      (void)ParseIsoTime(text);
      break;
    case 1:
      (void)ParsePartitionSpec(text, FuzzTextSchema());
      break;
    case 2:
      (void)ParseTypeName(text);
      break;
    case 3:
      FuzzLiteral(Type::Decimal(38, 10), text);
      break;
    case 4:
      FuzzLiteral(Type::Fixed(4), text);
      break;
    default:
      FuzzLiteral(Type::Of(kKinds[choice - 5]), text);
  }
  return 0;
}
