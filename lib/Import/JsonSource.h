// This file feeds a JSON file to a parser without its long strings, which are noted as spans of the
// file instead, and tells at any moment which line and column the parser has reached.
#ifndef AZULEJO_LIB_IMPORT_JSONSOURCE_H
#define AZULEJO_LIB_IMPORT_JSONSOURCE_H

#include "lib/Import/ByteInput.h"
#include "lib/Import/OnnxModel.h"

#include <cstddef>
#include <deque>
#include <iterator>
#include <optional>
#include <string>

namespace azulejo {

/// A long string that was cut out: the bytes between its quotes.
struct LongString {
  uint64_t offset = 0;
  uint64_t length = 0;
  onnx::Position position; // of its first byte
};

/// Streams `input` in blocks. One memchr-driven pass walks from quote to quote; a string longer
/// than `longStringBytes` reaches the parser as `""`.
class JsonSource {
public:
  static constexpr uint64_t longStringBytes = 4096;
  static constexpr uint64_t blockBytes = 1 << 20;

  explicit JsonSource(const ByteInput &input);

  bool atEnd() const { return current == end; }
  char peek() const { return *current; }
  void advance() {
    if (++current == end)
      refill();
  }

  /// The place `back` characters before the one that the parser reads next. Calls must not go
  /// backwards by more than the text of one token.
  onnx::Position position(uint64_t back = 0);
  /// The long string that the parser has just read as `""`, if it was one.
  std::optional<LongString> takeLongString();
  /// Returns true if the parser has just read a string of `length` bytes without escapes, so that
  /// it started `length + 2` characters ago.
  bool justReadPlainString(uint64_t length) const;
  /// True when the input could not be read to its end.
  bool readFailed() const { return failed; }

private:
  struct Cut {
    uint64_t emittedEnd; // offset in the emitted text right after the closing quote
    LongString string;
  };

  void refill();
  void scanBlock(uint64_t fileOffset);
  const char *scanString(const char *begin, const char *blockEnd, uint64_t fileOffset);
  void closeString(uint64_t quoteOffset);
  void countLines(const char *upTo);

  const ByteInput &input;
  uint64_t nextBlock = 0;
  std::string block;
  bool failed = false;

  // What is emitted of the current block.
  std::string emitted;
  uint64_t emittedStart = 0; // offset of `emitted` in the whole emitted text
  const char *current = nullptr;
  const char *end = nullptr;

  // The string that the scan is in: its text waits here until it ends or proves long.
  bool inString = false;
  bool cutting = false;
  bool oddBackslashes = false;
  uint64_t stringStart = 0; // file offset
  std::string pending;

  std::deque<Cut> cuts;
  uint64_t removedBefore = 0; // bytes that cuts already passed took out

  // Lines up to `lineCursor`, an address in `emitted`.
  const char *lineCursor = nullptr;
  uint32_t line = 1;
  uint64_t lineStart = 0; // file offset of the first byte of the line
  uint64_t previousLineStart = 0;
};

/// An input iterator over a source, as nlohmann's parser takes it.
class JsonIterator {
public:
  using iterator_category = std::input_iterator_tag;
  using value_type = char;
  using difference_type = std::ptrdiff_t;
  using pointer = const char *;
  using reference = char;

  JsonIterator() = default;
  explicit JsonIterator(JsonSource *source) : source(source) {}

  char operator*() const { return source->peek(); }
  JsonIterator &operator++() {
    source->advance();
    return *this;
  }
  JsonIterator operator++(int) {
    JsonIterator before = *this;
    source->advance();
    return before;
  }
  bool operator==(const JsonIterator &other) const { return done() == other.done(); }
  bool operator!=(const JsonIterator &other) const { return !(*this == other); }

private:
  bool done() const { return !source || source->atEnd(); }
  JsonSource *source = nullptr;
};

} // namespace azulejo

#endif // AZULEJO_LIB_IMPORT_JSONSOURCE_H
