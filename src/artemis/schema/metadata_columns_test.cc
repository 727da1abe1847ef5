// Reserved columns against the specification's table of reserved field ids.
#include "artemis/schema/metadata_columns.h"

#include <gtest/gtest.h>

namespace artemis {
namespace {

TEST(FindMetadataColumn, GivesIdsNamesAndTypesOfTheSpecification) {
  const Field* row_id = FindMetadataColumn(FieldId(2147483540));
  ASSERT_NE(row_id, nullptr);
  EXPECT_EQ(row_id->name, "_row_id");
  EXPECT_EQ(row_id->type.kind, TypeKind::kLong);
  EXPECT_FALSE(row_id->required);
  const Field* updated = FindMetadataColumn(FieldId(2147483539));
  ASSERT_NE(updated, nullptr);
  EXPECT_EQ(updated->name, "_last_updated_sequence_number");
  EXPECT_EQ(FindMetadataColumn("_file")->id, FieldId(2147483646));
  EXPECT_EQ(FindMetadataColumn("_pos")->id, FieldId(2147483645));
  EXPECT_EQ(FindMetadataColumn("_spec_id")->type.kind, TypeKind::kInt);
  EXPECT_EQ(FindMetadataColumn(FieldId(2147483642))->name, "_partition");
  EXPECT_EQ(FindMetadataColumn("_partition")->type.kind, TypeKind::kStruct);
  EXPECT_EQ(FindMetadataColumn(FieldId(2147483546))->name, "file_path");
  EXPECT_EQ(FindMetadataColumn(FieldId(2147483545))->name, "pos");
}

TEST(FindMetadataColumn, KeepsTheSnapshotsIdAmongTheReservedOnes) {
  const Field* snapshot_id = FindMetadataColumn("_snapshot_id");
  ASSERT_NE(snapshot_id, nullptr);
  EXPECT_EQ(snapshot_id->type.kind, TypeKind::kLong);
  EXPECT_TRUE(snapshot_id->required);
  EXPECT_EQ(FindMetadataColumn(snapshot_id->id), snapshot_id);
  EXPECT_GT(snapshot_id->id, kFieldIdMax);
}

TEST(FindMetadataColumn, KnowsNoOtherIdsAndNoNamesOfDeleteFiles) {
  EXPECT_EQ(FindMetadataColumn(FieldId(1)), nullptr);
  EXPECT_EQ(FindMetadataColumn("pos"), nullptr);
  EXPECT_EQ(FindMetadataColumn("file_path"), nullptr);
  EXPECT_EQ(FindMetadataColumn("_deleted"), nullptr);
}

}  // namespace
}  // namespace artemis
