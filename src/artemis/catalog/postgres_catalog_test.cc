// What is PostgreSQL's alone: lost connections, timeouts, foreign tables. Needs a server, as conformance_postgres_test.cc says.
#include <atomic>
#include <cstdlib>
#include <filesystem>
#include <random>
#include <thread>

#include <gtest/gtest.h>

#include "artemis/base/error.h"
#include "artemis/base/uuid.h"
#include "artemis/catalog/jdbc_catalog.h"
#include "artemis/catalog/postgres_store.h"
#include "artemis/catalog/socket_proxy_fixture.h"
#include "artemis/io/location.h"
#include "artemis/io/test_folder.h"

namespace artemis {
namespace {

class PostgresCatalogTest : public ::testing::Test {
 protected:
  // A database of its own for each test.
  void SetUp() override {
    const char* server = std::getenv("ARTEMIS_TEST_POSTGRES");
    ASSERT_NE(server, nullptr) << "ARTEMIS_TEST_POSTGRES is not set: run this through "
                                  "tests/support/with_postgres.py -- PROGRAM";
    const std::string uri = server;
    socket_folder_ = uri.substr(uri.find("host=") + 5);
    auto database = RandomUuid();
    database_ = "t" + database.substr(0, 8);
    Run("CREATE DATABASE " + database_, uri);
  }

  std::string Uri(const std::string& more = "", const std::string& folder = "") const {
    return "postgresql://artemis@/" + database_ +
           "?host=" + (folder.empty() ? socket_folder_ : folder) + more;
  }

  std::shared_ptr<Catalog> Open(const std::string& uri) {
    CatalogOptions options;
    options.uri = uri;
    options.warehouse = folder_.path();
    options.create = true;
    auto opened = OpenCatalog(options);
    EXPECT_TRUE(opened.ok()) << opened.status();
    return opened.ok() ? *opened : nullptr;
  }

  static std::unique_ptr<SqlDatabase> Store(const std::string& uri) {
    return PostgresStore::Open(ParsePostgresUri(uri).ValueOrDie(), false).ValueOrDie();
  }

  void Run(const std::string& sql, const std::string& uri) {
    const auto status =
        Store(uri)->Read([&](SqlSession& session) { return session.Run(sql).status(); });
    EXPECT_TRUE(status.ok()) << status;
  }
  void Run(const std::string& sql) { Run(sql, Uri()); }

  std::string Ask(const std::string& sql) {
    std::string answer;
    const auto status = Store(Uri())->Read([&](SqlSession& session) -> arrow::Status {
      ARROW_ASSIGN_OR_RAISE(const auto rows, session.Query(sql));
      for (const auto& row : rows) answer += row.Text(0) + "\n";
      return arrow::Status::OK();
    });
    EXPECT_TRUE(status.ok()) << status;
    return answer;
  }

  // Ends every other session of this database.
  void EndSessions() {
    Run("SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = current_database() "
        "AND pid <> pg_backend_pid()");
  }

  LoadedTable CreateTable(Catalog& catalog, const std::string& text = "sda.t") {
    const TableName name = ParseTableName(text).ValueOrDie();
    NewTable table;
    table.location = catalog.DefaultLocation(name);
    Field id;
    id.id = FieldId(1);
    id.name = "id";
    id.type = Type::Of(TypeKind::kLong);
    table.schema.fields = {id};
    auto created = catalog.Create(name, MakeTableMetadata(table, TimestampMs(1000)).ValueOrDie(),
                                  {"create", "ada"});
    EXPECT_TRUE(created.ok()) << created.status();
    return created.ok() ? *created : LoadedTable{};
  }

  static arrow::Result<LoadedTable> CommitKey(Catalog& catalog, const LoadedTable& base,
                                              const std::string& key) {
    TableMetadata next = *base.metadata;
    next.properties[key] = "1";
    return catalog.Commit(base, std::move(next), {"alter", ""});
  }

  TestFolder folder_;
  std::string socket_folder_;
  std::string database_;
};

TEST_F(PostgresCatalogTest, FindsThatACommitWasMadeWhoseAnswerNeverCame) {
  SocketProxy proxy(socket_folder_, "COMMIT");
  const auto catalog = Open(Uri("", proxy.folder()));
  const auto base = CreateTable(*catalog);
  proxy.Set(LineFault::kCutAfter);
  const int before = proxy.connections();
  const auto next = CommitKey(*catalog, base, "k");
  ASSERT_TRUE(next.ok()) << next.status();
  EXPECT_GT(proxy.connections(), before);
  EXPECT_EQ(Open(Uri())->Load(base.name)->metadata_location, next->metadata_location);
  EXPECT_TRUE(CommitKey(*catalog, *next, "l").ok());
}

// C5
TEST_F(PostgresCatalogTest, CallsACommitUnknownThatMayHaveBeenLostOnItsWayAndRemovesNothing) {
  SocketProxy proxy(socket_folder_, "COMMIT");
  const auto catalog = Open(Uri("", proxy.folder()));
  const auto base = CreateTable(*catalog);
  const auto files = [&] {
    return std::distance(
        std::filesystem::directory_iterator(LocalPath(FolderOf(base.metadata_location))),
        std::filesystem::directory_iterator());
  };
  proxy.Set(LineFault::kCutBefore);
  const auto next = CommitKey(*catalog, base, "k");
  EXPECT_NE(FindDetail<CommitUnknown>(next.status()), nullptr) << next.status();
  EXPECT_EQ(files(), 2);
  EXPECT_EQ(catalog->Load(base.name)->metadata_location, base.metadata_location);
  EXPECT_TRUE(CommitKey(*catalog, base, "again").ok());
}

// B1, B2, B6: a third of the replies to COMMIT get lost, on their way there or back.
TEST_F(PostgresCatalogTest, LosesAndDoublesNothingOverManyLostReplies) {
  constexpr int kThreads = 3;
  constexpr int kCommits = 60;
  const auto base = CreateTable(*Open(Uri()));
  std::vector<std::thread> threads;
  std::atomic<int> unknown = 0;
  for (int t = 0; t < kThreads; ++t) {
    threads.emplace_back([&, t] {
      SocketProxy proxy(socket_folder_, "COMMIT");
      const auto catalog = Open(Uri("", proxy.folder()));
      std::minstd_rand random(static_cast<unsigned>(17 + t));
      for (int done = 0; done < kCommits;) {
        const std::string key = std::to_string(t) + "-" + std::to_string(done);
        const auto table = catalog->Load(base.name);
        ASSERT_TRUE(table.ok()) << table.status();
        const unsigned chance = random() % 6;
        proxy.Set(chance == 0   ? LineFault::kCutBefore
                  : chance == 1 ? LineFault::kCutAfter
                                : LineFault::kNone);
        const auto next = CommitKey(*catalog, *table, key);
        proxy.Set(LineFault::kNone);
        const bool is_unknown = FindDetail<CommitUnknown>(next.status()) != nullptr;
        const auto now = catalog->Load(base.name);
        ASSERT_TRUE(now.ok()) << now.status();
        const bool made = now->metadata->properties.contains(key);
        if (next.ok()) {
          EXPECT_TRUE(made) << key << " was acknowledged";
        } else if (!is_unknown) {
          ASSERT_NE(FindDetail<CommitConflict>(next.status()), nullptr) << next.status();
          EXPECT_FALSE(made) << key << " was refused";
        }
        unknown += is_unknown ? 1 : 0;
        done += made ? 1 : 0;
      }
    });
  }
  for (auto& thread : threads) thread.join();
  EXPECT_GT(unknown, 0);
  const auto last = Open(Uri())->Load(base.name);
  ASSERT_TRUE(last.ok()) << last.status();
  EXPECT_EQ(last->metadata->properties.size(), static_cast<size_t>(kThreads * kCommits));
  // Every swap once, the creation among them.
  EXPECT_EQ(Ask("SELECT count(*) FROM artemis_history"),
            std::to_string(kThreads * kCommits + 1) + "\n");
}

TEST_F(PostgresCatalogTest, BeginsAnewWhenTheConnectionIsLostBeforeTheCommit) {
  for (const char* word : {"BEGIN", "UPDATE iceberg_tables", "INSERT INTO artemis_history"}) {
    SocketProxy proxy(socket_folder_, word);
    const auto catalog = Open(Uri(std::string("&name=") + word[0], proxy.folder()));
    const auto base = CreateTable(*catalog);
    for (const LineFault fault : {LineFault::kCutBefore, LineFault::kCutAfter}) {
      proxy.Set(fault);
      const auto next = CommitKey(*catalog, *catalog->Load(base.name), "k");
      ASSERT_TRUE(next.ok()) << word << ": " << next.status();
    }
    EXPECT_EQ(catalog->History(*catalog->Load(base.name))->size(), 3u);
  }
}

// B17
TEST_F(PostgresCatalogTest, NoticesNothingWhenIdleConnectionsDied) {
  const auto catalog = Open(Uri());
  auto table = CreateTable(*catalog);
  // Several idle connections, all of them dead.
  std::vector<std::thread> threads;
  for (int i = 0; i < 4; ++i) {
    threads.emplace_back([&] { EXPECT_TRUE(catalog->Load(table.name).ok()); });
  }
  for (auto& thread : threads) thread.join();
  for (int i = 0; i < 3; ++i) {
    EndSessions();
    const auto next = CommitKey(*catalog, table, std::to_string(i));
    ASSERT_TRUE(next.ok()) << next.status();
    table = *next;
    EndSessions();
    EXPECT_TRUE(catalog->Load(table.name).ok());
  }
}

TEST_F(PostgresCatalogTest, GivesUpAStatementThatWaitsTooLong) {
  const auto catalog = Open(Uri("&statement_timeout_ms=300"));
  const auto base = CreateTable(*catalog);
  const auto locker = Store(Uri());
  const auto status = locker->Transact([&](SqlSession& session) -> arrow::Status {
    ARROW_RETURN_NOT_OK(session.Query("SELECT 1 FROM iceberg_tables FOR UPDATE").status());
    const auto begin = std::chrono::steady_clock::now();
    const auto waited = CommitKey(*catalog, base, "k");
    EXPECT_TRUE(waited.status().IsIOError()) << waited.status();
    EXPECT_EQ(FindDetail<CommitUnknown>(waited.status()), nullptr) << waited.status();
    EXPECT_LT(std::chrono::steady_clock::now() - begin, std::chrono::seconds(5));
    return arrow::Status::OK();
  });
  ASSERT_TRUE(status.ok()) << status;
  EXPECT_TRUE(CommitKey(*catalog, base, "k").ok());
}

TEST_F(PostgresCatalogTest, GivesUpAServerThatFallsSilent) {
  SocketProxy proxy(socket_folder_, "COMMIT");
  const auto catalog = Open(Uri("&statement_timeout_ms=200", proxy.folder()));
  const auto base = CreateTable(*catalog);
  proxy.Set(LineFault::kSilence);
  const auto begin = std::chrono::steady_clock::now();
  const auto next = CommitKey(*catalog, base, "k");
  // The lost transaction still holds the row, or its session has timed out by itself.
  EXPECT_NE(FindDetail<CommitUnknown>(next.status()), nullptr) << next.status();
  EXPECT_LT(std::chrono::steady_clock::now() - begin, std::chrono::seconds(20));
}

TEST_F(PostgresCatalogTest, CommitsDurablyWhateverTheServersDefault) {
  const std::string asked = "SELECT current_setting('synchronous_commit')";
  Run("ALTER DATABASE " + database_ + " SET synchronous_commit TO off");
  EXPECT_EQ(Ask(asked), "on\n");
  Run("ALTER DATABASE " + database_ + " SET synchronous_commit TO remote_apply");
  EXPECT_EQ(Ask(asked), "remote_apply\n");
}

TEST_F(PostgresCatalogTest, MakesItsTablesOnceHoweverManyOpenAnEmptyDatabase) {
  std::vector<std::thread> threads;
  for (int i = 0; i < 8; ++i) {
    threads.emplace_back([&, i] {
      const auto catalog = Open(Uri());
      ASSERT_NE(catalog, nullptr);
      CreateTable(*catalog, "n" + std::to_string(i) + ".t");
    });
  }
  for (auto& thread : threads) thread.join();
  EXPECT_EQ(Open(Uri())->ListTables(std::nullopt)->size(), 8u);
  EXPECT_EQ(Ask("SELECT count(*) FROM artemis_history"), "8\n");
}

TEST_F(PostgresCatalogTest, KeepsTheTablesOfTheJdbcCatalog) {
  CreateTable(*Open(Uri()));
  EXPECT_EQ(Ask("SELECT column_name FROM information_schema.columns WHERE table_name = "
                "'iceberg_tables' ORDER BY ordinal_position"),
            "catalog_name\ntable_namespace\ntable_name\nmetadata_location\n"
            "previous_metadata_location\niceberg_type\n");
  EXPECT_EQ(Ask("SELECT concat_ws('|', catalog_name, table_namespace, table_name, iceberg_type) "
                "FROM iceberg_tables"),
            "artemis|sda|t|TABLE\n");
  EXPECT_EQ(Ask("SELECT concat_ws('|', catalog_name, namespace, property_key, property_value) "
                "FROM iceberg_namespace_properties"),
            "artemis|sda|exists|true\n");
}

TEST_F(PostgresCatalogTest, ReadsAndWritesTablesWithoutTheTypeColumn) {
  Run("CREATE TABLE iceberg_tables (catalog_name VARCHAR(255) NOT NULL, table_namespace "
      "VARCHAR(255) NOT NULL, table_name VARCHAR(255) NOT NULL, metadata_location VARCHAR(1000), "
      "previous_metadata_location VARCHAR(1000), PRIMARY KEY (catalog_name, table_namespace, "
      "table_name))");
  const auto catalog = Open(Uri());
  const auto base = CreateTable(*catalog);
  EXPECT_TRUE(CommitKey(*catalog, base, "k").ok());
  EXPECT_EQ(Open(Uri())->ListTables(std::nullopt)->size(), 1u);
}

TEST_F(PostgresCatalogTest, LeavesViewsAloneAndDoesNotTakeTheirNames) {
  const auto catalog = Open(Uri());
  const auto base = CreateTable(*catalog, "sda.t");
  Run("INSERT INTO iceberg_tables(catalog_name, table_namespace, table_name, metadata_location, "
      "iceberg_type) VALUES ('artemis', 'sda', 'v', '/none', 'VIEW')");
  EXPECT_EQ(catalog->ListTables(std::nullopt)->size(), 1u);
  const TableName view{{"sda"}, "v"};
  EXPECT_NE(FindDetail<NoSuchTable>(catalog->Load(view).status()), nullptr);
  EXPECT_NE(FindDetail<NoSuchTable>(catalog->Drop(view)), nullptr);
  EXPECT_TRUE(catalog->Create(view, *base.metadata, {}).status().IsAlreadyExists());
  EXPECT_TRUE(catalog->Rename(base.name, view).IsAlreadyExists());
}

TEST_F(PostgresCatalogTest, OpensADatabaseThatHoldsOneOtherNameUnderThatName) {
  CreateTable(*Open(Uri("&name=prod")));
  EXPECT_EQ(Open(Uri())->Uri(), Uri("&name=prod"));
  CreateTable(*Open(Uri("&name=dev")));
  CatalogOptions options;
  options.uri = Uri();
  const auto ambiguous = OpenCatalog(options).status();
  EXPECT_NE(ambiguous.message().find("dev, prod"), std::string::npos) << ambiguous;
  EXPECT_NE(ambiguous.message().find("&name=dev'"), std::string::npos) << ambiguous;
}

TEST_F(PostgresCatalogTest, MakesNothingInADatabaseThatIsOnlyToBeRead) {
  CatalogOptions options;
  options.uri = Uri();
  options.read_only = true;
  const auto none = OpenCatalog(options).status();
  EXPECT_TRUE(none.IsInvalid()) << none;
  EXPECT_NE(none.message().find("iceberg_tables"), std::string::npos) << none;
  EXPECT_EQ(Ask("SELECT count(*) FROM pg_tables WHERE schemaname = 'public'"), "0\n");
}

TEST_F(PostgresCatalogTest, TakesTheWarehouseFromTheUri) {
  const auto catalog = Open(Uri("&warehouse=" + folder_.path() + "/deep"));
  EXPECT_EQ(catalog->Warehouse(), folder_.path() + "/deep");
  EXPECT_EQ(catalog->DefaultLocation({{"a"}, "t"}), "file://" + folder_.path() + "/deep/a/t");
}

TEST_F(PostgresCatalogTest, TellsThePasswordToNobody) {
  ASSERT_EQ(::setenv("PGPASSWORD", "geheim", 1), 0);
  CatalogOptions options;
  options.uri = "postgresql://nobody_known@/" + database_ + "?host=" + socket_folder_;
  const auto refused = OpenCatalog(options).status();
  EXPECT_FALSE(refused.ok());
  EXPECT_NE(refused.message().find("nobody_known"), std::string::npos) << refused;
  EXPECT_EQ(refused.ToString().find("geheim"), std::string::npos) << refused;
  EXPECT_EQ(Open(Uri())->Uri().find("geheim"), std::string::npos);
  ::unsetenv("PGPASSWORD");
}

TEST_F(PostgresCatalogTest, RollsBackATransactionWhoseBodyFails) {
  const auto store = Store(Uri());
  EXPECT_TRUE(store
                  ->Transact([](SqlSession& session) -> arrow::Status {
                    ARROW_RETURN_NOT_OK(session.Run("CREATE TABLE x(i INTEGER)").status());
                    return arrow::Status::Cancelled("no");
                  })
                  .IsCancelled());
  EXPECT_EQ(Ask("SELECT count(*) FROM pg_tables WHERE tablename = 'x'"), "0\n");
  // A statement that failed spoils the transaction, even when nobody minds.
  const auto spoilt = store->Transact([](SqlSession& session) -> arrow::Status {
    (void)session.Run("SELECT nonsense");
    return arrow::Status::OK();
  });
  EXPECT_FALSE(spoilt.ok());
  EXPECT_EQ(FindDetail<CommitUnknown>(spoilt), nullptr) << spoilt;
}

TEST_F(PostgresCatalogTest, KeepsIntegersTextsAndNothingApart) {
  const auto store = Store(Uri());
  const auto status = store->Read([](SqlSession& session) -> arrow::Status {
    ARROW_ASSIGN_OR_RAISE(
        const auto rows,
        session.Query("SELECT ?1::bigint, ?2::text, ?3::text, 7::smallint, true",
                      {int64_t{-9'000'000'000}, std::string("a'b"), std::monostate{}}));
    EXPECT_EQ(rows.size(), 1u);
    EXPECT_EQ(rows[0].Integer(0), -9'000'000'000);
    EXPECT_EQ(rows[0].Text(1), "a'b");
    EXPECT_TRUE(rows[0].IsNull(2));
    EXPECT_EQ(rows[0].Integer(3), 7);
    EXPECT_EQ(rows[0].Integer(4), 1);
    return arrow::Status::OK();
  });
  EXPECT_TRUE(status.ok()) << status;
}

}  // namespace
}  // namespace artemis
