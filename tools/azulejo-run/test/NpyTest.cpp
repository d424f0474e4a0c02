// This file tests the .npy reader and writer: every type, and hostile files.
#include "Npy.h"
#include "TestBundle.h"
#include "ToolError.h"

#include <gtest/gtest.h>

#include <cmath>
#include <fstream>
#include <random>

using namespace azulejo::run;
using azulejo::runtime::test::TemporaryFolder;

namespace {

std::string npy(const std::string &header, const std::string &data, int version = 1) {
  std::string file = "\x93NUMPY";
  file += static_cast<char>(version);
  file += '\0';
  for (int i = 0; i < (version == 1 ? 2 : 4); ++i)
    file += static_cast<char>(header.size() >> (8 * i));
  return file + header + data;
}

class NpyTest : public testing::Test {
protected:
  // Reads a file of this content and returns the fault.
  std::string read(const std::string &content) {
    try {
      tensor = readNpy(folder.write("x.npy", content));
      return "";
    } catch (const ToolError &error) {
      EXPECT_EQ(error.code, exitInput);
      return error.message;
    }
  }

  TemporaryFolder folder;
  Tensor tensor;
};

TEST_F(NpyTest, EveryTypeGoesThereAndBack) {
  for (int dtype = AZJ_F32; dtype <= AZJ_BOOL; ++dtype) {
    for (const std::vector<int64_t> &shape :
         {std::vector<int64_t>{}, {3}, {2, 3}, {2, 0, 3}, {1, 2, 1, 3}}) {
      Tensor written;
      written.dtype = static_cast<azj_dtype>(dtype);
      written.shape = shape;
      size_t count = 1;
      for (int64_t size : shape)
        count *= static_cast<size_t>(size);
      written.bytes.resize(count * azj_dtype_size(written.dtype));
      for (size_t i = 0; i < count; ++i)
        setElement(written, i, dtype == AZJ_BOOL ? i % 2 : i + 1);
      writeNpy(folder.path("w.npy"), written);
      Tensor back = readNpy(folder.path("w.npy"));
      EXPECT_EQ(back.dtype, written.dtype);
      EXPECT_EQ(back.shape, written.shape);
      EXPECT_EQ(back.bytes, written.bytes);
    }
  }
}

TEST_F(NpyTest, FortranOrderIsTransposed) {
  ASSERT_EQ(read(npy("{'descr': '|u1', 'fortran_order': True, 'shape': (2, 3), }",
                     std::string("\1\2\3\4\5\6", 6))),
            "");
  EXPECT_EQ(tensor.bytes, (std::vector<uint8_t>{1, 3, 5, 2, 4, 6}));
}

TEST_F(NpyTest, VersionsAndKeyOrdersAreRead) {
  for (int version : {1, 2, 3})
    EXPECT_EQ(read(npy("{\"shape\": (1,),'fortran_order':False, 'descr': '<i2'}\n",
                       std::string("\1\0", 2), version)),
              "");
}

TEST_F(NpyTest, BadFilesAreRefused) {
  std::string good = "{'descr': '<f4', 'fortran_order': False, 'shape': (1,), }", data(4, '\0');
  struct Case {
    std::string file, message;
  };
  const Case cases[] = {
      {"", "is not a .npy file"},
      {"PK\3\4 a zip file", "is not a .npy file"},
      {npy(good, data, 9), ".npy version must be 1, 2 or 3, got 9"},
      {npy(good, data + "x"), "f32 [1] needs 4 bytes of data, the file has 5"},
      {npy(good, "abc"), "needs 4 bytes of data, the file has 3"},
      {npy(good, data).substr(0, 30), "the file is truncated or damaged"},
      {npy("{'descr': '>f4', 'fortran_order': False, 'shape': (1,), }", data),
       "byte order of '>f4' must be little-endian"},
      {npy("{'descr': '<c8', 'fortran_order': False, 'shape': (1,), }", data),
       "element type '<c8' is not supported"},
      {npy("{'descr': '|O', 'fortran_order': False, 'shape': (1,), }", data), "is not supported"},
      {npy("{'descr': [('a', '<f4')], 'fortran_order': False, 'shape': (1,), }", data),
       "the header is not a dictionary"},
      {npy("{'descr': '<f4', 'fortran_order': False}", data), "the header is not a dictionary"},
      {npy("{'descr': '<f4', 'fortran_order': False, 'shape': (1,), 'shape': (1,)}", data),
       "the header is not a dictionary"},
      {npy("{'descr': '<f4', 'fortran_order': False, 'shape': (-1,), }", data),
       "the header is not a dictionary"},
      {npy("{'descr': '<f4', 'fortran_order': 1, 'shape': (1,), }", data),
       "the header is not a dictionary"},
      {npy("{'descr': '<f4', 'fortran_order': False, 'shape': (999999999999,999999999999), }",
           data),
       "exceeds"},
      {npy("{'descr': '<f4', 'fortran_order': False, 'shape': "
           "(1,1,1,1,1,1,1,1,1,1,1,1,1,1,1,1,1), }",
           data),
       "at most 16 dimensions"},
  };
  for (const Case &test : cases) {
    std::string fault = read(test.file);
    EXPECT_NE(fault.find(test.message), std::string::npos) << test.message << " / " << fault;
  }
  try {
    readNpy(folder.path("absent.npy"));
    FAIL();
  } catch (const ToolError &error) {
    EXPECT_NE(error.message.find("cannot open"), std::string::npos);
  }
}

TEST_F(NpyTest, RandomDamageNeverCrashes) {
  std::string good =
      npy("{'descr': '<f4', 'fortran_order': True, 'shape': (2, 2), }\n", std::string(16, '\7'));
  std::mt19937 random(11);
  for (int round = 0; round < 5000; ++round) {
    std::string damaged = good;
    for (int change = 0; change < 2; ++change)
      damaged[random() % damaged.size()] = static_cast<char>(random());
    if (round % 5 == 0)
      damaged.resize(random() % damaged.size());
    read(damaged);
  }
}

TEST(Tensor, HalfAndBfloatRoundToNearestEven) {
  struct Case {
    azj_dtype dtype;
    double value, stored;
  };
  const Case cases[] = {{AZJ_F16, 1.0, 1.0},
                        {AZJ_F16, 2049, 2048},
                        {AZJ_F16, 2051, 2052},
                        {AZJ_F16, 65519, 65504},
                        {AZJ_F16, 65520, HUGE_VAL},
                        {AZJ_F16, -1e9, -HUGE_VAL},
                        {AZJ_F16, 6e-8, 5.9604644775390625e-08},
                        {AZJ_F16, 1e-9, 0},
                        {AZJ_F16, 0.1, 0.0999755859375},
                        {AZJ_F16, 4095.9, 4096},
                        {AZJ_BF16, 257, 256},
                        {AZJ_BF16, 259, 260},
                        {AZJ_BF16, -HUGE_VAL, -HUGE_VAL}};
  for (const Case &test : cases) {
    Tensor tensor;
    tensor.dtype = test.dtype;
    tensor.bytes.resize(2);
    setElement(tensor, 0, test.value);
    EXPECT_EQ(elementOf(tensor, 0), test.stored) << test.value;
  }
  Tensor tensor;
  tensor.dtype = AZJ_F16;
  tensor.bytes.resize(2);
  setElement(tensor, 0, std::nan(""));
  EXPECT_TRUE(std::isnan(elementOf(tensor, 0)));
}

TEST(Tensor, SummariesCountWhatIsNotFinite) {
  Tensor tensor;
  tensor.shape = {4};
  tensor.bytes.resize(16);
  const double values[] = {1, -2, std::nan(""), 5};
  for (size_t i = 0; i < 4; ++i)
    setElement(tensor, i, values[i]);
  EXPECT_EQ(summarize(tensor),
            "[1, -2, nan, 5] min -2 max 5 (element 3) mean 1.33333, 1 not finite");
}

} // namespace
