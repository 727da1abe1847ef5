// Tests of schema/column_metrics.h.
#include "artemis/schema/column_metrics.h"

#include <gtest/gtest.h>

namespace artemis {
namespace {

TEST(FindMetrics, FindsTheFieldOrNothing) {
  FileMetrics metrics(3);
  metrics[0].field_id = FieldId(2);
  metrics[1].field_id = FieldId(5);
  metrics[1].null_count = 7;
  metrics[2].field_id = FieldId(9);
  EXPECT_EQ(FindMetrics(metrics, FieldId(5))->null_count, 7);
  EXPECT_EQ(FindMetrics(metrics, FieldId(2)), &metrics[0]);
  for (const int32_t absent : {1, 3, 6, 10}) {
    EXPECT_EQ(FindMetrics(metrics, FieldId(absent)), nullptr) << absent;
  }
  EXPECT_EQ(FindMetrics({}, FieldId(1)), nullptr);
}

}  // namespace
}  // namespace artemis
