#include "artemis/catalog/faulty_catalog.h"

#include <signal.h>

#include <gtest/gtest.h>

#include "artemis/base/error.h"
#include "artemis/catalog/open_catalog.h"
#include "artemis/io/test_folder.h"

namespace artemis {
namespace {

class FaultyCatalogTest : public ::testing::Test {
 protected:
  FaultyCatalogTest() {
    CatalogOptions options;
    options.warehouse = folder_.path();
    options.create = true;
    inner_ = OpenCatalog(options).ValueOrDie();
  }

  std::unique_ptr<FaultyCatalog> With(const std::string& plan) {
    return std::make_unique<FaultyCatalog>(inner_, ParseCatalogFaultPlan(plan).ValueOrDie());
  }

  arrow::Result<LoadedTable> CreateIn(Catalog& catalog, const std::string& text) {
    const TableName name = ParseTableName(text).ValueOrDie();
    NewTable table;
    table.location = catalog.DefaultLocation(name);
    Field id;
    id.id = FieldId(1);
    id.name = "id";
    id.type = Type::Of(TypeKind::kLong);
    table.schema.fields = {id};
    return catalog.Create(name, MakeTableMetadata(table, TimestampMs(1000)).ValueOrDie(), {});
  }

  static arrow::Result<LoadedTable> CommitKey(Catalog& catalog, const LoadedTable& base,
                                              const std::string& key) {
    TableMetadata next = *base.metadata;
    next.properties[key] = "1";
    return catalog.Commit(base, std::move(next), {"alter", ""});
  }

  TestFolder folder_;
  std::shared_ptr<Catalog> inner_;
};

TEST_F(FaultyCatalogTest, PassesOnWhatThePlanLeavesAlone) {
  const auto catalog = With("");
  const auto table = CreateIn(*catalog, "a.t");
  ASSERT_TRUE(table.ok()) << table.status();
  ASSERT_TRUE(CommitKey(*catalog, *table, "k").ok());
  EXPECT_EQ(catalog->ListTables(std::nullopt)->size(), 1u);
  EXPECT_EQ(catalog->History(*catalog->Load(table->name))->size(), 2u);
  EXPECT_TRUE(catalog->Rename(table->name, *ParseTableName("a.u")).ok());
  EXPECT_TRUE(catalog->Drop(*ParseTableName("a.u")).ok());
  EXPECT_EQ(catalog->calls(CatalogCall::kCommit), 1);
  EXPECT_EQ(catalog->Uri(), inner_->Uri());
}

TEST_F(FaultyCatalogTest, LosesTheReplyToACallThatWasMade) {
  const auto catalog = With("Commit:2:lose");
  auto table = CreateIn(*catalog, "a.t");
  table = CommitKey(*catalog, *table, "first");
  const auto lost = CommitKey(*catalog, *table, "second");
  EXPECT_NE(FindDetail<CommitUnknown>(lost.status()), nullptr) << lost.status();
  EXPECT_TRUE(inner_->Load(table->name)->metadata->properties.contains("second"));
  EXPECT_EQ(catalog->taken(CatalogFaultAction::kLose), 1);
}

TEST_F(FaultyCatalogTest, LosesARequestSoThatNobodyCanTell) {
  const auto catalog = With("Commit:1:lose_request,Load:1:lose_request");
  const auto table = CreateIn(*catalog, "a.t");
  const auto lost = CommitKey(*catalog, *table, "k");
  EXPECT_NE(FindDetail<CommitUnknown>(lost.status()), nullptr) << lost.status();
  EXPECT_EQ(inner_->Load(table->name)->metadata_location, table->metadata_location);
  EXPECT_TRUE(catalog->Load(table->name).status().IsIOError());
  EXPECT_TRUE(catalog->Load(table->name).ok());
}

TEST_F(FaultyCatalogTest, FailsACallThatWasNotMade) {
  const auto catalog = With("Create:1:fail");
  const auto failed = CreateIn(*catalog, "a.t");
  EXPECT_TRUE(failed.status().IsIOError()) << failed.status();
  EXPECT_EQ(FindDetail<CommitUnknown>(failed.status()), nullptr);
  EXPECT_NE(failed.status().message().find("injected fault: Create 1"), std::string::npos);
  EXPECT_TRUE(inner_->ListTables(std::nullopt)->empty());
}

TEST_F(FaultyCatalogTest, DeliversACallTwiceAndGivesTheFirstReply) {
  const auto catalog = With("*:0:double");
  const auto table = CreateIn(*catalog, "a.t");
  ASSERT_TRUE(table.ok()) << table.status();
  const auto next = CommitKey(*catalog, *table, "k");
  ASSERT_TRUE(next.ok()) << next.status();
  EXPECT_EQ(inner_->Load(table->name)->metadata_location, next->metadata_location);
  EXPECT_EQ(inner_->History(*next)->size(), 2u);
  EXPECT_TRUE(catalog->Drop(table->name).ok());
}

TEST_F(FaultyCatalogTest, RepeatsItsChoicesFromASeed) {
  const auto outcomes = [&](const std::string& plan, const std::string& name) {
    const auto catalog = With(plan);
    std::string told;
    auto table = CreateIn(*inner_, name);
    for (int i = 0; i < 60; ++i) {
      const auto next = CommitKey(*catalog, *table, std::to_string(i));
      told += next.ok() ? 'o' : FindDetail<CommitUnknown>(next.status()) != nullptr ? 'u' : 'f';
      table = inner_->Load(table->name);
    }
    return told;
  };
  const std::string first = outcomes("seed=7,lose=0.2,lose_request=0.2,fail=0.2", "a.t");
  EXPECT_EQ(outcomes("seed=7,lose=0.2,lose_request=0.2,fail=0.2", "a.u"), first);
  EXPECT_NE(outcomes("seed=8,lose=0.2,lose_request=0.2,fail=0.2", "a.v"), first);
  for (const char kind : {'o', 'u', 'f'}) EXPECT_NE(first.find(kind), std::string::npos) << first;
}

TEST_F(FaultyCatalogTest, StrikesCallsThatOnlyLookByNumberAlone) {
  const auto catalog = With("fail=1");
  const auto table = CreateIn(*inner_, "a.t");
  for (int i = 0; i < 20; ++i) EXPECT_TRUE(catalog->Load(table->name).ok());
  EXPECT_FALSE(CommitKey(*catalog, *table, "k").ok());
  EXPECT_EQ(catalog->taken(CatalogFaultAction::kFail), 1);
}

TEST_F(FaultyCatalogTest, EndsTheProcessBeforeOrAfterACall) {
  const auto table = CreateIn(*inner_, "a.t");
  inner_.reset();
  const auto die = [&](const std::string& plan) {
    CatalogOptions options;
    options.warehouse = folder_.path();
    inner_ = OpenCatalog(options).ValueOrDie();
    (void)CommitKey(*With(plan), *inner_->Load(table->name), "k");
  };
  EXPECT_EXIT(die("Commit:1:kill"), ::testing::KilledBySignal(SIGKILL), "");
  CatalogOptions options;
  options.warehouse = folder_.path();
  EXPECT_EQ((*OpenCatalog(options))->Load(table->name)->metadata_location,
            table->metadata_location);
  EXPECT_EXIT(die("Commit:1:kill_after"), ::testing::KilledBySignal(SIGKILL), "");
  EXPECT_TRUE((*OpenCatalog(options))->Load(table->name)->metadata->properties.contains("k"));
}

TEST(ParseCatalogFaultPlan, ReadsNumberedAndRandomFaults) {
  const auto plan =
      ParseCatalogFaultPlan("seed=7,lose=0.25,delay=20,Commit:3:kill_after,*:0:delay=5");
  ASSERT_TRUE(plan.ok()) << plan.status();
  EXPECT_EQ(plan->seed, 7u);
  EXPECT_EQ(plan->delay_max_ms, 20);
  EXPECT_EQ(plan->probabilities[static_cast<size_t>(CatalogFaultAction::kLose)], 0.25);
  const std::vector<CatalogFault> expected = {
      {CatalogCall::kCommit, 3, CatalogFaultAction::kKillAfter, 0},
      {std::nullopt, 0, CatalogFaultAction::kDelay, 5}};
  EXPECT_EQ(plan->faults, expected);
  EXPECT_TRUE(ParseCatalogFaultPlan("seed=3")->empty());
  EXPECT_FALSE(plan->empty());
}

TEST(ParseCatalogFaultPlan, RefusesWhatItDoesNotUnderstandByName) {
  for (const char* text : {"lose", "lose=2", "lose=-1", "win=0.1", "Commit:3", "Comit:3:lose",
                           "Commit:x:lose", "Commit:-1:lose", "Commit:1:delay", "Commit:1:lose=3",
                           "delay=-1", "seed=x", "lose=0.6,double=0.6"}) {
    EXPECT_TRUE(ParseCatalogFaultPlan(text).status().IsInvalid()) << text;
  }
}

}  // namespace
}  // namespace artemis
