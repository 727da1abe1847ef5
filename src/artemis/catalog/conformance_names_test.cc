// What every catalog does with names: namespaces, listing, renaming, dropping, registering.
#include <filesystem>
#include <fstream>

#include "artemis/base/error.h"
#include "artemis/catalog/conformance_fixture.h"
#include "artemis/io/location.h"

namespace artemis {

namespace {

bool NamesCount(Catalog& catalog, size_t count) {
  const auto tables = catalog.ListTables(std::nullopt);
  return tables.ok() && tables->size() == count;
}

}  // namespace

TEST_P(CatalogConformance, CreatesTheTableWithItsNamespaceAndLoadsIt) {
  const auto created = CreateTable();
  EXPECT_TRUE(created.metadata->location.starts_with("file://" + folder_.path()))
      << created.metadata->location;
  EXPECT_EQ(*catalog_->ListNamespaces(), std::vector<std::string>{"sda"});
  EXPECT_EQ(*catalog_->ListTables(std::nullopt), std::vector<TableName>{Name()});
  const auto loaded = Open()->Load(Name());
  ASSERT_TRUE(loaded.ok()) << loaded.status();
  EXPECT_EQ(loaded->metadata_location, created.metadata_location);
  EXPECT_EQ(*loaded->metadata, *created.metadata);
}

TEST_P(CatalogConformance, StartsEmpty) {
  EXPECT_TRUE(catalog_->ListNamespaces()->empty());
  EXPECT_TRUE(catalog_->ListTables(std::nullopt)->empty());
  EXPECT_TRUE(catalog_->ListTables("sda")->empty());
}

TEST_P(CatalogConformance, RefusesASecondTableOfTheSameNameAndLeavesNoFile) {
  const auto created = CreateTable();
  TableMetadata second = NewMetadata(Name());
  const auto again = catalog_->Create(Name(), second, {"create", "ada"});
  EXPECT_TRUE(again.status().IsAlreadyExists()) << again.status();
  EXPECT_EQ(MetadataFileCount(created), 1u);
  EXPECT_EQ(catalog_->Load(Name())->metadata->table_uuid, created.metadata->table_uuid);
}

TEST_P(CatalogConformance, NamesTheTableThatIsNotThere) {
  const auto loaded = catalog_->Load(Name("sda.nothing"));
  ASSERT_FALSE(loaded.ok());
  const auto* detail = FindDetail<NoSuchTable>(loaded.status());
  ASSERT_NE(detail, nullptr) << loaded.status();
  EXPECT_EQ(detail->table, "sda.nothing");
  EXPECT_NE(FindDetail<NoSuchTable>(catalog_->Drop(Name("sda.nothing"))), nullptr);
  EXPECT_NE(FindDetail<NoSuchTable>(catalog_->Rename(Name("sda.nothing"), Name("sda.other"))),
            nullptr);
}

TEST_P(CatalogConformance, ListsByBytesWhateverTheOrderOfCreation) {
  for (const char* name : {"b.two", "b.Two", "a.z", "b.one", "b.\xc3\xa9t\xc3\xa9"})
    CreateTable(name);
  EXPECT_EQ(*catalog_->ListTables(std::nullopt),
            (std::vector<TableName>{Name("a.z"), Name("b.Two"), Name("b.one"), Name("b.two"),
                                    Name("b.\xc3\xa9t\xc3\xa9")}));
  EXPECT_EQ(*catalog_->ListTables("a"), std::vector<TableName>{Name("a.z")});
  EXPECT_EQ(*catalog_->ListNamespaces(), (std::vector<std::string>{"a", "b"}));
}

TEST_P(CatalogConformance, KeepsNestedNamespacesApart) {
  ASSERT_TRUE(catalog_->CreateNamespace("ground").ok());
  CreateTable("ground.eu.passes");
  CreateTable("ground.stations");
  EXPECT_EQ(*catalog_->ListNamespaces(), (std::vector<std::string>{"ground", "ground.eu"}));
  EXPECT_EQ(*catalog_->ListTables("ground"), std::vector<TableName>{Name("ground.stations")});
  EXPECT_EQ(*catalog_->ListTables("ground.eu"), std::vector<TableName>{Name("ground.eu.passes")});
  EXPECT_EQ(catalog_->Load(Name("ground.eu.passes"))->name, Name("ground.eu.passes"));
}

TEST_P(CatalogConformance, CreatesANamespaceOnce) {
  ASSERT_TRUE(catalog_->CreateNamespace("lab").ok());
  EXPECT_TRUE(catalog_->CreateNamespace("lab").IsAlreadyExists());
  CreateTable("made.by.a.table");
  EXPECT_TRUE(catalog_->CreateNamespace("made.by.a").IsAlreadyExists());
  EXPECT_TRUE(catalog_->CreateNamespace("../out").IsInvalid());
  EXPECT_TRUE(catalog_->CreateNamespace("").IsInvalid());
}

TEST_P(CatalogConformance, DropsANamespaceOnlyWhenItIsEmpty) {
  ASSERT_TRUE(catalog_->CreateNamespace("lab").ok());
  ASSERT_TRUE(catalog_->CreateNamespace("lab.inner").ok());
  const auto holds_namespace = catalog_->DropNamespace("lab");
  EXPECT_TRUE(holds_namespace.IsInvalid()) << holds_namespace;
  EXPECT_NE(holds_namespace.message().find("not empty"), std::string::npos) << holds_namespace;
  CreateTable("lab.inner.t");
  EXPECT_TRUE(catalog_->DropNamespace("lab.inner").IsInvalid());
  ASSERT_TRUE(catalog_->CreateNamespace("other").ok());
  ASSERT_TRUE(catalog_->DropNamespace("other").ok());
  EXPECT_EQ(*catalog_->ListNamespaces(), (std::vector<std::string>{"lab", "lab.inner"}));
  EXPECT_NE(FindDetail<NoSuchTable>(catalog_->DropNamespace("other")), nullptr);
}

TEST_P(CatalogConformance, TellsANamespacesProperties) {
  ASSERT_TRUE(catalog_->CreateNamespace("lab").ok());
  EXPECT_NE(FindDetail<NoSuchTable>(catalog_->NamespaceProperties("none").status()), nullptr);
  const auto changed = catalog_->ChangeNamespaceProperties("lab", {{"owner", "ada"}, {"x", "1"}});
  if (!GetParam().names_are_rows) {
    EXPECT_TRUE(changed.IsNotImplemented()) << changed;
    EXPECT_EQ(catalog_->NamespaceProperties("lab")->at("location"),
              "file://" + catalog_->Warehouse() + "/lab");
    return;
  }
  ASSERT_TRUE(changed.ok()) << changed;
  ASSERT_TRUE(
      catalog_->ChangeNamespaceProperties("lab", {{"owner", "bob"}, {"x", std::nullopt}}).ok());
  EXPECT_EQ(*catalog_->NamespaceProperties("lab"),
            (std::map<std::string, std::string>{{"owner", "bob"}}));
  ASSERT_TRUE(catalog_->ChangeNamespaceProperties("lab", {{"owner", std::nullopt}}).ok());
  EXPECT_EQ(*catalog_->ListNamespaces(), std::vector<std::string>{"lab"});
  EXPECT_NE(FindDetail<NoSuchTable>(catalog_->ChangeNamespaceProperties("none", {{"a", "b"}})),
            nullptr);
}

TEST_P(CatalogConformance, TakesNamesWithOddCharacters) {
  const std::vector<std::string> odd = {"it's.a \"table\"",
                                        "100%.a%2Fb%s",
                                        "semi;colon.drop table x;--",
                                        "q?uestion.$1 and ?1",
                                        "\xe6\x97\xa5\xe6\x9c\xac.\xf0\x9f\x9b\xb0",
                                        "_like_.%",
                                        "-dash.--",
                                        "spa ce. lead"};
  for (const auto& text : odd) {
    const auto created = CreateTable(text);
    const auto loaded = Open()->Load(Name(text));
    ASSERT_TRUE(loaded.ok()) << text << ": " << loaded.status();
    EXPECT_EQ(loaded->metadata->table_uuid, created.metadata->table_uuid) << text;
    ASSERT_TRUE(CommitProperty(*catalog_, created, text).ok()) << text;
    EXPECT_EQ(*catalog_->ListTables(Name(text).Namespace()), std::vector<TableName>{Name(text)});
  }
  EXPECT_TRUE(NamesCount(*catalog_, odd.size()));
  for (const auto& text : odd) EXPECT_TRUE(catalog_->Drop(Name(text)).ok()) << text;
  EXPECT_TRUE(NamesCount(*catalog_, 0));
}

TEST_P(CatalogConformance, RefusesNamesThatLeadElsewhere) {
  const std::vector<TableName> wrong = {{{"a/b"}, "t"}, {{".."}, "t"},   {{"a"}, "../t"},
                                        {{"a"}, "b.c"}, {{"a.b"}, "t"},  {{"a"}, ""},
                                        {{}, "t"},      {{"a"}, "x\ny"}, {{"a"}, "b\\c"}};
  CreateTable("sda.t");
  for (const auto& name : wrong) {
    TableMetadata metadata = NewMetadata(Name());
    EXPECT_TRUE(catalog_->Create(name, metadata, {}).status().IsInvalid()) << name.ToString();
    EXPECT_FALSE(catalog_->Rename(Name("sda.t"), name).ok()) << name.ToString();
  }
  EXPECT_TRUE(NamesCount(*catalog_, 1));
}

TEST_P(CatalogConformance, TakesNamesOfAFileSystemsGreatestLengthAndNoLonger) {
  const std::string longest = "n." + std::string(253, 'x');
  CreateTable(longest);
  EXPECT_TRUE(Open()->Load(Name(longest)).ok());
  EXPECT_EQ(*catalog_->ListTables("n"), std::vector<TableName>{Name(longest)});
  const TableName longer{{"n"}, std::string(254, 'x')};
  EXPECT_TRUE(catalog_->Create(longer, NewMetadata(Name()), {}).status().IsInvalid());
  ASSERT_TRUE(catalog_->Drop(Name(longest)).ok());
  CreateTable(longest);
  EXPECT_TRUE(Open()->Load(Name(longest)).ok());
}

TEST_P(CatalogConformance, RenamesARow) {
  const auto created = CreateTable();
  const auto renamed = catalog_->Rename(Name(), Name("archive.old"));
  if (!GetParam().names_are_rows) {
    EXPECT_TRUE(renamed.IsNotImplemented()) << renamed;
    EXPECT_NE(renamed.message().find("its folder"), std::string::npos) << renamed;
    return;
  }
  ASSERT_TRUE(renamed.ok()) << renamed;
  EXPECT_EQ(catalog_->Load(Name("archive.old"))->metadata_location, created.metadata_location);
  EXPECT_NE(FindDetail<NoSuchTable>(catalog_->Load(Name()).status()), nullptr);
  EXPECT_EQ(*catalog_->ListNamespaces(), (std::vector<std::string>{"archive", "sda"}));
  CreateTable();
  EXPECT_TRUE(catalog_->Rename(Name(), Name("archive.old")).IsAlreadyExists());
  EXPECT_TRUE(catalog_->Load(Name()).ok());
}

TEST_P(CatalogConformance, DropsTheNameAndKeepsTheFiles) {
  const auto created = CreateTable();
  ASSERT_TRUE(catalog_->Drop(Name()).ok());
  EXPECT_TRUE(NamesCount(*catalog_, 0));
  EXPECT_TRUE(std::filesystem::exists(LocalPath(created.metadata_location)));
  EXPECT_NE(FindDetail<NoSuchTable>(Open()->Load(Name()).status()), nullptr);
  EXPECT_NE(FindDetail<NoSuchTable>(catalog_->Drop(Name())), nullptr);
}

TEST_P(CatalogConformance, RegistersADroppedTableAgain) {
  const auto created = CreateTable();
  const auto next = CommitProperty(*catalog_, created, "k");
  ASSERT_TRUE(catalog_->Drop(Name()).ok());
  const auto back = catalog_->Register(Name(), next->metadata_location, {"register", "ada"});
  ASSERT_TRUE(back.ok()) << back.status();
  EXPECT_EQ(*back->metadata, *next->metadata);
  const auto loaded = Open()->Load(Name());
  ASSERT_TRUE(loaded.ok()) << loaded.status();
  EXPECT_EQ(*loaded->metadata, *next->metadata);
  EXPECT_TRUE(CommitProperty(*catalog_, *loaded, "l").ok());
  EXPECT_TRUE(catalog_->Register(Name(), created.metadata_location, {"register", "ada"})
                  .status()
                  .IsAlreadyExists());
}

TEST_P(CatalogConformance, RegistersNothingThatCannotBeRead) {
  const auto missing =
      catalog_->Register(Name(), folder_.path() + "/none.metadata.json", {"register", "ada"});
  EXPECT_FALSE(missing.ok());
  std::ofstream(folder_.path() + "/garbage.metadata.json") << "{";
  const auto garbage =
      catalog_->Register(Name(), folder_.path() + "/garbage.metadata.json", {"register", "ada"});
  EXPECT_NE(FindDetail<CorruptFile>(garbage.status()), nullptr) << garbage.status();
  EXPECT_TRUE(NamesCount(*catalog_, 0));
}

TEST_P(CatalogConformance, CreatesATableAnewAfterItsDrop) {
  const auto first = CreateTable();
  ASSERT_TRUE(catalog_->Drop(Name()).ok());
  const auto second = CreateTable();
  EXPECT_NE(second.metadata->table_uuid, first.metadata->table_uuid);
  EXPECT_NE(second.metadata_location, first.metadata_location);
  EXPECT_EQ(Open()->Load(Name())->metadata->table_uuid, second.metadata->table_uuid);
  // Whoever still holds the first one has lost.
  const auto late = CommitProperty(*catalog_, first, "late");
  EXPECT_NE(FindDetail<CommitConflict>(late.status()), nullptr) << late.status();
}

TEST_P(CatalogConformance, DropsUnderTheConditionThatNothingChanged) {
  const auto base = CreateTable();
  const auto next = CommitProperty(*catalog_, base, "k");
  const auto stale = catalog_->DropIfUnchanged(base);
  EXPECT_NE(FindDetail<CommitConflict>(stale), nullptr) << stale;
  EXPECT_TRUE(catalog_->Load(Name()).ok());
  ASSERT_TRUE(catalog_->DropIfUnchanged(*next).ok());
  EXPECT_NE(FindDetail<NoSuchTable>(catalog_->DropIfUnchanged(*next)), nullptr);
}

// B19: one table's lost metadata hinders only that table.
TEST_P(CatalogConformance, WorksAroundATableWhoseMetadataIsBroken) {
  const auto broken = CreateTable("sda.broken");
  const auto lost = CreateTable("sda.lost");
  CreateTable("sda.sound");
  std::ofstream(LocalPath(broken.metadata_location), std::ios::trunc) << "no json";
  std::filesystem::remove(LocalPath(lost.metadata_location));
  const auto catalog = Open();
  const bool rows = GetParam().names_are_rows;
  EXPECT_NE(FindDetail<CorruptFile>(catalog->Load(Name("sda.broken")).status()), nullptr);
  EXPECT_FALSE(catalog->Load(Name("sda.lost")).ok());
  EXPECT_TRUE(catalog->Load(Name("sda.sound")).ok());
  // Where a table is its files, one without any is none.
  EXPECT_TRUE(NamesCount(*catalog, rows ? 3 : 2));
  EXPECT_EQ(*catalog->ListNamespaces(),
            rows ? std::vector<std::string>{"sda"}
                 : (std::vector<std::string>{"sda", "sda.lost", "sda.lost.metadata"}));
  if (rows) {
    EXPECT_TRUE(catalog->Rename(Name("sda.broken"), Name("sda.worse")).ok());
    EXPECT_TRUE(catalog->Rename(Name("sda.worse"), Name("sda.broken")).ok());
    EXPECT_TRUE(catalog->Drop(Name("sda.lost")).ok());
  }
  EXPECT_TRUE(catalog->Drop(Name("sda.broken")).ok());
  EXPECT_EQ(*catalog->ListTables(std::nullopt), std::vector<TableName>{Name("sda.sound")});
  TableMetadata anew = NewMetadata(Name("sda.broken"));
  EXPECT_TRUE(catalog->Create(Name("sda.broken"), anew, {"create", "ada"}).ok());
}

TEST_P(CatalogConformance, RefusesToChangeAnythingWhenOpenedReadOnly) {
  const auto base = CreateTable();
  const auto reader = OpenReadOnly();
  EXPECT_TRUE(reader->Load(Name()).ok());
  EXPECT_EQ(reader->History(base)->size(), 1u);
  const std::vector<arrow::Status> refused = {
      reader->Create(Name("a.b"), NewMetadata(Name("a.b")), {}).status(),
      CommitProperty(*reader, base, "k").status(),
      reader->Register(Name("a.b"), base.metadata_location, {}).status(),
      reader->Rename(Name(), Name("a.b")),
      reader->Drop(Name()),
      reader->DropIfUnchanged(base),
      reader->CreateNamespace("n"),
      reader->DropNamespace("sda"),
      reader->ChangeNamespaceProperties("sda", {{"a", "b"}})};
  for (const auto& status : refused) {
    EXPECT_NE(FindDetail<PermissionDenied>(status), nullptr) << status;
  }
  EXPECT_EQ(MetadataFileCount(base), 1u);
}

TEST_P(CatalogConformance, ReopensUnderTheUriItTells) {
  CreateTable();
  CatalogOptions options = Options();
  options.create = false;
  options.uri = catalog_->Uri();
  const auto again = OpenCatalog(options);
  ASSERT_TRUE(again.ok()) << again.status();
  EXPECT_EQ((*again)->Uri(), catalog_->Uri());
  EXPECT_TRUE((*again)->Load(Name()).ok());
}

}  // namespace artemis
