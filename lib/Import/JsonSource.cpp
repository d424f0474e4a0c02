// This file implements the block-wise scan that cuts long strings out of a JSON text.
#include "lib/Import/JsonSource.h"

#include <algorithm>
#include <cstring>

namespace azulejo {
namespace {

const char *findQuote(const char *begin, const char *end) {
  return static_cast<const char *>(std::memchr(begin, '"', end - begin));
}

/// Returns whether the characters right before `end` are an odd number of backslashes; `carried`
/// says it for the text before `begin`.
bool endsInOddBackslashes(const char *begin, const char *end, bool carried) {
  const char *p = end;
  while (p != begin && p[-1] == '\\')
    --p;
  bool odd = (end - p) & 1;
  return p == begin ? odd != carried : odd;
}

} // namespace

JsonSource::JsonSource(const ByteInput &input) : input(input) {
  block.resize(std::min(blockBytes, std::max<uint64_t>(input.size(), 1)));
  refill();
}

void JsonSource::refill() {
  if (lineCursor)
    countLines(end);
  emittedStart += emitted.size();
  emitted.clear();
  while (emitted.empty() && !failed && nextBlock < input.size()) {
    uint64_t length = std::min<uint64_t>(blockBytes, input.size() - nextBlock);
    block.resize(length);
    if (!input.read(nextBlock, length, block.data())) {
      failed = true;
      break;
    }
    scanBlock(nextBlock);
    nextBlock += length;
    if (nextBlock == input.size() && inString && !cutting)
      emitted += pending;
  }
  current = lineCursor = emitted.data();
  end = current + emitted.size();
}

void JsonSource::scanBlock(uint64_t fileOffset) {
  const char *begin = block.data(), *blockEnd = begin + block.size();
  const char *p = begin;
  while (p != blockEnd) {
    if (inString) {
      p = scanString(p, blockEnd, fileOffset + (p - begin));
      continue;
    }
    const char *quote = findQuote(p, blockEnd);
    if (!quote) {
      emitted.append(p, blockEnd);
      return;
    }
    emitted.append(p, quote + 1);
    p = quote + 1;
    inString = true;
    cutting = oddBackslashes = false;
    stringStart = fileOffset + (p - begin);
    pending.clear();
  }
}

const char *JsonSource::scanString(const char *begin, const char *blockEnd, uint64_t fileOffset) {
  const char *p = begin;
  const char *stop = blockEnd;
  bool closed = false;
  while (const char *quote = findQuote(p, blockEnd)) {
    if (!endsInOddBackslashes(begin, quote, oddBackslashes)) {
      stop = quote;
      closed = true;
      break;
    }
    p = quote + 1;
  }
  if (!closed)
    oddBackslashes = endsInOddBackslashes(begin, blockEnd, oddBackslashes);
  if (!cutting && pending.size() + (stop - begin) > longStringBytes) {
    cutting = true;
    pending.clear();
  }
  if (!cutting)
    pending.append(begin, stop);
  if (!closed)
    return blockEnd;
  closeString(fileOffset + (stop - begin));
  return stop + 1;
}

void JsonSource::closeString(uint64_t quoteOffset) {
  emitted += pending;
  emitted += '"';
  inString = false;
  if (cutting)
    cuts.push_back({emittedStart + emitted.size(),
                    LongString{stringStart, quoteOffset - stringStart, onnx::Position()}});
}

void JsonSource::countLines(const char *upTo) {
  while (lineCursor < upTo) {
    const auto *newline =
        static_cast<const char *>(std::memchr(lineCursor, '\n', upTo - lineCursor));
    if (!newline)
      break;
    ++line;
    previousLineStart = lineStart;
    lineStart = emittedStart + (newline + 1 - emitted.data()) + removedBefore;
    lineCursor = newline + 1;
  }
  lineCursor = std::max(lineCursor, upTo);
}

onnx::Position JsonSource::position(uint64_t back) {
  uint64_t inBlock = current - emitted.data();
  if (back < inBlock)
    countLines(current - back);
  uint64_t reached = emittedStart + inBlock + removedBefore;
  uint64_t offset = reached - std::min(back, reached);
  bool before = offset < lineStart;
  uint64_t start = before ? previousLineStart : lineStart;
  return {offset, before ? line - 1 : line,
          static_cast<uint32_t>(std::min<uint64_t>(offset - std::min(start, offset), ~0u - 1) + 1)};
}

std::optional<LongString> JsonSource::takeLongString() {
  if (cuts.empty() || cuts.front().emittedEnd != emittedStart + (current - emitted.data()))
    return std::nullopt;
  LongString result = cuts.front().string;
  cuts.pop_front();
  onnx::Position closing = position(1);
  result.position = closing;
  result.position.offset = result.offset;
  removedBefore += result.length;
  return result;
}

bool JsonSource::justReadPlainString(uint64_t length) const {
  uint64_t inBlock = current - emitted.data();
  return inBlock >= length + 2 && current[-1] == '"' &&
         current[-2 - static_cast<int64_t>(length)] == '"';
}

} // namespace azulejo
