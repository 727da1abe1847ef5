// Several changes in one swap.
#include "artemis/commit/transaction.h"

#include "artemis/base/error.h"
#include "artemis/commit/commit.h"
#include "artemis/commit/commit_fixture.h"
#include "artemis/table/update.h"

namespace artemis {
namespace {

using Names = std::set<std::string>;

class TransactionTest : public CommitTest {
 protected:
  static MetadataChange Sets(const std::string& key, const std::string& value) {
    return [=](const TableMetadata& metadata) -> arrow::Result<TableMetadata> {
      return SetProperties(metadata, {{key, value}});
    };
  }
};

// C11
TEST_F(TransactionTest, MakesAllChangesInOneSwap) {
  const auto before = Append("a");
  const int swaps = catalog_->swaps;
  Transaction transaction(*catalog_, name_);
  transaction.UpdateMetadata(Sets("k", "v")).Append({File("b")}).DeleteFiles({File("a").path});
  const auto result = transaction.Commit(options_);
  ASSERT_TRUE(result.ok()) << result.status();
  EXPECT_EQ(catalog_->swaps, swaps + 1);
  EXPECT_EQ(Metadata()->properties.at("k"), "v");
  EXPECT_EQ(LiveNames(), Names{"b"});
  ASSERT_EQ(Metadata()->snapshots.size(), 3u);
  const auto& middle = Metadata()->snapshots[1];
  EXPECT_EQ(middle.parent_id, before);
  EXPECT_EQ(Current().parent_id, middle.id);
  EXPECT_EQ(Current().sequence_number, SequenceNumber(3));
  EXPECT_GT(Current().timestamp, middle.timestamp);
  EXPECT_EQ(LiveNames(middle.id), (Names{"a", "b"}));
  EXPECT_EQ(result->snapshot_id, Current().id);
  EXPECT_EQ(FilesOnDisk(), FilesNamed());
}

// C11
TEST_F(TransactionTest, LogsOnlyTheLastSnapshotSinceNoReaderSawTheOthers) {
  Append("a");
  Transaction transaction(*catalog_, name_);
  ASSERT_TRUE(transaction.Append({File("b")}).Append({File("c")}).Commit(options_).ok());
  const auto metadata = Metadata();
  ASSERT_EQ(metadata->snapshot_log.size(), 2u);
  EXPECT_EQ(metadata->snapshot_log.back().snapshot_id, metadata->current_snapshot_id);
  EXPECT_EQ(metadata->snapshot_log.back().timestamp, metadata->CurrentSnapshot()->timestamp);
}

// C3, C11
TEST_F(TransactionTest, AppliesAllChangesAgainAfterAConflict) {
  bool intruded = false;
  catalog_->before_swap = [&] {
    if (!std::exchange(intruded, true)) AppendByOthers({File("intruder")});
  };
  int calls = 0;
  Transaction transaction(*catalog_, name_);
  transaction
      .UpdateMetadata([&](const TableMetadata& metadata) -> arrow::Result<TableMetadata> {
        return SetProperties(metadata, {{"calls", std::to_string(++calls)},
                                        {"snapshots", std::to_string(metadata.snapshots.size())}});
      })
      .Append({File("b")})
      .Append({File("c")});
  const auto result = transaction.Commit(options_);
  ASSERT_TRUE(result.ok()) << result.status();
  EXPECT_EQ(result->attempts, 2);
  EXPECT_EQ(Metadata()->properties.at("calls"), "2");
  EXPECT_EQ(Metadata()->properties.at("snapshots"), "1");
  EXPECT_EQ(LiveNames(), (Names{"b", "c", "intruder"}));
  EXPECT_EQ(FilesOnDisk(), FilesNamed());
}

// C11
TEST_F(TransactionTest, ChangesNothingWhereOneChangeFails) {
  Append("a");
  const auto location = real_->Load(name_)->metadata_location;
  Transaction transaction(*catalog_, name_);
  transaction.UpdateMetadata(Sets("k", "v")).Append({File("b")}).DeleteFiles({File("no").path});
  EXPECT_TRUE(transaction.Commit(options_).status().IsInvalid());
  EXPECT_EQ(real_->Load(name_)->metadata_location, location);
  EXPECT_EQ(FilesOnDisk(), FilesNamed());
}

TEST_F(TransactionTest, UpgradesAndWritesInOne) {
  const TableName old{{"sda"}, "old"};
  MakeTable(old, 1);
  Transaction transaction(*catalog_, old);
  transaction
      .UpdateMetadata([](const TableMetadata& metadata) { return UpgradeFormat(metadata, 3); })
      .Append({File("a")});
  const auto result = transaction.Commit(options_);
  ASSERT_TRUE(result.ok()) << result.status();
  EXPECT_EQ(result->table.metadata->next_row_id, 10);
}

// C8
TEST_F(TransactionTest, IsDoneOnceUnderItsKey) {
  options_.once_key = "both";
  for (const bool again : {false, true}) {
    Transaction transaction(*catalog_, name_);
    const auto result =
        transaction.Append({File("a")}).UpdateMetadata(Sets("k", "v")).Commit(options_);
    ASSERT_TRUE(result.ok()) << result.status();
    EXPECT_EQ(result->already_done, again);
    EXPECT_EQ(result->snapshot_id, Metadata()->current_snapshot_id);
  }
  EXPECT_EQ(Metadata()->snapshots.size(), 1u);
}

TEST_F(TransactionTest, RefusesToCommitNothing) {
  EXPECT_TRUE(Transaction(*catalog_, name_).Commit(options_).status().IsInvalid());
}

TEST_F(TransactionTest, TakesEveryKindOfChange) {
  Append(*catalog_, {File("a"), File("b"), File("c")});
  Transaction transaction(*catalog_, name_);
  ReplaceFilesChange replace;
  replace.removed = {File("a")};
  replace.added = {File("a2")};
  RewriteFilesChange rewrite;
  rewrite.removed = {File("b")};
  rewrite.added = {File("b2")};
  RowDeltaChange delta;
  delta.added_deletes = {Deletes("d", "c")};
  delta.referenced = {File("c").path};
  transaction.Replace(replace).RewriteFiles(rewrite).RowDelta(delta);
  const auto result = transaction.Commit(options_, "merge");
  ASSERT_TRUE(result.ok()) << result.status();
  EXPECT_EQ(LiveNames(), (Names{"a2", "b2", "c", "d"}));
  EXPECT_EQ(real_->History(*real_->Load(name_))->back().operation, "merge");
}

}  // namespace
}  // namespace artemis
