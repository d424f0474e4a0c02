// This file declares the programs of the corpus, as manifest.json describes them, and their data.
#ifndef AZULEJO_RUNTIME_DEVICE_SIM_TEST_CORPUS_PROGRAM_H
#define AZULEJO_RUNTIME_DEVICE_SIM_TEST_CORPUS_PROGRAM_H

#include "azulejo/runtime/device.h"

#include <cstdint>
#include <map>
#include <string>
#include <vector>

namespace azulejo::sim::corpus {

// "f32[100] -1..1": what the elements are, how many, and with what they are filled before the
// launch: LOW..HIGH (random), iota, `steps LOW..HIGH` (sums of random steps), `= A B C` (the last
// is repeated), or nothing: then reading it before writing is a finding. `scratch` at the end: what
// is in it afterwards does not matter.
struct BufferSpec {
  std::string name, type, fill;
  size_t count = 0;
  bool isScratch = false;
  size_t elementBytes() const;
};

// A pointer into a buffer, or a value.
struct ArgSpec {
  std::string buffer;
  size_t offset = 0; // elements
  std::vector<uint8_t> bytes;
};

// "entry<<<GRID, BLOCK, SHARED>>>(ARGS)", dimensions as 3x2x1; arguments as x, x+64, f32:0.5, or
// {i32:1 f64:2} for a struct.
struct LaunchSpec {
  std::string entry;
  azj_dim3 grid = {1, 1, 1}, block = {1, 1, 1};
  uint32_t shared = 0;
  std::vector<ArgSpec> args;
};

struct Program {
  std::string name;
  std::vector<std::pair<std::string, std::string>> builds; // compiler and target
  std::vector<BufferSpec> buffers;
  std::vector<LaunchSpec> launches;
  double relative = 0.0, absolute = 0.0; // of floats; 0: the same bits
  bool hasOrders = false;                // asynchronous: run in every order
  std::string prints;                    // the text, with | for ends of lines
  std::string refused;                   // what the message must say that refuses the module
  std::string finding;                   // what the finding must say that the launch fails with
};

// Reads manifest.json. Throws std::runtime_error where it is not understood.
std::vector<Program> readManifest(const std::string &path);

// The contents of a program's buffers, by name.
class Data {
public:
  // Fills the buffers; the same numbers at every call.
  explicit Data(const Program &program);

  template <typename T> T *of(const std::string &name) {
    return reinterpret_cast<T *>(bytes.at(name).data());
  }
  std::vector<uint8_t> &raw(const std::string &name) { return bytes.at(name); }

private:
  std::map<std::string, std::vector<uint8_t>> bytes;
};

// Element `i` of a buffer as a number.
double numberAt(const BufferSpec &buffer, const std::vector<uint8_t> &bytes, size_t i);

// Numbers of 16 bits, rounded once to nearest even.
uint16_t toHalf(double v);
double fromHalf(uint16_t bits);
uint16_t toBfloat(double v);
double fromBfloat(uint16_t bits);

// Computes what the program's launches have to leave in `data`.
using Answer = void (*)(Data &data);
// Null if there is none of that name.
Answer findAnswer(const std::string &program);

struct NamedAnswer {
  const char *program;
  Answer answer;
};
// The tables of the files Answers*.cpp; each ends with a null name.
extern const NamedAnswer kControlAnswers[], kListAnswers[], kMatrixAnswers[], kNumberAnswers[],
    kProblemAnswers[], kSyncAnswers[], kTensorAnswers[];

} // namespace azulejo::sim::corpus

#endif // AZULEJO_RUNTIME_DEVICE_SIM_TEST_CORPUS_PROGRAM_H
