// Precompiled for the tests that handle rows, at -O0: GoogleTest and what arrow.h has.
#pragma once

#include "pch/arrow.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
