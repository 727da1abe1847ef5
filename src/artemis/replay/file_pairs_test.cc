// Which rows of two lists of manifests are paired.
#include "artemis/replay/file_pairs.h"

#include <algorithm>
#include <ctime>
#include <map>
#include <random>
#include <set>

#include <gtest/gtest.h>

#include "artemis/table/manifest_avro.h"

namespace artemis {
namespace {

// Path and data sequence number.
using PairedFile = std::pair<std::string, int64_t>;
using Manifests = std::vector<std::vector<PairedFile>>;

std::shared_ptr<const FileIndex> IndexOf(const std::vector<PairedFile>& files) {
  Schema schema;
  Field& id = schema.fields.emplace_back();
  id.id = FieldId(1);
  id.name = "id";
  id.type = Type::Of(TypeKind::kLong);
  std::vector<ManifestEntry> entries;
  for (const auto& [path, sequence] : files) {
    ManifestEntry entry;
    entry.status = EntryStatus::kExisting;
    entry.snapshot_id = SnapshotId(1);
    entry.data_sequence_number = entry.file_sequence_number = SequenceNumber(sequence);
    entry.file.path = path;
    entry.file.record_count = 1;
    entry.file.file_size_bytes = 1;
    entries.push_back(std::move(entry));
  }
  WriteManifestOptions options;
  options.snapshot_id = SnapshotId(100);
  auto written = WriteManifest("m.avro", schema, PartitionSpec{}, entries, options);
  EXPECT_TRUE(written.ok()) << written.status();
  written->file.sequence_number = SequenceNumber(100);
  return ReadFileIndex(written->bytes, written->file, {}).ValueOrDie();
}

// Holds the promises of PairFiles against the pairs; gives for each pair (path, older number, newer number).
std::multiset<std::tuple<std::string, int64_t, int64_t>> PairsOf(const Manifests& older,
                                                                 const Manifests& newer) {
  std::vector<std::shared_ptr<const FileIndex>> held;
  std::vector<const FileIndex*> sides[2];
  for (const auto& files : older) sides[0].push_back(held.emplace_back(IndexOf(files)).get());
  for (const auto& files : newer) sides[1].push_back(held.emplace_back(IndexOf(files)).get());
  const FilePairs pairs = PairFiles(sides[0], sides[1]);
  std::multiset<std::tuple<std::string, int64_t, int64_t>> found;
  int64_t back = 0;
  for (uint32_t at = 0; at < older.size(); ++at) {
    EXPECT_EQ(pairs.of_older[at].size(), older[at].size());
    for (uint32_t row = 0; row < older[at].size(); ++row) {
      const IndexRow partner = pairs.of_older[at][row];
      if (partner.is_none()) continue;
      EXPECT_EQ(pairs.of_newer[partner.index][partner.row], (IndexRow{at, row}));
      const auto& file = newer[partner.index][partner.row];
      EXPECT_EQ(file.first, older[at][row].first);
      found.emplace(file.first, older[at][row].second, file.second);
    }
  }
  for (const auto& rows : pairs.of_newer) {
    back += std::count_if(rows.begin(), rows.end(), [](IndexRow row) { return !row.is_none(); });
  }
  EXPECT_EQ(pairs.count, std::ssize(found));
  EXPECT_EQ(pairs.count, back);
  return found;
}

// How many pairs there must be: all, and of one number.
std::pair<int64_t, int64_t> PairsExpected(const Manifests& older, const Manifests& newer) {
  std::map<std::string, std::pair<int64_t, int64_t>> by_path;
  std::map<PairedFile, std::pair<int64_t, int64_t>> by_file;
  for (const auto& files : older) {
    for (const auto& file : files) ++by_path[file.first].first, ++by_file[file].first;
  }
  for (const auto& files : newer) {
    for (const auto& file : files) ++by_path[file.first].second, ++by_file[file].second;
  }
  std::pair<int64_t, int64_t> expected;
  for (const auto& [path, counts] : by_path) {
    expected.first += std::min(counts.first, counts.second);
  }
  for (const auto& [file, counts] : by_file) {
    expected.second += std::min(counts.first, counts.second);
  }
  return expected;
}

TEST(FilePairs, PairsEntriesThatWereCarriedOver) {
  const auto pairs =
      PairsOf({{{"w/a", 1}, {"w/b", 1}, {"w/c", 2}}}, {{{"w/d", 3}}, {{"w/a", 1}, {"w/c", 2}}});
  EXPECT_EQ(pairs.size(), 2u);
  EXPECT_TRUE(pairs.contains({"w/a", 1, 1}));
  EXPECT_TRUE(pairs.contains({"w/c", 2, 2}));
}

TEST(FilePairs, TakesFoldersApart) {
  EXPECT_EQ(PairsOf({{{"x/a", 1}, {"a", 1}}}, {{{"y/a", 1}, {"/a", 1}}}).size(), 0u);
  EXPECT_EQ(PairsOf({{{"x/a", 1}, {"a", 1}}}, {{{"a", 1}, {"x/a", 1}}}).size(), 2u);
}

TEST(FilePairs, PairsFilesOfOneNumberFirst) {
  const Manifests older = {{{"a", 1}, {"a", 5}, {"b", 2}}};
  const auto pairs = PairsOf(older, {{{"a", 5}, {"a", 9}, {"b", 3}}});
  const std::multiset<std::tuple<std::string, int64_t, int64_t>> expected = {
      {"a", 5, 5}, {"a", 1, 9}, {"b", 2, 3}};
  EXPECT_EQ(pairs, expected);
}

TEST(FilePairs, PairsAFileAsOftenAsBothHaveIt) {
  EXPECT_EQ(PairsOf({{{"a", 1}, {"a", 1}}}, {{{"a", 1}}}).size(), 1u);
  EXPECT_EQ(PairsOf({{{"a", 1}}}, {{{"a", 1}}, {{"a", 1}}}).size(), 1u);
  EXPECT_EQ(PairsOf({{{"a", 1}}, {}}, {{}}).size(), 0u);
}

// Pairs of one path many times over, in well under the time that 50,000 times 50,000 comparisons take.
class ManyOfOnePathTest : public testing::Test {
 protected:
  static constexpr int64_t kFiles = 50'000;

  // "w/a" under the numbers of [first, first + kFiles), in an order that no walk in step follows.
  static std::vector<PairedFile> Scattered(int64_t first) {
    std::vector<PairedFile> files;
    for (int64_t i = 0; i < kFiles; ++i) {
      files.emplace_back("w/a", first + i * (first + 7918) % kFiles);
    }
    return files;
  }

  static FilePairs PairInTime(const FileIndex& older, const FileIndex& newer) {
    const std::clock_t before = std::clock();
    FilePairs pairs = PairFiles({&older}, {&newer});
    EXPECT_LT(static_cast<double>(std::clock() - before) / CLOCKS_PER_SEC, 2.0);
    return pairs;
  }

  static int64_t OfOneNumber(const FilePairs& pairs, const FileIndex& older,
                             const FileIndex& newer) {
    int64_t count = 0;
    for (uint32_t row = 0; row < older.size(); ++row) {
      const IndexRow partner = pairs.of_older[0][row];
      count += !partner.is_none() &&
               older.data_sequence_number(row) == newer.data_sequence_number(partner.row);
    }
    return count;
  }
};

TEST_F(ManyOfOnePathTest, PairsEachNumberWithItselfAndThenTheRest) {
  const auto older = IndexOf(Scattered(1)), newer = IndexOf(Scattered(25'001));
  const FilePairs pairs = PairInTime(*older, *newer);
  EXPECT_EQ(pairs.count, kFiles);
  EXPECT_EQ(OfOneNumber(pairs, *older, *newer), 25'000);
}

TEST_F(ManyOfOnePathTest, PairsFilesThatShareNoNumber) {
  const auto older = IndexOf(Scattered(1)), newer = IndexOf(Scattered(100'001));
  const FilePairs pairs = PairInTime(*older, *newer);
  EXPECT_EQ(pairs.count, kFiles);
  EXPECT_EQ(OfOneNumber(pairs, *older, *newer), 0);
}

TEST_F(ManyOfOnePathTest, PairsFilesOfOneNumber) {
  std::vector<PairedFile> fewer(30'000, {"w/a", 1}), more(kFiles, {"w/a", 1});
  more.insert(more.begin(), kFiles, {"w/b", 1});
  const auto older = IndexOf(fewer), newer = IndexOf(more);
  EXPECT_EQ(PairInTime(*older, *newer).count, 30'000);
  EXPECT_EQ(PairInTime(*newer, *older).count, 30'000);
}

// Whatever was dropped, added, moved to other manifests or shuffled.
TEST(FilePairs, PairsAsManyAsThereAreOfRandomManifests) {
  const uint64_t seed = std::random_device()();
  SCOPED_TRACE("seed " + std::to_string(seed));
  std::mt19937_64 random(seed);
  for (int round = 0; round < 60; ++round) {
    const auto files = 1 + static_cast<int64_t>(random() % 400);
    const int64_t names = random() % 3 == 0 ? files / 2 + 1 : files * 4;
    std::vector<PairedFile> all;
    for (int64_t i = 0; i < files; ++i) {
      const auto name = static_cast<int64_t>(random() % static_cast<uint64_t>(names));
      all.emplace_back("w/" + std::to_string(name % 7) + "/" + std::to_string(name),
                       static_cast<int64_t>(random() % 3));
    }
    const auto cut = [&](std::vector<PairedFile> of) {
      Manifests manifests(1 + random() % 5);
      size_t at = 0;
      for (auto& file : of) {
        if (random() % 100 == 0) at = random() % manifests.size();
        manifests[at].push_back(std::move(file));
      }
      return manifests;
    };
    std::vector<PairedFile> next;
    for (const auto& file : all) {
      if (random() % 20 == 0) continue;
      next.push_back(file);
      if (random() % 20 == 0) next.back().second = 7;
      if (random() % 20 == 0) next.emplace_back("w/new" + std::to_string(random() % 50), 7);
    }
    if (random() % 4 == 0) std::shuffle(next.begin(), next.end(), random);
    const Manifests older = cut(all), newer = cut(next);
    const auto pairs = PairsOf(older, newer);
    const auto [count, of_one_number] = PairsExpected(older, newer);
    EXPECT_EQ(std::ssize(pairs), count);
    EXPECT_EQ(
        std::count_if(pairs.begin(), pairs.end(),
                      [](const auto& pair) { return std::get<1>(pair) == std::get<2>(pair); }),
        of_one_number);
  }
}

}  // namespace
}  // namespace artemis
