// Facts of pins of several tables, and of pins that are used again.
#include "artemis/replay/pins.h"

#include <gtest/gtest.h>

#include "artemis/base/error.h"
#include "artemis/commit/commit.h"
#include "artemis/read/catalog_fixture.h"
#include "artemis/read/rows_fixture.h"
#include "artemis/replay/replay.h"
#include "artemis/table/update.h"

namespace artemis {
namespace {

TestTableOptions OneColumn() {
  TestTableOptions options;
  options.fields = {MakeField(1, "id", TypeKind::kLong)};
  return options;
}

class PinsTest : public ::testing::Test {
 protected:
  PinsTest() {
    NewTable other;
    other.location = table_.catalog().DefaultLocation(other_);
    other.schema = Schema{SchemaId(0), {MakeField(1, "id", TypeKind::kLong)}, {}};
    const auto metadata = MakeTableMetadata(other, table_.clock().Now()).ValueOrDie();
    EXPECT_TRUE(table_.real_catalog().Create(other_, metadata, {}).ok());
  }
  SnapshotId Append(int64_t id, const std::string& column = "id") {
    table_.clock().AdvanceMs(1000);
    const auto file = table_.Write("[{\"" + column + "\": " + std::to_string(id) + "}]").at(0);
    return *AppendFiles(table_.catalog(), table_.name(), {file}).ValueOrDie().snapshot_id;
  }
  SnapshotId AppendToOther(int64_t id) {
    table_.clock().AdvanceMs(1000);
    const auto file = table_.Write(R"([{"id": )" + std::to_string(id) + "}]").at(0);
    return *AppendFiles(table_.catalog(), other_, {file}).ValueOrDie().snapshot_id;
  }
  arrow::Result<std::vector<PinnedTable>> Pin(const ReplayTarget& target) {
    return PinTables(table_.catalog(), {table_.name(), other_}, target);
  }
  Rows RowsOfPin(const TableName& name, const PinnedSnapshot& pin) {
    const auto session = ReplayEngine(table_.catalog(), name).OpenPinned(pin);
    EXPECT_TRUE(session.ok()) << session.status();
    return session.ok() ? Sorted(RowsOf(session->Rows())) : Rows{};
  }
  arrow::Result<PinnedSnapshot> Restore(const SavedPin& saved) {
    return RestorePin(table_.catalog(), *table_.catalog().Load(*ParseTableName(saved.table)),
                      saved);
  }

  CatalogTable table_{OneColumn()};
  const TableName other_{{"sda"}, "other"};
};

TEST_F(PinsTest, GiveEveryTableAsItStoodAtOneTime) {
  const auto first = Append(1);
  const auto of_other = AppendToOther(10);
  const auto then = table_.TimeOf(first);
  Append(2);
  const auto at_other = TimestampMs(then.value + 1500);
  const auto pins = Pin(at_other).ValueOrDie();
  ASSERT_EQ(pins.size(), 2u);
  EXPECT_EQ(pins[0].name, table_.name());
  EXPECT_EQ(pins[0].pin.view.snapshot_id, first);
  EXPECT_EQ(pins[1].pin.view.snapshot_id, of_other);
  EXPECT_EQ(RowsOfPin(table_.name(), pins[0].pin), Rows{"1"});
  EXPECT_EQ(RowsOfPin(other_, pins[1].pin), Rows{"10"});
}

TEST_F(PinsTest, AreOfStatesThatWereInForceTogether) {
  Append(1);
  AppendToOther(10);
  // A writer commits to both while the first pass is under way: the old state of one with the new of the other never was.
  bool done = false;
  SnapshotId newest;
  table_.catalog().before_load = [&](const TableName& name) {
    if (done || name != other_) return;
    done = true;
    Append(2);
    newest = AppendToOther(20);
  };
  const auto pins = Pin({}).ValueOrDie();
  EXPECT_EQ(RowsOfPin(table_.name(), pins[0].pin), (Rows{"1", "2"}));
  EXPECT_EQ(pins[1].pin.view.snapshot_id, newest);
}

TEST_F(PinsTest, FailForTheTableThatCannotBePinned) {
  const auto first = Append(1);
  AppendToOther(10);
  const auto before_all = Pin(TimestampMs(1)).status();
  EXPECT_NE(FindDetail<NoSuchTable>(before_all), nullptr) << before_all;
  EXPECT_NE(before_all.message().find("sda.t"), std::string::npos) << before_all;
  EXPECT_TRUE(Pin(first).status().IsInvalid());
  EXPECT_TRUE(Pin(std::string("main")).status().IsInvalid());
  EXPECT_TRUE(PinTables(table_.catalog(), {other_, other_}, {}).status().IsInvalid());
}

TEST_F(PinsTest, AreUsedAgainWhateverHappenedSince) {
  Append(1);
  const auto saved = SavePin(table_.name(), Pin({}).ValueOrDie()[0].pin);
  table_.SetFields({MakeField(1, "number", TypeKind::kLong)});
  Append(2, "number");
  const auto pin = Restore(saved).ValueOrDie();
  EXPECT_EQ(RowsOfPin(table_.name(), pin), Rows{"1"});
  // The current state was asked for then: its columns are those of then.
  EXPECT_EQ(pin.view.schema->fields.at(0).name, "id");
  ASSERT_TRUE(table_.files().Delete(saved.metadata_location).ok());
  EXPECT_EQ(RowsOfPin(table_.name(), Restore(saved).ValueOrDie()), Rows{"1"});
}

TEST_F(PinsTest, TellAnExpiredSnapshotAndAnotherTable) {
  const auto first = Append(1);
  auto saved = SavePin(table_.name(), Pin({}).ValueOrDie()[0].pin);
  Append(2);
  table_.Change(
      [&](TableMetadata& metadata) { metadata = RemoveSnapshots(metadata, {first}).ValueOrDie(); });
  EXPECT_NE(FindDetail<SnapshotExpired>(Restore(saved).status()), nullptr);
  saved.table = "sda.other";
  const auto status = Restore(saved).status();
  EXPECT_NE(status.message().find("another table than was pinned"), std::string::npos) << status;
}

TEST_F(PinsTest, AreReadBackAsTheyWereWritten) {
  Append(1);
  PinManifest manifest;
  manifest.created_at = table_.clock().Now();
  manifest.principal = "ada";
  manifest.catalog = table_.catalog().Uri();
  // The other table is before its first commit.
  for (const auto& table : Pin(table_.clock().Now()).ValueOrDie()) {
    manifest.pins.push_back(SavePin(table.name, table.pin));
  }
  const auto text = PinManifestToJson(manifest).ValueOrDie();
  const auto read = PinManifestFromJson(text, "pins.json");
  ASSERT_TRUE(read.ok()) << read.status();
  EXPECT_EQ(*read, manifest);
  EXPECT_EQ(read->Find("sda.other")->snapshot_id, std::nullopt);
  EXPECT_EQ(read->Find("sda.third"), nullptr);
  for (size_t end = 0; end < text.size() - 2; end += 11) {
    EXPECT_TRUE(PinManifestFromJson(text.substr(0, end), "pins.json").status().IsInvalid()) << end;
  }
  EXPECT_EQ(PinManifestFromJson(R"({"artemis_pins": 1})", "p.json").status().message(),
            "p.json: 'created_at' is missing");
}

}  // namespace
}  // namespace artemis
