// Every file-system call of every operation made to fail once; replies lost at random; many threads at once.
#include <atomic>
#include <random>
#include <thread>

#include "artemis/base/error.h"
#include "artemis/catalog/open_catalog.h"
#include "artemis/commit/commit.h"
#include "artemis/commit/commit_fixture.h"
#include "artemis/io/faulty_file_system.h"
#include "artemis/table/update.h"

namespace artemis {
namespace {

using Names = std::set<std::string>;

class CommitFaultTest : public CommitTest {
 protected:
  // What is done before the faults, and under them; `n` makes names that no other call has used.
  struct Operation {
    const char* name;
    std::function<void(const std::string& n)> prepare;
    std::function<arrow::Status(Catalog& catalog, const std::string& n)> run;
  };

  void SetUp() override {
    CommitTest::SetUp();
    AppendByOthers({File("base")});
  }

  std::vector<Operation> Operations() {
    const auto one = [this](const std::string& n) { AppendByOthers({File("old" + n)}); };
    const auto none = [](const std::string&) {};
    return {
        {"append", none,
         [this](Catalog& catalog, const std::string& n) {
           return AppendFiles(catalog, name_, {File("a" + n), File("b" + n)}, options_).status();
         }},
        {"replace", one,
         [this](Catalog& catalog, const std::string& n) {
           ReplaceFilesChange change;
           change.removed = {File("old" + n)};
           change.added = {File("new" + n)};
           return ReplaceFiles(catalog, name_, change, options_).status();
         }},
        {"row delta", one,
         [this](Catalog& catalog, const std::string& n) {
           RowDeltaChange change;
           change.added_deletes = {Deletes("d" + n, "old" + n)};
           change.referenced = {File("old" + n).path};
           return RowDelta(catalog, name_, change, options_).status();
         }},
        {"delete", one,
         [this](Catalog& catalog, const std::string& n) {
           return DeleteFiles(catalog, name_, {File("old" + n).path}, options_).status();
         }},
        {"rewrite", one,
         [this](Catalog& catalog, const std::string& n) {
           RewriteFilesChange change;
           change.removed = {File("old" + n)};
           change.added = {File("compacted" + n)};
           change.data_sequence_number = SequenceNumber(1);
           return RewriteFiles(catalog, name_, change, options_).status();
         }},
        {"tag", none,
         [this](Catalog& catalog, const std::string& n) {
           RefChange change;
           change.name = "t" + n;
           change.kind = SnapshotRef::Kind::kTag;
           return SetRef(catalog, name_, change, options_).status();
         }},
        {"transaction", one,
         [this](Catalog& catalog, const std::string& n) {
           Transaction transaction(catalog, name_);
           return transaction.Append({File("x" + n)})
               .DeleteFiles({File("old" + n).path})
               .Commit(options_)
               .status();
         }},
    };
  }

  // Whether every file that the table names is there.
  void ExpectWhole() {
    const auto on_disk = FilesOnDisk();
    for (const auto& name : FilesNamed()) EXPECT_TRUE(on_disk.contains(name)) << name;
  }
};

// C1, C5, C12
TEST_F(CommitFaultTest, AnyCallThatFailsLeavesTheTableWholeAndNothingBehind) {
  options_.manifest_min_count_to_merge = 4;
  FaultyFileSystem faulty(LocalFileSystem());
  CatalogOptions options;
  options.warehouse = folder_.string();
  options.clock = &clock_;
  options.files = &faulty;
  int points = 0;
  for (const auto& operation : Operations()) {
    for (const auto action : {FaultAction::kFail, FaultAction::kLose}) {
      for (int64_t call = 1;; ++call) {
        const std::string n = std::to_string(points++);
        SCOPED_TRACE(std::string(operation.name) + ", call " + std::to_string(call));
        operation.prepare(n);
        const auto before = real_->Load(name_)->metadata_location;
        const auto orphans_before = FilesOnDisk().size() - FilesNamed().size();
        faulty.Reset({});
        const auto catalog = OpenCatalog(options).ValueOrDie();
        Fault fault;
        fault.any_operation = true;
        fault.call = call;
        fault.action = action;
        faulty.Reset({fault});
        const auto status = operation.run(*catalog, n);
        const bool reached = faulty.total_calls() >= call;
        faulty.Reset({});
        ExpectWhole();
        if (!status.ok()) {
          EXPECT_FALSE(IsUnknown(status)) << status;
          EXPECT_EQ(real_->Load(name_)->metadata_location, before) << status;
          EXPECT_EQ(FilesOnDisk().size() - FilesNamed().size(), orphans_before) << status;
        } else {
          EXPECT_NE(real_->Load(name_)->metadata_location, before);
        }
        if (!reached) {
          EXPECT_TRUE(status.ok()) << status;
          break;
        }
      }
    }
  }
  EXPECT_GT(points, 70);
}

// C5, C8: 30 % of the replies are lost, of them some of swaps that happened and some of swaps that did not.
TEST_F(CommitFaultTest, LostRepliesLoseAndDoubleNothingUnderOnceKeys) {
  const unsigned seed = std::random_device{}();
  SCOPED_TRACE("seed " + std::to_string(seed));
  std::minstd_rand random(seed);
  Names expected = {"base"};
  int unknown = 0;
  for (int i = 0; i < 60; ++i) {
    const std::string name = "f" + std::to_string(i);
    options_.once_key = name;
    expected.insert(name);
    while (true) {
      InterceptedCatalog catalog(real_);
      catalog.before_swap = [&] {
        catalog.lose_reply = random() % 10 < 3;
        catalog.swap_when_lost = random() % 2 == 0;
        catalog.stay_blind = random() % 2 == 0;
      };
      const auto result = AppendFiles(catalog, name_, {File(name)}, options_);
      if (result.ok()) break;
      ASSERT_TRUE(IsUnknown(result.status())) << result.status();
      ++unknown;
    }
  }
  EXPECT_EQ(LiveNames(), expected);
  EXPECT_EQ(Entries().size(), expected.size());
  ExpectWhole();
  EXPECT_GT(unknown, 0);
}

// C2, C3, C7
TEST_F(CommitFaultTest, KeepsEveryAcknowledgedChangeOfManyThreads) {
  constexpr int kThreads = 6;
  constexpr int kChanges = 10;
  options_.attempts_max = 200;
  options_.manifest_min_count_to_merge = 7;
  std::atomic<int> failed = 0;
  std::vector<std::thread> threads;
  for (int t = 0; t < kThreads; ++t) {
    threads.emplace_back([&, t] {
      for (int i = 0; i < kChanges; ++i) {
        const std::string name = "t" + std::to_string(t) + "-" + std::to_string(i);
        bool ok = AppendFiles(*real_, name_, {File(name)}, options_).ok();
        // Every other file leaves again, and sometimes the schema's properties change.
        if (i % 2 == 1) {
          ok = ok && DeleteFiles(*real_, name_, {File(name).path}, options_).ok();
        }
        if (i % 5 == 0) {
          const auto change = [&](const TableMetadata& metadata) -> arrow::Result<TableMetadata> {
            return SetProperties(metadata, {{name, "v"}});
          };
          ok = ok && UpdateMetadata(*real_, name_, "alter", change, options_).ok();
        }
        if (!ok) ++failed;
      }
    });
  }
  for (auto& thread : threads) thread.join();
  EXPECT_EQ(failed, 0);
  Names expected = {"base"};
  for (int t = 0; t < kThreads; ++t) {
    for (int i = 0; i < kChanges; ++i) {
      const std::string name = "t" + std::to_string(t) + "-" + std::to_string(i);
      if (i % 2 == 0) expected.insert(name);
      EXPECT_EQ(Metadata()->properties.contains(name), i % 5 == 0) << name;
    }
  }
  EXPECT_EQ(LiveNames(), expected);
  const auto metadata = Metadata();
  ASSERT_EQ(metadata->snapshots.size(), 1u + kThreads * kChanges * 3 / 2);
  for (size_t i = 1; i < metadata->snapshots.size(); ++i) {
    EXPECT_EQ(metadata->snapshots[i].parent_id, metadata->snapshots[i - 1].id);
    EXPECT_GT(metadata->snapshots[i].sequence_number, metadata->snapshots[i - 1].sequence_number);
    EXPECT_GT(metadata->snapshots[i].timestamp, metadata->snapshots[i - 1].timestamp);
  }
  EXPECT_EQ(Summary("total-data-files"), std::to_string(expected.size()));
}

}  // namespace
}  // namespace artemis
