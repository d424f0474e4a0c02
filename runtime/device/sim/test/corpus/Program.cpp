// This file implements the reading of manifest.json and the data of the programs.
#include "test/corpus/Program.h"

#include <nlohmann/json.hpp>

#include <algorithm>
#include <cmath>
#include <cstring>
#include <fstream>
#include <random>
#include <sstream>
#include <stdexcept>

namespace azulejo::sim::corpus {

namespace {
[[noreturn]] void fail(const std::string &what, const std::string &text) {
  throw std::runtime_error(what + ": '" + text + "'");
}

size_t bytesOfType(const std::string &type) {
  size_t digits = type.find_first_of("0123456789");
  if (digits == std::string::npos)
    fail("unknown type", type);
  return std::stoul(type.substr(digits)) / 8;
}

// Writes one number in the format of `type`.
void put(const std::string &type, const std::string &number, uint8_t *to) {
  size_t bytes = bytesOfType(type);
  if (type[0] == 'i' || type[0] == 'u') {
    int64_t value = type[0] == 'i' ? std::stoll(number) : int64_t(std::stoull(number));
    std::memcpy(to, &value, bytes);
    return;
  }
  double value = std::strtod(number.c_str(), nullptr);
  float narrow = float(value);
  uint16_t half = type == "bf16" ? toBfloat(value) : toHalf(value);
  std::memcpy(to,
              bytes == 8   ? static_cast<const void *>(&value)
              : bytes == 4 ? static_cast<const void *>(&narrow)
                           : static_cast<const void *>(&half),
              bytes);
}

std::vector<std::string> split(const std::string &text, char at) {
  std::vector<std::string> parts;
  std::stringstream stream(text);
  for (std::string part; std::getline(stream, part, at);) {
    size_t first = part.find_first_not_of(' ');
    if (first != std::string::npos)
      parts.push_back(part.substr(first, part.find_last_not_of(' ') + 1 - first));
  }
  return parts;
}

BufferSpec parseBuffer(const std::string &name, std::string text) {
  BufferSpec buffer;
  buffer.name = name;
  size_t open = text.find('['), close = text.find(']');
  if (open == std::string::npos || close == std::string::npos)
    fail("expected TYPE[COUNT]", text);
  buffer.type = text.substr(0, open);
  buffer.count = std::stoul(text.substr(open + 1, close - open - 1));
  std::vector<std::string> words = split(text.substr(close + 1), ' ');
  buffer.isScratch = !words.empty() && words.back() == "scratch";
  if (buffer.isScratch)
    words.pop_back();
  for (const std::string &word : words)
    buffer.fill += (buffer.fill.empty() ? "" : " ") + word;
  return buffer;
}

azj_dim3 parseDimensions(const std::string &text) {
  std::vector<std::string> parts = split(text, 'x');
  parts.resize(3, "1");
  return {uint32_t(std::stoul(parts[0])), uint32_t(std::stoul(parts[1])),
          uint32_t(std::stoul(parts[2]))};
}

// Members of a struct stand at multiples of their size, and so does its end.
void appendValue(const std::string &text, std::vector<uint8_t> &bytes, size_t &align) {
  size_t colon = text.find(':');
  size_t size = bytesOfType(text.substr(0, colon));
  align = std::max(align, size);
  bytes.resize((bytes.size() + size - 1) / size * size + size);
  put(text.substr(0, colon), text.substr(colon + 1), bytes.data() + bytes.size() - size);
}

ArgSpec parseArg(const std::string &text) {
  ArgSpec arg;
  size_t align = 1;
  if (text[0] == '{') {
    for (const std::string &member : split(text.substr(1, text.size() - 2), ' '))
      appendValue(member, arg.bytes, align);
    arg.bytes.resize((arg.bytes.size() + align - 1) / align * align);
    return arg;
  }
  if (text.find(':') != std::string::npos) {
    appendValue(text, arg.bytes, align);
    return arg;
  }
  std::vector<std::string> parts = split(text, '+');
  arg.buffer = parts[0];
  arg.offset = parts.size() > 1 ? std::stoul(parts[1]) : 0;
  return arg;
}

LaunchSpec parseLaunch(const std::string &text) {
  LaunchSpec launch;
  size_t open = text.find("<<<"), close = text.find(">>>(");
  if (open == std::string::npos || close == std::string::npos || text.back() != ')')
    fail("expected ENTRY<<<GRID, BLOCK>>>(ARGS)", text);
  launch.entry = text.substr(0, open);
  std::vector<std::string> shape = split(text.substr(open + 3, close - open - 3), ',');
  launch.grid = parseDimensions(shape.at(0));
  launch.block = parseDimensions(shape.at(1));
  launch.shared = shape.size() > 2 ? uint32_t(std::stoul(shape[2])) : 0;
  for (const std::string &arg : split(text.substr(close + 4, text.size() - close - 5), ','))
    launch.args.push_back(parseArg(arg));
  return launch;
}

// Random numbers of LOW..HIGH, the same on every machine.
class Random {
public:
  Random(const std::string &range, const std::string &seed) {
    size_t dots = range.find("..");
    if (dots == std::string::npos)
      fail("expected LOW..HIGH", range);
    low = range.substr(0, dots);
    high = range.substr(dots + 2);
    for (char c : seed)
      state = state * 31 + uint8_t(c);
    engine.seed(state);
  }
  std::string integer() {
    int64_t first = std::stoll(low), last = std::stoll(high);
    uint64_t count = uint64_t(last) - uint64_t(first) + 1;
    return std::to_string(int64_t(uint64_t(first) + engine() % count));
  }
  std::string real() {
    double first = std::stod(low), last = std::stod(high);
    char text[40];
    snprintf(text, sizeof(text), "%.17g",
             first + (last - first) * double(engine() >> 11) * 0x1p-53);
    return text;
  }

private:
  std::string low, high;
  uint64_t state = 17;
  std::mt19937_64 engine;
};

std::vector<uint8_t> fill(const BufferSpec &buffer, const std::string &seed) {
  size_t size = buffer.elementBytes();
  std::vector<uint8_t> bytes(buffer.count * size);
  if (buffer.fill.empty())
    return bytes;
  std::vector<std::string> words = split(buffer.fill, ' ');
  bool isList = words[0] == "=", isIota = words[0] == "iota", isSteps = words[0] == "steps";
  bool isFloat = buffer.type.find('f') != std::string::npos;
  Random random(isList || isIota ? "0..1" : words.back(), seed + buffer.name);
  int64_t sum = 0;
  for (size_t i = 0; i < buffer.count; ++i) {
    std::string number = isList    ? words[std::min(i + 1, words.size() - 1)]
                         : isIota  ? std::to_string(i)
                         : isSteps ? std::to_string(sum)
                         : isFloat ? random.real()
                                   : random.integer();
    put(buffer.type, number, bytes.data() + i * size);
    if (isSteps)
      sum += std::stoll(random.integer());
  }
  return bytes;
}

uint16_t encode(double v, int digits, int least, uint16_t infinity) {
  if (std::isnan(v))
    return 0x7fff;
  uint16_t sign = std::signbit(v) ? 0x8000 : 0;
  double size = std::fabs(v);
  if (size == 0)
    return sign;
  if (std::isinf(size))
    return sign | infinity;
  int exponent = std::max(std::ilogb(size), least);
  double scaled = std::nearbyint(std::ldexp(size, digits - exponent));
  double bits = std::ldexp(double(exponent - least), digits) + scaled;
  return sign | (bits >= infinity ? infinity : uint16_t(bits));
}

template <typename T> T readAs(const std::vector<uint8_t> &bytes, size_t i) {
  T value;
  std::memcpy(&value, bytes.data() + i * sizeof(T), sizeof(T));
  return value;
}
} // namespace

size_t BufferSpec::elementBytes() const { return bytesOfType(type); }

uint16_t toHalf(double v) { return encode(v, 10, -14, 0x7c00); }
uint16_t toBfloat(double v) { return encode(v, 7, -126, 0x7f80); }

double fromHalf(uint16_t bits) {
  int exponent = bits >> 10 & 31, digits = bits & 1023;
  double size = exponent == 31  ? (digits != 0 ? NAN : INFINITY)
                : exponent == 0 ? std::ldexp(digits, -24)
                                : std::ldexp(digits + 1024, exponent - 25);
  return bits & 0x8000 ? -size : size;
}

double fromBfloat(uint16_t bits) {
  uint32_t word = uint32_t(bits) << 16;
  float v;
  std::memcpy(&v, &word, 4);
  return v;
}

double numberAt(const BufferSpec &buffer, const std::vector<uint8_t> &bytes, size_t i) {
  if (buffer.type == "f64")
    return readAs<double>(bytes, i);
  if (buffer.type == "f32")
    return readAs<float>(bytes, i);
  uint16_t half = readAs<uint16_t>(bytes, i);
  return buffer.type == "f16" ? fromHalf(half) : fromBfloat(half);
}

std::vector<Program> readManifest(const std::string &path) {
  std::ifstream file(path);
  nlohmann::json manifest = nlohmann::json::parse(file);
  std::vector<Program> programs;
  for (const auto &entry : manifest) {
    Program program;
    program.name = entry.at("name");
    for (const char *compiler : {"nvcc", "clang"})
      for (const std::string &number : split(entry.at(compiler), ' '))
        program.builds.emplace_back(compiler, "sm_" + number);
    for (const auto &[name, text] : entry.at("buffers").items())
      program.buffers.push_back(parseBuffer(name, text));
    for (const std::string text : entry.at("launches"))
      program.launches.push_back(parseLaunch(text));
    std::vector<std::string> tolerance = split(entry.value("tolerance", "0 0"), ' ');
    program.relative = std::stod(tolerance.at(0));
    program.absolute = std::stod(tolerance.at(1));
    program.hasOrders = entry.value("orders", false);
    program.prints = entry.value("prints", "");
    std::replace(program.prints.begin(), program.prints.end(), '|', '\n');
    program.refused = entry.value("refused", "");
    program.finding = entry.value("finding", "");
    programs.push_back(program);
  }
  return programs;
}

Data::Data(const Program &program) {
  for (const BufferSpec &buffer : program.buffers)
    bytes[buffer.name] = fill(buffer, program.name);
}

Answer findAnswer(const std::string &program) {
  for (const NamedAnswer *table : {kControlAnswers, kListAnswers, kMatrixAnswers, kNumberAnswers,
                                   kProblemAnswers, kSyncAnswers, kTensorAnswers})
    for (; table->program != nullptr; ++table)
      if (program == table->program)
        return table->answer;
  return nullptr;
}

} // namespace azulejo::sim::corpus
