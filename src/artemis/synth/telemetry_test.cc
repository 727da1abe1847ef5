// Tests of the telemetry stream: what its header promises, on streams of a few 100,000 rows.

#include "artemis/synth/telemetry.h"

#include <algorithm>
#include <cmath>
#include <limits>
#include <map>
#include <optional>
#include <set>
#include <string>
#include <utility>
#include <vector>

#include <arrow/array.h>
#include <arrow/io/memory.h>
#include <arrow/ipc/reader.h>
#include <arrow/record_batch.h>
#include <arrow/table.h>
#include <arrow/type.h>
#include <gtest/gtest.h>

#include "artemis/synth/channels.h"

namespace artemis {
namespace {

constexpr int64_t kDayNs = int64_t{86'400} * 1'000'000'000;
constexpr int64_t kTestPassNs = int64_t{96} * 60 * 1'000'000'000;

struct TelemetryRow {
  int64_t time_ns;
  std::string mission;
  uint32_t payload;
  std::string kind;
  uint64_t sequence;
  std::array<double, 3> values;
  uint8_t quality;
  std::string uri;
  std::string path;
  std::optional<std::string> note;

  bool operator==(const TelemetryRow&) const = default;
};

void AppendRows(const arrow::RecordBatch& batch, std::vector<TelemetryRow>& rows) {
  auto texts = [&](int column, int64_t i) {
    return static_cast<const arrow::StringArray&>(*batch.column(column)).GetString(i);
  };
  auto real = [&](int column, int64_t i) {
    return static_cast<const arrow::DoubleArray&>(*batch.column(column)).Value(i);
  };
  const auto& times = static_cast<const arrow::TimestampArray&>(*batch.column(0));
  const auto& payloads = static_cast<const arrow::UInt32Array&>(*batch.column(2));
  const auto& sequences = static_cast<const arrow::UInt64Array&>(*batch.column(4));
  const auto& qualities = static_cast<const arrow::UInt8Array&>(*batch.column(8));
  for (int64_t i = 0; i < batch.num_rows(); ++i) {
    TelemetryRow row{times.Value(i),     texts(1, i),        payloads.Value(i),
                     texts(3, i),        sequences.Value(i), {real(5, i), real(6, i), real(7, i)},
                     qualities.Value(i), texts(9, i),        texts(10, i),
                     std::nullopt};
    if (batch.column(11)->IsValid(i)) row.note = texts(11, i);
    rows.push_back(std::move(row));
  }
}

std::vector<TelemetryRow> Rows(const TelemetryOptions& options) {
  std::vector<TelemetryRow> rows;
  auto reader = GenerateTelemetry(options);
  EXPECT_TRUE(reader.ok()) << reader.status();
  if (!reader.ok()) return rows;
  while (true) {
    auto batch = (*reader)->Next();
    EXPECT_TRUE(batch.ok()) << batch.status();
    if (!batch.ok() || *batch == nullptr) return rows;
    EXPECT_TRUE((*batch)->ValidateFull().ok());
    AppendRows(**batch, rows);
  }
}

// 3 missions, 2 days, 782 frames; shared, since every row is a dozen strings.
const std::vector<TelemetryRow>& SampleRows() {
  static const std::vector<TelemetryRow> rows =
      Rows({.rows = 100'000, .seed = 42, .missions = 3, .days = 2});
  return rows;
}

// Per mission and payload, in order of time.
using Series = std::map<std::pair<std::string, uint32_t>, std::vector<TelemetryRow>>;

Series SeriesOf(const std::vector<TelemetryRow>& rows) {
  Series series;
  for (const TelemetryRow& row : rows) series[{row.mission, row.payload}].push_back(row);
  for (auto& [key, list] : series) {
    std::sort(list.begin(), list.end(),
              [](const auto& a, const auto& b) { return a.time_ns < b.time_ns; });
  }
  return series;
}

const TelemetryChannel& ChannelOf(uint32_t payload) {
  const auto channels = TelemetryChannels();
  return *std::find_if(channels.begin(), channels.end(),
                       [&](const auto& channel) { return channel.payload_id == payload; });
}

std::shared_ptr<arrow::Buffer> IpcBytes(const TelemetryOptions& options) {
  auto out = arrow::io::BufferOutputStream::Create().ValueOrDie();
  EXPECT_TRUE(WriteTelemetryIpc(options, out.get()).ok());
  return out->Finish().ValueOrDie();
}

TEST(CanonicalTelemetrySchema, HasExactlyTheTwelveColumns) {
  const auto schema = CanonicalTelemetrySchema();
  const std::vector<std::pair<std::string, std::string>> expected{
      {"sample_timestamp_ns", "timestamp[ns]"},
      {"mission_id", "string"},
      {"payload_id", "uint32"},
      {"sensor_kind", "string"},
      {"sequence_number", "uint64"},
      {"panel_voltage", "double"},
      {"temperature_c", "double"},
      {"pressure_kpa", "double"},
      {"quality_flag", "uint8"},
      {"archive_uri", "string"},
      {"object_path", "string"},
      {"notes", "string"}};
  ASSERT_EQ(schema->num_fields(), 12);
  for (int i = 0; i < 12; ++i) {
    const auto& [name, type] = expected[static_cast<size_t>(i)];
    EXPECT_EQ(schema->field(i)->name(), name);
    EXPECT_EQ(schema->field(i)->type()->ToString(), type);
    EXPECT_EQ(schema->field(i)->nullable(), name == "notes") << name;
  }
}

TEST(GenerateTelemetry, IsEqualForEqualSeeds) {
  TelemetryOptions options{.rows = 50'000, .seed = 7};
  const auto bytes = IpcBytes(options);
  EXPECT_TRUE(bytes->Equals(*IpcBytes(options)));
  options.seed = 8;
  EXPECT_FALSE(bytes->Equals(*IpcBytes(options)));
}

TEST(GenerateTelemetry, YieldsTheSameRowsInBatchesOfAnySize) {
  TelemetryOptions options{.rows = 5'003, .seed = 7, .missions = 2, .days = 1};
  const auto rows = Rows(options);
  ASSERT_EQ(rows.size(), 5'003u);
  for (int64_t batch_rows : {1, 7, 128, 1000, 5'003}) {
    options.batch_rows = batch_rows;
    EXPECT_TRUE(Rows(options) == rows) << batch_rows;
  }
}

TEST(GenerateTelemetry, FillsEveryBatchButTheLast) {
  auto reader = GenerateTelemetry({.rows = 2'500, .batch_rows = 1'000}).ValueOrDie();
  EXPECT_EQ(reader->Next().ValueOrDie()->num_rows(), 1'000);
  EXPECT_EQ(reader->Next().ValueOrDie()->num_rows(), 1'000);
  EXPECT_EQ(reader->Next().ValueOrDie()->num_rows(), 500);
  EXPECT_EQ(reader->Next().ValueOrDie(), nullptr);
  EXPECT_EQ(reader->Next().ValueOrDie(), nullptr);
}

TEST(GenerateTelemetry, YieldsExactlyTheRowsAskedFor) {
  for (int64_t rows : {0, 1, 127, 128, 129, 2'687, 4'001}) {
    EXPECT_EQ(Rows({.rows = rows, .seed = 3}).size(), static_cast<size_t>(rows));
  }
}

TEST(GenerateTelemetry, HasWholeMicrosecondsUnlessNanosecondsAreAskedFor) {
  TelemetryOptions options{.rows = 20'000, .seed = 5};
  const auto micros = Rows(options);
  options.nanos = true;
  const auto nanos = Rows(options);
  ASSERT_EQ(micros.size(), nanos.size());
  size_t finer = 0;
  for (size_t i = 0; i < micros.size(); ++i) {
    ASSERT_EQ(micros[i].time_ns % 1000, 0);
    ASSERT_EQ(nanos[i].time_ns / 1000, micros[i].time_ns / 1000);
    ASSERT_EQ(nanos[i].values, micros[i].values);
    finer += nanos[i].time_ns % 1000 != 0;
  }
  EXPECT_GT(finer, micros.size() * 9 / 10);
}

TEST(GenerateTelemetry, HasEveryMissionOnEveryDay) {
  const TelemetryOptions options{.rows = 21 * 128, .seed = 11};
  const int64_t start_ns = options.first_day.time_since_epoch().count() * kDayNs;
  std::set<std::pair<std::string, int64_t>> pairs;
  for (const TelemetryRow& row : Rows(options)) {
    pairs.insert({row.mission, (row.time_ns - start_ns) / kDayNs});
    EXPECT_GE(row.time_ns, start_ns);
    EXPECT_LT(row.time_ns, start_ns + 7 * kDayNs);
  }
  EXPECT_EQ(pairs.size(), 21u);
}

TEST(GenerateTelemetry, StartsOnTheFirstDayOfMarchEleventh2024) {
  const auto rows = Rows({.rows = 16});
  // 2024-03-11T00:00:00Z is 1710115200 s after 1970.
  EXPECT_EQ(rows.front().time_ns / kDayNs, 1'710'115'200 / 86'400);
}

TEST(GenerateTelemetry, SharesOneTimeAmongTheChannelsOfAFrame) {
  const auto& rows = SampleRows();
  for (size_t i = 0; i < rows.size(); ++i) {
    const TelemetryRow& first = rows[i - i % 128];
    ASSERT_EQ(rows[i].time_ns, first.time_ns);
    ASSERT_EQ(rows[i].mission, first.mission);
    ASSERT_EQ(rows[i].payload, TelemetryChannels()[i % 128].payload_id);
    ASSERT_EQ(rows[i].kind, TelemetryChannels()[i % 128].sensor_kind);
  }
}

TEST(GenerateTelemetry, HoldsSlowChannelsForTenFrames) {
  // Passes of 55 frames.
  const auto sample = Rows({.rows = 100'000, .seed = 42, .missions = 1, .days = 1});
  for (const auto& [key, rows] : SeriesOf(sample)) {
    if (!ChannelOf(key.second).slow) continue;
    std::map<std::string, std::vector<const TelemetryRow*>> passes;
    for (const TelemetryRow& row : rows) passes[row.uri].push_back(&row);
    for (const auto& [uri, pass] : passes) {
      int64_t last_change = -1;
      for (size_t i = 1; i < pass.size(); ++i) {
        if (pass[i]->values == pass[i - 1]->values) continue;
        const auto frame = static_cast<int64_t>(i);
        if (last_change >= 0) {
          ASSERT_EQ((frame - last_change) % 10, 0) << uri;
        }
        last_change = frame;
      }
      EXPECT_GE(last_change, 0) << uri;
    }
  }
}

TEST(GenerateTelemetry, HoldsNothingWithHoldOne) {
  size_t equal = 0;
  size_t slow = 0;
  for (const auto& [key, rows] :
       SeriesOf(Rows({.rows = 50'000, .seed = 42, .missions = 1, .days = 1, .hold = 1}))) {
    if (!ChannelOf(key.second).slow) continue;
    for (size_t i = 1; i < rows.size(); ++i) equal += rows[i].values == rows[i - 1].values;
    slow += rows.size();
  }
  EXPECT_GT(slow, 40'000u);
  // Quiet sensors often read the same code again: one of two samples where one code of noise is
  // all that moves, and temperatures follow the orbit. Held, nine of ten would be equal.
  EXPECT_LT(equal, slow / 3);
}

TEST(GenerateTelemetry, CountsEveryMissionsRowsAndWraps) {
  std::map<std::string, std::vector<TelemetryRow>> missions;
  for (const TelemetryRow& row : SampleRows()) missions[row.mission].push_back(row);
  ASSERT_EQ(missions.size(), 3u);
  for (auto& [mission, rows] : missions) {
    std::stable_sort(rows.begin(), rows.end(),
                     [](const auto& a, const auto& b) { return a.time_ns < b.time_ns; });
    int wraps = 0;
    int jumps = 0;
    for (size_t i = 1; i < rows.size(); ++i) {
      ASSERT_LT(rows[i].sequence, kSequenceModulus);
      const uint64_t step =
          (rows[i].sequence + kSequenceModulus - rows[i - 1].sequence) % kSequenceModulus;
      wraps += rows[i].sequence < rows[i - 1].sequence;
      jumps += step != 1;
      if (step != 1) {
        EXPECT_GE(rows[i].time_ns - rows[i - 1].time_ns, kTestPassNs);
      }
    }
    EXPECT_EQ(wraps, 1) << mission;
    EXPECT_GE(jumps, 1) << mission;
    EXPECT_LE(jumps, 2) << mission;
  }
}

TEST(GenerateTelemetry, HasAFewBadRows) {
  const auto& rows = SampleRows();
  std::map<uint8_t, size_t> counts;
  for (const TelemetryRow& row : rows) ++counts[row.quality];
  const double bad = 1.0 - static_cast<double>(counts[0]) / static_cast<double>(rows.size());
  EXPECT_GE(bad, 0.001);
  EXPECT_LE(bad, 0.01);
  EXPECT_GT(counts[kQualitySuspect], 0u);
  EXPECT_GT(counts[kQualitySaturated], 0u);
  EXPECT_EQ(counts.size(), 3u);
}

TEST(GenerateTelemetry, LeavesAGapOfAPassForEveryMission) {
  for (const auto& [key, rows] : SeriesOf(SampleRows())) {
    int gaps = 0;
    for (size_t i = 1; i < rows.size(); ++i) {
      gaps += rows[i].time_ns - rows[i - 1].time_ns >= kTestPassNs;
    }
    EXPECT_GE(gaps, 1) << key.first << ' ' << key.second;
  }
}

TEST(GenerateTelemetry, DeliversPlaybacksOutOfOrder) {
  std::map<std::string, int64_t> newest;
  std::map<std::string, size_t> late;
  for (const TelemetryRow& row : SampleRows()) {
    late[row.mission] += row.time_ns < newest[row.mission];
    newest[row.mission] = std::max(newest[row.mission], row.time_ns);
  }
  // One of fourteen passes; at most one at the very end has nothing newer before it.
  for (const auto& [mission, rows] : late) {
    EXPECT_GE(rows, 100'000u / 3 / 14 / 2) << mission;
    // Each of two passes may have a frame more than the mean.
    EXPECT_LE(rows, 100'000u / 3 / 14 + 2 * 128) << mission;
  }
}

TEST(GenerateTelemetry, HasNotesInLessThanATwentiethOfTheRows) {
  size_t notes = 0;
  for (const TelemetryRow& row : SampleRows()) {
    if (!row.note) continue;
    ++notes;
    EXPECT_FALSE(row.note->empty());
    EXPECT_LT(row.note->size(), 64u);
  }
  EXPECT_GT(notes, 0u);
  EXPECT_LT(notes, SampleRows().size() / 20);
}

TEST(GenerateTelemetry, QuantisesValuesToTwelveBits) {
  for (const auto& [key, rows] : SeriesOf(SampleRows())) {
    for (size_t column = 0; column < 3; ++column) {
      const Calibration& line = ChannelOf(key.second).calibration[column];
      std::set<double> distinct;
      for (const TelemetryRow& row : rows) {
        const double code = (row.values[column] * 1e6 - static_cast<double>(line.offset_micro)) /
                            static_cast<double>(line.step_micro);
        ASSERT_NEAR(code, std::round(code), 1e-6);
        ASSERT_GE(std::round(code), 0);
        ASSERT_LE(std::round(code), 4095);
        distinct.insert(row.values[column]);
      }
      EXPECT_LE(distinct.size(), 4096u);
    }
  }
}

TEST(GenerateTelemetry, NamesArchiveAndObjectAfterMissionAndTime) {
  for (const TelemetryRow& row : SampleRows()) {
    const std::chrono::year_month_day date{
        std::chrono::sys_days{std::chrono::days{row.time_ns / kDayNs}}};
    const std::string day = unsigned{date.day()} == 11 ? "11" : "12";
    ASSERT_TRUE(
        row.uri.starts_with("s3://telemetry-archive/" + row.mission + "/2024/03/" + day + "/pass-"))
        << row.uri;
    ASSERT_TRUE(row.uri.ends_with(".tar"));
    ASSERT_TRUE(row.path.starts_with(row.mission + "/2024-03-" + day + "/" +
                                     std::to_string(row.payload) + "/"))
        << row.path;
    ASSERT_TRUE(row.path.ends_with(".bin"));
  }
}

TEST(GenerateTelemetry, RefusesOptionsOutsideTheirLimits) {
  const std::vector<std::pair<TelemetryOptions, std::string>> cases{
      {{.rows = -1}, "rows"},
      {{.rows = std::numeric_limits<int64_t>::max()}, "rows"},
      {{.rows = 10'000'000'001, .missions = 1, .days = 1}, "rows"},
      {{.missions = 0}, "missions"},
      {{.missions = 1001}, "missions"},
      {{.days = 0}, "days"},
      {{.days = 3651}, "days"},
      {{.hold = 0}, "hold"},
      {{.hold = 1'000'001}, "hold"},
      {{.first_day = std::chrono::sys_days{std::chrono::days{-1}}}, "first day"},
      {{.days = 2, .first_day = std::chrono::year{2261} / 12 / 31}, "first day"},
      {{.batch_rows = 0}, "batch_rows"},
      {{.batch_rows = (1 << 20) + 1}, "batch_rows"},
  };
  for (const auto& [options, name] : cases) {
    const arrow::Status status = GenerateTelemetry(options).status();
    EXPECT_TRUE(status.IsInvalid()) << name;
    EXPECT_NE(status.message().find("telemetry " + name), std::string::npos) << status;
  }
}

TEST(GenerateTelemetry, TakesOptionsAtTheirLimits) {
  EXPECT_EQ(Rows({.rows = 100, .missions = 1000, .days = 3}).size(), 100u);
  EXPECT_EQ(Rows({.rows = 100, .missions = 1, .days = 3650}).size(), 100u);
  EXPECT_EQ(Rows({.rows = 100, .missions = 1, .days = 1, .hold = 1'000'000}).size(), 100u);
  auto largest = GenerateTelemetry({.rows = 10'000'000'000, .missions = 1, .days = 1});
  ASSERT_TRUE(largest.ok()) << largest.status();
  const auto batch = (*largest)->Next().ValueOrDie();
  std::vector<TelemetryRow> rows;
  AppendRows(*batch, rows);
  for (size_t i = 1; i < rows.size(); ++i) ASSERT_GE(rows[i].time_ns, rows[i - 1].time_ns);
}

TEST(WriteTelemetryIpc, WritesAStreamThatReadsBack) {
  const TelemetryOptions options{.rows = 3'000, .seed = 2, .batch_rows = 1'024};
  arrow::io::BufferReader input(IpcBytes(options));
  auto reader = arrow::ipc::RecordBatchStreamReader::Open(&input).ValueOrDie();
  EXPECT_TRUE(reader->schema()->Equals(*CanonicalTelemetrySchema()));
  std::vector<TelemetryRow> rows;
  while (auto batch = reader->Next().ValueOrDie()) AppendRows(*batch, rows);
  EXPECT_TRUE(rows == Rows(options));
}

TEST(WriteTelemetryIpc, WritesTheSchemaAloneForZeroRows) {
  arrow::io::BufferReader input(IpcBytes({.rows = 0}));
  auto reader = arrow::ipc::RecordBatchStreamReader::Open(&input).ValueOrDie();
  EXPECT_TRUE(reader->schema()->Equals(*CanonicalTelemetrySchema()));
  EXPECT_EQ(reader->Next().ValueOrDie(), nullptr);
}

TEST(WriteTelemetryIpc, ReportsWhatTheStreamReports) {
  auto out = arrow::io::BufferOutputStream::Create().ValueOrDie();
  ASSERT_TRUE(out->Close().ok());
  EXPECT_FALSE(WriteTelemetryIpc({.rows = 10}, out.get()).ok());
}

}  // namespace
}  // namespace artemis
