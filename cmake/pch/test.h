// Precompiled for every test, at -O0: GoogleTest and what light.h has.
#pragma once

#include "pch/light.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
