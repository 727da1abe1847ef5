// A reader of fixed-width digits and punctuation over the text.
#include "artemis/base/iso_time.h"

#include <cstdlib>

#include "artemis/base/calendar.h"

namespace artemis {
namespace {

constexpr int32_t kMaxOffsetSeconds = 18 * 3600;

class IsoScanner {
 public:
  explicit IsoScanner(std::string_view text) : rest_(text) {}

  bool at_end() const { return rest_.empty(); }
  char peek() const { return rest_.empty() ? '\0' : rest_.front(); }
  std::string_view rest() const { return rest_; }

  bool Accept(char c) {
    if (peek() != c) return false;
    rest_.remove_prefix(1);
    return true;
  }

  size_t CountDigits() const {
    size_t count = 0;
    while (count < rest_.size() && rest_[count] >= '0' && rest_[count] <= '9') ++count;
    return count;
  }

  std::optional<int64_t> Digits(size_t width) {
    if (width == 0 || CountDigits() < width) return std::nullopt;
    int64_t value = 0;
    for (size_t i = 0; i < width; ++i) value = value * 10 + (rest_[i] - '0');
    rest_.remove_prefix(width);
    return value;
  }

 private:
  std::string_view rest_;
};

std::optional<int64_t> ScanDate(IsoScanner& in) {
  const bool negative = in.peek() == '-';
  const bool is_signed = in.Accept('-') || in.Accept('+');
  const size_t year_width = in.CountDigits();
  if (year_width < 4 || year_width > (is_signed ? 7u : 4u)) return std::nullopt;
  const auto year = in.Digits(year_width);
  if (!year || !in.Accept('-')) return std::nullopt;
  const auto month = in.Digits(2);
  if (!month || !in.Accept('-')) return std::nullopt;
  const auto day = in.Digits(2);
  if (!day) return std::nullopt;
  CivilDate date{negative ? -*year : *year, static_cast<int32_t>(*month),
                 static_cast<int32_t>(*day)};
  if (date.month < 1 || date.month > 12) return std::nullopt;
  if (date.day < 1 || date.day > DaysInMonth(date.year, date.month)) return std::nullopt;
  return DaysFromCivil(date);
}

struct ScannedTime {
  int64_t nanos = 0;
  int32_t fraction_digits = 0;
};

bool ScanFraction(IsoScanner& in, ScannedTime* time) {
  const size_t width = in.CountDigits();
  if (width == 0 || width > 9) return false;
  int64_t fraction = *in.Digits(width);
  for (size_t i = width; i < 9; ++i) fraction *= 10;
  time->nanos += fraction;
  time->fraction_digits = static_cast<int32_t>(width);
  return true;
}

std::optional<ScannedTime> ScanTime(IsoScanner& in) {
  const auto hour = in.Digits(2);
  if (!hour || *hour > 23 || !in.Accept(':')) return std::nullopt;
  const auto minute = in.Digits(2);
  if (!minute || *minute > 59) return std::nullopt;
  ScannedTime time{(*hour * 3600 + *minute * 60) * kNanosPerSecond, 0};
  if (!in.Accept(':')) return time;
  const auto second = in.Digits(2);
  if (!second || *second > 59) return std::nullopt;
  time.nanos += *second * kNanosPerSecond;
  if (in.Accept('.') && !ScanFraction(in, &time)) return std::nullopt;
  return time;
}

std::string PadNumber(int64_t value, size_t width) {
  std::string digits = std::to_string(value);
  return digits.size() < width ? std::string(width - digits.size(), '0') + digits : digits;
}

}  // namespace

int64_t IsoTime::EpochSeconds() const {
  return days * kSecondsPerDay + nanos_of_day / kNanosPerSecond - offset_s.value_or(0);
}

int64_t IsoTime::NanosOfSecond() const { return nanos_of_day % kNanosPerSecond; }

std::optional<IsoTime> ParseIsoTime(std::string_view text) {
  IsoScanner in(text);
  const auto days = ScanDate(in);
  if (!days) return std::nullopt;
  IsoTime result;
  result.days = *days;
  if (in.at_end()) return result;
  if (!in.Accept('T') && !in.Accept('t') && !in.Accept(' ')) return std::nullopt;
  const auto time = ScanTime(in);
  if (!time) return std::nullopt;
  result.has_time = true;
  result.nanos_of_day = time->nanos;
  result.fraction_digits = time->fraction_digits;
  if (in.at_end()) return result;
  result.offset_s = ParseIsoOffset(in.rest());
  if (!result.offset_s) return std::nullopt;
  return result;
}

std::optional<int64_t> ParseIsoTimeOfDay(std::string_view text) {
  IsoScanner in(text);
  const auto time = ScanTime(in);
  if (!time || !in.at_end()) return std::nullopt;
  return time->nanos;
}

std::optional<int32_t> ParseIsoOffset(std::string_view text) {
  if (text == "Z" || text == "z") return 0;
  IsoScanner in(text);
  const bool negative = in.peek() == '-';
  if (!in.Accept('+') && !in.Accept('-')) return std::nullopt;
  const auto hours = in.Digits(2);
  if (!hours) return std::nullopt;
  int64_t minutes = 0;
  if (!in.at_end()) {
    in.Accept(':');
    const auto parsed = in.Digits(2);
    if (!parsed || *parsed > 59 || !in.at_end()) return std::nullopt;
    minutes = *parsed;
  }
  const auto seconds = static_cast<int32_t>(*hours * 3600 + minutes * 60);
  if (seconds > kMaxOffsetSeconds) return std::nullopt;
  return negative ? -seconds : seconds;
}

std::string FormatIsoDate(int64_t days) {
  const CivilDate date = CivilFromDays(days);
  std::string year;
  if (date.year >= 0 && date.year <= 9999) {
    year = PadNumber(date.year, 4);
  } else {
    year = (date.year < 0 ? "-" : "+") + PadNumber(std::llabs(date.year), date.year < 0 ? 4 : 5);
  }
  return year + "-" + PadNumber(date.month, 2) + "-" + PadNumber(date.day, 2);
}

std::string FormatIsoTimeOfDay(int64_t nanos_of_day, int32_t fraction_digits) {
  const int64_t second_of_day = nanos_of_day / kNanosPerSecond;
  std::string text = PadNumber(second_of_day / 3600, 2) + ":" +
                     PadNumber(second_of_day / 60 % 60, 2) + ":" + PadNumber(second_of_day % 60, 2);
  if (fraction_digits <= 0) return text;
  std::string fraction = PadNumber(nanos_of_day % kNanosPerSecond, 9);
  return text + "." + fraction.substr(0, static_cast<size_t>(fraction_digits));
}

}  // namespace artemis
