// What every catalog does with commits: the swap, conflicts, unknown outcomes, races, the history.
#include <filesystem>
#include <set>
#include <thread>

#include "artemis/base/error.h"
#include "artemis/catalog/conformance_fixture.h"
#include "artemis/io/location.h"

namespace artemis {

TEST_P(CatalogConformance, SwapsTheLocationAndExtendsTheMetadataLog) {
  const auto base = CreateTable();
  clock_.AdvanceMs(5000);
  const auto next = CommitProperty(*catalog_, base, "k");
  ASSERT_TRUE(next.ok()) << next.status();
  ASSERT_EQ(next->metadata->metadata_log.size(), 1u);
  EXPECT_EQ(next->metadata->metadata_log[0].metadata_file, base.metadata_location);
  EXPECT_EQ(next->metadata->metadata_log[0].timestamp, base.metadata->last_updated);
  EXPECT_EQ(next->metadata->last_updated, TimestampMs(1'005'000));
  const auto loaded = Open()->Load(Name());
  EXPECT_EQ(loaded->metadata_location, next->metadata_location);
  EXPECT_EQ(*loaded->metadata, *next->metadata);
}

TEST_P(CatalogConformance, GivesAConflictToTheSecondOfTwoCommitsOnOneBaseAndRemovesItsFile) {
  const auto base = CreateTable();
  ASSERT_TRUE(CommitProperty(*catalog_, base, "first").ok());
  const auto second = CommitProperty(*Open(), base, "second");
  ASSERT_FALSE(second.ok());
  EXPECT_NE(FindDetail<CommitConflict>(second.status()), nullptr) << second.status();
  EXPECT_EQ(MetadataFileCount(base), 2u);
  EXPECT_TRUE(catalog_->Load(Name())->metadata->properties.contains("first"));
  EXPECT_FALSE(catalog_->Load(Name())->metadata->properties.contains("second"));
}

TEST_P(CatalogConformance, FindsThatACommitWithALostReplyWasMade) {
  const auto base = CreateTable();
  ReplyLoss loss = ReplyLoss::kNone;
  const auto lossy = world_->OpenLossy(Options(), &loss);
  ASSERT_TRUE(lossy.ok()) << lossy.status();
  loss = ReplyLoss::kReply;
  const auto next = CommitProperty(**lossy, base, "k");
  ASSERT_TRUE(next.ok()) << next.status();
  EXPECT_EQ(catalog_->Load(Name())->metadata_location, next->metadata_location);
  TableMetadata other = NewMetadata(Name("sda.other"));
  const auto created = (*lossy)->Create(Name("sda.other"), other, {"create", "ada"});
  ASSERT_TRUE(created.ok()) << created.status();
  EXPECT_TRUE(catalog_->Load(Name("sda.other")).ok());
  EXPECT_TRUE((*lossy)->Drop(Name("sda.other")).ok());
  EXPECT_FALSE(catalog_->Load(Name("sda.other")).ok());
}

// C5
TEST_P(CatalogConformance, RemovesNothingWhenTheOutcomeIsUnknown) {
  const auto base = CreateTable();
  ReplyLoss loss = ReplyLoss::kNone;
  const auto lossy = world_->OpenLossy(Options(), &loss);
  ASSERT_TRUE(lossy.ok()) << lossy.status();
  loss = ReplyLoss::kReplyAndSight;
  const auto next = CommitProperty(**lossy, base, "k");
  ASSERT_FALSE(next.ok());
  EXPECT_NE(FindDetail<CommitUnknown>(next.status()), nullptr) << next.status();
  // It was made, and is whole.
  const auto loaded = Open()->Load(Name());
  ASSERT_TRUE(loaded.ok()) << loaded.status();
  EXPECT_TRUE(loaded->metadata->properties.contains("k"));
  EXPECT_TRUE(CommitProperty(*catalog_, *loaded, "l").ok());
}

TEST_P(CatalogConformance, NeverSharesATimeBetweenCommitsWhenTheClockStandsOrStepsBack) {
  auto table = CreateTable();
  clock_.AdvanceMs(-500'000);
  for (int i = 1; i <= 3; ++i) {
    auto next = CommitProperty(*catalog_, table, std::to_string(i));
    ASSERT_TRUE(next.ok()) << next.status();
    EXPECT_EQ(next->metadata->last_updated.value, table.metadata->last_updated.value + 1);
    table = *next;
  }
}

TEST_P(CatalogConformance, TellsTheHistoryOldestFirst) {
  const auto base = CreateTable();
  clock_.AdvanceMs(10);
  const auto next = catalog_->Commit(base, WithProperty(*base.metadata, "k"), {"alter", "bob"});
  const auto history = Open()->History(*next);
  ASSERT_TRUE(history.ok()) << history.status();
  ASSERT_EQ(history->size(), 2u);
  EXPECT_EQ((*history)[0].time, base.metadata->last_updated);
  EXPECT_EQ((*history)[0].metadata_location, base.metadata_location);
  EXPECT_EQ((*history)[1].time, TimestampMs(1'000'010));
  EXPECT_EQ((*history)[1].metadata_location, next->metadata_location);
  EXPECT_EQ((*history)[1].schema_id, base.metadata->current_schema_id);
  if (!GetParam().names_are_rows) return;
  EXPECT_EQ((*history)[0].operation, "create");
  EXPECT_EQ((*history)[0].principal, "ada");
  EXPECT_EQ((*history)[1].operation, "alter");
  EXPECT_EQ((*history)[1].principal, "bob");
}

TEST_P(CatalogConformance, KeepsTheHistoryThatMetadataLogHasLostWhereItRecordsOne) {
  auto table = CreateTable();
  for (int i = 0; i < 4; ++i) {
    clock_.AdvanceMs(10);
    TableMetadata next = WithProperty(*table.metadata, "write.metadata.previous-versions-max", "1");
    table = *catalog_->Commit(table, next, {"alter", "ada"});
  }
  EXPECT_EQ(table.metadata->metadata_log.size(), 1u);
  EXPECT_EQ(catalog_->History(table)->size(), GetParam().names_are_rows ? 5u : 2u);
}

TEST_P(CatalogConformance, LosesNoCommitOfManyThreadsWithCatalogsOfTheirOwn) {
  CreateTable();
  constexpr int kThreads = 4;
  constexpr int kCommits = 10;
  std::vector<std::thread> threads;
  for (int t = 0; t < kThreads; ++t) {
    threads.emplace_back([&, t] {
      const auto catalog = Open();
      for (int done = 0; done < kCommits;) {
        const auto base = catalog->Load(Name());
        ASSERT_TRUE(base.ok()) << base.status();
        const auto committed =
            CommitProperty(*catalog, *base, std::to_string(t) + "-" + std::to_string(done));
        if (committed.ok()) {
          ++done;
        } else {
          ASSERT_NE(FindDetail<CommitConflict>(committed.status()), nullptr) << committed.status();
        }
      }
    });
  }
  for (auto& thread : threads) thread.join();
  const auto last = catalog_->Load(Name());
  EXPECT_EQ(last->metadata->properties.size(), static_cast<size_t>(kThreads * kCommits));
  EXPECT_EQ(MetadataFileCount(*last), static_cast<size_t>(kThreads * kCommits + 1));
  std::set<std::string> locations;
  for (const auto& entry : *catalog_->History(*last)) locations.insert(entry.metadata_location);
  EXPECT_EQ(locations.size(), static_cast<size_t>(kThreads * kCommits + 1));
}

// B9
TEST_P(CatalogConformance, LetsExactlyOneOfManyConcurrentCreatesOfOneNameSucceed) {
  constexpr int kThreads = 8;
  std::vector<std::string> created(kThreads);
  std::vector<std::thread> threads;
  for (int t = 0; t < kThreads; ++t) {
    threads.emplace_back([&, t] {
      const auto catalog = Open();
      TableMetadata metadata = NewMetadata(Name("race.t"));
      const auto result = catalog->Create(Name("race.t"), metadata, {"create", "ada"});
      if (result.ok()) {
        created[static_cast<size_t>(t)] = result->metadata->table_uuid;
      } else {
        EXPECT_TRUE(result.status().IsAlreadyExists()) << result.status();
      }
    });
  }
  for (auto& thread : threads) thread.join();
  std::set<std::string> winners(created.begin(), created.end());
  winners.erase("");
  ASSERT_EQ(winners.size(), 1u);
  EXPECT_EQ(catalog_->Load(Name("race.t"))->metadata->table_uuid, *winners.begin());
}

TEST_P(CatalogConformance, LetsEitherADropOrACommitOfOneBaseSucceed) {
  for (int round = 0; round < 10; ++round) {
    const std::string text = "race.t" + std::to_string(round);
    const auto base = CreateTable(text);
    arrow::Status dropped;
    arrow::Status committed;
    std::thread dropper([&] { dropped = Open()->DropIfUnchanged(base); });
    std::thread committer([&] { committed = CommitProperty(*Open(), base, "k").status(); });
    dropper.join();
    committer.join();
    EXPECT_NE(dropped.ok(), committed.ok()) << dropped << " / " << committed;
    EXPECT_EQ(catalog_->Load(Name(text)).ok(), committed.ok());
  }
}

TEST_P(CatalogConformance, ServesManyThreadsWithOneCatalog) {
  CreateTable("shared.t0");
  std::vector<std::thread> threads;
  for (int t = 1; t <= 6; ++t) {
    threads.emplace_back([&, t] {
      const std::string text = "shared.t" + std::to_string(t);
      TableMetadata metadata = NewMetadata(Name(text));
      auto table = catalog_->Create(Name(text), metadata, {"create", "ada"});
      ASSERT_TRUE(table.ok()) << table.status();
      for (int i = 0; i < 5; ++i) {
        table = CommitProperty(*catalog_, *table, std::to_string(i));
        ASSERT_TRUE(table.ok()) << table.status();
        ASSERT_TRUE(catalog_->ListTables("shared").ok());
      }
    });
  }
  for (auto& thread : threads) thread.join();
  EXPECT_EQ(catalog_->ListTables("shared")->size(), 7u);
  EXPECT_EQ(catalog_->Load(Name("shared.t6"))->metadata->properties.size(), 5u);
}

}  // namespace artemis
