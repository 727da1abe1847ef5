// The program of docs/time-travel-api.md does what the text says (cmake/ExtractGuide.cmake).
#include <string>

#include <arrow/status.h>

#include "artemis/timetravel/timetravel_fixture.h"

arrow::Status RunTimeTravelGuide(const std::string& folder);
const char* RunTimeTravelGuideOutput();

namespace artemis {
namespace {

class GuideTest : public TimeTravelTest {};

TEST_F(GuideTest, PrintsWhatItsTextSays) {
  ::testing::internal::CaptureStdout();
  const auto status = RunTimeTravelGuide(folder_.string());
  const std::string printed = ::testing::internal::GetCapturedStdout();
  EXPECT_TRUE(status.ok()) << status;
  EXPECT_EQ(printed, RunTimeTravelGuideOutput());
}

}  // namespace
}  // namespace artemis
