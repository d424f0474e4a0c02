// This file compares the fragment layouts with the formulas of the PTX ISA, written out shape by
// shape.
#include "device/sim/tc/Fragments.h"

#include <gtest/gtest.h>

#include <functional>
#include <set>

using namespace azulejo::sim::tc;

namespace {

struct Row {
  const char *name;
  int m, k;
  Type type;
  int aElements, bElements;
  std::function<Coordinate(int g, int t, int i)> a;
  std::function<int(int t, int i)> bRow;
};

const Row kRows[] = {
    {"m16n8k8 f16", 16, 8, Type::F16, 4, 2,
     [](int g, int t, int i) { return Coordinate{i < 2 ? g : g + 8, t * 2 + (i & 1)}; },
     [](int t, int i) { return t * 2 + i; }},
    {"m16n8k16 f16", 16, 16, Type::F16, 8, 4,
     [](int g, int t, int i) {
       bool upper = i < 2 || (i >= 4 && i < 6);
       return Coordinate{upper ? g : g + 8, t * 2 + (i & 1) + (i >= 4 ? 8 : 0)};
     },
     [](int t, int i) { return t * 2 + (i & 1) + (i >= 2 ? 8 : 0); }},
    {"m16n8k4 tf32", 16, 4, Type::TF32, 2, 1,
     [](int g, int t, int i) { return Coordinate{i == 0 ? g : g + 8, t}; },
     [](int t, int) { return t; }},
    {"m16n8k8 tf32", 16, 8, Type::TF32, 4, 2,
     [](int g, int t, int i) {
       return Coordinate{i == 0 || i == 2 ? g : g + 8, i < 2 ? t : t + 4};
     },
     [](int t, int i) { return i == 0 ? t : t + 4; }},
    {"m8n8k16 s8", 8, 16, Type::S8, 4, 4,
     [](int g, int t, int i) { return Coordinate{g, t * 4 + i}; },
     [](int t, int i) { return t * 4 + i; }},
    {"m16n8k16 s8", 16, 16, Type::U8, 8, 4,
     [](int g, int t, int i) { return Coordinate{i < 4 ? g : g + 8, t * 4 + (i & 3)}; },
     [](int t, int i) { return t * 4 + i; }},
    {"m16n8k32 s8", 16, 32, Type::E4M3, 16, 8,
     [](int g, int t, int i) {
       bool upper = i < 4 || (i >= 8 && i < 12);
       return Coordinate{upper ? g : g + 8, t * 4 + (i & 3) + (i < 8 ? 0 : 16)};
     },
     [](int t, int i) { return t * 4 + (i & 3) + (i < 4 ? 0 : 16); }},
    {"m8n8k4 f64", 8, 4, Type::F64, 1, 1, [](int g, int t, int) { return Coordinate{g, t}; },
     [](int t, int) { return t; }},
    {"m16n8k8 f64", 16, 8, Type::F64, 4, 2,
     [](int g, int t, int i) { return Coordinate{i % 2 ? g + 8 : g, i < 2 ? t : t + 4}; },
     [](int t, int i) { return t + 4 * i; }},
    {"m16n8k16 f64", 16, 16, Type::F64, 8, 4,
     [](int g, int t, int i) {
       return i % 2 == 0 ? Coordinate{g, i * 2 + t} : Coordinate{g + 8, i * 2 - 2 + t};
     },
     [](int t, int i) { return t + 4 * i; }},
};

TEST(Fragments, OperandsFollowTheIsa) {
  for (const Row &row : kRows) {
    FragmentLayout a(Operand::A, row.m, 8, row.k, row.type);
    FragmentLayout b(Operand::B, row.m, 8, row.k, row.type);
    ASSERT_EQ(a.elements(), row.aElements) << row.name;
    ASSERT_EQ(b.elements(), row.bElements) << row.name;
    for (int lane = 0; lane < 32; ++lane) {
      int g = lane >> 2, t = lane % 4;
      for (int i = 0; i < row.aElements; ++i) {
        Coordinate expected = row.a(g, t, i), actual = a.at(lane, i);
        ASSERT_EQ(actual.row, expected.row) << row.name << " lane " << lane << " a" << i;
        ASSERT_EQ(actual.column, expected.column) << row.name << " lane " << lane << " a" << i;
      }
      for (int i = 0; i < row.bElements; ++i) {
        ASSERT_EQ(b.at(lane, i).row, row.bRow(t, i)) << row.name << " lane " << lane << " b" << i;
        ASSERT_EQ(b.at(lane, i).column, g) << row.name;
      }
    }
  }
}

TEST(Fragments, AccumulatorsFollowTheIsa) {
  for (int m : {8, 16}) {
    FragmentLayout c(Operand::C, m, 8, 16, Type::F32);
    ASSERT_EQ(c.elements(), m / 4);
    for (int lane = 0; lane < 32; ++lane)
      for (int i = 0; i < c.elements(); ++i) {
        ASSERT_EQ(c.at(lane, i).row, i < 2 ? lane / 4 : lane / 4 + 8);
        ASSERT_EQ(c.at(lane, i).column, lane % 4 * 2 + i % 2);
      }
  }
  EXPECT_EQ(FragmentLayout(Operand::C, 16, 8, 16, Type::F16).registers(), 2);
  EXPECT_EQ(FragmentLayout(Operand::C, 16, 8, 16, Type::F32).registers(), 4);
  EXPECT_EQ(FragmentLayout(Operand::A, 16, 8, 16, Type::F16).registers(), 4);
}

TEST(Fragments, EveryElementHasOneHome) {
  for (const Row &row : kRows)
    for (Operand operand : {Operand::A, Operand::B, Operand::C}) {
      FragmentLayout layout(operand, row.m, 8, row.k, row.type);
      std::set<std::pair<int, int>> seen;
      for (int lane = 0; lane < 32; ++lane)
        for (int i = 0; i < layout.elements(); ++i) {
          Coordinate at = layout.at(lane, i);
          ASSERT_TRUE(seen.insert({at.row, at.column}).second) << row.name;
        }
    }
}

} // namespace
