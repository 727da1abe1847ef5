// Which snapshots and refs an expiry takes away, and what is left of the history.
#include "artemis/commit/expire.h"

#include <type_traits>

#include "artemis/base/error.h"
#include "artemis/commit/commit.h"
#include "artemis/commit/commit_fixture.h"
#include "artemis/table/update.h"

namespace artemis {
namespace {

using std::chrono::hours;
using std::chrono::milliseconds;
using Ids = std::vector<SnapshotId>;

// A bare number says neither of what nor since when.
static_assert(!std::is_constructible_v<OlderThan, int64_t>);
static_assert(!std::is_constructible_v<OlderThan, int>);
static_assert(std::is_convertible_v<hours, OlderThan>);

class ExpireTest : public CommitTest {
 protected:
  static constexpr int64_t kDayMs = 86'400'000;
  static TimestampMs Day(int day) { return TimestampMs(1'700'000'000'000 + day * kDayMs); }

  // Appends a file on the days given, from day 1 on; the snapshots have exactly these times.
  Ids AppendOnDays(const std::vector<int>& days) {
    Ids ids;
    for (const int day : days) {
      clock_.Set(Day(day));
      ids.push_back(Append("d" + std::to_string(day)));
    }
    return ids;
  }
  Expiry Expire(const SnapshotRetention& retention) {
    auto result = ExpireSnapshots(*catalog_, name_, retention, options_);
    EXPECT_TRUE(result.ok()) << result.status();
    return result.ok() ? result->expired : Expiry();
  }
  arrow::Status Status(const SnapshotRetention& retention) {
    return ExpireSnapshots(*catalog_, name_, retention, options_).status();
  }
  Ids Left() const {
    Ids ids;
    for (const auto& snapshot : Metadata()->snapshots) ids.push_back(snapshot.id);
    return ids;
  }
  Ids Log() const {
    Ids ids;
    for (const auto& entry : Metadata()->snapshot_log) ids.push_back(entry.snapshot_id);
    return ids;
  }
  void Ref(const std::string& name, SnapshotRef::Kind kind, SnapshotId id,
           std::optional<int64_t> max_ref_age_ms = {}) {
    RefChange change;
    change.name = name;
    change.kind = kind;
    change.snapshot_id = id;
    change.max_ref_age_ms = max_ref_age_ms;
    const auto set = SetRef(*real_, name_, change, options_);
    ASSERT_TRUE(set.ok()) << set.status();
  }
};

TEST_F(ExpireTest, AnAgeCountsFromNowAndAnInstantFromNowhere) {
  const Ids ids = AppendOnDays({1, 2, 3, 4, 10});
  // Seven days before day 10 is day 3, which is not older.
  EXPECT_EQ(PlanExpiry(*Metadata(), {.older_than = hours(7 * 24)}, Day(10))->snapshots,
            (Ids{ids[0], ids[1]}));
  EXPECT_EQ(PlanExpiry(*Metadata(), {.older_than = Day(2)}, Day(10))->snapshots, Ids{ids[0]});
  // What a week is in milliseconds, taken for an instant, is of January 1970.
  EXPECT_TRUE(PlanExpiry(*Metadata(), {.older_than = TimestampMs(604'800'000)}, Day(10))->empty());
  EXPECT_EQ(PlanExpiry(*Metadata(), {.older_than = milliseconds(604'800'000)}, Day(10))->older_than,
            Day(3));
}

TEST_F(ExpireTest, RemovesSnapshotsAndKeepsTheRowsOfThoseThatStay) {
  const Ids ids = AppendOnDays({1, 2, 3});
  const auto before = Metadata()->FindSnapshot(ids[2])->timestamp;
  const Expiry expired = Expire({.older_than = Day(3)});
  EXPECT_EQ(expired.snapshots, (Ids{ids[0], ids[1]}));
  EXPECT_TRUE(expired.refs.empty());
  EXPECT_EQ(Left(), Ids{ids[2]});
  EXPECT_EQ(LiveNames(), (std::set<std::string>{"d1", "d2", "d3"}));
  EXPECT_EQ(Current().timestamp, before);
}

TEST_F(ExpireTest, TheCurrentSnapshotStaysHoweverOldItIs) {
  const Ids ids = AppendOnDays({1, 2});
  EXPECT_EQ(Expire({.older_than = Day(99)}).snapshots, Ids{ids[0]});
  EXPECT_EQ(Left(), Ids{ids[1]});
  EXPECT_EQ(Metadata()->current_snapshot_id, ids[1]);
}

TEST_F(ExpireTest, KeepsAtLeastSoManyOfTheNewest) {
  const Ids ids = AppendOnDays({1, 2, 3, 4});
  EXPECT_EQ(Expire({.older_than = Day(99), .keep_min = 3}).snapshots, Ids{ids[0]});
  SetProperty("history.expire.min-snapshots-to-keep", "2");
  EXPECT_EQ(Expire({.older_than = Day(99)}).snapshots, Ids{ids[1]});
  // What is asked for goes before the property.
  EXPECT_EQ(Expire({.older_than = Day(99), .keep_min = 1}).snapshots, Ids{ids[2]});
}

TEST_F(ExpireTest, WithoutAnAgeTheTableSaysItAndElseFiveDays) {
  AppendOnDays({1, 2, 3, 4, 10});
  EXPECT_EQ(PlanExpiry(*Metadata(), {}, Day(10))->older_than, Day(5));
  SetProperty("history.expire.max-snapshot-age-ms", std::to_string(8 * kDayMs));
  EXPECT_EQ(PlanExpiry(*Metadata(), {}, Day(10))->older_than, Day(2));
}

// The chain ends at the first that is too old, also where an older one has a younger time.
TEST_F(ExpireTest, StopsAtTheFirstAncestorThatIsTooOld) {
  const Ids ids = AppendOnDays({1, 2, 3});
  TableMetadata skewed = *Metadata();
  skewed.snapshots[0].timestamp = Day(9);
  const auto expiry = PlanExpiry(skewed, {.older_than = Day(3)}, Day(10));
  EXPECT_EQ(expiry->snapshots, (Ids{ids[0], ids[1]}));
}

TEST_F(ExpireTest, ATagKeepsItsSnapshotAndABranchItsOwnLine) {
  const Ids ids = AppendOnDays({1, 2, 3, 4});
  Ref("incident", SnapshotRef::Kind::kTag, ids[0]);
  Ref("audit", SnapshotRef::Kind::kBranch, ids[2]);
  const Expiry expired = Expire({.older_than = Day(99)});
  EXPECT_EQ(expired.snapshots, Ids{ids[1]});
  EXPECT_EQ(Left(), (Ids{ids[0], ids[2], ids[3]}));
  EXPECT_EQ(LiveNames(ids[0]), std::set<std::string>{"d1"});
}

TEST_F(ExpireTest, ABranchsOwnRetentionGoesBeforeWhatIsAskedFor) {
  const Ids ids = AppendOnDays({1, 2, 3, 4});
  RefChange audit;
  audit.name = "audit";
  audit.snapshot_id = ids[2];
  audit.max_snapshot_age_ms = 9 * kDayMs;
  ASSERT_TRUE(SetRef(*real_, name_, audit, options_).ok());
  // Nine days before day 10 is day 1.
  clock_.Set(Day(10));
  EXPECT_TRUE(Expire({.older_than = Day(10)}).empty());
  audit.replace = true;
  audit.max_snapshot_age_ms = 1;
  audit.min_snapshots_to_keep = 2;
  ASSERT_TRUE(SetRef(*real_, name_, audit, options_).ok());
  EXPECT_EQ(Expire({.older_than = Day(10)}).snapshots, Ids{ids[0]});
}

TEST_F(ExpireTest, ARefPastItsGreatestAgeGoesWithItsSnapshot) {
  const Ids ids = AppendOnDays({1, 2, 3});
  Ref("old", SnapshotRef::Kind::kTag, ids[0], 8 * kDayMs);
  Ref("young", SnapshotRef::Kind::kTag, ids[1], 8 * kDayMs);
  clock_.Set(Day(10));
  const Expiry expired = Expire({.older_than = Day(10)});
  EXPECT_EQ(expired.refs, std::vector<std::string>{"old"});
  EXPECT_EQ(expired.snapshots, Ids{ids[0]});
  EXPECT_FALSE(Metadata()->refs.contains("old"));
  EXPECT_TRUE(Metadata()->refs.contains("young"));
  // For refs that say nothing the table does.
  Ref("plain", SnapshotRef::Kind::kTag, ids[1]);
  SetProperty("history.expire.max-ref-age-ms", "1");
  clock_.Set(Day(20));
  EXPECT_EQ(Expire({.older_than = Day(10)}).refs, (std::vector<std::string>{"plain", "young"}));
  EXPECT_TRUE(Metadata()->refs.contains("main"));
}

TEST_F(ExpireTest, WhatNoRefLeadsToGoesByAge) {
  const Ids ids = AppendOnDays({1, 2, 3});
  ASSERT_TRUE(RollbackTo(*real_, name_, ids[1], false, options_).ok());
  // The third was rolled back on day 3.
  EXPECT_EQ(Expire({.older_than = Day(3)}).snapshots, Ids{ids[0]});
  EXPECT_EQ(Expire({.older_than = Day(4)}).snapshots, Ids{ids[2]});
  EXPECT_EQ(Left(), Ids{ids[1]});
}

// Specification, "Snapshots": all entries before a snapshot that has expired are removed.
TEST_F(ExpireTest, TheLogEndsWhereASnapshotIsGone) {
  const Ids ids = AppendOnDays({1, 2, 3, 4});
  Ref("incident", SnapshotRef::Kind::kTag, ids[0]);
  EXPECT_EQ(Log(), ids);
  Expire({.older_than = Day(3)});
  EXPECT_EQ(Left(), (Ids{ids[0], ids[2], ids[3]}));
  EXPECT_EQ(Log(), (Ids{ids[2], ids[3]}));
}

TEST_F(ExpireTest, ASurvivorStillNamesTheParentThatIsGone) {
  const Ids ids = AppendOnDays({1, 2});
  Expire({.older_than = Day(2)});
  ASSERT_EQ(Left(), Ids{ids[1]});
  EXPECT_EQ(Current().parent_id, ids[0]);
}

TEST_F(ExpireTest, StatisticsOfExpiredSnapshotsAreGone) {
  const Ids ids = AppendOnDays({1, 2});
  const auto statistics = [](SnapshotId id) {
    return R"({"snapshot-id":)" + ToString(id) +
           R"(,"statistics-path":"s","file-size-in-bytes":1})";
  };
  const auto with_statistics = [&](const TableMetadata& metadata) -> arrow::Result<TableMetadata> {
    TableMetadata next = metadata;
    for (const char* key : {"statistics", "partition-statistics"}) {
      next.carried_json[key] = "[" + statistics(ids[0]) + "," + statistics(ids[1]) + "]";
    }
    return next;
  };
  ASSERT_TRUE(UpdateMetadata(*real_, name_, "alter", with_statistics, options_).ok());
  Expire({.older_than = Day(2)});
  const auto metadata = Metadata();
  for (const char* key : {"statistics", "partition-statistics"}) {
    const std::string& left = metadata->carried_json.at(key);
    EXPECT_EQ(left.find(ToString(ids[0])), std::string::npos) << left;
    EXPECT_NE(left.find(ToString(ids[1])), std::string::npos) << left;
  }
}

TEST_F(ExpireTest, NoFileIsTouched) {
  AppendOnDays({1, 2, 3});
  const auto before = FilesOnDisk();
  Expire({.older_than = Day(3)});
  for (const auto& file : before) EXPECT_TRUE(FilesOnDisk().contains(file)) << file;
}

TEST_F(ExpireTest, NothingToExpireIsNoCommit) {
  AppendOnDays({1, 2});
  const int swaps = catalog_->swaps;
  EXPECT_TRUE(Expire({.older_than = Day(1)}).empty());
  EXPECT_EQ(catalog_->swaps, swaps);
}

TEST_F(ExpireTest, AnEmptyTableHasNothingToExpire) {
  EXPECT_TRUE(Expire({.older_than = hours(0)}).empty());
}

// C3: what somebody tags meanwhile stays.
TEST_F(ExpireTest, PlansAgainAfterAConflict) {
  const Ids ids = AppendOnDays({1, 2, 3});
  bool tagged = false;
  catalog_->before_swap = [&] {
    if (!std::exchange(tagged, true)) Ref("incident", SnapshotRef::Kind::kTag, ids[0]);
  };
  EXPECT_EQ(Expire({.older_than = Day(3)}).snapshots, Ids{ids[1]});
  EXPECT_EQ(Left(), (Ids{ids[0], ids[2]}));
}

TEST_F(ExpireTest, HistoryOutlivesIt) {
  AppendOnDays({1, 2});
  Expire({.older_than = Day(2)});
  const auto history = real_->History(*real_->Load(name_)).ValueOrDie();
  std::vector<std::string> operations;
  for (const auto& entry : history) operations.push_back(entry.operation);
  EXPECT_EQ(operations, (std::vector<std::string>{"create", "append", "append", "expire"}));
}

TEST_F(ExpireTest, RefusesWhatMakesNoSense) {
  AppendOnDays({1, 2});
  const auto message = [&](const SnapshotRetention& retention) {
    const auto status = Status(retention);
    EXPECT_TRUE(status.IsInvalid()) << status;
    return status.message();
  };
  EXPECT_EQ(message({.older_than = milliseconds(-1)}), "an age is not negative, found -1 ms");
  EXPECT_EQ(message({.keep_min = 0}), "of a branch at least 1 snapshot is kept, found 0");
  SetProperty("history.expire.min-snapshots-to-keep", "many");
  EXPECT_EQ(
      message({}),
      "table property history.expire.min-snapshots-to-keep is 'many': expected a whole number "
      "from 1");
  SetProperty("gc.enabled", "false");
  EXPECT_NE(message({}).find("gc.enabled"), std::string::npos);
  EXPECT_EQ(Left().size(), 2u);
}

// C11
TEST_F(ExpireTest, IsAStepOfATransaction) {
  const Ids ids = AppendOnDays({1, 2});
  clock_.Set(Day(3));
  const int swaps = catalog_->swaps;
  Transaction transaction(*catalog_, name_);
  const auto done =
      transaction.Append({File("d3")}).ExpireSnapshots({.older_than = Day(3)}).Commit(options_);
  ASSERT_TRUE(done.ok()) << done.status();
  EXPECT_EQ(catalog_->swaps, swaps + 1);
  EXPECT_EQ(Left(), Ids{*done->snapshot_id});
  EXPECT_EQ(Current().parent_id, ids[1]);
  EXPECT_EQ(LiveNames(), (std::set<std::string>{"d1", "d2", "d3"}));
}

}  // namespace
}  // namespace artemis
