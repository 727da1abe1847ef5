// A schema with a column of every primitive type.
#include "artemis/expr/expr_test_schema.h"

#include "artemis/base/error.h"

namespace artemis {
namespace {

Field OptionalField(int32_t id, std::string name, Type type) {
  Field field;
  field.id = FieldId(id);
  field.name = std::move(name);
  field.type = std::move(type);
  return field;
}

}  // namespace

Schema ExprTestSchema() {
  const auto of = [](TypeKind kind) { return Type::Of(kind); };
  const std::vector<std::pair<std::string, Type>> columns = {
      {"flag", of(TypeKind::kBoolean)},
      {"i", of(TypeKind::kInt)},
      {"l", of(TypeKind::kLong)},
      {"f", of(TypeKind::kFloat)},
      {"d", of(TypeKind::kDouble)},
      {"dec", Type::Decimal(9, 2)},
      {"wide", Type::Decimal(38, 10)},
      {"day", of(TypeKind::kDate)},
      {"tod", of(TypeKind::kTime)},
      {"ts", of(TypeKind::kTimestamp)},
      {"tz", of(TypeKind::kTimestamptz)},
      {"tsn", of(TypeKind::kTimestampNs)},
      {"tzn", of(TypeKind::kTimestamptzNs)},
      {"s", of(TypeKind::kString)},
      {"u", of(TypeKind::kUuid)},
      {"fx", Type::Fixed(3)},
      {"bin", of(TypeKind::kBinary)},
      {"void", of(TypeKind::kUnknown)},
      {"point", Type::Struct({OptionalField(100, "x", of(TypeKind::kDouble))})},
      {"tags", Type::List(FieldId(101), of(TypeKind::kString), false)},
      {"raw",
       Type::Map(FieldId(102), of(TypeKind::kString), FieldId(103), of(TypeKind::kInt), false)},
  };
  Schema schema;
  for (const auto& [name, type] : columns) {
    const auto id = static_cast<int32_t>(schema.fields.size()) + 1;
    schema.fields.push_back(OptionalField(id, name, type));
  }
  return schema;
}

BoundPredicate TestLeaf(const std::string& column, PredicateOp op,
                        std::vector<LiteralValue> values) {
  static const Schema schema = ExprTestSchema();
  const Field* field = schema.FindField(column);
  ARTEMIS_CHECK(field != nullptr);
  BoundPredicate leaf;
  leaf.op = op;
  leaf.field_id = field->id;
  leaf.type = field->type;
  leaf.values = std::move(values);
  return leaf;
}

BoundPredicate TestNode(PredicateOp op, std::vector<BoundPredicate> args) {
  BoundPredicate node;
  node.op = op;
  node.args = std::move(args);
  return node;
}

Predicate UnboundLeaf(const std::string& column, PredicateOp op, std::vector<UnboundValue> values) {
  return {.op = op, .args = {}, .column = column, .values = std::move(values)};
}

Predicate UnboundNode(PredicateOp op, std::vector<Predicate> args) {
  return {.op = op, .args = std::move(args), .column = {}, .values = {}};
}

}  // namespace artemis
