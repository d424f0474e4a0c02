// This file implements how operands are written that Forms.def describes in words.
#include "test/OperandText.h"

#include "ir/Decoder.h"

#include <algorithm>
#include <cstdio>
#include <map>

namespace azulejo::sim::test {

namespace {
bool has(const std::string &opcode, const char *modifier) {
  return opcode.find(modifier) != std::string::npos;
}

// "%r8", or "{%r8, %r9}".
std::string registers(const char *prefix, unsigned count, unsigned first) {
  std::string text;
  for (unsigned i = 0; i < count; ++i)
    text += (i == 0 ? "" : ", ") + std::string(prefix) + std::to_string(first + i);
  return "{" + text + "}";
}

unsigned bitsOf(const std::string &type) {
  static const std::map<std::string, unsigned> kBits = {
      {"b1", 1},    {"e2m1", 4}, {"e2m3", 8}, {"e3m2", 8},  {"e4m3", 8},  {"e5m2", 8}, {"f16", 16},
      {"bf16", 16}, {"f32", 32}, {"f64", 64}, {"tf32", 32}, {"s4", 4},    {"u4", 4},   {"s8", 8},
      {"u8", 8},    {"s32", 32}, {"b16", 16}, {"b8", 8},    {"b8x16", 8}, {"b4x16", 4}};
  auto it = kBits.find(type);
  return it == kBits.end() ? 0 : it->second;
}

// What the modifiers of a matrix instruction say.
struct Matrix {
  unsigned m = 0, n = 0, k = 0;
  std::vector<std::string> types; // in order of the opcode
  bool isSparse = false;
};

Matrix matrixOf(const std::string &opcode) {
  Matrix matrix;
  Modifiers mods(opcode);
  for (; !mods.done(); mods.next()) {
    std::string piece(mods.peek());
    unsigned m = 0, n = 0, k = 0;
    if (std::sscanf(piece.c_str(), "m%un%uk%u", &m, &n, &k) == 3)
      matrix.m = m, matrix.n = n, matrix.k = k;
    if (bitsOf(piece) != 0)
      matrix.types.push_back(piece);
    matrix.isSparse |= piece == "sp" || piece == "sp::ordered_metadata";
  }
  return matrix;
}

// The registers of a fragment that a warp holds evenly, as mma has them.
std::string evenFragment(unsigned elements, unsigned bits, unsigned first) {
  unsigned lane = elements * bits / 32;
  return bits == 64 ? registers("%rd", lane / 64, first)
                    : registers("%r", std::max(lane / 32, 1u), first);
}

std::string mmaFragment(char which, const std::string &opcode, unsigned first) {
  Matrix matrix = matrixOf(opcode);
  if (matrix.types.size() < 4)
    return "";
  unsigned bits = bitsOf(matrix.types[which == 'd' ? 0 : which == 'a' ? 1 : which == 'b' ? 2 : 3]);
  // Narrow types stand in bytes, but for those kinds whose types all have 4 bits.
  if (has(opcode, "f8f6f4") && (which == 'a' || which == 'b'))
    bits = 8;
  // Each quarter of the warp has a product of its own.
  unsigned products = has(opcode, ".m8n8k4.") && bits != 64 ? 4 : 1;
  unsigned elements = which == 'a'   ? matrix.m * matrix.k / (matrix.isSparse ? 2 : 1)
                      : which == 'b' ? matrix.k * matrix.n
                                     : matrix.m * matrix.n;
  return evenFragment(elements * products, bits, first);
}

// Fragments of wmma: those of f16 hold each element twice.
std::string wmmaFragment(char which, const std::string &opcode, unsigned first) {
  Matrix matrix = matrixOf(opcode);
  const std::vector<std::string> &types = matrix.types;
  bool isMultiply = has(opcode, "wmma.mma.");
  if (!isMultiply)
    which = has(opcode, "load.a.") ? 'a' : has(opcode, "load.b.") ? 'b' : 'c';
  bool isShort = isMultiply && types.size() == 2; // .D.C of f16
  std::string type = !isMultiply    ? types[0]
                     : which == 'd' ? types[0]
                     : which == 'c' ? types.back()
                     : isShort      ? "f16"
                                    : types[1];
  unsigned elements = which == 'a'   ? matrix.m * matrix.k
                      : which == 'b' ? matrix.k * matrix.n
                                     : matrix.m * matrix.n;
  bool isDouble = type == "f16" && (which == 'a' || which == 'b');
  return isDouble ? registers("%r", 8, first) : evenFragment(elements, bitsOf(type), first);
}

std::string wgmmaFragment(char which, const std::string &opcode, unsigned first) {
  Matrix matrix = matrixOf(opcode);
  // "m64n8k16": a warp has a quarter of the rows.
  return which == 'a' ? registers("%r", 4, first)
                      : evenFragment(16 * matrix.n, bitsOf(matrix.types[0]), first);
}

// "x4" of a load or store of matrices or of tensor memory.
unsigned countOf(const std::string &opcode) {
  Modifiers mods(opcode);
  unsigned count = 0, found = 0;
  for (; !mods.done(); mods.next())
    if (std::sscanf(std::string(mods.peek()).c_str(), "x%u", &found) == 1)
      count = found;
  return count;
}

std::string tensorMemoryRegisters(const std::string &opcode, unsigned first) {
  unsigned each = has(opcode, "16x256b") ? 4 : has(opcode, "16x128b") ? 2 : 1;
  return registers("%r", each * countOf(opcode), first);
}

std::string fragment(char which, const std::string &opcode, unsigned first) {
  if (opcode.substr(0, 5) == "wmma.")
    return wmmaFragment(which, opcode, first);
  if (opcode.substr(0, 6) == "wgmma.")
    return wgmmaFragment(which, opcode, first);
  if (opcode.substr(0, 8) == "tcgen05.")
    return tensorMemoryRegisters(opcode, first);
  if (has(opcode, "matrix."))
    return registers("%r", countOf(opcode), first);
  return mmaFragment(which, opcode, first);
}

unsigned rankOf(const std::string &opcode) {
  size_t at = opcode.find("tensor.");
  return at == std::string::npos ? 0 : unsigned(opcode[at + 7] - '0');
}

// "[from]", or "[map, {coordinates}]".
std::string addressText(const std::string &word, const std::string &opcode) {
  if (opcode.substr(0, 8) == "tcgen05.")
    return "[%r1]";
  if (has(word, "4 rows"))
    return "[%rd1, " + registers("%r", 5, 40) + "]";
  return has(word, "coordinates") ? "[%rd1, " + registers("%r", rankOf(opcode), 40) + "]"
                                  : "[%rd1]";
}

std::string wordText(const std::string &word, const std::string &opcode, unsigned first) {
  bool isTcgen05 = opcode.substr(0, 8) == "tcgen05.";
  if (word[0] == '[')
    return addressText(word, opcode);
  if (word.size() == 3 && word[0] == '{')
    return fragment(word[1], opcode, first);
  if (word == "{halo, offset}")
    return registers("%h", 2, 8);
  if (word == "{four}")
    return registers("%r", 4, first);
  if (word == "{byte, thread}")
    return "{0, 0}";
  if (word == "{x, y, z, _}")
    return "{%r8, %r9, %r10, _}";
  if (word == "{lanes}")
    return registers("%r", has(opcode, "cta_group::2") ? 8 : 4, first);
  if (word == "value")
    return has(opcode, ".b64") ? "%rd8" : "%r8";
  if (word == "{offsets}")
    return registers("%h", rankOf(opcode) - 2, 8);
  if (word == "a" || word == "b")
    return (isTcgen05 ? "%rd" : "%r") + std::to_string(first);
  static const std::map<std::string, std::string> kWords = {{"_", "_"},
                                                            {"4", "4"},
                                                            {"8", "8"},
                                                            {"16", "16"},
                                                            {"128", "128"},
                                                            {"access property", "%rd8"},
                                                            {"address", "[%rd1]"},
                                                            {"bytes", "%r8"},
                                                            {"c", "%p2"},
                                                            {"constant", "0"},
                                                            {"count", "%r8"},
                                                            {"d", "%r7"},
                                                            {"%clock", ""},
                                                            {"d|p", "%r7|%p1"},
                                                            {"descriptor", "%rd9"},
                                                            {"fraction", "0.5"},
                                                            {"function", "helper"},
                                                            {"index", "%r8"},
                                                            {"instruction", "%r9"},
                                                            {"label", "done"},
                                                            {"list of labels", "targets"},
                                                            {"mask", "%h8"},
                                                            {"mask of zero columns", "%rd8"},
                                                            {"membership mask", "%r8"},
                                                            {"ordinal", "1"},
                                                            {"p", "%p1"},
                                                            {"policy", "%rd8"},
                                                            {"predicate", "%p1"},
                                                            {"primary size", "%r8"},
                                                            {"register count", "48"},
                                                            {"response", "%rq8"},
                                                            {"r16", "%h8"},
                                                            {"r32", "%r8"},
                                                            {"selector", "0"},
                                                            {"scale", "1"},
                                                            {"scale-a", "1"},
                                                            {"scale-b", "1"},
                                                            {"size", "%r8"},
                                                            {"source size", "%r9"},
                                                            {"split", "16"},
                                                            {"stride", "%r9"},
                                                            {"total size", "%r9"},
                                                            {"transpose-a", "0"},
                                                            {"transpose-b", "0"}};
  auto it = kWords.find(word);
  return it == kWords.end() ? "" : it->second;
}

size_t behindBrace(const std::string &text, size_t at) {
  unsigned depth = 0;
  do {
    depth += text[at] == '{' ? 1 : 0;
    depth -= text[at] == '}' ? 1 : 0;
    ++at;
  } while (depth > 0 && at < text.size());
  return at;
}

// Whether what stands in an option must be there, must not, or may (0, 1 and 2 are no, yes, both).
unsigned choiceOf(const std::string &option, const std::string &opcode) {
  if (option == "policy")
    return has(opcode, "L2::cache_hint") ? 1 : 0;
  if (option == "mask")
    return has(opcode, "multicast::cluster") ? 1 : 0;
  if (option == "scale")
    return has(opcode, "kind::f16") || has(opcode, "kind::tf32") ? 2 : 0;
  return 2;
}

// Writes the options {, x} and {!} out.
void expandOptions(const std::string &words, const std::string &opcode,
                   std::vector<std::string> &out) {
  size_t at = std::min(words.find("{, "), words.find("{!}"));
  if (at == std::string::npos) {
    out.push_back(words);
    return;
  }
  size_t end = behindBrace(words, at);
  std::string inside = words.substr(at + 1, end - at - 2);
  std::string before = words.substr(0, at), behind = words.substr(end);
  unsigned choice = inside == "!" ? 2 : choiceOf(inside.substr(2), opcode);
  if (choice != 1)
    expandOptions(before + behind, opcode, out);
  if (choice != 0)
    expandOptions(before + inside + behind, opcode, out);
}

std::vector<std::string> split(const std::string &text, const std::string &separator) {
  std::vector<std::string> parts;
  unsigned depth = 0;
  size_t start = 0;
  for (size_t at = 0; at < text.size(); ++at) {
    depth += text[at] == '{' || text[at] == '[' ? 1 : 0;
    depth -= text[at] == '}' || text[at] == ']' ? 1 : 0;
    if (depth == 0 && text.compare(at, separator.size(), separator) == 0) {
      parts.push_back(text.substr(start, at - start));
      start = at + separator.size();
    }
  }
  parts.push_back(text.substr(start));
  return parts;
}

// A wgmma whose a is in registers cannot transpose it.
bool isConsistent(const std::vector<std::string> &items) {
  auto contains = [&](const char *word) {
    return std::find(items.begin(), items.end(), word) != items.end();
  };
  bool hasDescriptor = items.size() > 1 && items[1] == "descriptor";
  return !contains("transpose-b") || contains("transpose-a") == hasDescriptor;
}

// Each alternative of each item in turn.
void expandItems(const std::vector<std::string> &items, std::vector<std::string> &chosen,
                 std::vector<std::vector<std::string>> &out) {
  if (chosen.size() == items.size()) {
    if (isConsistent(chosen))
      out.push_back(chosen);
    return;
  }
  for (const std::string &alternative : split(items[chosen.size()], " or ")) {
    chosen.push_back(alternative);
    expandItems(items, chosen, out);
    chosen.pop_back();
  }
}

// Moves of parts of a register, and of clocks, whose operands the type decides.
std::vector<std::string> moveOperands(const std::string &opcode) {
  bool isWide = has(opcode, "64");
  std::string whole = has(opcode, "128") ? "%rq8" : isWide ? "%rd8" : "%r8";
  if (has(opcode, "%clock"))
    return {whole + (isWide ? ", %clock64" : ", %clock")};
  std::vector<std::string> parts = {has(opcode, "128") ? registers("%rd", 2, 10)
                                    : isWide           ? registers("%r", 2, 10)
                                                       : registers("%h", 2, 10)};
  if (isWide)
    parts.push_back(registers("%h", 4, 10));
  std::vector<std::string> lists;
  for (const std::string &part : parts) {
    lists.push_back(part + ", " + whole);
    lists.push_back(whole + ", " + part);
  }
  return lists;
}
} // namespace

std::vector<std::string> operandLists(const std::string &words, const std::string &opcode) {
  if (opcode.substr(0, 4) == "mov.")
    return moveOperands(opcode);
  if (opcode.substr(0, 4) == "call")
    return {"helper", "(taken), helperOf1, (given)"};
  std::vector<std::string> expanded, lists;
  expandOptions(words.substr(1, words.size() - 2), opcode, expanded);
  for (const std::string &option : expanded) {
    std::vector<std::vector<std::string>> choices;
    std::vector<std::string> chosen;
    expandItems(split(option, ", "), chosen, choices);
    for (const std::vector<std::string> &items : choices) {
      std::string text;
      unsigned number = 8;
      for (const std::string &item : items) {
        bool isNegated = item[0] == '!';
        std::string operand = wordText(isNegated ? item.substr(1) : item, opcode, number);
        if (operand.empty())
          return {};
        text += (text.empty() ? "" : ", ") + std::string(isNegated ? "!" : "") + operand;
        number += 8;
      }
      lists.push_back(text);
    }
  }
  return lists;
}

} // namespace azulejo::sim::test
