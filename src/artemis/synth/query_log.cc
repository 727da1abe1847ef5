// Draws kinds, missions, channels and windows.
#include "artemis/synth/query_log.h"

#include <algorithm>
#include <cmath>

#include "artemis/synth/channels.h"
#include "artemis/synth/missions.h"
#include "artemis/synth/random.h"

namespace artemis {

namespace {

constexpr int64_t kMinute = 60;
constexpr int64_t kHour = 60 * kMinute;
constexpr int64_t kDay = 24 * kHour;

enum class Kind : uint8_t { kChannelWindow, kFleetWindow, kThreshold, kLatest, kCountByDay };

Kind KindOf(int64_t percent) {
  if (percent < 45) return Kind::kChannelWindow;
  if (percent < 65) return Kind::kFleetWindow;
  if (percent < 80) return Kind::kThreshold;
  return percent < 92 ? Kind::kLatest : Kind::kCountByDay;
}

std::string TwoDigits(int64_t value) { return (value < 10 ? "0" : "") + std::to_string(value); }

// "2024-03-15T07:00:00" of seconds since 1970.
std::string TimeText(int64_t seconds) {
  const std::chrono::sys_seconds time{std::chrono::seconds(seconds)};
  const auto midnight = std::chrono::floor<std::chrono::days>(time);
  const std::chrono::year_month_day date{midnight};
  const auto of_day = (time - midnight).count();
  return std::to_string(static_cast<int>(date.year())) + "-" +
         TwoDigits(static_cast<unsigned>(date.month())) + "-" +
         TwoDigits(static_cast<unsigned>(date.day())) + "T" + TwoDigits(of_day / kHour) + ":" +
         TwoDigits(of_day / kMinute % 60) + ":" + TwoDigits(of_day % 60);
}

Predicate Test(PredicateOp op, const char* column, UnboundValue value) {
  Predicate leaf;
  leaf.op = op;
  leaf.column = column;
  leaf.values = {std::move(value)};
  return leaf;
}

Predicate All(std::vector<Predicate> args) {
  Predicate all;
  all.op = PredicateOp::kAnd;
  all.args = std::move(args);
  return all;
}

// Ranks by Zipf's law: rank r has weight 1 / (r + 1)^1.1.
class Popularity {
 public:
  explicit Popularity(size_t count) {
    double sum = 0;
    for (size_t rank = 0; rank < count; ++rank) {
      sum += 1 / std::pow(static_cast<double>(rank + 1), 1.1);
      // Whole numbers, so that a last digit of pow does not decide.
      ends_.push_back(std::llround(sum * 1e9));
    }
  }
  size_t Draw(SynthRandom& random) const {
    const int64_t at = random.Between(0, ends_.back() - 1);
    return static_cast<size_t>(std::upper_bound(ends_.begin(), ends_.end(), at) - ends_.begin());
  }

 private:
  std::vector<int64_t> ends_;
};

class LogMaker {
 public:
  explicit LogMaker(const QueryLogOptions& options)
      : options_(options),
        random_(SynthHash(options.seed, 0x1090)),
        missions_(static_cast<size_t>(options.missions)),
        channels_(kChannelCount),
        begin_(std::chrono::sys_seconds(options.first_day).time_since_epoch().count()),
        end_(begin_ + options.days * kDay) {}

  LoggedQuery Make(int64_t number) {
    LoggedQuery query;
    const std::string digits = std::to_string(number + 1);
    query.id = "q" + std::string(5 - std::min<size_t>(5, digits.size()), '0') + digits;
    switch (KindOf(random_.Between(0, 99))) {
      case Kind::kChannelWindow:
        query.predicate = All({Mission(), Channel(), From(0), Until(Window(10 * kMinute, kDay))});
        query.columns = {"sample_timestamp_ns", "panel_voltage", "temperature_c", "quality_flag"};
        break;
      case Kind::kFleetWindow:
        query.predicate = All({From(0), Until(Window(kHour, 3 * kDay))});
        query.columns = {"mission_id", "payload_id", "sample_timestamp_ns", "quality_flag"};
        break;
      case Kind::kThreshold:
        query.predicate = All({Mission(), From(0), Until(Window(kDay, 10 * kDay)), Threshold()});
        query.columns = {"payload_id", "sample_timestamp_ns", "temperature_c", "pressure_kpa"};
        break;
      case Kind::kLatest:
        start_ = end_ - random_.Between(1, 6) * kHour;
        query.predicate = All({Mission(), Channel(), From(start_)});
        query.columns = {"sample_timestamp_ns", "panel_voltage"};
        break;
      case Kind::kCountByDay:
        query.predicate = All({Mission(), From(0), Until(Window(7 * kDay, 30 * kDay))});
        query.columns = {"sample_timestamp_ns"};
        break;
    }
    return query;
  }

 private:
  Predicate Mission() {
    return Test(PredicateOp::kEq, "mission_id",
                MissionName(static_cast<int32_t>(missions_.Draw(random_))));
  }
  Predicate Channel() {
    return Test(PredicateOp::kEq, "payload_id",
                int64_t{TelemetryChannels()[channels_.Draw(random_)].payload_id});
  }
  Predicate Threshold() {
    return Test(PredicateOp::kGt, "temperature_c", static_cast<double>(random_.Between(60, 119)));
  }
  // A window begins where From says; 0: anywhere, recent four times of five. Its arguments are drawn in the order they are written,
  // in braces.
  Predicate From(int64_t start) {
    if (start == 0) {
      const int64_t recent = end_ - std::max<int64_t>(kDay, (end_ - begin_) / 10);
      const int64_t earliest = random_.Between(0, 4) > 0 ? std::max(begin_, recent) : begin_;
      start = random_.Between(earliest / kMinute, (end_ - kHour) / kMinute) * kMinute;
    }
    start_ = start;
    return Test(PredicateOp::kGe, "sample_timestamp_ns", TimeText(start));
  }
  int64_t Window(int64_t least, int64_t most) {
    return random_.Between(least / kMinute, most / kMinute) * kMinute;
  }
  Predicate Until(int64_t window) {
    return Test(PredicateOp::kLt, "sample_timestamp_ns", TimeText(std::min(end_, start_ + window)));
  }

  const QueryLogOptions& options_;
  SynthRandom random_;
  const Popularity missions_, channels_;
  const int64_t begin_, end_;
  int64_t start_ = 0;
};

arrow::Status CheckLogLimits(const QueryLogOptions& options) {
  const auto check = [](const char* name, int64_t value, int64_t least, int64_t most) {
    if (value >= least && value <= most) return arrow::Status::OK();
    return arrow::Status::Invalid(name, " must be ", least, " to ", most, ", found ", value);
  };
  ARROW_RETURN_NOT_OK(check("queries", options.queries, 0, 10'000'000));
  ARROW_RETURN_NOT_OK(check("missions", options.missions, 1, 1000));
  return check("days", options.days, 1, 3650);
}

}  // namespace

arrow::Result<std::vector<LoggedQuery>> MakeQueryLog(const QueryLogOptions& options) {
  ARROW_RETURN_NOT_OK(CheckLogLimits(options));
  LogMaker maker(options);
  std::vector<LoggedQuery> log;
  for (int64_t i = 0; i < options.queries; ++i) log.push_back(maker.Make(i));
  return log;
}

}  // namespace artemis
