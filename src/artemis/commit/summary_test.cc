// The members of a snapshot's summary, against what Iceberg's Java library writes.
#include "artemis/commit/summary.h"

#include "artemis/commit/commit_fixture.h"

namespace artemis {
namespace {

class SummaryTest : public CommitTest {
 protected:
  // Takes a member out of the current snapshot's summary.
  void Forget(const std::string& key) {
    const auto base = real_->Load(name_).ValueOrDie();
    TableMetadata next = *base.metadata;
    next.snapshots.back().summary.erase(key);
    ASSERT_TRUE(real_->Commit(base, next, {"test", "ada"}).ok());
  }
};

TEST_F(SummaryTest, HoldsWhoDidItAndWhy) {
  options_.author = "ada";
  options_.message = "first light";
  options_.once_key = "k";
  options_.extra_summary = {{"writer.id", "w1"}};
  Append("a");
  EXPECT_EQ(Summary("artemis.author"), "ada");
  EXPECT_EQ(Summary("artemis.message"), "first light");
  EXPECT_EQ(Summary("artemis.once"), "k");
  EXPECT_EQ(Summary("artemis.host"), HostName());
  EXPECT_EQ(Summary("writer.id"), "w1");
}

TEST_F(SummaryTest, TakesNoMemberThatItWritesItself) {
  for (const char* key : {"operation", "added-records", "total-records", "deleted-data-files",
                          "artemis.author", "partitions.x", "changed-partition-count", ""}) {
    options_.extra_summary = {{key, "7"}};
    EXPECT_TRUE(AppendFiles(*catalog_, name_, {File("a")}, options_).status().IsInvalid()) << key;
  }
}

TEST_F(SummaryTest, StartsTotalsAtZero) {
  Append("a");
  EXPECT_EQ(Summary("total-records"), "10");
  EXPECT_EQ(Summary("total-data-files"), "1");
  EXPECT_EQ(Summary("total-files-size"), "100");
  EXPECT_EQ(Summary("total-delete-files"), "0");
  EXPECT_EQ(Summary("total-position-deletes"), "0");
  EXPECT_EQ(Summary("total-equality-deletes"), "0");
  EXPECT_EQ(Summary("deleted-records"), "absent");
}

TEST_F(SummaryTest, LeavesOutATotalThatItsParentLacks) {
  Append("a");
  Forget("total-records");
  Append("b");
  EXPECT_EQ(Summary("total-records"), "absent");
  EXPECT_EQ(Summary("total-data-files"), "2");
}

TEST_F(SummaryTest, LeavesOutATotalThatWouldBeNegative) {
  Append("a");
  const auto base = real_->Load(name_).ValueOrDie();
  TableMetadata next = *base.metadata;
  next.snapshots.back().summary["total-records"] = "3";
  next.snapshots.back().summary["total-files-size"] = "many";
  ASSERT_TRUE(real_->Commit(base, next, {"test", "ada"}).ok());
  ASSERT_TRUE(DeleteFiles(*catalog_, name_, {File("a").path}, options_).ok());
  EXPECT_EQ(Summary("total-records"), "absent");
  EXPECT_EQ(Summary("total-files-size"), "absent");
  EXPECT_EQ(Summary("total-data-files"), "0");
}

TEST_F(SummaryTest, CountsDeletesOfEachKind) {
  Append("a");
  RowDeltaChange change;
  change.added_deletes = {EqualityDeletes("e"), Deletes("p", "a", 2)};
  ASSERT_TRUE(RowDelta(*catalog_, name_, change, options_).ok());
  EXPECT_EQ(Summary("added-delete-files"), "2");
  EXPECT_EQ(Summary("added-equality-delete-files"), "1");
  EXPECT_EQ(Summary("added-equality-deletes"), "3");
  EXPECT_EQ(Summary("added-position-delete-files"), "1");
  EXPECT_EQ(Summary("added-position-deletes"), "2");
  EXPECT_EQ(Summary("total-equality-deletes"), "3");
  EXPECT_EQ(Summary("added-data-files"), "absent");
  EXPECT_EQ(Summary("total-records"), "10");
}

TEST_F(SummaryTest, TellsOfPartitionsWhereTheTableAsksForIt) {
  Append(*catalog_, {File("a"), File("b"), File("g", "gem/ini", 3)});
  EXPECT_EQ(Summary("changed-partition-count"), "2");
  EXPECT_EQ(Summary("partition-summaries-included"), "absent");
  SetProperty("write.summary.partition-limit", "2");
  Append(*catalog_, {File("c"), File("d"), File("h", "gem/ini", 3)});
  EXPECT_EQ(Summary("partition-summaries-included"), "true");
  EXPECT_EQ(Summary("partitions.mission=apollo"),
            "added-data-files=2,added-records=20,added-files-size=200");
  EXPECT_EQ(Summary("partitions.mission=gem%2Fini"),
            "added-data-files=1,added-records=3,added-files-size=100");
  Append(*catalog_, {File("e"), File("i", "gemini"), File("j", "mercury")});
  EXPECT_EQ(Summary("changed-partition-count"), "3");
  EXPECT_EQ(Summary("partition-summaries-included"), "absent");
}

TEST_F(SummaryTest, CountsItsManifests) {
  Append("a");
  Append("b");
  EXPECT_EQ(Summary("manifests-created"), "1");
  EXPECT_EQ(Summary("manifests-kept"), "1");
  EXPECT_EQ(Summary("manifests-replaced"), "0");
  ReplaceFilesChange change;
  change.removed = {File("a")};
  change.added = {File("a2")};
  ASSERT_TRUE(ReplaceFiles(*catalog_, name_, change, options_).ok());
  EXPECT_EQ(Summary("manifests-created"), "2");
  EXPECT_EQ(Summary("manifests-kept"), "1");
  EXPECT_EQ(Summary("manifests-replaced"), "1");
}

TEST(CommitSettings, TakesOptionsThenPropertiesThenDefaults) {
  const auto defaults = ResolveSettings({}, {});
  EXPECT_EQ(defaults.attempts_max, 16);
  EXPECT_EQ(defaults.backoff_min_ms, 10);
  EXPECT_EQ(defaults.backoff_max_ms, 2000);
  EXPECT_EQ(defaults.total_timeout_ms, 1'800'000);
  EXPECT_EQ(defaults.manifest_target_bytes, 8 << 20);
  EXPECT_EQ(defaults.manifest_min_count_to_merge, 100);
  EXPECT_TRUE(defaults.merge_manifests);
  const std::map<std::string, std::string> properties = {
      {"commit.retry.num-retries", "3"},
      {"commit.retry.min-wait-ms", "5"},
      {"commit.retry.max-wait-ms", "50"},
      {"commit.retry.total-timeout-ms", "500"},
      {"commit.manifest.target-size-bytes", "1000"},
      {"commit.manifest.min-count-to-merge", "7"},
      {"commit.manifest-merge.enabled", "false"},
      {"write.manifest.compression-codec", "zstd"},
      {"write.summary.partition-limit", "12"}};
  const auto from_table = ResolveSettings({}, properties);
  EXPECT_EQ(from_table.attempts_max, 4);
  EXPECT_EQ(from_table.backoff_min_ms, 5);
  EXPECT_EQ(from_table.backoff_max_ms, 50);
  EXPECT_EQ(from_table.total_timeout_ms, 500);
  EXPECT_EQ(from_table.manifest_target_bytes, 1000);
  EXPECT_EQ(from_table.manifest_min_count_to_merge, 7);
  EXPECT_FALSE(from_table.merge_manifests);
  EXPECT_EQ(from_table.manifest_codec, AvroCodec::kZstandard);
  EXPECT_EQ(from_table.partitions_in_summary_max, 12);
  CommitOptions options;
  options.attempts_max = 2;
  options.manifest_target_bytes = 2000;
  const auto given = ResolveSettings(options, properties);
  EXPECT_EQ(given.attempts_max, 2);
  EXPECT_EQ(given.manifest_target_bytes, 2000);
  EXPECT_EQ(given.backoff_min_ms, 5);
}

TEST(CommitSettings, TakesABrokenPropertyForAbsent) {
  for (const char* broken : {"", "many", "-1", "3x", "99999999999999999999"}) {
    const auto settings = ResolveSettings({}, {{"commit.retry.num-retries", broken},
                                               {"commit.manifest.target-size-bytes", broken},
                                               {"write.manifest.compression-codec", broken}});
    EXPECT_EQ(settings.attempts_max, 16) << broken;
    EXPECT_EQ(settings.manifest_target_bytes, 8 << 20) << broken;
    EXPECT_EQ(settings.manifest_codec, AvroCodec::kDeflate) << broken;
  }
}

}  // namespace
}  // namespace artemis
