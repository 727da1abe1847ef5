// Tests of schema/evolution.h.
#include "artemis/schema/evolution.h"

#include <gtest/gtest.h>

namespace artemis {
namespace {

Field Column(int32_t id, std::string name, Type type) {
  return {FieldId(id), std::move(name), false, std::move(type), {}, {}, {}};
}

// id (identifier), count: int, position{lat: float, lon: float}, points: list<struct{x}>, m:
// map<int, int>
Schema EvolvingSchema() {
  Schema schema;
  schema.id = SchemaId(2);
  schema.fields = {
      Column(1, "id", Type::Of(TypeKind::kLong)),
      Column(2, "count", Type::Of(TypeKind::kInt)),
      Column(3, "position",
             Type::Struct({Column(6, "lat", Type::Of(TypeKind::kFloat)),
                           Column(7, "lon", Type::Of(TypeKind::kFloat))})),
      Column(4, "points",
             Type::List(FieldId(8), Type::Struct({Column(9, "x", Type::Decimal(9, 2))}), false)),
      Column(5, "m",
             Type::Map(FieldId(10), Type::Of(TypeKind::kInt), FieldId(11), Type::Of(TypeKind::kInt),
                       false)),
  };
  schema.identifier_field_ids = {FieldId(1)};
  return schema;
}

std::string TopNames(const Schema& schema) {
  std::string names;
  for (const Field& field : schema.fields) names += field.name + " ";
  return names;
}

template <typename T>
void ExpectInvalid(const arrow::Result<T>& result, const std::string& part) {
  ASSERT_TRUE(result.status().IsInvalid()) << part;
  EXPECT_NE(result.status().message().find(part), std::string::npos) << result.status();
}

TEST(AddColumn, GivesIdsThatWereNeverUsed) {
  const auto change =
      AddColumn(EvolvingSchema(), FieldId(20), "mode", Type::Of(TypeKind::kString), "the mode");
  ASSERT_TRUE(change.ok()) << change.status();
  EXPECT_EQ(change->last_column_id, FieldId(21));
  const Field* field = change->schema.FindField("mode");
  ASSERT_NE(field, nullptr);
  EXPECT_EQ(field->id, FieldId(21));
  EXPECT_FALSE(field->required);
  EXPECT_EQ(field->doc, "the mode");
  EXPECT_EQ(change->schema.id, SchemaId(2));
}

TEST(AddColumn, NumbersNestedTypesAndFindsNestedParents) {
  const auto in_struct = AddColumn(EvolvingSchema(), FieldId(11), "position.tags",
                                   Type::List(FieldId(1), Type::Of(TypeKind::kString), false));
  ASSERT_TRUE(in_struct.ok()) << in_struct.status();
  EXPECT_EQ(in_struct->schema.FindField("position.tags")->id, FieldId(12));
  EXPECT_EQ(in_struct->schema.FindField("position.tags.element")->id, FieldId(13));
  EXPECT_EQ(in_struct->last_column_id, FieldId(13));
  const auto in_list =
      AddColumn(EvolvingSchema(), FieldId(11), "points.y", Type::Of(TypeKind::kInt));
  EXPECT_EQ(in_list->schema.FindField("points.element.y")->id, FieldId(12));
}

TEST(AddColumn, RefusesNamesInUseAndUnknownParents) {
  const Schema schema = EvolvingSchema();
  const Type type = Type::Of(TypeKind::kInt);
  ExpectInvalid(AddColumn(schema, FieldId(11), "count", type), "already");
  ExpectInvalid(AddColumn(schema, FieldId(11), "position.lat", type), "already");
  ExpectInvalid(AddColumn(schema, FieldId(11), "postion.alt", type), "did you mean 'position'");
  ExpectInvalid(AddColumn(schema, FieldId(11), "count.alt", type), "is no struct but int");
  ExpectInvalid(AddColumn(schema, FieldId(11), "", type), "needs a name");
  ExpectInvalid(AddColumn(schema, FieldId(11), "position.", type), "needs a name");
}

TEST(RenameColumn, KeepsTheId) {
  const auto top = RenameColumn(EvolvingSchema(), "count", "total");
  ASSERT_TRUE(top.ok());
  EXPECT_EQ(top->FindField("total")->id, FieldId(2));
  EXPECT_EQ(top->FindField("count"), nullptr);
  const auto nested = RenameColumn(EvolvingSchema(), "position.lat", "latitude");
  EXPECT_EQ(nested->FindField("position.latitude")->id, FieldId(6));
}

TEST(RenameColumn, RefusesNamesInUseAndPartsOfLists) {
  ExpectInvalid(RenameColumn(EvolvingSchema(), "count", "id"), "already");
  ExpectInvalid(RenameColumn(EvolvingSchema(), "position.lat", "lon"), "already");
  ExpectInvalid(RenameColumn(EvolvingSchema(), "points.element", "item"), "list or map");
  ExpectInvalid(RenameColumn(EvolvingSchema(), "nothing", "x"), "no such column");
  ExpectInvalid(RenameColumn(EvolvingSchema(), "position.lat", "position.latitude"),
                "the new name alone, 'latitude'");
  EXPECT_TRUE(RenameColumn(EvolvingSchema(), "position.lat", "id").ok());
}

TEST(DropColumn, TakesChildrenAlong) {
  const auto schema = DropColumn(EvolvingSchema(), "position");
  ASSERT_TRUE(schema.ok());
  EXPECT_EQ(schema->FindField(FieldId(3)), nullptr);
  EXPECT_EQ(schema->FindField(FieldId(6)), nullptr);
  EXPECT_EQ(DropColumn(EvolvingSchema(), "points.element.x")->FindField(FieldId(9)), nullptr);
}

TEST(DropColumn, RefusesIdentifierFields) {
  ExpectInvalid(DropColumn(EvolvingSchema(), "id"), "identifier");
  Schema nested = EvolvingSchema();
  nested.identifier_field_ids = {FieldId(6)};
  ExpectInvalid(DropColumn(nested, "position"), "identifier");
  ExpectInvalid(DropColumn(EvolvingSchema(), "m.value"), "list or map");
}

TEST(WidenColumn, FollowsTheTableOfPromotions) {
  EXPECT_EQ(
      WidenColumn(EvolvingSchema(), "count", Type::Of(TypeKind::kLong))->FindField("count")->type,
      Type::Of(TypeKind::kLong));
  EXPECT_EQ(WidenColumn(EvolvingSchema(), "position.lat", Type::Of(TypeKind::kDouble))
                ->FindField("position.lat")
                ->type,
            Type::Of(TypeKind::kDouble));
  EXPECT_EQ(WidenColumn(EvolvingSchema(), "points.element.x", Type::Decimal(12, 2))
                ->FindField(FieldId(9))
                ->type,
            Type::Decimal(12, 2));
  EXPECT_TRUE(WidenColumn(EvolvingSchema(), "m.value", Type::Of(TypeKind::kLong)).ok());
}

TEST(WidenColumn, RefusesEverythingElseAndNamesBothTypes) {
  ExpectInvalid(WidenColumn(EvolvingSchema(), "id", Type::Of(TypeKind::kInt)),
                "type long cannot be widened to int");
  ExpectInvalid(WidenColumn(EvolvingSchema(), "count", Type::Of(TypeKind::kDouble)), "int");
  ExpectInvalid(WidenColumn(EvolvingSchema(), "count", Type::Of(TypeKind::kInt)), "int");
  ExpectInvalid(WidenColumn(EvolvingSchema(), "points.element.x", Type::Decimal(12, 3)), "decimal");
  ExpectInvalid(WidenColumn(EvolvingSchema(), "points.element.x", Type::Decimal(8, 2)), "decimal");
  ExpectInvalid(WidenColumn(EvolvingSchema(), "m.key", Type::Of(TypeKind::kLong)), "map keys");
}

TEST(WidenColumn, WidensDefaultsToo) {
  Schema schema = EvolvingSchema();
  schema.fields[1].initial_default = LiteralValue(int32_t{7});
  const auto widened = WidenColumn(schema, "count", Type::Of(TypeKind::kLong));
  EXPECT_EQ(widened->FindField("count")->initial_default, LiteralValue(int64_t{7}));
}

TEST(MoveColumn, ReordersSiblingsOnly) {
  EXPECT_EQ(TopNames(*MoveColumnFirst(EvolvingSchema(), "points")), "points id count position m ");
  EXPECT_EQ(TopNames(*MoveColumnAfter(EvolvingSchema(), "id", "position")),
            "count position id points m ");
  EXPECT_EQ(TopNames(*MoveColumnAfter(EvolvingSchema(), "m", "id")), "id m count position points ");
  const auto nested = MoveColumnAfter(EvolvingSchema(), "position.lat", "lon");
  EXPECT_EQ(nested->FindField("position")->type.fields[0].name, "lon");
  ExpectInvalid(MoveColumnAfter(EvolvingSchema(), "position.lat", "id"), "no sibling");
  ExpectInvalid(MoveColumnAfter(EvolvingSchema(), "id", "id"), "itself");
}

TEST(AddColumn, GivesBothDefaultsAndLetsRequiredColumnsHaveOne) {
  NewColumnOptions options;
  options.required = true;
  ExpectInvalid(AddColumn(EvolvingSchema(), FieldId(11), "flux", Type::Of(TypeKind::kInt), options),
                "needs a default");
  options.default_value = int32_t{7};
  const auto change =
      AddColumn(EvolvingSchema(), FieldId(11), "position.flux", Type::Of(TypeKind::kInt), options);
  ASSERT_TRUE(change.ok()) << change.status();
  const Field* field = change->schema.FindField("position.flux");
  ASSERT_NE(field, nullptr);
  EXPECT_TRUE(field->required);
  EXPECT_EQ(field->initial_default, LiteralValue(int32_t{7}));
  EXPECT_EQ(field->write_default, LiteralValue(int32_t{7}));
}

TEST(MakeColumnOptional, LeavesIdentifiersRequired) {
  Schema schema = EvolvingSchema();
  schema.fields[0].required = schema.fields[1].required = true;
  const auto next = MakeColumnOptional(schema, "count");
  ASSERT_TRUE(next.ok()) << next.status();
  EXPECT_FALSE(next->FindField("count")->required);
  EXPECT_TRUE(next->FindField("id")->required);
  ExpectInvalid(MakeColumnOptional(schema, "id"), "identifier");
  ExpectInvalid(MakeColumnOptional(schema, "m.key"), "map keys");
}

TEST(SetIdentifierColumns, TakesRequiredSingleValuesOnly) {
  Schema schema = EvolvingSchema();
  ExpectInvalid(SetIdentifierColumns(schema, {"count"}), "not required");
  for (auto& field : schema.fields) field.required = true;
  schema.fields[2].type.fields[0].required = true;
  const auto next = SetIdentifierColumns(schema, {"count", "id", "count"});
  ASSERT_TRUE(next.ok()) << next.status();
  EXPECT_EQ(next->identifier_field_ids, (std::vector<FieldId>{FieldId(2), FieldId(1)}));
  EXPECT_EQ(SetIdentifierColumns(schema, {})->identifier_field_ids, std::vector<FieldId>());
  ExpectInvalid(SetIdentifierColumns(schema, {"position"}), "no single value");
  ExpectInvalid(SetIdentifierColumns(schema, {"position.lat"}), "exact equality");
  schema.fields[2].type.fields[0].type = Type::Of(TypeKind::kInt);
  EXPECT_TRUE(SetIdentifierColumns(schema, {"position.lat"}).ok());
  schema.fields[2].required = false;
  ExpectInvalid(SetIdentifierColumns(schema, {"position.lat"}), "optional struct");
}

TEST(MoveColumnBefore, PutsAColumnInFrontOfItsSibling) {
  EXPECT_EQ(TopNames(*MoveColumnBefore(EvolvingSchema(), "points", "count")),
            "id points count position m ");
  EXPECT_EQ(TopNames(*MoveColumnBefore(EvolvingSchema(), "id", "points")),
            "count position id points m ");
  EXPECT_EQ(TopNames(*MoveColumnBefore(EvolvingSchema(), "m", "id")),
            "m id count position points ");
  ExpectInvalid(MoveColumnBefore(EvolvingSchema(), "id", "id"), "itself");
  ExpectInvalid(MoveColumnBefore(EvolvingSchema(), "id", "lat"), "sibling");
}

TEST(AddColumn, RefusesDefaultsThatAreNoValueOfTheType) {
  const std::pair<Type, LiteralValue> cases[] = {
      {Type::Of(TypeKind::kInt), int64_t{7}},
      {Type::Of(TypeKind::kDate), std::string("2024-01-01")},
      {Type::Fixed(3), std::string("ab")},
      {Type::Decimal(2, 1), arrow::Decimal128(100)},
      {Type::Of(TypeKind::kUnknown), int32_t{1}},
      {Type::List(FieldId(1), Type::Of(TypeKind::kInt), false), int32_t{1}},
  };
  for (const auto& [type, value] : cases) {
    NewColumnOptions options;
    options.default_value = value;
    ExpectInvalid(AddColumn(EvolvingSchema(), FieldId(11), "new", type, options), type.ToString());
  }
  const auto variant =
      AddColumn(EvolvingSchema(), FieldId(11), "new", Type::Unsupported("variant"));
  EXPECT_TRUE(variant.status().IsNotImplemented()) << variant.status();
}

TEST(WidenColumn, PromotesDatesAndUnknownInFormatVersion3) {
  Schema schema = EvolvingSchema();
  schema.fields.push_back(Column(20, "day", Type::Of(TypeKind::kDate)));
  schema.fields.back().initial_default = int32_t{1};
  schema.fields.push_back(Column(21, "later", Type::Of(TypeKind::kUnknown)));
  ExpectInvalid(WidenColumn(schema, "day", Type::Of(TypeKind::kTimestamp)), "timestamp");
  ExpectInvalid(WidenColumn(schema, "later", Type::Of(TypeKind::kLong)), "unknown");
  ExpectInvalid(WidenColumn(schema, "day", Type::Of(TypeKind::kTimestamptz), 3), "timestamptz");
  ExpectInvalid(WidenColumn(schema, "later", Type::Struct({}), 3), "struct");
  const auto widened = WidenColumn(schema, "day", Type::Of(TypeKind::kTimestampNs), 3);
  ASSERT_TRUE(widened.ok()) << widened.status();
  EXPECT_EQ(widened->FindField("day")->initial_default, LiteralValue(int64_t{86'400'000'000'000}));
  EXPECT_EQ(WidenColumn(schema, "later", Type::Of(TypeKind::kUuid), 3)->FindField("later")->type,
            Type::Of(TypeKind::kUuid));
  schema.fields[5].initial_default = INT32_MAX;
  ExpectInvalid(WidenColumn(schema, "day", Type::Of(TypeKind::kTimestampNs), 3), "range");
}

TEST(PromotionKeepsTransform, HoldsWhereTheResultStaysTheSame) {
  const Type date = Type::Of(TypeKind::kDate), moment = Type::Of(TypeKind::kTimestamp);
  for (const char* text : {"year", "month", "day", "void"}) {
    EXPECT_TRUE(PromotionKeepsTransform(*ParseTransform(text), date, moment)) << text;
  }
  for (const char* text : {"identity", "bucket[4]", "zorder(a)"}) {
    EXPECT_FALSE(PromotionKeepsTransform(*ParseTransform(text), date, moment)) << text;
  }
  // int and long hash alike, and truncate to the same multiple.
  for (const char* text : {"identity", "bucket[4]", "truncate[10]"}) {
    EXPECT_TRUE(PromotionKeepsTransform(*ParseTransform(text), Type::Of(TypeKind::kInt),
                                        Type::Of(TypeKind::kLong)))
        << text;
  }
}

TEST(SetColumnDoc, ReplacesAndRemoves) {
  const auto documented = SetColumnDoc(EvolvingSchema(), "position.lat", "degrees north");
  ASSERT_TRUE(documented.ok()) << documented.status();
  EXPECT_EQ(documented->FindField("position.lat")->doc, "degrees north");
  EXPECT_EQ(SetColumnDoc(*documented, "position.lat", "")->FindField("position.lat")->doc,
            std::nullopt);
  ExpectInvalid(SetColumnDoc(EvolvingSchema(), "points.element", "x"), "part of a list");
}

TEST(SetWriteDefault, LeavesTheInitialDefaultAlone) {
  NewColumnOptions options;
  options.required = true;
  options.default_value = int32_t{7};
  const Schema schema =
      AddColumn(EvolvingSchema(), FieldId(11), "flux", Type::Of(TypeKind::kInt), options)->schema;
  const auto changed = SetWriteDefault(schema, "flux", LiteralValue(int32_t{8}));
  ASSERT_TRUE(changed.ok()) << changed.status();
  EXPECT_EQ(changed->FindField("flux")->initial_default, LiteralValue(int32_t{7}));
  EXPECT_EQ(changed->FindField("flux")->write_default, LiteralValue(int32_t{8}));
  ExpectInvalid(SetWriteDefault(schema, "flux", std::nullopt), "required");
  ExpectInvalid(SetWriteDefault(schema, "flux", LiteralValue(1.5)), "int");
  EXPECT_EQ(SetWriteDefault(schema, "count", std::nullopt)->FindField("count")->write_default,
            std::nullopt);
}

}  // namespace
}  // namespace artemis
