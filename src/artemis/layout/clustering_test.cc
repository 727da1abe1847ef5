// Facts of clusterings as text.
#include "artemis/layout/clustering.h"

#include <gtest/gtest.h>

namespace artemis {
namespace {

Field ClusterField(int id, const std::string& name, Type type) {
  Field field;
  field.id = FieldId(id);
  field.name = name;
  field.type = std::move(type);
  return field;
}

Schema ClusterSchema() {
  Schema schema;
  schema.fields = {
      ClusterField(1, "payload_id", Type::Of(TypeKind::kLong)),
      ClusterField(2, "sensor_kind", Type::Of(TypeKind::kString)),
      ClusterField(3, "two words", Type::Of(TypeKind::kDouble)),
      ClusterField(4, "place", Type::Struct({ClusterField(5, "lat", Type::Of(TypeKind::kDouble))})),
      ClusterField(6, "tags", Type::List(FieldId(7), Type::Of(TypeKind::kString), false)),
      ClusterField(8, "nothing", Type::Of(TypeKind::kUnknown))};
  return schema;
}

Clustering Parsed(const std::string& text) {
  return ParseClustering(text, ClusterSchema()).ValueOrDie();
}

std::string ClusteringRefusal(const std::string& text) {
  return ParseClustering(text, ClusterSchema()).status().message();
}

using Properties = std::map<std::string, std::string>;

TEST(Clustering, IsReadFromItsText) {
  const Clustering zorder{ClusteringKind::kZOrder, {FieldId(1), FieldId(2)}};
  EXPECT_EQ(Parsed("zorder(payload_id, sensor_kind)"), zorder);
  EXPECT_EQ(Parsed(" ZOrder ( payload_id,sensor_kind ) "), zorder);
  EXPECT_EQ(Parsed("hilbert(\"two words\", place.lat)"),
            (Clustering{ClusteringKind::kHilbert, {FieldId(3), FieldId(5)}}));
  EXPECT_TRUE(Parsed("").is_none());
}

TEST(Clustering, IsWrittenAsItIsRead) {
  const Clustering clustering = Parsed("hilbert(`two words`, payload_id)");
  EXPECT_EQ(FormatClustering(clustering, ClusterSchema()), "hilbert(\"two words\", payload_id)");
  EXPECT_EQ(ClusteringText(clustering, ClusterSchema()),
            "hilbert(\"two words\", payload_id), fields(3, 1)");
  EXPECT_EQ(Parsed(ClusteringText(clustering, ClusterSchema())), clustering);
  EXPECT_EQ(ClusteringText(Clustering{}, ClusterSchema()), "");
}

TEST(Clustering, RefusesWhatHasNoOrder) {
  EXPECT_NE(ClusteringRefusal("zorder(payload)").find("payload_id"), std::string::npos);
  EXPECT_NE(ClusteringRefusal("zorder(payload_id, payload_id)").find("twice"), std::string::npos);
  EXPECT_NE(ClusteringRefusal("zorder(place)").find("place"), std::string::npos);
  EXPECT_NE(ClusteringRefusal("zorder(tags.element)").find("list or map"), std::string::npos);
  EXPECT_NE(ClusteringRefusal("zorder(nothing)").find("nothing"), std::string::npos);
  EXPECT_NE(ClusteringRefusal("payload_id").find("zorder(column, …)"), std::string::npos);
  EXPECT_NE(ClusteringRefusal("zorder(payload_id) desc").find("expected"), std::string::npos);
  EXPECT_NE(ClusteringRefusal("zorder(payload_id), fields(1, 2)").find("as many"),
            std::string::npos);
  EXPECT_NE(ClusteringRefusal("zorder(payload_id), fields(99)").find("99"), std::string::npos);
}

TEST(Clustering, TakesUpToEightColumns) {
  Schema schema;
  std::string columns;
  for (int i = 1; i <= 9; ++i) {
    schema.fields.push_back(ClusterField(i, "c" + std::to_string(i), Type::Of(TypeKind::kInt)));
    columns += (i > 1 ? ", c" : "c") + std::to_string(i);
    const auto clustering = ParseClustering("zorder(" + columns + ")", schema);
    EXPECT_EQ(clustering.ok(), i <= 8) << i << " columns: " << clustering.status();
  }
}

TEST(Clustering, FollowsItsColumnsWhenTheyAreRenamed) {
  const Properties properties = {
      {kClusteringProperty,
       ClusteringText(Parsed("zorder(payload_id, sensor_kind)"), ClusterSchema())}};
  Schema renamed = ClusterSchema();
  renamed.fields[0].name = "sensor_kind";
  renamed.fields[1].name = "kind";
  const auto clustering = ClusteringOf(properties, renamed).ValueOrDie();
  EXPECT_EQ(clustering.columns, (std::vector{FieldId(1), FieldId(2)}));
  EXPECT_EQ(FormatClustering(clustering, renamed), "zorder(sensor_kind, kind)");
}

TEST(Clustering, PassesOverColumnsThatWereDropped) {
  const Properties properties = {{kClusteringProperty, "zorder(payload_id, gone), fields(1, 77)"}};
  EXPECT_EQ(ClusteringOf(properties, ClusterSchema()).ValueOrDie(), Parsed("zorder(payload_id)"));
  const Properties all_gone = {{kClusteringProperty, "zorder(gone), fields(77)"}};
  EXPECT_TRUE(ClusteringOf(all_gone, ClusterSchema()).ValueOrDie().is_none());
}

TEST(Clustering, NamesThePropertyThatCannotBeRead) {
  const auto status =
      ClusteringOf({{kClusteringProperty, "zorder(gone)"}}, ClusterSchema()).status();
  EXPECT_TRUE(status.IsInvalid());
  EXPECT_NE(status.message().find("artemis.write.clustering"), std::string::npos) << status;
  EXPECT_TRUE(ClusteringOf(Properties{}, ClusterSchema()).ValueOrDie().is_none());
}

TEST(RowOrder, IsASortOrderOrAClustering) {
  const auto sorted = ParseRowOrder("payload_id desc", ClusterSchema()).ValueOrDie();
  EXPECT_EQ(sorted.sort.fields.size(), 1u);
  EXPECT_TRUE(sorted.clustering.is_none());
  const auto clustered = ParseRowOrder("zorder(payload_id)", ClusterSchema()).ValueOrDie();
  EXPECT_TRUE(clustered.sort.fields.empty());
  EXPECT_EQ(clustered.sort.id, SortOrderId(0));
  EXPECT_EQ(clustered.clustering, Parsed("zorder(payload_id)"));
}

TEST(RowOrder, IsNotBothAndSaysWhich) {
  for (const char* text : {"zorder(payload_id), sensor_kind", "sensor_kind, zorder(payload_id)",
                           "zorder(payload_id), hilbert(sensor_kind)"}) {
    const auto message = ParseRowOrder(text, ClusterSchema()).status().message();
    EXPECT_NE(message.find("zorder(payload_id)"), std::string::npos) << message;
    EXPECT_NE(message.find("sensor_kind"), std::string::npos) << message;
  }
}

}  // namespace
}  // namespace artemis
